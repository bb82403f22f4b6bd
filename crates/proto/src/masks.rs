//! Views and read masks (AIP-157) on encoded messages: unselected fields are cut out of the bytes, and nothing is
//! decoded.

use std::collections::BTreeMap;

use prost::DecodeError;
use prost::encoding::{
    DecodeContext, WireType, decode_key, decode_varint, encode_key, encode_varint, skip_field,
};
use prost_reflect::{Kind, MessageDescriptor};

/// Maximum number of paths in a mask.
const PATHS_LIMIT: usize = 64;

/// Maximum total size of a mask's paths, in bytes.
const BYTES_LIMIT: usize = 1024;

/// Fields that every mask includes.
const ALWAYS: [&str; 2] = ["name", "etag"];

/// The fields of content in the view BASIC.
const BASIC: [&str; 9] =
    ["title", "subtitle", "kind", "language", "as_of", "default_marking", "marking", "tags", "regions"];

/// Reasons for rejecting a mask.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MaskError {
    /// The mask has too many paths, or they are too long.
    #[error("at most {PATHS_LIMIT} paths of {BYTES_LIMIT} bytes in all")]
    TooLong,
    /// A path does not name a field.
    #[error("{path:?}: {message}")]
    Path {
        /// The path.
        path: String,
        /// The problem.
        message: String,
    },
}

/// The selected fields of a message. All others are cut out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadMask(Fields);

/// Fields by number.
type Fields = BTreeMap<u32, Wanted>;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Wanted {
    Whole,
    Parts(Fields),
}

impl ReadMask {
    /// Builds a mask from a view, BASIC or full, and from paths with the protos' field names; no paths select
    /// everything. Name and etag are always included.
    ///
    /// # Errors
    /// Returns a [`MaskError`] for paths that do not name a field, lead into lists, or are too many.
    pub fn of(
        view_basic: bool,
        paths: &[String],
        descriptor: &MessageDescriptor,
    ) -> Result<Option<Self>, MaskError> {
        let basic = view_basic.then(|| basic(descriptor));
        if paths.is_empty() {
            return Ok(basic.map(Self));
        }
        if paths.len() > PATHS_LIMIT || paths.iter().map(String::len).sum::<usize>() > BYTES_LIMIT {
            return Err(MaskError::TooLong);
        }
        let mut fields = Fields::new();
        for path in paths {
            add(&mut fields, path, descriptor)?;
        }
        let mut fields = match basic {
            Some(basic) => common(fields, &basic),
            None => fields,
        };
        let always = ALWAYS.iter().filter_map(|name| descriptor.get_field_by_name(name));
        fields.extend(always.map(|field| (field.number(), Wanted::Whole)));
        Ok(Some(Self(fields)))
    }

    /// Returns the bytes of an encoded message without unselected fields. Malformed bytes are cut where they become
    /// malformed.
    pub fn apply(&self, encoded: &[u8]) -> Vec<u8> {
        let mut kept = Vec::with_capacity(encoded.len().min(4096));
        keep(&self.0, encoded, &mut kept);
        kept
    }
}

/// Selects the fields of view BASIC: the whole envelope, and the fields of content that lists show.
fn basic(descriptor: &MessageDescriptor) -> Fields {
    let wanted = |field: prost_reflect::FieldDescriptor| {
        let wanted = match field.kind() {
            Kind::Message(content) if field.name() == "content" => {
                let shown = BASIC.iter().filter_map(|name| content.get_field_by_name(name));
                Wanted::Parts(shown.map(|field| (field.number(), Wanted::Whole)).collect())
            }
            _ => Wanted::Whole,
        };
        (field.number(), wanted)
    };
    descriptor.fields().map(wanted).collect()
}

/// Adds a path such as `content.title`.
fn add(fields: &mut Fields, path: &str, descriptor: &MessageDescriptor) -> Result<(), MaskError> {
    let refuse = |message: String| MaskError::Path { path: path.to_owned(), message };
    let mut numbers = Vec::new();
    let mut message = Some(descriptor.clone());
    let mut before = "";
    for name in path.split('.') {
        let Some(inside) = message else {
            return Err(refuse(format!("{before} has no fields that can be selected")));
        };
        let field = inside
            .get_field_by_name(name)
            .ok_or_else(|| refuse(format!("{} has no field {name:?}", inside.name())))?;
        numbers.push(field.number());
        message = match field.kind() {
            Kind::Message(inner) if !field.is_list() && !field.is_map() => Some(inner),
            _ => None,
        };
        before = name;
    }
    insert(fields, &numbers);
    Ok(())
}

fn insert(fields: &mut Fields, numbers: &[u32]) {
    let Some((number, rest)) = numbers.split_first() else { return };
    if rest.is_empty() {
        fields.insert(*number, Wanted::Whole);
        return;
    }
    let wanted = fields.entry(*number).or_insert_with(|| Wanted::Parts(Fields::new()));
    if let Wanted::Parts(parts) = wanted {
        insert(parts, rest);
    }
}

/// Returns the intersection of two masks.
fn common(fields: Fields, others: &Fields) -> Fields {
    let both = |(number, wanted)| {
        let wanted = match (wanted, others.get(&number)?) {
            (Wanted::Whole, other) => other.clone(),
            (wanted, Wanted::Whole) => wanted,
            (Wanted::Parts(parts), Wanted::Parts(others)) => Wanted::Parts(common(parts, others)),
        };
        Some((number, wanted))
    };
    fields.into_iter().filter_map(both).collect()
}

fn keep(fields: &Fields, mut rest: &[u8], kept: &mut Vec<u8>) {
    while !rest.is_empty() {
        let here = rest;
        let Ok((number, wire_type, value)) = next(&mut rest) else { return };
        match fields.get(&number) {
            Some(Wanted::Whole) => kept.extend_from_slice(&here[..here.len() - rest.len()]),
            Some(Wanted::Parts(parts)) if wire_type == WireType::LengthDelimited => {
                let mut inner = Vec::new();
                keep(parts, value, &mut inner);
                encode_key(number, wire_type, kept);
                encode_varint(inner.len() as u64, kept);
                kept.extend_from_slice(&inner);
            }
            None | Some(Wanted::Parts(_)) => {}
        }
    }
}

/// Returns the next field, and its content if it is length-delimited.
fn next<'a>(rest: &mut &'a [u8]) -> Result<(u32, WireType, &'a [u8]), DecodeError> {
    let (number, wire_type) = decode_key(rest)?;
    let at_value = *rest;
    skip_field(wire_type, number, rest, DecodeContext::default())?;
    let mut value = &at_value[..at_value.len() - rest.len()];
    if wire_type == WireType::LengthDelimited {
        decode_varint(&mut value)?;
    }
    Ok((number, wire_type, value))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use prost::Message;
    use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage, Value};

    use super::{ALWAYS, MaskError, ReadMask};
    use crate::brief::v1::{AsOf, Brief, BriefContent, Section};
    use crate::descriptors::message;

    fn brief() -> MessageDescriptor {
        message("chancery.brief.v1.Brief").unwrap()
    }

    fn paths(paths: &[&str]) -> Vec<String> {
        paths.iter().map(|path| (*path).to_owned()).collect()
    }

    fn masked(view_basic: bool, selected: &[&str], brief: &Brief) -> Brief {
        match ReadMask::of(view_basic, &paths(selected), &self::brief()).unwrap() {
            Some(mask) => Brief::decode(mask.apply(&brief.encode_to_vec()).as_slice()).unwrap(),
            None => brief.clone(),
        }
    }

    fn example() -> Brief {
        Brief {
            name: "workspaces/w1/briefs/b1".into(),
            etag: "e".into(),
            newest_revision: 7,
            content: Some(BriefContent {
                title: "T".into(),
                subtitle: "S".into(),
                as_of: Some(AsOf { date: "2025".into(), note: "N".into() }),
                tags: vec!["a".into(), "b".into()],
                sections: vec![Section { id: "s".into(), ..Section::default() }],
                ..BriefContent::default()
            }),
            ..Brief::default()
        }
    }

    #[test]
    fn only_selected_fields_name_and_etag_remain() {
        let all = example();
        let title = masked(false, &["content.title"], &all);
        let content = BriefContent { title: "T".into(), ..BriefContent::default() };
        let (name, etag) = (all.name.clone(), all.etag.clone());
        assert_eq!(title, Brief { name, etag, content: Some(content), ..Brief::default() });
        let note = masked(false, &["content.as_of.note", "content.tags"], &all).content.unwrap();
        assert_eq!((note.as_of.unwrap().note.as_str(), note.tags.len()), ("N", 2));
        // A field includes its parts, whichever comes first.
        for selected in [["content", "content.title"], ["content.title", "content"]] {
            assert_eq!(masked(false, &selected, &all).content, all.content);
        }
        assert_eq!(masked(false, &[], &all), all);
    }

    #[test]
    fn the_view_basic_has_the_fields_of_lists_and_a_mask_can_only_narrow_it() {
        let all = example();
        let basic = masked(true, &[], &all);
        assert_eq!(basic.newest_revision, 7);
        let content = basic.content.as_ref().unwrap();
        assert!(content.sections.is_empty() && content.as_of.is_some() && content.tags.len() == 2);
        assert_eq!(masked(true, &["content"], &all).content, basic.content);
        let none = masked(true, &["content.sections"], &all).content.unwrap();
        assert_eq!(none, BriefContent::default());
    }

    #[test]
    fn unknown_paths_are_rejected_by_name() {
        let into_list = "content.sections.heading";
        for bad in
            ["", "*", "Title", "content.", ".content", "content.titel", into_list, "etag.x", "contentTitle"]
        {
            let refused = ReadMask::of(false, &paths(&["name", bad]), &brief()).unwrap_err();
            assert!(matches!(refused, MaskError::Path { path, .. } if path == bad), "{bad}");
        }
        let many = vec!["name".to_owned(); 65];
        assert_eq!(ReadMask::of(false, &many, &brief()).unwrap_err(), MaskError::TooLong);
        let long = paths(&[&"content.".repeat(200)]);
        assert_eq!(ReadMask::of(false, &long, &brief()).unwrap_err(), MaskError::TooLong);
    }

    #[test]
    fn malformed_bytes_do_not_panic() {
        let mask = ReadMask::of(true, &[], &brief()).unwrap().unwrap();
        let encoded = example().encode_to_vec();
        for end in 0..encoded.len() {
            mask.apply(&encoded[..end]);
        }
        assert!(mask.apply(&[0xff; 20]).is_empty());
    }

    /// Numbers that determine a generated message.
    struct Choices<'a>(std::slice::Iter<'a, u8>);

    impl Choices<'_> {
        fn next(&mut self) -> u8 {
            self.0.next().copied().unwrap_or(0)
        }
    }

    fn filled(descriptor: &MessageDescriptor, choices: &mut Choices<'_>, depth: usize) -> DynamicMessage {
        let mut filled = DynamicMessage::new(descriptor.clone());
        for field in descriptor.fields() {
            let count = match choices.next() % 4 {
                0 | 1 => continue,
                2 => 1,
                _ => 3,
            };
            if depth == 0 && matches!(field.kind(), Kind::Message(_)) {
                continue;
            }
            let value = if field.is_list() {
                Value::List((0..count).map(|_| one(&field, choices, depth)).collect())
            } else {
                one(&field, choices, depth)
            };
            filled.set_field(&field, value);
        }
        filled
    }

    fn one(field: &FieldDescriptor, choices: &mut Choices<'_>, depth: usize) -> Value {
        let number = choices.next();
        match field.kind() {
            Kind::Message(inner) => Value::Message(filled(&inner, choices, depth - 1)),
            Kind::Enum(kind) => {
                Value::EnumNumber(i32::from(number) % i32::try_from(kind.values().len()).unwrap())
            }
            Kind::Bool => Value::Bool(number % 2 == 1),
            Kind::String => Value::String("é".repeat(usize::from(number))),
            Kind::Bytes => Value::Bytes(vec![number; usize::from(number)].into()),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(-i32::from(number)),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(-i64::from(number)),
            Kind::Uint32 | Kind::Fixed32 => Value::U32(u32::from(number) << 20),
            Kind::Uint64 | Kind::Fixed64 => Value::U64(u64::from(number) << 50),
            Kind::Float => Value::F32(f32::from(number)),
            Kind::Double => Value::F64(f64::from(number)),
        }
    }

    /// Builds a path into a message: each number selects a field one level deeper.
    fn path(descriptor: &MessageDescriptor, steps: &[u8]) -> String {
        let mut names = Vec::new();
        let mut inside = Some(descriptor.clone());
        for step in steps {
            let Some(message) = inside else { break };
            let fields: Vec<_> = message.fields().collect();
            let Some(field) = fields.get(usize::from(*step) % fields.len().max(1)) else { break };
            names.push(field.name().to_owned());
            inside = match field.kind() {
                Kind::Message(inner) if !field.is_list() => Some(inner),
                _ => None,
            };
        }
        names.join(".")
    }

    /// Applies the same mask to a decoded message.
    fn prune(message: &mut DynamicMessage, selected: &[&str]) {
        for field in message.descriptor().fields().collect::<Vec<_>>() {
            let name = field.name();
            if selected.contains(&name) || !message.has_field(&field) {
                continue;
            }
            let inner: Vec<&str> =
                selected.iter().filter_map(|path| path.strip_prefix(name)?.strip_prefix('.')).collect();
            if inner.is_empty() {
                message.clear_field(&field);
            } else if let Value::Message(part) = message.get_field_mut(&field) {
                prune(part, &inner);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn pruned_bytes_are_those_of_the_pruned_message(
            choices in prop::collection::vec(any::<u8>(), 0..400),
            steps in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..5), 1..5),
        ) {
            let descriptor = message("chancery.brief.v1.Brief").unwrap();
            let whole = filled(&descriptor, &mut Choices(choices.iter()), 5);
            let selected: Vec<String> = steps.iter().map(|steps| path(&descriptor, steps)).collect();
            let mask = ReadMask::of(false, &selected, &descriptor).unwrap().unwrap();
            let kept = mask.apply(&whole.encode_to_vec());

            let mut expected = whole;
            let selected: Vec<&str> = selected.iter().map(String::as_str).chain(ALWAYS).collect();
            prune(&mut expected, &selected);
            // Encoded, because a decoded message omits fields with default values.
            prop_assert_eq!(kept, expected.encode_to_vec());
        }
    }
}
