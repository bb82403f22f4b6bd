//! A short chaos run, so that the program keeps working; `./dev chaos` runs longer ones.

use std::path::Path;
use std::process::Command;

#[test]
fn the_guarantees_hold_under_injected_faults() {
    holds("chaos", &["--renders", "60", "--seed", "5"]);
}

#[test]
fn the_guarantees_hold_under_injected_faults_when_two_workers_must_agree() {
    holds("chaos-agreement", &["--renders", "40", "--seed", "6", "--agreement"]);
}

fn holds(folder: &str, flags: &[&str]) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    let mut chaos = Command::new(env!("CARGO_BIN_EXE_chancery-chaos"));
    chaos.args(flags).arg("--folder").arg(&folder);
    let ran = chaos.output().expect("the program can be started");
    let output = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{output}{}", String::from_utf8_lossy(&ran.stderr));
    assert!(output.ends_with("chaos.violations 0\n"), "{output}");
}
