//! Drives the server as an editor does, over a pair of pipes: what is opened, changed, malformed or too large.

#![allow(
    clippy::unwrap_used,
    dead_code,
    unreachable_pub,
    reason = "a test that cannot set its scene has failed; not every test uses all"
)]

#[path = "support/server.rs"]
mod server;
mod support;

use chancery_lsp::Ended;
use chancery_text::{Severity, TEXT_LIMIT};
use serde_json::{Value, json};

use self::server::{Client, SAMPLE, URI, at, connected, findings, replace, with_sample};
use self::support::{examples, hostile_texts, position, range};

#[tokio::test]
async fn a_server_states_its_methods_and_chooses_utf_8_where_it_is_offered() {
    let (mut client, capabilities, server) = connected(&[]).await;
    assert_eq!(capabilities["positionEncoding"], "utf-16");
    assert_eq!(capabilities["textDocumentSync"], 2);
    for provider in
        ["hover", "completion", "definition", "references", "rename", "codeAction", "documentFormatting"]
    {
        assert!(!capabilities[format!("{provider}Provider")].is_null(), "{provider}: {capabilities}");
    }
    client.shut_down().await;
    assert_eq!(server.await.unwrap(), Ended::Shutdown);

    let (mut client, capabilities, _) = connected(&["utf-16", "utf-8"]).await;
    assert_eq!(capabilities["positionEncoding"], "utf-8");
    client.open(URI, SAMPLE).await;
    let line = SAMPLE.lines().position(|line| line.starts_with('😀')).unwrap();
    let column = SAMPLE.lines().nth(line).unwrap().find("houthis").unwrap();
    let position = json!({ "line": line, "character": column });
    let hover =
        client.request("textDocument/hover", json!({ "textDocument": { "uri": URI }, "position": position }));
    assert_eq!(hover.await.unwrap()["range"]["start"], position);
}

#[tokio::test]
async fn diagnostics_are_the_findings_of_check() {
    let (mut client, _, _) = connected(&[]).await;
    let mut texts = hostile_texts();
    for example in ["russia-iran/revision-2", "russia-iran-fa/revision-1", "scripts/revision-1"] {
        let file = examples().join(format!("{example}.brief.md"));
        let text = std::fs::read_to_string(&file).unwrap();
        texts.push((file, text));
    }
    let mut count = 0;
    for (index, (file, text)) in texts.iter().enumerate() {
        let uri = format!("file:///briefs/{index}.brief.md");
        client.open(&uri, text).await;
        let sent = client.diagnostics(&uri, 1).await;
        let expected: Vec<Value> =
            findings(text).iter().map(|found| expected_diagnostic(text, found)).collect();
        assert_eq!(sent, expected, "{}", file.display());
        count += sent.len();
    }
    assert!(count > 30);
}

fn expected_diagnostic(text: &str, found: &chancery_text::Diagnostic) -> Value {
    let mut expected = json!({
        "range": { "start": position(text, found.range.start), "end": position(text, found.range.end) },
        "severity": match found.severity { Severity::Error => 1, Severity::Warning => 2, Severity::Hint => 4 },
        "code": found.code,
        "source": "chancery",
        "message": found.message,
    });
    if chancery_brief::lint::CODES.iter().any(|(code, _)| *code == found.code) {
        expected["codeDescription"] =
            json!({ "href": format!("https://example.org/lint/{}.md", found.code) });
    }
    expected
}

#[tokio::test]
async fn changes_are_applied_in_their_units_and_checked() {
    let (mut client, found) = with_sample().await;
    assert_eq!(found.iter().filter(|found| found["severity"] == 1).count(), 0, "{found:?}");
    // Behind Persian words and an emoji, and twice in one message.
    let word = range(SAMPLE, "houthis", 2);
    let after = SAMPLE.replacen("actors: houthis", "actors: houthi", 1).replacen("😀", "🚢🚢", 2);
    let changes = json!([
        { "range": word, "text": "houthi" },
        { "range": range(SAMPLE, "😀", 1), "text": "🚢🚢" },
        { "range": range(SAMPLE, "😀", 2), "text": "🚢🚢" },
    ]);
    let document = json!({ "uri": URI, "version": 2 });
    client
        .notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }))
        .await;
    let sent = client.diagnostics(URI, 2).await;
    let expected: Vec<Value> =
        findings(&after).iter().map(|found| expected_diagnostic(&after, found)).collect();
    assert_eq!(sent, expected);
    let error = sent.iter().find(|found| found["code"] == "UNKNOWN_REFERENCE").unwrap();
    assert_eq!(error["range"], range(&after, "houthi", 2));
    // Closing a text removes its diagnostics.
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": URI } })).await;
    assert_eq!(client.diagnostics_or(URI, &Value::Null).await["diagnostics"], json!([]));
}

/// Sends every request at a position, and returns the errors.
async fn all_requests(client: &mut Client, uri: &str, position: &Value) -> Vec<Value> {
    let at = json!({ "textDocument": { "uri": uri }, "position": position });
    let with = |key: &str, value: Value| {
        let mut params = at.clone();
        params[key] = value;
        params
    };
    let range = json!({ "start": position, "end": position });
    let whole = json!({ "textDocument": { "uri": uri } });
    let action = json!({ "textDocument": { "uri": uri }, "range": range, "context": { "diagnostics": [] } });
    let requests = [
        ("hover", at.clone()),
        ("completion", at.clone()),
        ("definition", at.clone()),
        ("references", with("context", json!({ "includeDeclaration": true }))),
        ("prepareRename", at.clone()),
        ("rename", with("newName", json!("new-id"))),
        ("codeAction", action),
        ("documentSymbol", whole.clone()),
        (
            "formatting",
            json!({ "textDocument": { "uri": uri }, "options": { "tabSize": 2, "insertSpaces": true } }),
        ),
    ];
    let mut errors = Vec::new();
    for (method, params) in requests {
        errors.extend(client.request(&format!("textDocument/{method}"), params).await.err());
    }
    errors
}

#[tokio::test]
async fn unknown_documents_and_positions_outside_a_text_are_answered() {
    let (mut client, _) = with_sample().await;
    let errors = all_requests(&mut client, "untitled:none", &json!({ "line": 0, "character": 0 })).await;
    assert_eq!(errors.len(), 9);
    for error in errors {
        assert_eq!((&error["code"], &error["data"]["reason"]), (&json!(-32602), &json!("UNKNOWN_DOCUMENT")));
        assert_eq!(error["message"], "untitled:none is not open: send textDocument/didOpen first");
    }
    let far = json!({ "line": 4_294_967_295_u32, "character": 4_294_967_295_u32 });
    assert_eq!(all_requests(&mut client, URI, &far).await, Vec::<Value>::new());
    // A change of an unknown text, one with a reversed range, and parameters of the wrong form.
    let change = |uri: &str, change: Value| json!({ "textDocument": { "uri": uri, "version": 2 }, "contentChanges": [change] });
    client.notify("textDocument/didChange", change("untitled:none", json!({ "text": "" }))).await;
    let reversed = json!({ "start": { "line": 9, "character": 9 }, "end": { "line": 1, "character": 1 } });
    client.notify("textDocument/didChange", change(URI, json!({ "range": reversed, "text": "" }))).await;
    client.notify("textDocument/didChange", json!({ "textDocument": 1 })).await;
    assert_eq!(client.request("textDocument/hover", json!([1])).await.unwrap_err()["code"], -32602);
    assert_eq!(client.request("textDocument/none", json!({})).await.unwrap_err()["code"], -32601);
    assert!(client.request("textDocument/hover", at("houthis", 2)).await.is_ok());
}

#[tokio::test]
async fn unfinished_texts_are_answered_at_every_place() {
    let (mut client, _) = with_sample().await;
    let ends: Vec<usize> = SAMPLE.char_indices().map(|(at, _)| at).step_by(7).collect();
    for (index, end) in ends.into_iter().enumerate() {
        let text = SAMPLE[..end].replace('\n', if index % 2 == 0 { "\n" } else { "\r\n" });
        replace(&mut client, 2 + i64::try_from(index).unwrap(), &text).await;
        for error in all_requests(&mut client, URI, &position(&text, text.len())).await {
            assert_eq!(error["code"], -32803, "{text}\n{error}");
        }
    }
}

#[tokio::test]
async fn a_text_beyond_the_limit_has_one_finding() {
    let (mut client, _, _) = connected(&[]).await;
    client.open(URI, &"a ".repeat(TEXT_LIMIT / 2 + 1)).await;
    let found = client.diagnostics(URI, 1).await;
    assert_eq!(
        found.iter().filter(|found| found["severity"] == 1).map(|found| &found["code"]).collect::<Vec<_>>(),
        ["TOO_LARGE"]
    );
    let errors = all_requests(&mut client, URI, &json!({ "line": 0, "character": 9_000_000 })).await;
    assert_eq!(errors.iter().map(|error| &error["data"]["reason"]).collect::<Vec<_>>(), ["INVALID_TEXT"]);
}

#[tokio::test]
async fn a_message_that_is_none_ends_the_session_with_an_error() {
    let (mut client, _, server) = connected(&[]).await;
    client.send("{\"jsonrpc\": nothing").await;
    assert_eq!(client.message().await.unwrap()["error"]["code"], -32700);
    assert_eq!(server.await.unwrap(), Ended::Abandoned);
}
