//! Text of words that a line break divides.
//!
//! A reader searches for the whole word. Where a break divides one, the part before the break therefore has the whole
//! word as its `ActualText`, and the parts on later lines stand for what follows the word. Measured with poppler 22.12
//! and `PDFium` 159 on a word at a line's end:
//!
//! | form | poppler | `PDFium` |
//! |---|---|---|
//! | U+00AD at the line's end | not found | not found |
//! | the hyphen as an artifact, or with an empty `ActualText` | found across lines only, or not at all | not found |
//! | the whole word, then an empty `ActualText` | found | an empty text is ignored: the rest follows a second time |
//! | one sequence around both parts | found, highlighted between the lines | found |
//! | the whole word, then the following space | found, also in a phrase | found, also in a phrase |
//!
//! Later parts of a word that no space follows stand for its closing punctuation, or for an invisible mark.

use std::ops::Range;
use std::sync::Arc;

use crate::pages::ActualText;
use crate::text::inline::{Inline, PieceKind};
use crate::text::itemise::{Fragment, FragmentKind, Itemised};
use crate::text::line_breaking::Breakpoint;
use crate::text::line_part::{LinePart, PartText};

/// Maximum length of a word that is kept whole in the text layer, in bytes. Strings in a PDF/A file are limited, and
/// nobody searches for more.
const LONGEST: usize = 1_000;
/// Text of later parts without any: the left-to-right mark. `PDFium` ignores an empty `ActualText`.
const INVISIBLE: &str = "\u{200e}";

/// The words that the current line's end and the line before it divide.
#[derive(Default)]
pub(crate) struct BrokenWords {
    /// The word that an earlier line shows.
    continued: Option<BrokenWord>,
    /// The word that this line shows for the first time.
    begun: Option<BrokenWord>,
    line_end: usize,
    adds_hyphen: bool,
}

#[derive(Clone)]
struct BrokenWord {
    range: Range<usize>,
    /// The text that its first line shows.
    shown: Range<usize>,
    rest: Rest,
}

/// The text of the parts on later lines.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rest {
    /// The space after the word.
    Space,
    /// The punctuation at its end, or nothing.
    Punctuation,
}

impl BrokenWords {
    /// Moves on to the next line.
    pub(crate) fn begin_line(
        &mut self,
        inline: &Inline,
        itemised: &Itemised,
        (from, to): (&Breakpoint, &Breakpoint),
    ) {
        let earlier = self.begun.take().or(self.continued.take());
        self.continued = earlier.filter(|word| word.range.end > from.at);
        let shown_to = self.continued.as_ref().map_or(0, |word| word.range.end);
        self.begun = broken_word(inline, itemised, to).filter(|word| word.range.start >= shown_to);
        (self.line_end, self.adds_hyphen) = (to.at, to.adds_hyphen);
    }

    /// Returns the replaced texts of a run's parts.
    pub(crate) fn actual_texts<'p>(
        &self,
        inline: &Inline,
        parts: impl Iterator<Item = &'p LinePart>,
    ) -> Vec<ActualText> {
        if self.begun.is_none() && self.continued.is_none() && !self.adds_hyphen {
            return Vec::new();
        }
        let mut found: Vec<ActualText> = Vec::new();
        let mut glyphs = 0;
        for part in parts {
            let start = glyphs;
            glyphs += part.word.glyphs.len();
            if part.level.is_rtl() {
                continue;
            }
            let Some(text) = self.replacement(inline, part) else { continue };
            match found.last_mut() {
                Some(last) if last.glyphs.end == start && *last.text == *text => last.glyphs.end = glyphs,
                _ => found.push(ActualText { glyphs: start..glyphs, text: Arc::from(text) }),
            }
        }
        found
    }

    /// Returns the text of a sequence that a part belongs to.
    fn replacement<'t>(&self, inline: &'t Inline, part: &LinePart) -> Option<&'t str> {
        let at = match &part.text {
            PartText::Range(range) => range.start,
            PartText::Hyphen => self.line_end - 1,
        };
        if let Some(word) = &self.continued {
            let is_space =
                part.kind == FragmentKind::Space && word.rest == Rest::Space && at == word.range.end;
            if at < word.range.end || is_space {
                return Some(word.later_text(inline, self.line_end));
            }
        }
        match &self.begun {
            Some(word) if word.range.contains(&at) => Some(&inline.text[word.shown.clone()]),
            // An added hyphen is no text.
            _ => matches!(part.text, PartText::Hyphen).then_some(INVISIBLE),
        }
    }
}

impl BrokenWord {
    /// Returns the text of the word's part on a later line.
    fn later_text<'t>(&self, inline: &'t Inline, line_end: usize) -> &'t str {
        let punctuation = &inline.text[self.shown.end..self.range.end];
        match self.rest {
            Rest::Space => " ",
            Rest::Punctuation if line_end >= self.range.end && !punctuation.is_empty() => punctuation,
            Rest::Punctuation => INVISIBLE,
        }
    }
}

/// Returns the word that a break divides: inside a fragment, or after a hyphen in the text.
fn broken_word(inline: &Inline, itemised: &Itemised, to: &Breakpoint) -> Option<BrokenWord> {
    let fragments = &itemised.fragments;
    let after = fragments.get(to.fragment)?;
    let before = to.fragment.checked_sub(1).and_then(|index| fragments.get(index));
    let range = match before {
        _ if after.range.start < to.at && to.at < after.range.end => after.range.clone(),
        Some(before)
            if to.hyphen
                && !to.adds_hyphen
                && before.kind == FragmentKind::Word
                && after.kind == FragmentKind::Word
                && before.piece == after.piece
                && before.level == after.level
                && before.setting == after.setting =>
        {
            before.range.start..after.range.end
        }
        _ => return None,
    };
    let is_text = inline.pieces[after.piece].kind == PieceKind::Text;
    if range.len() > LONGEST || after.level.is_rtl() || !is_text {
        return None;
    }
    let next = fragments.get(to.fragment + 1);
    // Invisible characters belong to the fragment of the space before them and must not be replaced with it.
    let is_space = |next: &Fragment| {
        next.kind == FragmentKind::Space
            && next.piece == after.piece
            && inline.text[next.range.clone()].chars().all(char::is_whitespace)
    };
    if next.is_some_and(is_space) {
        return Some(BrokenWord { shown: range.clone(), range, rest: Rest::Space });
    }
    let text = &inline.text[range.clone()];
    let letters = text.trim_end_matches(is_closing_punctuation).len();
    let shown_end = if letters == 0 { range.end } else { range.start + letters };
    Some(BrokenWord { shown: range.start..shown_end, range, rest: Rest::Punctuation })
}

fn is_closing_punctuation(c: char) -> bool {
    c.is_ascii_punctuation() || matches!(c, '…' | '“' | '”' | '‘' | '’' | '«' | '»' | '›' | '–' | '—')
}
