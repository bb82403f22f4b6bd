//! Soft hyphens of the author (U+00AD). They mark where a word may be hyphenated and are not part of its text, so they
//! are removed before a text is set and from strings outside of pages.

use std::ops::Range;

use crate::text::inline::Inline;
use crate::text::plain_text::SOFT_HYPHEN;

/// Positions of the soft hyphens that were taken out of a text.
#[derive(Debug, Default)]
pub(crate) struct SoftHyphens {
    /// Byte offsets in the text without them, in order.
    offsets: Vec<usize>,
}

impl SoftHyphens {
    /// Takes the soft hyphens out of a text; returns `None` if it has none.
    pub(crate) fn take(inline: &Inline) -> Option<(Inline, Self)> {
        if !inline.text.contains(SOFT_HYPHEN) {
            return None;
        }
        let found: Vec<usize> = inline.text.match_indices(SOFT_HYPHEN).map(|(at, _)| at).collect();
        let moved = |at: usize| at - found.partition_point(|hyphen| *hyphen < at) * SOFT_HYPHEN.len_utf8();
        let mut plain = inline.clone();
        plain.text = inline.text.replace(SOFT_HYPHEN, "");
        for piece in &mut plain.pieces {
            piece.range = moved(piece.range.start)..moved(piece.range.end);
        }
        let offsets = found.iter().map(|at| moved(*at)).collect();
        Some((plain, Self { offsets }))
    }

    /// Returns the offsets inside a range, from its start.
    pub(crate) fn inside(&self, range: &Range<usize>) -> Vec<usize> {
        let first = self.offsets.partition_point(|at| *at <= range.start);
        let inside = self.offsets[first..].iter().take_while(|at| **at < range.end);
        let mut inside: Vec<usize> = inside.map(|at| at - range.start).collect();
        inside.dedup();
        inside
    }

    /// Returns whether there was a soft hyphen at an offset.
    pub(crate) fn is_at(&self, at: usize) -> bool {
        self.offsets.binary_search(&at).is_ok()
    }

    /// Returns the offset in the text with soft hyphens; those at a line's end belong to that line.
    pub(crate) fn original(&self, at: usize) -> usize {
        let before = self.offsets.partition_point(|offset| *offset <= at);
        if at == 0 { 0 } else { at + before * SOFT_HYPHEN.len_utf8() }
    }
}
