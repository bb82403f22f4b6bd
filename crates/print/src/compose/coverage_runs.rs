//! Text preparation: NFC, and runs of characters by glyph coverage.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::text::Typesetter;
use crate::text::inline::{PieceKind, settable};
use crate::text::text_style::TextStyle;

/// Splits a text into runs that the faces cover and single characters without a glyph.
pub(crate) fn coverage_runs<'t>(
    typesetter: &Typesetter,
    text: &'t str,
    style: &TextStyle,
) -> Vec<(&'t str, PieceKind)> {
    let covered = |c: char| typesetter.covers(style, settable(c));
    let mut runs = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (plain, tail) = rest.split_at(rest.find(|c| !covered(c)).unwrap_or(rest.len()));
        if !plain.is_empty() {
            runs.push((plain, PieceKind::Text));
        }
        let Some(character) = tail.chars().next() else { break };
        let (boxed, after) = tail.split_at(character.len_utf8());
        runs.push((boxed, PieceKind::Missing));
        rest = after;
    }
    runs
}

/// Returns the text in NFC. Editions are NFC already; other texts may not be.
pub(crate) fn nfc(text: &str) -> Cow<'_, str> {
    if is_nfc(text) { text.into() } else { text.nfc().collect::<String>().into() }
}

/// Shortens a text for screen readers: strings have at most 16,382 UTF-16 units (ISO 19005-2, 6.1.13).
pub(crate) fn shortened(text: &str) -> String {
    text.chars().take(1_500).collect()
}
