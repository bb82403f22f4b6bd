//! Tables in other forms than that of a brief: rows with tabs between their cells, as spreadsheets and word processors paste
//! them, below a title line also rows with semicolons or commas, and numbered captions such as `Table 1: Transits`.

use crate::code;
use crate::diagnostics::Diagnostic;
use crate::range::{Spanned, TextRange};
use crate::syntax::line_reader::LineReader;
use crate::syntax::lines::Line;
use crate::syntax::markers::{Marker, numbered_caption};
use crate::syntax::parts::Parts;
use crate::syntax::tables::title;
use crate::syntax::tree::{Table, TableRow};

/// Returns whether a pasted table starts on a line: a row with tabs, or a title line that such a row follows.
pub(crate) fn starts_pasted_table(reader: &LineReader<'_, '_, '_>, line: &Line<'_>) -> bool {
    let next = reader.next_filled_line();
    if is_title(reader, line) {
        return next.is_some_and(|next| separator(reader, &next).is_some());
    }
    let is_row = |line: &Line<'_>| is_row(line.content(), '\t');
    // A single tab may be a slip.
    is_row(line) && (line.content().matches('\t').count() > 1 || next.is_some_and(|next| is_row(&next)))
}

/// Returns what separates the cells of a row below a title line: a tab, or a semicolon or comma if the line behind the row
/// has as many of them.
fn separator(reader: &LineReader<'_, '_, '_>, row: &Line<'_>) -> Option<char> {
    let content = row.content();
    let behind = reader.text[row.range.end..].trim_start_matches(['\r', '\n']);
    let behind = behind.lines().next().unwrap_or_default();
    let count = |text: &str, mark: char| text.matches(mark).count();
    ['\t', ';', ',']
        .into_iter()
        .filter(|mark| is_row(content, *mark))
        .find(|mark| *mark == '\t' || is_row(behind, *mark) && count(behind, *mark) == count(content, *mark))
}

/// Returns whether a line is a title line with a number, which rows with bars follow.
pub(crate) fn is_numbered_title(reader: &LineReader<'_, '_, '_>, line: &Line<'_>) -> bool {
    let is_row = |next: Line<'_>| reader.marker(&next) == Some(Marker::TableRow);
    numbered_caption(line.content()).is_some() && reader.next_filled_line().is_some_and(is_row)
}

/// Reads a pasted table, and reports how it is written.
pub(crate) fn read_pasted_table(reader: &mut LineReader<'_, '_, '_>) -> Table {
    let has_title = reader.peek().is_some_and(|line| is_title(reader, &line));
    let title = if has_title { Some(title(reader)) } else { None };
    while reader.peek().is_some_and(|line| line.is_blank()) {
        reader.advance();
    }
    let mark = reader.peek().and_then(|row| separator(reader, &row)).unwrap_or('\t');
    let mut rows: Vec<TableRow> = Vec::new();
    while let Some(line) = reader.peek().filter(|line| is_row(line.content(), mark))
        && !reader.cursor.is_exhausted()
    {
        let range = line.from(line.lead());
        reader.advance();
        if !reader.cursor.admits(range.end - range.start, range) {
            break;
        }
        let cells = cells(range, reader.text, mark);
        reader.cursor.spend(cells.len(), range);
        rows.push(TableRow { range, cells });
    }
    let ranges = rows.iter().map(|row| row.range);
    let range = ranges.reduce(TextRange::cover).unwrap_or_default();
    let columns = rows.first().map_or(0, |row| row.cells.len());
    // Cells would be lost, or parted inside of quotation marks.
    let is_regular =
        rows.iter().all(|row| row.cells.len() <= columns && !row.range.of(reader.text).contains('"'));
    for row in &mut rows {
        row.cells.resize(columns, Spanned::new("", TextRange::at(row.range.end)));
    }
    let written = |row: &TableRow| {
        let cells = row.cells.iter().map(|cell| cell.text.replace('|', "\\|"));
        format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
    };
    let mut lines: Vec<String> = rows.iter().map(written).collect();
    let message = format!(
        "rows of a table have bars between their cells, not {}: write `Table: CAPTION`, then the headings, such as `{}`, then \
         `|{}` and the rows",
        match mark {
            ';' => "semicolons",
            ',' => "commas",
            _ => "tabs",
        },
        lines.first().map_or("", String::as_str),
        "---|".repeat(columns)
    );
    if !lines.is_empty() {
        lines.insert(1, format!("|{}", "---|".repeat(columns)));
    }
    if title.is_none() {
        lines.insert(0, "Table: ".to_owned());
    }
    let error = if is_regular {
        Diagnostic::error(code::INVALID_TABLE, range, message).with_fix(range, lines.join("\n"))
    } else {
        let message = format!("{message}; some rows have more cells than the first one, or quoted cells");
        Diagnostic::error(code::INVALID_TABLE, range, message)
    };
    reader.cursor.diagnostics.push(error);
    let mut rows = rows.into_iter();
    let header = rows.next().map(|row| row.cells).unwrap_or_default();
    let delimiters = header.iter().map(|cell| Spanned::new("---", cell.range)).collect();
    let title = title.unwrap_or_else(|| Parts { range: TextRange::at(range.start), ..Parts::default() });
    Table { title, header, delimiters, rows: rows.collect(), has_markings: false }
}

fn is_title(reader: &LineReader<'_, '_, '_>, line: &Line<'_>) -> bool {
    matches!(reader.marker(line), Some(Marker::TableTitle { .. }))
        || numbered_caption(line.content()).is_some()
}

/// Returns whether a line consists of short cells with a mark between them.
fn is_row(line: &str, mark: char) -> bool {
    /// Most words of a cell.
    const MOST_WORDS: usize = 8;
    let line = line.trim_end();
    let is_cell = |cell: &str| {
        let cell = cell.trim();
        cell.split_whitespace().count() <= MOST_WORDS && !cell.ends_with(['.', '!', '?', '}', ']'])
    };
    line.contains(mark) && line.split(mark).all(is_cell) && !line.starts_with(['|', '{', '^', '`', '>', '#'])
}

fn cells(range: TextRange, text: &str, mark: char) -> Vec<Spanned> {
    let row = range.of(text).trim_end();
    let mut at = range.start;
    let cell = |written: &str| {
        let start = at + written.len() - written.trim_start().len();
        at += written.len() + 1;
        Spanned::new(written.trim(), TextRange::new(start, start + written.trim().len()))
    };
    row.split(mark).map(cell).collect()
}
