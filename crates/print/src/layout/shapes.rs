//! Small shapes: the box of a missing character, the bar of withheld text, rules and leaders.

use crate::graphics::{Color, Paint, Path, Rect, Segment};
use crate::units::Length;

/// Width of hairlines.
pub(crate) const HAIRLINE: Length = Length::milli_pt(400);

/// Returns a filled rectangle.
pub(crate) fn filled(rect: Rect, color: Color) -> Path {
    Path { segments: vec![Segment::Rect(rect)], paint: Paint::Fill(color) }
}

/// Returns the outline of a rectangle.
pub(crate) fn framed(rect: Rect, color: Color, width: Length) -> Path {
    Path { segments: vec![Segment::Rect(rect)], paint: Paint::Stroke { color, width, dash: None } }
}

/// Returns the box, on the baseline `y`, that replaces a character without a glyph.
pub(crate) fn missing(x: Length, y: Length, size: Length, color: Color) -> Path {
    let rect = Rect { x: x + size / 12, y: y - size * 2 / 3, width: size * 43 / 100, height: size * 2 / 3 };
    Path { segments: vec![Segment::Rect(rect)], paint: Paint::Stroke { color, width: size / 20, dash: None } }
}

/// Returns the hatched bar of withheld text on the baseline `y`. Its width does not depend on the text.
pub(crate) fn withheld(x: Length, y: Length, width: Length, size: Length, color: Color) -> Path {
    let height = size * 8 / 10;
    let (left, top) = (x + size / 10, y - size * 7 / 10);
    let width = width - size / 5;
    let mut segments = vec![Segment::Rect(Rect { x: left, y: top, width, height })];
    let step = size * 3 / 10;
    let mut offset = step - height;
    // Strokes at 45 degrees, clipped to the bar. `offset` is the intersection of a stroke with the lower edge.
    while offset < width {
        let (from, to) = (offset.max(Length::ZERO), (offset + height).min(width));
        let (rise_from, rise_to) = (from - offset, to - offset);
        segments.push(Segment::Move(left + from, top + height - rise_from));
        segments.push(Segment::Line(left + to, top + height - rise_to));
        offset += step;
    }
    Path { segments, paint: Paint::Stroke { color, width: HAIRLINE * 3 / 2, dash: None } }
}

/// Returns a horizontal rule.
pub(crate) fn rule(x: Length, y: Length, width: Length, color: Color, thickness: Length) -> Path {
    Path {
        segments: vec![Segment::Move(x, y), Segment::Line(x + width, y)],
        paint: Paint::Stroke { color, width: thickness, dash: None },
    }
}

/// Returns leader dots between two points of a baseline, aligned on all lines. They are one dashed stroke; a square per
/// dot would dominate the size of a contents page.
pub(crate) fn leaders(from: Length, to: Length, y: Length, color: Color) -> Option<Path> {
    let pitch = Length::pt(5);
    let dot = Length::milli_pt(800);
    let first = from.ceil_to(pitch);
    let room = (to - first - dot).units();
    if room <= 0 {
        return None;
    }
    let width = pitch * (room / pitch.units()) + dot;
    let middle = y - dot / 2;
    Some(Path {
        segments: vec![Segment::Move(first, middle), Segment::Line(first + width, middle)],
        paint: Paint::Stroke { color, width: dot, dash: Some((dot, pitch - dot)) },
    })
}
