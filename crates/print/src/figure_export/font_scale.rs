//! Conversion between the page and the font units of a run.

use crate::figure_export::decimals::{decimal, points};
use crate::pages::GlyphRun;
use crate::units::Length;

/// Decimal places of a scale: over the width of a page they are finer than a thousandth of a point.
const SCALE_PLACES: u32 = 9;

/// The size of a font unit of a run.
pub(super) struct FontScale {
    units_per_em: i128,
    size: i128,
    expansion: i128,
}

impl FontScale {
    /// Returns the scale of a run, or `None` if its type has no size.
    pub(super) fn of(run: &GlyphRun) -> Option<Self> {
        let (units_per_em, size) = (i128::from(run.face.units_per_em()), i128::from(run.size.units()));
        (size > 0 && units_per_em > 0).then(|| Self { units_per_em, size, expansion: run.expansion.into() })
    }

    /// Returns the matrix from font units, with y upwards, to a page with y downwards. The run's expansion also scales
    /// its advances.
    pub(super) fn matrix(&self, x: Length, y: Length) -> String {
        let scale = |numerator: i128, denominator: i128| {
            let points = denominator * self.units_per_em * i128::from(Length::PER_POINT);
            decimal(rounded(numerator * self.size * 10_i128.pow(SCALE_PLACES), points), SCALE_PLACES)
        };
        let (across, down) = (scale(self.expansion, 100_000), scale(-1, 1));
        format!("matrix({across} 0 0 {down} {} {})", points(x), points(y))
    }

    /// Formats a distance, before expansion, in font units.
    pub(super) fn font_units(&self, length: Length) -> String {
        decimal(rounded(i128::from(length.units()) * self.units_per_em * 1000, self.size), 3)
    }
}

/// Divides and rounds to the nearest, halves away from zero.
fn rounded(value: i128, divisor: i128) -> i64 {
    let half = if value < 0 { -divisor / 2 } else { divisor / 2 };
    i64::try_from((value + half) / divisor).unwrap_or(0)
}
