//! Hanging punctuation: hyphens, stops, commas and quotation marks at the edges of justified text stand partly in the
//! margin. They are lighter than letters: flush with them, they would look like dents in the edge.

use harfrust::Script;

use crate::text::itemise::Fragment;
use crate::text::shaping::{Setting, Word, scale};
use crate::units::Length;

/// How much of a character hangs at a line's end, in hundredths of its advance.
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

/// How much of a character hangs at a line's start.
const fn start_share(character: char) -> i64 {
    match character {
        '\'' | '"' | '‘' | '’' | '‚' | '“' | '”' | '„' | '‹' | '«' => 50,
        _ => 0,
    }
}

/// Whether a stretch of text hangs at all: Latin, Cyrillic and Greek do.
fn hangs(setting: Setting) -> bool {
    let scripts = [Script::LATIN, Script::CYRILLIC, Script::GREEK];
    !setting.right_to_left && scripts.contains(&setting.script)
}

/// How far the last character of a word hangs at a line's end.
pub(crate) fn hang_at_end(text: &str, word: &Word, setting: Setting, size: Length) -> Length {
    let share = text.chars().next_back().map_or(0, end_share);
    match word.glyphs.last() {
        Some(glyph) if share > 0 && hangs(setting) => scale(setting.face, size, glyph.advance) * share / 100,
        _ => Length::ZERO,
    }
}

/// How far the first character of a word hangs at a line's start.
pub(crate) fn hang_at_start(text: &str, word: &Word, setting: Setting, size: Length) -> Length {
    let share = text.chars().next().map_or(0, start_share);
    match word.glyphs.first() {
        Some(glyph) if share > 0 && hangs(setting) => scale(setting.face, size, glyph.advance) * share / 100,
        _ => Length::ZERO,
    }
}

/// The same of a fragment that runs as its paragraph does, from left to right.
pub(crate) fn fragment_hang_at_start(text: &str, fragment: &Fragment, size: Length) -> Length {
    if fragment.level.number() > 0 {
        return Length::ZERO;
    }
    hang_at_start(&text[fragment.range.clone()], &fragment.word, fragment.setting, size)
}

/// How far a fragment hangs at a line's end.
pub(crate) fn fragment_hang_at_end(text: &str, fragment: &Fragment, size: Length) -> Length {
    if fragment.level.number() > 0 {
        return Length::ZERO;
    }
    hang_at_end(&text[fragment.range.clone()], &fragment.word, fragment.setting, size)
}
