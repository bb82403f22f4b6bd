//! Marks of events, and the legend that explains them. Each mark has a shape of its own; none depends on color.

use super::entries::Shape;
use crate::compose::figures::sketch::{Ruler, Sketch, SketchLabel, WIDTH};
use crate::compose::stylesheet::{FIGURE_SMALL, HAIRLINE_GRAY, INK, TINT};
use crate::graphics::{Color, Rect};
use crate::layout::HAIRLINE;
use crate::units::Length;

/// Radius of a dot, and half the height of a bar.
const HALF: Length = Length::milli_pt(2_700);
/// Half the height of a gray bar.
const GRAY_HALF: Length = Length::milli_pt(1_800);
/// The least width of a bar.
const NARROWEST: Length = Length::milli_pt(3_200);
/// Distance of an emphasized event's ring from its mark, and its line width.
const RING: Length = Length::milli_pt(1_600);
const RING_WIDTH: Length = Length::milli_pt(800);
/// Line width of an open dot.
const OUTLINE: Length = Length::milli_pt(1_200);
/// Length of the arrow of an interval that continues.
const ARROW: Length = Length::pt(5);
/// A bar that is on both axes, with a contrast of 3:1 on white and on the tint.
pub(super) const GRAY: Color = Color(0x80, 0x80, 0x80);
/// Half the width of a sample of the legend.
const REACH: Length = Length::pt(5);
const WHITE: Color = Color(0xff, 0xff, 0xff);

/// The mark of an event on an axis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub(super) kind: MarkKind,
    /// Start and end of a bar, or twice the position of a dot.
    pub(super) span: (Length, Length),
    /// Whether an arrow continues the bar at its start, and at its end.
    pub(super) continues: (bool, bool),
    pub(super) is_ringed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MarkKind {
    Dot,
    OpenDot,
    Bar,
    /// An interval that is on both axes.
    GrayBar,
}

impl From<Shape> for MarkKind {
    fn from(shape: Shape) -> Self {
        match shape {
            Shape::Day => Self::Dot,
            Shape::Imprecise => Self::OpenDot,
            Shape::Interval => Self::Bar,
        }
    }
}

impl Mark {
    /// Returns the start and end of the painted mark.
    pub(super) fn reach(&self) -> (Length, Length) {
        let (start, end) = self.bar();
        let ring = if self.is_ringed { RING + RING_WIDTH / 2 } else { Length::ZERO };
        (start - ring, end + ring)
    }

    /// Returns the painted ends. A bar that is too short to be visible is widened around its middle.
    fn bar(&self) -> (Length, Length) {
        let (start, end) = self.span;
        match self.kind {
            MarkKind::Dot | MarkKind::OpenDot => (start - HALF, end + HALF),
            MarkKind::Bar | MarkKind::GrayBar => {
                let lacking = (NARROWEST - (end - start)).max(Length::ZERO) / 2;
                (start - lacking, end + lacking)
            }
        }
    }

    /// Draws the mark around a height.
    pub(super) fn draw(&self, sketch: &mut Sketch, y: Length) {
        self.draw_around(sketch, y, None);
    }

    /// Draws the mark around a height, and a bar around a label on it, so that what is behind the label stays visible.
    pub(super) fn draw_around(&self, sketch: &mut Sketch, y: Length, label: Option<(Length, Length)>) {
        match self.kind {
            MarkKind::Dot => sketch.disc((self.span.0, y), HALF, INK),
            MarkKind::OpenDot => {
                sketch.disc((self.span.0, y), HALF, INK);
                sketch.disc((self.span.0, y), HALF - OUTLINE, WHITE);
            }
            MarkKind::Bar | MarkKind::GrayBar => {
                for part in self.parts(label) {
                    part.draw_bar(sketch, y);
                }
            }
        }
        if self.is_ringed {
            self.draw_ring(sketch, y);
        }
    }

    /// Returns the parts of a bar before and after a label on it.
    fn parts(&self, label: Option<(Length, Length)>) -> Vec<Self> {
        let Some((start, end)) = label else { return vec![*self] };
        let before = Self { span: (self.span.0, start), continues: (self.continues.0, false), ..*self };
        let after = Self { span: (end, self.span.1), continues: (false, self.continues.1), ..*self };
        [before, after].into_iter().filter(|part| part.span.0 < part.span.1).collect()
    }

    /// Draws a bar, with an arrowhead at each end at which the interval continues.
    fn draw_bar(&self, sketch: &mut Sketch, y: Length) {
        let (half, color) = if self.kind == MarkKind::GrayBar { (GRAY_HALF, GRAY) } else { (HALF, INK) };
        let (start, end) = self.bar();
        let head = |continues: bool| if continues { ARROW } else { Length::ZERO };
        let (left, right) = (start + head(self.continues.0), end - head(self.continues.1));
        if left < right {
            sketch.fill_rect(Rect { x: left, y: y - half, width: right - left, height: half * 2 }, color);
        }
        let wide = half * 3 / 2;
        for (continues, tip, back) in [(self.continues.0, start, left), (self.continues.1, end, right)] {
            if continues {
                sketch.fill(&[(back, y - wide), (tip, y), (back, y + wide)], color);
            }
        }
    }

    fn draw_ring(&self, sketch: &mut Sketch, y: Length) {
        if matches!(self.kind, MarkKind::Dot | MarkKind::OpenDot) {
            return sketch.ring((self.span.0, y), HALF + RING, RING_WIDTH);
        }
        let ((start, end), half) = (self.bar(), HALF + RING);
        let (x, width) = (start - RING, end - start + RING * 2);
        sketch.frame_rect(Rect { x, y: y - half, width, height: half * 2 }, INK, RING_WIDTH);
    }
}

/// An entry of the legend.
pub(super) enum Sample {
    Mark(MarkKind),
    /// A bar that continues.
    Arrow,
    /// An emphasized event.
    Ring,
    /// The span of the emphasized events.
    Shade,
}

impl Sample {
    /// Draws the sample around a position; returns how far it reaches from there.
    fn draw(&self, sketch: &mut Sketch, (x, y): (Length, Length)) {
        let mark = |kind: MarkKind, continues: bool, is_ringed: bool| {
            let half = if matches!(kind, MarkKind::Dot | MarkKind::OpenDot) { Length::ZERO } else { REACH };
            Mark { kind, span: (x - half, x + half), continues: (false, continues), is_ringed }
        };
        match self {
            Self::Mark(kind) => mark(*kind, false, false).draw(sketch, y),
            Self::Arrow => mark(MarkKind::Bar, true, false).draw(sketch, y),
            Self::Ring => mark(MarkKind::Dot, false, true).draw(sketch, y),
            Self::Shade => {
                let area = Rect { x: x - REACH, y: y - HALF, width: REACH * 2, height: HALF * 2 };
                sketch.fill_rect(area, TINT);
                sketch.frame_rect(area, HAIRLINE_GRAY, HAIRLINE);
            }
        }
    }
}

/// Draws the legend below `top`; returns its bottom.
pub(super) fn legend(
    sketch: &mut Sketch,
    samples: &[(Sample, String)],
    top: Length,
    ruler: &mut Ruler,
) -> Length {
    let (mut x, mut y) = (Length::ZERO, top);
    let text_offset = REACH * 2 + Length::pt(4);
    for (sample, text) in samples {
        let room = WIDTH - text_offset;
        let width = (ruler.width(text, FIGURE_SMALL) + Length::pt(1)).min(room);
        if x > Length::ZERO && x + text_offset + width > WIDTH {
            (x, y) = (Length::ZERO, y + FIGURE_SMALL.leading);
        }
        sample.draw(sketch, (x + REACH, y + FIGURE_SMALL.leading / 2));
        sketch.label(SketchLabel::new(text, FIGURE_SMALL, (x + text_offset, y), width).own());
        x += text_offset + width + Length::pt(9);
    }
    y + FIGURE_SMALL.leading
}
