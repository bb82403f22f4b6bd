//! A short run of chaos, so that it stays alive; `./dev chaos` runs longer ones.

use std::path::Path;
use std::process::Command;

#[test]
fn what_is_promised_is_kept_while_everything_breaks() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("chaos");
    let mut chaos = Command::new(env!("CARGO_BIN_EXE_chancery-chaos"));
    chaos.args(["--renders", "60", "--seed", "5", "--folder"]).arg(&folder);
    let ran = chaos.output().expect("the program can be started");
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{said}{}", String::from_utf8_lossy(&ran.stderr));
    assert!(said.ends_with("chaos.violations 0\n"), "{said}");
}
