//! Differences between two editions of a brief, by part instead of by line: the front matter and every part of the body
//! and beside it, each with every value of its own. Parts are matched by their ids, which are stable across revisions.
//! Comparing editions cannot reveal what either withholds.

use std::collections::{BTreeMap, BTreeSet};

use chancery_proto::brief::v1::block::Kind as BlockKind;
use chancery_proto::brief::v1::part_difference::Part as Pair;
use chancery_proto::brief::v1::{BriefContent, DifferenceKind, PartDifference, ValueDifference};

mod blocks;
mod kinds;
mod order;
mod parts;
mod values;
mod wording;

use crate::part::change_subject;
use parts::{Body, Key, Part, pair, parts, values};

/// Kinds of differences that need no declaration, because they change no claim: the words, values and support of the part
/// are the same.
const NEEDS_NO_DECLARATION: [DifferenceKind; 4] =
    [DifferenceKind::Marking, DifferenceKind::Moved, DifferenceKind::Formatting, DifferenceKind::Contents];

/// Fields of the front matter that need no declaration: they say what the revision is, and follow it.
const OF_THE_REVISION: [&str; 5] = ["as_of", "change_summary", "tags", "regions", "translation_of"];

/// Lists the differences between an earlier and a later edition: the front matter, the body of the later edition in its
/// reading order, removed parts of the body in the order of the earlier one, then other parts by kind.
///
/// Empty content represents a missing edition: all parts of the other one are then added or removed.
pub fn differences(before: &BriefContent, after: &BriefContent) -> Vec<PartDifference> {
    let numbers = blocks::pair(before, after);
    let old = parts(before, |index| index);
    let new = parts(after, |index| numbers[index]);
    let mut found: Vec<(usize, PartDifference)> = Comparison::collect(&old, &new);
    // The sort is stable: within a kind, removed parts follow the others.
    found.sort_by_key(|(rank, _)| *rank);
    let declared = declared(after);
    let differences = found.into_iter().map(|(_, mut difference)| {
        difference.declared = declared.contains(difference.id.as_str());
        difference.requires_declaration = requires_declaration(&difference);
        difference
    });
    differences.collect()
}

/// Lists the differences that the later edition should declare in its `changes` but does not.
pub fn undeclared(before: &BriefContent, after: &BriefContent) -> Vec<PartDifference> {
    let mut differences = differences(before, after);
    differences.retain(|difference| difference.requires_declaration && !difference.declared);
    differences
}

/// Returns whether a difference is one that `changes` should name. Statements and key judgments count when they were added,
/// removed or changed. Other parts count when both editions contain them: what a new source or a removed relationship
/// supports is a statement that differs itself.
fn requires_declaration(difference: &PartDifference) -> bool {
    let is_in_both =
        !difference.kinds().any(|kind| matches!(kind, DifferenceKind::Added | DifferenceKind::Removed));
    let is_claim = |value: &ValueDifference| !NEEDS_NO_DECLARATION.contains(&value.kind());
    match &difference.part {
        Some(Pair::Statement(_) | Pair::KeyJudgment(_)) => {
            !is_in_both || difference.values.iter().any(is_claim)
        }
        Some(Pair::FrontMatter(_)) => {
            let is_of_revision = |value: &ValueDifference| OF_THE_REVISION.contains(&top_field(&value.path));
            is_in_both && difference.values.iter().any(|value| is_claim(value) && !is_of_revision(value))
        }
        _ => is_in_both && difference.values.iter().any(is_claim),
    }
}

/// Returns the ids that the `changes` of an edition name.
fn declared(content: &BriefContent) -> BTreeSet<&str> {
    let changes = content.changes.iter();
    let named = changes.flat_map(|change| {
        std::iter::once(change_subject(change)).chain(change.replaced_by.iter().map(String::as_str))
    });
    // A key judgment declares a revision by its own note.
    let of_judgments = content.key_judgments.iter().filter(|judgment| !judgment.revision_note.is_empty());
    named.chain(of_judgments.map(|judgment| judgment.id.as_str())).collect()
}

/// The parts of two editions.
struct Comparison<'a> {
    old: BTreeMap<Key<'a>, &'a Part<'a>>,
    moved: BTreeSet<Key<'a>>,
    /// Ids of the statements that both editions contain.
    common_statements: BTreeSet<&'a str>,
}

impl<'a> Comparison<'a> {
    /// Lists the differences, each with the rank of its kind.
    fn collect(old: &'a [Part<'a>], new: &'a [Part<'a>]) -> Vec<(usize, PartDifference)> {
        let keys: BTreeSet<Key> = new.iter().map(|part| part.key).collect();
        let is_common = |part: &&Part| matches!(part.body, Body::Statement(_)) && keys.contains(&part.key);
        let comparison = Self {
            old: old.iter().map(|part| (part.key, part)).collect(),
            moved: order::moved(old, new),
            common_statements: old.iter().filter(is_common).map(|part| part.id).collect(),
        };
        let present = new.iter().filter_map(|part| comparison.present(part));
        let removed = old.iter().filter(|part| !keys.contains(&part.key) && is_listed(part));
        let removed = removed.map(|part| listed(part, Some(part.body), None, &[DifferenceKind::Removed]));
        present.chain(removed).collect()
    }

    /// Compares a part of the later edition with that of the earlier one.
    fn present(&self, part: &Part) -> Option<(usize, PartDifference)> {
        let Some(earlier) = self.old.get(&part.key) else {
            return is_listed(part).then(|| listed(part, None, Some(part.body), &[DifferenceKind::Added]));
        };
        let values = values(earlier.body, part.body, &self.common_statements);
        let of_values = values.iter().map(ValueDifference::kind);
        let moved = self.moved.contains(&part.key).then_some(DifferenceKind::Moved);
        let mut kinds: Vec<DifferenceKind> = of_values.chain(moved).collect();
        kinds.sort_unstable();
        kinds.dedup();
        if kinds.is_empty() {
            return None;
        }
        let (rank, mut difference) = listed(part, Some(earlier.body), Some(part.body), &kinds);
        let mut fields: Vec<String> = values.iter().map(|value| top_field(&value.path).to_owned()).collect();
        fields.dedup();
        let main_text = values.iter().find(|value| value.path == part.body.main_text());
        difference.replacements = main_text.map(|value| value.replacements.clone()).unwrap_or_default();
        (difference.fields, difference.values) = (fields, values);
        Some((rank, difference))
    }
}

/// Returns whether a part is listed when it was added or removed. A paragraph or list without an id comes and goes with its
/// sentences, which are listed, and a mark of withheld parts says nothing.
fn is_listed(part: &Part) -> bool {
    let Body::Block(block) = part.body else { return true };
    let is_prose = matches!(block.kind, Some(BlockKind::Paragraph(_) | BlockKind::List(_)));
    let is_mark = matches!(block.kind, Some(BlockKind::Withheld(_)) | None);
    !(is_mark || is_prose && block.id.is_empty())
}

fn listed(
    part: &Part,
    before: Option<Body>,
    after: Option<Body>,
    kinds: &[DifferenceKind],
) -> (usize, PartDifference) {
    let difference = PartDifference {
        id: part.id.to_owned(),
        path: part.path.clone(),
        kinds: kinds.iter().map(|kind| *kind as i32).collect(),
        part: pair(before, after),
        ..PartDifference::default()
    };
    (part.body.list_rank(), difference)
}

/// Returns the field of a part that a path leads through.
fn top_field(path: &str) -> &str {
    path.split(['.', '[']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests;
