//! Positions, colours and path segments of drawings.

/// A length or position in 1/65,536 of a PostScript point (1/72 inch).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FixedPt(i64);

impl FixedPt {
    /// Units in a point.
    const PER_POINT: i64 = 65_536;

    /// Creates a length from whole points.
    pub const fn pt(points: i64) -> Self {
        Self(points * Self::PER_POINT)
    }

    /// Creates a length from points, rounded to the nearest unit. The caller bounds them.
    #[expect(clippy::cast_possible_truncation, reason = "it is less than 2^40, and rounded")]
    pub(crate) fn round(points: f64) -> Self {
        Self((points * 65_536.0).round() as i64)
    }

    /// Returns the number of units of 1/65,536 point.
    pub const fn units(self) -> i64 {
        self.0
    }

    /// Returns CSS pixels (1/96 inch), rounded up, except for lengths slightly above a whole number after unit
    /// conversion.
    pub(crate) fn to_css_pixels(self) -> u32 {
        let thousandths = (self.0 * 4000 + 3 * Self::PER_POINT / 2) / (3 * Self::PER_POINT);
        u32::try_from((thousandths + 999) / 1000).unwrap_or(u32::MAX).max(1)
    }
}

/// An sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color(pub u8, pub u8, pub u8);

/// A path segment. Positions are relative to the drawing's top left corner, to the right and downwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathSegment {
    /// Begins a subpath.
    Move(FixedPt, FixedPt),
    /// A straight line.
    Line(FixedPt, FixedPt),
    /// A cubic curve: two control points and the end.
    Curve([(FixedPt, FixedPt); 3]),
    /// Closes the subpath.
    Close,
}

#[cfg(test)]
mod tests {
    use super::FixedPt;

    #[test]
    fn css_pixels_are_rounded_up_but_not_by_conversion_errors() {
        assert_eq!(FixedPt::round(25.4 * 72.0 / 25.4).to_css_pixels(), 96);
        assert_eq!(FixedPt::round(80.5 * 0.75).to_css_pixels(), 81);
        assert_eq!(FixedPt::round(0.01).to_css_pixels(), 1);
    }
}
