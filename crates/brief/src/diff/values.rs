//! The values that differ between two messages, found by walking their descriptors: a new field is compared without
//! further code.

use chancery_proto::brief::v1::{DifferenceKind, LikelihoodTerm, ValueDifference};
use chancery_proto::descriptors;
use prost::Message;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, ReflectMessage, Value};

use super::kinds::{self, Compared};
use super::wording;
use crate::likelihood;

/// Lists the values that differ between two messages of a type of the content, given by its short name.
pub(super) fn compare<M: Message>(name: &str, before: &M, after: &M) -> Vec<ValueDifference> {
    let mut found = Vec::new();
    let dynamic = |message: &M| {
        let descriptor = descriptors::message(&format!("chancery.brief.v1.{name}"))?;
        DynamicMessage::decode(descriptor, message.encode_to_vec().as_slice()).ok()
    };
    if let (Some(before), Some(after)) = (dynamic(before), dynamic(after)) {
        messages("", &before, &after, &mut found);
    }
    found
}

fn messages(path: &str, before: &DynamicMessage, after: &DynamicMessage, found: &mut Vec<ValueDifference>) {
    for field in before.descriptor().fields() {
        let kind = match kinds::of(&field) {
            Compared::As(kind) => kind,
            Compared::Elsewhere(_) => continue,
        };
        let presence = (before.has_field(&field), after.has_field(&field));
        let (old, new) = (before.get_field(&field), after.get_field(&field));
        if (old == new && presence.0 == presence.1) || is_shifted(&field, before, after) {
            continue;
        }
        let path = if path.is_empty() { field.name().to_owned() } else { format!("{path}.{}", field.name()) };
        match (old.as_ref(), new.as_ref()) {
            (Value::Message(old), Value::Message(new)) if presence == (true, true) => {
                messages(&path, old, new, found);
            }
            (Value::List(old), Value::List(new)) if matches!(field.kind(), Kind::Message(_)) => {
                lists(&path, &field, kind, (old, new), found);
            }
            (old, new) => {
                let value =
                    |is_present: bool, value| if is_present { display(&field, value) } else { String::new() };
                let (old, new) = (value(presence.0, old), value(presence.1, new));
                found.push(difference(path, &field, kind, old, new));
            }
        }
    }
}

/// Returns whether a field is that of the spans of a reworded text, which shift in any case.
fn is_shifted(field: &FieldDescriptor, before: &DynamicMessage, after: &DynamicMessage) -> bool {
    field.full_name() == "chancery.brief.v1.Statement.spans"
        && before.get_field_by_name("text") != after.get_field_by_name("text")
}

/// Compares lists of messages: between the equal entries at both ends, entries are paired in order.
fn lists(
    path: &str,
    field: &FieldDescriptor,
    kind: DifferenceKind,
    (old, new): (&[Value], &[Value]),
    found: &mut Vec<ValueDifference>,
) {
    let equal =
        |pairs: &mut dyn Iterator<Item = (&Value, &Value)>| pairs.take_while(|(old, new)| old == new).count();
    let start = equal(&mut old.iter().zip(new));
    let (rest_old, rest_new) = (&old[start..], &new[start..]);
    let end = equal(&mut rest_old.iter().rev().zip(rest_new.iter().rev()));
    let (rest_old, rest_new) = (&rest_old[..rest_old.len() - end], &rest_new[..rest_new.len() - end]);
    for index in 0..rest_old.len().max(rest_new.len()) {
        let path = format!("{path}[{}]", start + index);
        match (rest_old.get(index), rest_new.get(index)) {
            (Some(Value::Message(old)), Some(Value::Message(new))) => messages(&path, old, new, found),
            (old, new) => {
                let value =
                    |value: Option<&Value>| value.map(|value| display(field, value)).unwrap_or_default();
                found.push(difference(path, field, kind, value(old), value(new)));
            }
        }
    }
}

fn difference(
    path: String,
    field: &FieldDescriptor,
    kind: DifferenceKind,
    before: String,
    after: String,
) -> ValueDifference {
    let is_text = !field.is_list() && field.kind() == Kind::String && kinds::is_text(kind);
    let replacements = if is_text { wording::replacements(&before, &after) } else { Vec::new() };
    ValueDifference { path, kind: kind.into(), before, after, replacements }
}

/// Returns a value as a text.
fn display(field: &FieldDescriptor, value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(flag) => flag.to_string(),
        Value::I32(number) => number.to_string(),
        Value::U32(number) => number.to_string(),
        Value::EnumNumber(number) => enum_words(field, *number),
        Value::Message(message) => {
            let fields =
                message.descriptor().fields().filter(|field| message.has_field(field)).collect::<Vec<_>>();
            let values = fields.iter().map(|field| display(field, &message.get_field(field)));
            let values: Vec<String> = values.filter(|value| !value.is_empty()).collect();
            // An empty message is named by its field, so that its presence is a value.
            if values.is_empty() { field.name().to_owned() } else { values.join(" · ") }
        }
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|item| display(field, item)).collect();
            items.join(if field.name() == "cells" { " | " } else { ", " })
        }
        // The content has no maps, bytes, or numbers of other types.
        _ => String::new(),
    }
}

/// Returns an enum value in lower case without its prefix; for a likelihood term, its printed words.
fn enum_words(field: &FieldDescriptor, number: i32) -> String {
    let Kind::Enum(descriptor) = field.kind() else { return number.to_string() };
    if descriptor.name() == "LikelihoodTerm" {
        return LikelihoodTerm::try_from(number).map(likelihood::words).unwrap_or_default().to_owned();
    }
    let (Some(value), Some(unset)) = (descriptor.get_value(number), descriptor.get_value(0)) else {
        return number.to_string();
    };
    if number == 0 {
        return String::new();
    }
    let prefix = unset.name().trim_end_matches("UNSPECIFIED").to_owned();
    value.name().strip_prefix(&prefix).unwrap_or(value.name()).to_lowercase().replace('_', " ")
}
