//! JSON and YAML texts of messages, read with every problem at its place.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use chancery_proto::document::Node;
use chancery_proto::json;
use chancery_proto::message_reader::{Problem, Problems, read_message};
use chancery_text::{YamlReading, read_yaml, write_yaml};
use prost::{Message, Name};

use super::brief_form::BriefForm;
use super::source_text::{SourceText, line_starts};
use crate::ui::failure::{Failure, Violation};
use crate::ui::text_position::TextPosition;

/// The form of a text that is not in the text form of briefs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataForm {
    Json,
    Yaml,
}

impl DataForm {
    /// Returns YAML for a file with an ending of it, else JSON.
    pub fn of(file: &Path) -> Self {
        if BriefForm::of(file) == Some(BriefForm::Yaml) { Self::Yaml } else { Self::Json }
    }

    /// Writes a message: in JSON with the names of enums, in YAML with their words.
    pub fn write<M: Message + Name>(self, message: &M) -> String {
        match self {
            Self::Json => json::to_string_pretty(message),
            Self::Yaml => write_yaml(&Node::of_message(message)),
        }
    }

    const fn reason(self) -> &'static str {
        match self {
            Self::Json => "INVALID_JSON",
            Self::Yaml => "INVALID_YAML",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Yaml => "YAML",
        }
    }
}

/// A text that was read to values.
#[derive(Debug, Clone)]
pub struct DataText {
    pub text: Arc<str>,
    pub document: Arc<Node>,
    form: DataForm,
    /// Problems of form; those of JSON hide all others.
    problems: Vec<Problem>,
    omitted: usize,
}

/// A text that does not fit its message.
#[derive(Debug)]
pub struct InvalidData {
    form: DataForm,
    /// In the order of the text.
    pub problems: Vec<Problem>,
    /// Number of further problems.
    pub omitted: usize,
}

impl DataText {
    /// Reads the values of a text.
    pub fn parse(form: DataForm, text: Arc<str>) -> Result<Self, InvalidData> {
        if form == DataForm::Yaml {
            let YamlReading { document, diagnostics, omitted } = read_yaml(&text);
            let problem = |found: chancery_text::Diagnostic| {
                let range = found.range.start..found.range.end;
                let fix = found.fix.map(|fix| (fix.range.start..fix.range.end, fix.replacement));
                Problem { code: found.code, path: String::new(), range, message: found.message, fix }
            };
            let problems = diagnostics.into_iter().map(problem).collect();
            return Ok(Self { text, document: Arc::new(document), form, problems, omitted });
        }
        match json::parse(&text) {
            Ok(document) => {
                Ok(Self { text, document: Arc::new(document), form, problems: Vec::new(), omitted: 0 })
            }
            Err(error) => Err(InvalidData { form, problems: vec![not_json(&text, &error)], omitted: 0 }),
        }
    }

    /// Decodes the values as a message.
    pub fn decode<M: Message + Name + Default>(&self) -> Result<M, InvalidData> {
        let (message, found) = match read_message(&self.document) {
            Ok(message) => (Some(message), Problems::default()),
            Err(problems) => (None, problems),
        };
        if let Some(message) = message.filter(|_| self.problems.is_empty() && self.omitted == 0) {
            return Ok(message);
        }
        let unquoted = |problem: Problem| {
            let fix = problem.fix.map(|(range, name)| (unquoted(&self.text, range), name));
            Problem { fix, ..problem }
        };
        let mut problems = self.problems.clone();
        problems.extend(found.listed.into_iter().map(unquoted));
        problems.sort_by_key(|problem| problem.range.start);
        Err(InvalidData { form: self.form, problems, omitted: self.omitted + found.omitted })
    }

    /// Returns whether the text has one of the keys at its top.
    pub fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.document.get(name).is_some())
    }

    /// Returns the text for locating violations.
    pub fn source(&self) -> SourceText {
        SourceText::data(Arc::clone(&self.text), Arc::clone(&self.document))
    }
}

impl InvalidData {
    /// Returns the failure of a command that needs the message `name`.
    pub fn failure(self, file: &Path, text: &Arc<str>, name: &str) -> Failure {
        let line_starts = line_starts(text);
        let total = self.problems.len() + self.omitted;
        let violation = |problem: Problem| {
            let at = TextPosition::in_lines(text, &line_starts, problem.range.start);
            let description = format!("{}: {}", problem.code, problem.message);
            Violation::at(file, text, at, problem.path, description)
        };
        let violations = self.problems.into_iter().map(violation).collect();
        let message = format!("{} is not valid {} of a {name}", file.display(), self.form.name());
        let failure = Failure::new("INVALID_ARGUMENT", self.form.reason(), message);
        Failure { total_violations: total, ..failure.with_violations(violations) }
    }
}

fn not_json(text: &str, error: &json::SyntaxError) -> Problem {
    let message = misplaced_character(&text[error.offset..])
        .map_or_else(|| error.message.clone(), |problem| format!("{}: {problem}", error.message));
    let end = text[error.offset..].chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8);
    let range = error.offset..error.offset + end;
    Problem { code: "INVALID_JSON", path: String::new(), range, message, fix: None }
}

/// Returns the range of a name or a word without its quotation marks.
pub fn unquoted(text: &str, range: Range<usize>) -> Range<usize> {
    let written = text.get(range.clone()).unwrap_or_default();
    let is_quoted = ['"', '\'']
        .iter()
        .any(|mark| written.len() > 1 && written.starts_with(*mark) && written.ends_with(*mark));
    if is_quoted { range.start + 1..range.end - 1 } else { range }
}

/// Names the character at the start of a text that word processors write and JSON does not have.
fn misplaced_character(text: &str) -> Option<String> {
    let character = text.chars().next()?;
    match character {
        '\u{feff}' => Some("this is a byte order mark, U+FEFF: save the file as UTF-8 without it".into()),
        '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}' => {
            Some(format!("{character} is a curly quotation mark: write a straight \" on both sides"))
        }
        '\u{a0}' => Some("this is a no-break space, U+00A0: write a space".into()),
        _ => None,
    }
}
