//! Equal input gives equal bytes, in this process and in others.

use std::process::Command;

use crate::sample::sample;

/// Environment variable with the output path of the child process.
const WRITE_TO: &str = "CHANCERY_TEST_WRITE_TO";

#[test]
fn writing_twice_gives_the_same_bytes() {
    assert_eq!(sample().write().unwrap(), sample().write().unwrap());
}

#[test]
fn another_process_writes_the_same_bytes() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("another-process.pdf");
    let _ = std::fs::remove_file(&path);
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "same_bytes::the_other_process_writes_its_file"])
        .env(WRITE_TO, &path)
        .status()
        .unwrap();
    assert!(status.success());
    assert_eq!(std::fs::read(&path).unwrap(), sample().write().unwrap());
}

#[test]
#[ignore = "the other process's part of another_process_writes_the_same_bytes"]
fn the_other_process_writes_its_file() {
    std::fs::write(std::env::var(WRITE_TO).unwrap(), sample().write().unwrap()).unwrap();
}

#[test]
fn the_identifier_follows_the_content() {
    let one = sample();
    let mut other = sample();
    other.info.title.push('!');
    assert_ne!(identifier(&one.write().unwrap()), identifier(&other.write().unwrap()));
}

fn identifier(bytes: &[u8]) -> Vec<u8> {
    let document = lopdf::Document::load_mem(bytes).unwrap();
    let id = document.trailer.get(b"ID").and_then(lopdf::Object::as_array).unwrap();
    id[0].as_str().unwrap().to_vec()
}
