//! Tables of the author. Each column is as wide as its content; numbers are aligned at the end of their integer parts
//! and never broken; a table that is too wide is set in a narrower type, then in parts with the first column in each.

mod cell_text;
mod column_fit;
mod natural_widths;
mod numbers;

use chancery_proto::brief::v1::{ColumnType, Table};

use self::cell_text::{cell_text, row_marking};
use self::column_fit::{TablePart, fit};
use self::natural_widths::{NaturalWidth, measure};
use self::numbers::{decimal_sign, integer_end};
use crate::column_widths::COLUMN_GAP;
use crate::compose::caption_numbers::CaptionNumber;
use crate::compose::composer::Composer;
use crate::compose::figures::sketch::WIDTH;
use crate::compose::labels::filled;
use crate::compose::marked_names::marked_name;
use crate::compose::numerals;
use crate::compose::stylesheet::{NOTE, ROW_HEAD, TABLE, TABLE_HEAD};
use crate::compose::tables::TableMaker;
use crate::compose::text_origin::TextOrigin;
use crate::flow::{Cell, Column, ColumnWidth, Span, TextBlock};
use crate::tags::{Role, TagId};
use crate::text::inline::Inline;
use crate::text::paragraph_setup::Align;
use crate::units::Length;

/// Space above and below a row's text.
const PADDING: (Length, Length) = (Length::milli_pt(1_000), Length::milli_pt(1_300));

/// A table of the author with the widths of its cells and its type size.
struct MeasuredTable<'t> {
    table: &'t Table,
    natural: Vec<NaturalWidth>,
    size: Length,
}

impl Composer<'_> {
    /// Adds a table of the author.
    pub(crate) fn table(&mut self, sect: TagId, table: &Table) {
        if table.rows.is_empty() {
            return;
        }
        let natural = measure(table, WIDTH, self);
        let em = self.sheet.fit(TABLE).style.size;
        let needs: Vec<_> = natural.iter().map(|column| column.need(WIDTH, em)).collect();
        let fitted = fit(&needs, WIDTH, self.sheet.is_large());
        let measured = MeasuredTable { table, natural, size: fitted.size };
        let mut number = None;
        let mut parts = fitted.parts.iter().peekable();
        while let Some(part) = parts.next() {
            let maker = self.table_part(sect, &measured, part, number);
            number = number.or(maker.number);
            let note = parts.peek().is_none().then(|| self.table_source(sect, &table.source_id)).flatten();
            maker.finish_with(self, note);
        }
    }

    /// Makes a table of some of the columns, a further part if it has the number of the table.
    fn table_part(
        &mut self,
        sect: TagId,
        measured: &MeasuredTable,
        part: &TablePart,
        continues: Option<CaptionNumber>,
    ) -> TableMaker {
        let MeasuredTable { table, size, .. } = *measured;
        let head: Vec<&str> =
            part.columns.iter().map(|column| table.columns[*column].heading.as_str()).collect();
        let row_headers = table.row_headers && part.columns[0] == 0;
        let caption = if continues.is_none() { table.caption.as_str() } else { "" };
        let mut maker = TableMaker::begin(self, sect, caption, &head, row_headers, TextOrigin::Author);
        maker.continues = continues;
        maker.head_type = TABLE_HEAD.in_table_of(size);
        maker.block.leading = self.sheet.fit(maker.head_type).leading;
        maker.block.span = Span::Full;
        maker.block.padding = PADDING;
        maker.block.hyphenate = false;
        maker.block.divides_rows = true;
        maker.block.label_columns = usize::from(part.columns.len() > 1);
        maker.block.columns = self.columns(measured, part);
        for row in 0..table.rows.len() {
            maker.row_of_cells(self, Vec::new(), |composer, place, tag, cell| {
                *cell = composer.data_cell(measured, (row, part.columns[place]), tag);
            });
        }
        maker
    }

    /// Returns a part's columns: as wide as planned, with the numbers at the column's end.
    fn columns(&self, measured: &MeasuredTable, part: &TablePart) -> Vec<Column> {
        let last = part.columns.len() - 1;
        let column = |(place, (column, width)): (usize, (&usize, &Length))| {
            let is_number = measured.is_number(*column);
            let number = measured.natural[*column].number.in_size(measured.size);
            Column {
                align: if is_number { Align::End } else { Align::Start },
                width: ColumnWidth::Fixed(if place < last { *width + COLUMN_GAP } else { *width }),
                number_edge: if self.flow.right_to_left { number.left } else { *width - number.right },
            }
        };
        part.columns.iter().zip(&part.widths).enumerate().map(column).collect()
    }

    fn data_cell(&mut self, measured: &MeasuredTable, (place, column): (usize, usize), tag: TagId) -> Cell {
        let table = measured.table;
        let row = &table.rows[place];
        let is_label = column == 0 && table.row_headers;
        let kind = if is_label { ROW_HEAD } else { TABLE }.in_table_of(measured.size);
        let text_context = self.text_context(tag, kind);
        let mut inline = Inline::default();
        if row.withheld.is_some() {
            if column == 0 {
                self.withheld(&mut inline, text_context);
            }
            return Cell::of(inline, self.sheet.fit(kind).leading);
        }
        if column == 0 && !row_marking(row, self).is_empty() {
            self.portion_word(&mut inline, text_context, &row.marking);
        }
        let start = inline.text.len();
        let text = cell_text(table, row, column, self);
        self.push_text(&mut inline, text_context, &text);
        let is_aligned = measured.is_number(column) && measured.natural[column].is_aligned(place);
        let decimal = decimal_sign(&self.content.language);
        let number = is_aligned.then(|| integer_end(&inline.text[start..], decimal)).flatten();
        let mut cell = Cell::of(inline, self.sheet.fit(kind).leading);
        cell.paragraphs[0].aligned_at = number.map(|at| start + at);
        cell
    }

    fn table_source(&mut self, sect: TagId, source_id: &str) -> Option<TextBlock> {
        let number = self.numbers.get(source_id).copied()?;
        let mut block = self.block(NOTE);
        let node = self.tag(sect, Role::P);
        let text_context = self.text_context(node, NOTE);
        self.push_label(&mut block.inline, text_context, self.labels().source_of);
        self.push_text(&mut block.inline, text_context, " ");
        let source = self.content.sources.iter().find(|source| source.id == source_id);
        if let Some(source) = source.filter(|source| !source.short_title.is_empty()) {
            let name =
                marked_name(&source.short_title, &source.marking, &self.content.default_marking).into_owned();
            self.push_text(&mut block.inline, text_context, &format!("{name}, "));
        }
        let text = numerals::number(number, self.lexicon.locale());
        let contents = filled(self.labels().source_number, &[&text]);
        self.cited(&mut block.inline, number, &mut None);
        self.link(&mut block.inline, text_context, source_id, &text, &contents);
        Some(block)
    }
}

impl MeasuredTable<'_> {
    fn is_number(&self, column: usize) -> bool {
        self.table.columns[column].r#type == ColumnType::Number as i32
    }
}
