//! `diff`: shows the differences between two revisions.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chancery_proto::brief::v1::part_difference::Part;
use chancery_proto::brief::v1::{
    DiffBriefRevisionsRequest, DiffBriefRevisionsResponse, DifferenceKind, PartDifference, TextReplacement,
    ValueDifference,
};

mod parts;

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
    if response.from_revision.is_empty() {
        return without_earlier(response);
    }
    let mut text = format!("from {}\nto   {}\n", response.from_revision, response.to_revision);
    if response.differences.is_empty() {
        text.push_str("\nno differences\n");
    }
    text + &listed(&response.differences)
}

/// Formats differences, each below an empty line.
pub fn listed(differences: &[PartDifference]) -> String {
    let mut text = String::new();
    for difference in differences {
        push_difference(&mut text, difference);
    }
    text
}

/// Counts the parts of a revision that has no earlier one to compare it with.
fn without_earlier(response: &DiffBriefRevisionsResponse) -> String {
    let is_first = response.to_revision.ends_with("/revisions/1");
    let reason = if is_first { "first revision" } else { "no earlier revision that you can read" };
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for part in response.differences.iter().filter_map(|difference| difference.part.as_ref()) {
        *counts.entry(parts::plural(part)).or_default() += 1;
    }
    counts.remove("");
    let counts: Vec<String> = counts.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    format!("{}: {reason}\nparts: {}\n", response.to_revision, counts.join(", "))
}

fn push_difference(text: &mut String, difference: &PartDifference) {
    let kinds: Vec<&str> = difference.kinds().map(|kind| kind_label(kind, difference)).collect();
    let is_undeclared = difference.requires_declaration && !difference.declared;
    let undeclared = if is_undeclared { "   (not declared in the revision's changes)" } else { "" };
    let place = if difference.path.is_empty() { String::new() } else { format!(" {}", difference.path) };
    // Writing to a string does not fail, here and below.
    let _ = writeln!(text, "\n{}{place}: {}{undeclared}", difference.id, kinds.join(", "));
    for value in &difference.values {
        push_value(text, value);
    }
    if difference.values.is_empty()
        && let Some(part) = &difference.part
    {
        let (before, after) = parts::texts(part);
        for (sign, words) in [("-", before), ("+", after)] {
            if !words.is_empty() && !difference.kinds().any(|kind| kind == DifferenceKind::Moved) {
                let _ = writeln!(text, "  {sign} {words}");
            }
        }
    }
}

/// Adds a line for a value. In a text, the words that changed are marked: `[-earlier-]{+later+}`.
fn push_value(text: &mut String, value: &ValueDifference) {
    let ValueDifference { path, before, after, replacements, .. } = value;
    let _ = match (before.is_empty(), after.is_empty()) {
        (false, false) if !replacements.is_empty() => {
            writeln!(text, "  {path}: {}", marked(before, after, replacements))
        }
        (false, false) => writeln!(text, "  {path}: [-{before}-]{{+{after}+}}"),
        (false, true) => writeln!(text, "  {path}: [-{before}-]"),
        (true, false) => writeln!(text, "  {path}: {{+{after}+}}"),
        (true, true) => writeln!(text, "  {path}"),
    };
}

/// Returns the later text with the replaced ranges of the earlier one before their replacements.
fn marked(before: &str, after: &str, replacements: &[TextReplacement]) -> String {
    let slice = |text: &str, start: u32, end: u32| -> String {
        text.chars().skip(start as usize).take(end.saturating_sub(start) as usize).collect()
    };
    let (mut text, mut position) = (String::new(), 0);
    for one in replacements {
        text += &slice(after, position, one.after_start);
        let (old, new) =
            (slice(before, one.before_start, one.before_end), slice(after, one.after_start, one.after_end));
        if !old.is_empty() {
            let _ = write!(text, "[-{old}-]");
        }
        if !new.is_empty() {
            let _ = write!(text, "{{+{new}+}}");
        }
        position = one.after_end;
    }
    text + &slice(after, position, u32::MAX)
}

/// Returns the name of a kind of difference.
fn kind_label(kind: DifferenceKind, difference: &PartDifference) -> &'static str {
    match kind {
        DifferenceKind::Unspecified => "?",
        DifferenceKind::Added => "added",
        DifferenceKind::Removed => "removed",
        DifferenceKind::Reworded => "wording",
        DifferenceKind::Likelihood => "likelihood",
        DifferenceKind::Confidence => "confidence",
        DifferenceKind::Marking => "marking",
        DifferenceKind::Sources if matches!(difference.part, Some(Part::Statement(_))) => "citations",
        DifferenceKind::Sources => "support",
        DifferenceKind::Moved => "moved",
        DifferenceKind::Status => "status",
        DifferenceKind::Other => "other",
        DifferenceKind::Type => "type",
        DifferenceKind::Date => "date",
        DifferenceKind::Grade => "grade",
        DifferenceKind::Data => "data",
        DifferenceKind::References => "references",
        DifferenceKind::Formatting => "formatting",
        DifferenceKind::Contents => "contents",
    }
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::{FrontMatterPair, Statement, StatementPair};

    use super::*;

    fn added(text: &str) -> Part {
        let after = Some(Statement { id: "s1".into(), text: text.into(), ..Statement::default() });
        Part::Statement(StatementPair { before: None, after })
    }

    fn compared(from: &str, difference: PartDifference) -> String {
        text(&DiffBriefRevisionsResponse {
            from_revision: from.into(),
            to_revision: "workspaces/w/briefs/b/revisions/1".into(),
            differences: vec![difference],
            ..DiffBriefRevisionsResponse::default()
        })
    }

    #[test]
    fn words_that_changed_are_marked_in_the_text() {
        let replacement = TextReplacement { before_start: 6, before_end: 10, after_start: 6, after_end: 10 };
        let value = ValueDifference {
            path: "text".into(),
            kind: DifferenceKind::Reworded.into(),
            before: "Trade grew.".into(),
            after: "Trade fell.".into(),
            replacements: vec![replacement],
        };
        let graded = ValueDifference {
            path: "citations[0].credibility".into(),
            kind: DifferenceKind::Grade.into(),
            before: "2".into(),
            after: "5".into(),
            replacements: vec![],
        };
        let difference = PartDifference {
            id: "s1".into(),
            kinds: vec![DifferenceKind::Reworded.into(), DifferenceKind::Grade.into()],
            values: vec![value, graded],
            requires_declaration: true,
            ..PartDifference::default()
        };
        let shown = compared("workspaces/w/briefs/b/revisions/0", difference);
        let expected = "\ns1: wording, grade   (not declared in the revision's changes)\n  \
                        text: Trade [-grew-]{+fell+}.\n  citations[0].credibility: [-2-]{+5+}\n";
        assert!(shown.ends_with(expected), "{shown}");
    }

    #[test]
    fn an_added_part_is_shown_with_its_text() {
        let difference = PartDifference {
            id: "s1".into(),
            kinds: vec![DifferenceKind::Added.into()],
            part: Some(added("Trade grew.")),
            ..PartDifference::default()
        };
        assert!(compared("r", difference).ends_with("\ns1: added\n  + Trade grew.\n"));
    }

    #[test]
    fn a_first_revision_is_named_as_such() {
        let added = PartDifference { part: Some(added("Trade grew.")), ..PartDifference::default() };
        let shown = compared("", added);
        assert_eq!(shown, "workspaces/w/briefs/b/revisions/1: first revision\nparts: 1 statements\n");
        let response = DiffBriefRevisionsResponse {
            to_revision: "workspaces/w/briefs/b/revisions/3".into(),
            differences: vec![PartDifference {
                part: Some(Part::FrontMatter(FrontMatterPair::default())),
                ..PartDifference::default()
            }],
            ..DiffBriefRevisionsResponse::default()
        };
        assert!(text(&response).contains("no earlier revision that you can read"));
    }
}
