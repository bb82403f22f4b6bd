//! Page geometry: paper, margins, columns and baseline grid. [`Geometry::place`] is the only conversion from column
//! positions to page positions.

use crate::flow::Span;
use crate::units::Length;
use crate::{Paper, TextSize};

/// Dimensions of a page.
#[derive(Clone, Debug)]
pub struct Geometry {
    /// Width and height.
    pub size: (Length, Length),
    /// Top margin.
    pub top: Length,
    /// Side margins.
    pub side: Length,
    /// Height of the columns, a multiple of the grid.
    pub height: Length,
    /// Width of the main column.
    pub main: Length,
    /// Space between the columns.
    pub gutter: Length,
    /// Width of the side column.
    pub narrow: Length,
    /// Distance of the baseline grid's lines.
    pub grid: Length,
    /// Whether columns and insets are mirrored.
    pub right_to_left: bool,
}

impl Geometry {
    /// Returns the geometry of a paper size and document direction.
    pub fn new(paper: Paper, right_to_left: bool) -> Self {
        let grid = if right_to_left { Length::pt(17) } else { Length::pt(14) };
        let (size, margin, bottom) = match paper {
            Paper::A4 => ((Length::mm(210), Length::mm(297)), Length::mm(22), Length::mm(26)),
            Paper::Letter => ((Length::pt(612), Length::pt(792)), Length::centi_mm(2495), Length::mm(26)),
        };
        let top = Length::mm(24);
        let lines = (size.1 - top - bottom).units() / grid.units();
        Self {
            size,
            top,
            side: margin,
            height: grid * lines,
            main: Length::mm(122),
            gutter: Length::mm(4),
            narrow: Length::mm(40),
            grid,
            right_to_left,
        }
    }

    /// Adapts the geometry to a text size: large print has a wider grid and one column.
    #[must_use]
    pub fn with_text_size(self, text_size: TextSize) -> Self {
        if text_size == TextSize::Normal {
            return self;
        }
        let grid = if self.right_to_left { Length::pt(24) } else { Length::pt(20) };
        let lines = self.height.units() / grid.units();
        let main = self.width(Span::Full);
        let (gutter, narrow) = (Length::ZERO, Length::ZERO);
        Self { height: grid * lines, main, gutter, narrow, grid, ..self }
    }

    /// Returns the distance of the positions where lines may begin: half a grid line, so that paragraphs can be half a
    /// line apart.
    pub fn half_line(&self) -> Length {
        self.grid / 2
    }

    /// Returns the width of a span of columns.
    pub fn width(&self, span: Span) -> Length {
        match span {
            Span::Main => self.main,
            Span::Full => self.main + self.gutter + self.narrow,
        }
    }

    /// Returns the side column.
    pub fn side_slot(&self) -> Slot {
        Slot { start: self.main + self.gutter, width: self.narrow }
    }

    /// Converts a point, `x` from a slot's left edge and `y` below the columns' top, to page coordinates.
    pub fn place(&self, slot: Slot, (x, y): (Length, Length)) -> (Length, Length) {
        let full = self.width(Span::Full);
        let left = if self.right_to_left { full - slot.start - slot.width } else { slot.start };
        (self.side + left + x, self.size.1 - self.top - y)
    }
}

/// A range in inline direction, relative to the columns' start edge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slot {
    /// Distance from the start edge.
    pub start: Length,
    /// Its width.
    pub width: Length,
}

#[cfg(test)]
mod tests {
    use super::{Geometry, Paper, Slot};
    use crate::units::Length;

    #[test]
    fn a4_holds_50_lines_and_letter_46() {
        assert_eq!(Geometry::new(Paper::A4, false).height, Length::pt(700));
        assert_eq!(Geometry::new(Paper::Letter, false).height, Length::pt(46 * 14));
    }

    #[test]
    fn columns_are_mirrored_for_right_to_left_documents() {
        let (left, right) = (Geometry::new(Paper::A4, false), Geometry::new(Paper::A4, true));
        let side = left.side_slot();
        let at = (Length::ZERO, Length::ZERO);
        assert_eq!(left.place(side, at).0.to_milli_pt(), Length::mm(22 + 126).to_milli_pt());
        assert_eq!(right.place(side, at).0.to_milli_pt(), Length::mm(22).to_milli_pt());
        let main = Slot { start: Length::ZERO, width: right.main };
        assert_eq!(right.place(main, at).0.to_milli_pt(), Length::mm(22 + 44).to_milli_pt());
    }
}
