//! Errors of filters and orders, and the limit on the length of both.

use std::fmt;

/// Maximum length of a filter or order, in bytes.
pub const MAX_TEXT_BYTES: usize = 8192;

/// Maximum length of the quotation in an error, in characters.
const MAX_QUOTE_CHARS: usize = 40;

/// A malformed or unsupported filter or order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct FilterError {
    /// The byte offset of the error.
    pub position: usize,
    /// The text at the offset, at most 40 characters of it.
    pub text: String,
    /// The problem.
    pub description: String,
}

impl FilterError {
    pub(super) fn new(position: usize, text: &str, description: impl Into<String>) -> Self {
        let mut quote: String = text.chars().take(MAX_QUOTE_CHARS).collect();
        if quote.len() < text.len() {
            quote.push('…');
        }
        Self { position, text: quote, description: description.into() }
    }
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.text.as_str() {
            "" => write!(f, "at byte {}: {}", self.position, self.description),
            text => write!(f, "at byte {}, {text:?}: {}", self.position, self.description),
        }
    }
}

/// Rejects texts that are too long to parse, and NUL, which Postgres does not accept in text.
pub(super) fn check_text(text: &str) -> Result<(), FilterError> {
    if text.len() > MAX_TEXT_BYTES {
        let description = format!("the text has {} bytes, over the limit of {MAX_TEXT_BYTES}", text.len());
        return Err(FilterError::new(MAX_TEXT_BYTES, "", description));
    }
    match text.find('\0') {
        Some(position) => Err(FilterError::new(position, "\0", "NUL is not allowed")),
        None => Ok(()),
    }
}
