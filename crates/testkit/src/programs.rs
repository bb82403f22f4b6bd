//! Programs that tests start: the workspace's own binaries, and installed tools.

use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Output};

/// Returns a binary of this workspace, from the build folder that contains the test itself.
pub fn own_binary(name: &str) -> PathBuf {
    let own = env::current_exe().expect("a test has a binary");
    // A test is at target/debug/deps/test-0123, a program at target/debug/program.
    let mut folder = own.parent().expect("cargo puts binaries into a folder");
    if folder.ends_with("deps") {
        folder = folder.parent().expect("cargo puts tests into a subfolder");
    }
    let binary = folder.join(name);
    assert!(
        binary.is_file(),
        "{} is missing: run the tests with ./dev test, or build it first with `cargo build --workspace --bins`",
        binary.display()
    );
    binary
}

/// Runs an installed tool; `package` is what to install if it is missing.
pub fn run_tool<A: AsRef<OsStr>>(
    program: &str,
    package: &str,
    arguments: impl IntoIterator<Item = A>,
) -> Output {
    let ran = Command::new(program).args(arguments).output();
    ran.unwrap_or_else(|error| {
        panic!("{program} cannot be run ({error}): install {package}, or run ./dev test")
    })
}

/// Returns a program named by the environment, as set by `./dev test`.
pub fn named_by(variable: &str) -> PathBuf {
    match env::var_os(variable) {
        Some(path) => path.into(),
        None => panic!("{variable} is not set: run the tests with ./dev test, which sets it up"),
    }
}
