//! The whole proof.

use chancery_print::expected_content::ExpectedContent;
use chancery_print::{Edition, Fonts, Limits, Options};

use crate::check_form::with_form;
use crate::edition::compare;
use crate::refusal::{Place, Refusal};

/// A proven file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// Number of pages.
    pub pages: u32,
}

/// Proves that a file is a print of an edition: it has the form of the printer, and shows, states and links exactly what
/// the edition does. Only layout is open: where lines and pages break, and where on its page a text lies.
///
/// # Errors
/// The first difference found, whatever the bytes are.
pub fn prove(
    pdf: &[u8],
    edition: &Edition<'_>,
    options: &Options,
    limits: &Limits,
    fonts: &Fonts,
) -> Result<Proven, Refusal> {
    with_form(pdf, |read| {
        let pages = u32::try_from(read.document.pages.len()).unwrap_or(u32::MAX);
        if pages > limits.max_pages {
            return Err(Refusal::new("PAGES", Place::File, "the file has more pages than allowed"));
        }
        let mut first = None;
        for expected in ExpectedContent::all(edition, options, limits, fonts) {
            let expected = expected.map_err(|error| {
                Refusal::new("UNPRINTABLE", Place::File, format!("the edition cannot be printed: {error}"))
            })?;
            match compare(&read, &expected) {
                Ok(()) => return Ok(Proven { pages }),
                // The least abridged form names the difference, unless another has the file's elements.
                Err(refusal) if first.is_none() || refusal.code() != "ELEMENTS" => first = Some(refusal),
                Err(_) => {}
            }
        }
        Err(first.unwrap_or_else(|| Refusal::new("UNPRINTABLE", Place::File, "the edition has no print")))
    })
}
