//! Parts of a line.

use std::ops::Range;
use std::rc::Rc;

use unicode_bidi::Level;

use crate::text::elasticity::{AS_DESIGNED, is_flexible};
use crate::text::inline::Inline;
use crate::text::itemise::{Fragment, FragmentKind};
use crate::text::shaping::{Setting, Word};
use crate::units::Length;

/// A fragment, or the portion of one that falls on the line.
pub(crate) struct LinePart {
    pub(crate) piece: usize,
    pub(crate) setting: Setting,
    pub(crate) level: Level,
    pub(crate) kind: FragmentKind,
    pub(crate) word: Rc<Word>,
    pub(crate) text: PartText,
    /// Whether it is trailing space, which takes no width.
    pub(crate) trailing: bool,
    /// Whether its glyphs may change their width.
    pub(crate) flexible: bool,
    /// Glyph width in 1/100,000 of the design.
    pub(crate) expansion: u32,
    /// Space after every glyph, before expansion.
    pub(crate) letterspace: Length,
    /// Space that justification adds to each of its gaps, before expansion.
    pub(crate) added: Vec<Length>,
}

pub(crate) enum PartText {
    Range(Range<usize>),
    /// A hyphen that the printer adds. Its own text is a soft hyphen (ISO 32000-1, 14.8.2.2.3), which readers of tags
    /// without `ActualText` leave out.
    Hyphen,
}

impl LinePart {
    pub(crate) fn new(fragment: &Fragment, word: Rc<Word>, text: PartText) -> Self {
        let Fragment { piece, setting, level, kind, .. } = *fragment;
        Self {
            piece,
            setting,
            level,
            kind,
            word,
            text,
            trailing: false,
            flexible: is_flexible(fragment),
            expansion: AS_DESIGNED,
            letterspace: Length::ZERO,
            added: Vec::new(),
        }
    }

    /// Returns its text.
    pub(crate) fn shown<'t>(&self, inline: &'t Inline) -> &'t str {
        match &self.text {
            PartText::Range(range) => &inline.text[range.clone()],
            PartText::Hyphen => "\u{ad}",
        }
    }

    /// Returns whether it is flexible and takes width.
    pub(crate) fn bends(&self) -> bool {
        self.flexible && !self.trailing
    }

    pub(crate) fn width(&self, inline: &Inline) -> Length {
        let piece = &inline.pieces[self.piece];
        let size = piece.style.size;
        if let Some(drawn) = inline.drawn_width(piece) {
            return drawn;
        }
        let count = i64::try_from(self.word.glyphs.len()).unwrap_or(0);
        let added = self.added.iter().copied().sum::<Length>() + self.letterspace * count;
        let designed = self.word.width(self.setting.face, size) + added;
        if self.expansion == AS_DESIGNED {
            return designed;
        }
        designed * i64::from(self.expansion) / i64::from(AS_DESIGNED)
    }
}
