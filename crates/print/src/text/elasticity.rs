//! The amount by which glyphs, letterspace and glue may stretch or shrink a line.

use harfrust::Script;

use crate::text::itemise::{Fragment, FragmentKind};
use crate::units::Length;

/// As designed, in the units of PDF's `Tz` times a thousand.
pub(crate) const AS_DESIGNED: u32 = 100_000;

/// The widest and narrowest glyphs: two hundredths from the design.
pub(crate) const EXPANSION: i64 = 2_000;

/// The widest letterspace, and the tightest, is an em over this: 0.0083 em.
pub(crate) const LETTERSPACE: i64 = 120;

/// Whether a fragment's glyphs may change their width: text in scripts whose letters do not join.
pub(crate) fn is_flexible(fragment: &Fragment) -> bool {
    fragment.kind != FragmentKind::Drawn && !fragment.setting.face.is_arabic()
}

/// Whether a script is written without spaces between words, each character in a square of its own: justification
/// moves its characters apart.
pub(crate) fn has_glue(script: Script) -> bool {
    [Script::HAN, Script::HIRAGANA, Script::KATAKANA, Script::BOPOMOFO].contains(&script)
}

/// How many characters of a fragment have glue after them.
pub(crate) fn glue_between(fragment: &Fragment) -> i64 {
    let count = if has_glue(fragment.setting.script) { fragment.word.glyphs.len() } else { 0 };
    i64::try_from(count).unwrap_or(0)
}

/// How far a stretch of text may widen or narrow by glyphs and letterspace.
pub(crate) fn flex(width: Length, glyphs: usize, size: Length) -> i64 {
    let count = i64::try_from(glyphs).unwrap_or(0);
    let designed = i64::from(AS_DESIGNED);
    // Letterspace is scaled with the glyphs: what counts is what it gives when they are at their narrowest.
    let letters = count * widest_letterspace(size) * (designed - EXPANSION) / designed;
    width.units() * EXPANSION / designed + letters
}

/// The widest letterspace at a type size.
pub(crate) fn widest_letterspace(size: Length) -> i64 {
    floor_to_milli_pt(size.units() / LETTERSPACE)
}

/// Rounded down to floor_to_milli_pt thousandths of a point: what the file states exactly needs no correction glyph by glyph.
pub(crate) fn floor_to_milli_pt(units: i64) -> i64 {
    Length::milli_pt((units * 1000).div_euclid(Length::PER_POINT)).units()
}
