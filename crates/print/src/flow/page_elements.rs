//! Running elements: what every page repeats around its columns.

use crate::tags::AnchorId;
use crate::text::inline::Inline;
use crate::units::Length;

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
