//! Checks references: each id names a part of an allowed kind.

use std::collections::BTreeSet;

use super::checker::Checker;
use super::{code, forms};
use crate::part::PartKind;

impl Checker<'_> {
    /// Checks an optional reference.
    pub(super) fn reference(&mut self, field: &'static str, id: &str, kinds: &[PartKind]) {
        if !id.is_empty() {
            self.resolve(field, id, kinds);
        }
    }

    pub(super) fn required_reference(&mut self, field: &'static str, id: &str, kinds: &[PartKind]) {
        if id.is_empty() {
            self.violate(field, code::REQUIRED, format!("expected the id of {}", any_of(kinds)));
        } else {
            self.resolve(field, id, kinds);
        }
    }

    /// Checks a list of references without duplicates.
    pub(super) fn references(&mut self, field: &'static str, ids: &[String], kinds: &[PartKind]) {
        let mut seen = BTreeSet::new();
        // Collected because `each` takes a mutable slice; the ids are not changed.
        let mut ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        self.each(field, &mut ids, |checker, id| {
            checker.required_reference("", id, kinds);
            if !seen.insert(*id) {
                checker.violate(
                    "",
                    code::DUPLICATE_REFERENCE,
                    "duplicate of an earlier entry of this list: remove it",
                );
            }
        });
    }

    /// Checks a list of references that may not name the part itself.
    pub(super) fn others(&mut self, field: &'static str, ids: &[String], own: &str, kinds: &[PartKind]) {
        self.references(field, ids, kinds);
        if ids.iter().any(|id| id == own) {
            self.violate(field, code::SELF_REFERENCE, "a part cannot refer to itself in this field");
        }
    }

    /// Checks a reference that may not name the part itself.
    pub(super) fn other(&mut self, field: &'static str, id: &str, own: &str, kinds: &[PartKind]) {
        self.reference(field, id, kinds);
        if !id.is_empty() && id == own {
            self.violate(field, code::SELF_REFERENCE, "a part cannot refer to itself in this field");
        }
    }

    /// Checks the id of a part of the parent revision. If this revision has the part too, its kind must match.
    pub(super) fn earlier(&mut self, field: &'static str, id: &str, own: &str, kind: PartKind) {
        if id.is_empty() {
            return;
        }
        if !forms::is_part_id(id) {
            self.violate(field, code::INVALID_ID, "expected an id matching [A-Za-z][A-Za-z0-9-]{0,62}");
        } else if self.ids.kind(id).is_some() {
            self.other(field, id, own, &[kind]);
        }
    }

    /// Checks the id of a part of this revision or of its parent. If this revision has the part, its kind must be one of
    /// `kinds`, unless that is empty.
    pub(super) fn part_of_this_or_parent(&mut self, field: &'static str, id: &str, kinds: &[PartKind]) {
        match self.ids.kind(id) {
            Some(kind) if kinds.is_empty() || kinds.contains(&kind) => {}
            Some(_) => self.resolve(field, id, kinds),
            None if forms::is_part_id(id) => {}
            None => {
                self.violate(field, code::INVALID_ID, "expected an id matching [A-Za-z][A-Za-z0-9-]{0,62}");
            }
        }
    }

    fn resolve(&mut self, field: &'static str, id: &str, kinds: &[PartKind]) {
        match self.ids.kind(id) {
            None => {
                self.violate(
                    field,
                    code::UNKNOWN_REFERENCE,
                    format!("no part has the id {id:?}; expected the id of {}", any_of(kinds)),
                );
            }
            Some(kind) if !kinds.contains(&kind) => {
                let message = format!(
                    "{id:?} is the id of {}; expected the id of {}",
                    kind.with_article(),
                    any_of(kinds)
                );
                self.violate(field, code::WRONG_REFERENCE, message);
            }
            Some(_) => {}
        }
    }
}

fn any_of(kinds: &[PartKind]) -> String {
    kinds.iter().map(|kind| kind.with_article()).collect::<Vec<_>>().join(" or ")
}
