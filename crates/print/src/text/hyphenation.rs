//! Hyphenation with hypher's TeX patterns, cached per language and word.

use crate::Fonts;
use crate::text::itemise::Fragment;
use std::collections::HashMap;
use std::rc::Rc;

use crate::text::languages::{LanguageId, Languages};

/// Minimum number of letters of a hyphenated word.
const SHORTEST: usize = 6;

/// Cache of hyphenation points.
#[derive(Debug, Default)]
pub(crate) struct Hyphenator {
    cache: HashMap<LanguageId, HashMap<Box<str>, Rc<[usize]>>>,
}

impl Hyphenator {
    /// Returns the byte offsets before which `word` may be hyphenated. Punctuation around the letters is allowed; words
    /// in capitals, or with anything but letters inside, are not hyphenated.
    pub(crate) fn divisions(
        &mut self,
        word: &str,
        language: LanguageId,
        languages: &Languages,
    ) -> Rc<[usize]> {
        let Some(patterns) = languages.hyphenation(language) else { return Rc::from([]) };
        let cache = self.cache.entry(language).or_default();
        if let Some(divisions) = cache.get(word) {
            return Rc::clone(divisions);
        }
        let divisions: Rc<[usize]> = divide(word, patterns).into();
        cache.insert(word.into(), Rc::clone(&divisions));
        divisions
    }
}

fn divide(word: &str, patterns: hypher::Lang) -> Vec<usize> {
    let core = word.trim_matches(|c: char| !c.is_alphabetic());
    if core.chars().count() < SHORTEST || !is_plain_word(core) {
        return Vec::new();
    }
    let offset = core.as_ptr().addr() - word.as_ptr().addr();
    let (left, right) = patterns.bounds();
    let mut at = offset;
    let mut divisions = Vec::new();
    for syllable in hypher::hyphenate_bounded(core, patterns, left.max(2), right.max(3)) {
        at += syllable.len();
        divisions.push(at);
    }
    divisions.pop();
    divisions
}

fn is_plain_word(core: &str) -> bool {
    let mut letters = core.chars();
    letters.next();
    letters.all(|c| c.is_alphabetic() && !c.is_uppercase())
}

/// Returns whether a fragment's face has a hyphen. A font of one script may lack it.
pub(crate) fn has_hyphen(fragment: &Fragment, fonts: &Fonts) -> bool {
    fonts.covers(fragment.setting.face, hyphen_for(fragment, fonts).chars().next().unwrap_or('-'))
}

/// Returns the character drawn at the end of a hyphenated line: U+2010 if the face has it, else U+002D.
pub(crate) fn hyphen_for(fragment: &Fragment, fonts: &Fonts) -> &'static str {
    if fonts.covers(fragment.setting.face, '\u{2010}') { "\u{2010}" } else { "-" }
}

#[cfg(test)]
mod tests {
    use super::divide;

    #[test]
    fn punctuation_around_a_word_moves_its_divisions_along() {
        assert_eq!(
            divide("partnership", hypher::Lang::English),
            divide("partnership,", hypher::Lang::English)
        );
        let quoted = divide("“partnership", hypher::Lang::English);
        let shifted: Vec<usize> =
            divide("partnership", hypher::Lang::English).iter().map(|at| at + "“".len()).collect();
        assert_eq!(quoted, shifted);
    }

    #[test]
    fn words_in_capitals_or_with_digits_stay_whole() {
        assert!(divide("ORGANISATION", hypher::Lang::English).is_empty());
        assert!(divide("trans4mation", hypher::Lang::English).is_empty());
    }

    #[test]
    fn russian_words_divide_between_syllables() {
        assert!(!divide("партнёрство", hypher::Lang::Russian).is_empty());
    }
}
