//! A paragraph's content: one text in logical order, cut into pieces that differ in style, owner or meaning.

use std::ops::Range;

use crate::pages::Owner;
use crate::tags::{AnchorId, TagId};
use crate::text::languages::LanguageId;
use crate::text::text_style::TextStyle;

/// A paragraph's content.
#[derive(Clone, Debug, Default)]
pub struct Inline {
    /// The text in logical order, NFC, without control characters.
    pub text: String,
    /// Its pieces, in order and without gaps.
    pub pieces: Vec<Piece>,
    /// Byte offsets at which destinations stand.
    pub anchors: Vec<(usize, AnchorId)>,
}

/// A stretch of text that is set and owned alike.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Its bytes.
    pub range: Range<usize>,
    /// How it is set.
    pub style: TextStyle,
    /// What it belongs to.
    pub owner: Owner,
    /// The `Link` element whose active area covers it.
    pub link: Option<TagId>,
    /// Its language.
    pub language: LanguageId,
    /// What it is.
    pub kind: PieceKind,
}

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// Text.
    Text,
    /// Characters that no face has: a drawn box stands for each cluster.
    Missing,
    /// A bar for withheld text, of one width whatever it hides; the text holds one U+FFFC.
    Withheld,
    /// Digits that are known only when all pages are made; the text holds zeros at the reserved width.
    Deferred(Deferred),
}

/// A list of anchors in `Flow::page_lists`, by its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageList(pub usize);

/// A number that pagination decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deferred {
    /// The number of the page where an anchor stands, at the end of its room.
    PageOf(AnchorId),
    /// The numbers of the pages where anchors stand. Only after [`crate::flow::Block::CommitPages`]: they are put in before
    /// the text is set, so they need no room that is kept for them.
    Pages(PageList),
}

impl Inline {
    /// Whether there is nothing to set.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Appends text as a piece; control characters become spaces.
    pub fn push(&mut self, text: &str, piece: PieceStyle) {
        let start = self.text.len();
        self.text.extend(text.chars().map(settable));
        if self.text.len() > start {
            let PieceStyle { style, owner, link, language, kind } = piece;
            self.pieces.push(Piece { range: start..self.text.len(), style, owner, link, language, kind });
        }
    }

    /// Marks the end of the text so far as a destination.
    pub fn anchor(&mut self, anchor: AnchorId) {
        self.anchors.push((self.text.len(), anchor));
    }
}

/// All of a [`Piece`] but its range.
#[derive(Clone, Debug)]
pub struct PieceStyle {
    /// How it is set.
    pub style: TextStyle,
    /// What it belongs to.
    pub owner: Owner,
    /// The `Link` element whose active area covers it.
    pub link: Option<TagId>,
    /// Its language.
    pub language: LanguageId,
    /// What it is.
    pub kind: PieceKind,
}

/// Line and paragraph separators and controls are refused at validation; what slips through is a space.
pub(crate) fn settable(c: char) -> char {
    if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }
}
