//! Values of a document with their places in its text: the common form of JSON and YAML.

use std::ops::Range;

use prost::{Message, Name};
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, ReflectMessage, Value as FieldValue};

use crate::descriptors::dynamic;
use crate::descriptors::word_of_number;

/// A value with the bytes that it takes in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Range of bytes.
    pub range: Range<usize>,
    /// The value.
    pub value: Value,
}

/// A value of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// No value: the default of its field.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written.
    Number(String),
    /// A text in quotation marks.
    Text(String),
    /// A value without quotation marks in YAML, whose type is that of its field: `no` and `1991` are texts in a text field.
    Plain(String),
    /// A list.
    List(Vec<Node>),
    /// An object, whose keys may repeat.
    Map(Vec<(Key, Node)>),
}

/// A key of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Range of bytes, with quotation marks.
    pub range: Range<usize>,
    /// The key.
    pub name: String,
}

impl Node {
    /// Returns the values of a message without their places: defaults are left out, enums are words, fields are in the
    /// proto file's order.
    pub fn of_message<T: Message + Name>(message: &T) -> Self {
        Self::unplaced(of_dynamic(&dynamic(message)))
    }

    fn unplaced(value: Value) -> Self {
        Self { range: 0..0, value }
    }

    /// Returns the deepest existing part of a path such as `content.sections[2].heading`, whose names are spelled as in the
    /// document or as in the proto file.
    pub fn find(&self, path: &str) -> &Self {
        let mut node = self;
        for step in steps(path) {
            match node.child(step) {
                Some(inner) => node = inner,
                None => break,
            }
        }
        node
    }

    /// Returns the value of a key, in either spelling.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.child(Step::Field(name))
    }

    fn child(&self, step: Step<'_>) -> Option<&Self> {
        match (&self.value, step) {
            (Value::Map(entries), Step::Field(name)) => {
                let named = |name: &str| entries.iter().find(|(key, _)| key.name == name);
                named(name).or_else(|| named(&camel_case(name))).map(|(_, value)| value)
            }
            (Value::List(items), Step::Index(index)) => items.get(index),
            _ => None,
        }
    }
}

impl Value {
    /// Describes the value, for messages.
    pub(crate) fn described(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => format!("{value}"),
            Self::Number(number) => format!("the number {number}"),
            Self::Text(text) | Self::Plain(text) => format!("the text {:?}", shortened(text)),
            Self::List(_) => "a list".to_owned(),
            Self::Map(_) => "an object".to_owned(),
        }
    }
}

fn of_dynamic(message: &DynamicMessage) -> Value {
    let descriptor = message.descriptor();
    if descriptor.full_name().starts_with("google.protobuf.") {
        let json = serde_json::to_value(message).unwrap_or_default();
        return json.as_str().map_or(Value::Null, |text| Value::Text(text.to_owned()));
    }
    let entries = descriptor.fields().filter(|field| message.has_field(field)).map(|field| {
        let key = Key { range: 0..0, name: field.json_name().to_owned() };
        (key, Node::unplaced(of_field(&message.get_field(&field), &field)))
    });
    Value::Map(entries.collect())
}

fn of_field(value: &FieldValue, field: &FieldDescriptor) -> Value {
    match value {
        FieldValue::Bool(value) => Value::Bool(*value),
        FieldValue::I32(number) => Value::Number(number.to_string()),
        FieldValue::U32(number) => Value::Number(number.to_string()),
        FieldValue::I64(number) => Value::Number(number.to_string()),
        FieldValue::U64(number) => Value::Number(number.to_string()),
        FieldValue::String(text) => Value::Text(text.clone()),
        FieldValue::EnumNumber(number) => match field.kind() {
            Kind::Enum(descriptor) => word_of_number(&descriptor, *number)
                .map_or_else(|| Value::Number(number.to_string()), Value::Plain),
            _ => Value::Number(number.to_string()),
        },
        FieldValue::List(items) => {
            Value::List(items.iter().map(|item| Node::unplaced(of_field(item, field))).collect())
        }
        FieldValue::Message(message) => of_dynamic(message),
        // No content has one of these: floating-point numbers, bytes, maps.
        other => Value::Text(other.to_string()),
    }
}

/// Returns the start of a text.
fn shortened(text: &str) -> String {
    const SHOWN: usize = 60;
    let start: String = text.chars().take(SHOWN).collect();
    if start.len() < text.len() { start + "…" } else { start }
}

pub(crate) enum Step<'a> {
    Field(&'a str),
    Index(usize),
}

pub(crate) fn steps(path: &str) -> impl Iterator<Item = Step<'_>> {
    path.split(['.', '[']).filter(|step| !step.is_empty()).map(|step| {
        let index = step.strip_suffix(']').and_then(|digits| digits.parse().ok());
        index.map_or(Step::Field(step), Step::Index)
    })
}

pub(crate) fn camel_case(name: &str) -> String {
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
