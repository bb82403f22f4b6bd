//! `diff`: shows the differences between two revisions.

use std::fmt::Write as _;

use chancery_proto::brief::v1::part_difference::Part;
use chancery_proto::brief::v1::{
    DiffBriefRevisionsRequest, DiffBriefRevisionsResponse, DifferenceKind, PartDifference,
};

use crate::args::Global;
use crate::args::read::Diff;
use crate::connection::connect;
use crate::names;
use crate::ui::failure::Failure;
use crate::ui::output;

pub async fn run(global: &Global, arguments: &Diff) -> Result<(), Failure> {
    let name = names::brief(&global.workspace, &arguments.name)?.to_string();
    let request = DiffBriefRevisionsRequest {
        name,
        from_revision: arguments.from,
        to_revision: arguments.to,
        ..DiffBriefRevisionsRequest::default()
    };
    let response = connect(global).await?.diff_brief_revisions(request).await?;
    output::response(global.json, &response, || text(&response))
}

fn text(response: &DiffBriefRevisionsResponse) -> String {
    let from = if response.from_revision.is_empty() { "nothing" } else { &response.from_revision };
    let mut text = format!("from {from}\nto   {}\n", response.to_revision);
    if response.differences.is_empty() {
        text.push_str("\nno differences\n");
    }
    for difference in &response.differences {
        push_difference(&mut text, difference);
    }
    text
}

fn push_difference(text: &mut String, difference: &PartDifference) {
    let kinds: Vec<&str> = difference.kinds().map(kind_label).collect();
    // Added and removed parts other than statements need no declaration.
    let is_declared = difference.declared
        || matches!(&difference.part, Some(Part::OtherPart(pair)) if pair.before.is_none() || pair.after.is_none());
    let undeclared = if is_declared { "" } else { "   (not declared in the revision's changes)" };
    let fields = match difference.fields.as_slice() {
        [] => String::new(),
        fields => format!(" [{}]", fields.join(", ")),
    };
    // Writing to a string does not fail.
    let _ = writeln!(text, "\n{}: {}{fields}{undeclared}", difference.id, kinds.join(", "));
    let Some(Part::Statement(pair)) = &difference.part else { return };
    let (before, after) = (pair.before.as_ref(), pair.after.as_ref());
    if before.map(|statement| &statement.text) == after.map(|statement| &statement.text) {
        return;
    }
    if let Some(before) = before {
        let _ = writeln!(text, "  - {}", before.text);
    }
    if let Some(after) = after {
        let _ = writeln!(text, "  + {}", after.text);
    }
}

const fn kind_label(kind: DifferenceKind) -> &'static str {
    match kind {
        DifferenceKind::Unspecified => "?",
        DifferenceKind::Added => "added",
        DifferenceKind::Removed => "removed",
        DifferenceKind::Reworded => "reworded",
        DifferenceKind::Likelihood => "likelihood",
        DifferenceKind::Confidence => "confidence",
        DifferenceKind::Marking => "marking",
        DifferenceKind::Sources => "sources",
        DifferenceKind::Moved => "moved",
        DifferenceKind::Status => "status",
        DifferenceKind::Other => "other",
    }
}
