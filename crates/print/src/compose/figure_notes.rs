//! Notes below figures and tables.

use crate::compose::signs::Sign;
use crate::compose::text_origin::TextOrigin;

/// A note below a figure or table.
pub(crate) struct FigureNote {
    pub(crate) text: String,
    pub(crate) origin: TextOrigin,
    /// Whether it is emphasized.
    pub(crate) is_strong: bool,
    /// Whether it explains a sign or a mark: it is no sentence and is set apart.
    pub(crate) is_key: bool,
    /// The sign that it explains, drawn before it.
    pub(crate) sign: Option<Sign>,
}

impl FigureNote {
    /// Creates a sentence of the printer.
    pub(crate) fn own(text: &str) -> Self {
        let (text, origin) = (text.to_owned(), TextOrigin::Printer);
        Self { text, origin, is_strong: false, is_key: false, sign: None }
    }

    /// Creates an explanation of a sign or a mark, with the sign to draw before it.
    pub(crate) fn key(sign: Option<Sign>, text: &str) -> Self {
        Self { is_key: true, sign, ..Self::own(text) }
    }

    /// Creates a note of the author.
    pub(crate) fn author(text: String, is_strong: bool) -> Self {
        Self { text, origin: TextOrigin::Author, is_strong, is_key: false, sign: None }
    }
}
