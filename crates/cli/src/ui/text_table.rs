//! Tables of briefs as plain text: cells wrap at a maximum width, numbers are aligned at their ends.

use chancery_proto::brief::v1::{ColumnType, Table, TableRow};
use unicode_width::UnicodeWidthStr;

/// Maximum width of a table, in columns of the terminal.
const TABLE_WIDTH: usize = 100;

/// Minimum width to which a column is narrowed.
const LEAST_WIDTH: usize = 8;

const GAP: &str = "  ";

/// Formats a table below its caption, with a line under the headings.
pub fn text(table: &Table) -> String {
    let headings: Vec<String> = table.columns.iter().map(|column| column.heading.clone()).collect();
    let cells = |row: &TableRow| row.cells.iter().map(|cell| cell.text.clone()).collect();
    let rows: Vec<Vec<String>> = table.rows.iter().map(cells).collect();
    let widths = widths(&headings, &rows);
    let is_number: Vec<bool> =
        table.columns.iter().map(|column| column.r#type() == ColumnType::Number).collect();
    let mut text = format!("{}\n", table.caption);
    push_row(&headings, &widths, &is_number, &mut text);
    let lines: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    text.push_str(&lines.join(GAP));
    text.push('\n');
    for (row, cells) in table.rows.iter().zip(&rows) {
        match &row.withheld {
            Some(_) => text.push_str("[withheld]\n"),
            None => push_row(cells, &widths, &is_number, &mut text),
        }
    }
    text
}

/// Returns the widths of the columns: those of the widest cells, narrowed from the widest on until the table fits.
fn widths(headings: &[String], rows: &[Vec<String>]) -> Vec<usize> {
    let columns = headings.len();
    let widest = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).chain(headings.get(column));
        cells.map(|cell| cell.width()).max().unwrap_or_default().max(1)
    };
    let mut widths: Vec<usize> = (0..columns).map(widest).collect();
    let available = TABLE_WIDTH.saturating_sub(GAP.len() * columns.saturating_sub(1));
    while widths.iter().sum::<usize>() > available {
        let Some(widest) = widths.iter_mut().max().filter(|widest| **widest > LEAST_WIDTH) else { break };
        *widest -= 1;
    }
    widths
}

fn push_row(row: &[String], widths: &[usize], is_number: &[bool], text: &mut String) {
    let cells: Vec<Vec<String>> = row.iter().zip(widths).map(|(cell, width)| wrapped(cell, *width)).collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or_default();
    for line in 0..height {
        let parts = cells.iter().zip(widths).enumerate().map(|(column, (lines, width))| {
            let part = lines.get(line).map_or("", String::as_str);
            let space = " ".repeat(width.saturating_sub(part.width()));
            let is_right = is_number.get(column).copied().unwrap_or_default();
            if is_right { format!("{space}{part}") } else { format!("{part}{space}") }
        });
        text.push_str(parts.collect::<Vec<_>>().join(GAP).trim_end());
        text.push('\n');
    }
}

/// Breaks a cell between words; a longer word overflows.
fn wrapped(cell: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in cell.split_whitespace() {
        let line = lines.last_mut().expect("there is at least one line");
        if line.is_empty() {
            line.push_str(word);
        } else if line.width() + 1 + word.width() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::{ColumnType, Table, TableCell, TableColumn, TableRow, Withheld};

    use super::text;

    fn row(cells: &[&str]) -> TableRow {
        let cell = |text: &&str| TableCell { text: (*text).to_owned() };
        TableRow { cells: cells.iter().map(cell).collect(), ..TableRow::default() }
    }

    #[test]
    fn columns_are_aligned_and_long_cells_wrap() {
        let column =
            |heading: &str, kind: ColumnType| TableColumn { heading: heading.into(), r#type: kind.into() };
        let long = "word ".repeat(30);
        let table = Table {
            caption: "Transits".into(),
            columns: vec![
                column("Year", ColumnType::Text),
                column("All", ColumnType::Number),
                column("Note", ColumnType::Text),
            ],
            rows: vec![
                row(&["2024", "7", "low"]),
                row(&["2025", "1,200", &long]),
                TableRow { withheld: Some(Withheld {}), ..TableRow::default() },
            ],
            ..Table::default()
        };
        let text = text(&table);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "Transits");
        assert_eq!(lines[1], "Year    All  Note");
        assert!(lines[2].starts_with("----  -----  ----"));
        assert_eq!(lines[3], "2024      7  low");
        assert!(lines[4].starts_with("2025  1,200  word word") && lines[5].starts_with("             word"));
        assert!(lines.iter().all(|line| line.len() <= 100));
        assert_eq!(lines.last(), Some(&"[withheld]"));
    }
}
