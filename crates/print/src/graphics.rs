//! Plain drawing types that every stage shares: colours, rectangles and painted paths.

use crate::units::Length;

/// An sRGB colour: red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Color(pub u8, pub u8, pub u8);

/// A rectangle by its lower left corner and its size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rect {
    /// Left edge.
    pub x: Length,
    /// Lower edge.
    pub y: Length,
    /// Width, not negative.
    pub width: Length,
    /// Height, not negative.
    pub height: Length,
}

/// A path in one colour.
#[derive(Clone, Debug)]
pub struct Path {
    /// Its segments.
    pub segments: Vec<Segment>,
    /// Filled or stroked.
    pub paint: Paint,
}

impl Path {
    /// Returns the path moved by a distance.
    #[must_use]
    pub(crate) fn moved(&self, x: Length, y: Length) -> Self {
        let at = |(left, top): (Length, Length)| (left + x, top + y);
        let segments = self.segments.iter().map(|segment| match *segment {
            Segment::Rect(rect) => Segment::Rect(Rect { x: rect.x + x, y: rect.y + y, ..rect }),
            Segment::Move(left, top) => Segment::Move(left + x, top + y),
            Segment::Line(left, top) => Segment::Line(left + x, top + y),
            Segment::Curve(points) => Segment::Curve(points.map(at)),
            Segment::Close => Segment::Close,
        });
        Self { segments: segments.collect(), paint: self.paint }
    }

    /// Returns the path mirrored in a drawing of a width.
    #[must_use]
    pub(crate) fn mirrored(&self, width: Length) -> Self {
        let at = |x: Length| width - x;
        let segments = self.segments.iter().map(|segment| match *segment {
            Segment::Rect(rect) => Segment::Rect(Rect { x: at(rect.x + rect.width), ..rect }),
            Segment::Move(x, y) => Segment::Move(at(x), y),
            Segment::Line(x, y) => Segment::Line(at(x), y),
            Segment::Curve(points) => Segment::Curve(points.map(|(x, y)| (at(x), y))),
            Segment::Close => Segment::Close,
        });
        Self { segments: segments.collect(), paint: self.paint }
    }
}

#[cfg(test)]
impl Path {
    /// Returns what is left of the path on a gray print: its shape, its line and its dashes.
    pub(crate) fn without_color(&self) -> String {
        let paint = match self.paint {
            Paint::Fill(_) => "filled".to_owned(),
            Paint::Stroke { width, dash, .. } => format!("{width:?} {dash:?}"),
        };
        format!("{:?} {paint}", self.segments)
    }
}

/// A path segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment {
    /// A whole rectangle.
    Rect(Rect),
    /// Begins a subpath.
    Move(Length, Length),
    /// A straight line.
    Line(Length, Length),
    /// A cubic curve: two control points and the end.
    Curve([(Length, Length); 3]),
    /// Closes the subpath.
    Close,
}

/// How a path is painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// Filled, non-zero winding.
    Fill(Color),
    /// Stroked with a line of this width.
    Stroke {
        /// The colour.
        color: Color,
        /// The line's width.
        width: Length,
        /// Dash and gap, or a solid line.
        dash: Option<(Length, Length)>,
    },
}

/// Returns a circle of four curves.
pub(crate) fn circle((x, y): (Length, Length), radius: Length) -> Vec<Segment> {
    // The control points of a quarter circle: 4/3 * (sqrt(2) - 1) of the radius from its ends.
    let reach = radius * 5_523 / 10_000;
    let curve = |a, b, c| Segment::Curve([a, b, c]);
    vec![
        Segment::Move(x + radius, y),
        curve((x + radius, y + reach), (x + reach, y + radius), (x, y + radius)),
        curve((x - reach, y + radius), (x - radius, y + reach), (x - radius, y)),
        curve((x - radius, y - reach), (x - reach, y - radius), (x, y - radius)),
        curve((x + reach, y - radius), (x + radius, y - reach), (x + radius, y)),
        Segment::Close,
    ]
}

/// Returns the lines between points, closed to a polygon if `closed`.
pub(crate) fn outline(points: &[(Length, Length)], closed: bool) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::with_capacity(points.len() + 1);
    for (x, y) in points {
        let first = segments.is_empty();
        segments.push(if first { Segment::Move(*x, *y) } else { Segment::Line(*x, *y) });
    }
    if closed {
        segments.push(Segment::Close);
    }
    segments
}
