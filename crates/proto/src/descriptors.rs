//! The descriptor set: reflection, the permission of each RPC, and the known fields of each message.

use std::collections::HashSet;
use std::sync::LazyLock;

use prost::{Message, Name};
use prost_reflect::{
    DescriptorPool, DynamicMessage, EnumDescriptor, ExtensionDescriptor, FileDescriptor, Kind,
    MessageDescriptor,
};

use crate::options::v1::Permission;

/// The encoded `google.protobuf.FileDescriptorSet` of all of `proto/`, options and comments included.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("the set was encoded by the build of this crate")
});

static PERMISSION: LazyLock<ExtensionDescriptor> = LazyLock::new(|| {
    POOL.get_extension_by_name("chancery.options.v1.permission").expect("permission.proto defines it")
});

/// Returns all descriptors of `proto/`.
pub fn pool() -> &'static DescriptorPool {
    &POOL
}

/// Returns a message's descriptor by its full name, such as `chancery.brief.v1.Brief`.
pub fn message(full_name: &str) -> Option<MessageDescriptor> {
    POOL.get_message_by_name(full_name)
}

/// Returns the names of an enum's values except the unspecified one, by the enum's short name, such as `ChangeKind`.
pub fn enum_values(name: &str) -> Vec<String> {
    enum_by_short_name(name).map(|found| value_names(&found)).unwrap_or_default()
}

/// Returns the number of an enum's value by the enum's short name and the value's name, such as `ChangeKind` and
/// `CHANGE_KIND_UPDATED`; `None` also for the unspecified value.
pub fn enum_number(name: &str, value: &str) -> Option<i32> {
    let number = enum_by_short_name(name)?.get_value_by_name(value)?.number();
    (number != 0).then_some(number)
}

/// Returns the comment of a field of `chancery.brief.v1`, such as `Source` and `title`, on one line; empty if there is none.
pub fn field_comment(message: &str, field: &str) -> String {
    let field = POOL
        .get_message_by_name(&format!("chancery.brief.v1.{message}"))
        .and_then(|message| message.get_field_by_name(field));
    field.map(|field| comment(&field.parent_message().parent_file(), field.path())).unwrap_or_default()
}

/// Returns the comment of an enum's value, by the enum's short name and the value's name, on one line; empty if there is
/// none.
pub fn enum_value_comment(name: &str, value: &str) -> String {
    let value = enum_by_short_name(name).and_then(|found| found.get_value_by_name(value));
    value.map(|value| comment(&value.parent_enum().parent_file(), value.path())).unwrap_or_default()
}

fn comment(file: &FileDescriptor, path: &[i32]) -> String {
    let info = file.file_descriptor_proto().source_code_info.as_ref();
    let location = info.and_then(|info| info.location.iter().find(|location| location.path == path));
    let lines = location.map_or("", |location| location.leading_comments()).lines();
    lines.map(str::trim).collect::<Vec<_>>().join(" ").trim().to_owned()
}

fn enum_by_short_name(name: &str) -> Option<EnumDescriptor> {
    POOL.all_enums().find(|found| found.name() == name && found.full_name().starts_with("chancery."))
}

/// Returns the names of an enum's values except the unspecified one.
pub(crate) fn value_names(descriptor: &EnumDescriptor) -> Vec<String> {
    descriptor.values().filter(|value| value.number() != 0).map(|value| value.name().to_owned()).collect()
}

/// Returns the words of an enum's values except the unspecified one: their names without the enum's prefix, in lower case,
/// joined by hyphens, such as `non-state-group`.
pub(crate) fn enum_words(descriptor: &EnumDescriptor) -> Vec<String> {
    let prefix = enum_prefix(descriptor);
    let names = value_names(descriptor);
    names.iter().map(|name| word_of(name, &prefix)).collect()
}

/// Returns the word of the name of an enum's value: the name without its prefix, in lower case, joined by hyphens, such as
/// `non-state-group` of `ACTOR_KIND_NON_STATE_GROUP`.
pub fn word_of_name(name: &str, prefix: &str) -> String {
    name.strip_prefix(prefix).unwrap_or(name).to_ascii_lowercase().replace('_', "-")
}

/// Returns the word of a name in JSON and YAML, where grades are capital letters.
fn word_of(name: &str, prefix: &str) -> String {
    let word = word_of_name(name, prefix);
    if word.len() == 1 { word.to_ascii_uppercase() } else { word }
}

/// Returns the word of a number of an enum; none for the unspecified value and for unknown numbers.
pub(crate) fn word_of_number(descriptor: &EnumDescriptor, number: i32) -> Option<String> {
    let value = descriptor.get_value(number).filter(|_| number != 0)?;
    Some(word_of(value.name(), &enum_prefix(descriptor)))
}

/// Returns the number of a value by its name or its word, in lower or upper case.
pub(crate) fn enum_word(descriptor: &EnumDescriptor, word: &str) -> Option<i32> {
    let by_name = |name: &str| descriptor.get_value_by_name(name).map(|value| value.number());
    let name = || format!("{}{}", enum_prefix(descriptor), word.to_ascii_uppercase().replace('-', "_"));
    by_name(word).or_else(|| by_name(&name()).filter(|number| *number != 0))
}

/// Returns the prefix of the names of an enum's values: `ACTOR_KIND_` of `ActorKind`.
pub(crate) fn enum_prefix(descriptor: &EnumDescriptor) -> String {
    let mut prefix = String::new();
    for character in descriptor.name().chars() {
        if character.is_ascii_uppercase() && !prefix.is_empty() {
            prefix.push('_');
        }
        prefix.push(character.to_ascii_uppercase());
    }
    prefix + "_"
}

/// Returns the permission that a method states, by its gRPC path, such as `/chancery.brief.v1.BriefService/GetBrief`;
/// none if there is no such method or it states none.
pub fn permission(path: &str) -> Option<Permission> {
    let (service, method) = path.strip_prefix('/')?.split_once('/')?;
    let service = POOL.get_service_by_name(service)?;
    let method = service.methods().find(|candidate| candidate.name() == method)?;
    let options = method.options();
    let value = options.get_extension(&PERMISSION).as_enum_number()?;
    Permission::try_from(value).ok().filter(|permission| *permission != Permission::Unspecified)
}

/// Properties of a method that its proto definition states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "properties of a method that do not depend on each other")]
pub struct MethodTraits {
    /// Whether calls may change data.
    pub has_side_effects: bool,
    /// Whether the request is a stream.
    pub receives_stream: bool,
    /// Whether the response is a stream.
    pub answers_in_stream: bool,
    /// Whether its request can have the content of briefs.
    pub carries_content: bool,
}

/// The content of a brief, by far the largest part of any request.
const CONTENT: &str = "chancery.brief.v1.BriefContent";

/// Returns whether a message is of a type or has, at any depth, a field of it.
fn reaches(message: &MessageDescriptor, target: &str, visited: &mut HashSet<String>) -> bool {
    message.full_name() == target
        || (visited.insert(message.full_name().to_owned())
            && message.fields().any(|field| match field.kind() {
                Kind::Message(inner) => reaches(&inner, target, visited),
                _ => false,
            }))
}

/// Returns the traits of all methods of `proto/`, each with its gRPC path.
pub fn methods() -> impl Iterator<Item = (String, MethodTraits)> {
    const NO_SIDE_EFFECTS: i32 = 1;
    POOL.services().filter(|service| service.full_name().starts_with("chancery.")).flat_map(|service| {
        let name = service.full_name().to_owned();
        let methods = service.methods().map(move |method| {
            let level = method
                .options()
                .get_field_by_name("idempotency_level")
                .and_then(|level| level.as_enum_number());
            let traits = MethodTraits {
                has_side_effects: level != Some(NO_SIDE_EFFECTS),
                receives_stream: method.is_client_streaming(),
                answers_in_stream: method.is_server_streaming(),
                carries_content: reaches(&method.input(), CONTENT, &mut HashSet::new()),
            };
            (format!("/{name}/{}", method.name()), traits)
        });
        methods.collect::<Vec<_>>()
    })
}

/// Converts a message to the dynamic message of its descriptor.
pub(crate) fn dynamic<T: Message + Name>(message: &T) -> DynamicMessage {
    let mut dynamic = DynamicMessage::new(descriptor::<T>());
    dynamic.transcode_from(message).expect("a generated message fits its own descriptor");
    dynamic
}

pub(crate) fn descriptor<T: Name>() -> MessageDescriptor {
    message(&T::full_name()).expect("generated messages are in the descriptor set")
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::{MethodTraits, Permission, enum_value_comment, field_comment, methods, permission, pool};

    #[test]
    fn every_method_states_a_permission() {
        for service in pool().services().filter(|service| service.full_name().starts_with("chancery.")) {
            for method in service.methods() {
                let path = format!("/{}/{}", service.full_name(), method.name());
                assert!(permission(&path).is_some(), "{path} states no permission");
            }
        }
    }

    #[test]
    fn methods_state_whether_they_change_data_and_return_streams() {
        let methods: HashMap<String, MethodTraits> = methods().collect();
        for (name, has_side_effects, receives_stream, answers_in_stream) in [
            ("GetBrief", false, false, false),
            ("PublishBrief", true, false, false),
            ("WatchBriefs", false, false, true),
            ("UploadAttachment", true, true, false),
            ("LintBrief", false, false, false),
        ] {
            let expected = MethodTraits {
                has_side_effects,
                receives_stream,
                answers_in_stream,
                carries_content: name == "LintBrief",
            };
            assert_eq!(methods[&format!("/chancery.brief.v1.BriefService/{name}")], expected, "{name}");
        }
    }

    #[test]
    fn an_unknown_method_has_no_permission() {
        assert_eq!(permission("/chancery.brief.v1.BriefService/Nothing"), None);
        assert_eq!(permission("chancery"), None);
        assert_eq!(permission("/chancery.brief.v1.BriefService/GetBrief"), Some(Permission::BriefRead));
    }

    #[test]
    fn fields_and_values_have_their_comments() {
        assert_eq!(field_comment("Source", "publisher"), "Publisher.");
        assert!(field_comment("Source", "short_title").ends_with("empty means the name of the publisher."));
        assert_eq!(enum_value_comment("ActorKind", "ACTOR_KIND_STATE"), "A state.");
        assert_eq!(field_comment("Source", "none") + &enum_value_comment("None", "NONE"), "");
    }

    #[test]
    fn content_has_no_map_and_no_floating_point_field() {
        for message in pool().all_messages().filter(|m| m.full_name().starts_with("chancery.brief.v1.")) {
            assert!(!message.is_map_entry(), "{} is a map", message.full_name());
            for field in message.fields() {
                assert!(
                    !matches!(field.kind(), prost_reflect::Kind::Float | prost_reflect::Kind::Double),
                    "{} is a floating-point number",
                    field.full_name()
                );
            }
        }
    }
}
