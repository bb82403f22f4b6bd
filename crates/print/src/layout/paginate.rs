//! Strips to pages: each page ends at its last allowed break that fits.

use std::ops::ControlFlow;

use crate::flow::Frame;
use crate::layout::LayoutError;
use crate::layout::drawing::filled;
use crate::layout::geometry::{Geometry, Slot};
use crate::layout::strip::{Drawing, Snap, Strip, StripMark};
use crate::pages::{Anchors, ArtifactKind, GlyphRun, Item, Owner, Path, Placed, Rect, Segment};
use crate::text::inline::Deferred;
use crate::units::Length;

/// A page's content with the numbers that are still to be filled in.
pub(crate) struct ClosedPage {
    /// From 0.
    pub(crate) number: usize,
    pub(crate) items: Vec<Placed>,
    /// By item: what its digits say.
    pub(crate) deferred: Vec<(usize, Deferred)>,
}

pub(crate) struct Paginator<'a> {
    geometry: &'a Geometry,
    max_pages: usize,
    observe: &'a mut dyn FnMut(usize) -> ControlFlow<()>,
    /// How many pages were closed.
    count: usize,
    /// Those that were not taken yet.
    closed: Vec<ClosedPage>,
    anchors: Anchors,
    /// The open page's strips with their tops.
    open: Vec<(Length, Strip)>,
    /// Where the open page's last strip ends.
    end: Length,
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
        }
    }

    /// Puts a strip on the open page, or closes the page at its last allowed break first.
    pub(crate) fn push(&mut self, strip: Strip) -> Result<(), LayoutError> {
        let top = self.top_of(&strip);
        if self.open.is_empty() || top + strip.height - strip.after <= self.geometry.height {
            self.put(top, strip);
            return Ok(());
        }
        let keep = self.open.iter().rposition(|(_, strip)| strip.may_break_after);
        // Without an allowed break the page ends here: nothing may run off it.
        let kept = keep.map_or(self.open.len(), |last| last + 1);
        let carried = self.open.split_off(kept);
        self.close()?;
        for (_, strip) in carried {
            self.push(strip)?;
        }
        self.push(strip)
    }

    /// Closes the open page if it has anything on it.
    pub(crate) fn break_page(&mut self) -> Result<(), LayoutError> {
        if self.open.is_empty() { Ok(()) } else { self.close() }
    }

    /// Closes the last page. There is one at least.
    pub(crate) fn end(&mut self) -> Result<(), LayoutError> {
        if self.open.is_empty() && self.count > 0 { Ok(()) } else { self.close() }
    }

    /// The pages that were closed since this was last asked.
    pub(crate) fn take_closed(&mut self) -> Vec<ClosedPage> {
        std::mem::take(&mut self.closed)
    }

    /// How many pages were closed.
    pub(crate) const fn count(&self) -> usize {
        self.count
    }

    /// Where the anchors of closed pages stand: later ones of a name do not count.
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
        let grid = self.geometry.grid;
        match strip.snap {
            Snap::No => self.end + strip.before,
            Snap::Top => (self.end + strip.before).ceil_to(grid),
            Snap::Before => self.end.ceil_to(grid) + strip.before,
        }
    }

    fn put(&mut self, top: Length, strip: Strip) {
        let mut top = top;
        if self.open.is_empty()
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

    /// A page's items: backgrounds, other artifacts, then tagged content in logical order.
    fn items(&self, strips: Vec<(Length, Strip)>) -> (Vec<Placed>, Vec<(usize, Deferred)>) {
        let mut placed: Vec<(u32, Placed, Option<Deferred>)> =
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

    fn place(&self, top: Length, mark: StripMark) -> (u32, Placed, Option<Deferred>) {
        let StripMark { owner, slot, drawing } = mark;
        let seq = match owner {
            Owner::Tagged { seq, .. } => seq,
            Owner::Artifact(_) => 0,
        };
        let (item, deferred) = match drawing {
            Drawing::Run(run) => (Item::Run(self.place_run(top, slot, run)), None),
            Drawing::Deferred(run, what) => (Item::Run(self.place_run(top, slot, run)), Some(what)),
            Drawing::Path(path) => (Item::Path(self.place_path(top, slot, path)), None),
            Drawing::LinkArea(link, rect) => {
                (Item::LinkArea { link, rect: self.place_rect(top, slot, rect) }, None)
            }
        };
        (seq, Placed { owner, item }, deferred)
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

    /// One background for neighbouring strips of the same frame.
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
        if let Some((color, thickness)) = frame.rule {
            let slot = Slot { start: frame.inset, width: thickness };
            let rect = Rect { width: thickness, height, ..Rect::default() };
            paths.push(self.place_path(top, slot, filled(rect, color)));
        }
    }
}

fn layout_artifact(path: Path) -> Placed {
    Placed { owner: Owner::Artifact(ArtifactKind::Layout), item: Item::Path(path) }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;
    use std::rc::Rc;

    use proptest::prelude::*;

    use super::{Anchors, Paginator, Snap, Strip};
    use crate::layout::LayoutError;
    use crate::layout::geometry::{Geometry, Paper};
    use crate::tags::AnchorId;
    use crate::units::Length;

    fn paginate(strips: Vec<Strip>, geometry: &Geometry) -> Result<Anchors, LayoutError> {
        let mut go_on = |_| ControlFlow::Continue(());
        let mut paginator = Paginator::new(geometry, 2_000, &mut go_on);
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

    /// Each strip's page and its top's distance from the columns' top.
    fn places(laid_out: &Anchors, geometry: &Geometry) -> Vec<(usize, Length)> {
        let top = geometry.size.1 - geometry.top;
        laid_out.values().map(|(page, y)| (*page, top - *y)).collect()
    }

    #[test]
    fn what_is_kept_with_the_next_moves_to_the_next_page_with_it() {
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
    fn a_tables_header_stands_above_its_rows_on_a_new_page() {
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
    fn body_text_returns_to_the_grid_after_what_left_it() {
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
                // What belongs together since the last allowed break.
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
