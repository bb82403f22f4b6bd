//! Reads messages from documents, strictly: an unknown field, a repeated field, a wrong type or a wrong enum word is a
//! problem with its path and its place, and reading continues behind it, so that one run reports all of them.

use std::collections::BTreeMap;
use std::ops::Range;

use prost::{Message, Name};
use prost_reflect::{
    DeserializeOptions, DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor,
    Value as FieldValue,
};
use serde_json::json;

use crate::descriptors::{self, enum_prefix, enum_word, enum_words, value_names};
use crate::document::{Node, Value};
use crate::nearest::nearest;

/// Maximum number of problems that are listed; further ones are counted.
pub const PROBLEM_LIMIT: usize = 1_000;

/// A part of a document that does not fit its message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable code: `UNKNOWN_KEY`, `DUPLICATE_KEY`, `UNKNOWN_VALUE` or `INVALID_VALUE`.
    pub code: &'static str,
    /// Path inside the document, such as `content.sections[2].heading`; empty at the top.
    pub path: String,
    /// Range of bytes of the key or value.
    pub range: Range<usize>,
    /// The problem, with the allowed values or the nearest one.
    pub message: String,
    /// An edit that corrects it, where one thing can be meant: the range of bytes and what replaces it.
    pub fix: Option<(Range<usize>, String)>,
}

/// The problems of a document, in the order of its text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problems {
    /// The first problems, at most [`PROBLEM_LIMIT`].
    pub listed: Vec<Problem>,
    /// Number of further problems.
    pub omitted: usize,
}

/// Reads a message from a document.
///
/// # Errors
/// Returns all problems of a document that does not fit the message.
pub fn read_message<T: Message + Name + Default>(document: &Node) -> Result<T, Problems> {
    let descriptor =
        descriptors::message(&T::full_name()).expect("generated messages are in the descriptor set");
    let mut reader = Reader { problems: Problems::default(), path: String::new() };
    let message = reader.message(document, &descriptor);
    if reader.problems.listed.is_empty()
        && let Some(message) = message
    {
        match message.transcode_to::<T>() {
            Ok(message) => return Ok(message),
            Err(error) => reader.report("INVALID_VALUE", &document.range, &error.to_string()),
        }
    }
    reader.problems.listed.sort_by_key(|problem| problem.range.start);
    Err(reader.problems)
}

struct Reader {
    problems: Problems,
    /// Path of the value that is read.
    path: String,
}

impl Reader {
    fn report(&mut self, code: &'static str, range: &Range<usize>, message: &str) {
        self.report_with_nearest(code, range, message, None);
    }

    /// Reports a problem of a key or a value that is near an allowed one.
    fn report_with_nearest(
        &mut self,
        code: &'static str,
        range: &Range<usize>,
        message: &str,
        nearest: Option<String>,
    ) {
        if self.problems.listed.len() == PROBLEM_LIMIT {
            self.problems.omitted += 1;
            return;
        }
        let (path, message) = (printable(&self.path), printable(message));
        let fix = nearest.map(|nearest| (range.clone(), nearest));
        self.problems.listed.push(Problem { code, path, range: range.clone(), message, fix });
    }

    /// Reads at a path below the current one.
    fn at<T>(&mut self, step: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        if !(self.path.is_empty() || step.starts_with('[')) {
            self.path.push('.');
        }
        self.path.push_str(step);
        let result = read(self);
        self.path.truncate(length);
        result
    }

    fn message(&mut self, node: &Node, descriptor: &MessageDescriptor) -> Option<DynamicMessage> {
        if descriptor.full_name().starts_with("google.protobuf.") {
            return self.well_known(node, descriptor);
        }
        let Value::Map(entries) = &node.value else {
            return self.expected(node, "an object with fields");
        };
        let mut message = DynamicMessage::new(descriptor.clone());
        // The fields that occurred, and the fields of a oneof that did.
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        for (key, value) in entries {
            let field = descriptor
                .get_field_by_json_name(&key.name)
                .or_else(|| descriptor.get_field_by_name(&key.name));
            self.at(&key.name, |reader| {
                let Some(field) = field else {
                    let (message, nearest) = unknown_key(&key.name, descriptor);
                    return reader.report_with_nearest("UNKNOWN_KEY", &key.range, &message, nearest);
                };
                let place = field
                    .containing_oneof()
                    .map_or(field.name().to_owned(), |oneof| format!("oneof {}", oneof.name()));
                if value.value == Value::Null || value.is_left_out(&field) {
                    return;
                }
                match seen.insert(place, key.name.clone()) {
                    Some(other) if crate::document::camel_case(&other) == field.json_name() => {
                        let message = "duplicate field; remove one of the two";
                        reader.report("DUPLICATE_KEY", &key.range, message);
                    }
                    Some(other) => {
                        let message =
                            format!("{other:?} is set too, and only one of the two can be; remove one");
                        reader.report("DUPLICATE_KEY", &key.range, &message);
                    }
                    None => {}
                }
                if let Some(value) = reader.field(value, &field) {
                    message.set_field(&field, value);
                }
            });
        }
        Some(message)
    }

    fn field(&mut self, node: &Node, field: &FieldDescriptor) -> Option<FieldValue> {
        if field.is_map() {
            return self.by_library(node, field);
        }
        if !field.is_list() {
            return self.value(node, field);
        }
        let Value::List(items) = &node.value else {
            return self.expected(node, "a list");
        };
        let read = |(index, item): (usize, &Node)| {
            self.at(&format!("[{index}]"), |reader| reader.value(item, field))
        };
        // A problem in one item hides none of another.
        let values: Vec<Option<FieldValue>> = items.iter().enumerate().map(read).collect();
        values.into_iter().collect::<Option<Vec<_>>>().map(FieldValue::List)
    }

    fn value(&mut self, node: &Node, field: &FieldDescriptor) -> Option<FieldValue> {
        match field.kind() {
            Kind::String => match &node.value {
                Value::Text(text) | Value::Plain(text) => Some(FieldValue::String(text.clone())),
                Value::Number(number) => {
                    self.expected(node, &format!("a text, such as \"{number}\" in quotation marks"))
                }
                _ => self.expected(node, "a text"),
            },
            Kind::Bool => match &node.value {
                Value::Bool(value) => Some(FieldValue::Bool(*value)),
                Value::Plain(text) if text == "true" || text == "false" => {
                    Some(FieldValue::Bool(text == "true"))
                }
                _ => self.expected(node, "true or false"),
            },
            Kind::Uint32 | Kind::Fixed32 => {
                let number = self.whole(node, 0, i128::from(u32::MAX))?;
                u32::try_from(number).ok().map(FieldValue::U32)
            }
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
                let number = self.whole(node, i128::from(i32::MIN), i128::from(i32::MAX))?;
                i32::try_from(number).ok().map(FieldValue::I32)
            }
            Kind::Enum(descriptor) => self.enum_value(node, &descriptor),
            Kind::Message(descriptor) => self.message(node, &descriptor).map(FieldValue::Message),
            _ => self.by_library(node, field),
        }
    }

    /// Reads a whole number: a number or, as protobuf's JSON mapping allows, a text of one.
    fn whole(&mut self, node: &Node, lowest: i128, highest: i128) -> Option<i128> {
        let written = match &node.value {
            Value::Number(text) | Value::Text(text) | Value::Plain(text) => text.as_str(),
            _ => "",
        };
        let number = written.parse::<i128>().ok().or_else(|| whole_of_float(written));
        match number.filter(|number| (lowest..=highest).contains(number)) {
            Some(number) => Some(number),
            None => self.expected(node, &format!("a whole number from {lowest} to {highest}")),
        }
    }

    fn enum_value(&mut self, node: &Node, descriptor: &EnumDescriptor) -> Option<FieldValue> {
        let word = match &node.value {
            Value::Text(word) | Value::Plain(word) => word,
            Value::Number(number) => match number.parse() {
                Ok(number) => return Some(FieldValue::EnumNumber(number)),
                Err(_) => return self.expected(node, "a word"),
            },
            _ => return self.expected(node, "a word"),
        };
        if let Some(value) = enum_word(descriptor, word) {
            return Some(FieldValue::EnumNumber(value));
        }
        let (message, nearest) = unknown_value(word, descriptor);
        self.report_with_nearest("UNKNOWN_VALUE", &node.range, &message, nearest);
        None
    }

    /// Reads a message of protobuf itself, such as a time, which its own library converts.
    fn well_known(&mut self, node: &Node, descriptor: &MessageDescriptor) -> Option<DynamicMessage> {
        let options = DeserializeOptions::new().deny_unknown_fields(true);
        let read = DynamicMessage::deserialize_with_options(descriptor.clone(), as_json(node), &options);
        match read {
            Ok(message) => Some(message),
            Err(_) if descriptor.name() == "Timestamp" => {
                self.expected(node, "a time as in RFC 3339, such as \"2026-11-15T09:00:00Z\"")
            }
            Err(error) => self.expected(node, &format!("a {}: {error}", descriptor.name())),
        }
    }

    /// Reads a value of a kind that no content has by protobuf's library, in a message of its own.
    fn by_library(&mut self, node: &Node, field: &FieldDescriptor) -> Option<FieldValue> {
        let options = DeserializeOptions::new().deny_unknown_fields(true);
        let value = as_json(node);
        let value = if field.is_list() { json!([value]) } else { value };
        let alone = json!({ field.json_name(): value });
        match DynamicMessage::deserialize_with_options(field.parent_message().clone(), alone, &options) {
            Ok(message) => match message.get_field(field).into_owned() {
                FieldValue::List(mut items) if field.is_list() => items.pop(),
                value => Some(value),
            },
            Err(error) => {
                self.report("INVALID_VALUE", &node.range, &error.to_string());
                None
            }
        }
    }

    fn expected<T>(&mut self, node: &Node, expected: &str) -> Option<T> {
        let message = format!("expected {expected}, not {}", node.value.described());
        self.report("INVALID_VALUE", &node.range, &message);
        None
    }
}

impl Node {
    /// Returns whether a value of YAML is left out, as in `highlightIds:`.
    fn is_left_out(&self, field: &FieldDescriptor) -> bool {
        let is_text = !field.is_list() && field.kind() == Kind::String;
        matches!(&self.value, Value::Plain(text) if text.is_empty()) && !is_text
    }
}

/// Returns a number that is written with a point or an exponent, if it is whole.
fn whole_of_float(written: &str) -> Option<i128> {
    /// Up to this, every whole number is a floating-point number.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let number: f64 = written.parse().ok()?;
    let is_whole = number.fract() == 0.0 && number.abs() <= EXACT;
    #[allow(clippy::cast_possible_truncation, reason = "the number is whole and in the range")]
    is_whole.then_some(number as i128)
}

/// Returns the message about an unknown field, and the nearest one.
fn unknown_key(name: &str, descriptor: &MessageDescriptor) -> (String, Option<String>) {
    let fields: Vec<String> = descriptor.fields().map(|field| field.json_name().to_owned()).collect();
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let nearest = nearest(name, &fields);
    let message = match nearest {
        Some(nearest) => format!("unknown field {name:?}; did you mean {nearest:?}?"),
        None => format!("unknown field {name:?}; expected one of {}", fields.join(", ")),
    };
    (message, nearest.map(str::to_owned))
}

/// Returns the message about an unknown value, which names the nearest one or all of them, and the nearest one. Values are in
/// the spelling of the given one: names in capitals, or words.
fn unknown_value(given: &str, descriptor: &EnumDescriptor) -> (String, Option<String>) {
    let (names, words) = (value_names(descriptor), enum_words(descriptor));
    let bare = given.to_ascii_uppercase();
    let bare = bare.strip_prefix(&enum_prefix(descriptor)).unwrap_or(&bare);
    let known: Vec<&str> = words.iter().map(String::as_str).collect();
    let nearest = nearest(&bare.replace('_', "-"), &known);
    let is_name = given.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    let allowed = if is_name { &names } else { &words };
    let nearest = nearest.and_then(|nearest| allowed.get(known.iter().position(|word| *word == nearest)?));
    let message = match nearest {
        Some(nearest) => format!("unknown value {given:?}; did you mean {nearest:?}?"),
        None => format!("unknown value {given:?}; expected one of {}", allowed.join(", ")),
    };
    (message, nearest.cloned())
}

fn as_json(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => json!(value),
        Value::Number(number) => serde_json::from_str(number).unwrap_or_default(),
        Value::Text(text) | Value::Plain(text) => json!(text),
        Value::List(items) => items.iter().map(as_json).collect(),
        Value::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| (key.name.clone(), as_json(value)));
            serde_json::Value::Object(entries.collect())
        }
    }
}

/// Escapes characters of the document that a terminal would interpret: control characters and direction controls.
pub(crate) fn printable(text: &str) -> String {
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
    use super::{Problems, read_message};
    use crate::brief::v1::{ActorKind, BriefContent, RevisionDocument};
    use crate::json::parse;

    fn content(text: &str) -> Result<BriefContent, Problems> {
        read_message(&parse(text).unwrap())
    }

    #[test]
    fn one_run_reports_every_problem_with_its_place() {
        let text = r#"{"titel": "x", "language": 5, "keyJudgments": [{"statements": {}}, {"likelihood": {"lowPercent": -1}}],
            "actors": [{"kind": "states"}, {"kind": "ACTOR_KIND_PERSONS"}, {"id": "a", "id": "b"}],
            "sections": [{"blocks": [{"paragraph": {}, "list": {}}, null]}]}"#;
        let problems = content(text).unwrap_err();
        let found: Vec<String> = problems
            .listed
            .iter()
            .map(|problem| {
                format!(
                    "{} {} {} {}",
                    problem.code,
                    problem.path,
                    &text[problem.range.clone()],
                    problem.message
                )
            })
            .collect();
        let expected = [
            r#"UNKNOWN_KEY titel "titel" unknown field "titel"; did you mean "title"?"#,
            r#"INVALID_VALUE language 5 expected a text, such as "5" in quotation marks, not the number 5"#,
            "INVALID_VALUE keyJudgments[0].statements {} expected a list, not an object",
            "INVALID_VALUE keyJudgments[1].likelihood.lowPercent -1 expected a whole number from 0 to 4294967295, not the number -1",
            r#"UNKNOWN_VALUE actors[0].kind "states" unknown value "states"; did you mean "state"?"#,
            r#"UNKNOWN_VALUE actors[1].kind "ACTOR_KIND_PERSONS" unknown value "ACTOR_KIND_PERSONS"; did you mean "ACTOR_KIND_PERSON"?"#,
            r#"DUPLICATE_KEY actors[2].id "id" duplicate field; remove one of the two"#,
            r#"DUPLICATE_KEY sections[0].blocks[0].list "list" "paragraph" is set too, and only one of the two can be; remove one"#,
            "INVALID_VALUE sections[0].blocks[1] null expected an object with fields, not null",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn enums_have_names_words_and_numbers() {
        let kinds = r#"{"actors": [{"kind": "non-state-group"}, {"kind": "ACTOR_KIND_NON_STATE_GROUP"}, {"kind": 7}]}"#;
        let actors = content(kinds).unwrap().actors;
        assert!(actors.iter().all(|actor| actor.kind() == ActorKind::NonStateGroup));
        assert!(content(r#"{"actors": [{"kind": "unspecified"}]}"#).is_err());
    }

    #[test]
    fn numbers_follow_the_json_mapping_of_protobuf() {
        let percent = |written: &str| {
            let text = format!("{{\"scenarios\": [{{\"percent\": {written}}}]}}");
            content(&text).ok().map(|content| content.scenarios[0].percent)
        };
        assert_eq!(
            ["60", "\"60\"", "6e1", "60.0", "null"].map(percent),
            [Some(60), Some(60), Some(60), Some(60), Some(0)]
        );
        assert_eq!(["60.5", "true", "4294967296", "\"x\"", "1e300"].map(percent), [None; 5]);
    }

    #[test]
    fn times_are_those_of_protobuf() {
        let read = |time: &str| {
            let text = format!("{{\"publishTime\": \"{time}\"}}");
            read_message::<RevisionDocument>(&parse(&text).unwrap())
        };
        assert_eq!(read("2026-11-15T09:00:00Z").unwrap().publish_time.unwrap().seconds, 1_794_733_200);
        let problem = read("yesterday").unwrap_err().listed.remove(0);
        assert!(problem.message.starts_with("expected a time as in RFC 3339"), "{}", problem.message);
    }

    #[test]
    fn problems_past_the_limit_are_counted() {
        let text = format!("{{\"tags\": [{}]}}", vec!["1"; 1_500].join(","));
        let problems = content(&text).unwrap_err();
        assert_eq!((problems.listed.len(), problems.omitted), (super::PROBLEM_LIMIT, 500));
    }
}
