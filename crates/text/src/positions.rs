//! Lines and columns of byte offsets.

/// The starts of the lines of a text, for converting offsets to positions.
///
/// ```
/// let positions = chancery_text::Positions::new("one\ntwé x\n");
/// let position = positions.of(9);
/// assert_eq!((position.line, position.column), (2, 5));
/// ```
#[derive(Debug, Clone)]
pub struct Positions<'t> {
    text: &'t str,
    line_starts: Vec<usize>,
}

/// A position in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1. Lines end with LF or CRLF.
    pub line: usize,
    /// The column in code points, from 1.
    pub column: usize,
}

impl<'t> Positions<'t> {
    /// Finds the lines of a text.
    pub fn new(text: &'t str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(offset, _)| offset + 1);
        Self { text, line_starts: std::iter::once(0).chain(ends).collect() }
    }

    /// Returns the position of a byte offset; for offsets past the end, that of the end.
    pub fn of(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts[line - 1];
        let before = self.text.get(start..offset).unwrap_or_default();
        Position { line, column: before.chars().count() + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::{Position, Positions};

    #[test]
    fn offsets_at_and_past_line_ends_have_positions() {
        let positions = Positions::new("ab\r\nc");
        let at = |offset| positions.of(offset);
        assert_eq!(at(0), Position { line: 1, column: 1 });
        assert_eq!(at(3), Position { line: 1, column: 4 });
        assert_eq!(at(4), Position { line: 2, column: 1 });
        assert_eq!(at(99), Position { line: 2, column: 2 });
        assert_eq!(Positions::new("").of(0), Position { line: 1, column: 1 });
    }
}
