//! Editions: the content of a brief that is visible at a clearance.
//!
//! `parts` flattens the content to a list of parts with their dependencies; `closure` decides which parts a clearance
//! sees; `cut` removes the others. Nothing else in the system withholds content: an edition contains nothing that its
//! reader may not see.
//!
//! An edition contains no figure, list or table without data. Blocks without data at any clearance are removed first,
//! together with everything that depends on them, and leave no mark under either policy. A timeline draws events, an
//! actor network relationships, a domain trends figure domains, a likelihoods figure the key judgments with a likelihood
//! and the statements with one that still hold; an attachment is data by itself; a list has data if one of its items
//! contains a sentence.
//!
//! A part is withheld because of its own marking, and further:
//! - with the part that contains it;
//! - when nothing is left in it: a paragraph, list, list item or key judgment without a sentence, a table without
//!   rows, and a section, callout or quote without contents, unless it contains a `Withheld` under MARK;
//! - a figure with the last part that it draws;
//! - a citation with its source, a change with its part, a relationship with either of its ends;
//! - when all of its supporting ids are withheld: a key judgment's `rests_on`, an event's statements and sources,
//!   a change's evidence, the statements of a factor, relationship, scenario, assumption or dissent;
//! - a source, actor, place or domain when the content refers to it but no visible part does.
//!
//! Under MARK, a block that is withheld for any of these reasons is marked. A list inside an item is not a block: if all of
//! its items are withheld and the item remains, the list contains one mark.
//!
//! A part withheld at a clearance is also withheld at every lower one. Redacting an edition again for a lower clearance
//! therefore gives the edition of that clearance.

mod closure;
mod cut;
#[cfg(test)]
mod oracle;
mod parts;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;

use chancery_proto::brief::v1::BriefContent;

use crate::canonical::Canonical;
use crate::marking::{Clearance, Policy, Rank};
use cut::Marks;
use parts::Parts;

/// Returns the edition for a clearance; none below the floor.
pub fn edition(canonical: &Canonical, clearance: Clearance, policy: Policy) -> Option<BriefContent> {
    if !clearance.reads(canonical.floor()) {
        return None;
    }
    let canonical = without_empty_blocks(canonical);
    if clearance.reads(canonical.highest()) {
        return Some(canonical.into_owned().into_content());
    }
    let parts = Parts::of(&canonical, policy);
    let shown = parts.shown_to(clearance);
    Some(cut::cut(&canonical, &parts, &shown, clearance, Marks::of(policy)))
}

/// Removes the figures, lists and tables without data at any clearance, and everything that depends on them. Editions are
/// derived from the result, whose banner covers only what is left.
pub(crate) fn without_empty_blocks(canonical: &Canonical) -> Cow<'_, Canonical> {
    let parts = Parts::of(canonical, Policy::Omit);
    if parts.empty.is_empty() && !parts.has_empty_inner_list {
        return Cow::Borrowed(canonical);
    }
    let content = cut::cut(canonical, &parts, &parts.with_data(), Clearance(Rank::BEYOND), Marks::Existing);
    let (scheme, floor) = (canonical.scheme(), canonical.floor());
    let highest = scheme.rank(&content.marking).unwrap_or(canonical.highest());
    Cow::Owned(Canonical::new(content, scheme, floor, highest))
}

/// Returns the clearances whose edition differs from the one below, under either policy, starting with the floor. A caller
/// reads the edition of the highest level that is not above their clearance.
pub fn levels(canonical: &Canonical) -> Vec<Rank> {
    let canonical = without_empty_blocks(canonical);
    let omitting = Parts::of(&canonical, Policy::Omit);
    let marking = Parts::of(&canonical, Policy::Mark);
    let mut levels = Vec::new();
    let mut below = None;
    for rank in omitting.ranks() {
        let clearance = Clearance(rank);
        let seen = |parts: &Parts<'_>| {
            let shown = parts.shown_to(clearance);
            (parts.quotes_shown(&shown, clearance), shown)
        };
        let visible = (seen(&omitting), seen(&marking));
        if below.as_ref() != Some(&visible) {
            levels.push(rank);
            below = Some(visible);
        }
    }
    levels
}

/// Returns the lowest clearance at which each part and each reference is visible. Covers every part and reference except
/// those of blocks without data, which no edition contains.
pub fn visible_from(canonical: &Canonical, policy: Policy) -> Visibility {
    let canonical = without_empty_blocks(canonical);
    let parts = Parts::of(&canonical, policy);
    let mut visibility = Visibility::default();
    for rank in parts.ranks() {
        let shown = parts.shown_to(Clearance(rank));
        for name in parts.names_shown(&shown) {
            visibility.parts.entry(name.to_owned()).or_insert(rank);
        }
        for reference in parts.references_shown(&shown) {
            visibility.references.entry(reference).or_insert(rank);
        }
    }
    visibility
}

/// A reference from one part to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// Id of the referring part: for a citation or span, its statement; for a block without an id, its section; for a
    /// change, its path, such as `changes[0]`; empty for the brief itself.
    pub holder: String,
    /// Proto name of the referring field, such as `rests_on`; `citations` and `spans` for references inside those.
    pub field: &'static str,
    /// Id of the target.
    pub target: String,
}

/// The lowest clearance at which each part and each reference is visible, dependencies included.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visibility {
    /// By part id; for changes, by their path in the highest edition, such as `changes[0]`.
    pub parts: BTreeMap<String, Rank>,
    /// By reference. For a duplicate reference, the lower clearance counts.
    pub references: BTreeMap<Reference, Rank>,
}

impl Visibility {
    /// Returns the lowest clearance whose edition contains a part; none if the brief does not.
    pub fn part(&self, id: &str) -> Option<Rank> {
        self.parts.get(id).copied()
    }

    /// Returns the lowest clearance whose edition contains a reference; none if the brief does not.
    pub fn reference(&self, holder: &str, field: &'static str, target: &str) -> Option<Rank> {
        let reference = Reference { holder: holder.to_owned(), field, target: target.to_owned() };
        self.references.get(&reference).copied()
    }
}
