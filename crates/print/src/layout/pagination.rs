//! Pagination: every page ends at its last allowed break that fits.

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
    /// Figures waiting for the top of the next page, in order.
    floats: VecDeque<Vec<Strip>>,
    /// Whether no text was placed since the page began.
    fresh: bool,
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
            fresh: true,
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

    /// Places a figure here, or at the top of the next page if it does not fit. Figures keep their order.
    pub(crate) fn float(&mut self, strips: Vec<Strip>) -> Result<(), LayoutError> {
        let height: Length = strips.iter().map(|strip| strip.before + strip.height).sum();
        let free = self.geometry.height - self.end.ceil_to(self.geometry.half_line());
        let after = strips.last().map_or(Length::ZERO, |last| last.after);
        let fits = self.open.is_empty() || height - after <= free;
        if fits && self.floats.is_empty() {
            return strips.into_iter().try_for_each(|strip| self.push(strip));
        }
        self.floats.push_back(strips);
        Ok(())
    }

    /// Places a strip, closing the page at its last allowed break first if the strip does not fit.
    pub(crate) fn push(&mut self, strip: Strip) -> Result<(), LayoutError> {
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
        self.close()?;
        self.place_floats()?;
        for (_, strip) in carried {
            self.push(strip)?;
        }
        self.push(strip)
    }

    /// Places the waiting figures on the new page.
    fn place_floats(&mut self) -> Result<(), LayoutError> {
        for strips in std::mem::take(&mut self.floats) {
            strips.into_iter().try_for_each(|strip| self.push(strip))?;
            self.fresh = true;
        }
        Ok(())
    }

    /// Commits everything placed so far to its page, so that the pages of its anchors are known.
    pub(crate) fn commit_open_page(&mut self) {
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

    /// Closes the open page unless it is empty, and places waiting figures.
    pub(crate) fn break_page(&mut self) -> Result<(), LayoutError> {
        if !self.floats.is_empty() {
            self.close()?;
            self.place_floats()?;
        }
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
        let (items, deferred) = self.items(strips);
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

    /// Returns one background per group of adjacent strips with the same frame.
    fn frames(&self, strips: &[(Length, Strip)]) -> Vec<Path> {
        let mut paths = Vec::new();
        for group in strips.chunk_by(|a, b| a.1.frame.is_some() && a.1.frame == b.1.frame) {
            let (Some(frame), Some((top, _)), Some((last, strip))) =
                (group[0].1.frame, group.first(), group.last())
            else {
                continue;
            };
            self.frame(frame, *top, *last + strip.height - strip.after, &mut paths);
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

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;
    use std::rc::Rc;

    use proptest::prelude::*;

    use super::{Anchors, Paginator, Snap, Strip};
    use crate::layout::LayoutError;
    use crate::layout::geometry::Geometry;
    use crate::options::Paper;
    use crate::tags::AnchorId;
    use crate::units::Length;

    fn paginate(strips: Vec<Strip>, geometry: &Geometry) -> Result<Anchors, LayoutError> {
        let mut keep_going = |_| ControlFlow::Continue(());
        let mut paginator = Paginator::new(geometry, 2_000, &mut keep_going);
        for strip in strips {
            paginator.push(strip)?;
        }
        paginator.end()?;
        Ok(paginator.into_anchors())
    }

    fn strip(index: usize, points: i64, may_break_after: bool) -> Strip {
        let anchors = vec![AnchorId(u32::try_from(index).unwrap())];
        Strip { height: Length::pt(points), may_break_after, anchors, ..Strip::default() }
    }

    /// Returns each strip's page and its top's distance from the columns' top.
    fn places(laid_out: &Anchors, geometry: &Geometry) -> Vec<(usize, Length)> {
        let top = geometry.size.1 - geometry.top;
        laid_out.values().map(|(page, y)| (*page, top - *y)).collect()
    }

    #[test]
    fn a_strip_kept_with_the_next_moves_to_the_next_page_with_it() {
        let geometry = Geometry::new(Paper::A4, false);
        let mut strips: Vec<Strip> = (0..49).map(|index| strip(index, 14, true)).collect();
        strips.push(strip(49, 14, false));
        strips.push(strip(50, 14, true));
        let laid_out = paginate(strips, &geometry).unwrap();
        let places = places(&laid_out, &geometry);
        assert_eq!(places[48].0, 0);
        assert_eq!(places[49], (1, Length::ZERO));
        assert_eq!(places[50], (1, Length::pt(14)));
    }

    #[test]
    fn a_table_header_is_repeated_on_a_new_page() {
        let geometry = Geometry::new(Paper::A4, false);
        let header = Some(Rc::new(Strip { height: Length::pt(17), ..Strip::default() }));
        let strips =
            (0..60).map(|index| Strip { header: header.clone(), ..strip(index, 14, true) }).collect();
        let laid_out = paginate(strips, &geometry).unwrap();
        let places = places(&laid_out, &geometry);
        let first_on_second = places.iter().find(|(page, _)| *page == 1).unwrap();
        assert_eq!(first_on_second.1, Length::pt(17));
    }

    #[test]
    fn a_figure_that_does_not_fit_moves_to_the_next_page_while_the_text_continues() {
        let geometry = Geometry::new(Paper::A4, false);
        let mut keep_going = |_| ControlFlow::Continue(());
        let mut paginator = Paginator::new(&geometry, 9, &mut keep_going);
        (0..40).for_each(|index| paginator.push(strip(index, 14, true)).unwrap());
        paginator.float(vec![strip(40, 20, false), strip(41, 200, true)]).unwrap();
        (42..60).for_each(|index| paginator.push(strip(index, 14, true)).unwrap());
        paginator.end().unwrap();
        let places = places(&paginator.into_anchors(), &geometry);
        assert_eq!(places[40], (1, Length::ZERO));
        assert_eq!(places[51], (0, Length::pt(49 * 14)), "the page is filled");
        assert_eq!(places[52], (1, Length::pt(220)));
    }

    #[test]
    fn a_table_continued_below_a_figure_repeats_its_header() {
        let geometry = Geometry::new(Paper::A4, false);
        let mut keep_going = |_| ControlFlow::Continue(());
        let mut paginator = Paginator::new(&geometry, 9, &mut keep_going);
        (0..40).for_each(|index| paginator.push(strip(index, 14, true)).unwrap());
        paginator.float(vec![strip(40, 200, true)]).unwrap();
        let header = Some(Rc::new(Strip { height: Length::pt(17), ..Strip::default() }));
        (41..60).for_each(|index| {
            paginator.push(Strip { header: header.clone(), ..strip(index, 14, true) }).unwrap();
        });
        paginator.end().unwrap();
        let places = places(&paginator.into_anchors(), &geometry);
        assert_eq!((places[50].0, places[51]), (0, (1, Length::pt(217))));
    }

    #[test]
    fn figures_waiting_at_the_end_get_a_page() {
        let geometry = Geometry::new(Paper::A4, false);
        let mut keep_going = |_| ControlFlow::Continue(());
        let mut paginator = Paginator::new(&geometry, 9, &mut keep_going);
        (0..45).for_each(|index| paginator.push(strip(index, 14, true)).unwrap());
        paginator.float(vec![strip(45, 400, true)]).unwrap();
        paginator.float(vec![strip(46, 400, true)]).unwrap();
        paginator.end().unwrap();
        assert_eq!(paginator.count(), 3);
        let places = places(&paginator.into_anchors(), &geometry);
        assert_eq!((places[45].0, places[46].0), (1, 2));
    }

    #[test]
    fn body_text_returns_to_the_grid_after_an_unaligned_block() {
        let geometry = Geometry::new(Paper::A4, false);
        let strips = vec![strip(0, 23, true), Strip { snap: Snap::Top, ..strip(1, 14, true) }];
        let laid_out = paginate(strips, &geometry).unwrap();
        assert_eq!(places(&laid_out, &geometry)[1].1, Length::pt(28));
    }

    proptest! {
        #[test]
        fn strips_keep_their_order_stay_on_the_page_and_break_only_where_allowed(
            parts in prop::collection::vec((1_i64..90, any::<bool>(), 0_i64..30), 1..160),
        ) {
            let geometry = Geometry::new(Paper::A4, false);
            let strips = parts.iter().enumerate().map(|(index, (height, may_break, before))| {
                Strip { before: Length::pt(*before), ..strip(index, *height, *may_break) }
            });
            let laid_out = paginate(strips.collect(), &geometry).unwrap();
            let places = places(&laid_out, &geometry);
            prop_assert_eq!(places.len(), parts.len());
            for (place, (height, ..)) in places.iter().zip(&parts) {
                prop_assert!(place.1 + Length::pt(*height) <= geometry.height);
            }
            let mut kept = Length::ZERO;
            for (pair, (height, may_break, before)) in places.windows(2).zip(&parts) {
                prop_assert!(pair[0] < pair[1]);
                // Height since the last allowed break.
                kept += Length::pt(*height + *before);
                let broken = pair[1].0 > pair[0].0;
                prop_assert!(!broken || *may_break || kept + Length::pt(120) > geometry.height);
                if *may_break || broken {
                    kept = Length::ZERO;
                }
            }
        }
    }
}
