//! Named destinations: each is an anchor of the edition and lies where its text does.

use std::collections::BTreeMap;

use chancery_print::expected_content::ExpectedContent;

use crate::check_form::Read;
use crate::edition::matched::Matched;
use crate::refusal::{Place, Refusal};

/// Largest distance of a destination above the baseline of its text, in thousandths of a point: a heading's space and a
/// repeated header may be between.
const FARTHEST: i64 = 150_000;

/// Pages and heights of anchors.
pub(super) struct Destinations {
    /// By number of the anchor: page from 0, and height.
    by_anchor: BTreeMap<usize, (usize, i64)>,
}

impl Destinations {
    /// Finds the anchor of each destination of a file.
    pub(super) fn read(read: &Read, expected: &ExpectedContent) -> Result<Self, Refusal> {
        let names = expected.anchors_by_name();
        let mut by_anchor = BTreeMap::new();
        for destination in &read.document.destinations {
            let anchor = names.get(&destination.name).copied();
            let placed =
                anchor.filter(|anchor| expected.anchors.get(*anchor).is_some_and(|known| known.is_placed));
            let anchor = placed.ok_or_else(|| {
                let name = String::from_utf8_lossy(&destination.name);
                Refusal::new("DESTINATION", Place::File, format!("the edition has no destination {name:?}"))
            })?;
            by_anchor.insert(anchor, (destination.page, destination.y));
        }
        let missing = (0..)
            .zip(&expected.anchors)
            .find(|(number, anchor)| anchor.is_placed && anchor.is_named && !by_anchor.contains_key(number));
        match missing {
            Some((number, _)) => {
                Err(Refusal::new("DESTINATION", Place::File, format!("the destination {number} is missing")))
            }
            None => Ok(Self { by_anchor }),
        }
    }

    /// Returns all destinations: anchor, page and height.
    pub(super) fn all(&self) -> Vec<(usize, usize, i64)> {
        self.by_anchor.iter().map(|(anchor, (page, y))| (*anchor, *page, *y)).collect()
    }

    /// Returns the page and height of a named anchor.
    pub(super) fn of(&self, anchor: usize) -> Option<(usize, i64)> {
        self.by_anchor.get(&anchor).copied()
    }

    /// Checks that each destination is on the page of its text, and a little above it.
    pub(super) fn check(
        &self,
        read: &Read,
        expected: &ExpectedContent,
        matched: &Matched,
    ) -> Result<(), Refusal> {
        for (anchor, (page, y)) in &self.by_anchor {
            let Some(known) = expected.anchors.get(*anchor) else { continue };
            let Some(position) = known.text.and_then(|text| matched.positions.get(&text)) else { continue };
            let height = read.document.pages.get(*page).map_or(0, |page| page.size[1]);
            let farthest = if known.is_above_columns { height } else { FARTHEST };
            let (text_page, baseline) = *position;
            if text_page != *page || *y < baseline || *y - baseline > farthest {
                let place = Place::Content { page: page + 1, byte: 0 };
                let message = format!("the destination {anchor} does not lie at its text");
                return Err(Refusal::new("DESTINATION", place, message));
            }
        }
        Ok(())
    }
}
