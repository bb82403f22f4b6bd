//! What other programs say of the file.

use std::path::PathBuf;
use std::process::Command;

use crate::sample::sample;

fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn verapdf_finds_the_file_to_be_pdf_ua_1_and_pdf_a_2a() {
    let path = file("validity.pdf", &sample().write().unwrap());
    let Ok(verapdf) = std::env::var("CHANCERY_VERAPDF") else {
        eprintln!("PASSED OVER: CHANCERY_VERAPDF is not set, so veraPDF has not looked at the file");
        return;
    };
    let output = Command::new(verapdf).arg("ua1,2a").arg(&path).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(said.matches("PASS").count(), 2, "{said}");
}

#[test]
fn qpdf_finds_no_syntax_error() {
    let path = file("syntax.pdf", &sample().write().unwrap());
    let Ok(output) = Command::new("qpdf").arg("--check").arg(&path).output() else {
        eprintln!("PASSED OVER: there is no qpdf on this machine");
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
}
