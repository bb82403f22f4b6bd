//! Every field of the content: a change of it is a difference that a declared change can name.

use std::collections::BTreeSet;

use chancery_proto::brief::v1::{BriefContent, Change, ChangeKind};
use chancery_proto::descriptors;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage, Value};

use crate::arbitrary::full;
use crate::diff::{differences, kinds, undeclared};
use crate::marking::Scheme;
use crate::validate::violations;

fn descriptor() -> MessageDescriptor {
    descriptors::message("chancery.brief.v1.BriefContent").unwrap()
}

fn name(field: &FieldDescriptor) -> String {
    format!("{}.{}", field.parent_message().name(), field.name())
}

fn is_compared(field: &FieldDescriptor) -> bool {
    matches!(kinds::of(field), kinds::Compared::As(_))
}

/// Returns the variants of a message with one field changed, cleared or set, each with the name of the field.
fn variants(message: &DynamicMessage) -> Vec<(String, DynamicMessage)> {
    let mut variants = Vec::new();
    for field in message.descriptor().fields().filter(is_compared) {
        let mut add = |name: String, value: Option<Value>| {
            let mut variant = message.clone();
            match value {
                Some(value) => variant.set_field(&field, value),
                None => variant.clear_field(&field),
            }
            variants.push((name, variant));
        };
        if message.has_field(&field) {
            for (name, value) in others(&field, &message.get_field(&field)) {
                add(name, Some(value));
            }
            // Without an id a part cannot be compared.
            if field.name() != "id" {
                add(name(&field), None);
            }
        } else if let (false, Kind::Message(inner)) = (field.is_list(), field.kind())
            // No edition contains a list without sentences.
            && name(&field) != "ListItem.list"
        {
            add(name(&field), Some(Value::Message(DynamicMessage::new(inner))));
        }
    }
    variants
}

fn others(field: &FieldDescriptor, value: &Value) -> Vec<(String, Value)> {
    let leaf = |value| vec![(name(field), value)];
    match value {
        Value::Message(inner) => {
            variants(inner).into_iter().map(|(name, inner)| (name, Value::Message(inner))).collect()
        }
        Value::List(items) => {
            let mut changed = Vec::new();
            for (index, item) in items.iter().enumerate() {
                for (name, item) in others(field, item) {
                    let mut items = items.clone();
                    items[index] = item;
                    changed.push((name, Value::List(items)));
                }
            }
            changed
        }
        Value::String(text) => leaf(Value::String(format!("{text}x"))),
        Value::Bool(flag) => leaf(Value::Bool(!flag)),
        Value::U32(number) => leaf(Value::U32(number + 1)),
        Value::I32(number) => leaf(Value::I32(number + 1)),
        Value::EnumNumber(number) => leaf(Value::EnumNumber(if *number == 1 { 2 } else { 1 })),
        other => panic!("{other:?}"),
    }
}

/// Names a part as changed.
fn declare(content: &BriefContent, part_id: &str) -> BriefContent {
    let change =
        Change { part_id: part_id.to_owned(), kind: ChangeKind::Updated.into(), ..Change::default() };
    BriefContent { changes: vec![change], ..content.clone() }
}

#[test]
fn a_change_of_any_field_is_a_difference_that_can_be_declared() {
    let before = BriefContent { marking: "TLP:RED".into(), ..full() };
    let mut message = DynamicMessage::new(descriptor());
    message.transcode_from(&before).unwrap();
    let mut failures = Vec::new();
    let variants = variants(&message);
    assert!(variants.len() > 500, "{}", variants.len());
    for (changed, variant) in &variants {
        let after: BriefContent = variant.transcode_to().unwrap();
        let found = differences(&before, &after);
        if found.is_empty() {
            failures.push(format!("{changed}: no difference"));
        }
        for id in undeclared(&before, &after).into_iter().map(|difference| difference.id) {
            let declared = declare(&after, &id);
            // A removed part is in the parent, which `validate` does not know.
            let refused =
                violations(&declared, Scheme::Tlp).err().into_iter().flat_map(|error| error.violations);
            failures.extend(
                refused
                    .filter(|one| one.path.starts_with("changes"))
                    .map(|one| format!("{changed}: {one:?}")),
            );
            if undeclared(&before, &declared).iter().any(|difference| difference.id == id) {
                failures.push(format!("{changed}: {id} cannot be declared"));
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
    let fields: BTreeSet<&str> = variants.iter().map(|(changed, _)| changed.as_str()).collect();
    let missing: Vec<String> = all_fields().iter().filter(|field| is_compared(field)).map(name).collect();
    let missing: Vec<&String> = missing.iter().filter(|field| !fields.contains(field.as_str())).collect();
    assert!(missing.is_empty(), "set in `full`: {missing:?}");
}

#[test]
fn every_field_has_a_kind() {
    // Parts in a part are compared by themselves.
    let is_part = |field: &FieldDescriptor| matches!(field.kind(), Kind::Message(inner) if inner.get_field_by_name("id").is_some());
    let compared = all_fields().into_iter().filter(|field| is_compared(field) && !is_part(field));
    let without: Vec<String> =
        compared.map(|field| name(&field)).filter(|field| kinds::kind(field).is_none()).collect();
    assert_eq!(without, Vec::<String>::new());
}

/// Lists the fields of the content's messages, except those of changes.
fn all_fields() -> Vec<FieldDescriptor> {
    let (mut fields, mut seen, mut next) = (Vec::new(), BTreeSet::new(), vec![descriptor()]);
    while let Some(message) = next.pop() {
        if message.name() == "Change" || !seen.insert(message.name().to_owned()) {
            continue;
        }
        for field in message.fields() {
            if let Kind::Message(inner) = field.kind() {
                next.push(inner);
            }
            fields.push(field);
        }
    }
    fields
}
