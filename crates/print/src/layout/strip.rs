//! Strips: what a page break cannot cut.

use std::rc::Rc;

use chancery_images::PreparedImage;

use crate::flow::Frame;
use crate::graphics::{Path, Rect, Segment};
use crate::layout::geometry::Slot;
use crate::pages::{GlyphRun, Owner};
use crate::tags::{AnchorId, TagId};
use crate::units::Length;

/// A line of text, a table's row or the like. Positions in it are from its slot's left edge to the right and
/// from its own top downwards.
#[derive(Clone, Debug, Default)]
pub(crate) struct Strip {
    /// Its height, space after it included.
    pub(crate) height: Length,
    /// The space after it within its height: it may hang into the bottom margin.
    pub(crate) after: Length,
    /// Space before it, dropped at the top of a page.
    pub(crate) before: Length,
    /// How its top stands to the grid.
    pub(crate) snap: Snap,
    /// Whether a page may end after it.
    pub(crate) may_break_after: bool,
    /// What is on it.
    pub(crate) marks: Vec<StripMark>,
    /// Destinations at its top.
    pub(crate) anchors: Vec<AnchorId>,
    /// What is repeated above it when it begins a page: a table's header.
    pub(crate) header: Option<Rc<Strip>>,
    /// The frame around it.
    pub(crate) frame: Option<Frame>,
}

/// How a strip's top stands to the grid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Snap {
    /// Anywhere.
    #[default]
    No,
    /// Its own top is on the grid.
    Top,
    /// The space before it begins on the grid, so that it ends there too.
    Before,
}

#[derive(Clone, Debug)]
pub(crate) struct StripMark {
    pub(crate) owner: Owner,
    pub(crate) slot: Slot,
    pub(crate) drawing: Drawing,
}

/// What is painted; positions as in [`Strip`].
#[derive(Clone, Debug)]
pub(crate) enum Drawing {
    Run(GlyphRun),
    /// Zeros that hold the room for a number.
    Deferred(GlyphRun, AnchorId),
    Path(Path),
    Image(PreparedImage, Rect),
    LinkArea(TagId, Rect),
}

impl StripMark {
    /// The mark further down.
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
