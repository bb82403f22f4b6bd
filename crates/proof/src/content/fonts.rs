//! The fonts of a file while its content is read.

use crate::form::{Font, face_of};

/// The fonts of a file, and which of their codes are shown.
pub(crate) struct Fonts<'f> {
    fonts: &'f [Font],
    used: Vec<Vec<bool>>,
}

impl<'f> Fonts<'f> {
    pub(crate) fn new(fonts: &'f [Font]) -> Self {
        Self { fonts, used: fonts.iter().map(|font| vec![false; font.codes.len()]).collect() }
    }

    /// Marks a code as shown; returns its width in 1/1,000,000 em.
    pub(super) fn use_code(&mut self, font: usize, code: u16) -> Option<i64> {
        let index = usize::from(code).checked_sub(1)?;
        *self.used.get_mut(font)?.get_mut(index)? = true;
        Some(self.fonts[font].codes[index].width)
    }

    pub(super) fn named(&self, name: &[u8]) -> Option<usize> {
        let face = face_of(name)?;
        self.fonts.iter().position(|font| font.face == face)
    }

    /// Returns a font that has a code that nothing shows.
    pub(crate) fn unused(&self) -> Option<&'f Font> {
        let is_unused = |(_, used): &(&Font, &Vec<bool>)| used.iter().any(|used| !used);
        self.fonts.iter().zip(&self.used).find(is_unused).map(|(font, _)| font)
    }
}
