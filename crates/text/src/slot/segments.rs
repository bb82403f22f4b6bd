//! The segments of a group: its parts between semicolons.

use crate::range::TextRange;
use crate::syntax::gaps::is_gap;
use crate::syntax::tokens::end_before_id;

/// The segment around an offset in a group, and where the group ends.
pub(super) struct Group {
    /// Offsets in the line.
    pub(super) segment: TextRange,
    /// Offset of the closing mark, or of the end of what an unclosed group can contain.
    pub(super) end: usize,
}

/// Reads the group that opens at `open` up to its closing mark. Values can be JSON strings, in which nothing separates.
pub(super) fn group(line: &str, open: usize, close: char, offset: usize) -> Group {
    let mut segment = None;
    let mut start = open + 1;
    let mut at = start;
    let mut can_quote = true;
    while let Some(c) = line[at..].chars().next() {
        if c == close || c == ';' {
            if start <= offset && offset <= at {
                segment = Some(TextRange::new(start, at));
            }
            if c == close {
                return Group { segment: segment.unwrap_or(TextRange::new(start, at)), end: at };
            }
            start = at + 1;
        }
        let quoted_end = if c == '"' && can_quote { string_end(line, at) } else { None };
        can_quote = matches!(c, ';' | ',' | ':') || can_quote && is_gap(c);
        at = quoted_end.unwrap_or(at + c.len_utf8());
    }
    // The id behind an unclosed group is not in it. Only one group of a line is unclosed, so the line is searched once.
    let end = end_before_id(line, open + 1).max(offset.min(line.len()));
    Group { segment: segment.unwrap_or(TextRange::new(start, end)), end }
}

/// Returns the end of the JSON string that opens at an offset; none if it does not close.
fn string_end(line: &str, open: usize) -> Option<usize> {
    let mut escaped = false;
    let length = line[open + 1..].bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })?;
    Some(open + length + 2)
}
