//! Reads printed files independently of the writer, and proves that a finished file has exactly the intended content.
//!
//! The printer only checks a file. Tests and benches also read its text and artifacts, through the feature `testing`.

#![cfg_attr(
    not(feature = "testing"),
    allow(unreachable_pub, reason = "only the feature `testing` makes these items public")
)]

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

#[cfg(feature = "testing")]
use crate::readback::structure_text::{Replacements, lines};

pub use crate::readback::attached_data::{Extracted, Stated, extract, read_stated};
pub use crate::readback::error::{ExtractError, ProofError, ReadError};
#[cfg(feature = "testing")]
pub use crate::readback::normalization::normal_form;
pub use expected::Expected;
pub(crate) use proof::check;
#[cfg(feature = "testing")]
pub use proof::{Proof, prove};

/// Returns the text of a file in reading order, one line per block, in [`normal_form`]. Artifacts and alternative texts
/// are omitted; `ActualText` replaces the text it covers.
#[cfg(feature = "testing")]
pub fn struct_text(bytes: &[u8]) -> Result<String, ReadError> {
    Ok(lines(&structure_text::read(bytes)?.roots, Replacements::Applied))
}

/// Returns the text of a file like [`struct_text`], but as it is shown: without the `ActualText` of elements, such as the
/// words of signs and the years of dates.
#[cfg(feature = "testing")]
pub fn shown_text(bytes: &[u8]) -> Result<String, ReadError> {
    Ok(lines(&structure_text::read(bytes)?.roots, Replacements::Ignored))
}
