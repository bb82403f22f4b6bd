//! Positions of the protocol: lines and columns from 0, columns in the negotiated code units.

use chancery_text::TextRange;
use ropey::Rope;
use tower_lsp_server::ls_types::{ClientCapabilities, Position, PositionEncodingKind, Range};

/// The unit of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Encoding {
    /// Bytes of UTF-8.
    Utf8,
    /// Code units of UTF-16, which every client knows.
    #[default]
    Utf16,
}

impl Encoding {
    /// Chooses UTF-8 where the client offers it.
    pub(crate) fn negotiated(capabilities: &ClientCapabilities) -> Self {
        let offered = capabilities.general.as_ref().and_then(|general| general.position_encodings.as_ref());
        let is_offered = offered.is_some_and(|offered| offered.contains(&PositionEncodingKind::UTF8));
        if is_offered { Self::Utf8 } else { Self::Utf16 }
    }

    pub(crate) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
        }
    }
}

/// Converts between byte offsets of a text and positions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Positions<'r> {
    rope: &'r Rope,
    encoding: Encoding,
}

impl<'r> Positions<'r> {
    pub(crate) fn new(rope: &'r Rope, encoding: Encoding) -> Self {
        Self { rope, encoding }
    }

    /// Returns the position of a byte offset; for offsets past the end, that of the end.
    pub(crate) fn position(self, offset: usize) -> Position {
        let offset = offset.min(self.rope.len_bytes());
        let line = self.rope.byte_to_line(offset);
        let column = match self.encoding {
            Encoding::Utf8 => offset - self.rope.line_to_byte(line),
            Encoding::Utf16 => {
                let units = |byte| self.rope.char_to_utf16_cu(self.rope.byte_to_char(byte));
                units(offset) - units(self.rope.line_to_byte(line))
            }
        };
        Position { line: clamped(line), character: clamped(column) }
    }

    /// Returns the byte offset of a position: for a column past the end of its line, the end of the line, for one inside a
    /// character, the start of the character, and for a line past the last one, the end of the text.
    pub(crate) fn offset(self, position: Position) -> usize {
        let line = position.line as usize;
        if line >= self.rope.len_lines() {
            return self.rope.len_bytes();
        }
        let column = position.character as usize;
        let (start, end) = (self.rope.line_to_byte(line), self.line_end(line));
        let offset = match self.encoding {
            Encoding::Utf8 => {
                let offset = start.saturating_add(column).min(end);
                self.rope.char_to_byte(self.rope.byte_to_char(offset))
            }
            Encoding::Utf16 => {
                let first = self.rope.char_to_utf16_cu(self.rope.byte_to_char(start));
                let unit = first.saturating_add(column).min(self.rope.len_utf16_cu());
                self.rope.char_to_byte(self.rope.utf16_cu_to_char(unit))
            }
        };
        offset.min(end)
    }

    pub(crate) fn range(self, range: TextRange) -> Range {
        Range { start: self.position(range.start), end: self.position(range.end) }
    }

    /// Returns the offset past the last character of a line before its end of line.
    fn line_end(self, line: usize) -> usize {
        let text = self.rope.line(line);
        let breaks =
            text.chars_at(text.len_chars()).reversed().take_while(|c| matches!(c, '\r' | '\n')).count();
        self.rope.line_to_byte(line) + text.len_bytes() - breaks
    }
}

/// Columns of the protocol have 32 bits; texts that are longer are not read.
fn clamped(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use chancery_text::TextRange;
    use ropey::Rope;
    use tower_lsp_server::ls_types::Position;

    use super::{Encoding, Positions};

    const TEXT: &str = "a😀b\r\nکشتی x\rlast\n";

    #[test]
    fn columns_count_the_units_of_the_encoding() {
        let rope = Rope::from_str(TEXT);
        let utf16 = Positions::new(&rope, Encoding::Utf16);
        let utf8 = Positions::new(&rope, Encoding::Utf8);
        let b = TEXT.find('b').unwrap();
        assert_eq!(utf16.position(b), Position::new(0, 3));
        assert_eq!(utf8.position(b), Position::new(0, 5));
        let x = TEXT.find('x').unwrap();
        assert_eq!(utf16.position(x), Position::new(1, 5));
        assert_eq!(utf8.position(x), Position::new(1, 9));
        let last = TEXT.find("last").unwrap();
        assert_eq!(utf16.range(TextRange::new(last, last + 4)).end, Position::new(2, 4));
        for positions in [utf16, utf8] {
            for (offset, _) in TEXT.char_indices().filter(|(_, c)| !matches!(c, '\r' | '\n')) {
                assert_eq!(positions.offset(positions.position(offset)), offset);
            }
        }
    }

    #[test]
    fn positions_outside_a_line_are_moved_into_it() {
        let rope = Rope::from_str(TEXT);
        for encoding in [Encoding::Utf16, Encoding::Utf8] {
            let positions = Positions::new(&rope, encoding);
            assert_eq!(positions.offset(Position::new(0, 99)), 6, "before CRLF");
            assert_eq!(positions.offset(Position::new(0, 2)), 1, "inside a character");
            assert_eq!(positions.offset(Position::new(99, 0)), TEXT.len());
            assert_eq!(positions.offset(Position::new(u32::MAX, u32::MAX)), TEXT.len());
            assert_eq!(positions.offset(Position::new(3, u32::MAX)), TEXT.len());
        }
    }
}
