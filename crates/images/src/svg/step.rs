//! Steps of outlines.

pub(super) const TOO_MANY: &str = "the drawing has more than 100,000 lines and curves";

pub(super) type Point = (f64, f64);

/// A step of an outline, in the drawing's own units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Step {
    Move(Point),
    Line(Point),
    Curve([Point; 3]),
    Close,
}
