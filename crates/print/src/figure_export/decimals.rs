//! Decimals from integers, so that the same value has the same digits on every machine.

use std::fmt::Write as _;

use crate::units::Length;

/// Formats a length in points, to a thousandth.
pub(super) fn points(length: Length) -> String {
    decimal(length.to_milli_pt(), 3)
}

/// Formats a number of units of `10^-places`, without trailing zeros: 1,500 with three places is `1.5`.
pub(super) fn decimal(value: i64, places: u32) -> String {
    let unit = 10_u64.pow(places);
    let (whole, fraction) = (value.unsigned_abs() / unit, value.unsigned_abs() % unit);
    let sign = if value < 0 { "-" } else { "" };
    let mut text = format!("{sign}{whole}");
    if fraction > 0 {
        // Writing to a String does not fail.
        let _ = write!(text, ".{fraction:0width$}", width = places as usize);
        text.truncate(text.trim_end_matches('0').len());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{decimal, points};
    use crate::units::Length;

    #[test]
    fn decimals_have_no_trailing_zeros() {
        let formatted = [(1_500, 3), (-1_500, 3), (-5, 3), (2_000, 3), (0, 3), (8_000_001, 9)]
            .map(|(value, places)| decimal(value, places));
        assert_eq!(formatted, ["1.5", "-1.5", "-0.005", "2", "0", "0.008000001"]);
        assert_eq!(points(Length::mm(166)), "470.551");
    }
}
