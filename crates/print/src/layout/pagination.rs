//! Pagination: every page ends at its last allowed break that fits.

mod floats;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::ops::ControlFlow;

use crate::flow::Frame;
use crate::graphics::{Path, Rect, Segment};
use crate::layout::LayoutError;
use crate::layout::geometry::{Geometry, Slot};
use crate::layout::shapes::{filled, framed};
use crate::layout::strip::{Drawing, Snap, Strip, StripMark};
use crate::pages::{Anchors, ArtifactKind, GlyphRun, Item, Owner, PlacedItem};
use crate::tags::AnchorId;
use crate::units::Length;

/// Space between the edge of a frame and the lines at a page break inside it, in the page's margin.
const FRAME_PADDING: Length = Length::pt(6);

/// A finished page, with the page numbers that are still missing.
pub(crate) struct ClosedPage {
    /// Page number from 0.
    pub(crate) number: usize,
    pub(crate) items: Vec<PlacedItem>,
    /// Items that are page-number placeholders, with their anchors.
    pub(crate) deferred: Vec<(usize, AnchorId)>,
}

pub(crate) struct Paginator<'a> {
    geometry: &'a Geometry,
    max_pages: usize,
    observe: &'a mut dyn FnMut(usize) -> ControlFlow<()>,
    /// Number of closed pages.
    count: usize,
    /// Closed pages that were not taken yet.
    closed: Vec<ClosedPage>,
    anchors: Anchors,
    /// Strips of the open page with their tops.
    open: Vec<(Length, Strip)>,
    /// Bottom of the open page's last strip.
    end: Length,
    /// Figures waiting for room, in order.
    floats: VecDeque<Vec<Strip>>,
    /// Whether figures may be placed above the next strip.
    at_float_point: bool,
    /// Number of the section whose blocks are placed, from 1. A figure moves only within its section.
    section: u32,
    /// Whether no text was placed since the page began.
    fresh: bool,
    /// The frame at the end of the page before, and the one that continues after the page that is closed.
    frame_above: Option<Frame>,
    frame_below: Option<Frame>,
}

impl<'a> Paginator<'a> {
    pub(crate) fn new(
        geometry: &'a Geometry,
        max_pages: usize,
        observe: &'a mut dyn FnMut(usize) -> ControlFlow<()>,
    ) -> Self {
        Self {
            geometry,
            max_pages,
            observe,
            count: 0,
            closed: Vec::new(),
            anchors: Anchors::new(),
            open: Vec::new(),
            end: Length::ZERO,
            floats: VecDeque::new(),
            at_float_point: false,
            section: 1,
            fresh: true,
            frame_above: None,
            frame_below: None,
        }
    }

    /// Continues after earlier pages with their anchors.
    pub(crate) fn after(
        count: usize,
        anchors: Anchors,
        geometry: &'a Geometry,
        max_pages: usize,
        observe: &'a mut dyn FnMut(usize) -> ControlFlow<()>,
    ) -> Self {
        Self { count, anchors, ..Self::new(geometry, max_pages, observe) }
    }

    /// Places a strip, closing the page at its last allowed break first if the strip does not fit.
    pub(crate) fn push(&mut self, mut strip: Strip) -> Result<(), LayoutError> {
        strip.floats_above |= std::mem::take(&mut self.at_float_point);
        if strip.section == 0 {
            strip.section = self.section;
        }
        let top = self.top_of(&strip);
        let header =
            strip.header.as_ref().filter(|_| self.fresh).map_or(Length::ZERO, |header| header.height);
        if self.open.is_empty() || top + header + strip.height - strip.after <= self.geometry.height {
            self.put(top, strip);
            return Ok(());
        }
        let keep = self.open.iter().rposition(|(_, strip)| strip.may_break_after);
        // Without an allowed break the page ends here, because nothing may run off it.
        let kept = keep.map_or(self.open.len(), |last| last + 1);
        let carried = self.open.split_off(kept);
        self.frame_below = carried.first().map_or(&strip, |(_, first)| first).frame;
        self.close()?;
        if carried.first().map_or(&strip, |(_, first)| first).floats_above {
            self.place_fitting_floats()?;
        }
        for (_, strip) in carried {
            self.push(strip)?;
        }
        self.push(strip)
    }

    /// Commits everything placed so far to its page, so that the pages of its anchors are known.
    pub(crate) fn commit_open_page(&mut self) {
        // No figure moves them to another page.
        self.section += 1;
        if let Some((_, last)) = self.open.last_mut() {
            last.may_break_after = true;
        }
        for (top, strip) in &self.open {
            let (_, y) = self.geometry.place(Slot::default(), (Length::ZERO, *top));
            for anchor in &strip.anchors {
                self.anchors.entry(*anchor).or_insert((self.count, y));
            }
        }
    }

    /// Places waiting figures and closes the open page unless it is empty.
    pub(crate) fn break_page(&mut self) -> Result<(), LayoutError> {
        self.place_all_floats()?;
        if self.open.is_empty() { Ok(()) } else { self.close() }
    }

    /// Closes the open page unless more than two thirds of it are free.
    pub(crate) fn break_page_unless_fresh(&mut self) -> Result<(), LayoutError> {
        if self.end * 3 > self.geometry.height { self.break_page() } else { Ok(()) }
    }

    /// Closes the last page; there is at least one.
    pub(crate) fn end(&mut self) -> Result<(), LayoutError> {
        self.break_page()?;
        if self.count > 0 { Ok(()) } else { self.close() }
    }

    /// Takes the pages closed since the last call.
    pub(crate) fn take_closed(&mut self) -> Vec<ClosedPage> {
        std::mem::take(&mut self.closed)
    }

    /// Returns the number of closed pages.
    pub(crate) const fn count(&self) -> usize {
        self.count
    }

    /// Returns the anchors of closed pages. The first position of an anchor counts.
    pub(crate) const fn anchors(&self) -> &Anchors {
        &self.anchors
    }

    pub(crate) fn into_anchors(self) -> Anchors {
        self.anchors
    }

    fn top_of(&self, strip: &Strip) -> Length {
        if self.open.is_empty() {
            return Length::ZERO;
        }
        let grid = self.geometry.half_line();
        match strip.snap {
            Snap::No => self.end + strip.before,
            Snap::Top => (self.end + strip.before).ceil_to(grid),
            Snap::Before => self.end.ceil_to(grid) + strip.before,
        }
    }

    fn put(&mut self, top: Length, strip: Strip) {
        let mut top = top;
        if std::mem::take(&mut self.fresh)
            && let Some(header) = &strip.header
        {
            let header = Strip::clone(header);
            let height = header.height;
            self.open.push((top, header));
            top += height;
        }
        self.end = top + strip.height;
        self.open.push((top, strip));
    }

    fn close(&mut self) -> Result<(), LayoutError> {
        if self.count == self.max_pages {
            return Err(LayoutError::TooManyPages { limit: self.max_pages });
        }
        let strips = std::mem::take(&mut self.open);
        self.end = Length::ZERO;
        self.fresh = true;
        let number = self.count;
        self.count += 1;
        for (top, strip) in &strips {
            for anchor in &strip.anchors {
                let (_, y) = self.geometry.place(Slot::default(), (Length::ZERO, *top));
                self.anchors.entry(*anchor).or_insert((number, y));
            }
        }
        let last_frame = strips.last().and_then(|(_, strip)| strip.frame);
        let (items, deferred) = self.items(strips);
        (self.frame_above, self.frame_below) = (last_frame, None);
        self.closed.push(ClosedPage { number, items, deferred });
        match (self.observe)(number + 1) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(LayoutError::Cancelled),
        }
    }

    /// Returns a page's items: backgrounds, other artifacts, then tagged content in logical order.
    fn items(&self, strips: Vec<(Length, Strip)>) -> (Vec<PlacedItem>, Vec<(usize, AnchorId)>) {
        let mut placed: Vec<(u32, PlacedItem, Option<AnchorId>)> =
            self.frames(&strips).into_iter().map(|path| (0, layout_artifact(path), None)).collect();
        for (top, strip) in strips {
            for mark in strip.marks {
                placed.push(self.place(top, mark));
            }
        }
        placed.sort_by_key(|(seq, ..)| *seq);
        let mut deferred = Vec::new();
        let mut items = Vec::with_capacity(placed.len());
        for (index, (_, item, what)) in placed.into_iter().enumerate() {
            deferred.extend(what.map(|what| (index, what)));
            items.push(item);
        }
        (items, deferred)
    }

    fn place(&self, top: Length, mark: StripMark) -> (u32, PlacedItem, Option<AnchorId>) {
        let StripMark { owner, slot, drawing } = mark;
        let seq = match owner {
            Owner::Tagged { seq, .. } => seq,
            Owner::Artifact(_) => 0,
        };
        let (item, deferred) = match drawing {
            Drawing::Run(run) => (Item::Run(self.place_run(top, slot, run)), None),
            Drawing::Deferred(run, what) => (Item::Run(self.place_run(top, slot, run)), Some(what)),
            Drawing::Path(path) => (Item::Path(self.place_path(top, slot, path)), None),
            Drawing::Image(image, rect) => {
                (Item::Image { image, rect: self.place_rect(top, slot, rect) }, None)
            }
            Drawing::LinkArea(link, rect) => {
                (Item::LinkArea { link, rect: self.place_rect(top, slot, rect) }, None)
            }
        };
        (seq, PlacedItem { owner, item }, deferred)
    }

    fn place_run(&self, top: Length, slot: Slot, mut run: GlyphRun) -> GlyphRun {
        (run.x, run.y) = self.geometry.place(slot, (run.x, top + run.y));
        run
    }

    fn place_rect(&self, top: Length, slot: Slot, rect: Rect) -> Rect {
        let (x, y) = self.geometry.place(slot, (rect.x, top + rect.y + rect.height));
        Rect { x, y, ..rect }
    }

    fn place_path(&self, top: Length, slot: Slot, mut path: Path) -> Path {
        let at = |(x, y): (Length, Length)| self.geometry.place(slot, (x, top + y));
        for segment in &mut path.segments {
            *segment = match *segment {
                Segment::Rect(rect) => Segment::Rect(self.place_rect(top, slot, rect)),
                Segment::Move(x, y) => {
                    let (x, y) = at((x, y));
                    Segment::Move(x, y)
                }
                Segment::Line(x, y) => {
                    let (x, y) = at((x, y));
                    Segment::Line(x, y)
                }
                Segment::Curve(points) => Segment::Curve(points.map(at)),
                Segment::Close => Segment::Close,
            };
        }
        path
    }

    /// Returns one background per group of adjacent strips with the same frame. A frame that continues on another page
    /// has the padding there that it has at its ends.
    fn frames(&self, strips: &[(Length, Strip)]) -> Vec<Path> {
        let mut paths = Vec::new();
        let mut is_first = true;
        let groups = strips.chunk_by(|a, b| a.1.frame.is_some() && a.1.frame == b.1.frame);
        let mut groups = groups.peekable();
        while let Some(group) = groups.next() {
            let begins_page = std::mem::take(&mut is_first);
            let (Some(frame), Some((top, _)), Some((last, strip))) =
                (group[0].1.frame, group.first(), group.last())
            else {
                continue;
            };
            let padding = |continues: bool| if continues { FRAME_PADDING } else { Length::ZERO };
            let above = padding(begins_page && self.frame_above == Some(frame));
            let below = padding(groups.peek().is_none() && self.frame_below == Some(frame));
            self.frame(frame, *top - above, *last + strip.height - strip.after + below, &mut paths);
        }
        paths
    }

    fn frame(&self, frame: Frame, top: Length, bottom: Length, paths: &mut Vec<Path>) {
        let width = self.geometry.width(frame.span) - frame.inset;
        let height = bottom - top;
        if let Some(tint) = frame.tint {
            let slot = Slot { start: frame.inset, width };
            let rect = Rect { width, height, ..Rect::default() };
            paths.push(self.place_path(top, slot, filled(rect, tint)));
        }
        if let Some((color, thickness)) = frame.outline {
            let slot = Slot { start: frame.inset, width };
            let half = thickness / 2;
            let rect = Rect { x: half, y: half, width: width - thickness, height: height - thickness };
            paths.push(self.place_path(top, slot, framed(rect, color, thickness)));
        }
        if let Some((color, thickness)) = frame.rule {
            let slot = Slot { start: frame.inset, width: thickness };
            let rect = Rect { width: thickness, height, ..Rect::default() };
            paths.push(self.place_path(top, slot, filled(rect, color)));
        }
    }
}

fn layout_artifact(path: Path) -> PlacedItem {
    PlacedItem { owner: Owner::Artifact(ArtifactKind::Layout), item: Item::Path(path) }
}
