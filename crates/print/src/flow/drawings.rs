//! Drawings: paths and positioned labels.

use chancery_images::PreparedImage;

use crate::graphics::Path;
use crate::pages::Owner;
use crate::text::inline::Inline;
use crate::text::paragraph_setup::Align;
use crate::units::Length;

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
