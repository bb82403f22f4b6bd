//! How two editions of a brief differ, part by part and not line by line. Parts are known by their ids, which
//! stay the same from revision to revision. What is compared are editions: nothing that either withholds is seen here.

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

/// The differences between an earlier and a later edition: the later one's statements and key judgments in its reading
/// order, then those that are gone, in the earlier one's order; then the other parts, kind by kind.
pub fn differences(before: &BriefContent, after: &BriefContent) -> Vec<PartDifference> {
    let (old, new) = (PartOrder::of(before), PartOrder::of(after));
    let moved = moved(&old, &new);
    let declared = declared(after);
    let was = Parts::of(before);
    let is = Parts::of(after);
    let present = new.ids.iter().map(|id| (*id, was.pair(id, &is)));
    let gone = old.ids.iter().filter(|id| !new.contains(id)).map(|id| (*id, was.pair(id, &is)));
    let statements_and_judgments = present.chain(gone).filter_map(|(id, pair)| {
        let mut difference = compare(pair?)?;
        if moved.contains(id) {
            let place = difference.kinds.partition_point(|kind| *kind < DifferenceKind::Moved as i32);
            difference.kinds.insert(place, DifferenceKind::Moved.into());
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

/// The differences that the later edition's `changes` have to name and do not. Parts other than statements and key
/// judgments count when both editions have them: what a new source supports, or a removed tie supported, is a
/// statement that differs itself.
pub fn undeclared(before: &BriefContent, after: &BriefContent) -> Vec<PartDifference> {
    let counts = |difference: &PartDifference| match &difference.part {
        Some(Part::OtherPart(pair)) => pair.before.is_some() && pair.after.is_some(),
        _ => true,
    };
    let mut differences = differences(before, after);
    differences.retain(|difference| !difference.declared && counts(difference));
    differences
}

/// The ids that an edition's `changes` name.
fn declared(content: &BriefContent) -> BTreeSet<&str> {
    let changes = content.changes.iter();
    let named = changes.flat_map(|change| {
        std::iter::once(change_subject(change)).chain(change.replaced_by.iter().map(String::as_str))
    });
    // A key judgment says by itself what it revises.
    let of_judgments = content.key_judgments.iter().filter(|judgment| !judgment.revision_note.is_empty());
    named.chain(of_judgments.map(|judgment| judgment.id.as_str())).collect()
}

/// A part's two states.
#[derive(Clone, Copy)]
enum Pair<'a> {
    Statement(Option<&'a Statement>, Option<&'a Statement>),
    Judgment(Option<&'a KeyJudgment>, Option<&'a KeyJudgment>),
}

/// What an edition holds, by id.
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

    /// What an id names here and later. An id that named another sort of part is that part's no more.
    fn pair(&self, id: &str, later: &Self) -> Option<Pair<'a>> {
        let judgments = (self.judgments.get(id).copied(), later.judgments.get(id).copied());
        let statements = (self.statements.get(id).copied(), later.statements.get(id).copied());
        match (statements, judgments) {
            ((None, None), (None, None)) => None,
            ((None, None), (before, after)) => Some(Pair::Judgment(before, after)),
            // As what it is now, if it is both.
            ((_, None), (before, Some(after))) => Some(Pair::Judgment(before, Some(after))),
            ((before, after), _) => Some(Pair::Statement(before, after)),
        }
    }
}

/// A pair's difference, but for its place; without kinds when it has none.
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
    let mut note = |differs: bool, kind| {
        if differs {
            kinds.push(kind);
        }
    };
    note(before.text != after.text, DifferenceKind::Reworded);
    note(before.likelihood != after.likelihood, DifferenceKind::Likelihood);
    note(before.confidence != after.confidence, DifferenceKind::Confidence);
    note(before.marking != after.marking, DifferenceKind::Marking);
    note(before.citations != after.citations, DifferenceKind::Sources);
    note(before.status != after.status, DifferenceKind::Status);
    // Marks on a text that was reworded stand elsewhere in any case.
    let marks = before.text == after.text && before.spans != after.spans;
    note(marks || rest(before) != rest(after), DifferenceKind::Other);
    (kinds, replacements)
}

/// A statement without what has a kind of its own.
fn rest(statement: &Statement) -> Statement {
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
        // What it revises and how is about the parent, and differs from revision to revision by nature.
        (ids(before) != ids(after), DifferenceKind::Other),
    ];
    pairs.into_iter().filter(|(differs, _)| *differs).map(|(_, kind)| kind).collect()
}

#[cfg(test)]
mod tests;
