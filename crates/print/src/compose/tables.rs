//! Tables with structure elements: `THead` and `TBody`, `TH` with its scope, `TD`.

use crate::compose::text_origin::TextOrigin;
use chancery_proto::brief::v1::{ColumnType, Table};

use crate::compose::composer::Composer;
use crate::compose::labels::filled;
use crate::compose::stylesheet::{CAPTION, META, TABLE, TABLE_HEAD};
use crate::flow::{Block, Cell, Column, ColumnWidth, Grid, Row, Span, TableBlock, TextBlock};
use crate::tags::{AnchorId, Role, Scope, TagId};
use crate::text::inline::Inline;
use crate::text::paragraph_setup::Align;
use crate::units::Length;

/// Space above and below a row's text.
const PADDING: (Length, Length) = (Length::milli_pt(2_500), Length::milli_pt(2_800));

/// A fact's name and value.
pub(crate) type Fact = (&'static str, String);

/// Builds a table row by row. Its elements are created with the first row, because a table with a head must have a body
/// (ISO 14289-1, 7.5); a table without rows is omitted.
pub(crate) struct TableMaker {
    pub(crate) block: TableBlock,
    stage: TableStage,
    /// The number of columns whose cells are row headers, and the first of them.
    pub(crate) header_columns: usize,
    pub(crate) first_header: usize,
    /// Marking of the table, in its caption where the brief prints it.
    marking: String,
}

enum TableStage {
    /// No row was added, and no element was created.
    Pending(TableHeading),
    /// The body element for rows.
    Begun { body: TagId },
}

/// The table's content above the rows.
struct TableHeading {
    parent: TagId,
    caption: String,
    head: Vec<String>,
    origin: TextOrigin,
}

impl TableMaker {
    /// Begins a table with a caption, which may be empty, and header cells.
    pub(crate) fn begin(
        composer: &mut Composer,
        parent: TagId,
        caption: &str,
        head: &[&str],
        row_headers: bool,
        origin: TextOrigin,
    ) -> Self {
        let block = TableBlock {
            columns: vec![Column::default(); head.len()],
            leading: composer.sheet.fit(TABLE_HEAD).leading,
            padding: PADDING,
            before: Length::pt(6),
            after: Length::pt(8),
            hyphenate: true,
            right_to_left: composer.flow.right_to_left,
            ..TableBlock::default()
        };
        let head = head.iter().map(|heading| (*heading).to_owned()).collect();
        let plan = TableHeading { parent, caption: caption.to_owned(), head, origin };
        Self {
            block,
            stage: TableStage::Pending(plan),
            header_columns: usize::from(row_headers),
            first_header: 0,
            marking: composer.block_marking.clone(),
        }
    }

    /// Returns the body element, creating the table's elements before the first row.
    fn body(&mut self, composer: &mut Composer) -> TagId {
        let plan = match &mut self.stage {
            TableStage::Begun { body } => return *body,
            TableStage::Pending(plan) => TableHeading {
                parent: plan.parent,
                caption: std::mem::take(&mut plan.caption),
                head: std::mem::take(&mut plan.head),
                origin: plan.origin,
            },
        };
        let table = composer.tag(plan.parent, Role::Table);
        if !plan.caption.is_empty() {
            let mut caption = composer.caption(table, &plan.caption, &self.marking);
            caption.before = Length::pt(8);
            caption.after = Length::pt(2);
            caption.keep_with_next = true;
            caption.keep_together = true;
            caption.grid = Grid::Free;
            self.block.caption = Some(caption);
        }
        if plan.head.iter().any(|heading| !heading.is_empty()) {
            self.head(composer, table, &plan.head, plan.origin);
        }
        let body = composer.tag(table, Role::TBody);
        self.stage = TableStage::Begun { body };
        body
    }

    fn head(&mut self, composer: &mut Composer, table: TagId, head: &[String], origin: TextOrigin) {
        let thead = composer.tag(table, Role::THead);
        let row = composer.tag(thead, Role::Tr);
        for heading in head {
            let role = Role::Th { scope: Scope::Column, columns: 1 };
            let cell = match origin {
                TextOrigin::Printer => composer.label_tag(row, role),
                TextOrigin::Author => composer.tag(row, role),
            };
            let mut inline = Inline::default();
            let text_context = match origin {
                TextOrigin::Printer => composer.label_context(cell, TABLE_HEAD),
                TextOrigin::Author => composer.text_context(cell, TABLE_HEAD),
            };
            composer.push_text(&mut inline, text_context, heading);
            self.block.head.push(inline);
        }
    }

    /// Adds a row; `fill` composes the one paragraph of each cell under its element.
    pub(crate) fn row(
        &mut self,
        composer: &mut Composer,
        anchors: Vec<AnchorId>,
        mut fill: impl FnMut(&mut Composer, usize, TagId, &mut Inline),
    ) {
        let leading = composer.sheet.fit(TABLE).leading;
        self.row_of_cells(composer, anchors, |composer, column, tag, cell| {
            let mut inline = Inline::default();
            fill(composer, column, tag, &mut inline);
            *cell = Cell::of(inline, leading);
        });
    }

    /// Adds a row; `fill` composes each cell under its element.
    pub(crate) fn row_of_cells(
        &mut self,
        composer: &mut Composer,
        anchors: Vec<AnchorId>,
        mut fill: impl FnMut(&mut Composer, usize, TagId, &mut Cell),
    ) {
        let body = self.body(composer);
        let row = composer.tag(body, Role::Tr);
        let mut cells = Vec::with_capacity(self.block.columns.len());
        for column in 0..self.block.columns.len() {
            let headers = self.first_header..self.first_header + self.header_columns;
            let is_header = headers.contains(&column);
            let role = if is_header { Role::Th { scope: Scope::Row, columns: 1 } } else { Role::Td };
            let tag = composer.tag(row, role);
            let mut cell = Cell::default();
            fill(composer, column, tag, &mut cell);
            cells.push(cell);
        }
        self.block.rows.push(Row { cells, anchors, keep_with_next: false });
    }

    /// Adds a row with one header cell over the rows that follow.
    pub(crate) fn group(
        &mut self,
        composer: &mut Composer,
        fill: impl FnOnce(&mut Composer, TagId, &mut Cell),
    ) {
        let body = self.body(composer);
        let row = composer.tag(body, Role::Tr);
        let columns = u16::try_from(self.block.columns.len()).unwrap_or(u16::MAX);
        let tag = composer.tag(row, Role::Th { scope: Scope::Column, columns });
        let mut cell =
            Cell { further_columns: self.block.columns.len().saturating_sub(1), ..Cell::default() };
        fill(composer, tag, &mut cell);
        self.block.rows.push(Row { cells: vec![cell], anchors: Vec::new(), keep_with_next: true });
    }

    /// Fixes the widths of columns, each with the space after it; zero leaves a column to its content. Large print
    /// leaves all of them.
    pub(crate) fn widths(&mut self, composer: &Composer, widths: &[Length]) {
        if composer.sheet.is_large() {
            return;
        }
        for (column, width) in self.block.columns.iter_mut().zip(widths) {
            if *width > Length::ZERO {
                column.width = ColumnWidth::Fixed(*width);
            }
        }
    }

    /// Adds the table to the flow with a note below it that stays with it; adds nothing without rows.
    pub(crate) fn finish_with(mut self, composer: &mut Composer, note: Option<TextBlock>) {
        if self.block.rows.is_empty() {
            return;
        }
        if let Some(note) = note.filter(|note| !note.inline.is_empty()) {
            self.block.keep_with_next = true;
            self.block.after = Length::pt(2);
            self.finish(composer);
            composer.push(TextBlock { after: Length::pt(8), grid: Grid::Free, ..note });
        } else {
            self.finish(composer);
        }
    }

    pub(crate) fn finish(self, composer: &mut Composer) {
        if self.block.rows.is_empty() {
            return;
        }
        composer.flow.blocks.push(Block::Table(Box::new(self.block)));
    }
}

/// Makes a table of facts whose names are row headers.
pub(crate) fn facts_table(composer: &mut Composer, parent: TagId, facts: &[Fact]) -> TableBlock {
    let mut maker = TableMaker::begin(composer, parent, "", &["", ""], true, TextOrigin::Printer);
    for (name, value) in facts {
        maker.row(composer, Vec::new(), |composer, column, cell, inline| {
            let (kind, text) = if column == 0 { (META.strong(), *name) } else { (META, value.as_str()) };
            let text_context = composer.text_context(cell, kind);
            if column == 0 {
                composer.push_label(inline, text_context, text);
            } else {
                composer.push_text(inline, text_context, text);
            }
        });
    }
    maker.block.span = Span::Full;
    maker.block.before = Length::pt(10);
    maker.block
}

impl Composer<'_> {
    /// Returns a caption after its portion marking.
    pub(crate) fn caption(&mut self, parent: TagId, text: &str, marking: &str) -> TextBlock {
        let node = self.tag(parent, Role::Caption);
        let mut block = self.block(CAPTION);
        let text_context = self.text_context(node, CAPTION);
        self.mark_part(&mut block.inline, text_context, marking);
        self.push_text(&mut block.inline, text_context, text);
        block
    }

    /// Adds a table of the author.
    pub(crate) fn table(&mut self, sect: TagId, table: &Table) {
        if table.rows.is_empty() {
            return;
        }
        self.tables += 1;
        let caption = filled(self.labels().table, &[&self.tables.to_string(), &table.caption]);
        let head: Vec<&str> = table.columns.iter().map(|column| column.heading.as_str()).collect();
        let mut maker = TableMaker::begin(self, sect, &caption, &head, table.row_headers, TextOrigin::Author);
        for (made, column) in maker.block.columns.iter_mut().zip(&table.columns) {
            if column.r#type == ColumnType::Number as i32 {
                made.align = Align::End;
            }
        }
        if table.columns.len() > 4 {
            maker.block.span = Span::Full;
        }
        for row in &table.rows {
            maker.row(self, Vec::new(), |composer, column, cell, inline| {
                let kind = if column == 0 && table.row_headers { TABLE_HEAD } else { TABLE };
                let text_context = composer.text_context(cell, kind);
                if row.withheld.is_some() {
                    if column == 0 {
                        composer.withheld(inline, text_context);
                    }
                    return;
                }
                if column == 0 && !row.marking.is_empty() && row.marking != composer.block_marking {
                    composer.portion_word(inline, text_context, &row.marking);
                }
                let text = row.cells.get(column).map_or("", |cell| cell.text.as_str());
                let is_date =
                    table.columns.get(column).is_some_and(|of| of.r#type == ColumnType::Date as i32);
                if is_date && !text.is_empty() {
                    return composer.push_text(inline, text_context, &composer.lexicon.date(text));
                }
                composer.push_text(inline, text_context, text);
            });
        }
        let note = self.table_source(sect, &table.source_id);
        maker.finish_with(self, note);
    }

    fn table_source(&mut self, sect: TagId, source_id: &str) -> Option<TextBlock> {
        let number = self.numbers.get(source_id).copied()?;
        let mut block = self.block(META);
        let node = self.tag(sect, Role::P);
        let text_context = self.text_context(node, META);
        self.push_label(&mut block.inline, text_context, self.labels().source_of);
        self.push_text(&mut block.inline, text_context, " ");
        let source = self.content.sources.iter().find(|source| source.id == source_id);
        if let Some(name) = source.map(|source| source.short_title.as_str()).filter(|name| !name.is_empty()) {
            self.push_text(&mut block.inline, text_context, &format!("{name}, "));
        }
        let text = number.to_string();
        let contents = filled(self.labels().source_number, &[&text]);
        self.cited(&mut block.inline, number, &mut None);
        self.link(&mut block.inline, text_context, source_id, &text, &contents);
        Some(block)
    }
}
