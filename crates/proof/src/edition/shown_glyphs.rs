//! Whether a glyph can show a text, from the texts that its face gives it.

use unicode_normalization::UnicodeNormalization as _;

use crate::edition::characters::{is_ignorable, is_ink};

/// How a glyph shows the text of its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Showing {
    /// Alone.
    Whole,
    /// Together with the glyphs that follow, whose text is an invisible mark: the characters that it shows, and those that
    /// are still to be shown.
    Part { rest: Vec<Vec<char>> },
    /// As a further glyph of a part: the texts that it can show.
    Further { texts: Vec<Vec<char>> },
}

/// Returns how a glyph that can show `own` texts shows the text of a code; `None` if it cannot.
pub(super) fn showing(own: &[Box<str>], text: &str) -> Option<Showing> {
    let is_mark = matches!(text, "\u{61C}" | "\u{200E}");
    if !is_mark && text.chars().any(is_ink) && own.iter().any(|own| **own == *text) {
        return Some(Showing::Whole);
    }
    let wanted = plain(text);
    let texts: Vec<Vec<char>> = own.iter().map(|text| plain(text)).collect();
    if is_mark {
        return Some(Showing::Further { texts });
    }
    // Characters without ink are shown as a space or not at all.
    let is_blank = |text: &[char]| text.iter().all(|character| *character == ' ');
    if wanted.is_empty() {
        // Some faces have glyphs for them.
        let is_hyphen = text == "\u{AD}" && texts.iter().any(|own| own == &['-']);
        if is_hyphen || texts.iter().any(|own| is_blank(own)) {
            return Some(Showing::Whole);
        }
        // A glyph that shows a part of the character before has the text of a joiner after that.
        return Some(Showing::Further { texts });
    }
    if texts.iter().any(|own| *own == wanted || is_mirrored(own, &wanted)) {
        return Some(Showing::Whole);
    }
    let rest: Vec<Vec<char>> = texts.iter().filter_map(|own| without(&wanted, own)).collect();
    if rest.is_empty() && wanted.iter().all(|character| is_vowel_mark(*character)) {
        // The printer numbers the glyphs of a syllable by its characters: a glyph with the text of a mark may be that of
        // several marks, or a part of their letter.
        let is_mark = texts.iter().any(|own| !own.is_empty() && own.iter().all(|of| is_vowel_mark(*of)));
        return Some(if is_mark { Showing::Whole } else { Showing::Further { texts } });
    }
    (!rest.is_empty()).then_some(Showing::Part { rest })
}

/// Returns whether a character is a mark above or below an Arabic letter.
const fn is_vowel_mark(character: char) -> bool {
    matches!(character, '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6ED}')
}

/// Returns what is left of the characters to be shown after a further glyph; empty once nothing is.
pub(super) fn further(rest: &[Vec<char>], wanted: &[char], texts: &[Vec<char>]) -> Option<Vec<Vec<char>>> {
    let mut left: Vec<Vec<char>> = Vec::new();
    for rest in rest {
        for text in texts {
            match without(rest, text) {
                Some(rest) => left.push(rest),
                // Several glyphs may be parts of one character.
                None if without(wanted, text).is_some() => left.push(rest.clone()),
                None => {}
            }
        }
    }
    left.sort();
    left.dedup();
    left.truncate(64);
    (!left.is_empty()).then_some(left)
}

/// Returns a text decomposed, without what has no ink, and with one character for all spaces and for all hyphens. A space
/// counts only where nothing else is there.
pub(super) fn plain(text: &str) -> Vec<char> {
    let visible = text.chars().filter(|character| !is_ignorable(*character));
    let characters: Vec<char> = visible.nfd().flat_map(equivalent).collect();
    let has_ink = characters.iter().any(|character| *character != ' ');
    characters.into_iter().filter(|character| !has_ink || *character != ' ').collect()
}

/// Returns the characters as which a shaper may set one.
fn equivalent(character: char) -> impl Iterator<Item = char> {
    let (first, second) = match character {
        '\u{2010}' | '\u{2011}' => ('-', None),
        // Split by shapers of Thai and Lao.
        '\u{E33}' => ('\u{E4D}', Some('\u{E32}')),
        '\u{EB3}' => ('\u{ECD}', Some('\u{EB2}')),
        white if white.is_whitespace() => (' ', None),
        other => (other, None),
    };
    std::iter::once(first).chain(second)
}

/// Returns `all` without the characters of `part`, or `None` if it lacks one of them.
fn without(all: &[char], part: &[char]) -> Option<Vec<char>> {
    let mut rest = all.to_vec();
    for character in part {
        let at = rest.iter().position(|other| other == character)?;
        rest.remove(at);
    }
    (!part.is_empty()).then_some(rest)
}

/// Returns whether a glyph is the mirror image of a bracket, as right-to-left text has it (UAX #9, rule L4).
fn is_mirrored(own: &[char], wanted: &[char]) -> bool {
    const PAIRS: [(char, char); 12] = [
        ('(', ')'),
        ('[', ']'),
        ('{', '}'),
        ('<', '>'),
        ('\u{AB}', '\u{BB}'),
        ('\u{2039}', '\u{203A}'),
        ('\u{2264}', '\u{2265}'),
        ('\u{27E8}', '\u{27E9}'),
        ('\u{3008}', '\u{3009}'),
        ('\u{300A}', '\u{300B}'),
        ('\u{300C}', '\u{300D}'),
        ('\u{300E}', '\u{300F}'),
    ];
    let ([own], [wanted]) = (own, wanted) else { return false };
    PAIRS.iter().any(|(open, close)| (own == open && wanted == close) || (own == close && wanted == open))
}
