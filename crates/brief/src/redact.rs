//! Editions: a brief as one clearance sees it.
//!
//! `parts` lays the content out as a list of parts with what they need of each other; `closure` decides which of
//! them a clearance sees; `cut` takes the others out. This is the only place that withholds: whoever gets an
//! edition cannot see what was in the full content.
//!
//! An edition holds no figure, list or table without data, whatever the cause. Blocks that have no data at any
//! clearance leave first, with what needs them, and leave no mark under either policy. A timeline draws events, an
//! actor network relationships, a domain trends figure domains, a likelihoods figure the key judgments that have a
//! likelihood; an attachment is data by itself; a list has data when one of its items holds a sentence.
//!
//! A part is withheld for its own marking, and then:
//! - with what it stands in;
//! - when nothing is left in it: a paragraph, list, list item or key judgment without a sentence, a table without
//!   rows, and a section, callout or quote without contents, unless under MARK a `Withheld` stands in it;
//! - a figure with the last part that it draws;
//! - a citation with its source, a change with its part, a relationship with either of its ends;
//! - when all of its supporting ids are withheld: a key judgment's `rests_on`, an event's statements and sources,
//!   a change's evidence, the statements of a factor, relationship, scenario, assumption or dissent;
//! - a source, actor, place or domain when something referred to it and nothing shown still does.
//!
//! Under MARK a block that is withheld for any of these reasons is marked. A list below an item is no block: when all
//! of its items are withheld and the item stays, one mark stands in that list.
//!
//! Each of these holds for a lower clearance if it holds for a higher one, so an edition redacted again for a lower
//! clearance is that clearance's edition.

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

/// The edition that a clearance sees; none below the floor.
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

/// The content without the figures, lists and tables that have no data at any clearance, and without what needs
/// them. Editions are made of this; its banner counts only what is left.
pub(crate) fn without_empty_blocks(canonical: &Canonical) -> Cow<'_, Canonical> {
    let parts = Parts::of(canonical, Policy::Omit);
    if parts.empty.is_empty() && !parts.has_empty_inner_list {
        return Cow::Borrowed(canonical);
    }
    let content = cut::cut(canonical, &parts, &parts.with_data(), Clearance(Rank::BEYOND), Marks::Kept);
    let (scheme, floor) = (canonical.scheme(), canonical.floor());
    let highest = scheme.rank(&content.marking).unwrap_or(canonical.highest());
    Cow::Owned(Canonical::new(content, scheme, floor, highest))
}

/// The clearances at which an edition exists and differs from the one below it, under either policy; the floor
/// first. A caller reads the edition of the highest level that is not above his clearance.
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
        let here = (seen(&omitting), seen(&marking));
        if below.as_ref() != Some(&here) {
            levels.push(rank);
            below = Some(here);
        }
    }
    levels
}

/// From which clearance each part and each reference is seen. At the highest marking everything is, so every part
/// and every reference is there, but for those of blocks without data, which no edition has.
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
    /// The id of the part that refers: for a citation or a span its statement; for a block without an id the section
    /// that it stands in; for a change its path, such as `changes[0]`; for the brief itself it is empty.
    pub holder: String,
    /// The field's name in the proto, such as `rests_on`; `citations` and `spans` for what stands in those.
    pub field: &'static str,
    /// The id of the part referred to.
    pub target: String,
}

/// From which clearance each part and each reference is seen, closure included.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visibility {
    /// By the part's id; by its path in the highest edition, such as `changes[0]`, for changes.
    pub parts: BTreeMap<String, Rank>,
    /// By the reference. One that is there twice counts from where the first of them is seen.
    pub references: BTreeMap<Reference, Rank>,
}

impl Visibility {
    /// The lowest clearance whose edition shows the part; none when the brief has no such part.
    pub fn part(&self, id: &str) -> Option<Rank> {
        self.parts.get(id).copied()
    }

    /// The lowest clearance whose edition shows the reference; none when the brief has no such reference.
    pub fn reference(&self, holder: &str, field: &'static str, target: &str) -> Option<Rank> {
        let reference = Reference { holder: holder.to_owned(), field, target: target.to_owned() };
        self.references.get(&reference).copied()
    }
}
