//! The compiler, whose standard library is linked into every binary.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The compiler's version and platform.
pub(crate) struct Toolchain {
    pub(crate) version: String,
    pub(crate) host: String,
}

impl Toolchain {
    /// Reads them from `rustc -vV`, in the workspace, so that its `rust-toolchain.toml` counts.
    pub(crate) fn read(workspace: &Path) -> Result<Self> {
        let text = run(Command::new("rustc").arg("-vV").current_dir(workspace))?;
        let field = |name: &str| {
            let value = text.lines().find_map(|line| line.strip_prefix(name));
            value.map(str::to_owned).with_context(|| format!("rustc -vV reports no {name:?}"))
        };
        Ok(Self { version: field("release: ")?, host: field("host: ")? })
    }
}

/// Returns the standard output of a command that succeeds.
pub(crate) fn run(command: &mut Command) -> Result<String> {
    let ran = command.output().with_context(|| format!("cannot start {command:?}"))?;
    ensure!(ran.status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).with_context(|| format!("{command:?} writes other bytes than UTF-8"))
}
