//! Output of `compose` and input of `layout`: styled blocks in reading order, and the tag tree that owns them.

use std::fmt;

use chancery_images::PreparedImage;

use crate::document_info::{DocumentInfo, OutlineEntry};
use crate::graphics::{Color, Path};
use crate::pages::Owner;
use crate::tags::{AnchorId, TagTree};
use crate::text::inline::Inline;
use crate::text::paragraph_setup::Align;
use crate::units::Length;

/// A composed brief.
#[derive(Debug, Default)]
pub struct Flow {
    /// Blocks in reading order.
    pub blocks: Vec<Block>,
    /// Index of the page break that ends the opening, whose page references may be to later pages; the first page break
    /// if it is unset.
    pub opening_end: Option<usize>,
    /// Structure elements that own the blocks' pieces.
    pub tags: TagTree,
    /// Destination names by [`AnchorId`]. An anchor with an empty name is not a destination; only its page number is
    /// used.
    pub anchor_names: Vec<String>,
    /// Lists of anchors whose page numbers are printed, by [`crate::text::inline::PageList`].
    pub page_lists: Vec<PageReference>,
    /// The outline, in document order.
    pub outline: Vec<OutlineEntry>,
    /// Document-level metadata.
    pub info: DocumentInfo,
    /// Groups of the one-page format in order; empty for other formats.
    pub groups: Vec<Group>,
    /// Running elements.
    pub running_elements: RunningElements,
    /// Whether the document's direction is right to left.
    pub right_to_left: bool,
    /// How page numbers are written.
    pub page_numbers: PageNumberStyle,
}

/// How page numbers are written in a language.
#[derive(Clone, Copy)]
pub struct PageNumberStyle {
    /// Converts ASCII digits to those of the language.
    pub digits: fn(&str) -> String,
    /// Separates numbers in a list.
    pub comma: &'static str,
}

impl Default for PageNumberStyle {
    fn default() -> Self {
        Self { digits: str::to_owned, comma: ", " }
    }
}

impl fmt::Debug for PageNumberStyle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageNumberStyle").field("comma", &self.comma).finish_non_exhaustive()
    }
}

/// A list of anchors whose page numbers are printed.
#[derive(Clone, Debug)]
pub struct PageReference {
    /// The anchors.
    pub anchors: Vec<AnchorId>,
    /// The text for one page, with `{0}` for its number.
    pub one: &'static str,
    /// The text for several pages, with `{0}` for their numbers.
    pub several: &'static str,
}

impl Flow {
    /// Returns every inline text except those of running elements.
    pub fn inlines(&self) -> impl Iterator<Item = &Inline> {
        self.blocks.iter().flat_map(|block| match block {
            Block::Text(text) => text.inlines(),
            Block::Table(table) => table.inlines(),
            Block::Figure(figure) => figure.inlines(),
            Block::Columns(of) => of.columns.iter().flatten().flat_map(TextBlock::inlines).collect(),
            Block::PageBreak
            | Block::PageBreakUnlessFresh
            | Block::CommitPages
            | Block::FloatPoint
            | Block::FloatBarrier => Vec::new(),
        })
    }
}

impl Block {
    /// Adds space before the block.
    pub(crate) fn lower(&mut self, by: Length) {
        match self {
            Self::Text(text) => text.before += by,
            Self::Table(table) => table.before += by,
            Self::Figure(figure) => figure.before += by,
            Self::Columns(_)
            | Self::PageBreak
            | Self::PageBreakUnlessFresh
            | Self::CommitPages
            | Self::FloatPoint
            | Self::FloatBarrier => {}
        }
    }
}

impl TextBlock {
    /// Returns its texts.
    pub(crate) fn inlines(&self) -> Vec<&Inline> {
        let own = self.label.iter().chain([&self.inline]).chain(&self.tail);
        own.chain(self.side.iter().flat_map(SideNote::inlines)).collect()
    }
}

impl TableBlock {
    /// Returns its texts.
    pub(crate) fn inlines(&self) -> Vec<&Inline> {
        let caption = self.caption.iter().chain(&self.continuation).flat_map(TextBlock::inlines);
        let paragraphs = self.rows.iter().flat_map(|row| &row.cells).flat_map(|cell| &cell.paragraphs);
        caption.chain(&self.head).chain(paragraphs.map(|paragraph| &paragraph.inline)).collect()
    }
}

impl TextBlock {
    /// Returns its texts.
    pub(crate) fn inlines_mut(&mut self) -> impl Iterator<Item = &mut Inline> {
        let own = self.label.iter_mut().chain([&mut self.inline]).chain(&mut self.tail);
        own.chain(
            self.side
                .iter_mut()
                .flat_map(|note| note.label.iter_mut().chain([&mut note.text]).chain(&mut note.tail)),
        )
    }
}

impl TableBlock {
    /// Returns its texts.
    pub(crate) fn inlines_mut(&mut self) -> impl Iterator<Item = &mut Inline> {
        let captions = self.caption.iter_mut().chain(&mut self.continuation);
        let caption = captions.flat_map(TextBlock::inlines_mut);
        let cells = self.rows.iter_mut().flat_map(|row| &mut row.cells);
        let paragraphs = cells.flat_map(|cell| &mut cell.paragraphs).map(|paragraph| &mut paragraph.inline);
        caption.chain(&mut self.head).chain(paragraphs)
    }
}

impl SideNote {
    fn inlines(&self) -> impl Iterator<Item = &Inline> {
        self.label.iter().chain([&self.text]).chain(&self.tail)
    }
}

impl FigureBlock {
    fn inlines(&self) -> Vec<&Inline> {
        let caption = self.caption.iter().chain(&self.continuation).flat_map(TextBlock::inlines);
        let labels = self.drawing.labels.iter().map(|label| &label.inline);
        caption.chain(labels).chain(self.note.iter().flat_map(TextBlock::inlines)).collect()
    }
}

/// Adjacent blocks of the one-page format that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// Name in error messages.
    pub name: &'static str,
    /// Index of its first block.
    pub first: usize,
}

/// Running elements of every page, all artifacts.
#[derive(Debug, Default)]
pub struct RunningElements {
    /// The marking at the top and bottom.
    pub marking: Inline,
    /// Where the marking is.
    pub marking_place: MarkingPlace,
    /// The organisation's line above the footer's facts; empty for none.
    pub imprint: Inline,
    /// The watermark behind every page's content; empty for none.
    pub watermark: Inline,
    /// The short title in the running head of all pages but the first.
    pub title: Inline,
    /// The names of the parts in the running head by their destinations, in order, each with its separator.
    pub sections: Vec<(AnchorId, Inline)>,
    /// The footer's facts.
    pub facts: Inline,
    /// The title before the facts on all pages but the first.
    pub footer_title: Inline,
    /// The page number's style, with placeholder digits at the reserved width.
    pub page_number: Inline,
    /// Template of the page number: `{0}` of `{1}`.
    pub number_words: &'static str,
    /// Distance between the footer's lines.
    pub leading: Length,
}

/// Separates the facts of a footer.
pub const FACT_SEPARATOR: &str = " \u{b7} ";

/// Where a marking is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MarkingPlace {
    /// As a label at the right, as TLP 2.0 requires.
    #[default]
    Right,
    /// As a line across the middle of the margins.
    Centered,
}

/// A piece of the flow.
#[derive(Clone, Debug)]
pub enum Block {
    /// A paragraph, heading, list item or the like.
    Text(Box<TextBlock>),
    /// A table.
    Table(Box<TableBlock>),
    /// A figure.
    Figure(Box<FigureBlock>),
    /// Blocks of text side by side.
    Columns(ColumnsBlock),
    /// A page break.
    PageBreak,
    /// A page break unless most of the page is free.
    PageBreakUnlessFresh,
    /// Commits everything before it to its page, so that later text may refer to those pages.
    CommitPages,
    /// A place between two blocks of the author, where a figure that waits for room may be placed.
    FloatPoint,
    /// The end of a section: figures that still wait for room are placed here.
    FloatBarrier,
}

/// Blocks of text in columns of equal width over the full width, on one page.
#[derive(Clone, Debug, Default)]
pub struct ColumnsBlock {
    /// The blocks of each column.
    pub columns: Vec<Vec<TextBlock>>,
    /// Space between columns.
    pub gap: Length,
    /// Space after it.
    pub after: Length,
    /// No page break after it.
    pub keep_with_next: bool,
}

/// Columns that a block spans.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Span {
    /// The main column.
    #[default]
    Main,
    /// The main and the side column.
    Full,
}

/// Alignment of a block to the baseline grid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grid {
    /// Body text: it begins on a line or half line of the grid.
    Body,
    /// Height and spacing are rounded up to half grid lines; the excess goes before the block.
    #[default]
    Rounded,
    /// Not aligned; the next body block returns to the grid.
    Free,
}

/// A paragraph of one style.
#[expect(clippy::struct_excessive_bools, reason = "each is a property of its own, named where it is set")]
#[derive(Clone, Debug, Default)]
pub struct TextBlock {
    /// Its content.
    pub inline: Inline,
    /// Distance between baselines.
    pub leading: Length,
    /// Space before it, dropped at the top of a page.
    pub before: Length,
    /// Space after it.
    pub after: Length,
    /// Space above and below its lines, inside its frame.
    pub padding: (Length, Length),
    /// Inset from the column's start and end.
    pub inset: (Length, Length),
    /// Indent of the first line.
    pub indent: Length,
    /// Alignment of the lines.
    pub align: Align,
    /// Whether words may be hyphenated.
    pub hyphenate: bool,
    /// Whether the text's own direction is right to left.
    pub right_to_left: bool,
    /// Label in the inset of the first line: a list item's bullet or number.
    pub label: Option<Inline>,
    /// Text at the end of the last line, after leaders: a contents entry's page number.
    pub tail: Option<Inline>,
    /// Notes in the side column, starting at the first line.
    pub side: Vec<SideNote>,
    /// Drawing in the side column, above the notes: a likelihood bar. It has no labels.
    pub beside: Option<Drawing>,
    /// Columns that it spans.
    pub span: Span,
    /// Alignment to the baseline grid.
    pub grid: Grid,
    /// No page break after it.
    pub keep_with_next: bool,
    /// No page break inside it unless it is taller than a third of a page.
    pub keep_together: bool,
    /// The surrounding frame; adjacent blocks with equal frames share it.
    pub frame: Option<Frame>,
    /// Destinations at its first line.
    pub anchors: Vec<AnchorId>,
}

/// A note in the side column.
#[derive(Clone, Debug, Default)]
pub struct SideNote {
    /// A number or sign at its start.
    pub label: Option<Inline>,
    /// Its text, after the label.
    pub text: Inline,
    /// A short text at the end of its first line.
    pub tail: Option<Inline>,
    /// Distance from the column's start to the text.
    pub indent: Length,
    /// Distance between baselines.
    pub leading: Length,
    /// Whether it is on one page with the next note, if it can be.
    pub keep_with_next: bool,
}

/// A background shared by adjacent blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Distinguishes adjacent frames.
    pub id: u32,
    /// The background.
    pub tint: Option<Color>,
    /// A rule along its start edge.
    pub rule: Option<(Color, Length)>,
    /// A line around it.
    pub outline: Option<(Color, Length)>,
    /// Distance from the column's start.
    pub inset: Length,
    /// Columns that it spans.
    pub span: Span,
}

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

impl Cell {
    /// Creates a cell of one paragraph.
    pub fn of(inline: Inline, leading: Length) -> Self {
        Self {
            paragraphs: vec![CellParagraph { inline, leading, ..CellParagraph::default() }],
            further_columns: 0,
        }
    }
}

/// A figure: an indivisible drawing under its caption.
#[derive(Clone, Debug)]
pub struct FigureBlock {
    /// Its caption, above it.
    pub caption: Option<TextBlock>,
    /// The drawing.
    pub drawing: Drawing,
    /// The source line below it.
    pub note: Option<TextBlock>,
    /// Set if it waits for a later page if it does not fit, while the text of its section continues on this page: the
    /// number of blocks below it that belong to it.
    pub floats_with: Option<usize>,
    /// The smallest height to which its image may be scaled down where it does not fit.
    pub least_height: Option<Length>,
    /// Where the drawing may be divided if it would leave much of a page blank.
    pub divisions: Divisions,
    /// The caption above its part on each further page, an artifact.
    pub continuation: Option<TextBlock>,
    /// Space before it.
    pub before: Length,
    /// Space after it.
    pub after: Length,
    /// Inset from the columns' start.
    pub inset: Length,
    /// Alignment to the baseline grid.
    pub grid: Grid,
    /// No page break after it.
    pub keep_with_next: bool,
    /// Whether it reads from right to left: all of it is mirrored then.
    pub right_to_left: bool,
}

/// Where a drawing may be divided. No path or label extends over a division.
#[derive(Clone, Debug, Default)]
pub struct Divisions {
    /// Distances from its top, ascending.
    pub tops: Vec<Length>,
    /// Top and bottom of the scale that is repeated above each part below it.
    pub scale: (Length, Length),
}

/// Paths and labels. Positions are relative to the drawing's start edge and top, y downwards.
#[derive(Clone, Debug)]
pub struct Drawing {
    /// Its width.
    pub width: Length,
    /// Its height.
    pub height: Length,
    /// The element that owns the paths.
    pub owner: Owner,
    /// An image that fills it.
    pub image: Option<PreparedImage>,
    /// Paths in painting order, over the image.
    pub paths: Vec<Path>,
    /// Labels in logical order, painted over the paths.
    pub labels: Vec<Label>,
}

/// A text of a drawing, broken into lines of its width.
#[derive(Clone, Debug)]
pub struct Label {
    /// Its content.
    pub inline: Inline,
    /// Distance between baselines.
    pub leading: Length,
    /// Its distance from the drawing's start edge.
    pub start: Length,
    /// Its top.
    pub top: Length,
    /// The measure of its lines.
    pub width: Length,
    /// Alignment of its lines.
    pub align: Align,
    /// Whether the text's own direction is right to left, wherever the drawing begins.
    pub right_to_left: bool,
}
