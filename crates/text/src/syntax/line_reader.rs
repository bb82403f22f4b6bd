//! The lines of a body, read from first to last by the readers of the blocks.

use crate::code;
use crate::diagnostics::Diagnostic;
use crate::range::TextRange;
use crate::syntax::comments::Comments;
use crate::syntax::cursor::Cursor;
use crate::syntax::lines::{Line, lines};
use crate::syntax::markers::{Marker, marker};
use crate::syntax::parts::{Parts, TextForm, read_line};

#[derive(Debug)]
pub(crate) struct LineReader<'t, 'c, 'd> {
    pub(crate) text: &'t str,
    lines: Vec<Line<'t>>,
    at: usize,
    comments: Comments,
    /// Whether a comment that separates lists was read since the last block started.
    pub(crate) is_separated: bool,
    /// The level of the last heading that was read.
    pub(crate) heading_level: Option<usize>,
    pub(crate) cursor: &'c mut Cursor<'d>,
}

impl<'t, 'c, 'd> LineReader<'t, 'c, 'd> {
    /// Reads the lines from an offset, except those in the text that start where one of the omitted ranges does.
    pub(crate) fn new(text: &'t str, from: usize, omitted: &[TextRange], cursor: &'c mut Cursor<'d>) -> Self {
        let is_omitted =
            |line: &Line<'_>| omitted.binary_search_by_key(&line.range.start, |range| range.start).is_ok();
        Self {
            text,
            lines: lines(text, from).into_iter().filter(|line| !is_omitted(line)).collect(),
            at: 0,
            comments: Comments::default(),
            is_separated: false,
            heading_level: None,
            cursor,
        }
    }

    /// Returns the next line without reading it.
    pub(crate) fn peek(&self) -> Option<Line<'t>> {
        self.lines.get(self.at).copied()
    }

    /// Returns the line behind the next one.
    pub(crate) fn peek_behind(&self) -> Option<Line<'t>> {
        self.lines.get(self.at + 1).copied()
    }

    /// Returns the first line behind the next one that is not blank.
    pub(crate) fn next_filled_line(&self) -> Option<Line<'t>> {
        self.lines.get(self.at + 1..)?.iter().find(|line| !line.is_blank()).copied()
    }

    /// Reads past the next line.
    pub(crate) fn advance(&mut self) {
        self.at += 1;
    }

    pub(crate) fn marker(&self, line: &Line<'_>) -> Option<Marker> {
        marker(line.content(), self.cursor.scheme)
    }

    /// Reads past a comment that starts on the next line.
    pub(crate) fn comment(&mut self) {
        let comment = self.comments.read(&self.lines, self.at, self.cursor);
        self.at = comment.next;
        self.is_separated |= comment.is_separator;
    }

    /// Reads past comments, and returns the next line with its marker; none at a blank line and at the end.
    pub(crate) fn next_in_block(&mut self) -> Option<(Line<'t>, Option<Marker>)> {
        loop {
            let line = self.peek().filter(|line| !line.is_blank())?;
            match self.marker(&line) {
                Some(Marker::Comment) => self.comment(),
                marker => return Some((line, marker)),
            }
        }
    }

    /// Returns the end of the last line that was read.
    pub(crate) fn previous_end(&self) -> usize {
        let previous = self.at.checked_sub(1).and_then(|previous| self.lines.get(previous));
        previous.map_or(0, |line| line.range.end)
    }

    /// Reads past blank lines, if a line with the marker follows.
    pub(crate) fn skip_blank_before(&mut self, marker: Marker) {
        let blank = self.lines[self.at..].iter().take_while(|line| line.is_blank()).count();
        let follows = self.lines.get(self.at + blank).and_then(|line| self.marker(line)) == Some(marker);
        if follows {
            self.at += blank;
        }
    }

    /// Returns the range of a line behind its indentation, whose tabs it reports.
    pub(crate) fn content_range(&mut self, line: &Line<'_>) -> TextRange {
        let lead = line.lead();
        if line.text[..lead].contains('\t') {
            let range = TextRange::new(line.range.start, line.range.start + lead);
            let message = "the line is indented by a tab: indent by spaces, two for each level";
            self.cursor
                .diagnostics
                .push(Diagnostic::error(code::CONTROL_CHARACTER, range, message).with_fix(range, "  "));
        }
        line.from(lead)
    }

    /// Reads a line of annotations and id without text; none for other lines.
    pub(crate) fn own_line(&mut self, line: &Line<'_>) -> Option<Parts> {
        let content = line.content();
        if !content.starts_with(['{', '^']) || !content.trim_end().ends_with(own_line_end) {
            return None;
        }
        let mark = self.cursor.mark();
        let range = self.content_range(line);
        let parts = read_line(self.text, range, TextForm::Inline, self.cursor);
        if parts.has_no_text() && parts.citations.is_empty() {
            return Some(parts);
        }
        self.cursor.return_to(mark);
        None
    }
}

fn own_line_end(c: char) -> bool {
    c == '}' || c.is_ascii_alphanumeric() || c == '-'
}
