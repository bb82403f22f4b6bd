//! The length limit of text strings.

use crate::write::WriteError;
use crate::write::file::syntax;

/// Maximum length of a string in PDF/A, in bytes (ISO 19005-2, 6.1.13).
const MAX_STRING: usize = 32_767;

/// Encodes a text string; fails if it is longer than PDF/A allows (ISO 19005-2, 6.1.13).
pub(crate) fn encode_text_string(what: &'static str, text: &str) -> Result<Vec<u8>, WriteError> {
    let bytes = syntax::text_bytes(text);
    if bytes.len() > MAX_STRING { Err(WriteError::TooLong { what, bytes: bytes.len() }) } else { Ok(bytes) }
}
