//! A reader of the printer's own files, apart from the writer: it proves that a finished file says what was meant,
//! everything of it and nothing else.

mod attached_data;
mod cmap;
mod document_strings;
mod error;
mod expected;
mod normalization;
mod objects;
mod page_text;
mod proof;
mod structure_text;
mod text_strings;
mod tokens;

use crate::readback::structure_text::lines;

pub use crate::readback::attached_data::{Extracted, extract};
pub use crate::readback::error::{ExtractError, ProofError, ReadError};
pub use crate::readback::normalization::normal_form;
pub use expected::Expected;
pub(crate) use proof::check;
pub use proof::{Proof, prove};

/// The text of a file in reading order, one block a line, in [`normal_form`]. Artifacts and alternative texts are left
/// out; `ActualText` stands for what it replaces.
pub fn struct_text(bytes: &[u8]) -> Result<String, ReadError> {
    Ok(lines(&crate::readback::structure_text::read(bytes)?.roots))
}
