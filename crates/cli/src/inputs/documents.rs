//! JSON and YAML documents, read with the position of each error.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use prost::{Message, Name};

use super::data_text::{DataForm, DataText, InvalidData};
use super::limited_read::{MAX_TEXT_BYTES, read};
use super::source_text::SourceText;
use crate::ui::failure::{Failure, Position, Violation};
use crate::ui::text_position::TextPosition;

/// A message and the text that it was read from.
#[derive(Debug, Clone)]
pub struct Document<M> {
    /// File name, as given.
    pub file: PathBuf,
    /// Text of the file.
    pub text: SourceText,
    /// The decoded message.
    pub message: M,
}

impl<M: Message + Name + Default> Document<M> {
    /// Reads a file; `-` is standard input.
    pub fn read(file: &Path) -> Result<Self, Failure> {
        Self::of_text(file, &read_text(file)?)
    }

    /// Decodes the text of a file.
    pub fn of_text(file: &Path, text: &Arc<str>) -> Result<Self, Failure> {
        let refuse = |invalid: InvalidData| invalid.failure(file, text, M::NAME);
        let data = DataText::parse(DataForm::of(file), Arc::clone(text)).map_err(refuse)?;
        let message = data.decode().map_err(refuse)?;
        Ok(Self { file: file.to_owned(), text: data.source(), message })
    }

    /// Locates a violation reported by the server in the file. `prefix` is the path of the document in the request.
    pub fn locate(&self, prefix: &str, violation: &Violation) -> Option<Violation> {
        let path = violation.path.strip_prefix(prefix)?;
        let path = path.strip_prefix('.').unwrap_or(path);
        // The paths of a text are those of its content.
        let path = if self.text.is_brief() { path.trim_start_matches("content.") } else { path };
        let description = self.text.message(path, &violation.description);
        Some(Violation::in_text(&self.file, &self.text, path.to_owned(), description))
    }
}

/// Reads the text of a file, with its line ends as they are; `-` is standard input.
pub fn read_text(file: &Path) -> Result<Arc<str>, Failure> {
    let bytes = read(file, MAX_TEXT_BYTES)?;
    let text =
        String::from_utf8(bytes).map_err(|error| not_utf8(file, error.as_bytes(), &error.utf8_error()))?;
    Ok(text.into())
}

/// Replaces each violation that `locate` finds in a document.
pub fn locate_all(mut failure: Failure, locate: impl Fn(&Violation) -> Option<Violation>) -> Failure {
    for violation in &mut failure.violations {
        if let Some(located) = locate(violation) {
            *violation = located;
        }
    }
    failure
}

fn not_utf8(file: &Path, bytes: &[u8], error: &std::str::Utf8Error) -> Failure {
    let before = &bytes[..error.valid_up_to()];
    let before = String::from_utf8_lossy(before);
    let at = TextPosition::of(&before, before.len());
    let invalid = bytes.get(error.valid_up_to()).copied().unwrap_or_default();
    let violation = Violation {
        description: format!("byte 0x{invalid:02x} is not UTF-8: save the file as UTF-8"),
        position: Some(Position { file: file.display().to_string(), at }),
        ..Violation::default()
    };
    let message = format!("{} is not UTF-8", file.display());
    Failure::new("INVALID_ARGUMENT", "NOT_UTF8", message).with_violations(vec![violation])
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::RevisionDocument;

    use super::Document;
    use crate::ui::failure::Failure;

    fn failure(bytes: &[u8]) -> Failure {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("revision-1.json");
        std::fs::write(&file, bytes).unwrap();
        Document::<RevisionDocument>::read(&file).unwrap_err()
    }

    #[test]
    fn invalid_utf8_is_located_by_line_and_column() {
        let failure = failure(b"{\n  \"creator\": \"M\xfcller\"}");
        assert_eq!(failure.reason, "NOT_UTF8");
        let position = failure.violations[0].position.clone().unwrap();
        assert_eq!((position.at.line, position.at.column), (2, 16));
    }

    #[test]
    fn an_unknown_field_is_reported_with_its_path() {
        let failure = failure(b"{\"content\": {\n\"titel\": \"x\"}}");
        assert_eq!(failure.reason, "INVALID_JSON");
        let violation = &failure.violations[0];
        assert_eq!(
            (violation.path.as_str(), violation.description.as_str()),
            ("content.titel", "UNKNOWN_KEY: unknown field \"titel\"; did you mean \"title\"?")
        );
        assert_eq!(violation.position.clone().unwrap().at.line, 2);
    }

    #[test]
    fn characters_of_word_processors_are_named() {
        let description = |text: &str| failure(text.as_bytes()).violations[0].description.clone();
        assert!(description("\u{feff}{}").contains("byte order mark, U+FEFF"));
        assert!(
            description("{\u{201c}briefId\u{201d}: 1}")
                .contains("\u{201c} is a curly quotation mark: write a straight")
        );
        assert!(description("{\"briefId\":\u{a0}\"a\"}").contains("no-break space"));
    }

    #[test]
    fn text_that_is_not_json_is_refused() {
        assert_eq!(failure(b"hello").reason, "INVALID_JSON");
    }

    #[test]
    fn json_and_yaml_report_every_problem_of_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let problems = |name: &str, text: &str| {
            let file = folder.path().join(name);
            std::fs::write(&file, text).unwrap();
            let failure = Document::<RevisionDocument>::read(&file).unwrap_err();
            let place = |violation: &crate::ui::failure::Violation| {
                let at = violation.position.clone().unwrap().at;
                let code = violation.description.split(':').next().unwrap_or_default().to_owned();
                format!("{}:{} {} {code}", at.line, at.column, violation.path)
            };
            (failure.reason, failure.violations.iter().map(place).collect::<Vec<_>>())
        };
        let json = "{\"briefId\": 1,\n \"content\": {\"kind\": \"events\", \"titel\": \"T\"}}";
        let expected = [
            "1:13 briefId INVALID_VALUE",
            "2:22 content.kind UNKNOWN_VALUE",
            "2:32 content.titel UNKNOWN_KEY",
        ];
        assert_eq!(problems("a.json", json), ("INVALID_JSON".into(), expected.map(str::to_owned).into()));
        let yaml = "briefId: *a\nrevision: x\ncontent:\n  kind: events\n  titel: T\n";
        let expected = [
            "1:10  INVALID_YAML",
            "2:11 revision INVALID_VALUE",
            "4:9 content.kind UNKNOWN_VALUE",
            "5:3 content.titel UNKNOWN_KEY",
        ];
        assert_eq!(
            problems("a.brief.yaml", yaml),
            ("INVALID_YAML".into(), expected.map(str::to_owned).into())
        );
    }
}
