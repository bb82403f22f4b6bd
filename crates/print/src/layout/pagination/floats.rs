//! Places of figures. A figure stays in its section, interrupts no block, and leaves no page blank if it can be avoided.

use super::Paginator;
use crate::layout::LayoutError;
use crate::layout::strip::Strip;
use crate::units::Length;

/// The part of a page that a figure may leave blank: an eighth.
const BLANK: i64 = 8;
/// The part of a page that a figure leaves blank before it is divided: a quarter.
const BLANK_BEFORE_DIVISION: i64 = 4;

impl Paginator<'_> {
    /// Places a figure here if it fits. Otherwise it waits, and the blocks after it fill the page: it is placed at the
    /// first float point with room for it, on the next page above the block that begins there, and before the section
    /// ends in any case. So it neither interrupts a block nor leaves its section, and figures keep their order.
    pub(crate) fn float(&mut self, strips: Vec<Strip>) -> Result<(), LayoutError> {
        self.floats.push_back(strips);
        self.place_fitting_floats()
    }

    /// Begins a block above which figures may be placed.
    pub(crate) fn float_point(&mut self) -> Result<(), LayoutError> {
        self.place_fitting_floats()?;
        self.at_float_point = true;
        Ok(())
    }

    /// Ends a section: places all waiting figures, on new pages as necessary.
    pub(crate) fn place_all_floats(&mut self) -> Result<(), LayoutError> {
        while let Some(strips) = self.floats.pop_front() {
            self.place_last(strips)?;
        }
        self.at_float_point = false;
        self.section += 1;
        Ok(())
    }

    /// Places the waiting figures for which the page has room. Those behind one that does not fit wait as well.
    pub(super) fn place_fitting_floats(&mut self) -> Result<(), LayoutError> {
        while let Some(strips) = self.floats.pop_front() {
            if !self.open.is_empty() && height(&strips) > self.free_below(self.end) {
                self.floats.push_front(strips);
                return Ok(());
            }
            self.place_float(strips)?;
        }
        Ok(())
    }

    /// Places a figure at the end of its section. If it does not fit and would leave much of the page blank, an image is
    /// scaled down. If it is still too high, or no image, it is placed above blocks of its section that begin on this
    /// page, or else divided.
    fn place_last(&mut self, mut strips: Vec<Strip>) -> Result<(), LayoutError> {
        let free = self.free_below(self.end);
        let excess = height(&strips) - free;
        if !self.open.is_empty() && excess > Length::ZERO && free * BLANK > self.geometry.height {
            if scale_down(&mut strips, excess) {
                return self.place_float(strips);
            }
            let earlier = self.earlier_place(height(&strips));
            if let Some(index) = earlier.or_else(|| self.earlier_place(height(&strips) - spare(&strips))) {
                let excess = height(&strips) - self.free_below(self.end_above(index));
                scale_down(&mut strips, excess.max(Length::ZERO));
                return self.place_above(index, strips);
            }
            let divided = free * BLANK_BEFORE_DIVISION > self.geometry.height && first_part(&strips) <= free;
            if divided {
                return self.place_float(strips);
            }
        }
        if height(&strips) <= self.geometry.height {
            keep_together(&mut strips);
        }
        self.place_float(strips)
    }

    fn place_float(&mut self, strips: Vec<Strip>) -> Result<(), LayoutError> {
        self.at_float_point = false;
        strips.into_iter().try_for_each(|strip| self.push(Strip { is_floated: true, ..strip }))
    }

    /// Returns the last strip of the open page above which a figure of this height fits, among those of its section that
    /// begin a block below all earlier figures.
    fn earlier_place(&self, height: Length) -> Option<usize> {
        let of_section = |strip: &Strip| strip.section == self.section && !strip.is_floated;
        let strips = self.open.iter().enumerate().rev();
        let mut places = strips.take_while(|(_, (_, strip))| of_section(strip));
        let fits = |index: usize| height <= self.free_below(self.end_above(index));
        places.find(|(index, (_, strip))| strip.floats_above && fits(*index)).map(|(index, _)| index)
    }

    /// Places a figure above a strip of the open page; the strip and those after it continue below the figure.
    fn place_above(&mut self, index: usize, figure: Vec<Strip>) -> Result<(), LayoutError> {
        self.end = self.end_above(index);
        let displaced = self.open.split_off(index);
        self.fresh = self.open.is_empty();
        self.place_float(figure)?;
        // No other figure moves above them.
        displaced.into_iter().try_for_each(|(_, strip)| self.push(Strip { floats_above: false, ..strip }))
    }

    /// Returns the bottom of the strip above one of the open page.
    fn end_above(&self, index: usize) -> Length {
        let above = index.checked_sub(1).and_then(|above| self.open.get(above));
        above.map_or(Length::ZERO, |(top, strip)| *top + strip.height)
    }

    fn free_below(&self, end: Length) -> Length {
        self.geometry.height - end.ceil_to(self.geometry.half_line())
    }
}

/// Returns the height of a figure without the space after it.
fn height(figure: &[Strip]) -> Length {
    let height: Length = figure.iter().map(|strip| strip.before + strip.height).sum();
    height - figure.last().map_or(Length::ZERO, |last| last.after)
}

/// Returns the height of a figure's first part that cannot be divided.
fn first_part(figure: &[Strip]) -> Length {
    let end = figure.iter().position(|strip| strip.may_break_after).map_or(figure.len(), |last| last + 1);
    height(&figure[..end])
}

/// Returns the height by which a figure's image may be scaled down.
fn spare(figure: &[Strip]) -> Length {
    let of = |strip: &Strip| Some(strip.height - strip.after - strip.least_height?);
    figure.iter().find_map(of).unwrap_or_default()
}

/// Scales a figure's image down by a height; returns whether the image may become so small.
fn scale_down(figure: &mut [Strip], by: Length) -> bool {
    if by > spare(figure) {
        return false;
    }
    if let Some(image) = figure.iter_mut().find(|strip| strip.least_height.is_some()) {
        image.scale_down(by);
    }
    true
}

/// Forbids page breaks inside a figure.
fn keep_together(figure: &mut [Strip]) {
    if let Some((_, above)) = figure.split_last_mut() {
        for strip in above {
            strip.may_break_after = false;
        }
    }
}
