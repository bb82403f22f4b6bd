//! Texts of a table's cells.

use std::borrow::Cow;

use chancery_proto::brief::v1::{ColumnType, Table, TableRow};

use crate::compose::composer::Composer;

/// Returns a cell's text: dates in words, others as the author wrote them.
pub(super) fn cell_text<'t>(
    table: &Table,
    row: &'t TableRow,
    column: usize,
    composer: &Composer,
) -> Cow<'t, str> {
    let text = row.cells.get(column).map_or("", |cell| cell.text.as_str());
    let is_date = table.columns.get(column).is_some_and(|of| of.r#type == ColumnType::Date as i32);
    if is_date && !text.is_empty() { composer.lexicon.date(text).into() } else { text.into() }
}

/// Returns the marking in front of a row that differs from its table's; empty for none.
pub(super) fn row_marking(row: &TableRow, composer: &Composer) -> String {
    if row.marking.is_empty() || row.marking == composer.block_marking {
        return String::new();
    }
    format!("({}) ", row.marking)
}
