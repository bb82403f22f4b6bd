//! Blocks of text: paragraphs with notes beside them, the frames around them, and text in columns.

use super::drawings::Drawing;
use crate::graphics::Color;
use crate::tags::AnchorId;
use crate::text::inline::Inline;
use crate::text::paragraph_setup::Align;
use crate::units::Length;

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

impl TextBlock {
    /// Returns its texts.
    pub(crate) fn inlines(&self) -> Vec<&Inline> {
        let own = self.label.iter().chain([&self.inline]).chain(&self.tail);
        own.chain(self.side.iter().flat_map(SideNote::inlines)).collect()
    }

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

impl SideNote {
    fn inlines(&self) -> impl Iterator<Item = &Inline> {
        self.label.iter().chain([&self.text]).chain(&self.tail)
    }
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
