//! The glyphs of each sequence: those that show a text together follow each other.

use crate::check_form::Read;
use crate::content::Sequence;
use crate::edition::fonts::IdentifiedFont;
use crate::edition::shown_glyphs::{Showing, further, plain};
use crate::form::Font;
use crate::refusal::{Place, Refusal};

/// Checks the glyphs of all pages and forms.
pub(super) fn check(read: &Read, fonts: &[IdentifiedFont]) -> Result<(), Refusal> {
    let embedded = &read.document.fonts;
    for (page, painted) in read.pages.iter().enumerate() {
        for sequence in &painted.sequences {
            let place = || Place::Content { page: page + 1, byte: sequence.at };
            check_sequence(sequence, &painted.codes, (fonts, embedded), place)?;
        }
    }
    for (painted, form) in read.forms.iter().zip(&read.document.forms) {
        for sequence in &painted.sequences {
            check_sequence(sequence, &painted.codes, (fonts, embedded), || form.content.place())?;
        }
    }
    Ok(())
}

fn check_sequence(
    sequence: &Sequence,
    codes: &[u16],
    (fonts, embedded): (&[IdentifiedFont], &[Font]),
    place: impl Fn() -> Place,
) -> Result<(), Refusal> {
    let mut text = OpenText::default();
    for shown in &sequence.shown {
        for code in &codes[shown.codes.clone()] {
            let index = usize::from(*code) - 1;
            text.show(&fonts[shown.font].codes[index].1, &embedded[shown.font].codes[index].text)
                .map_err(|what| Refusal::new("GLYPH", place(), what))?;
        }
    }
    text.end().map_err(|what| Refusal::new("GLYPH", place(), what))
}

/// The text that the last glyphs show together.
#[derive(Default)]
struct OpenText<'t> {
    wanted: &'t str,
    /// The rest that is still to be shown, in each way in which the glyphs may show it; empty before the first text.
    rest: Vec<Vec<char>>,
    /// Glyphs before it that are parts of it.
    before: Vec<Vec<Vec<char>>>,
}

impl<'t> OpenText<'t> {
    fn show(&mut self, showing: &Showing, own: &'t str) -> Result<(), &'static str> {
        match showing {
            Showing::Further { texts } => {
                let is_blank = |text: &Vec<char>| text.iter().all(|character| *character == ' ');
                if let Some(rest) = further(&self.rest, &plain(self.wanted), texts) {
                    self.rest = rest;
                } else if !texts.iter().any(is_blank) {
                    // A part may also precede its text.
                    self.before.push(texts.clone());
                }
            }
            // Most glyphs follow others that are whole.
            Showing::Whole if self.before.is_empty() && self.rest.len() == 1 && self.rest[0].is_empty() => {
                self.wanted = own;
            }
            Showing::Whole => {
                self.begin(own, vec![Vec::new()])?;
            }
            Showing::Part { rest } => self.begin(own, rest.clone())?,
        }
        Ok(())
    }

    fn begin(&mut self, wanted: &'t str, rest: Vec<Vec<char>>) -> Result<(), &'static str> {
        if !self.is_shown() {
            return Err("the glyphs of a text do not show all of it");
        }
        (self.wanted, self.rest) = (wanted, rest);
        for texts in std::mem::take(&mut self.before) {
            let rest = further(&self.rest, &plain(self.wanted), &texts);
            self.rest = rest.ok_or("a glyph shows another text than the one that it is a part of")?;
        }
        Ok(())
    }

    fn is_shown(&self) -> bool {
        self.rest.is_empty() || self.rest.iter().any(Vec::is_empty)
    }

    fn end(&self) -> Result<(), &'static str> {
        if !self.is_shown() {
            return Err("the glyphs of a text do not show all of it");
        }
        if self.before.is_empty() { Ok(()) } else { Err("a glyph is shown without a text") }
    }
}
