//! The caller of a method. The service's identity layer is the only code that makes a [`Principal`]; everything else
//! takes it as an argument.

use chancery_brief::digest::Digest;
use chancery_brief::marking::{Clearance, Policy, Rank, Scheme};
use chancery_proto::names::{ApiTokenName, GeneratedId, ResourceId, WorkspaceName};

use crate::error::{Result, StoreError};

/// A permission of a principal. The workspace role admin implies the four before it; the others imply nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reads editions.
    Reader,
    /// Reads and writes drafts.
    Author,
    /// Publishes and imports.
    Publisher,
    /// Requests renders and downloads them.
    Renderer,
    /// Manages the workspace's tokens.
    Admin,
    /// SYSTEM: leases and finishes render tasks.
    Worker,
    /// SYSTEM: runs all of `AdminService`.
    Operator,
    /// SYSTEM: exchanges itself for tokens of worker processes.
    Enroller,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 8] = [
        Self::Reader,
        Self::Author,
        Self::Publisher,
        Self::Renderer,
        Self::Admin,
        Self::Worker,
        Self::Operator,
        Self::Enroller,
    ];

    /// Returns the role as the database stores it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Author => "author",
            Self::Publisher => "publisher",
            Self::Renderer => "renderer",
            Self::Admin => "admin",
            Self::Worker => "worker",
            Self::Operator => "operator",
            Self::Enroller => "enroller",
        }
    }

    /// Returns whether only tokens of workspace `system` may hold the role.
    pub const fn is_system(self) -> bool {
        matches!(self, Self::Worker | Self::Operator | Self::Enroller)
    }
}

impl From<Role> for chancery_proto::admin::v1::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Reader => Self::Reader,
            Role::Author => Self::Author,
            Role::Publisher => Self::Publisher,
            Role::Renderer => Self::Renderer,
            Role::Admin => Self::Admin,
            Role::Worker => Self::Worker,
            Role::Operator => Self::Operator,
            Role::Enroller => Self::Enroller,
        }
    }
}

/// A set of roles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Roles(u8);

impl Roles {
    /// Returns whether the set holds the role, or admin where admin implies it.
    pub fn allow(self, role: Role) -> bool {
        let implied = matches!(role, Role::Reader | Role::Author | Role::Publisher | Role::Renderer);
        self.holds(role) || (implied && self.holds(Role::Admin))
    }

    /// Returns whether the set holds the role itself.
    pub fn holds(self, role: Role) -> bool {
        self.0 & (1 << role as u8) != 0
    }

    /// Iterates over the roles, in declaration order.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.holds(*role))
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        Self(roles.into_iter().fold(0, |set, role| set | 1 << role as u8))
    }
}

/// The scope in which a principal's roles apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// One workspace, with the settings that decide what the principal sees.
    Workspace {
        /// Its id.
        id: ResourceId,
        /// Its marking scheme.
        scheme: Scheme,
        /// Its withholding policy.
        policy: Policy,
        /// The highest marking that the principal may read there.
        clearance: Clearance,
    },
    /// All workspaces, for SYSTEM roles, which can read no brief.
    System,
}

/// The authenticated caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The subject in records: `workspaces/{workspace}/apiTokens/{token}`.
    pub subject: String,
    /// The token's display name, printed as a revision's creator.
    pub display_name: String,
    /// The scope in which the roles apply.
    pub scope: Scope,
    /// The principal's roles.
    pub roles: Roles,
    /// SHA-256 of the public key of the client certificate that the token is bound to, if it is.
    pub certificate_key: Option<Digest>,
}

/// The settings that decide a principal's view of one workspace's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// The workspace's marking scheme.
    pub scheme: Scheme,
    /// The workspace's withholding policy.
    pub policy: Policy,
    /// The highest marking that the principal may read there.
    pub clearance: Clearance,
}

impl Principal {
    /// Returns the principal's view of a workspace.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] for any other workspace, whether or not it exists.
    pub fn access(&self, workspace: &ResourceId) -> Result<Access> {
        match &self.scope {
            Scope::Workspace { id, scheme, policy, clearance } if id == workspace => {
                Ok(Access { scheme: *scheme, policy: *policy, clearance: *clearance })
            }
            _ => Err(StoreError::Forbidden(WorkspaceName { workspace: workspace.clone() }.to_string())),
        }
    }

    /// Returns the id of the principal's token; `None` for principals without a token.
    pub fn token(&self) -> Option<GeneratedId> {
        self.subject.parse().ok().map(|name: ApiTokenName| name.token)
    }

    /// Returns the highest marking that the principal may read in their workspace; the lowest for SYSTEM, which reads
    /// nothing.
    pub fn clearance(&self) -> Clearance {
        match &self.scope {
            Scope::Workspace { clearance, .. } => *clearance,
            Scope::System => Clearance(Rank::LOWEST),
        }
    }

    /// Checks that the principal is an operator of the installation.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] for all but operators.
    pub(crate) fn operates(&self, what: &str) -> Result<()> {
        let allowed = matches!(self.scope, Scope::System) && self.roles.holds(Role::Operator);
        allowed.then_some(()).ok_or_else(|| StoreError::Forbidden(what.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Role, Roles};

    #[test]
    fn admin_implies_the_workspace_roles_and_no_system_role() {
        let admin = Roles::from_iter([Role::Admin]);
        assert!(
            [Role::Reader, Role::Author, Role::Publisher, Role::Renderer].into_iter().all(|r| admin.allow(r))
        );
        assert!(!admin.allow(Role::Worker) && !admin.allow(Role::Operator));
        assert!(!Roles::from_iter([Role::Author]).allow(Role::Reader));
    }
}
