//! Edits of a text: replacements of ranges that do not overlap.

use crate::range::TextRange;

/// Edits in any order.
#[derive(Debug, Default)]
pub(super) struct Edits {
    edits: Vec<(TextRange, String)>,
}

impl Edits {
    /// Replaces a range, unless it has that text already.
    pub(super) fn replace(&mut self, text: &str, range: TextRange, replacement: String) {
        if range.of(text) != replacement {
            self.edits.push((range, replacement));
        }
    }

    /// Returns the text with all edits.
    pub(super) fn apply(mut self, text: &str) -> String {
        self.edits.sort_by_key(|(range, _)| (range.start, range.end));
        let mut edited = String::with_capacity(text.len() + 64 * self.edits.len());
        let mut at = 0;
        for (range, replacement) in &self.edits {
            if range.start < at {
                // Overlaps the edit before it, which contains it.
                continue;
            }
            edited.push_str(&text[at..range.start]);
            edited.push_str(replacement);
            at = range.end;
        }
        edited.push_str(&text[at..]);
        edited
    }
}
