//! Lengths as integers in 1/65,536 point, finer than 1/64 font unit at text sizes, so that no position depends on a
//! machine's rounding.

use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

/// A length in 1/65,536 of a PostScript point (1/72 inch).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Length(i64);

impl Length {
    /// The zero length.
    pub const ZERO: Self = Self(0);
    /// Units per point.
    pub const PER_POINT: i64 = 65_536;

    /// Creates a length from units of 1/65,536 point.
    pub const fn from_units(units: i64) -> Self {
        Self(units)
    }

    /// Creates a length from whole points.
    pub const fn pt(points: i64) -> Self {
        Self(points * Self::PER_POINT)
    }

    /// Creates a length from thousandths of a point.
    pub const fn milli_pt(thousandths: i64) -> Self {
        Self(thousandths * Self::PER_POINT / 1000)
    }

    /// Creates a length from hundredths of a millimetre (1 mm = 360/127 pt).
    pub const fn centi_mm(hundredths: i64) -> Self {
        Self(hundredths * 360 * Self::PER_POINT / 12_700)
    }

    /// Creates a length from whole millimetres.
    pub const fn mm(millimetres: i64) -> Self {
        Self::centi_mm(millimetres * 100)
    }

    /// Returns the number of units of 1/65,536 point.
    pub const fn units(self) -> i64 {
        self.0
    }

    /// Returns thousandths of a point, the file's precision, rounded to the nearest with halves away from zero.
    pub const fn to_milli_pt(self) -> i64 {
        let scaled = self.0 * 1000;
        let half = if scaled < 0 { -Self::PER_POINT / 2 } else { Self::PER_POINT / 2 };
        (scaled + half) / Self::PER_POINT
    }

    /// Returns the smaller of two lengths.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        if other < self { other } else { self }
    }

    /// Returns the larger of two lengths.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        if other > self { other } else { self }
    }

    /// Returns this length times `part` over `whole`.
    #[must_use]
    pub fn portion(self, part: Self, whole: Self) -> Self {
        let units = i128::from(self.0) * i128::from(part.0) / i128::from(whole.0.max(1));
        Self(i64::try_from(units).unwrap_or(i64::MAX))
    }

    /// Rounds up to a multiple of `grid`, which must be positive.
    #[must_use]
    pub const fn ceil_to(self, grid: Self) -> Self {
        Self((self.0 + grid.0 - 1).div_euclid(grid.0) * grid.0)
    }
}

impl Add for Length {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}
impl AddAssign for Length {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}
impl Sub for Length {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}
impl SubAssign for Length {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}
impl Neg for Length {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}
impl Mul<i64> for Length {
    type Output = Self;
    fn mul(self, factor: i64) -> Self {
        Self(self.0 * factor)
    }
}
impl Div<i64> for Length {
    type Output = Self;
    fn div(self, divisor: i64) -> Self {
        Self(self.0 / divisor)
    }
}
impl std::iter::Sum for Length {
    fn sum<I: Iterator<Item = Self>>(lengths: I) -> Self {
        lengths.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::Length;

    #[test]
    fn a4_width_is_595_276_thousandths_of_a_point() {
        assert_eq!(Length::mm(210).to_milli_pt(), 595_276);
    }

    #[test]
    fn rounding_up_to_the_grid_keeps_what_is_on_it() {
        let grid = Length::pt(14);
        assert_eq!(Length::pt(28).ceil_to(grid), Length::pt(28));
        assert_eq!(Length::from_units(Length::pt(28).units() + 1).ceil_to(grid), Length::pt(42));
    }
}
