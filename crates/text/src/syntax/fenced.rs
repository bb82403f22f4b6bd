//! Fenced blocks: three backquotes and a kind, then one entry a line.

use chancery_proto::nearest::expected;

use crate::code;
use crate::diagnostics::Diagnostic;
use crate::range::{Spanned, TextRange};
use crate::syntax::line_reader::LineReader;
use crate::syntax::markers::{ForeignMarker, Marker};
use crate::syntax::parts::{TextForm, read_line};
use crate::syntax::tree::ElementKind;

/// Kinds of fenced blocks.
pub const KINDS: [&str; 13] = [
    "events",
    "relationships",
    "scenarios",
    "indicators",
    "assumptions",
    "information-gaps",
    "dissents",
    "drivers",
    "constraints",
    "implications-regional",
    "implications-global",
    "outlook",
    "changes",
];

/// Reads the fenced block that starts on the next line.
pub(crate) fn read_fenced(reader: &mut LineReader<'_, '_, '_>) -> ElementKind {
    let Some(opening) = reader.peek() else {
        return ElementKind::Fenced { kind: Spanned::default(), entries: Vec::new() };
    };
    let content = reader.content_range(&opening);
    reader.advance();
    let written = content.of(reader.text).trim_start_matches('`');
    let kind = Spanned::new(written.trim(), TextRange::new(content.end - written.len(), content.end));
    if !KINDS.contains(&kind.text.as_str()) {
        reader.cursor.diagnostics.push_error_with(|| {
            let message = format!(
                "{:?} is no kind of fenced block: {}; write \\``` for text",
                kind.text,
                expected(&kind.text, &KINDS)
            );
            Diagnostic::error(code::UNKNOWN_BLOCK, content, message)
        });
    }
    let mut entries = Vec::new();
    let mut list_marks: Vec<(TextRange, bool)> = Vec::new();
    let mut is_closed = false;
    // Behind a blank line, an unclosed block may have ended.
    let (mut last_line, mut is_separated) = (opening.range.end, false);
    while let Some(line) = reader.peek() {
        match reader.marker(&line) {
            _ if line.is_blank() => {
                is_separated |= !entries.is_empty();
                reader.advance();
            }
            Some(Marker::Fence) => {
                reader.advance();
                is_closed = true;
                break;
            }
            Some(Marker::Comment) => reader.comment(),
            // No entry starts with a heading: the block was not closed.
            Some(Marker::Heading { .. }) => break,
            _ if reader.cursor.is_exhausted() => break,
            marker => {
                let range = reader.content_range(&line);
                let length = marker.and_then(|marker| list_mark(marker, line.content())).unwrap_or_default();
                let range = TextRange::new(range.start + length, range.end);
                if length > 0 {
                    let mark = TextRange::new(range.start - length, range.start);
                    list_marks.push((mark, is_separated));
                }
                if !is_separated {
                    last_line = line.range.end;
                }
                reader.advance();
                entries.push(read_line(reader.text, range, TextForm::Columns, reader.cursor));
            }
        }
    }
    // Behind a blank line, the marks may be those of a list that follows an unclosed block.
    for (mark, _) in list_marks.into_iter().filter(|(_, is_separated)| is_closed || !is_separated) {
        report_list_mark(reader, &kind.text, mark);
    }
    if !is_closed {
        let message = "the fenced block does not close: add a line ``` behind its last entry";
        let end = TextRange::at(last_line);
        let error = Diagnostic::error(code::UNCLOSED, content, message);
        reader.cursor.diagnostics.push(error.with_fix(end, "\n```"));
    }
    ElementKind::Fenced { kind, entries }
}

/// Returns the length of the mark of a list at the start of an entry: the line is the entry, without a mark.
pub(crate) fn list_mark(marker: Marker, line: &str) -> Option<usize> {
    /// Most digits of the number of an item; a longer one is a year.
    const MOST_DIGITS: usize = 2;
    match marker {
        Marker::Bullet { length } => Some(length),
        Marker::Foreign(ForeignMarker::Bullet) => Some(line.chars().take(2).map(char::len_utf8).sum()),
        Marker::Number { length, .. } => {
            let digits = line.bytes().take_while(u8::is_ascii_digit).count();
            (digits <= MOST_DIGITS).then_some(length)
        }
        _ => None,
    }
}

fn report_list_mark(reader: &mut LineReader<'_, '_, '_>, kind: &str, mark: TextRange) {
    let form = match kind {
        "events" => "DATE | TITLE",
        "relationships" => "FROM | TYPE | TO",
        "scenarios" => "70% | TITLE | TEXT",
        "indicators" => "INDICATOR {meaning: …}",
        "assumptions" => "ASSUMPTION {if-wrong: …}",
        "dissents" => "VIEW {holder: …}",
        "changes" => "PART-ID {!KIND: why}",
        _ => "TEXT",
    };
    let message = format!(
        "a line of `{kind}` is an entry, `{form}`, and has no mark of a list: remove it, or write a backslash before the mark \
         for text"
    );
    reader.cursor.diagnostics.push(Diagnostic::error(code::NOT_A_BRIEF, mark, message).with_fix(mark, ""));
}
