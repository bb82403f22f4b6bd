//! JSON Schema of the JSON and YAML forms of a brief, from the descriptors: for completion and checks in editors.

use prost_reflect::prost_types::source_code_info::Location;
use prost_reflect::{EnumDescriptor, FieldDescriptor, FileDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value, json};

use crate::descriptors::{self, enum_words, value_names};

/// The messages that a file can contain, beginning with the content alone.
const ROOTS: [&str; 3] = ["BriefContent", "BriefDraft", "RevisionDocument"];

/// Returns the schema (draft-07, which editors support) of files with content, a draft or a revision, with a line break at
/// the end.
///
/// It accepts no unknown fields and, for enums, the words and the names that the reader accepts. It does not express the
/// rules of validation, apart from fields that are always required.
pub fn brief_schema() -> String {
    let mut definitions = Map::new();
    for root in ROOTS {
        let descriptor = descriptors::message(&format!("chancery.brief.v1.{root}"));
        define_message(&descriptor.expect("brief_service.proto defines it"), &mut definitions);
    }
    let is_revision = json!({
        "anyOf": [{ "required": ["briefId"] }, { "required": ["brief_id"] }, { "required": ["revision"] }]
    });
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Brief",
        "description": "The content of a brief, a draft or a revision, in JSON or YAML.",
        "type": "object",
        "if": { "required": ["content"] },
        "then": {
            "if": is_revision,
            "then": reference("RevisionDocument"),
            "else": reference("BriefDraft"),
        },
        "else": reference("BriefContent"),
        "definitions": definitions,
    });
    format!("{schema:#}\n")
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}

fn define_message(descriptor: &MessageDescriptor, definitions: &mut Map<String, Value>) {
    let name = descriptor.name();
    if definitions.contains_key(name) {
        return;
    }
    // Messages contain each other: the name is taken before its fields are visited.
    definitions.insert(name.to_owned(), Value::Null);
    let (mut properties, mut other_spellings) = (Map::new(), Map::new());
    let (mut required, mut rules): (Vec<String>, Vec<Value>) = (Vec::new(), Vec::new());
    for field in descriptor.fields() {
        let (json_name, proto_name) = (field.json_name().to_owned(), field.name());
        let description = comment(&descriptor.parent_file(), field.path());
        if json_name != proto_name {
            let pattern = format!("^{proto_name}$");
            let target = format!("#/definitions/{name}/properties/{json_name}");
            other_spellings.insert(pattern, json!({ "$ref": target }));
        }
        if description.starts_with("Required. ") {
            if json_name == proto_name {
                required.push(json_name.clone());
            } else {
                rules.push(json!({ "anyOf": [{ "required": [json_name] }, { "required": [proto_name] }] }));
            }
        }
        let mut schema = of_field(&field, definitions);
        schema["description"] = json!(description);
        properties.insert(json_name, schema);
    }
    let mut schema = json!({
        "type": "object",
        "description": comment(&descriptor.parent_file(), descriptor.path()),
        "additionalProperties": false,
        "properties": properties,
    });
    if !other_spellings.is_empty() {
        schema["patternProperties"] = Value::Object(other_spellings);
    }
    let choices = descriptor.oneofs().filter(|oneof| !oneof.is_synthetic()).map(|oneof| {
        let names: Vec<Value> =
            oneof.fields().map(|field| json!({ "required": [field.json_name()] })).collect();
        let none = json!({ "not": { "anyOf": names } });
        let choices = [names, vec![none]].concat();
        json!({ "oneOf": choices })
    });
    rules.extend(choices);
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    if !rules.is_empty() {
        schema["allOf"] = Value::Array(rules);
    }
    definitions.insert(name.to_owned(), schema);
}

fn of_field(field: &FieldDescriptor, definitions: &mut Map<String, Value>) -> Value {
    let value = match field.kind() {
        Kind::String => json!({ "type": "string" }),
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Uint32 => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
        Kind::Sint32 | Kind::Int32 => json!({ "type": "integer", "minimum": i32::MIN, "maximum": i32::MAX }),
        Kind::Enum(descriptor) => {
            define_enum(&descriptor, definitions);
            reference(descriptor.name())
        }
        Kind::Message(message) if message.full_name() == "google.protobuf.Timestamp" => {
            json!({ "type": "string", "format": "date-time" })
        }
        Kind::Message(message) => {
            define_message(&message, definitions);
            reference(message.name())
        }
        // No content has a field of another kind.
        _ => json!({}),
    };
    match value {
        items if field.is_list() => json!({ "type": "array", "items": items }),
        // Beside a reference, draft-07 reads no other key, such as the description.
        value if value.get("$ref").is_some() => json!({ "allOf": [value] }),
        value => value,
    }
}

fn define_enum(descriptor: &EnumDescriptor, definitions: &mut Map<String, Value>) {
    let file = descriptor.parent_file();
    let values: Vec<_> = descriptor.values().filter(|value| value.number() != 0).collect();
    let comments: Vec<String> = values.iter().map(|value| comment(&file, value.path())).collect();
    let mut spellings = [enum_words(descriptor), value_names(descriptor)].concat();
    let mut descriptions = [comments.clone(), comments].concat();
    let unspecified = descriptor.default_value();
    let meaning = comment(&file, unspecified.path());
    // Where the unspecified value means something, its name may be written.
    if !meaning.starts_with("Not allowed") {
        spellings.push(unspecified.name().to_owned());
        descriptions.push(meaning);
    }
    let schema = json!({
        "description": comment(&file, descriptor.path()),
        "enum": spellings,
        "enumDescriptions": descriptions,
    });
    definitions.insert(descriptor.name().to_owned(), schema);
}

/// Returns the comment before a definition in one line, as it is in the proto file.
fn comment(file: &FileDescriptor, path: &[i32]) -> String {
    let info = file.file_descriptor_proto().source_code_info.as_ref();
    let locations = info.map(|info| info.location.as_slice()).unwrap_or_default();
    let here = |location: &&Location| location.path == path;
    let text = locations.iter().find(here).map(Location::leading_comments).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
