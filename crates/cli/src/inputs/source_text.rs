//! The JSON text that a message was read from, for positions of violations.

use std::sync::{Arc, OnceLock};

use chancery_proto::json;

/// A JSON text, read for positions at most once, however many places it is asked for.
#[derive(Debug, Clone)]
pub struct SourceText {
    text: Arc<str>,
    positions: Arc<OnceLock<Option<json::Positions>>>,
}

impl SourceText {
    /// Over a file's text.
    pub fn new(text: Arc<str>) -> Self {
        Self { text, positions: Arc::default() }
    }

    /// The text itself.
    pub const fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Line and column, from 1, of the deepest part of a path that exists; none when the text is no JSON.
    pub fn find(&self, path: &str) -> Option<(usize, usize)> {
        self.positions.get_or_init(|| json::Positions::of(&self.text)).as_ref().map(|found| found.find(path))
    }
}
