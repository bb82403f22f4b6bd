//! Tables: a title line, then a pipe table.

use chancery_brief::marking::Scheme;

use crate::code;
use crate::diagnostics::Diagnostic;
use crate::range::{Spanned, TextRange};
use crate::syntax::fragment::Fragment;
use crate::syntax::gaps::{is_gap, skip_gaps, trimmed_end};
use crate::syntax::line_reader::LineReader;
use crate::syntax::lines::Line;
use crate::syntax::markers::{Marker, numbered_caption};
use crate::syntax::markings::{is_label_of, markings_in};
use crate::syntax::parts::{Parts, TextForm, marking_in_text, read_line, refuse_controls};
use crate::syntax::spans::plain;
use crate::syntax::tree::{Table, TableRow};

/// The heading of the last column where it contains the markings of the rows.
pub(crate) const MARKING_COLUMN: &str = "{marking}";

/// Reads the table that starts on the next line.
pub(crate) fn read_table(reader: &mut LineReader<'_, '_, '_>) -> Table {
    let title = title(reader);
    let mut rows = Vec::new();
    while let Some((line, Some(Marker::TableRow))) = reader.next_in_block() {
        if reader.cursor.is_exhausted() {
            break;
        }
        let range = reader.content_range(&line);
        reader.advance();
        rows.push((row(reader, range), has_marking_column(range.of(reader.text))));
    }
    let has_markings = rows.first().is_some_and(|(_, has_markings)| *has_markings);
    let mut rows = rows.into_iter().map(|(row, _)| row).peekable();
    let header = rows.next();
    let delimiters = rows.next_if(|row| row.cells.iter().all(|cell| is_delimiter(&cell.text)));
    if delimiters.is_none() {
        let range = header.as_ref().map_or(title.range, |header| header.range);
        let message = "a table has a line of headings, then one of hyphens: `| Year | Ships |`, `|---|---:|`";
        reader.cursor.diagnostics.error(code::INVALID_TABLE, range, message);
    }
    let cells = |row: Option<TableRow>| row.map(|row| row.cells).unwrap_or_default();
    let (header, delimiters) = (cells(header), cells(delimiters));
    let rows: Vec<TableRow> = rows.collect();
    for cells in rows.iter().map(|row| &row.cells).chain([&header]) {
        let marked = cells.len() - usize::from(has_markings).min(cells.len());
        cells[..marked].iter().for_each(|cell| refuse_markings(reader, cell.range));
    }
    refuse_marking_columns(reader, &header, &rows, has_markings);
    let lengths = std::iter::once((delimiters.len(), &delimiters))
        .filter(|(count, _)| *count > 0)
        .chain(rows.iter().map(|row| (row.cells.len(), &row.cells)));
    for (count, cells) in lengths.filter(|(count, _)| *count != header.len()) {
        let range = cells.first().map_or(title.range, |first| first.range.cover(cells[count - 1].range));
        let message = format!(
            "the line has {count} cells, but the table has {} headings; write \\| for a bar in a cell",
            header.len()
        );
        reader.cursor.diagnostics.error(code::INVALID_TABLE, range, message);
    }
    Table { title, header, delimiters, rows, has_markings }
}

/// Reports cells that are labels of the Traffic Light Protocol, and columns of the labels of another scheme, outside of the
/// column of markings.
fn refuse_marking_columns(
    reader: &mut LineReader<'_, '_, '_>,
    header: &[Spanned],
    rows: &[TableRow],
    has_markings: bool,
) {
    let scheme = reader.cursor.scheme;
    let is_label =
        |cell: &Spanned| is_label_of(&cell.text, scheme) && !cell.range.of(reader.text).contains('\\');
    let columns = header.len() - usize::from(has_markings).min(header.len());
    let mut found = Vec::new();
    for (column, heading) in header.iter().enumerate().take(columns) {
        let cells =
            || rows.iter().filter_map(|row| row.cells.get(column)).filter(|cell| !cell.text.is_empty());
        let Some(first) = cells().find(|cell| is_label(cell)) else { continue };
        let is_last = column + 1 == header.len();
        let message = format!(
            "\"{}\" marks nothing here: rows are marked in the last column, whose heading is `{MARKING_COLUMN}`",
            first.text
        );
        let is_column = cells().all(is_label);
        if scheme == Scheme::Tlp {
            let message = format!("{message}; write \\: for text");
            let range = if is_column && is_last { heading.range } else { first.range };
            let error = Diagnostic::error(code::MARKING_IN_TEXT, range, message);
            found.push(if is_column && is_last {
                error.with_fix(heading.range, MARKING_COLUMN)
            } else {
                error
            });
        } else if is_column {
            found.push(Diagnostic::warning(code::MARKING_IN_TEXT, heading.range, message));
        }
    }
    for found in found {
        reader.cursor.diagnostics.push(found);
    }
}

/// Reports markings in a cell.
fn refuse_markings(reader: &mut LineReader<'_, '_, '_>, cell: TextRange) {
    let place = "rows are marked in a last column with the heading `{marking}`, and a table in its title line; write \\( for text";
    for marking in markings_in(cell.of(reader.text), reader.cursor.scheme) {
        let range = TextRange::new(cell.start + marking.start, cell.start + marking.end);
        reader.cursor.diagnostics.push(marking_in_text(range.of(reader.text), range, place));
    }
}

/// Reads the title line, and past blank lines behind it.
pub(crate) fn title(reader: &mut LineReader<'_, '_, '_>) -> Parts {
    let Some(line) = reader.peek() else { return Parts::default() };
    let numbered = numbered_caption(line.content());
    if let Some(length) = numbered {
        report_number(reader, &line, length);
    }
    let written = match reader.marker(&line) {
        Some(Marker::TableTitle { length }) => Some(length),
        _ => numbered,
    };
    let Some(length) = written else {
        let message = "a table has a title line above it: `Table: CAPTION [@source] {annotations} ^id`";
        let at = TextRange::at(line.range.start);
        reader
            .cursor
            .diagnostics
            .push(Diagnostic::error(code::INVALID_TABLE, line.range, message).with_fix(at, "Table: \n"));
        return Parts { range: at, ..Parts::default() };
    };
    let content = reader.content_range(&line);
    reader.advance();
    let range = TextRange::new(content.start + length, content.end);
    let title = read_line(reader.text, range, TextForm::Plain, reader.cursor);
    reader.skip_blank_before(Marker::TableRow);
    title
}

/// Reports the number of a caption.
fn report_number(reader: &mut LineReader<'_, '_, '_>, line: &Line<'_>, length: usize) {
    let start = line.range.start + line.lead();
    let range = TextRange::new(start, start + length);
    let message = "the title line of a table is `Table: CAPTION [@source] {annotations} ^id`, without a number, and its rows are \
                   lines such as `| Year | Ships |` below it";
    reader
        .cursor
        .diagnostics
        .push(Diagnostic::error(code::INVALID_TABLE, range, message).with_fix(range, "Table:"));
}

/// Returns whether the last cell of a header row is the unescaped heading of the markings.
fn has_marking_column(row: &str) -> bool {
    let row = row.trim_end_matches(is_gap);
    let row = row.strip_suffix('|').unwrap_or(row).trim_end_matches(is_gap);
    let before = row.strip_suffix(MARKING_COLUMN).map(|row| row.trim_end_matches(is_gap));
    before.is_some_and(|row| row.ends_with('|'))
}

/// Returns whether a cell of the second line consists of hyphens, with colons at the ends.
fn is_delimiter(cell: &str) -> bool {
    let hyphens = cell.trim_start_matches(':').trim_end_matches(':');
    !hyphens.is_empty() && hyphens.bytes().all(|byte| byte == b'-') && cell.len() <= hyphens.len() + 2
}

fn row(reader: &mut LineReader<'_, '_, '_>, range: TextRange) -> TableRow {
    if !reader.cursor.admits(range.end - range.start, range) {
        return TableRow { range, cells: Vec::new() };
    }
    let fragment = Fragment::line(reader.text, range);
    let text = fragment.text();
    let end = trimmed_end(text, 0, text.len());
    let mut cells = Vec::new();
    // The row starts with a bar.
    let mut start = 1;
    let mut at = 1;
    while at < end {
        let Some(found) = text[at..end].find(['|', '\\']) else { break };
        at += found;
        if text[at..].starts_with('\\') {
            at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8);
        } else {
            cells.push(cell(&fragment, (start, at), reader));
            at += 1;
            start = at;
        }
    }
    if start < end {
        cells.push(cell(&fragment, (start, end), reader));
    }
    reader.cursor.spend(cells.len(), range);
    TableRow { range, cells }
}

fn cell(
    fragment: &Fragment<'_>,
    (start, end): (usize, usize),
    reader: &mut LineReader<'_, '_, '_>,
) -> Spanned {
    let start = skip_gaps(&fragment.text()[..end], start);
    let end = trimmed_end(fragment.text(), start, end);
    refuse_controls(fragment, (start, end), reader.cursor);
    Spanned::new(plain(fragment, (start, end), reader.cursor), fragment.range(start, end))
}
