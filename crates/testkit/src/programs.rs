//! Programs that tests run: binaries of the workspace, and installed tools.

use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Output};

/// Returns the path of a binary of the workspace in the build folder of the test.
pub fn own_binary(name: &str) -> PathBuf {
    let own = env::current_exe().expect("a test has a binary");
    // Tests are in target/debug/deps/, programs in target/debug/.
    let mut folder = own.parent().expect("cargo puts binaries into a folder");
    if folder.ends_with("deps") {
        folder = folder.parent().expect("cargo puts tests two levels down");
    }
    let binary = folder.join(name);
    assert!(
        binary.is_file(),
        "{} does not exist: run the tests with ./dev test, or build it first with `cargo build --workspace --bins`",
        binary.display()
    );
    binary
}

/// Runs an installed tool; `package` names the package to install if it is missing.
pub fn run_tool<A: AsRef<OsStr>>(
    program: &str,
    package: &str,
    arguments: impl IntoIterator<Item = A>,
) -> Output {
    let output = Command::new(program).args(arguments).output();
    output.unwrap_or_else(|error| {
        panic!("cannot run {program} ({error}): install {package}, or run ./dev test")
    })
}

/// Returns the path of a program from a variable that `./dev test` sets.
pub fn named_by(variable: &str) -> PathBuf {
    match env::var_os(variable) {
        Some(path) => path.into(),
        None => panic!("{variable} is not set: run the tests with ./dev test, which sets it up"),
    }
}
