//! protobuf's JSON mapping of any message of `proto/`, with strict parsing: an unknown field, a repeated field, a
//! wrong type or a wrong enum name is an error with the path inside the document, the line and the column.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use prost::{Message, Name};
use prost_reflect::{DynamicMessage, Kind, MessageDescriptor, SerializeOptions};
use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::descriptors::{self, value_names};

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

/// Reads a message from its JSON form. Field names may be lowerCamelCase or as in the proto file.
///
/// # Errors
/// Returns a [`JsonError`] for a text that is not JSON or does not fit the message.
pub fn from_str<T: Message + Name + Default>(text: &str) -> Result<T, JsonError> {
    // A first pass finds repeated fields: of two values, the message would silently keep one.
    read(text, FieldsOnce)?;
    let dynamic = read(text, Strict(descriptor::<T>()))
        .map_err(|error| name_allowed_values(error, descriptor::<T>()))?;
    dynamic.transcode_to::<T>().map_err(|error| JsonError {
        path: ".".into(),
        line: 1,
        column: 1,
        message: error.to_string(),
    })
}

/// Returns a message's JSON form: lowerCamelCase names, enum names, defaults omitted, indented by two spaces, with a
/// line break at the end. Fields are in the proto file's order.
pub fn to_string_pretty<T: Message + Name>(message: &T) -> String {
    let mut dynamic = DynamicMessage::new(descriptor::<T>());
    dynamic.transcode_from(message).expect("a generated message fits its own descriptor");
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::pretty(&mut bytes);
    let options = SerializeOptions::new().stringify_64_bit_integers(true);
    dynamic.serialize_with_options(&mut serializer, &options).expect("writing JSON to memory does not fail");
    bytes.push(b'\n');
    String::from_utf8(bytes).expect("serde_json writes UTF-8")
}

/// Positions of values in a JSON text, for the paths of many violations.
#[derive(Debug)]
pub struct Positions {
    root: Node,
    line_starts: Vec<usize>,
}

/// A value: its byte offset and its children.
#[derive(Debug)]
struct Node {
    offset: usize,
    fields: BTreeMap<String, Node>,
    items: Vec<Node>,
}

impl Positions {
    /// Parses a text once; returns none if it is not JSON.
    pub fn of(text: &str) -> Option<Self> {
        let root: &RawValue = serde_json::from_str(text).ok()?;
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let line_starts = std::iter::once(0).chain(newlines.map(|(offset, _)| offset + 1)).collect();
        Some(Self { root: Node::of(root, text.as_ptr() as usize), line_starts })
    }

    /// Returns line and column, from 1, of the deepest existing part of a path such as `content.sections[2].heading`.
    pub fn find(&self, path: &str) -> (usize, usize) {
        let mut node = &self.root;
        for step in steps(path) {
            let next = match step {
                Step::Field(name) => {
                    node.fields.get(name).or_else(|| node.fields.get(camel_case(name).as_str()))
                }
                Step::Index(index) => node.items.get(index),
            };
            match next {
                Some(inner) => node = inner,
                None => break,
            }
        }
        let line = self.line_starts.partition_point(|start| *start <= node.offset);
        (line, node.offset - self.line_starts[line - 1] + 1)
    }
}

impl Node {
    fn of(value: &RawValue, text_start: usize) -> Self {
        let json = value.get();
        let offset = json.as_ptr() as usize - text_start;
        let (mut fields, mut items) = (BTreeMap::new(), Vec::new());
        if json.starts_with('{') {
            let read: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_str(json).unwrap_or_default();
            fields = read
                .into_iter()
                .map(|(name, value)| (name.into_owned(), Self::of(value, text_start)))
                .collect();
        } else if json.starts_with('[') {
            let read: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
            items = read.into_iter().map(|value| Self::of(value, text_start)).collect();
        }
        Self { offset, fields, items }
    }
}

/// Returns line and column of one path in a JSON text, as [`Positions::find`] does.
pub fn locate(text: &str, path: &str) -> Option<(usize, usize)> {
    Some(Positions::of(text)?.find(path))
}

/// Parses the whole text and reports the path of an error.
fn read<'de, S: DeserializeSeed<'de>>(text: &'de str, seed: S) -> Result<S::Value, JsonError> {
    let mut json = serde_json::Deserializer::from_str(text);
    let mut track = serde_path_to_error::Track::new();
    let value = seed.deserialize(serde_path_to_error::Deserializer::new(&mut json, &mut track));
    let value = value.map_err(|error| json_error(&track.path().to_string(), &error))?;
    json.end().map_err(|error| json_error(".", &error))?;
    Ok(value)
}

/// Rejects an object that has a field twice, in either of its spellings.
struct FieldsOnce;

impl<'de> DeserializeSeed<'de> for FieldsOnce {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for FieldsOnce {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(name) = fields.next_key::<String>()? {
            // Rejected at the value's position, so that the path is the field's own.
            let fresh = seen.insert(camel_case(&name));
            fields.next_value_seed(Once { fresh })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Self)?.is_some() {}
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
}

/// Deserializes the value of a field that occurs for the first time.
struct Once {
    fresh: bool,
}

impl<'de> DeserializeSeed<'de> for Once {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.fresh {
            FieldsOnce.deserialize(deserializer)
        } else {
            Err(serde::de::Error::custom("duplicate field; remove one of the two"))
        }
    }
}

/// Rejects fields that the descriptor does not have.
struct Strict(MessageDescriptor);

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = DynamicMessage;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<DynamicMessage, D::Error> {
        let options = prost_reflect::DeserializeOptions::new().deny_unknown_fields(true);
        DynamicMessage::deserialize_with_options(self.0, deserializer, &options)
    }
}

enum Step<'a> {
    Field(&'a str),
    Index(usize),
}

fn steps(path: &str) -> impl Iterator<Item = Step<'_>> {
    path.split(['.', '[']).filter(|step| !step.is_empty()).map(|step| {
        let index = step.strip_suffix(']').and_then(|digits| digits.parse().ok());
        index.map_or(Step::Field(step), Step::Index)
    })
}

fn camel_case(name: &str) -> String {
    let mut camel = String::with_capacity(name.len());
    let mut raise = false;
    for character in name.chars() {
        match character {
            '_' => raise = true,
            _ if raise => {
                camel.extend(character.to_uppercase());
                raise = false;
            }
            _ => camel.push(character),
        }
    }
    camel
}

fn descriptor<T: Name>() -> MessageDescriptor {
    descriptors::message(&T::full_name()).expect("generated messages are in the descriptor set")
}

/// Appends the allowed names to the error of an unknown enum name.
fn name_allowed_values(mut error: JsonError, descriptor: MessageDescriptor) -> JsonError {
    let mut message = Some(descriptor);
    let mut kind = None;
    for step in steps(&error.path) {
        let Step::Field(name) = step else { continue };
        let field = message.as_ref().and_then(|message| {
            message.get_field_by_name(name).or_else(|| message.get_field_by_json_name(name))
        });
        kind = field.map(|field| field.kind());
        message = kind.as_ref().and_then(Kind::as_message).cloned();
    }
    if let Some(found) = kind.as_ref().and_then(Kind::as_enum) {
        error.message = format!("{}; expected one of {}", error.message, value_names(found).join(", "));
    }
    error
}

fn json_error(path: &str, error: &serde_json::Error) -> JsonError {
    // serde_json appends the position to the message; here it has separate fields.
    let text = error.to_string();
    let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message).to_owned();
    let (path, message) = (printable(path), printable(&message));
    JsonError { path, line: error.line(), column: error.column(), message }
}

/// Escapes characters of the document that a terminal would interpret: control characters and direction controls.
fn printable(text: &str) -> String {
    let is_direction_control = |c: char| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() || is_direction_control(character) {
            escaped.extend(character.escape_unicode());
        } else {
            escaped.push(character);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{from_str, locate, to_string_pretty};
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
        let text = "{\"content\": {\"relationships\": [{}, {\"polarity\": \"supportive\"}]}}";
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
        assert_eq!(locate(text, "key_judgments[1].rests_on[0]"), Some((4, 18)));
        assert_eq!(locate(text, "key_judgments[1].marking"), Some((4, 5)));
    }

    #[test]
    fn trailing_text_is_an_error() {
        assert!(from_str::<RevisionDocument>("{} {}").is_err());
    }
}
