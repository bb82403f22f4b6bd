//! Output of `compose` and input of `layout`: styled blocks in reading order, and the tag tree that owns them.

mod drawings;
mod figure_blocks;
mod page_elements;
mod table_blocks;
mod text_blocks;

use std::fmt;

pub use self::drawings::{Drawing, Label};
pub use self::figure_blocks::{Divisions, FigureBlock};
pub use self::page_elements::{FACT_SEPARATOR, MarkingPlace, RunningElements};
pub use self::table_blocks::{Cell, CellParagraph, Column, ColumnWidth, Row, TableBlock};
pub use self::text_blocks::{ColumnsBlock, Frame, Grid, SideNote, Span, TextBlock};
use crate::document_info::{DocumentInfo, OutlineEntry};
use crate::tags::{AnchorId, TagTree};
use crate::text::inline::Inline;
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

/// Adjacent blocks of the one-page format that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// Name in error messages.
    pub name: &'static str,
    /// Index of its first block.
    pub first: usize,
}
