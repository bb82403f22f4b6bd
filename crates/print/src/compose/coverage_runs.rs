//! Text preparation: NFC, and runs of characters by glyph coverage.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::text::Typesetter;
use crate::text::grapheme_clusters::clusters;
use crate::text::inline::{PieceKind, is_printable_ascii, settable};
use crate::text::plain_text::without_soft_hyphens;
use crate::text::text_style::TextStyle;

/// Splits a text into runs that the faces cover and grapheme clusters with a character that has no glyph.
pub(crate) fn coverage_runs<'t>(
    typesetter: &Typesetter,
    text: &'t str,
    style: &TextStyle,
) -> Vec<(&'t str, PieceKind)> {
    let is_covered = |c: char| typesetter.covers(style, settable(c));
    // Fast path: most texts are covered.
    if is_printable_ascii(text) || text.chars().all(is_covered) {
        return if text.is_empty() { Vec::new() } else { vec![(text, PieceKind::Text)] };
    }
    let mut runs = Vec::new();
    let (mut start, mut at) = (0, 0);
    for cluster in clusters(text) {
        let end = at + cluster.len();
        if !cluster.chars().all(is_covered) {
            if start < at {
                runs.push((&text[start..at], PieceKind::Text));
            }
            runs.push((cluster, PieceKind::Missing));
            start = end;
        }
        at = end;
    }
    if start < at {
        runs.push((&text[start..], PieceKind::Text));
    }
    runs
}

/// Returns the characters of a text that no face covers.
pub(crate) fn missing_characters(typesetter: &Typesetter, text: &str, style: &TextStyle) -> Vec<char> {
    text.chars().filter(|c| !typesetter.covers(style, settable(*c))).collect()
}

/// Returns the text in NFC. Editions are NFC already; other texts may not be.
pub(crate) fn nfc(text: &str) -> Cow<'_, str> {
    if is_nfc(text) { text.into() } else { text.nfc().collect::<String>().into() }
}

/// Shortens a text for screen readers, without soft hyphens: strings have at most 16,382 UTF-16 units (ISO 19005-2, 6.1.13).
pub(crate) fn shortened(text: &str) -> String {
    without_soft_hyphens(text).chars().take(1_500).collect()
}
