//! The length limit of text strings.

use crate::write::WriteError;

/// The longest string that PDF/A takes, in bytes (ISO 19005-2, 6.1.13).
const MAX_STRING: usize = 32_767;

/// Whether a language is written from right to left, by its primary subtag.
/// A text string's bytes, if PDF/A takes so many (ISO 19005-2, 6.1.13).
pub(crate) fn limited(what: &'static str, text: &str) -> Result<Vec<u8>, WriteError> {
    let bytes = crate::write::file::syntax::text_bytes(text);
    if bytes.len() > MAX_STRING { Err(WriteError::TooLong { what, bytes: bytes.len() }) } else { Ok(bytes) }
}
