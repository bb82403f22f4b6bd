//! Differences between two editions of a brief, by part instead of by line. Parts are matched by their ids, which are
//! stable across revisions. Comparing editions cannot reveal what either withholds.

use std::collections::{BTreeMap, BTreeSet};

use chancery_proto::brief::v1::part_difference::Part;
use chancery_proto::brief::v1::{
    BriefContent, DifferenceKind, KeyJudgment, KeyJudgmentPair, PartDifference, Statement, StatementPair,
    TextReplacement,
};

mod order;
mod other_parts;
mod wording;

use crate::part::change_subject;
use order::{PartOrder, moved};

/// Lists the differences between an earlier and a later edition: statements and key judgments in the reading order of the
/// later one, then removed ones in the order of the earlier one, then other parts by kind.
pub fn differences(before: &BriefContent, after: &BriefContent) -> Vec<PartDifference> {
    let (old, new) = (PartOrder::of(before), PartOrder::of(after));
    let moved = moved(&old, &new);
    let declared = declared(after);
    let old_parts = Parts::of(before);
    let new_parts = Parts::of(after);
    let present = new.ids.iter().map(|id| (*id, old_parts.pair(id, &new_parts)));
    let gone = old.ids.iter().filter(|id| !new.contains(id)).map(|id| (*id, old_parts.pair(id, &new_parts)));
    let statements_and_judgments = present.chain(gone).filter_map(|(id, pair)| {
        let mut difference = compare(pair?)?;
        if moved.contains(id) {
            let position = difference.kinds.partition_point(|kind| *kind < DifferenceKind::Moved as i32);
            difference.kinds.insert(position, DifferenceKind::Moved.into());
        }
        (!difference.kinds.is_empty()).then(|| PartDifference { id: id.to_owned(), ..difference })
    });
    let mut differences: Vec<PartDifference> = statements_and_judgments.collect();
    differences.extend(other_parts::differences(before, after));
    for difference in &mut differences {
        difference.declared = declared.contains(difference.id.as_str());
    }
    differences
}

/// Lists the differences that the later edition should declare in its `changes` but does not. Of other parts than
/// statements and key judgments, only those in both editions count: what a new source or a removed relationship supports
/// is a statement that differs itself.
pub fn undeclared(before: &BriefContent, after: &BriefContent) -> Vec<PartDifference> {
    let counts = |difference: &PartDifference| match &difference.part {
        Some(Part::OtherPart(pair)) => pair.before.is_some() && pair.after.is_some(),
        _ => true,
    };
    let mut differences = differences(before, after);
    differences.retain(|difference| !difference.declared && counts(difference));
    differences
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

/// A part in the earlier and in the later edition.
#[derive(Clone, Copy)]
enum Pair<'a> {
    Statement(Option<&'a Statement>, Option<&'a Statement>),
    Judgment(Option<&'a KeyJudgment>, Option<&'a KeyJudgment>),
}

/// The statements and key judgments of an edition, by id.
struct Parts<'a> {
    statements: BTreeMap<&'a str, &'a Statement>,
    judgments: BTreeMap<&'a str, &'a KeyJudgment>,
}

impl<'a> Parts<'a> {
    fn of(content: &'a BriefContent) -> Self {
        let statements = crate::reading_order::statements(content).into_iter();
        let judgments = content.key_judgments.iter();
        Self {
            statements: statements.map(|statement| (statement.id.as_str(), statement)).collect(),
            judgments: judgments.map(|judgment| (judgment.id.as_str(), judgment)).collect(),
        }
    }

    /// Pairs the parts that an id names in this and the later edition.
    fn pair(&self, id: &str, later: &Self) -> Option<Pair<'a>> {
        let judgments = (self.judgments.get(id).copied(), later.judgments.get(id).copied());
        let statements = (self.statements.get(id).copied(), later.statements.get(id).copied());
        match (statements, judgments) {
            ((None, None), (None, None)) => None,
            ((None, None), (before, after)) => Some(Pair::Judgment(before, after)),
            // An id that names both kinds is compared as its later kind.
            ((_, None), (before, Some(after))) => Some(Pair::Judgment(before, Some(after))),
            ((before, after), _) => Some(Pair::Statement(before, after)),
        }
    }
}

/// Compares a pair, ignoring its position. The result has no kinds if the parts are equal.
fn compare(pair: Pair) -> Option<PartDifference> {
    let difference = match pair {
        Pair::Statement(before, after) => {
            let (kinds, replacements) = match (before, after) {
                (Some(before), Some(after)) => of_statement(before, after),
                (None, Some(_)) => (vec![DifferenceKind::Added], Vec::new()),
                (Some(_), None) => (vec![DifferenceKind::Removed], Vec::new()),
                (None, None) => return None,
            };
            let pair = StatementPair { before: before.cloned(), after: after.cloned() };
            PartDifference {
                kinds: numbers(&kinds),
                part: Some(Part::Statement(pair)),
                replacements,
                ..PartDifference::default()
            }
        }
        Pair::Judgment(before, after) => {
            let kinds = match (before, after) {
                (Some(before), Some(after)) => of_judgment(before, after),
                (None, Some(_)) => vec![DifferenceKind::Added],
                (Some(_), None) => vec![DifferenceKind::Removed],
                (None, None) => return None,
            };
            let pair = KeyJudgmentPair { before: before.cloned(), after: after.cloned() };
            PartDifference {
                kinds: numbers(&kinds),
                part: Some(Part::KeyJudgment(pair)),
                ..PartDifference::default()
            }
        }
    };
    Some(difference)
}

fn numbers(kinds: &[DifferenceKind]) -> Vec<i32> {
    kinds.iter().map(|kind| *kind as i32).collect()
}

fn of_statement(before: &Statement, after: &Statement) -> (Vec<DifferenceKind>, Vec<TextReplacement>) {
    let replacements = wording::replacements(&before.text, &after.text);
    let mut kinds = Vec::new();
    let mut add_if = |differs: bool, kind| {
        if differs {
            kinds.push(kind);
        }
    };
    add_if(before.text != after.text, DifferenceKind::Reworded);
    add_if(before.likelihood != after.likelihood, DifferenceKind::Likelihood);
    add_if(before.confidence != after.confidence, DifferenceKind::Confidence);
    add_if(before.marking != after.marking, DifferenceKind::Marking);
    add_if(before.citations != after.citations, DifferenceKind::Sources);
    add_if(before.status != after.status, DifferenceKind::Status);
    // Spans of a reworded text shift in any case.
    let spans_differ = before.text == after.text && before.spans != after.spans;
    add_if(spans_differ || other_fields(before) != other_fields(after), DifferenceKind::Other);
    (kinds, replacements)
}

/// Returns the fields of a statement without a difference kind of their own.
fn other_fields(statement: &Statement) -> Statement {
    Statement {
        r#type: statement.r#type,
        domain: statement.domain.clone(),
        actor_ids: statement.actor_ids.clone(),
        place_ids: statement.place_ids.clone(),
        period: statement.period.clone(),
        horizon: statement.horizon.clone(),
        resolution_criteria: statement.resolution_criteria.clone(),
        topics: statement.topics.clone(),
        ..Statement::default()
    }
}

fn of_judgment(before: &KeyJudgment, after: &KeyJudgment) -> Vec<DifferenceKind> {
    let ids = |judgment: &KeyJudgment| -> Vec<String> {
        judgment.statements.iter().map(|statement| statement.id.clone()).collect()
    };
    let pairs = [
        (before.likelihood != after.likelihood, DifferenceKind::Likelihood),
        (before.confidence != after.confidence, DifferenceKind::Confidence),
        (before.marking != after.marking, DifferenceKind::Marking),
        (before.rests_on != after.rests_on, DifferenceKind::Sources),
        // Not compared: `revises_id` and `revision_note`, which refer to the parent and differ in every revision.
        (ids(before) != ids(after), DifferenceKind::Other),
    ];
    pairs.into_iter().filter(|(differs, _)| *differs).map(|(_, kind)| kind).collect()
}

#[cfg(test)]
mod tests;
