//! The amount by which glyphs, letterspace and glue may stretch or shrink a line.

use harfrust::Script;

use crate::text::itemise::{Fragment, FragmentKind};
use crate::units::Length;

/// Glyph width as designed, in 1/1,000 of a percent (PDF's `Tz`).
pub(crate) const AS_DESIGNED: u32 = 100_000;

/// Maximum change of glyph widths: 2 % of the design.
pub(crate) const EXPANSION: i64 = 2_000;

/// Divisor of the em for the maximum letterspace in either direction: 0.0083 em.
pub(crate) const LETTERSPACE: i64 = 120;

/// Returns whether a fragment's glyphs may change their width: only in scripts whose letters do not join.
pub(crate) fn is_flexible(fragment: &Fragment) -> bool {
    fragment.kind != FragmentKind::Drawn && !fragment.setting.face.is_arabic()
}

/// Returns whether a script is written without word spaces, each character in a square of its own. Justification
/// stretches the glue between such characters.
pub(crate) fn has_glue(script: Script) -> bool {
    [Script::HAN, Script::HIRAGANA, Script::KATAKANA, Script::BOPOMOFO].contains(&script)
}

/// Returns the number of a fragment's characters that have glue after them.
pub(crate) fn glue_between(fragment: &Fragment) -> i64 {
    let count = if has_glue(fragment.setting.script) { fragment.word.glyphs.len() } else { 0 };
    i64::try_from(count).unwrap_or(0)
}

/// Returns how far text may stretch or shrink by glyph width and letterspace.
pub(crate) fn flex(width: Length, glyphs: usize, size: Length) -> i64 {
    let count = i64::try_from(glyphs).unwrap_or(0);
    let designed = i64::from(AS_DESIGNED);
    // `Tz` scales letterspace too, so the guaranteed amount is the one at the narrowest glyph width.
    let letters = count * widest_letterspace(size) * (designed - EXPANSION) / designed;
    width.units() * EXPANSION / designed + letters
}

/// Returns the maximum letterspace at a type size.
pub(crate) fn widest_letterspace(size: Length) -> i64 {
    floor_to_milli_pt(size.units() / LETTERSPACE)
}

/// Rounds down to whole thousandths of a point, which the file states exactly, so that no glyph needs a correction.
pub(crate) fn floor_to_milli_pt(units: i64) -> i64 {
    Length::milli_pt((units * 1000).div_euclid(Length::PER_POINT)).units()
}
