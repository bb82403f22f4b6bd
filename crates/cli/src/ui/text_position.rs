//! Lines and columns of a text.

use serde::Serialize;

/// A position in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TextPosition {
    /// Line, from 1.
    pub line: usize,
    /// Column in code points, from 1.
    pub column: usize,
    #[serde(skip)]
    offset: usize,
}

impl TextPosition {
    /// Returns the position of a byte offset.
    pub fn of(text: &str, offset: usize) -> Self {
        let offset = text.floor_char_boundary(offset);
        let before = &text[..offset];
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        Self { line, column: before[line_start..].chars().count() + 1, offset }
    }

    /// Returns the position of a byte offset in a text whose lines start at the offsets.
    pub fn in_lines(text: &str, line_starts: &[usize], offset: usize) -> Self {
        let offset = text.floor_char_boundary(offset);
        let line = line_starts.partition_point(|start| *start <= offset).max(1);
        let start = line_starts.get(line - 1).copied().unwrap_or_default();
        Self { line, column: text[start..offset].chars().count() + 1, offset }
    }

    /// Returns the offset in bytes.
    pub const fn offset(self) -> usize {
        self.offset
    }

    /// Returns the position of a line and a column in bytes, both from 1; of the first line and column for zeros.
    pub fn of_bytes(text: &str, line: usize, column: usize) -> Self {
        let before = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum::<usize>();
        Self::of(text, (before + column.saturating_sub(1)).min(text.len()))
    }
}
