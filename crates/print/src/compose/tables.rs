//! Tables with structure elements: `THead` and `TBody`, `TH` with its scope, `TD`.

use crate::compose::caption_numbers::CaptionNumber;
use crate::compose::composer::Composer;
use crate::compose::stylesheet::{META, TABLE, TABLE_HEAD, TypeSpec};
use crate::compose::text_origin::TextOrigin;
use crate::flow::{Block, Cell, CellParagraph, Column, ColumnWidth, Grid, Row, Span, TableBlock, TextBlock};
use crate::tags::{AnchorId, Role, Scope, TagId};
use crate::text::inline::Inline;
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
    /// Index of the row that names the group of the rows that follow.
    naming: Option<usize>,
    /// The type of the header cells.
    pub(crate) head_type: TypeSpec,
    /// The number in its caption, which is known with the first row.
    pub(crate) number: Option<CaptionNumber>,
    /// The number of the table of which it is a further part.
    pub(crate) continues: Option<CaptionNumber>,
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
            naming: None,
            head_type: TABLE_HEAD,
            number: None,
            continues: None,
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
        self.caption(composer, table, &plan.caption);
        if plan.head.iter().any(|heading| !heading.is_empty()) {
            self.head(composer, table, &plan.head, plan.origin);
        }
        let body = composer.tag(table, Role::TBody);
        self.stage = TableStage::Begun { body };
        body
    }

    /// Adds the caption, and the one for its continuation on further pages.
    fn caption(&mut self, composer: &mut Composer, table: TagId, title: &str) {
        let caption = match (self.continues, title) {
            (Some(number), _) => composer.continued_caption(table, number),
            (None, "") if !composer.caption_numbers.is_open() => return,
            (None, title) => {
                self.number = composer.caption_numbers.next();
                composer.caption(table, self.number, title, &self.marking)
            }
        };
        self.block.caption = Some(TextBlock {
            before: Length::pt(8),
            after: Length::pt(2),
            keep_with_next: true,
            keep_together: true,
            grid: Grid::Free,
            span: Span::Full,
            ..caption
        });
        let number = self.number.or(self.continues);
        self.block.continuation = number.map(|number| composer.continuation_caption(number));
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
                TextOrigin::Printer => composer.label_context(cell, self.head_type),
                TextOrigin::Author => composer.text_context(cell, self.head_type),
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
        self.block.rows.push(Row { cells, anchors, named_by: self.naming, ..Row::default() });
    }

    /// Sets whether the last row has no rule below it.
    pub(crate) fn last_row_without_rule(&mut self, without_rule: bool) {
        if let Some(row) = self.block.rows.last_mut() {
            row.without_rule = without_rule;
        }
    }

    /// Makes the last row name the group of the rows that follow, with the next one on its page. The group ends where
    /// another one begins.
    pub(crate) fn name_group_by_last_row(&mut self) {
        self.naming = self.block.rows.len().checked_sub(1);
        if let Some(row) = self.block.rows.last_mut() {
            (row.keep_with_next, row.named_by) = (true, None);
        }
    }

    /// Ends the group of rows.
    pub(crate) fn end_group(&mut self) {
        self.naming = None;
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
        self.block.rows.push(Row { cells: vec![cell], without_rule: true, ..Row::default() });
        self.name_group_by_last_row();
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

    pub(crate) fn finish(mut self, composer: &mut Composer) {
        if self.block.rows.is_empty() {
            return;
        }
        if self.first_header == 0 {
            self.block.label_columns = self.block.label_columns.max(self.header_columns);
        }
        composer.flow.blocks.push(Block::Table(Box::new(self.block)));
    }
}

impl Composer<'_> {
    /// Adds a paragraph of the printer's words to a cell.
    pub(crate) fn cell_label(&mut self, tag: TagId, cell: &mut Cell, kind: TypeSpec, text: &str) {
        let mut inline = Inline::default();
        let text_context = self.text_context(tag, kind);
        self.push_label(&mut inline, text_context, text);
        self.cell_paragraph(cell, kind, inline);
    }

    /// Adds a paragraph to a cell unless it is empty. The space before it separates it in extraction.
    pub(crate) fn cell_paragraph(&mut self, cell: &mut Cell, kind: TypeSpec, inline: Inline) {
        if inline.is_empty() {
            return;
        }
        if let Some(above) = cell.paragraphs.last_mut() {
            above.inline.separate();
        }
        let leading = self.sheet.fit(kind).leading;
        cell.paragraphs.push(CellParagraph { inline, leading, ..CellParagraph::default() });
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
