//! Hanging punctuation. Hyphens, full stops, commas and quotation marks at the edges of justified text extend partly
//! into the margin: they are lighter than letters, and set flush they would look like dents in the edge.

use harfrust::Script;

use crate::text::itemise::Fragment;
use crate::text::shaping::{Setting, Word, scale};
use crate::units::Length;

/// Returns the share of a character that hangs at a line's end, in hundredths of its advance.
const fn end_share(character: char) -> i64 {
    match character {
        '.' | ',' => 70,
        '-' | '\u{ad}' | '\u{2010}' | '\u{2011}' => 55,
        '\'' | '"' | '‘' | '’' | '“' | '”' | '›' | '»' => 50,
        ':' | ';' => 40,
        '–' => 25,
        '!' | '?' => 15,
        _ => 0,
    }
}

/// Returns the share of a character that hangs at a line's start, in hundredths of its advance.
const fn start_share(character: char) -> i64 {
    match character {
        '\'' | '"' | '‘' | '’' | '‚' | '“' | '”' | '„' | '‹' | '«' => 50,
        _ => 0,
    }
}

/// Returns whether punctuation of a text hangs: only in Latin, Cyrillic and Greek.
fn hangs(setting: Setting) -> bool {
    let scripts = [Script::LATIN, Script::CYRILLIC, Script::GREEK];
    !setting.right_to_left && scripts.contains(&setting.script)
}

/// Returns the overhang of a word's last character at a line's end.
pub(crate) fn hang_at_end(text: &str, word: &Word, setting: Setting, size: Length) -> Length {
    let share = text.chars().next_back().map_or(0, end_share);
    match word.glyphs.last() {
        Some(glyph) if share > 0 && hangs(setting) => scale(setting.face, size, glyph.advance) * share / 100,
        _ => Length::ZERO,
    }
}

/// Returns the overhang of a word's first character at a line's start.
pub(crate) fn hang_at_start(text: &str, word: &Word, setting: Setting, size: Length) -> Length {
    let share = text.chars().next().map_or(0, start_share);
    match word.glyphs.first() {
        Some(glyph) if share > 0 && hangs(setting) => scale(setting.face, size, glyph.advance) * share / 100,
        _ => Length::ZERO,
    }
}

/// Returns the overhang of a fragment at a line's start; right-to-left fragments have none.
pub(crate) fn fragment_hang_at_start(text: &str, fragment: &Fragment, size: Length) -> Length {
    if fragment.level.number() > 0 {
        return Length::ZERO;
    }
    hang_at_start(&text[fragment.range.clone()], &fragment.word, fragment.setting, size)
}

/// Returns the overhang of a fragment at a line's end; right-to-left fragments have none.
pub(crate) fn fragment_hang_at_end(text: &str, fragment: &Fragment, size: Length) -> Length {
    if fragment.level.number() > 0 {
        return Length::ZERO;
    }
    hang_at_end(&text[fragment.range.clone()], &fragment.word, fragment.setting, size)
}
