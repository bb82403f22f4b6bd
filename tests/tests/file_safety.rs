//! The command reads files of bounded size and writes without losing what a file contained.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::fmt::Write;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use chancery_testkit::{Command, CommandOutput, files};

const HEAD: &str = "---\ntitle: Ferries\n---\n\n# Traffic ^sec-1\n\n";

async fn run<A: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = A>) -> CommandOutput {
    Command::new(arguments).run().await
}

/// Returns the name of a new file in a folder.
fn with(folder: &tempfile::TempDir, name: &str, text: &str) -> String {
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

fn pipe(folder: &tempfile::TempDir, name: &str) -> PathBuf {
    let path = folder.path().join(name);
    let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
    path
}

fn read_text(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path).unwrap()
}

#[tokio::test]
async fn fixes_are_not_written_to_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    with(&folder, "-", "precious");
    let text = format!("{HEAD}It\u{7} fell. ^s-1\n");
    let mut command = Command::new(["check", "--fix", "-"]).prepare();
    command
        .current_dir(folder.path())
        .stdin(std::process::Stdio::from(fs::File::open(with(&folder, "a.brief.md", &text)).unwrap()));
    let output = command.output().await.unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("name a file"));
    assert_eq!(read_text(folder.path().join("-")), "precious");
}

#[tokio::test]
async fn pipes_and_links_receive_the_output_and_stay_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let source = files::example("russia-iran/revision-2.json").display().to_string();
    let pipe = pipe(&folder, "out.pdf");
    let reader = thread::spawn({
        let pipe = pipe.clone();
        move || fs::read(pipe).unwrap()
    });
    run(["preview", &source, "-o", &pipe.display().to_string()]).await.exits(0);
    assert!(!fs::symlink_metadata(&pipe).unwrap().is_file());
    assert!(reader.join().unwrap().starts_with(b"%PDF-"));
    let target = with(&folder, "target.pdf", "old");
    fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
    let link = folder.path().join("link.pdf");
    symlink("target.pdf", &link).unwrap();
    run(["preview", &source, "-o", &link.display().to_string()]).await.exits(0);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read(&target).unwrap().starts_with(b"%PDF-"));
    assert_eq!(fs::metadata(&target).unwrap().mode() & 0o777, 0o640);
    let shown = run(["preview", &source, "-o", "/dev/fd/1"]).await.exits(0);
    assert!(shown.bytes.starts_with(b"%PDF-"));
}

#[tokio::test]
async fn endless_files_and_pipes_end_with_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let checked = run(["check", "/dev/zero"]).await.exits(1);
    assert!(checked.stdout.contains("/dev/zero is larger than 64 MiB"), "{}", checked.stdout);
    pipe(&folder, "map.svg");
    for image in ["/dev/zero", "map.svg"] {
        let text = format!("{HEAD}![A map]({image} \"M\") ^fig-1\n");
        let checked = run(["check", &with(&folder, "a.brief.md", &text)]).await.exits(1);
        assert!(checked.stdout.contains("is not a regular file"), "{}", checked.stdout);
    }
    let text = format!("{HEAD}![A map](http://example.org/map.png \"M\") ^fig-1\n");
    let checked = run(["check", &with(&folder, "a.brief.md", &text)]).await.exits(1);
    assert!(checked.stdout.contains("save it as a file beside the text"), "{}", checked.stdout);
}

#[tokio::test]
async fn fmt_keeps_an_edit_made_while_it_ran() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = HEAD.to_owned();
    for index in 0..4000 {
        writeln!(text, "Sentence {index} one is here. Sentence two is there.\n").unwrap();
    }
    let file = with(&folder, "a.brief.md", &text);
    let child = Command::new(["fmt", &file]).prepare().spawn().unwrap();
    let counters = format!("/proc/{}/io", child.id().unwrap());
    let read_bytes = || -> usize {
        let counters = fs::read_to_string(&counters).unwrap_or_default();
        counters.lines().find_map(|line| line.strip_prefix("rchar: ")?.parse().ok()).unwrap_or(usize::MAX)
    };
    while read_bytes() < text.len() {
        thread::sleep(Duration::from_millis(1));
    }
    OpenOptions::new().append(true).open(&file).unwrap().write_all(b"MY EDIT.\n").unwrap();
    let output = child.wait_with_output().await.unwrap();
    assert_eq!(read_text(&file), text + "MY EDIT.\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("(FILE_CHANGED)"));
}

#[tokio::test]
async fn a_read_only_file_is_refused_and_the_owner_kept() {
    let folder = tempfile::tempdir().unwrap();
    let text = format!("{HEAD}It fell. It rose.\n");
    let file = with(&folder, "a.brief.md", &text);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
    let refused = run(["fmt", &file]).await.exits(1);
    assert!(refused.stderr.contains("is read-only") && refused.stderr.contains("(READ_ONLY)"));
    assert_eq!(read_text(&file), text);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o604)).unwrap();
    // Only an administrator can give a file away.
    let owner = if rustix::process::geteuid().is_root() { 1 } else { fs::metadata(&file).unwrap().uid() };
    chown(&file, Some(owner), None).unwrap();
    run(["fmt", &file]).await.exits(0);
    let written = fs::metadata(&file).unwrap();
    assert_eq!((written.uid(), written.mode() & 0o777), (owner, 0o604));
    assert_ne!(read_text(&file), text);
}

#[tokio::test]
async fn fmt_reports_every_file_and_names_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let text = format!("{HEAD}It fell. It rose.\n");
    let (first, last) = (with(&folder, "a.brief.md", &text), with(&folder, "b\u{1b}\n.brief.md", &text));
    let missing = folder.path().join("none.brief.md").display().to_string();
    let formatted = run(["fmt", "--json", &first, &missing, &last]).await.exits(1);
    let results = formatted.json()["files"].as_array().unwrap().clone();
    let words: Vec<&str> = results.iter().map(|result| result["result"].as_str().unwrap()).collect();
    assert_eq!(words, ["changed", "failed", "changed"]);
    assert_eq!(formatted.error()["reason"], "INVALID_TEXT");
    assert!(read_text(&first).contains("It rose. ^") && read_text(&last).contains("It rose. ^"));
    fs::write(&last, format!("{HEAD}{}", "It fell. It rose.\n".repeat(100))).unwrap();
    let listed = run(["fmt", &last]).await.exits(0);
    assert!(listed.stderr.lines().count() <= 21, "{}", listed.stderr);
    assert!(!listed.stderr.contains('\u{1b}') && listed.stderr.contains("b\\u{1b}\\n.brief.md"));
    let json = Command::new(["fmt", "-"]).input("{\"title\": \"T\"}").run().await.exits(2);
    assert!(json.stderr.contains("JSON and YAML have no formatter"), "{}", json.stderr);
    let answer = run(["lint", &first]).await.exits(2);
    assert!(answer.stderr.contains("help: `chancery check "), "{}", answer.stderr);
}
