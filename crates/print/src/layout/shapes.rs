//! Small drawings: the box for a missing character, the bar for withheld text, rules and leaders.

use crate::graphics::{Color, Paint, Path, Rect, Segment};
use crate::units::Length;

/// The width of hairlines.
pub(crate) const HAIRLINE: Length = Length::milli_pt(400);

/// A filled rectangle.
pub(crate) fn filled(rect: Rect, color: Color) -> Path {
    Path { segments: vec![Segment::Rect(rect)], paint: Paint::Fill(color) }
}

/// A box on the baseline at `y` in place of a character that no face has.
pub(crate) fn missing(x: Length, y: Length, size: Length, color: Color) -> Path {
    let rect = Rect { x: x + size / 12, y: y - size * 2 / 3, width: size * 43 / 100, height: size * 2 / 3 };
    Path { segments: vec![Segment::Rect(rect)], paint: Paint::Stroke { color, width: size / 20, dash: None } }
}

/// A hatched bar on the baseline at `y`; it is as wide whatever it hides.
pub(crate) fn withheld(x: Length, y: Length, width: Length, size: Length, color: Color) -> Path {
    let height = size * 8 / 10;
    let (left, top) = (x + size / 10, y - size * 7 / 10);
    let width = width - size / 5;
    let mut segments = vec![Segment::Rect(Rect { x: left, y: top, width, height })];
    let step = size * 3 / 10;
    let mut offset = step - height;
    // Strokes at 45 degrees, each cut to the bar by hand: `offset` is where one meets the lower edge.
    while offset < width {
        let (from, to) = (offset.max(Length::ZERO), (offset + height).min(width));
        let (rise_from, rise_to) = (from - offset, to - offset);
        segments.push(Segment::Move(left + from, top + height - rise_from));
        segments.push(Segment::Line(left + to, top + height - rise_to));
        offset += step;
    }
    Path { segments, paint: Paint::Stroke { color, width: HAIRLINE * 3 / 2, dash: None } }
}

/// A horizontal rule.
pub(crate) fn rule(x: Length, y: Length, width: Length, color: Color, thickness: Length) -> Path {
    Path {
        segments: vec![Segment::Move(x, y), Segment::Line(x + width, y)],
        paint: Paint::Stroke { color, width: thickness, dash: None },
    }
}

/// Leaders: dots between two points of a baseline, standing at the same places on every line. They are one dashed
/// stroke: a square a dot would be the better part of a contents page.
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
