//! The text of an input file, for locating violations.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use chancery_proto::document::Node;
use chancery_text::{Paths, rule_message};

use crate::ui::text_position::TextPosition;

/// The text of a file with the positions of its values.
#[derive(Debug, Clone)]
pub struct SourceText {
    text: Arc<str>,
    /// Offsets of the lines, found on the first lookup.
    line_starts: Arc<OnceLock<Vec<usize>>>,
    form: Form,
}

#[derive(Debug, Clone)]
enum Form {
    /// JSON or YAML.
    Data(Arc<Node>),
    /// The text form, whose paths are those of the content.
    Brief(Arc<Paths>),
}

impl SourceText {
    /// Creates a source text from a JSON or YAML text and its values.
    pub fn data(text: Arc<str>, document: Arc<Node>) -> Self {
        Self { text, line_starts: Arc::default(), form: Form::Data(document) }
    }

    /// Creates a source text from the text form of a brief.
    pub fn brief(text: Arc<str>, paths: Paths) -> Self {
        Self { text, line_starts: Arc::default(), form: Form::Brief(Arc::new(paths)) }
    }

    /// Returns the text.
    pub const fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Returns whether the text is the text form of a brief, whose authors know no paths.
    pub const fn is_brief(&self) -> bool {
        matches!(self.form, Form::Brief(_))
    }

    /// Returns the position of the deepest existing part of a path.
    pub fn find(&self, path: &str) -> TextPosition {
        let line_starts = self.line_starts.get_or_init(|| line_starts(&self.text));
        let offset = match &self.form {
            Form::Data(document) => document.find(path).range.start,
            Form::Brief(paths) => paths.find(path).start,
        };
        TextPosition::in_lines(&self.text, line_starts, offset)
    }

    /// Returns the range of the value of a key at the top of JSON or YAML.
    pub fn value_range(&self, key: &str) -> Option<Range<usize>> {
        match &self.form {
            Form::Data(document) => document.get(key).map(|value| value.range.clone()),
            Form::Brief(_) => None,
        }
    }

    /// Returns a message about a path in the words of the file's form. A code before the message stays before it.
    pub fn message(&self, path: &str, message: &str) -> String {
        if !self.is_brief() {
            return message.to_owned();
        }
        let is_code = |start: &str| start.chars().all(|c| c.is_ascii_uppercase() || c == '_');
        match message.split_once(": ").filter(|(code, _)| is_code(code)) {
            Some((code, message)) => format!("{code}: {}", rule_message(path, message)),
            None => rule_message(path, message),
        }
    }
}

/// Returns the offsets of the lines of a text.
pub fn line_starts(text: &str) -> Vec<usize> {
    let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(offset, _)| offset + 1);
    std::iter::once(0).chain(ends).collect()
}
