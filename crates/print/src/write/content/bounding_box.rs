//! Bounding boxes of figures, tables and artifacts, in thousandths of a point.

use crate::graphics::{Paint, Path, Rect, Segment};
use crate::pages::{GlyphRun, Item};
use crate::units::Length;
use crate::write::WriteError;
use crate::write::fonts::font_book::FontBook;
use crate::write::fonts::font_metrics::{FaceMetrics, rounded};

/// Lengths are clamped to this many units: 16 million points, far outside of any page.
const LIMIT: i64 = 1 << 40;

/// Converts a length to thousandths of a point.
pub(crate) fn milli(length: Length) -> i64 {
    Length::from_units(units(length)).to_milli_pt()
}

/// Returns a length's units, clamped so that no sum of a page's lengths overflows.
pub(crate) fn units(length: Length) -> i64 {
    length.units().clamp(-LIMIT, LIMIT)
}

/// A box in thousandths of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    left: i64,
    bottom: i64,
    right: i64,
    top: i64,
}

impl Bounds {
    /// Returns the box of an item, or `None` if it paints nothing.
    pub(crate) fn of_item(item: &Item, fonts: &mut FontBook) -> Result<Option<Self>, WriteError> {
        match item {
            Item::Run(run) => Ok(Some(Self::of_run(run, fonts.metrics(run.face)?))),
            Item::Path(path) => Ok(Self::of_path(path)),
            Item::Image { rect, .. } => Ok(Some(Self::of_rect(rect))),
            Item::Repeated(items) => {
                items.iter().try_fold(None, |all, item| Ok(Self::of_both(all, Self::of_item(item, fonts)?)))
            }
            Item::LinkArea { .. } => Ok(None),
        }
    }

    /// Returns the smallest box that contains the boxes there are.
    pub(crate) fn of_both(all: Option<Self>, one: Option<Self>) -> Option<Self> {
        match (all, one) {
            (Some(all), Some(one)) => Some(all.joined(one)),
            (all, one) => all.or(one),
        }
    }

    /// Returns the box of a rectangle.
    pub(crate) fn of_rect(rect: &Rect) -> Self {
        let (left, bottom) = (milli(rect.x), milli(rect.y));
        Self { left, bottom, right: left + milli(rect.width), top: bottom + milli(rect.height) }
    }

    /// Returns the box of a run: from the first origin to the last pen position, with the face's ascent and descent.
    pub(crate) fn of_run(run: &GlyphRun, metrics: &FaceMetrics) -> Self {
        let letterspace = units(run.letterspace);
        let width = run
            .glyphs
            .iter()
            .fold(0_i64, |sum, glyph| sum.saturating_add(units(glyph.advance)).saturating_add(letterspace));
        let width = milli(Length::from_units(width));
        let width = rounded(width.saturating_mul(i64::from(run.expansion)), 100_000);
        let (left, baseline, size) = (milli(run.x), milli(run.y), milli(run.size));
        Self {
            left: left.min(left + width),
            bottom: baseline + rounded(metrics.descent * size, 1000),
            right: left.max(left + width),
            top: baseline + rounded(metrics.ascent * size, 1000),
        }
    }

    /// Returns the box of a path, with its control points and half its line width.
    pub(crate) fn of_path(path: &Path) -> Option<Self> {
        let outline = path.segments.iter().filter_map(of_segment).reduce(Self::joined)?;
        let margin = match path.paint {
            Paint::Fill(_) => 0,
            Paint::Stroke { width, .. } => milli(width) / 2,
        };
        Some(Self {
            left: outline.left - margin,
            bottom: outline.bottom - margin,
            right: outline.right + margin,
            top: outline.top + margin,
        })
    }

    /// Returns the box of its corners: left, bottom, right, top.
    pub(crate) const fn of_corners([left, bottom, right, top]: [i64; 4]) -> Self {
        Self { left, bottom, right, top }
    }

    fn of_point(point: (Length, Length)) -> Self {
        let (x, y) = (milli(point.0), milli(point.1));
        Self { left: x, bottom: y, right: x, top: y }
    }

    /// Returns the smallest box that contains both.
    pub(crate) fn joined(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            bottom: self.bottom.min(other.bottom),
            right: self.right.max(other.right),
            top: self.top.max(other.top),
        }
    }

    /// Returns the lower edge.
    pub(crate) const fn bottom(self) -> i64 {
        self.bottom
    }

    /// Returns the lower left and upper right corners, rounded outwards to tenths of a point, which is finer than a
    /// pointer or a screen.
    pub(crate) fn outer_corners(self) -> [i64; 4] {
        let down = |edge: i64| edge.div_euclid(100) * 100;
        let up = |edge: i64| -down(-edge);
        [down(self.left), down(self.bottom), up(self.right), up(self.top)]
    }
}

fn of_segment(segment: &Segment) -> Option<Bounds> {
    match segment {
        Segment::Rect(rect) => Some(Bounds::of_rect(rect)),
        Segment::Move(x, y) | Segment::Line(x, y) => Some(Bounds::of_point((*x, *y))),
        Segment::Curve(points) => points.iter().map(|&point| Bounds::of_point(point)).reduce(Bounds::joined),
        Segment::Close => None,
    }
}
