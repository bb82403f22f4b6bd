//! Prints a revision from its JSON file: `cargo run --example print_json -- revision.json out.pdf`.

use std::ops::ControlFlow;

use chancery_print::{Edition, Limits, Options, print};
use chancery_proto::brief::v1::{BriefContent, RevisionDocument};
use sha2::{Digest, Sha256};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(input), Some(output)) = (arguments.next(), arguments.next()) else {
        return Err("usage: print_json BRIEF.json OUT.pdf".into());
    };
    let json = std::fs::read_to_string(input)?;
    let document = read(&json)?;
    let content = document.content.unwrap_or_default();
    let digest =
        Sha256::digest(json.as_bytes()).iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    let edition = Edition {
        content: &content,
        brief: &format!("workspaces/default/briefs/{}", document.brief_id),
        revision: document.revision,
        edition_digest: &digest,
        published_at: "2026-01-01T00:00:00Z",
        creator: &document.creator,
        recipient: "",
        superseded_by: None,
        withdrawn: false,
    };
    let mut observe = |_| ControlFlow::Continue(());
    let printed = print(&edition, &Options::default(), &Limits::default(), &mut observe)?;
    for warning in &printed.warnings {
        eprintln!("{warning:?}");
    }
    eprintln!("{} pages, {} bytes", printed.pages, printed.bytes.len());
    std::fs::write(output, printed.bytes)?;
    Ok(())
}

/// A revision's document, or bare content.
fn read(json: &str) -> Result<RevisionDocument, Box<dyn std::error::Error>> {
    if let Ok(document) = chancery_proto::json::from_str::<RevisionDocument>(json) {
        return Ok(document);
    }
    let content: BriefContent = chancery_proto::json::from_str(json)?;
    let brief_id = "example".to_owned();
    Ok(RevisionDocument { brief_id, revision: 1, content: Some(content), ..RevisionDocument::default() })
}
