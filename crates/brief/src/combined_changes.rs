//! Combines the changes that several revisions declare into one list, as a reader of the first and the last revision
//! sees them.
//!
//! Each revision declares its changes against the revision before it. A print that compares revision 5 with revision 2
//! combines the lists of revisions 3, 4 and 5. A part that changed in one of them keeps its changes as declared. The
//! changes of a part that changed in several become one:
//!
//! - `was`, `was_marking` and `confidence_before` come from the first change: they describe the part before all of them.
//!   A first change without a quote leaves `was` empty, because a later quote is not what the earlier revision said. For
//!   the same reason they are cleared when a revision before the first change is missing (purged, or not visible to the
//!   caller): the quote may be the missing revision's.
//! - `kind` is the last kind that is not CONFIRMED. It is ADDED when the first is ADDED, UPDATED when a part was withdrawn
//!   or superseded and then added again, and UPDATED when it was both upgraded and downgraded.
//! - A part that was added and last withdrawn has no change: neither revision asserts it.
//! - `now` and `replaced_by` come from the last change that is not a bare CONFIRMED. `why` is the last reason given,
//!   `confidence_after` the last level given, and `evidence_ids` are those of all, each once.
//! - `marking` is the highest of all, since the result draws on each of them.

use std::collections::BTreeMap;

use chancery_proto::brief::v1::{Change, ChangeKind};

use crate::part::change_subject;

use crate::marking::{Rank, Scheme};

/// The most changes that a combined list may have.
pub const MAX_COMBINED_CHANGES: usize = 1_000;

/// The changes that one revision declares against the revision before it.
#[derive(Debug, Clone, Copy)]
pub struct DeclaredChanges<'a> {
    /// The changes.
    pub changes: &'a [Change],
    /// Whether the revision before it is missing from the list.
    pub follows_gap: bool,
}

/// Combines the changes of revisions, the earliest first.
///
/// Parts appear in the order of their first change. `scheme` is the marking scheme of the changes' labels.
pub fn combine<'a>(revisions: impl IntoIterator<Item = DeclaredChanges<'a>>, scheme: Scheme) -> Vec<Change> {
    let mut parts: Vec<ChangedPart<'a>> = Vec::new();
    let mut index_by_id: BTreeMap<&'a str, usize> = BTreeMap::new();
    let mut is_gapless = true;
    for (revision, declared) in revisions.into_iter().enumerate() {
        is_gapless &= !declared.follows_gap;
        for change in declared.changes {
            let index = *index_by_id.entry(change_subject(change)).or_insert_with(|| {
                parts.push(ChangedPart { quotes_earlier: is_gapless, changes: Vec::new() });
                parts.len() - 1
            });
            parts[index].changes.push((revision, change));
        }
    }
    parts.into_iter().flat_map(|part| part.combined(scheme)).collect()
}

/// The changes of a part, each with the index of its revision.
struct ChangedPart<'a> {
    /// Whether the first change quotes the earlier revision, and not a missing one after it.
    quotes_earlier: bool,
    changes: Vec<(usize, &'a Change)>,
}

impl ChangedPart<'_> {
    fn combined(&self, scheme: Scheme) -> Vec<Change> {
        let changes: Vec<&Change> = self.changes.iter().map(|(_, change)| *change).collect();
        let (Some((first_revision, first)), Some((last_revision, last))) =
            (self.changes.first(), self.changes.last())
        else {
            return Vec::new();
        };
        if first_revision == last_revision {
            return changes.into_iter().map(|change| self.with_known_quote(change)).collect();
        }
        let Some(kind) = combined_kind(&changes) else { return Vec::new() };
        // A confirmation without a quote means that the text before it still holds.
        let is_bare = |change: &Change| change.kind() == ChangeKind::Confirmed && change.now.is_empty();
        let latest = changes.iter().rev().find(|change| !is_bare(change)).unwrap_or(last);
        let last_level = changes.iter().rev().map(|change| change.confidence_after).find(|level| *level != 0);
        let last_reason = changes.iter().rev().map(|change| &change.why).find(|why| !why.is_empty());
        let mut evidence_ids: Vec<String> = Vec::new();
        for id in changes.iter().flat_map(|change| &change.evidence_ids) {
            if !evidence_ids.contains(id) {
                evidence_ids.push(id.clone());
            }
        }
        // A label of another scheme ranks highest: it must not be lowered.
        let rank = |change: &&&Change| scheme.rank(&change.marking).unwrap_or(Rank::BEYOND);
        let marking = changes.iter().max_by_key(rank).map(|change| change.marking.clone());
        let first = self.with_known_quote(first);
        vec![Change {
            statement_id: last.statement_id.clone(),
            part_id: last.part_id.clone(),
            kind: kind.into(),
            was: first.was,
            was_marking: first.was_marking,
            now: latest.now.clone(),
            why: last_reason.cloned().unwrap_or_default(),
            confidence_before: first.confidence_before,
            confidence_after: last_level.unwrap_or_default(),
            replaced_by: latest.replaced_by.clone(),
            evidence_ids,
            marking: marking.unwrap_or_default(),
        }]
    }

    /// Returns the change, without its description of the part before it unless that is of the earlier revision.
    fn with_known_quote(&self, change: &Change) -> Change {
        let change = change.clone();
        if self.quotes_earlier {
            return change;
        }
        Change { was: String::new(), was_marking: String::new(), confidence_before: 0, ..change }
    }
}

/// Combines the kinds of a part's changes; `None` if the changes cancel out.
fn combined_kind(changes: &[&Change]) -> Option<ChangeKind> {
    let kinds: Vec<ChangeKind> =
        changes.iter().map(|change| change.kind()).filter(|kind| *kind != ChangeKind::Confirmed).collect();
    let (Some(first), Some(last)) = (kinds.first().copied(), kinds.last().copied()) else {
        return Some(ChangeKind::Confirmed);
    };
    let has = |kind: ChangeKind| kinds.contains(&kind);
    match (first, last) {
        (ChangeKind::Added, ChangeKind::Withdrawn) => None,
        (ChangeKind::Added, _) => Some(ChangeKind::Added),
        // Added again after it was withdrawn or superseded: the earlier revision had it, too.
        (_, ChangeKind::Added) => Some(ChangeKind::Updated),
        (_, ChangeKind::Upgraded) if has(ChangeKind::Downgraded) => Some(ChangeKind::Updated),
        (_, ChangeKind::Downgraded) if has(ChangeKind::Upgraded) => Some(ChangeKind::Updated),
        (_, last) => Some(last),
    }
}

#[cfg(test)]
mod tests;
