//! Figures: a drawing with its caption and source, and where it may be divided.

use super::drawings::Drawing;
use super::text_blocks::{Grid, TextBlock};
use crate::text::inline::Inline;
use crate::units::Length;

/// A figure: a drawing under its caption.
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

impl FigureBlock {
    /// Returns its texts.
    pub(crate) fn inlines(&self) -> Vec<&Inline> {
        let caption = self.caption.iter().chain(&self.continuation).flat_map(TextBlock::inlines);
        let labels = self.drawing.labels.iter().map(|label| &label.inline);
        caption.chain(labels).chain(self.note.iter().flat_map(TextBlock::inlines)).collect()
    }
}

/// Where a drawing may be divided. No path or label extends over a division.
#[derive(Clone, Debug, Default)]
pub struct Divisions {
    /// Distances from its top, ascending.
    pub tops: Vec<Length>,
    /// Top and bottom of the scale that is repeated above each part below it.
    pub scale: (Length, Length),
}
