//! The text carries every field: a change of any field of the content comes back from the text.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::collections::BTreeSet;

use chancery_brief::arbitrary::full;
use chancery_proto::brief::v1::block::Kind as BlockKind;
use chancery_proto::brief::v1::{BriefContent, FigureKind, Likelihood, Span, SpanKind};
use chancery_text::{Context, Exchange, read, write};
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value};

/// Fields that a text does not carry, with the reason.
const NOT_CARRIED: [(&str, &str); 6] = [
    ("BriefContent.marking", "output only"),
    ("Block.withheld", "output only"),
    ("ListItem.withheld", "output only"),
    ("TableRow.withheld", "output only"),
    ("Statement.withheld", "output only"),
    ("Likelihood.scale", "it is the scale of the term, which is tested with it"),
];

fn descriptor() -> MessageDescriptor {
    chancery_proto::descriptors::pool().get_message_by_name("chancery.brief.v1.BriefContent").unwrap()
}

fn dynamic(content: &BriefContent) -> DynamicMessage {
    let mut message = DynamicMessage::new(descriptor());
    message.transcode_from(content).unwrap();
    message
}

fn name(field: &FieldDescriptor) -> String {
    format!("{}.{}", field.parent_message().name(), field.name())
}

fn is_carried(field: &FieldDescriptor) -> bool {
    !NOT_CARRIED.iter().any(|(known, _)| *known == name(field))
}

/// Returns other values for a value that is no message.
fn others(field: &FieldDescriptor, value: &Value) -> Vec<Value> {
    let name = field.name();
    match (field.kind(), value) {
        (Kind::String, Value::String(_)) if name.ends_with("marking") => {
            ["TLP:CLEAR", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"]
                .map(|label| Value::String(label.into()))
                .into()
        }
        // A date with a time has colons, and what has no date has precisions of its own.
        (Kind::String, Value::String(text)) if name == "date" => {
            [format!("{text}T10:00:00Z"), String::new()].map(Value::String).into()
        }
        (Kind::String, Value::String(text)) if name == "horizon" => {
            vec![Value::String(format!("{text}T10:00:00Z"))]
        }
        (Kind::String, Value::String(text)) => vec![Value::String(format!("{text}x"))],
        (Kind::Bool, Value::Bool(is_set)) => vec![Value::Bool(!is_set)],
        (Kind::Uint32, Value::U32(number)) if name == "end" => vec![Value::U32(number - 1)],
        (Kind::Uint32, Value::U32(number)) => vec![Value::U32(number + 1)],
        (_, Value::I32(number)) => vec![Value::I32(number - 1)],
        (Kind::Enum(values), Value::EnumNumber(number)) => {
            let others = values.values().map(|value| value.number());
            others.filter(|other| *other != 0 && other != number).map(Value::EnumNumber).collect()
        }
        other => panic!("{name}: {other:?}"),
    }
}

/// Returns the variants of a message with one field changed, each with the name of the field.
fn variants(message: &DynamicMessage, seen: &mut BTreeSet<String>) -> Vec<(String, DynamicMessage)> {
    let mut variants = Vec::new();
    for (field, value) in message.fields().filter(|(field, _)| is_carried(field)) {
        seen.insert(name(&field));
        for (changed, value) in values(&field, value, seen) {
            let mut variant = message.clone();
            variant.set_field(&field, value);
            variants.push((changed, variant));
        }
    }
    variants
}

fn values(field: &FieldDescriptor, value: &Value, seen: &mut BTreeSet<String>) -> Vec<(String, Value)> {
    match value {
        Value::List(items) => {
            let mut changed = Vec::new();
            for (index, item) in items.iter().enumerate() {
                for (name, item) in values(field, item, seen) {
                    let mut items = items.clone();
                    items[index] = item;
                    changed.push((name, Value::List(items)));
                }
            }
            changed
        }
        Value::Message(inner) => {
            variants(inner, seen).into_iter().map(|(name, inner)| (name, Value::Message(inner))).collect()
        }
        leaf => others(field, leaf).into_iter().map(|value| (name(field), value)).collect(),
    }
}

/// Puts right what depends on the changed field.
fn settle(content: &mut BriefContent, changed: &str) {
    if changed == "Likelihood.term" {
        for likelihood in likelihoods(content) {
            likelihood.set_scale(chancery_brief::likelihood::scale(likelihood.term()).unwrap());
        }
    }
    let blocks = content.sections.iter_mut().flat_map(|section| &mut section.blocks);
    for kind in blocks.filter_map(|block| block.kind.as_mut()) {
        match kind {
            BlockKind::Figure(figure) if figure.kind() != FigureKind::Attachment => figure.attachment.clear(),
            BlockKind::Paragraph(paragraph) if changed == "Span.kind" => {
                let spans = paragraph.statements.iter_mut().flat_map(|statement| &mut statement.spans);
                spans.for_each(settle_target);
            }
            _ => {}
        }
    }
}

/// Gives a span a target exactly if its kind has one.
fn settle_target(span: &mut Span) {
    let target = match span.kind() {
        SpanKind::Link => "#s-1",
        SpanKind::Language => "fa",
        _ => "",
    };
    target.clone_into(&mut span.target);
}

fn likelihoods(content: &mut BriefContent) -> Vec<&mut Likelihood> {
    let of_judgments = content.key_judgments.iter_mut().filter_map(|judgment| judgment.likelihood.as_mut());
    let blocks = content.sections.iter_mut().flat_map(|section| &mut section.blocks);
    let statements = blocks.filter_map(|block| match &mut block.kind {
        Some(BlockKind::Paragraph(paragraph)) => Some(&mut paragraph.statements),
        _ => None,
    });
    let of_statements = statements.flatten().filter_map(|statement| statement.likelihood.as_mut());
    of_judgments.chain(of_statements).collect()
}

#[test]
fn every_field_comes_back_from_the_text() {
    let full = full();
    let mut seen = BTreeSet::new();
    let (mut failures, mut carried) = (Vec::new(), BTreeSet::new());
    let mut variants = variants(&dynamic(&full), &mut seen);
    variants.push(("nothing".into(), dynamic(&full)));
    assert!(variants.len() > 400, "{}", variants.len());
    for (changed, variant) in &variants {
        let mut expected: BriefContent = variant.transcode_to().unwrap();
        settle(&mut expected, changed);
        let text = write(&expected, &Exchange::default());
        let actual = read(&text, &Context::default()).content;
        if actual == expected {
            carried.insert(changed);
            continue;
        }
        let (actual, expected) = (format!("{actual:#?}"), format!("{expected:#?}"));
        let differs = actual.lines().zip(expected.lines()).find(|(actual, expected)| actual != expected);
        failures.push((changed, differs.map(|(actual, expected)| format!("{actual} instead of {expected}"))));
    }
    // A marking that repeats the enclosing one is not written, but others are.
    failures.retain(|(changed, _)| !(changed.ends_with("marking") && carried.contains(changed)));
    assert!(failures.is_empty(), "{} of {}: {failures:#?}", failures.len(), variants.len());
    assert_eq!(
        missing(&descriptor(), &seen, &mut BTreeSet::new()),
        Vec::<String>::new(),
        "set them in `full`"
    );
}

/// Returns the fields below a message that the brief does not set.
fn missing(
    message: &MessageDescriptor,
    seen: &BTreeSet<String>,
    visited: &mut BTreeSet<String>,
) -> Vec<String> {
    if !visited.insert(message.name().to_owned()) {
        return Vec::new();
    }
    let mut missing = Vec::new();
    for field in message.fields().filter(is_carried) {
        if !seen.contains(&name(&field)) {
            missing.push(name(&field));
        }
        if let Kind::Message(inner) = field.kind() {
            missing.extend(self::missing(&inner, seen, visited));
        }
    }
    missing
}

#[test]
fn the_full_brief_has_no_problems_in_its_text() {
    let reading = read(&write(&full(), &Exchange::default()), &Context::default());
    let codes: Vec<&str> = reading.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(codes, Vec::<&str>::new());
}

#[test]
fn the_record_of_a_revision_comes_back_from_the_text() {
    let exchange = Exchange {
        scheme: chancery_brief::marking::Scheme::Us,
        brief: "red-sea".into(),
        revision: 7,
        published: "2026-11-15T09:00:00Z".into(),
        creator: "Desk: \"A\"".into(),
        digest: "ab".repeat(32),
        etag: "W/\"1\"".into(),
    };
    let content = BriefContent { title: "T".into(), ..BriefContent::default() };
    assert_eq!(read(&write(&content, &exchange), &Context::default()).exchange, exchange);
}
