//! Drawings of lines and curves: the printable form of SVG files.

use crate::{Color, FixedPt, PathSegment};

/// A drawing at its own size. Nothing outside of its size is painted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vector {
    /// Its width.
    pub width: FixedPt,
    /// Its height.
    pub height: FixedPt,
    /// Shapes in painting order.
    pub shapes: Vec<Shape>,
}

/// An outline with its paint: filled first, then stroked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The outline.
    pub segments: Vec<PathSegment>,
    /// The fill colour.
    pub fill: Option<Color>,
    /// Whether it is filled by the even-odd rule instead of the non-zero winding rule.
    pub even_odd: bool,
    /// The stroke.
    pub outline: Option<Outline>,
}

/// Stroke of an outline (ISO 32000-1, 8.4.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// Its colour.
    pub color: Color,
    /// Its width.
    pub width: FixedPt,
    /// Its line caps.
    pub cap: Cap,
    /// Its line joins.
    pub join: Join,
    /// Miter limit: the ratio of miter length to line width above which corners are bevelled, as a number of points.
    pub miter: FixedPt,
    /// Alternating dashes and gaps; empty for a solid line.
    pub dash: Vec<FixedPt>,
    /// Offset into the dash pattern.
    pub dash_offset: FixedPt,
}

/// Line caps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cap {
    /// Cut at the end.
    Butt,
    /// A half circle.
    Round,
    /// Half a square.
    Square,
}

/// Line joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// Pointed.
    Miter,
    /// Round.
    Round,
    /// Cut.
    Bevel,
}
