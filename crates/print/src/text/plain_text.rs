//! Text without the author's soft hyphens (U+00AD): they mark where a word may be hyphenated and are not part of it.

use std::borrow::Cow;

/// The soft hyphen.
pub(crate) const SOFT_HYPHEN: char = '\u{ad}';

/// Returns a text without its soft hyphens.
pub(crate) fn without_soft_hyphens(text: &str) -> Cow<'_, str> {
    if text.contains(SOFT_HYPHEN) { text.replace(SOFT_HYPHEN, "").into() } else { text.into() }
}
