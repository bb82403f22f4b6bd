//! JSON documents that people write: read with the place of each mistake.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chancery_proto::json;
use prost::{Message, Name};

use crate::failure::{Failure, Place, Position};
use crate::output::is_standard;
use crate::source_text::SourceText;

/// A message with the text that it was read from.
#[derive(Debug, Clone)]
pub struct Document<M> {
    /// The file, as it was named.
    pub file: PathBuf,
    /// The file's text.
    pub text: SourceText,
    /// The message.
    pub message: M,
}

impl<M: Message + Name + Default> Document<M> {
    /// Reads a file; `-` is standard input.
    pub fn read(file: &Path) -> Result<Self, Failure> {
        Self::of_text(file, text_of(file)?)
    }

    /// Reads a file's text.
    pub fn of_text(file: &Path, text: Arc<str>) -> Result<Self, Failure> {
        let message = json::from_str(&text).map_err(|error| not_the_message(file, &text, &error, M::NAME))?;
        Ok(Self { file: file.to_owned(), text: SourceText::new(text), message })
    }

    /// The server's refusal with each wrong place found in the file. `prefix` is where the request holds the document.
    pub fn locate(&self, prefix: &str, place: &Place) -> Option<Place> {
        let path = place.path.strip_prefix(prefix)?;
        let path = path.strip_prefix('.').unwrap_or(path).to_owned();
        Some(Place::in_text(&self.file, &self.text, path, place.description.clone()))
    }
}

/// A file's text; `-` is standard input.
pub fn text_of(file: &Path) -> Result<Arc<str>, Failure> {
    let bytes = if is_standard(file) { read_input() } else { fs::read(file) };
    let bytes = bytes.map_err(Failure::io(format!("reading {}", file.display())))?;
    let text =
        String::from_utf8(bytes).map_err(|error| not_utf8(file, error.as_bytes(), &error.utf8_error()))?;
    Ok(text.into())
}

/// Puts the places of a refusal into the documents that they are in: `locate` answers for those that it knows.
pub fn locate_all(mut failure: Failure, locate: impl Fn(&Place) -> Option<Place>) -> Failure {
    for place in &mut failure.violations {
        if let Some(located) = locate(place) {
            *place = located;
        }
    }
    failure
}

fn read_input() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn not_utf8(file: &Path, bytes: &[u8], error: &std::str::Utf8Error) -> Failure {
    let before = &bytes[..error.valid_up_to()];
    let line = before.split(|byte| *byte == b'\n').count();
    let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
    let wrong = bytes.get(error.valid_up_to()).copied().unwrap_or_default();
    let place = Place {
        description: format!("byte 0x{wrong:02x} is not UTF-8"),
        position: Some(Position { file: file.display().to_string(), line, column }),
        ..Place::default()
    };
    let message = format!("{} is not UTF-8", file.display());
    Failure::new("INVALID_ARGUMENT", "NOT_UTF8", message).places(vec![place])
}

fn not_the_message(file: &Path, text: &Arc<str>, error: &json::JsonError, name: &str) -> Failure {
    let position =
        Position { file: file.display().to_string(), line: error.line.max(1), column: error.column.max(1) };
    let place = Place {
        path: error.path.clone(),
        description: error.message.clone(),
        position: Some(position),
        text: Some(Arc::clone(text)),
    };
    let message = format!("{} is no JSON of a {name}", file.display());
    Failure::new("INVALID_ARGUMENT", "INVALID_JSON", message).places(vec![place])
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::RevisionDocument;

    use super::Document;
    use crate::failure::Failure;

    fn failure(bytes: &[u8]) -> Failure {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("revision-1.json");
        std::fs::write(&file, bytes).unwrap();
        Document::<RevisionDocument>::read(&file).unwrap_err()
    }

    #[test]
    fn bytes_that_are_no_utf8_are_found_by_line_and_column() {
        let failure = failure(b"{\n  \"creator\": \"M\xfcller\"}");
        assert_eq!(failure.reason, "NOT_UTF8");
        let position = failure.violations[0].position.clone().unwrap();
        assert_eq!((position.line, position.column), (2, 16));
    }

    #[test]
    fn an_unknown_field_is_named_with_its_path() {
        let failure = failure(b"{\"content\": {\n\"titel\": \"x\"}}");
        assert_eq!(failure.reason, "INVALID_JSON");
        let place = &failure.violations[0];
        assert!(place.path.starts_with("content") && place.description.contains("titel"), "{place}");
        assert_eq!(place.position.clone().unwrap().line, 2);
    }

    #[test]
    fn what_is_no_json_is_refused() {
        assert_eq!(failure(b"hello").reason, "INVALID_JSON");
    }
}
