//! Lines of the text that are read as one, with the way back to their offsets.

use std::borrow::Cow;

use crate::range::TextRange;

/// One line, or several lines joined by spaces.
#[derive(Debug)]
pub(crate) struct Fragment<'t> {
    joined: Cow<'t, str>,
    /// Of each line: the offset in the joined text, and in the file.
    starts: Vec<(usize, usize)>,
}

impl<'t> Fragment<'t> {
    pub(crate) fn line(text: &'t str, range: TextRange) -> Self {
        Self { joined: Cow::Borrowed(range.of(text)), starts: vec![(0, range.start)] }
    }

    pub(crate) fn lines(text: &'t str, lines: &[TextRange]) -> Self {
        if let [line] = lines {
            return Self::line(text, *line);
        }
        let mut joined = String::with_capacity(lines.iter().map(|line| line.end - line.start + 1).sum());
        let mut starts = Vec::with_capacity(lines.len().max(1));
        for line in lines {
            if !starts.is_empty() {
                joined.push(' ');
            }
            starts.push((joined.len(), line.start));
            joined.push_str(line.of(text));
        }
        if starts.is_empty() {
            starts.push((0, 0));
        }
        Self { joined: Cow::Owned(joined), starts }
    }

    pub(crate) fn text(&self) -> &str {
        &self.joined
    }

    /// Returns whether the fragment is one line of the file.
    pub(crate) fn is_line(&self) -> bool {
        self.starts.len() == 1
    }

    /// Returns the offset in the file of an offset in the fragment.
    fn offset(&self, at: usize) -> usize {
        let line = self.starts.partition_point(|(start, _)| *start <= at).saturating_sub(1);
        let (start, source) = self.starts[line];
        source + (at - start)
    }

    /// Returns the range in the file of a range in the fragment.
    pub(crate) fn range(&self, start: usize, end: usize) -> TextRange {
        let from = self.offset(start);
        if end <= start {
            return TextRange::at(from);
        }
        // The end belongs to the line of the last byte, not to the one after it.
        TextRange::new(from, self.offset(end - 1) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fragment, TextRange};

    #[test]
    fn joined_lines_lead_back_to_their_offsets() {
        let text = "> one\n> two";
        let fragment = Fragment::lines(text, &[TextRange::new(2, 5), TextRange::new(8, 11)]);
        assert_eq!(fragment.text(), "one two");
        assert_eq!(fragment.range(4, 7).of(text), "two");
        assert_eq!(fragment.range(0, 3).of(text), "one");
        assert_eq!(fragment.range(0, 7).of(text), text.strip_prefix("> ").unwrap());
    }
}
