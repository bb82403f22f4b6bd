//! Colours that a reader can see on paper.

use crate::content::sequences::FileColor;

/// Returns whether text of a colour is legible on white paper: its contrast is at least 3 to 1 (WCAG 2.2, 1.4.11).
pub(crate) fn is_legible_on_paper(color: FileColor) -> bool {
    // (1 + 0.05) / (luminance + 0.05) >= 3
    luminance(color) <= 300_000
}

/// Returns whether text of a colour is legible on black.
pub(super) fn is_legible_on_black(color: FileColor) -> bool {
    // (luminance + 0.05) / 0.05 >= 3
    luminance(color) >= 100_000
}

/// Returns the relative luminance in millionths. The exponent 2.4 of sRGB is close to 2.2 over all, which the average of
/// square and cube approximates well enough for a limit.
fn luminance([red, green, blue]: FileColor) -> i64 {
    let linear = |part: i64| {
        let part = part.clamp(0, 1000);
        let (square, cube) = (part * part, part * part * part / 1000);
        (square * 4 + cube) / 5
    };
    (linear(red) * 2126 + linear(green) * 7152 + linear(blue) * 722) / 10_000
}

#[cfg(test)]
mod tests {
    use super::{is_legible_on_black, is_legible_on_paper};

    #[test]
    fn paper_and_pale_text_are_not_legible() {
        assert!(is_legible_on_paper([67, 67, 67]) && is_legible_on_paper([533, 533, 533]));
        assert!(!is_legible_on_paper([1000, 1000, 1000]) && !is_legible_on_paper([900, 900, 900]));
        assert!(is_legible_on_black([1000, 169, 169]) && !is_legible_on_black([0, 0, 0]));
    }
}
