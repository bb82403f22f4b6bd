//! `preview --watch` and `--open`: a real process prints again at each save, lists the findings, and serves both on a page
//! that only this machine can read.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chancery_testkit::Command;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdout};
use tokio::time::timeout;

/// Time limit of a round on a loaded machine, in a debug build.
const ROUND_TIMEOUT: Duration = Duration::from_mins(1);

fn text(title: &str, sentence: &str) -> String {
    format!(
        "---\ntitle: {title}\nsources:\n  board: {{title: Figures, date: 2026, reliability: A}}\n---\n\n# Traffic ^sec-1\n\n{sentence} [@board A1] ^s-1\n"
    )
}

/// A watched preview with the folder of its text.
struct Preview {
    folder: tempfile::TempDir,
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Preview {
    /// Starts the preview of `a.brief.md`, with a browser that writes its address to the file `opened`.
    fn start(text: &str, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.brief.md"), text).unwrap();
        Self::start_in(folder, "a.brief.md", options)
    }

    fn start_in(folder: tempfile::TempDir, file: &str, options: &[&str]) -> Self {
        let programs = folder.path().join("programs");
        fs::create_dir(&programs).unwrap();
        let browser = programs.join("xdg-open");
        let opened = folder.path().join("opened");
        fs::write(&browser, format!("#!/bin/sh\necho \"$1\" >{}\n", opened.display())).unwrap();
        fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).unwrap();
        let path = format!("{}:/usr/bin:/bin", programs.display());
        let arguments = [&["preview", file, "--json"], options].concat();
        let mut command = Command::new(arguments).env("PATH", path).prepare();
        let mut process = command.current_dir(folder.path()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { folder, process, lines }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Waits for the next line of JSON.
    async fn next(&mut self) -> Value {
        let line = timeout(ROUND_TIMEOUT, self.lines.next_line()).await;
        let line = line.expect("a round in time").unwrap().expect("the preview runs");
        serde_json::from_str(&line).unwrap()
    }

    /// Waits for the next round that prints. On a loaded machine, a round can see a file between its creation and its
    /// first byte; the next one then prints it.
    async fn next_printed(&mut self) -> Value {
        for _ in 0..5 {
            let round = self.next().await;
            if is_printed(&round) {
                return round;
            }
        }
        panic!("five rounds printed nothing");
    }

    /// Ends the preview as Ctrl-C does, and returns its exit code.
    async fn interrupt(mut self) -> (Option<i32>, tempfile::TempDir) {
        let process = rustix::process::Pid::from_raw(self.process.id().unwrap().cast_signed()).unwrap();
        rustix::process::kill_process(process, rustix::process::Signal::INT).unwrap();
        let status = timeout(ROUND_TIMEOUT, self.process.wait()).await.expect("the preview ends").unwrap();
        (status.code(), self.folder)
    }
}

/// Returns whether a round wrote or served pages.
fn is_printed(round: &Value) -> bool {
    round["pages"].as_u64().is_some_and(|pages| pages > 0)
}

fn codes(round: &Value) -> Vec<&str> {
    let findings = round["findings"].as_array().unwrap();
    findings.iter().map(|found| found["code"].as_str().unwrap()).collect()
}

/// Replaces a file as an editor does that writes a new file and renames it.
fn replace(file: &Path, text: &str) {
    let other = file.with_extension("new");
    fs::write(&other, text).unwrap();
    fs::rename(&other, file).unwrap();
}

#[tokio::test]
async fn each_save_is_checked_and_printed_until_ctrl_c() {
    let mut preview = Preview::start(&text("First", "It fell."), &["--watch"]);
    let first = preview.next().await;
    assert_eq!((&first["round"], &first["errors"], is_printed(&first)), (&1.into(), &0.into(), true));
    let pdf = preview.path("a.pdf");
    let first_bytes = fs::read(&pdf).unwrap();
    assert!(first_bytes.starts_with(b"%PDF-"));

    // A misspelt key: a diagnostic at its place, and the page remains.
    let file = preview.path("a.brief.md");
    fs::write(
        &file,
        text("First", "It fell {actor: x}.").replace("{actor: x}. [@board A1]", "[@board A1] {actor: x}"),
    )
    .unwrap();
    let broken = preview.next().await;
    assert_eq!(codes(&broken), ["UNKNOWN_KEY"]);
    assert_eq!((&broken["findings"][0]["line"], &broken["pages"]), (&9.into(), &Value::Null));
    assert_eq!(fs::read(&pdf).unwrap(), first_bytes);

    replace(&file, &text("Second", "It rose."));
    let second = preview.next().await;
    assert_eq!((&second["round"], &second["errors"]), (&3.into(), &0.into()));
    assert_ne!(fs::read(&pdf).unwrap(), first_bytes);

    let (code, folder) = preview.interrupt().await;
    assert_eq!(code, Some(0));
    let left = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(left.into_iter().all(|name| !name.to_string_lossy().starts_with(".chancery-")));
}

#[tokio::test]
async fn a_file_that_vanishes_comes_back_and_a_burst_is_one_round() {
    let mut preview = Preview::start(&text("First", "It fell."), &["--watch", "-o", "out.pdf"]);
    preview.next().await;
    let file = preview.path("a.brief.md");
    fs::remove_file(&file).unwrap();
    let gone = preview.next().await;
    assert_eq!((codes(&gone), &gone["pages"]), (vec!["IO"], &Value::Null));
    fs::write(&file, text("Back", "It fell.")).unwrap();
    preview.next_printed().await;

    // Half a text, then no text, then all of it, faster than anyone saves.
    let whole = text("Burst", "It fell.");
    for _ in 0..20 {
        fs::write(&file, &whole[..30]).unwrap();
        fs::write(&file, "").unwrap();
        fs::write(&file, &whole).unwrap();
    }
    // The burst may be longer than a round on a loaded machine; the text that remains is printed in any case.
    let last = preview.next_printed().await;
    assert!(last["round"].as_u64().unwrap() <= 8, "60 writes are few rounds: {last}");
}

#[tokio::test]
async fn an_image_beside_the_text_counts() {
    let svg = |width: u32| {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"30\"><rect width=\"9\" height=\"9\"/></svg>"
        )
    };
    let figure = "---\ntitle: T\n---\n\n# A ^sec-1\n\n![A map](map.svg \"M\") ^fig-1\n";
    let mut preview = Preview::start(figure, &["--watch"]);
    let missing = preview.next().await;
    assert_eq!(codes(&missing), ["INVALID_FIGURE", "FURTHER_CHECKS"]);
    let map = preview.path("map.svg");
    fs::write(&map, svg(40)).unwrap();
    preview.next_printed().await;
    let before = fs::read(preview.path("a.pdf")).unwrap();
    fs::write(&map, svg(80)).unwrap();
    preview.next_printed().await;
    assert_ne!(fs::read(preview.path("a.pdf")).unwrap(), before);
}

/// Returns the status line, the headers and the body of an answer.
async fn get(address: &str, path: &str, host: &str) -> (String, String, Vec<u8>) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    timeout(ROUND_TIMEOUT, stream.read_to_end(&mut answer)).await.unwrap().unwrap();
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let (status, headers) = head.split_once("\r\n").unwrap_or((&head, ""));
    (status.to_owned(), headers.to_lowercase(), answer[end + 4..].to_vec())
}

#[tokio::test]
async fn the_page_shows_each_round_to_this_machine_only() {
    let mut preview = Preview::start(&text("First", "It fell."), &["--open"]);
    let address = preview.next().await["address"].as_str().unwrap().to_owned();
    let rest = address.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let path = format!("/{path}");
    assert!(host.starts_with("127.0.0.1:") && path.len() == 34, "{address}");
    preview.next_printed().await;

    let (status, headers, page) = get(host, &path, host).await;
    assert_eq!(status, "HTTP/1.1 200 OK");
    assert!(headers.contains("content-security-policy: default-src 'none';"), "{headers}");
    let page = String::from_utf8(page).unwrap();
    assert!(page.contains("preview.js") && !page.contains("http"), "{page}");
    let (_, headers, pdf) = get(host, &format!("{path}brief.pdf?round=1"), host).await;
    assert!(headers.contains("content-type: application/pdf") && pdf.starts_with(b"%PDF-"));
    assert!(!preview.path("a.pdf").exists(), "with --open and without -o, no file is written");

    // Other hosts, other paths and other methods reach nothing.
    let port = host.rsplit(':').next().unwrap();
    for other in ["evil.example", &format!("evil.example:{port}"), &format!("localhost:{port}"), ""] {
        assert_eq!(get(host, &path, other).await.0, "HTTP/1.1 421 Misdirected Request", "{other}");
    }
    let guessed = format!("/{}/", "0".repeat(32));
    for other in ["/", "/brief.pdf", &guessed, &format!("{guessed}brief.pdf"), path.trim_end_matches('/')] {
        assert_eq!(get(host, other, host).await.0, "HTTP/1.1 404 Not Found", "{other}");
    }

    // The page waits for the next round, and shows its findings.
    let waiting = tokio::spawn({
        let (host, path) = (host.to_owned(), path.clone());
        async move { get(&host, &format!("{path}state?after=1"), &host).await.2 }
    });
    replace(&preview.path("a.brief.md"), &text("Second", "It *fell."));
    let broken = preview.next().await;
    let state: Value = serde_json::from_slice(&waiting.await.unwrap()).unwrap();
    assert_eq!(
        (&state["round"], &state["printedRound"], &state["hasFailed"]),
        (&2.into(), &1.into(), &true.into())
    );
    let code = codes(&broken)[0];
    assert!(
        state["findings"].as_str().unwrap().contains(&format!("a.brief.md:9:4: error[{code}]")),
        "{state}"
    );
}

#[tokio::test]
async fn the_browser_gets_an_address_that_is_valid_once() {
    let mut preview = Preview::start(&text("First", "It fell."), &["--open"]);
    let address = preview.next().await["address"].as_str().unwrap().to_owned();
    preview.next().await;
    let opened = preview.path("opened");
    let deadline = tokio::time::Instant::now() + ROUND_TIMEOUT;
    while fs::read_to_string(&opened).unwrap_or_default().is_empty() {
        assert!(tokio::time::Instant::now() < deadline, "no browser was started");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let ticket = fs::read_to_string(&opened).unwrap().trim().to_owned();
    let (host, path) = ticket.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let path = format!("/{path}");
    assert!(!address.contains(&path), "the arguments of the browser are visible to other users");
    let (status, headers, _) = get(host, &path, host).await;
    assert_eq!(status, "HTTP/1.1 303 See Other");
    let page = address.trim_start_matches("http://").trim_start_matches(host);
    assert!(headers.contains(&format!("location: {page}")), "{headers}");
    assert_eq!(get(host, &path, host).await.0, "HTTP/1.1 404 Not Found");
}

#[tokio::test]
async fn standard_input_is_not_watched_and_a_print_needs_an_output() {
    for arguments in [&["preview", "-", "--watch"][..], &["preview", "a.brief.md"]] {
        Command::new(arguments).run().await.exits(2);
    }
    let output = Command::new(["preview", "a.brief.md", "--watch", "-o", "a.docx"]).run().await.exits(2);
    assert!(output.stderr.contains("WRONG_ENDING"), "{}", output.stderr);
}
