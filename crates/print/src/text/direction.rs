//! Paragraph direction: the document's, unless most letters run the other way. Rule P2 of UAX #9 takes the direction of
//! the first letter, which would turn a Persian paragraph that begins with a Latin name.

use unicode_bidi::{BidiClass, bidi_class};

/// Returns whether a text is set from right to left; `document` is the document's direction.
pub(crate) fn runs_right_to_left<'t>(texts: impl IntoIterator<Item = &'t str>, document: bool) -> bool {
    let (mut left, mut right) = (0_usize, 0_usize);
    for c in texts.into_iter().flat_map(str::chars) {
        if c < '\u{590}' {
            // Fast path: below U+0590 every letter runs from left to right.
            left += usize::from(c.is_alphabetic());
            continue;
        }
        match bidi_class(c) {
            BidiClass::L => left += 1,
            BidiClass::R | BidiClass::AL => right += 1,
            _ => {}
        }
    }
    if document { right >= left } else { right > left }
}

/// Wraps a text in isolates (UAX #9), so that its direction does not reorder adjacent numbers and separators.
pub(crate) fn isolated(text: &str) -> String {
    format!("\u{2068}{text}\u{2069}")
}

#[cfg(test)]
mod tests {
    use super::runs_right_to_left;

    #[test]
    fn a_paragraph_has_the_direction_of_most_of_its_letters() {
        assert!(runs_right_to_left(["اتفاقية ", "التعاون"], false));
        assert!(!runs_right_to_left(["The word اتفاقية means agreement."], false));
        assert!(!runs_right_to_left(["An English paragraph in a Persian brief."], true));
    }

    #[test]
    fn latin_names_and_numbers_do_not_change_a_paragraphs_direction() {
        assert!(runs_right_to_left(["NATO و همکاری‌های دیگر در منطقه"], true));
        assert!(!runs_right_to_left(["2025-12-31"], false));
        assert!(runs_right_to_left(["2025-12-31"], true));
    }
}
