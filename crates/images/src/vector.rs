//! Drawings of lines and curves: the printable form of SVG files.

use crate::{Color, FixedPt, PathSegment};

/// A drawing at its own size. Content outside of its size is clipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vector {
    /// Its width.
    pub width: FixedPt,
    /// Its height.
    pub height: FixedPt,
    /// The shapes in painting order.
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
    /// The stroke along it.
    pub outline: Option<Outline>,
}

/// A stroke along an outline (ISO 32000-1, 8.4.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// Its colour.
    pub color: Color,
    /// Its width.
    pub width: FixedPt,
    /// Its line cap.
    pub cap: Cap,
    /// Its line join.
    pub join: Join,
    /// The miter limit.
    pub miter: FixedPt,
    /// Alternating dashes and gaps; none for a solid line.
    pub dash: Vec<FixedPt>,
    /// The offset into the pattern at which the line begins.
    pub dash_offset: FixedPt,
}

/// Line caps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cap {
    /// Butt.
    Butt,
    /// Round.
    Round,
    /// Projecting square.
    Square,
}

/// Line joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// Miter.
    Miter,
    /// Round.
    Round,
    /// Bevel.
    Bevel,
}
