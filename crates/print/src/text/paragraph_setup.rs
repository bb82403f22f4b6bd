//! Measure, alignment and direction of a paragraph.

use crate::units::Length;

/// Where the lines of a paragraph stand in the measure.
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

/// How a paragraph is set.
#[derive(Clone, Copy, Debug)]
pub struct ParagraphSetup {
    /// The measure.
    pub measure: Length,
    /// How far the first line is indented.
    pub indent: Length,
    /// Where lines stand.
    pub align: Align,
    /// Whether words may be divided.
    pub hyphenate: bool,
    /// The paragraph's direction.
    pub right_to_left: bool,
}

impl ParagraphSetup {
    /// Whether punctuation hangs at the edges: where both are straight, in text that runs from left to right.
    pub(crate) fn hangs(&self) -> bool {
        self.align == Align::Justified && !self.right_to_left
    }
}
