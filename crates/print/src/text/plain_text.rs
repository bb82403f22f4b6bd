//! Text as a reader sees it: without the author's soft hyphens (U+00AD), which mark where a word may be hyphenated and are
//! not part of it, and texts in which nothing is visible.

use std::borrow::Cow;

use crate::text::is_default_ignorable;

/// The soft hyphen.
pub(crate) const SOFT_HYPHEN: char = '\u{ad}';

/// Returns a text without its soft hyphens.
pub(crate) fn without_soft_hyphens(text: &str) -> Cow<'_, str> {
    if text.contains(SOFT_HYPHEN) { text.replace(SOFT_HYPHEN, "").into() } else { text.into() }
}

/// Returns whether a text has no visible characters.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_default_ignorable(c))
}

#[cfg(test)]
mod tests {
    use super::is_blank;

    #[test]
    fn a_text_of_invisible_characters_is_blank() {
        for blank in ["", " ", "\u{ad}", "\u{200b}\u{2060} \u{a0}", "\u{e0041}\u{1d173}"] {
            assert!(is_blank(blank), "{blank:?}");
        }
        assert!(!is_blank("\u{ad}a") && !is_blank("\u{fffd}"));
    }
}
