//! `diff`: what changed between two revisions.

use std::fmt::Write as _;

use chancery_proto::brief::v1::part_difference::Part;
use chancery_proto::brief::v1::{
    DiffBriefRevisionsRequest, DiffBriefRevisionsResponse, DifferenceKind, PartDifference,
};

use crate::args::{Diff, Global};
use crate::connection::connect;
use crate::failure::Failure;
use crate::{names, output};

pub async fn diff(global: &Global, arguments: &Diff) -> Result<(), Failure> {
    let name = names::brief(&global.workspace, &arguments.name)?.to_string();
    let request = DiffBriefRevisionsRequest {
        name,
        from_revision: arguments.from,
        to_revision: arguments.to,
        ..DiffBriefRevisionsRequest::default()
    };
    let answer = connect(global).await?.diff_brief_revisions(request).await?;
    output::answer(global.json, &answer, || told(&answer))
}

fn told(answer: &DiffBriefRevisionsResponse) -> String {
    let from = if answer.from_revision.is_empty() { "nothing" } else { &answer.from_revision };
    let mut text = format!("from {from}\nto   {}\n", answer.to_revision);
    if answer.differences.is_empty() {
        text.push_str("\nno differences\n");
    }
    for difference in &answer.differences {
        tell(&mut text, difference);
    }
    text
}

fn tell(text: &mut String, difference: &PartDifference) {
    let kinds: Vec<&str> = difference.kinds().map(word).collect();
    // Other parts that were added or removed need no change that says so.
    let is_declared = difference.declared
        || matches!(&difference.part, Some(Part::OtherPart(pair)) if pair.before.is_none() || pair.after.is_none());
    let unsaid = if is_declared { "" } else { "   (the revision's changes do not say so)" };
    let fields = match difference.fields.as_slice() {
        [] => String::new(),
        fields => format!(" [{}]", fields.join(", ")),
    };
    // Writing to a string does not fail.
    let _ = writeln!(text, "\n{}: {}{fields}{unsaid}", difference.id, kinds.join(", "));
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

const fn word(kind: DifferenceKind) -> &'static str {
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
