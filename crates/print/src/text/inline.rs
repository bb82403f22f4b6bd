//! A paragraph's content: one text in logical order, cut into pieces that differ in style, owner or meaning.

use std::ops::Range;

use crate::graphics::Path;
use crate::pages::Owner;
use crate::tags::{AnchorId, TagId};
use crate::text::languages::LanguageId;
use crate::text::text_style::TextStyle;
use crate::units::Length;

/// A paragraph's content.
#[derive(Clone, Debug, Default)]
pub struct Inline {
    /// The text in logical order, NFC, without control characters.
    pub text: String,
    /// Its pieces, in order and without gaps.
    pub pieces: Vec<Piece>,
    /// Destinations with their byte offsets in the text.
    pub anchors: Vec<(usize, AnchorId)>,
    /// Its drawings, by the index in [`PieceKind::Drawing`].
    pub drawings: Vec<InlineDrawing>,
    /// Whether its end is in an isolate of the printer's words, which run against the page.
    pub in_isolate: bool,
}

/// A small drawing in a line of text: a sign or a bar.
#[derive(Clone, Debug, Default)]
pub struct InlineDrawing {
    /// Its advance.
    pub width: Length,
    /// Its paths in painting order; `x` from its left edge, `y` from the baseline downwards.
    pub paths: Vec<Path>,
}

/// A run of text with one style, owner and meaning.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Its bytes.
    pub range: Range<usize>,
    /// How it is set.
    pub style: TextStyle,
    /// The structure element or artifact that owns it.
    pub owner: Owner,
    /// The `Link` element whose active area includes this piece.
    pub link: Option<TagId>,
    /// Its language.
    pub language: LanguageId,
    /// The kind of content.
    pub kind: PieceKind,
}

/// Kinds of pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// Text.
    Text,
    /// Characters without a glyph in any face: a box is drawn for each cluster.
    Missing,
    /// A bar for withheld text, of one width whatever it hides; the text holds one U+FFFC.
    Withheld,
    /// A drawing of [`Inline::drawings`], by its index; the text holds one U+FFFC.
    Drawing(usize),
    /// Digits that are known only when all pages are made; the text holds zeros at the reserved width.
    Deferred(Deferred),
}

/// A list of anchors in `Flow::page_lists`, by its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageList(pub usize);

/// A number that pagination decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deferred {
    /// The page number of an anchor, right-aligned in its reserved width.
    PageOf(AnchorId),
    /// The page numbers of a list of anchors, which are inserted before the text is set and need no reserved width.
    /// Allowed after [`crate::flow::Block::CommitPages`], and before the first page break, whose pages are set last.
    Pages(PageList),
}

impl Inline {
    /// Returns the advance of a drawn piece, or `None` for text.
    pub fn drawn_width(&self, piece: &Piece) -> Option<Length> {
        match piece.kind {
            PieceKind::Missing => Some(piece.style.size * 6 / 10),
            PieceKind::Withheld => Some(piece.style.size * 6),
            PieceKind::Drawing(index) => Some(self.drawings.get(index).map_or(Length::ZERO, |of| of.width)),
            PieceKind::Text | PieceKind::Deferred(_) => None,
        }
    }

    /// Returns whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Appends text as a piece; control characters become spaces.
    pub fn push(&mut self, text: &str, piece: PieceStyle) {
        let start = self.text.len();
        if is_printable_ascii(text) {
            self.text.push_str(text);
        } else {
            self.text.extend(text.chars().map(settable));
        }
        if self.text.len() > start {
            let PieceStyle { style, owner, link, language, kind } = piece;
            self.pieces.push(Piece { range: start..self.text.len(), style, owner, link, language, kind });
        }
    }

    /// Appends a space in the style and element of the last text, so that extraction separates it from what follows.
    pub fn separate(&mut self) {
        let is_text = |piece: &&Piece| piece.kind == PieceKind::Text;
        if let Some(last) = self.pieces.last().filter(is_text).cloned() {
            let Piece { style, owner, link, language, kind, .. } = last;
            self.push(" ", PieceStyle { style, owner, link, language, kind });
        }
    }

    /// Marks the end of the text so far as a destination.
    pub fn anchor(&mut self, anchor: AnchorId) {
        self.anchors.push((self.text.len(), anchor));
    }
}

/// The fields of a [`Piece`] except its range.
#[derive(Clone, Debug)]
pub struct PieceStyle {
    /// How it is set.
    pub style: TextStyle,
    /// The structure element or artifact that owns it.
    pub owner: Owner,
    /// The `Link` element whose active area includes this piece.
    pub link: Option<TagId>,
    /// Its language.
    pub language: LanguageId,
    /// The kind of content.
    pub kind: PieceKind,
}

/// Returns whether a text has printable ASCII only, which every face has and which is set as it is.
pub(crate) fn is_printable_ascii(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Replaces control characters and line or paragraph separators by spaces. Validation rejects them; this is the
/// fallback.
pub(crate) fn settable(c: char) -> char {
    if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }
}
