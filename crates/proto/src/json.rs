//! protobuf's JSON mapping of any message of `proto/`, with strict parsing: an unknown field, a repeated field, a
//! wrong type or a wrong enum word is an error with the path inside the document, the line and the column. The values of
//! enums may also be written as words: `non-state-group` for `ACTOR_KIND_NON_STATE_GROUP`.

use prost::{Message, Name};
use prost_reflect::SerializeOptions;

use crate::descriptors::dynamic;
use crate::document::{Key, Node, Value};
use crate::message_reader::{printable, read_message};

/// A text that is not a valid JSON form of the message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {path}: {message}")]
pub struct JsonError {
    /// The path inside the document, such as `content.sections[2].heading`; `.` at the top.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in bytes, from 1.
    pub column: usize,
    /// The problem.
    pub message: String,
}

/// A text that is not JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// Byte offset of the error.
    pub offset: usize,
    /// The problem.
    pub message: String,
}

/// Reads a message from its JSON form. Field names may be lowerCamelCase or as in the proto file.
///
/// # Errors
/// Returns the first error of a text that is not JSON or does not fit the message; [`read_message`] returns all.
pub fn from_str<T: Message + Name + Default>(text: &str) -> Result<T, JsonError> {
    let error = |path: &str, offset: usize, message: String| {
        let before = &text[..text.floor_char_boundary(offset)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        let path = if path.is_empty() { "." } else { path };
        JsonError { path: path.to_owned(), line, column: before.len() - line_start + 1, message }
    };
    let document = parse(text).map_err(|syntax| error("", syntax.offset, syntax.message))?;
    read_message(&document).map_err(|problems| match problems.listed.into_iter().next() {
        Some(first) => error(&first.path, first.range.start, first.message),
        None => error("", 0, "the document does not fit the message".into()),
    })
}

/// Reads a JSON text to its values with their places.
///
/// # Errors
/// Returns the first error of a text that is not JSON, or that nests more than 127 levels deep.
pub fn parse(text: &str) -> Result<Node, SyntaxError> {
    // Checks the syntax and the depth, so that the scanner below can rely on both.
    serde_json::from_str::<serde_json::Value>(text).map_err(|error| syntax_error(text, &error))?;
    Ok(Scanner { text, at: 0 }.value())
}

fn syntax_error(text: &str, error: &serde_json::Error) -> SyntaxError {
    let line = error.line().saturating_sub(1);
    let before: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let offset = (before + error.column().saturating_sub(1)).min(text.len());
    // serde_json appends the position to the message; here it has a field of its own.
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    SyntaxError { offset: text.floor_char_boundary(offset), message: printable(message) }
}

/// Reads the values of a text that is known to be JSON.
struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl Scanner<'_> {
    fn value(&mut self) -> Node {
        self.skip_space();
        let start = self.at;
        let value = match self.peek() {
            b'{' => Value::Map(self.entries()),
            b'[' => Value::List(self.items()),
            b'"' => Value::Text(self.string()),
            _ => self.word(),
        };
        Node { range: start..self.at, value }
    }

    fn entries(&mut self) -> Vec<(Key, Node)> {
        let mut entries = Vec::new();
        self.at += 1;
        while self.has_more(b'}') {
            let start = self.at;
            let name = self.string();
            let key = Key { range: start..self.at, name };
            self.skip_space();
            // The colon.
            self.at += 1;
            entries.push((key, self.value()));
        }
        entries
    }

    fn items(&mut self) -> Vec<Node> {
        let mut items = Vec::new();
        self.at += 1;
        while self.has_more(b']') {
            items.push(self.value());
        }
        items
    }

    /// Skips to the next element; returns whether there is one before the closing bracket, which is skipped too.
    fn has_more(&mut self, close: u8) -> bool {
        self.skip_space();
        if self.peek() == b',' {
            self.at += 1;
            self.skip_space();
        }
        let is_closed = self.peek() == close || self.at >= self.text.len();
        if is_closed {
            self.at += 1;
        }
        !is_closed
    }

    fn string(&mut self) -> String {
        let start = self.at;
        let mut is_escaped = false;
        let bytes = self.text.as_bytes();
        let inside = bytes.iter().skip(start + 1);
        let length = inside.take_while(|byte| {
            let is_end = **byte == b'"' && !is_escaped;
            is_escaped = **byte == b'\\' && !is_escaped;
            !is_end
        });
        self.at = start + length.count() + 2;
        let written = self.text.get(start..self.at).unwrap_or_default();
        serde_json::from_str(written).unwrap_or_default()
    }

    /// Reads a number, `true`, `false` or `null`.
    fn word(&mut self) -> Value {
        let rest = &self.text[self.at..];
        let end = rest.find([',', '}', ']', ' ', '\t', '\r', '\n']).unwrap_or(rest.len());
        self.at += end;
        match &rest[..end] {
            "null" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            number => Value::Number(number.to_owned()),
        }
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\r' | b'\n') {
            self.at += 1;
        }
    }

    /// Returns the next byte; zero at the end.
    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }
}

/// Returns a message's JSON form: lowerCamelCase names, enum names, defaults omitted, indented by two spaces, with a
/// line break at the end. Fields are in the proto file's order.
pub fn to_string_pretty<T: Message + Name>(message: &T) -> String {
    let dynamic = dynamic(message);
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::pretty(&mut bytes);
    let options = SerializeOptions::new().stringify_64_bit_integers(true);
    dynamic.serialize_with_options(&mut serializer, &options).expect("writing JSON to memory does not fail");
    bytes.push(b'\n');
    String::from_utf8(bytes).expect("serde_json writes UTF-8")
}

#[cfg(test)]
mod tests {
    use super::{from_str, parse, to_string_pretty};
    use crate::brief::v1::{BriefContent, RevisionDocument, Section};

    #[test]
    fn a_message_survives_a_json_round_trip() {
        let section = Section { id: "s-1".into(), heading: "Über".into(), ..Default::default() };
        let content = BriefContent { title: "T".into(), sections: vec![section], ..Default::default() };
        let document = RevisionDocument { revision: 2, content: Some(content), ..Default::default() };
        assert_eq!(from_str::<RevisionDocument>(&to_string_pretty(&document)).unwrap(), document);
    }

    #[test]
    fn an_unknown_field_is_reported_with_path_line_and_column() {
        let text = "{\"content\": {\n  \"sections\": [{\"id\": \"a\", \"haeding\": \"x\"}]\n}}";
        let error = from_str::<RevisionDocument>(text).unwrap_err();
        assert_eq!(error.line, 2);
        assert!(error.path.starts_with("content.sections[0]"), "{}", error.path);
        assert!(error.message.contains("haeding"), "{}", error.message);
    }

    #[test]
    fn an_unknown_enum_name_is_refused_with_the_allowed_ones() {
        let text = "{\"content\": {\"relationships\": [{}, {\"polarity\": \"FRIENDLY\"}]}}";
        let error = from_str::<RevisionDocument>(text).unwrap_err();
        assert!(error.path.starts_with("content.relationships[1].polarity"), "{}", error.path);
        let allowed = "expected one of RELATIONSHIP_POLARITY_SUPPORTIVE, RELATIONSHIP_POLARITY_ADVERSE, ";
        assert!(error.message.contains(allowed), "{}", error.message);
    }

    #[test]
    fn names_of_a_document_reach_a_message_without_terminal_escapes() {
        for text in ["{\"\\u202e\\u001b[2J\": 1}", "{\"content\": {\"likelihoodScale\": \"X\\u001b[31m\"}}"] {
            let error = from_str::<RevisionDocument>(text).unwrap_err();
            assert!(error.message.contains("\\u{1b}["), "{}", error.message);
            assert!(!error.to_string().contains(['\u{1b}', '\u{202e}']));
        }
    }

    #[test]
    fn a_duplicate_field_is_rejected_in_either_spelling() {
        let text = "{\"content\": {\"change_summary\": \"a\", \"changeSummary\": \"b\"}}";
        let error = from_str::<RevisionDocument>(text).unwrap_err();
        assert_eq!(error.path, "content.changeSummary");
        assert!(error.message.contains("duplicate field"), "{}", error.message);
    }

    #[test]
    fn a_path_is_found_in_the_text_in_either_spelling() {
        let text = "{\n  \"keyJudgments\": [\n    {\"id\": \"k1\"},\n    {\"restsOn\": [\"x\"]}\n  ]\n}";
        let document = parse(text).unwrap();
        let found = |path: &str| &text[document.find(path).range.clone()];
        assert_eq!(found("key_judgments[1].rests_on[0]"), "\"x\"");
        assert_eq!(found("key_judgments[1].marking"), "{\"restsOn\": [\"x\"]}");
    }

    #[test]
    fn trailing_text_is_an_error() {
        assert!(from_str::<RevisionDocument>("{} {}").is_err());
    }

    #[test]
    fn values_of_any_form_have_their_places() {
        let text = " {\"a\" : [1.5e3, true,null , \"\\u00e9\\\"\\\\\"], \"b\": {}, \"c\":[ ]}\n";
        let document = parse(text).unwrap();
        let found = |path: &str| &text[document.find(path).range.clone()];
        assert_eq!(["a[0]", "a[1]", "a[2]", "b", "c"].map(found), ["1.5e3", "true", "null", "{}", "[ ]"]);
        assert_eq!(document.find("a[3]").value, crate::document::Value::Text("é\"\\".into()));
    }

    #[test]
    fn deep_nesting_is_an_error() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert!(parse(&deep).unwrap_err().message.contains("recursion limit"));
    }
}
