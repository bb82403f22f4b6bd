//! The text of one element, compared character by character with its pieces.

use chancery_print::expected_content::ExpectedPiece;

use crate::content::{FileColor, Sequence};
use crate::edition::characters::{append_squeezed, is_ink};
use crate::form::Font;
use crate::refusal::{Place, Refusal};

/// Number of vendored faces; others may be used where none of them has a glyph.
const VENDORED_FACES: usize = 12;
/// Number of characters that a message quotes.
const QUOTED: usize = 80;

/// The text of a marked-content sequence.
pub(super) struct MarkText {
    characters: Vec<Character>,
    /// As readers extract it: with the texts that replace those of glyphs.
    read: String,
    /// As the glyphs show it.
    shown: String,
}

/// A character with ink, as a glyph shows it.
#[derive(Clone, Copy)]
struct Character {
    value: char,
    mark: usize,
    size: i64,
    color: FileColor,
    face: usize,
    baseline: i64,
}

impl MarkText {
    /// Returns the text of a sequence; `None` if a font has no such code.
    pub(super) fn of(sequence: &Sequence, codes: &[u16], fonts: &[Font]) -> Option<Self> {
        let mut text = Self { characters: Vec::new(), read: String::new(), shown: String::new() };
        for shown in &sequence.shown {
            let font = fonts.get(shown.font)?;
            for code in codes.get(shown.codes.clone())? {
                let code = font.codes.get(usize::from(*code).checked_sub(1)?)?;
                text.shown.push_str(&code.text);
                let characters = code.text.chars().filter(|character| is_ink(*character));
                text.characters.extend(characters.map(|value| Character {
                    value,
                    mark: 0,
                    size: shown.size,
                    color: shown.color,
                    face: font.face,
                    baseline: shown.y,
                }));
            }
        }
        text.read.push_str(sequence.actual_text.as_deref().unwrap_or(&text.shown));
        Some(text)
    }
}

/// The findings of comparing the text of a sequence.
#[derive(Clone, Default)]
pub(super) struct FoundMark {
    /// The logical position at which it begins, and the baseline there.
    pub(super) seq: Option<u32>,
    pub(super) baseline: Option<i64>,
    /// Further positions that begin in it.
    pub(super) later: Vec<(u32, i64)>,
    /// Whether it shows any text.
    is_text: bool,
}

/// The text of an element between two of its child elements, and its whole text so far.
#[derive(Default)]
pub(super) struct ElementText {
    characters: Vec<Character>,
    at: usize,
    marks: Vec<FoundMark>,
    last_seq: u32,
    read: String,
    shown: String,
    expected: String,
}

impl ElementText {
    /// Begins with the sequences before the next child element.
    pub(super) fn begin(&mut self, marks: Vec<MarkText>) {
        self.marks = vec![FoundMark::default(); marks.len()];
        self.characters.clear();
        self.at = 0;
        for (index, mark) in marks.into_iter().enumerate() {
            self.marks[index].is_text = !mark.shown.is_empty();
            self.read.push_str(&mark.read);
            self.shown.push_str(&mark.shown);
            self.characters.extend(mark.characters.into_iter().map(|of| Character { mark: index, ..of }));
        }
    }

    /// Returns the characters that are not compared yet.
    pub(super) fn rest(&self) -> Vec<char> {
        self.characters[self.at..].iter().map(|of| of.value).collect()
    }

    /// Returns the logical position of the last text that was compared.
    pub(super) const fn last_seq(&self) -> u32 {
        self.last_seq
    }

    /// Compares a piece with what comes next, and its style.
    pub(super) fn compare(
        &mut self,
        said: &str,
        piece: &ExpectedPiece,
        is_number: bool,
    ) -> Result<(), (&'static str, String)> {
        self.expected.push_str(said);
        let mut is_first = true;
        for character in said.chars().filter(|character| is_ink(*character)) {
            let Some(found) = self.characters.get(self.at).filter(|found| found.value == character) else {
                return Err(("TEXT", self.difference(said)));
            };
            let style = &piece.style;
            let has_face = is_number || style.faces.contains(&found.face) || found.face >= VENDORED_FACES;
            if found.size != style.size || found.color != style.color || !has_face {
                let message =
                    format!("{character:?} has another size, colour or face than {:?}", quoted(said));
                return Err(("STYLE", message));
            }
            let mark = &mut self.marks[found.mark];
            if mark.seq.is_none() {
                (mark.seq, mark.baseline) = (Some(piece.seq), Some(found.baseline));
            } else if is_first {
                mark.later.push((piece.seq, found.baseline));
            }
            is_first = false;
            self.at += 1;
        }
        self.last_seq = self.last_seq.max(piece.seq);
        Ok(())
    }

    fn difference(&self, said: &str) -> String {
        let found: String = self.characters[self.at..].iter().take(QUOTED).map(|of| of.value).collect();
        format!("the file shows {found:?} where the edition says {:?}", quoted(said))
    }

    /// Ends the text before a child element; returns what was found about each sequence.
    pub(super) fn end(&mut self, place: impl Fn() -> Place) -> Result<Vec<FoundMark>, Refusal> {
        if self.at < self.characters.len() {
            let found: String = self.characters[self.at..].iter().take(QUOTED).map(|of| of.value).collect();
            return Err(Refusal::new("TEXT", place(), format!("the file shows {found:?} besides")));
        }
        let mut marks = std::mem::take(&mut self.marks);
        // A sequence of white space belongs to the text before it.
        let mut before = marks.iter().find_map(|mark| mark.seq);
        for mark in &mut marks {
            if mark.seq.is_some() {
                before = mark.later.last().map(|(seq, _)| *seq).or(mark.seq);
            } else if mark.is_text {
                mark.seq = before;
            }
        }
        Ok(marks)
    }

    /// Notes a child element.
    pub(super) fn next_child(&mut self) {
        for text in [&mut self.read, &mut self.shown, &mut self.expected] {
            text.push('\u{FFFC}');
        }
    }

    /// Compares the whole text with its white space: what readers extract, and what the glyphs show.
    pub(super) fn finish(&self) -> Result<(), String> {
        let squeezed = |text: &str| {
            let mut squeezed = String::with_capacity(text.len());
            append_squeezed(&mut squeezed, text);
            squeezed.trim().to_owned()
        };
        let expected = squeezed(&self.expected);
        for (text, how) in [(&self.shown, "shows"), (&self.read, "reads as")] {
            if how == "reads as" && *text == self.shown {
                continue;
            }
            let found = squeezed(text);
            if found != expected {
                return Err(format!(
                    "the file {how} {:?} where the edition says {:?}",
                    quoted(&found),
                    quoted(&expected)
                ));
            }
        }
        if self.read.contains('\u{AD}') {
            return Err("the text has soft hyphens, at which search would stop".to_owned());
        }
        Ok(())
    }
}

fn quoted(text: &str) -> String {
    text.chars().take(QUOTED).collect()
}
