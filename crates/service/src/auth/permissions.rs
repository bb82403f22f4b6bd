//! The permission that each method requires, from its proto options, and the roles that grant it.

use std::collections::HashMap;
use std::sync::LazyLock;

use chancery_proto::descriptors::{self, MethodTraits};
use chancery_proto::options::v1::Permission;
use chancery_proto::status::shortened;
use chancery_store::{Principal, Role, Scope};
use tonic::Status;

use crate::rpc::errors::permission_denied;

/// The permission and traits of each method, by path. Methods without a stated permission are absent, and so rejected.
static METHODS: LazyLock<HashMap<String, (Permission, MethodTraits)>> = LazyLock::new(|| {
    let methods = descriptors::methods();
    let permitted = methods.filter_map(|(path, traits)| {
        descriptors::permission(&path).map(|permission| (path, (permission, traits)))
    });
    permitted.collect()
});

/// Checks that a principal may call the method at a path, and returns the method's traits.
///
/// # Errors
/// `PERMISSION_DENIED`; `UNIMPLEMENTED` if there is no such method.
pub(crate) fn authorize(principal: &Principal, path: &str) -> Result<MethodTraits, Status> {
    match METHODS.get(path) {
        Some((permission, traits)) if allows(principal, *permission) => Ok(*traits),
        Some((permission, _)) => {
            let permission = permission.as_str_name();
            Err(permission_denied(format!(
                "the method requires {permission}, which the caller's roles do not grant"
            )))
        }
        None => Err(Status::unimplemented(format!("there is no method {}", shortened(path, 200)))),
    }
}

/// Returns whether a principal's roles grant a permission. Workspace admin implies the four roles before it; SYSTEM roles
/// apply in scope SYSTEM only, all others in a workspace only.
fn allows(principal: &Principal, permission: Permission) -> bool {
    let in_workspace = matches!(principal.scope, Scope::Workspace { .. });
    let workspace = |role| in_workspace && principal.roles.allow(role);
    let system = |role| !in_workspace && principal.roles.holds(role);
    match permission {
        Permission::Unspecified => false,
        Permission::BriefRead => workspace(Role::Reader),
        Permission::BriefWrite => workspace(Role::Author),
        Permission::BriefPublish => workspace(Role::Publisher),
        Permission::Render => workspace(Role::Renderer),
        Permission::WorkspaceAdmin => workspace(Role::Admin) || system(Role::Operator),
        Permission::Operate => system(Role::Operator),
        Permission::Work => system(Role::Worker),
        Permission::Enroll => system(Role::Enroller),
        Permission::AttachmentRead => {
            workspace(Role::Reader) || workspace(Role::Author) || workspace(Role::Publisher)
        }
        Permission::AttachmentWrite => workspace(Role::Author) || workspace(Role::Publisher),
    }
}

#[cfg(test)]
mod tests {
    use chancery_proto::options::v1::Permission;
    use chancery_store::{Principal, Role, Scope};

    use super::{METHODS, allows};

    fn system(role: Role) -> Principal {
        Principal {
            subject: "workspaces/system/apiTokens/0".into(),
            display_name: "test".into(),
            scope: Scope::System,
            roles: [role].into_iter().collect(),
            certificate_key: None,
        }
    }

    #[test]
    fn system_roles_grant_no_workspace_permission() {
        for permission in
            [Permission::BriefRead, Permission::BriefWrite, Permission::BriefPublish, Permission::Render]
        {
            assert!(
                !allows(&system(Role::Operator), permission) && !allows(&system(Role::Worker), permission)
            );
        }
        assert!(allows(&system(Role::Operator), Permission::WorkspaceAdmin));
        assert!(
            allows(&system(Role::Worker), Permission::Work)
                && !allows(&system(Role::Operator), Permission::Work)
        );
    }

    #[test]
    fn a_workspace_role_grants_nothing_in_scope_system() {
        assert!(!allows(&system(Role::Admin), Permission::BriefRead));
    }

    #[test]
    fn every_method_states_a_permission() {
        assert!(METHODS.contains_key("/chancery.brief.v1.BriefService/GetBrief"));
        assert!(METHODS.values().all(|(permission, _)| *permission != Permission::Unspecified));
    }
}
