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
        self.text.chars().all(is_gap)
    }

    /// Returns the number of spaces and tabs at the start.
    pub(crate) fn indentation(&self) -> usize {
        self.text.len() - self.content().len()
    }

    /// Returns the line without the white space at its start.
    pub(crate) fn content(&self) -> &'t str {
        self.text.trim_start_matches([' ', '\t'])
    }

    /// Returns the range behind a number of bytes.
    pub(crate) fn from(&self, offset: usize) -> TextRange {
        TextRange::new((self.range.start + offset).min(self.range.end), self.range.end)
    }
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
