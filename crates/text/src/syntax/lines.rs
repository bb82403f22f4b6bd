//! The lines of a text.

use crate::range::TextRange;
use crate::syntax::gaps::is_gap;

/// A line without its end, which is LF or CRLF.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'t> {
    pub(crate) range: TextRange,
    pub(crate) text: &'t str,
}

impl<'t> Line<'t> {
    /// Returns whether the line shows nothing.
    pub(crate) fn is_blank(&self) -> bool {
        self.text.chars().all(|c| is_gap(c) || is_mark(c))
    }

    /// Returns the number of spaces and tabs at the start, without the marks between them.
    pub(crate) fn indentation(&self) -> usize {
        let lead = &self.text[..self.lead()];
        lead.chars().filter(|c| !is_mark(*c)).count()
    }

    /// Returns the number of bytes before the content.
    pub(crate) fn lead(&self) -> usize {
        self.text.len() - self.content().len()
    }

    /// Returns the line without the white space and the invisible marks at its start: an editor or a pasted text may have
    /// put these where nobody sees them.
    pub(crate) fn content(&self) -> &'t str {
        self.text.trim_start_matches(|c| matches!(c, ' ' | '\t') || is_mark(c))
    }

    /// Returns the range behind a number of bytes.
    pub(crate) fn from(&self, offset: usize) -> TextRange {
        TextRange::new((self.range.start + offset).min(self.range.end), self.range.end)
    }
}

/// Returns whether a character is a mark of direction or of byte order, which opens nothing.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{feff}')
}

/// Returns the lines from an offset.
pub(crate) fn lines(text: &str, from: usize) -> Vec<Line<'_>> {
    let mut start = from;
    let mut lines = Vec::new();
    for line in text[from..].split_inclusive('\n') {
        let content = line.strip_suffix('\n').unwrap_or(line);
        let content = content.trim_end_matches('\r');
        lines.push(Line { range: TextRange::new(start, start + content.len()), text: content });
        start += line.len();
    }
    lines
}
