//! Strips: the units that a page break does not divide.

use std::rc::Rc;

use chancery_images::PreparedImage;

use crate::flow::Frame;
use crate::graphics::{Path, Rect, Segment};
use crate::layout::geometry::Slot;
use crate::pages::{GlyphRun, Owner};
use crate::tags::{AnchorId, TagId};
use crate::units::Length;

/// A line of text, a table row or the like. Positions are relative to its slot's left edge and its own top, y
/// downwards.
#[derive(Clone, Debug, Default)]
pub(crate) struct Strip {
    /// Height, including the space after it.
    pub(crate) height: Length,
    /// The part of the height that is space after it and may extend into the bottom margin.
    pub(crate) after: Length,
    /// Space before it, dropped at the top of a page.
    pub(crate) before: Length,
    /// Alignment of its top to half lines of the baseline grid.
    pub(crate) snap: Snap,
    /// Whether a page may end after it.
    pub(crate) may_break_after: bool,
    /// Whether figures that wait for room may be placed above it.
    pub(crate) floats_above: bool,
    /// Its marks.
    pub(crate) marks: Vec<StripMark>,
    /// Destinations at its top.
    pub(crate) anchors: Vec<AnchorId>,
    /// Table header to repeat above it when it begins a page.
    pub(crate) header: Option<Rc<Strip>>,
    /// The frame around it.
    pub(crate) frame: Option<Frame>,
}

/// Alignment to the baseline grid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Snap {
    /// None.
    #[default]
    No,
    /// The strip's top is on the grid.
    Top,
    /// The space before the strip begins on the grid, so that the strip ends on it.
    Before,
}

#[derive(Clone, Debug)]
pub(crate) struct StripMark {
    pub(crate) owner: Owner,
    pub(crate) slot: Slot,
    pub(crate) drawing: Drawing,
}

/// A drawing; positions as in [`Strip`].
#[derive(Clone, Debug)]
pub(crate) enum Drawing {
    Run(GlyphRun),
    /// Placeholder zeros of a page number.
    Deferred(GlyphRun, AnchorId),
    Path(Path),
    Image(PreparedImage, Rect),
    LinkArea(TagId, Rect),
}

impl Strip {
    /// Joins strips below each other into one.
    pub(crate) fn stacked(strips: impl IntoIterator<Item = Self>) -> Self {
        let mut stack = Self { may_break_after: true, ..Self::default() };
        for strip in strips {
            stack.height += strip.before;
            let top = stack.height;
            stack.marks.extend(strip.marks.into_iter().map(|mark| mark.lowered(top)));
            stack.anchors.extend(strip.anchors);
            stack.height += strip.height;
        }
        stack
    }
}

impl StripMark {
    /// Returns the mark moved down.
    pub(crate) fn lowered(mut self, down: Length) -> Self {
        match &mut self.drawing {
            Drawing::Run(run) | Drawing::Deferred(run, _) => run.y += down,
            Drawing::LinkArea(_, rect) | Drawing::Image(_, rect) => rect.y += down,
            Drawing::Path(path) => {
                for segment in &mut path.segments {
                    match segment {
                        Segment::Rect(rect) => rect.y += down,
                        Segment::Move(_, y) | Segment::Line(_, y) => *y += down,
                        Segment::Curve(points) => points.iter_mut().for_each(|(_, y)| *y += down),
                        Segment::Close => {}
                    }
                }
            }
        }
        self
    }
}
