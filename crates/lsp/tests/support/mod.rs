//! A client that speaks the protocol over a pair of streams.

#![allow(
    clippy::unwrap_used,
    dead_code,
    unreachable_pub,
    reason = "a test that cannot set its scene has failed; not every test uses all"
)]

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};

/// Time within which a server must answer.
const DEADLINE: Duration = Duration::from_mins(2);

/// A client whose requests wait for their response.
pub struct Client<R, W> {
    input: BufReader<R>,
    output: W,
    next_id: i64,
    notifications: Vec<Value>,
}

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Client<R, W> {
    pub fn new(input: R, output: W) -> Self {
        Self { input: BufReader::new(input), output, next_id: 1, notifications: Vec::new() }
    }

    /// Connects as a client that knows these units of columns, and returns the server's capabilities.
    pub async fn initialize(&mut self, encodings: &[&str]) -> Value {
        let capabilities = json!({ "general": { "positionEncodings": encodings } });
        let params = json!({ "processId": null, "rootUri": null, "capabilities": capabilities });
        let result = self.request("initialize", params).await.unwrap();
        self.notify("initialized", json!({})).await;
        result["capabilities"].clone()
    }

    /// Sends a request and returns its result, or its error.
    pub async fn request(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        let id = self.next_id;
        self.next_id += 1;
        let mut request = json!({ "jsonrpc": "2.0", "id": id, "method": method });
        if !params.is_null() {
            request["params"] = params;
        }
        self.send(&request.to_string()).await;
        loop {
            let message = self.message().await.expect("the server left");
            if message["id"] == json!(id) {
                let error = message.get("error").cloned();
                return error.map_or_else(|| Ok(message["result"].clone()), Err);
            }
            self.notifications.push(message);
        }
    }

    pub async fn notify(&mut self, method: &str, params: Value) {
        let mut notification = json!({ "jsonrpc": "2.0", "method": method });
        if !params.is_null() {
            notification["params"] = params;
        }
        self.send(&notification.to_string()).await;
    }

    pub async fn open(&mut self, uri: &str, text: &str) {
        let document = json!({ "uri": uri, "languageId": "markdown", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document })).await;
    }

    /// Waits for the diagnostics of a version of a text.
    pub async fn diagnostics(&mut self, uri: &str, version: i64) -> Vec<Value> {
        let params = self.diagnostics_or(uri, &json!(version)).await;
        params["diagnostics"].as_array().unwrap().clone()
    }

    /// Waits for diagnostics with this version, which is null for those of a closed text.
    pub async fn diagnostics_or(&mut self, uri: &str, version: &Value) -> Value {
        loop {
            let fits = |message: &Value| {
                message["method"] == "textDocument/publishDiagnostics"
                    && message["params"]["uri"] == uri
                    && &message["params"]["version"] == version
            };
            if let Some(index) = self.notifications.iter().position(fits) {
                return self.notifications.remove(index)["params"].clone();
            }
            let message = self.message().await.expect("the server left");
            self.notifications.push(message);
        }
    }

    /// Sends a message in its frame.
    pub async fn send(&mut self, message: &str) {
        let frame = format!("Content-Length: {}\r\n\r\n{message}", message.len());
        self.send_bytes(frame.as_bytes()).await;
    }

    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        self.output.write_all(bytes).await.unwrap();
        self.output.flush().await.unwrap();
    }

    /// Reads a message; none at the end of the stream.
    pub async fn message(&mut self) -> Option<Value> {
        tokio::time::timeout(DEADLINE, self.read_message()).await.expect("the server does not answer")
    }

    async fn read_message(&mut self) -> Option<Value> {
        let mut length = None;
        loop {
            let mut line = String::new();
            if self.input.read_line(&mut line).await.unwrap() == 0 {
                return None;
            }
            match line.trim_end().split_once(": ") {
                Some(("Content-Length", value)) => length = Some(value.parse().unwrap()),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length.expect("a frame has a length")];
        self.input.read_exact(&mut body).await.unwrap();
        Some(serde_json::from_slice(&body).unwrap())
    }

    /// Ends the session as an editor does.
    pub async fn shut_down(&mut self) {
        assert_eq!(self.request("shutdown", Value::Null).await, Ok(Value::Null));
        self.notify("exit", Value::Null).await;
    }
}

/// Returns the position of a byte offset, in UTF-16.
pub fn position(text: &str, offset: usize) -> Value {
    let before = &text[..offset];
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    json!({ "line": before.matches('\n').count(), "character": before[start..].encode_utf16().count() })
}

/// Returns the range of the n-th occurrence of a word, from 1, in UTF-16.
pub fn range(text: &str, word: &str, n: usize) -> Value {
    let start = offset(text, word, n);
    json!({ "start": position(text, start), "end": position(text, start + word.len()) })
}

/// Returns the byte offset of the n-th occurrence of a word, from 1.
pub fn offset(text: &str, word: &str, n: usize) -> usize {
    text.match_indices(word).nth(n - 1).unwrap_or_else(|| panic!("{word:?} does not occur {n} times")).0
}

/// Returns the folder of the examples.
pub fn examples() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

/// Returns the broken texts of the examples, with their names.
pub fn hostile_texts() -> Vec<(PathBuf, String)> {
    let folder = examples().join("hostile-text").canonicalize().unwrap();
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.to_string_lossy().ends_with(".brief.md"));
    files.sort();
    // A text that is no UTF-8 never reaches a server.
    let read = |file: PathBuf| std::fs::read_to_string(&file).ok().map(|text| (file, text));
    let texts: Vec<_> = files.into_iter().filter_map(read).collect();
    assert!(texts.len() > 10);
    texts
}
