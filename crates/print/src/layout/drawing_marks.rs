//! The marks of a drawing's paths.

use crate::flow::Drawing as Content;
use crate::graphics::{Path, Rect, Segment};
use crate::layout::geometry::Slot;
use crate::layout::strip::{Drawing, StripMark};
use crate::units::Length;

/// Returns the marks of a drawing's paths, mirrored in right-to-left documents.
pub(crate) fn path_marks(
    drawing: &Content,
    slot: Slot,
    right_to_left: bool,
) -> impl Iterator<Item = StripMark> {
    drawing.paths.iter().map(move |path| {
        let path = if right_to_left { mirrored(path, drawing) } else { path.clone() };
        StripMark { owner: drawing.owner.clone(), slot, drawing: Drawing::Path(path) }
    })
}

/// Returns the mirrored path.
fn mirrored(path: &Path, drawing: &Content) -> Path {
    let at = |x: Length| drawing.width - x;
    let segments = path.segments.iter().map(|segment| match *segment {
        Segment::Rect(rect) => Segment::Rect(Rect { x: at(rect.x + rect.width), ..rect }),
        Segment::Move(x, y) => Segment::Move(at(x), y),
        Segment::Line(x, y) => Segment::Line(at(x), y),
        Segment::Curve(points) => Segment::Curve(points.map(|(x, y)| (at(x), y))),
        Segment::Close => Segment::Close,
    });
    Path { segments: segments.collect(), paint: path.paint }
}
