//! The declared changes sorted by weight for the reader: reversals whose earlier text is quoted (cards), other reversals
//! (rows), and all other changes. Cards and rows have letters, by which the rest of the print refers to them.

use std::collections::BTreeMap;

use chancery_brief::references::change_subject;
use chancery_proto::brief::v1::{BriefContent, Change, ChangeKind};

use crate::compose::prior_revision::RevisionStatements;

/// Reversals, in the order in which they are listed.
const REVERSALS: [ChangeKind; 6] = [
    ChangeKind::Superseded,
    ChangeKind::Corrected,
    ChangeKind::Missed,
    ChangeKind::Withdrawn,
    ChangeKind::Downgraded,
    ChangeKind::Contested,
];

/// A reversal: one change, or several statements that the same statements supersede.
#[derive(Clone, Debug)]
pub(crate) struct Reversal<'a> {
    /// The letter that names it: A, B, and so on.
    pub(crate) letter: String,
    pub(crate) kind: ChangeKind,
    pub(crate) changes: Vec<&'a Change>,
}

impl Reversal<'_> {
    /// Returns the name of its destination.
    pub(crate) fn anchor_name(&self) -> String {
        format!("change.{}", self.letter.to_ascii_lowercase())
    }
}

/// The declared changes by weight.
#[derive(Clone, Debug, Default)]
pub(crate) struct ChangeLedger<'a> {
    /// Reversals with an earlier text, and superseded, missed and withdrawn statements.
    pub(crate) cards: Vec<Reversal<'a>>,
    /// Other reversals.
    pub(crate) rows: Vec<Reversal<'a>>,
    /// All other changes of parts that are no key judgments.
    pub(crate) others: Vec<&'a Change>,
    /// Changes of key judgments of the earlier revision, which have a table of their own.
    judgments: Vec<&'a Change>,
    /// Index into cards and then rows by the id of a changed or replacing statement.
    by_statement: BTreeMap<&'a str, usize>,
}

/// Numbers of the first cards and rows that the part prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ReversalSelection {
    pub(crate) cards: usize,
    pub(crate) rows: usize,
}

impl<'a> ChangeLedger<'a> {
    /// Sorts the changes of a print.
    pub(crate) fn new(
        changes: &'a [Change],
        content: &BriefContent,
        prior: &RevisionStatements<'a>,
        current: &RevisionStatements<'a>,
    ) -> Self {
        let mut ledger = Self::default();
        let mut groups: Vec<(ChangeKind, Vec<&'a Change>)> = Vec::new();
        for change in changes {
            let kind = ChangeKind::try_from(change.kind).unwrap_or_default();
            if prior.has_judgment(change_subject(change)) {
                ledger.judgments.push(change);
                continue;
            }
            if !REVERSALS.contains(&kind) {
                ledger.others.push(change);
                continue;
            }
            let same = |(other, of): &&mut (ChangeKind, Vec<&Change>)| {
                *other == kind
                    && kind == ChangeKind::Superseded
                    && !change.replaced_by.is_empty()
                    && of[0].replaced_by == change.replaced_by
            };
            match groups.iter_mut().find(same) {
                Some((_, group)) => group.push(change),
                None => groups.push((kind, vec![change])),
            }
        }
        let judged: Vec<&str> = judged_statements(content);
        groups.sort_by_key(|(kind, changes)| {
            let under_judgment = changes.iter().any(|change| concerns(change, &judged));
            (!under_judgment, REVERSALS.iter().position(|of| of == kind))
        });
        let (cards, rows): (Vec<_>, Vec<_>) = groups.into_iter().partition(|(kind, changes)| {
            let always = matches!(kind, ChangeKind::Superseded | ChangeKind::Missed | ChangeKind::Withdrawn);
            always || changes.iter().any(|change| earlier_text(change, prior, current).is_some())
        });
        let mut letters = 0..;
        let mut named = |groups: Vec<(ChangeKind, Vec<&'a Change>)>| -> Vec<Reversal<'a>> {
            let reversal = |((kind, changes), index)| Reversal { letter: letter(index), kind, changes };
            groups.into_iter().zip(&mut letters).map(reversal).collect()
        };
        ledger.cards = named(cards);
        ledger.rows = named(rows);
        for (index, reversal) in ledger.cards.iter().chain(&ledger.rows).enumerate() {
            for change in &reversal.changes {
                ledger.by_statement.entry(change_subject(change)).or_insert(index);
                for id in &change.replaced_by {
                    ledger.by_statement.entry(id).or_insert(index);
                }
            }
        }
        ledger
    }

    /// Returns the declared changes of key judgments of the earlier revision.
    pub(crate) fn judgments(&self) -> impl Iterator<Item = &'a Change> {
        self.judgments.iter().copied()
    }

    /// Returns the declared change of a key judgment of the earlier revision.
    pub(crate) fn change_of_judgment(&self, id: &str) -> Option<&'a Change> {
        self.judgments.iter().find(|change| change_subject(change) == id).copied()
    }

    /// Returns whether a declared change of a statement or an earlier key judgment is a reversal.
    pub(crate) fn is_reversed(&self, id: &str) -> bool {
        let of_judgment =
            self.change_of_judgment(id).is_some_and(|change| REVERSALS.contains(&change.kind()));
        of_judgment || self.reversal_of(id).is_some()
    }

    /// Returns the reversals in the order of their letters.
    pub(crate) fn reversals(&self) -> impl Iterator<Item = &Reversal<'a>> {
        self.cards.iter().chain(&self.rows)
    }

    /// Returns the reversal of a statement itself.
    pub(crate) fn reversal_with(&self, statement_id: &str) -> Option<&Reversal<'a>> {
        let is_subject = |change: &Change| change_subject(change) == statement_id;
        self.reversal_of(statement_id).filter(|reversal| reversal.changes.iter().any(|of| is_subject(of)))
    }

    /// Returns the reversal of a statement, or the one whose replacement it is.
    pub(crate) fn reversal_of(&self, statement_id: &str) -> Option<&Reversal<'a>> {
        let index = *self.by_statement.get(statement_id)?;
        self.reversals().nth(index)
    }
}

/// Returns the previous text of a changed statement or key judgment: from the change itself, otherwise from the earlier
/// revision. Unchanged text has no previous text.
pub(crate) fn earlier_text(
    change: &Change,
    prior: &RevisionStatements,
    current: &RevisionStatements,
) -> Option<String> {
    if !change.was.is_empty() {
        return Some(change.was.clone());
    }
    let id = change_subject(change);
    let before = prior.text(id)?;
    (current.text(id).as_ref() != Some(&before) && before != change.now).then_some(before)
}

fn judged_statements(content: &BriefContent) -> Vec<&str> {
    let judgments = content.key_judgments.iter();
    judgments.flat_map(|judgment| &judgment.rests_on).map(String::as_str).collect()
}

fn concerns(change: &Change, statement_ids: &[&str]) -> bool {
    let replacing = change.replaced_by.iter().map(String::as_str);
    std::iter::once(change_subject(change)).chain(replacing).any(|id| statement_ids.contains(&id))
}

/// Returns A to Z, then AA, AB and so on.
fn letter(index: usize) -> String {
    let own = char::from(b'A' + u8::try_from(index % 26).unwrap_or(0));
    if index < 26 { own.to_string() } else { letter(index / 26 - 1) + &own.to_string() }
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::{BriefContent, Change, ChangeKind, KeyJudgment};

    use super::{ChangeLedger, letter};
    use crate::compose::prior_revision::RevisionStatements;

    fn change(id: &str, kind: ChangeKind, was: &str, replaced_by: &[&str]) -> Change {
        Change {
            statement_id: id.into(),
            kind: kind as i32,
            was: was.into(),
            replaced_by: replaced_by.iter().map(|id| (*id).to_owned()).collect(),
            ..Change::default()
        }
    }

    #[test]
    fn reversals_with_an_earlier_text_come_first_and_those_under_a_judgment_before_them() {
        let changes = [
            change("c1", ChangeKind::Contested, "", &[]),
            change("c2", ChangeKind::Confirmed, "", &[]),
            change("c3", ChangeKind::Corrected, "It was so.", &[]),
            change("c4", ChangeKind::Missed, "", &[]),
            change("c5", ChangeKind::Superseded, "", &["n1"]),
            change("c6", ChangeKind::Superseded, "", &["n1"]),
            change("c7", ChangeKind::Downgraded, "", &[]),
        ];
        let judgment = KeyJudgment { rests_on: vec!["c4".into()], ..KeyJudgment::default() };
        let content = BriefContent { key_judgments: vec![judgment], ..BriefContent::default() };
        let none = RevisionStatements::default();
        let ledger = ChangeLedger::new(&changes, &content, &none, &none);
        let ids = |reversals: &[super::Reversal]| -> Vec<String> {
            let ids = |of: &super::Reversal| {
                let ids: Vec<&str> = of.changes.iter().map(|change| change.statement_id.as_str()).collect();
                format!("{}:{}", of.letter, ids.join("+"))
            };
            reversals.iter().map(ids).collect()
        };
        assert_eq!(ids(&ledger.cards), ["A:c4", "B:c5+c6", "C:c3"]);
        assert_eq!(ids(&ledger.rows), ["D:c7", "E:c1"]);
        assert_eq!(ledger.others.len(), 1);
        assert_eq!(ledger.reversal_of("n1").unwrap().letter, "B");
        assert_eq!(ledger.reversal_of("c2").map(|of| of.letter.clone()), None);
    }

    #[test]
    fn letters_continue_after_z() {
        assert_eq!([0, 25, 26, 51, 52, 701, 702].map(letter), ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }
}
