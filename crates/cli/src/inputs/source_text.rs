//! The JSON text of a message, for locating violations.

use std::sync::{Arc, OnceLock};

use chancery_proto::json;

/// A JSON text. It is parsed for positions at most once, on the first lookup.
#[derive(Debug, Clone)]
pub struct SourceText {
    text: Arc<str>,
    positions: Arc<OnceLock<Option<json::Positions>>>,
}

impl SourceText {
    /// Creates a source text from the text of a file.
    pub fn new(text: Arc<str>) -> Self {
        Self { text, positions: Arc::default() }
    }

    /// Returns the text.
    pub const fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Returns the line and column, from 1, of the deepest existing part of a path; `None` if the text is not JSON.
    pub fn find(&self, path: &str) -> Option<(usize, usize)> {
        self.positions.get_or_init(|| json::Positions::of(&self.text)).as_ref().map(|found| found.find(path))
    }
}
