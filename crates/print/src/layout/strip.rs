//! Strips: the units that a page break does not divide.

use std::rc::Rc;

use chancery_images::PreparedImage;

use crate::flow::Frame;
use crate::graphics::{Path, Rect, Segment};
use crate::layout::geometry::Slot;
use crate::pages::{ArtifactKind, GlyphRun, Owner};
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
    /// The section that it is in, as the paginator counts them; 0 until it is placed.
    pub(crate) section: u32,
    /// Whether it is part of a figure that the paginator placed.
    pub(crate) is_floated: bool,
    /// The smallest height to which the image that fills it may be scaled down.
    pub(crate) least_height: Option<Length>,
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
    /// Returns a strip as it is repeated: its text is an artifact, without links and destinations.
    pub(crate) fn into_artifact(mut self) -> Self {
        self.marks.retain(|mark| !matches!(mark.drawing, Drawing::LinkArea(..)));
        for mark in &mut self.marks {
            mark.owner = Owner::Artifact(ArtifactKind::Layout);
        }
        self.anchors.clear();
        self
    }

    /// Divides a strip at distances from its top. A mark on a division is in the part above it.
    pub(crate) fn divided(self, at: &[Length]) -> Vec<Self> {
        let mut parts = Vec::with_capacity(at.len() + 1);
        let mut top = Length::ZERO;
        for bottom in at.iter().copied().chain([self.height]) {
            parts.push((top, Self { height: bottom - top, may_break_after: true, ..Self::default() }));
            top = bottom;
        }
        for mark in self.marks {
            let index = at.partition_point(|division| *division < mark.middle());
            let (top, part) = &mut parts[index];
            part.marks.push(mark.lowered(-*top));
        }
        parts.into_iter().map(|(_, part)| part).collect()
    }

    /// Returns the marks between two distances from its top as an artifact.
    pub(crate) fn repeated(&self, (top, bottom): (Length, Length)) -> Self {
        let is_inside = |mark: &&StripMark| top < mark.middle() && mark.middle() <= bottom;
        let marks = self.marks.iter().filter(is_inside).map(|mark| mark.clone().lowered(-top)).collect();
        Self { height: bottom - top, marks, ..Self::default() }.into_artifact()
    }

    /// Scales the image that fills it down by a height.
    pub(crate) fn scale_down(&mut self, by: Length) {
        let whole = self.height - self.after;
        self.height -= by;
        for mark in &mut self.marks {
            if let Drawing::Image(_, rect) = &mut mark.drawing {
                *rect =
                    Rect { width: rect.width.portion(whole - by, whole), height: rect.height - by, ..*rect };
                mark.slot.width = rect.width;
            }
        }
    }

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
    /// Returns the distance of its middle from the strip's top; of a text, of its baseline.
    fn middle(&self) -> Length {
        let of_rect = |rect: &Rect| rect.y + rect.height / 2;
        match &self.drawing {
            Drawing::Run(run) | Drawing::Deferred(run, _) => run.y,
            Drawing::LinkArea(_, rect) | Drawing::Image(_, rect) => of_rect(rect),
            Drawing::Path(path) => {
                let ends = path.segments.iter().flat_map(|segment| match segment {
                    Segment::Rect(rect) => vec![rect.y, rect.y + rect.height],
                    Segment::Move(_, y) | Segment::Line(_, y) => vec![*y],
                    Segment::Curve(points) => points.iter().map(|(_, y)| *y).collect(),
                    Segment::Close => Vec::new(),
                });
                let (top, bottom) =
                    ends.fold((None, None), |(top, bottom): (Option<Length>, Option<Length>), y| {
                        (
                            Some(top.map_or(y, |top| top.min(y))),
                            Some(bottom.map_or(y, |bottom| bottom.max(y))),
                        )
                    });
                (top.unwrap_or_default() + bottom.unwrap_or_default()) / 2
            }
        }
    }

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
