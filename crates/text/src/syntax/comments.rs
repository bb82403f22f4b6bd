//! Comments: `<!-- … -->` on lines of their own.

use crate::code;
use crate::diagnostics::Diagnostic;
use crate::range::TextRange;
use crate::syntax::cursor::Cursor;
use crate::syntax::lines::Line;

/// A comment: the index of the line behind it, and whether it separates two lists.
pub(crate) struct Comment {
    pub(crate) next: usize,
    pub(crate) is_separator: bool,
}

/// Finds comments. Once one does not close, none behind it does.
#[derive(Debug, Default)]
pub(crate) struct Comments {
    is_unclosed: bool,
}

impl Comments {
    /// Reads the comment that starts on a line.
    pub(crate) fn read(&mut self, lines: &[Line<'_>], index: usize, cursor: &mut Cursor<'_>) -> Comment {
        let start = lines[index].range.start + lines[index].lead();
        let last = if self.is_unclosed { None } else { closing_line(lines, index) };
        let Some(last) = last else {
            self.is_unclosed = true;
            let range = TextRange::new(start, start + 4);
            let message = "the comment does not close: write --> at its end";
            cursor.diagnostics.error(code::INVALID_COMMENT, range, message);
            return Comment { next: index + 1, is_separator: false };
        };
        let end = &lines[last];
        let close = end.text.find("-->").map_or(end.text.len(), |at| at + 3);
        if !end.text[close..].trim().is_empty() {
            let message = "a comment must be on lines of its own: put the text behind it on the next line";
            let range = end.from(close);
            let insertion = TextRange::at(range.start);
            let error = Diagnostic::error(code::INVALID_COMMENT, range, message);
            cursor.diagnostics.push(error.with_fix(insertion, "\n"));
        }
        let only = if last == index { lines[index].content().trim_end() } else { "" };
        let inside = only.strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->")).unwrap_or("").trim();
        if inside == "withheld" {
            let range = TextRange::new(start, end.range.start + close);
            let message =
                "a part was withheld here, so the text is not the whole brief: it can be read, not imported";
            cursor.diagnostics.error(code::WITHHELD, range, message);
        }
        Comment { next: last + 1, is_separator: inside == "/" }
    }
}

fn closing_line(lines: &[Line<'_>], index: usize) -> Option<usize> {
    let first = lines[index].content().strip_prefix("<!--").unwrap_or_default();
    if first.contains("-->") {
        return Some(index);
    }
    let behind = lines[index + 1..].iter().position(|line| line.text.contains("-->"))?;
    Some(index + 1 + behind)
}
