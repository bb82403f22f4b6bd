//! The words around an offset.

use super::{Slot, SlotKind};
use crate::dictionary::{Key, Values};
use crate::range::TextRange;

/// Returns the slot of a value of a key.
pub(super) fn value_slot(text: &str, key: &'static Key, value: TextRange, offset: usize) -> Option<Slot> {
    let kind = match key.values {
        Values::None | Values::Text => return None,
        Values::Words(_) => SlotKind::Value(key),
        Values::Marking => SlotKind::Marking,
        Values::Id(kinds) | Values::Ids(kinds) => {
            return Some(Slot { kind: SlotKind::Id(kinds), word: id_around(text, value, offset) });
        }
    };
    Some(Slot { kind, word: trimmed(text, value, offset) })
}

/// Returns the id around an offset in a list of ids.
pub(super) fn id_around(text: &str, list: TextRange, offset: usize) -> TextRange {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let before = TextRange::new(list.start, offset).of(text);
    let behind = TextRange::new(offset, list.end).of(text);
    let start = offset - (before.len() - before.trim_end_matches(is_part).len());
    TextRange::new(start, offset + behind.len() - behind.trim_start_matches(is_part).len())
}

/// Returns a range without the white space at its ends, but with the offset.
pub(super) fn trimmed(text: &str, range: TextRange, offset: usize) -> TextRange {
    let inside = range.of(text);
    let start = range.end - inside.trim_start().len();
    let end = range.start + inside.trim_end().len();
    if start >= end { TextRange::at(offset) } else { TextRange::new(start.min(offset), end.max(offset)) }
}
