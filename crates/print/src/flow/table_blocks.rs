//! Tables: columns, rows and the paragraphs of cells.

use super::text_blocks::{Span, TextBlock};
use crate::tags::AnchorId;
use crate::text::inline::Inline;
use crate::text::paragraph_setup::Align;
use crate::units::Length;

/// A table.
#[expect(clippy::struct_excessive_bools, reason = "each is a property of its own, named where it is set")]
#[derive(Clone, Debug, Default)]
pub struct TableBlock {
    /// Its caption, above it.
    pub caption: Option<TextBlock>,
    /// Its columns.
    pub columns: Vec<Column>,
    /// The caption above its part on each further page, an artifact.
    pub continuation: Option<TextBlock>,
    /// The header row's cells, repeated on each page.
    pub head: Vec<Inline>,
    /// The body.
    pub rows: Vec<Row>,
    /// Distance between the baselines of the header.
    pub leading: Length,
    /// Space above and below a row's text.
    pub padding: (Length, Length),
    /// Space before it.
    pub before: Length,
    /// Space after it.
    pub after: Length,
    /// Columns that it spans.
    pub span: Span,
    /// No page break after it.
    pub keep_with_next: bool,
    /// Whether words may be hyphenated.
    pub hyphenate: bool,
    /// Number of leading columns whose cells name their row; they are repeated where a row continues on a page.
    pub label_columns: usize,
    /// Whether a row taller than a third of a page may continue on the next page.
    pub divides_rows: bool,
    /// Whether it reads from right to left.
    pub right_to_left: bool,
}

impl TableBlock {
    /// Returns its texts.
    pub(crate) fn inlines(&self) -> Vec<&Inline> {
        let caption = self.caption.iter().chain(&self.continuation).flat_map(TextBlock::inlines);
        let paragraphs = self.rows.iter().flat_map(|row| &row.cells).flat_map(|cell| &cell.paragraphs);
        caption.chain(&self.head).chain(paragraphs.map(|paragraph| &paragraph.inline)).collect()
    }

    /// Returns its texts.
    pub(crate) fn inlines_mut(&mut self) -> impl Iterator<Item = &mut Inline> {
        let captions = self.caption.iter_mut().chain(&mut self.continuation);
        let caption = captions.flat_map(TextBlock::inlines_mut);
        let cells = self.rows.iter_mut().flat_map(|row| &mut row.cells);
        let paragraphs = cells.flat_map(|cell| &mut cell.paragraphs).map(|paragraph| &mut paragraph.inline);
        caption.chain(&mut self.head).chain(paragraphs)
    }
}

/// A table's column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// Alignment of its cells.
    pub align: Align,
    /// How its width is determined.
    pub width: ColumnWidth,
    /// Distance from its left edge to the place at which its numbers are aligned.
    pub number_edge: Length,
}

/// How a column's width is determined. Columns by content share the room that the others leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColumnWidth {
    /// By its content.
    #[default]
    Content,
    /// Fixed, with the space after it.
    Fixed(Length),
}

/// A table row. Its cells span the table's columns.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Its cells.
    pub cells: Vec<Cell>,
    /// Destinations at its top.
    pub anchors: Vec<AnchorId>,
    /// No page break after it.
    pub keep_with_next: bool,
    /// No rule below it.
    pub without_rule: bool,
    /// Index of the row above it whose first cell names the group of both; the name is repeated where this row begins a
    /// page.
    pub named_by: Option<usize>,
}

/// A table cell: paragraphs below each other.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// Its paragraphs.
    pub paragraphs: Vec<CellParagraph>,
    /// Number of further columns that it spans.
    pub further_columns: usize,
}

impl Cell {
    /// Creates a cell of one paragraph.
    pub fn of(inline: Inline, leading: Length) -> Self {
        Self {
            paragraphs: vec![CellParagraph { inline, leading, ..CellParagraph::default() }],
            further_columns: 0,
        }
    }
}

/// A paragraph of a table cell.
#[derive(Clone, Debug, Default)]
pub struct CellParagraph {
    /// Its content.
    pub inline: Inline,
    /// Distance between baselines.
    pub leading: Length,
    /// Space before it.
    pub before: Length,
    /// Indent of all of its lines from the cell's start.
    pub indent: Length,
    /// The byte offset of the place at which a number is aligned. The text is set on one line then.
    pub aligned_at: Option<usize>,
    /// How far its first line begins before the others.
    pub outdent: Length,
}
