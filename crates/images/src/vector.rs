//! Drawings of lines and curves: the printable form of SVG files.

use crate::{Color, FixedPt, PathSegment};

/// A drawing at its own size. Nothing outside of its size is painted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vector {
    /// Its width.
    pub width: FixedPt,
    /// Its height.
    pub height: FixedPt,
    /// In painting order.
    pub shapes: Vec<Shape>,
}

/// An outline with its paint: filled first, then stroked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The outline.
    pub segments: Vec<PathSegment>,
    /// The fill colour.
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
    pub width: FixedPt,
    /// Its ends.
    pub cap: Cap,
    /// Its corners.
    pub join: Join,
    /// The ratio of a corner's length to the line's width from which corners are cut, as a number of points.
    pub miter: FixedPt,
    /// Dashes and gaps in turn; none for a solid line.
    pub dash: Vec<FixedPt>,
    /// The offset into the pattern at which the line begins.
    pub dash_offset: FixedPt,
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
