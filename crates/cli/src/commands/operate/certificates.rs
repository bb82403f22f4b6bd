//! `certificates`: a private authority, and the certificates of the service and its workers.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::json;

use crate::args::Global;
use crate::args::operate::Certificates;
use crate::certificates::{Outcome, Request, ensure};
use crate::ui::failure::Failure;
use crate::ui::output;

pub fn run(global: &Global, arguments: &Certificates) -> Result<(), Failure> {
    let hosts: BTreeSet<String> = arguments.host.iter().cloned().collect();
    let outcomes = ensure(&Request {
        authority: arguments.authority.clone(),
        server: arguments.service.clone().map(|folder| (folder, hosts)),
        worker: arguments.workers.clone(),
        trust: arguments.trust.clone(),
    })?;
    let word = |outcome| match outcome {
        Outcome::Issued => "issued",
        Outcome::Kept => "kept",
    };
    if global.json {
        let rows = outcomes.iter().map(|(file, outcome)| json!({"file": file, "outcome": word(*outcome)}));
        return output::print(&format!("{:#}\n", json!(rows.collect::<Vec<_>>())));
    }
    let mut text = String::new();
    for (file, outcome) in outcomes {
        // Writing to a String does not fail.
        let _ = writeln!(text, "{:<6} {}", word(outcome), file.display());
    }
    output::print(&text)
}
