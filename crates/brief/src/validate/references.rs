//! References: every id names a part of a kind that may stand there.

use std::collections::BTreeSet;

use super::checker::Checker;
use super::{code, forms};
use crate::part::PartKind;

impl Checker<'_> {
    /// A reference that may be left empty.
    pub(super) fn reference(&mut self, field: &'static str, id: &str, kinds: &[PartKind]) {
        if !id.is_empty() {
            self.resolve(field, id, kinds);
        }
    }

    pub(super) fn required_reference(&mut self, field: &'static str, id: &str, kinds: &[PartKind]) {
        if id.is_empty() {
            self.violate(field, code::REQUIRED, format!("the id of {} must stand here", one_of(kinds)));
        } else {
            self.resolve(field, id, kinds);
        }
    }

    /// A list of references, each once.
    pub(super) fn references(&mut self, field: &'static str, ids: &[String], kinds: &[PartKind]) {
        let mut seen = BTreeSet::new();
        // The ids are only read; `each` gives the path.
        let mut ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        self.each(field, &mut ids, |checker, id| {
            checker.required_reference("", id, kinds);
            if !seen.insert(*id) {
                checker.violate("", code::DUPLICATE_REFERENCE, "the list names this part twice");
            }
        });
    }

    /// The same, where a part may not name itself.
    pub(super) fn others(&mut self, field: &'static str, ids: &[String], own: &str, kinds: &[PartKind]) {
        self.references(field, ids, kinds);
        if ids.iter().any(|id| id == own) {
            self.violate(field, code::SELF_REFERENCE, "a part does not refer to itself here");
        }
    }

    /// The same for a single reference.
    pub(super) fn other(&mut self, field: &'static str, id: &str, own: &str, kinds: &[PartKind]) {
        self.reference(field, id, kinds);
        if !id.is_empty() && id == own {
            self.violate(field, code::SELF_REFERENCE, "a part does not refer to itself here");
        }
    }

    /// The id of a part of the parent revision, which need not stand in this one; if it does, the kind is right.
    pub(super) fn earlier(&mut self, field: &'static str, id: &str, own: &str, kind: PartKind) {
        if id.is_empty() {
            return;
        }
        if !forms::is_part_id(id) {
            self.violate(field, code::INVALID_ID, "an id matches [A-Za-z][A-Za-z0-9-]{0,62}");
        } else if self.ids.kind(id).is_some() {
            self.other(field, id, own, &[kind]);
        }
    }

    /// The id of a part of this content or of the parent's; one that is in this content is of these kinds, or of any
    /// kind when the list is empty.
    pub(super) fn part_of_this_or_parent(&mut self, field: &'static str, id: &str, kinds: &[PartKind]) {
        match self.ids.kind(id) {
            Some(kind) if kinds.is_empty() || kinds.contains(&kind) => {}
            Some(_) => self.resolve(field, id, kinds),
            None if forms::is_part_id(id) => {}
            None => self.violate(field, code::INVALID_ID, "an id matches [A-Za-z][A-Za-z0-9-]{0,62}"),
        }
    }

    fn resolve(&mut self, field: &'static str, id: &str, kinds: &[PartKind]) {
        match self.ids.kind(id) {
            None => {
                self.violate(
                    field,
                    code::UNKNOWN_REFERENCE,
                    format!("no part here has the id {id:?}; that of {} must stand here", one_of(kinds)),
                );
            }
            Some(kind) if !kinds.contains(&kind) => {
                let message =
                    format!("{id:?} is the id of {}; {} must stand here", kind.with_article(), one_of(kinds));
                self.violate(field, code::WRONG_REFERENCE, message);
            }
            Some(_) => {}
        }
    }
}

fn one_of(kinds: &[PartKind]) -> String {
    kinds.iter().map(|kind| kind.with_article()).collect::<Vec<_>>().join(" or ")
}
