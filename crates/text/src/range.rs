//! Ranges of bytes in the text.

/// A range of bytes in the text; `start` and `end` lie on boundaries of code points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TextRange {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset past the last byte.
    pub end: usize,
}

impl TextRange {
    /// Returns the range from one offset to another.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end: end.max(start) }
    }

    /// Returns the empty range at an offset.
    pub fn at(offset: usize) -> Self {
        Self { start: offset, end: offset }
    }

    /// Returns the text of the range; empty if the range is not one of the text.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }

    /// Returns whether the range has no bytes.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Returns whether the other range lies within this one.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Returns whether the ranges share a byte or touch.
    pub(crate) fn touches(self, other: Self) -> bool {
        self.start <= other.end && other.start <= self.end
    }

    /// Returns the smallest range that covers both.
    pub(crate) fn cover(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A text with its range in the file. The text can differ from the file's: escapes are resolved, lines are joined.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Spanned {
    pub(crate) text: String,
    pub(crate) range: TextRange,
}

impl Spanned {
    pub(crate) fn new(text: impl Into<String>, range: TextRange) -> Self {
        Self { text: text.into(), range }
    }
}
