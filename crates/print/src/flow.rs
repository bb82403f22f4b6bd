//! What `compose` hands to `layout`: blocks in reading order with their styles, and the tag tree that owns them.

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
    /// In reading order.
    pub blocks: Vec<Block>,
    /// The structure elements that own the blocks' pieces.
    pub tags: TagTree,
    /// Names of destinations, by [`AnchorId`]; an anchor without a name is none, and only its page counts.
    pub anchor_names: Vec<String>,
    /// Lists of anchors whose pages are named, by [`crate::text::inline::PageList`].
    pub page_lists: Vec<Vec<AnchorId>>,
    /// The outline, in document order.
    pub outline: Vec<OutlineEntry>,
    /// What the file says of itself.
    pub info: DocumentInfo,
    /// What one page is made of, in order; empty where there may be more pages.
    pub groups: Vec<Group>,
    /// What stands on every page.
    pub running_elements: RunningElements,
    /// Whether the document's direction is right to left.
    pub right_to_left: bool,
}

impl Flow {
    /// Every inline text of the flow, running_elements left out.
    pub fn inlines(&self) -> impl Iterator<Item = &Inline> {
        self.blocks.iter().flat_map(|block| match block {
            Block::Text(text) => text.inlines(),
            Block::Table(table) => table.inlines(),
            Block::Figure(figure) => figure.inlines(),
            Block::PageBreak | Block::CommitPages => Vec::new(),
        })
    }
}

impl Block {
    /// Moves what follows the block above down.
    pub(crate) fn lower(&mut self, by: Length) {
        match self {
            Self::Text(text) => text.before += by,
            Self::Table(table) => table.before += by,
            Self::Figure(figure) => figure.before += by,
            Self::PageBreak | Self::CommitPages => {}
        }
    }
}

impl TextBlock {
    fn inlines(&self) -> Vec<&Inline> {
        let own = self.label.iter().chain([&self.inline]).chain(&self.tail);
        own.chain(&self.side).collect()
    }
}

impl TableBlock {
    fn inlines(&self) -> Vec<&Inline> {
        let caption = self.caption.iter().flat_map(TextBlock::inlines);
        caption.chain(&self.head).chain(self.rows.iter().flat_map(|row| &row.cells)).collect()
    }
}

impl FigureBlock {
    fn inlines(&self) -> Vec<&Inline> {
        let caption = self.caption.iter().flat_map(TextBlock::inlines);
        let labels = self.drawing.labels.iter().map(|label| &label.inline);
        caption.chain(labels).chain(self.note.iter().flat_map(TextBlock::inlines)).collect()
    }
}

/// Blocks of one page that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// What an error calls it.
    pub name: &'static str,
    /// Its first block.
    pub first: usize,
}

/// What stands on every page; all of it is an artifact.
#[derive(Debug, Default)]
pub struct RunningElements {
    /// The marking, in the bands at top and bottom.
    pub marking: Inline,
    /// The organisation's line above the footer's facts; empty for none.
    pub imprint: Inline,
    /// What is painted large behind every page's content; empty for nothing.
    pub watermark: Inline,
    /// The footer's facts; the page number comes after them.
    pub footer: Inline,
}

/// A piece of the flow.
#[derive(Debug)]
pub enum Block {
    /// A paragraph, heading, list item or the like.
    Text(Box<TextBlock>),
    /// A table.
    Table(Box<TableBlock>),
    /// A figure.
    Figure(Box<FigureBlock>),
    /// What follows begins a page.
    PageBreak,
    /// What stands before it stays on the page that it is on: what follows may name those pages.
    CommitPages,
}

/// Which columns of the page a block takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Span {
    /// The main column.
    #[default]
    Main,
    /// Main and side column together.
    Full,
}

/// How a block stands to the grid of body lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grid {
    /// Body text: its lines stand on the grid.
    Body,
    /// Its height with its spacing is rounded up to whole grid lines; the rest goes before it.
    #[default]
    Rounded,
    /// It stands where it falls; the next body block returns to the grid.
    Free,
}

/// A paragraph of one style.
#[expect(clippy::struct_excessive_bools, reason = "each is a property of its own, named where it is set")]
#[derive(Clone, Debug, Default)]
pub struct TextBlock {
    /// Its content.
    pub inline: Inline,
    /// From baseline to baseline.
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
    /// Where lines stand.
    pub align: Align,
    /// Whether words may be divided.
    pub hyphenate: bool,
    /// Whether the text's own direction is right to left.
    pub right_to_left: bool,
    /// What stands in the inset at the first line: a list item's mark or number.
    pub label: Option<Inline>,
    /// What stands at the end of the last line, after leaders: a contents entry's page number.
    pub tail: Option<Inline>,
    /// Notes in the side column, from the first line down.
    pub side: Vec<Inline>,
    /// What is drawn in the side column, above the notes: a likelihood bar. It has no labels.
    pub beside: Option<Drawing>,
    /// The columns it takes.
    pub span: Span,
    /// How it stands to the grid.
    pub grid: Grid,
    /// No page break after it.
    pub keep_with_next: bool,
    /// No page break inside it.
    pub keep_together: bool,
    /// The frame that it stands in; neighbours with equal frames share one.
    pub frame: Option<Frame>,
    /// Destinations at its first line.
    pub anchors: Vec<AnchorId>,
}

/// A background that several blocks share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Tells neighbouring frames apart.
    pub id: u32,
    /// The background.
    pub tint: Option<Color>,
    /// A rule along its start edge.
    pub rule: Option<(Color, Length)>,
    /// Distance from the column's start.
    pub inset: Length,
    /// The columns it takes.
    pub span: Span,
}

/// A table.
#[derive(Debug, Default)]
pub struct TableBlock {
    /// Its caption, above it.
    pub caption: Option<TextBlock>,
    /// How each column's cells stand.
    pub columns: Vec<Align>,
    /// The header row's cells, repeated on each page.
    pub head: Vec<Inline>,
    /// The body.
    pub rows: Vec<Row>,
    /// From baseline to baseline.
    pub leading: Length,
    /// Space before and after it.
    pub before: Length,
    /// Space after it.
    pub after: Length,
    /// The columns of the page that it takes.
    pub span: Span,
    /// No page break after it.
    pub keep_with_next: bool,
    /// Whether words may be divided.
    pub hyphenate: bool,
    /// Whether it reads from right to left.
    pub right_to_left: bool,
}

/// A row of a table, one cell a column.
#[derive(Debug, Default)]
pub struct Row {
    /// Its cells.
    pub cells: Vec<Inline>,
    /// Destinations at its top.
    pub anchors: Vec<AnchorId>,
}

/// A figure: a drawing that is never divided, under its caption.
#[derive(Debug)]
pub struct FigureBlock {
    /// Its caption, above it.
    pub caption: Option<TextBlock>,
    /// What is drawn.
    pub drawing: Drawing,
    /// The line under it that says where its data is from.
    pub note: Option<TextBlock>,
    /// Whether it goes to the top of the next page when it does not fit, while the text goes on where it stood.
    pub floats: bool,
    /// Space before it.
    pub before: Length,
    /// Space after it.
    pub after: Length,
    /// Inset from the columns' start.
    pub inset: Length,
    /// How it stands to the grid.
    pub grid: Grid,
    /// No page break after it.
    pub keep_with_next: bool,
    /// Whether it reads from right to left: all of it is mirrored then.
    pub right_to_left: bool,
}

/// Paths with labels over them. Positions are from the drawing's start edge and from its top downwards.
#[derive(Clone, Debug)]
pub struct Drawing {
    /// Its width.
    pub width: Length,
    /// Its height.
    pub height: Length,
    /// The element that owns the paths.
    pub owner: Owner,
    /// A picture that fills it.
    pub image: Option<PreparedImage>,
    /// In painting order, over the picture.
    pub paths: Vec<Path>,
    /// In logical order, painted over the paths.
    pub labels: Vec<Label>,
}

/// A text at a place of a drawing; lines that are too long for its width are broken.
#[derive(Clone, Debug)]
pub struct Label {
    /// Its content.
    pub inline: Inline,
    /// From baseline to baseline.
    pub leading: Length,
    /// Its distance from the drawing's start edge.
    pub start: Length,
    /// Its top.
    pub top: Length,
    /// The measure of its lines.
    pub width: Length,
    /// Where its lines stand in the measure.
    pub align: Align,
    /// Whether the text's own direction is right to left, wherever the drawing begins.
    pub right_to_left: bool,
}
