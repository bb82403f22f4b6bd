//! The descriptor set: reflection, the permission of each RPC, and the fields that a message knows.

use std::sync::LazyLock;

use prost_reflect::{DescriptorPool, ExtensionDescriptor, MessageDescriptor};

use crate::options::v1::Permission;

/// The encoded `google.protobuf.FileDescriptorSet` of all of `proto/`, options and comments included.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("the set was encoded by the build of this crate")
});

static PERMISSION: LazyLock<ExtensionDescriptor> = LazyLock::new(|| {
    POOL.get_extension_by_name("chancery.options.v1.permission").expect("permission.proto defines it")
});

/// All descriptors of `proto/`.
pub fn pool() -> &'static DescriptorPool {
    &POOL
}

/// A message's descriptor by its full name, such as `chancery.brief.v1.Brief`.
pub fn message(full_name: &str) -> Option<MessageDescriptor> {
    POOL.get_message_by_name(full_name)
}

/// The permission that a method states, by its gRPC path, such as `/chancery.brief.v1.BriefService/GetBrief`.
/// None when there is no such method or when it states none.
pub fn permission(path: &str) -> Option<Permission> {
    let (service, method) = path.strip_prefix('/')?.split_once('/')?;
    let service = POOL.get_service_by_name(service)?;
    let method = service.methods().find(|candidate| candidate.name() == method)?;
    let options = method.options();
    let value = options.get_extension(&PERMISSION).as_enum_number()?;
    Permission::try_from(value).ok().filter(|permission| *permission != Permission::Unspecified)
}

#[cfg(test)]
mod tests {
    use super::{Permission, permission, pool};

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
    fn a_method_that_is_not_there_has_no_permission() {
        assert_eq!(permission("/chancery.brief.v1.BriefService/Nothing"), None);
        assert_eq!(permission("chancery"), None);
        assert_eq!(permission("/chancery.brief.v1.BriefService/GetBrief"), Some(Permission::BriefRead));
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
