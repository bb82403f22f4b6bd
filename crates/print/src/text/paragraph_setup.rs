//! Measure, alignment and direction of a paragraph.

use crate::units::Length;

/// Alignment of a paragraph's lines within the measure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// Flush on both sides, the last line at the start.
    Justified,
    /// At the start: left, or right in a right-to-left paragraph.
    #[default]
    Start,
    /// In the middle.
    Centered,
    /// At the end.
    End,
}

/// Parameters for setting a paragraph.
#[derive(Clone, Copy, Debug)]
pub struct ParagraphSetup {
    /// The measure.
    pub measure: Length,
    /// How far the first line is indented; negative if it begins before the others.
    pub indent: Length,
    /// Alignment of the lines.
    pub align: Align,
    /// Whether words may be hyphenated.
    pub hyphenate: bool,
    /// The paragraph's direction.
    pub right_to_left: bool,
}

impl ParagraphSetup {
    /// Returns the width of the narrowest line.
    pub(crate) fn narrowest(&self) -> Length {
        self.measure - self.indent.max(Length::ZERO)
    }

    /// Returns whether punctuation hangs into the margins: only in justified left-to-right text, where both edges are
    /// straight.
    pub(crate) fn hangs(&self) -> bool {
        self.align == Align::Justified && !self.right_to_left
    }
}
