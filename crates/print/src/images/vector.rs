//! Drawings of lines and curves: what an SVG file comes to.

use crate::pages::{Color, Segment};
use crate::units::Length;

/// A drawing at its own size. Positions are from its top left corner, downwards; nothing outside of its size is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vector {
    /// Its width.
    pub width: Length,
    /// Its height.
    pub height: Length,
    /// In painting order.
    pub shapes: Vec<Shape>,
}

/// An outline with its paint: filled first, then stroked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The outline.
    pub segments: Vec<Segment>,
    /// What it is filled with.
    pub fill: Option<Color>,
    /// Whether it is filled by the even-odd rule, else by the non-zero rule.
    pub even_odd: bool,
    /// The line along it.
    pub outline: Option<Outline>,
}

/// A line along an outline (ISO 32000-1, 8.4.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// Its colour.
    pub color: Color,
    /// Its width.
    pub width: Length,
    /// Its ends.
    pub cap: Cap,
    /// Its corners.
    pub join: Join,
    /// From which ratio of a corner's length to the width on it is cut; a number of points stands for the number.
    pub miter: Length,
    /// Dashes and gaps by turns; none for a solid line.
    pub dash: Vec<Length>,
    /// Where in the pattern it begins.
    pub dash_offset: Length,
}

/// The ends of lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cap {
    /// Cut at the end.
    Butt,
    /// A half circle.
    Round,
    /// Half a square.
    Square,
}

/// The corners of lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// Pointed.
    Miter,
    /// Round.
    Round,
    /// Cut.
    Bevel,
}
