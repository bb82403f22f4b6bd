//! Lines behind `>`: callouts, whose first line is `[!NOTE]` with a title, and quotes.

use crate::code;
use crate::diagnostics::Diagnostic;
use crate::range::{Spanned, TextRange};
use crate::syntax::fenced::list_mark;
use crate::syntax::fragment::Fragment;
use crate::syntax::gaps::{is_gap, skip_gaps, trimmed_end};
use crate::syntax::line_reader::LineReader;
use crate::syntax::markers::{Marker, marker};
use crate::syntax::markings::{Leading, leading, markings_in};
use crate::syntax::parts::{TextForm, marking_before_mark, marking_in_text, read_line, refuse_controls};
use crate::syntax::sentences::read_passage;
use crate::syntax::spans::plain;
use crate::syntax::tree::ElementKind;

/// The mark of a callout.
pub(crate) const CALLOUT: &str = "[!NOTE]";
/// The mark of a quote's attribution.
pub(crate) const ATTRIBUTION: &str = "-- by:";

/// Returns the length of the mark of a callout at the start of a quote's line; zero without one.
pub(crate) fn callout_length(line: &str) -> usize {
    let mark = line.get(..CALLOUT.len()).filter(|mark| mark.eq_ignore_ascii_case(CALLOUT));
    mark.map_or(0, str::len)
}

/// Reads the callout or quote that starts on the next line.
pub(crate) fn read_quote(reader: &mut LineReader<'_, '_, '_>) -> ElementKind {
    let mut lines = Vec::new();
    while let Some((line, Some(Marker::Quote { length }))) = reader.next_in_block() {
        let content = reader.content_range(&line);
        let range = TextRange::new(content.start + length, content.end);
        if !lines.is_empty() && range.of(reader.text).starts_with("[!") {
            break;
        }
        lines.push(range);
        reader.advance();
    }
    lines.retain(|line| !line.of(reader.text).chars().all(is_gap));
    let title = lines.first().copied().filter(|line| line.of(reader.text).starts_with("[!"));
    if let Some(first) = lines.first() {
        refuse_marked_callout(reader, *first);
    }
    for line in lines.iter().filter(|line| Some(**line) != title) {
        refuse_list_mark(reader, *line);
    }
    match title {
        Some(title) => callout(reader, title, lines.split_off(1)),
        None => quote(reader, lines),
    }
}

/// Reports the mark of a list item in a callout or quote, whose lines are sentences.
fn refuse_list_mark(reader: &mut LineReader<'_, '_, '_>, line: TextRange) {
    let written = line.of(reader.text);
    let mark = marker(written, reader.cursor.scheme).and_then(|marker| list_mark(marker, written));
    let Some(length) = mark else { return };
    let range = TextRange::new(line.start, line.start + length);
    let message = "a callout or quote consists of sentences and has no list: remove the mark, or write a backslash before it for text";
    reader.cursor.diagnostics.error(code::MISPLACED, range, message);
}

/// Reports a marking before the mark of a callout, which would make it a quote.
fn refuse_marked_callout(reader: &mut LineReader<'_, '_, '_>, line: TextRange) {
    let written = line.of(reader.text);
    let Some(Leading::Marking { label, end }) = leading(written, reader.cursor.scheme) else { return };
    let start = skip_gaps(written, end);
    let length = callout_length(&written[start..]);
    if length > 0 {
        let mark = &written[start..start + length];
        let range = TextRange::new(line.start, line.start + start + length);
        let right = format!("{mark} ({label})");
        reader.cursor.diagnostics.push(marking_before_mark(range, &format!("> {right}"), right));
    }
}

fn callout(reader: &mut LineReader<'_, '_, '_>, title: TextRange, lines: Vec<TextRange>) -> ElementKind {
    let written = title.of(reader.text);
    let length = written.find(']').map_or(written.len(), |bracket| bracket + 1);
    if !written[..length].eq_ignore_ascii_case(CALLOUT) {
        let mark = TextRange::new(title.start, title.start + length);
        let message = "a callout starts with [!NOTE], whatever it says; write \\[! for text";
        reader
            .cursor
            .diagnostics
            .push(Diagnostic::error(code::UNKNOWN_BLOCK, mark, message).with_fix(mark, CALLOUT));
    }
    let title = TextRange::new(title.start + length, title.end);
    let title = read_line(reader.text, title, TextForm::Plain, reader.cursor);
    let passage = read_passage(reader.text, lines, reader.cursor);
    ElementKind::Callout { title, passage }
}

fn quote(reader: &mut LineReader<'_, '_, '_>, mut lines: Vec<TextRange>) -> ElementKind {
    let mut attribution = None;
    lines.retain(|line| {
        let written = line.of(reader.text);
        let start = skip_gaps(written, 0);
        let Some(named) = written[start..].strip_prefix(ATTRIBUTION) else { return true };
        if attribution.is_some() {
            let message = "a quote has one attribution: remove this one";
            reader.cursor.diagnostics.error(code::DUPLICATE_KEY, *line, message);
        }
        let name = TextRange::new(line.end - named.len(), line.end);
        let fragment = Fragment::line(reader.text, name);
        let from = skip_gaps(fragment.text(), 0);
        let to = trimmed_end(fragment.text(), from, fragment.text().len());
        refuse_controls(&fragment, (from, to), reader.cursor);
        for marking in markings_in(&fragment.text()[from..to], reader.cursor.scheme) {
            let range = fragment.range(from + marking.start, from + marking.end);
            let place = "a quote is marked before its first sentence; write \\( for text";
            reader.cursor.diagnostics.push(marking_in_text(range.of(reader.text), range, place));
        }
        let text = plain(&fragment, (from, to), reader.cursor);
        attribution = Some(Spanned::new(text, fragment.range(from, to)));
        false
    });
    ElementKind::Quote { passage: read_passage(reader.text, lines, reader.cursor), attribution }
}
