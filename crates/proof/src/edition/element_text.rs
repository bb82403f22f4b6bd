//! The text of one element, compared character by character with its pieces.

use chancery_print::expected_content::{ExpectedPiece, ExpectedStyle};

use crate::content::{FileColor, Sequence};
use crate::edition::characters::{append_squeezed, is_ink};
use crate::form::Font;
use crate::refusal::{Place, Refusal};

/// Number of vendored faces; others may be used where none of them has a glyph.
const VENDORED_FACES: usize = 12;
/// Number of characters that a message quotes.
const QUOTED: usize = 80;

/// A character with ink, as a glyph shows it.
#[derive(Clone, Copy)]
struct Character {
    value: char,
    /// The index of its run.
    run: u32,
}

/// The characters of one `TJ`, all of which are set alike.
struct Run {
    mark: usize,
    size: i64,
    color: FileColor,
    face: usize,
    baseline: i64,
}

/// The findings of comparing the text of a sequence.
#[derive(Default)]
pub(super) struct FoundMark {
    /// The logical position at which it begins, and the baseline there.
    pub(super) seq: Option<u32>,
    pub(super) baseline: Option<i64>,
    /// Further positions that begin in it.
    pub(super) later: Vec<(u32, i64)>,
    /// Whether it shows any text.
    is_text: bool,
}

/// The text of an element between two of its child elements, and its whole text so far. One serves all elements, so that
/// they share its memory.
#[derive(Default)]
pub(super) struct ElementText {
    characters: Vec<Character>,
    runs: Vec<Run>,
    at: usize,
    marks: Vec<FoundMark>,
    last_seq: u32,
    /// As the glyphs show it.
    shown: String,
    /// As readers extract it: with the texts that replace those of glyphs. `None` while it is what the glyphs show.
    read: Option<String>,
    expected: String,
}

impl ElementText {
    /// Begins another element.
    pub(super) fn begin_element(&mut self) {
        self.last_seq = 0;
        self.shown.clear();
        self.read = None;
        self.expected.clear();
    }

    /// Begins the text before the next child element.
    pub(super) fn begin(&mut self) {
        self.marks.clear();
        self.characters.clear();
        self.runs.clear();
        self.at = 0;
    }

    /// Adds a sequence with the codes of its page; `None` if a font has no such code.
    pub(super) fn add(&mut self, sequence: &Sequence, codes: &[u16], fonts: &[Font]) -> Option<()> {
        let first = self.shown.len();
        for shown in &sequence.shown {
            let font = fonts.get(shown.font)?;
            let run = u32::try_from(self.runs.len()).ok()?;
            self.runs.push(Run {
                mark: self.marks.len(),
                size: shown.size,
                color: shown.color,
                face: font.face,
                baseline: shown.y,
            });
            for code in codes.get(shown.codes.clone())? {
                let code = font.codes.get(usize::from(*code).checked_sub(1)?)?;
                if let Some(value) = code.character {
                    self.shown.push(value);
                    if is_ink(value) {
                        self.characters.push(Character { value, run });
                    }
                    continue;
                }
                self.shown.push_str(&code.text);
                let characters = code.text.chars().filter(|character| is_ink(*character));
                self.characters.extend(characters.map(|value| Character { value, run }));
            }
        }
        let shown = &self.shown[first..];
        self.marks.push(FoundMark { is_text: !shown.is_empty(), ..FoundMark::default() });
        if let Some(replaced) = &sequence.actual_text {
            self.read.get_or_insert_with(|| self.shown[..first].to_owned()).push_str(replaced);
        } else if let Some(read) = &mut self.read {
            read.push_str(shown);
        }
        Some(())
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
        // The run of the characters before, whose style is compared already.
        let mut known = None;
        for character in said.chars().filter(|character| is_ink(*character)) {
            let Some(found) = self.characters.get(self.at).filter(|found| found.value == character) else {
                return Err(("TEXT", self.difference(said)));
            };
            self.at += 1;
            if known == Some(found.run) {
                continue;
            }
            let run = &self.runs[found.run as usize];
            if !run.has_style(&piece.style, is_number) {
                let message =
                    format!("{character:?} has another size, colour or face than {:?}", quoted(said));
                return Err(("STYLE", message));
            }
            let mark = &mut self.marks[run.mark];
            if mark.seq.is_none() {
                (mark.seq, mark.baseline) = (Some(piece.seq), Some(run.baseline));
            } else if known.is_none() {
                mark.later.push((piece.seq, run.baseline));
            }
            known = Some(found.run);
        }
        self.last_seq = self.last_seq.max(piece.seq);
        Ok(())
    }

    fn difference(&self, said: &str) -> String {
        let found: String = self.characters[self.at..].iter().take(QUOTED).map(|of| of.value).collect();
        format!("the file shows {found:?} where the edition says {:?}", quoted(said))
    }

    /// Ends the text before a child element.
    pub(super) fn end(&mut self, place: impl Fn() -> Place) -> Result<(), Refusal> {
        if self.at < self.characters.len() {
            let found: String = self.characters[self.at..].iter().take(QUOTED).map(|of| of.value).collect();
            return Err(Refusal::new("TEXT", place(), format!("the file shows {found:?} besides")));
        }
        // A sequence of white space belongs to the text before it.
        let mut before = self.marks.iter().find_map(|mark| mark.seq);
        for mark in &mut self.marks {
            if mark.seq.is_some() {
                before = mark.later.last().map(|(seq, _)| *seq).or(mark.seq);
            } else if mark.is_text {
                mark.seq = before;
            }
        }
        Ok(())
    }

    /// Returns what was found about each sequence.
    pub(super) fn found(&self) -> &[FoundMark] {
        &self.marks
    }

    /// Notes a child element.
    pub(super) fn next_child(&mut self) {
        for text in [&mut self.shown, &mut self.expected].into_iter().chain(&mut self.read) {
            text.push('\u{FFFC}');
        }
    }

    /// Compares the whole text with its white space: what readers extract, and what the glyphs show.
    pub(super) fn finish(&self) -> Result<(), String> {
        let read = self.read.as_ref().unwrap_or(&self.shown);
        self.compare_whole(&self.shown, "shows")?;
        if read != &self.shown {
            self.compare_whole(read, "reads as")?;
        }
        if read.contains('\u{AD}') {
            return Err("the text has soft hyphens, at which search would stop".to_owned());
        }
        Ok(())
    }

    fn compare_whole(&self, text: &str, how: &str) -> Result<(), String> {
        if text == self.expected {
            return Ok(());
        }
        let squeezed = |text: &str| {
            let mut squeezed = String::with_capacity(text.len());
            append_squeezed(&mut squeezed, text);
            squeezed.trim().to_owned()
        };
        let (found, expected) = (squeezed(text), squeezed(&self.expected));
        if found == expected {
            return Ok(());
        }
        Err(format!("the file {how} {:?} where the edition says {:?}", quoted(&found), quoted(&expected)))
    }
}

impl Run {
    fn has_style(&self, style: &ExpectedStyle, is_number: bool) -> bool {
        let is_candidate = style.faces.iter().any(|face| usize::from(*face) == self.face);
        let has_face = is_number || is_candidate || self.face >= VENDORED_FACES;
        self.size == style.size && self.color == style.color && has_face
    }
}

fn quoted(text: &str) -> String {
    text.chars().take(QUOTED).collect()
}
