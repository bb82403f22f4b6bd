//! Prints a brief from the JSON form of its content: `cargo run --example print_json -- brief.json out.pdf`.

use std::ops::ControlFlow;

use chancery_print::{Edition, Limits, Options, print};
use chancery_proto::brief::v1::BriefContent;
use sha2::{Digest, Sha256};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(input), Some(output)) = (arguments.next(), arguments.next()) else {
        return Err("usage: print_json BRIEF.json OUT.pdf".into());
    };
    let json = std::fs::read_to_string(input)?;
    let content: BriefContent = chancery_proto::json::from_str(&json)?;
    let digest: String = Sha256::digest(json.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let edition = Edition {
        content: &content,
        brief: "workspaces/default/briefs/example",
        revision: 1,
        edition_digest: &digest,
        published_at: "2026-01-01T00:00:00Z",
        creator: "print_json",
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
