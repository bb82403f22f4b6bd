//! Typesetting of paragraphs: itemise by piece, direction, script and face; shape words; collect breakpoints; choose
//! all line breaks of a paragraph together; set each line in visual order.

pub(crate) mod address_ranges;
pub(crate) mod break_opportunities;
mod broken_words;
pub(crate) mod default_ignorable;
mod direction;
pub(crate) mod elasticity;
pub(crate) mod grapheme_clusters;
pub(crate) mod hanging_punctuation;
pub(crate) mod hyphenation;
pub mod inline;
mod itemise;
pub(crate) mod justification;
pub mod languages;
mod line;
pub(crate) mod line_breaking;
mod line_opportunities;
pub(crate) mod line_part;
pub(crate) mod number_ranges;
pub mod paragraph;
pub mod paragraph_setup;
pub(crate) mod plain_text;
pub(crate) mod shaping;
pub(crate) mod soft_hyphens;
pub mod text_style;
mod unbroken_line;
pub(crate) mod word_splits;

use std::rc::Rc;

use crate::fonts::Fonts;
pub(crate) use crate::text::default_ignorable::is_default_ignorable;
pub(crate) use crate::text::direction::{isolated, runs_right_to_left};
use crate::text::hyphenation::Hyphenator;
use crate::text::languages::{LanguageId, Languages};
use crate::text::shaping::{Setting, Shaper, Word};
use crate::text::text_style::TextStyle;

/// Fonts in use, and caches of shaped and hyphenated words. One typesetter serves a whole print.
#[derive(Default)]
pub struct Typesetter {
    /// The languages of the brief.
    pub languages: Languages,
    pub(crate) fonts: Fonts,
    shaper: Shaper,
    hyphenator: Hyphenator,
}

impl Typesetter {
    /// Creates a typesetter for these fonts.
    pub fn new(fonts: &Fonts) -> Self {
        Self { fonts: fonts.clone(), ..Self::default() }
    }

    /// Returns whether a character needs no glyph or some face of the style's fallback order has one.
    pub fn covers(&self, style: &TextStyle, c: char) -> bool {
        // Fast path: all faces have printable ASCII.
        matches!(c, ' '..='~') || is_default_ignorable(c) || self.fonts.face_for(style, false, c).is_some()
    }

    pub(crate) fn word(&mut self, text: &str, setting: Setting) -> Rc<Word> {
        self.shaper.word(text, setting, &self.languages, &self.fonts)
    }

    /// Shapes a word without caching it: most measured texts occur once.
    pub(crate) fn unshared_word(&mut self, text: &str, setting: Setting) -> Word {
        self.shaper.unshared_word(text, setting, &self.languages, &self.fonts)
    }

    /// Returns the number of bytes shaped so far, as a measure of the work.
    #[cfg(test)]
    pub(crate) fn shaped_bytes(&self) -> usize {
        self.shaper.shaped_bytes
    }

    fn divisions(&mut self, word: &str, language: LanguageId) -> Rc<[usize]> {
        self.hyphenator.divisions(word, language, &self.languages)
    }
}
