//! A server in this process, and the sample that its tests open.

use std::path::Path;
use std::time::Duration;

use chancery_lsp::{Ended, Settings, serve};
use chancery_text::{Context, Resolver, check};
use serde_json::{Value, json};
use tokio::io::{DuplexStream, ReadHalf, WriteHalf};
use tokio::task::JoinHandle;
use url::Url;

use super::support::{self, offset, position};

pub type Client = support::Client<ReadHalf<DuplexStream>, WriteHalf<DuplexStream>>;

pub const URI: &str = "file:///briefs/suez.brief.md";

pub const SAMPLE: &str = r#"---
title: "کشتی‌ها 😀"
sources:
  ukmto: {title: "Recent *incidents*", publisher: UKMTO, date: 2026-11, type: primary, reliability: A}
actors:
  houthis: {name: "Ansar Allah", kind: non-state-group}
places:
  suez: {name: Suez Canal, kind: waterway}
---

Lines stay away. [@ukmto A2] {unlikely; by 2027-06-30; resolves: Weekly transits} ^s-01

1. They can close the strait. ^s-02
   {high confidence: Stocks; rests-on: s-03} ^kj-1

# Threat ^sec-1

😀 کشتی‌ها در دریا ماندند. [@ukmto A2] {actors: houthis; places: suez} ^s-03
It holds, as [the threat](#s-03) shows. [@ukmto A2] {likely 60-75%; actors: houthis} ^s-04

## Detail ^sec-2

> [!NOTE] How to read
> Percentages follow ICD 203. ^s-05

# Outlook ^sec-3

They wait. {assessment} ^s-06

```relationships
houthis | operates-in | suez {rests-on: s-03} ^r-1
```
"#;

struct NoImages;

impl Resolver for NoImages {
    fn attachment(&self, name: &str) -> Result<String, String> {
        Err(format!("there is no file {name}"))
    }
}

/// A client of a server on a task of its own.
pub async fn connected(encodings: &[&str]) -> (Client, Value, JoinHandle<Ended>) {
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let (input, output) = tokio::io::split(theirs);
    let settings = Settings {
        images: Box::new(|_: &Path| Box::new(NoImages)),
        coverage: None,
        lint_pages: Some(Url::parse("https://example.org/lint/").unwrap()),
        debounce: Duration::from_millis(1),
    };
    let server = tokio::spawn(serve(input, output, settings));
    let (input, output) = tokio::io::split(ours);
    let mut client = Client::new(input, output);
    let capabilities = client.initialize(encodings).await;
    (client, capabilities, server)
}

/// A client with the sample open, and the diagnostics of the sample.
pub async fn with_sample() -> (Client, Vec<Value>) {
    let (mut client, _, _) = connected(&[]).await;
    client.open(URI, SAMPLE).await;
    let found = client.diagnostics(URI, 1).await;
    (client, found)
}

pub fn at(word: &str, n: usize) -> Value {
    let inside = offset(SAMPLE, word, n) + 1;
    json!({ "textDocument": { "uri": URI }, "position": position(SAMPLE, inside) })
}

pub fn findings(text: &str) -> Vec<chancery_text::Diagnostic> {
    check(text, &Context { resolver: Some(&NoImages), ..Context::default() }, None).findings
}

/// Replaces the open text, and returns the new version.
pub async fn replace(client: &mut Client, version: i64, text: &str) {
    let document = json!({ "uri": URI, "version": version });
    let params = json!({ "textDocument": document, "contentChanges": [{ "text": text }] });
    client.notify("textDocument/didChange", params).await;
}
