//! Shared by several end-to-end tests: requests, and the sentences of a document.

pub mod chaos;
pub mod watching;

use chancery_client::Client;
use chancery_proto::brief::v1::RevisionDocument;
use chancery_proto::json;
use chancery_proto::render::v1::{CreateRenderRequest, Render, RenderState};
use chancery_testkit::WORKSPACE;
use serde_json::Value;

/// The sample brief.
pub const RUSSIA_IRAN: &str = "workspaces/default/briefs/russia-iran";

/// A request for a PDF of a brief or revision.
pub fn render_of(source: &str) -> CreateRenderRequest {
    CreateRenderRequest { parent: WORKSPACE.to_owned(), source: source.to_owned(), ..Default::default() }
}

/// Prints and downloads; also returns whether the request was answered at once.
pub async fn print(client: &Client, source: &str) -> (Render, Vec<u8>, bool) {
    let mut pdf = Vec::new();
    let mut first = None;
    let render = client.render_to(render_of(source), &mut pdf, |event| {
        if let chancery_client::RenderEvent::State(render) = event {
            first.get_or_insert(render.state());
        }
    });
    let render = render.await.unwrap_or_else(|error| panic!("printing {source}: {error}"));
    (render, pdf, first == Some(RenderState::Succeeded))
}

/// The texts of all statements of a document with their ids, all of which a printed brief must hold.
pub fn statements(document: &RevisionDocument) -> Vec<(String, String)> {
    let text = json::to_string_pretty(document);
    let mut found = Vec::new();
    collect(&serde_json::from_str(&text).expect("the mapping returns JSON"), &mut found);
    found
}

/// A JSON object is a statement if it has a type of the statement enum and a text.
fn collect(value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default();
            let (id, text) = (fields.get("id"), fields.get("text"));
            if let (true, Some(Value::String(id)), Some(Value::String(text))) =
                (kind.starts_with("STATEMENT_TYPE_"), id, text)
            {
                found.push((id.clone(), text.clone()));
            }
            fields.values().for_each(|inner| collect(inner, found));
        }
        Value::Array(items) => items.iter().for_each(|inner| collect(inner, found)),
        _ => {}
    }
}
