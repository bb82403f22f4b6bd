//! `chancery lsp` as an editor runs it: a process that is spoken to over its standard input and output.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

#[path = "../../lsp/tests/support/mod.rs"]
mod support;

use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use url::Url;

use self::support::{Client, hostile_texts};

const CHANCERY: &str = env!("CARGO_BIN_EXE_chancery");

/// Starts the server; its client has its standard input open until it is dropped.
fn start(arguments: &[&str]) -> (Child, Client<ChildStdout, ChildStdin>) {
    let mut command = Command::new(CHANCERY);
    command.arg("lsp").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().unwrap();
    let client = Client::new(child.stdout.take().unwrap(), child.stdin.take().unwrap());
    (child, client)
}

/// Returns the findings of `chancery check` as diagnostics without links.
async fn findings_of_check(file: &Path, text: &str) -> Vec<Value> {
    let output = Command::new(CHANCERY).args(["check", "--json"]).arg(file).output().await.unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let position = |found: &Value, line: &str, column: &str| {
        let number = |key: &str| usize::try_from(found[key].as_u64().unwrap()).unwrap() - 1;
        let start: usize = text.split_inclusive('\n').take(number(line)).map(str::len).sum();
        // The command counts code points.
        let units: usize = text[start..].chars().take(number(column)).map(char::len_utf16).sum();
        json!({ "line": number(line), "character": units })
    };
    let diagnostic = |found: &Value| {
        let severity = match found["severity"].as_str().unwrap() {
            "error" => 1,
            "warning" => 2,
            _ => 4,
        };
        let range = json!({ "start": position(found, "line", "column"), "end": position(found, "endLine", "endColumn") });
        json!({ "range": range, "severity": severity, "code": found["code"], "source": "chancery", "message": found["message"] })
    };
    answer["findings"].as_array().unwrap().iter().map(diagnostic).collect()
}

#[tokio::test]
async fn an_editor_shows_the_findings_of_check_with_links() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/lint");
    let (mut child, mut client) = start(&["--stdio", "--lint-pages", pages.to_str().unwrap()]);
    client.initialize(&["utf-16"]).await;
    let (mut count, mut linked) = (0, 0);
    for (file, text) in hostile_texts() {
        let uri = Url::from_file_path(&file).unwrap();
        client.open(uri.as_str(), &text).await;
        let mut sent = client.diagnostics(uri.as_str(), 1).await;
        for diagnostic in &mut sent {
            let Some(link) = diagnostic.as_object_mut().unwrap().remove("codeDescription") else { continue };
            let page = link["href"].as_str().unwrap().parse::<Url>().unwrap().to_file_path().unwrap();
            assert!(std::fs::read_to_string(&page).unwrap().contains(diagnostic["code"].as_str().unwrap()));
            linked += 1;
        }
        assert_eq!(sent, findings_of_check(&file, &text).await, "{}", file.display());
        count += sent.len();
    }
    assert!(count > 30 && linked > 0, "{count} findings, {linked} links");
    client.shut_down().await;
    assert_eq!(child.wait().await.unwrap().code(), Some(0), "its input is still open");
}

#[tokio::test]
async fn a_server_that_is_left_without_a_shutdown_fails() {
    let (mut child, mut client) = start(&["--no-glyphs"]);
    client.initialize(&[]).await;
    client.notify("exit", Value::Null).await;
    assert_eq!(child.wait().await.unwrap().code(), Some(1));

    let output =
        Command::new(CHANCERY).args(["lsp", "--lint-pages", "no/such/folder"]).output().await.unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--lint-pages \"no/such/folder\""));
}

#[test]
fn the_settings_in_the_docs_are_well_formed_and_start_the_server() {
    let page = include_str!("../../../docs/EDITORS.md");
    let block = |language: &str| {
        let (_, behind) = page.split_once(&format!("\n```{language}\n")).unwrap();
        behind.split_once("\n```").unwrap().0
    };
    let package: Value = serde_json::from_str(block("json")).unwrap();
    assert_eq!(package["contributes"]["languages"][0]["filenamePatterns"][0], "*.brief.md");
    let helix: toml::Table = toml::from_str(block("toml")).unwrap();
    assert_eq!(helix["language-server"]["chancery"]["args"][0].as_str(), Some("lsp"));
    assert!(block("lua").contains("cmd = { \"chancery\", \"lsp\" }"));
    assert!(block("js").contains("{ command: \"chancery\", args: [\"lsp\"] }"));
}
