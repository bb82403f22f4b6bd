//! Issues tokens with access to the database alone, for when no token works: after a restore into a new database, or
//! after every secret was lost.

use std::fmt;

use chancery_proto::names::ResourceId;
use prost_types::Timestamp;
use time::OffsetDateTime;

use crate::access::AccessControl;
use crate::access::principal::{Principal, Role, Roles, Scope};
use crate::access::secrets::Secret;
use crate::access::token_creation::{CreatedToken, CreationRule, Expiry, NewToken, check_roles};
use crate::access::tokens::{ApiToken, WorkerLimits};
use crate::access::workspaces::SYSTEM;
use crate::convert::time_of;
use crate::database::schema;
use crate::error::{Result, StoreError};

/// Maximum number of workspaces that an error lists.
const MAX_LISTED_WORKSPACES: i64 = 20;

/// A token to issue without a service.
#[derive(Debug, Clone)]
pub struct TokenToIssue<'a> {
    /// Display name; `None` for one that names the command.
    pub display_name: Option<&'a str>,
    /// The roles; none means admin, or operator in workspace `system`.
    pub roles: Roles,
    /// A label of the workspace's scheme; `None` means the highest one for an admin.
    pub clearance: Option<&'a str>,
    /// When it expires; `None` for the usual time of its roles.
    pub expires_at: Option<Timestamp>,
}

impl AccessControl<'_> {
    /// Issues a token with no caller to authorise it: the right to write to the database is the authority. The change
    /// log of the token's workspace records it with the database role as part of the subject. `store_secret` stores the secret
    /// before the commit: when it fails, no token exists.
    ///
    /// # Errors
    /// [`StoreError::Schema`] for a database of another schema version; [`StoreError::InvalidField`] for an unknown
    /// workspace, roles or a clearance that do not fit it, a malformed name, or an expiry in the past;
    /// [`StoreError::Settings`] when `store_secret` fails.
    pub async fn issue_token<E: fmt::Display>(
        self,
        workspace: &ResourceId,
        token: &TokenToIssue<'_>,
        store_secret: impl FnOnce(&ApiToken, &Secret) -> std::result::Result<(), E>,
    ) -> Result<CreatedToken> {
        schema::check(self.pool).await?;
        let principal = self.database_principal().await?;
        let scheme = match self.workspace(&principal, workspace).await {
            Ok(workspace) => workspace.scheme,
            Err(StoreError::NotFound(_)) => return Err(self.unknown_workspace(workspace).await?),
            Err(error) => return Err(error),
        };
        let is_system = workspace.as_str() == SYSTEM;
        let roles = if token.roles.iter().next().is_some() {
            token.roles
        } else {
            [if is_system { Role::Operator } else { Role::Admin }].into_iter().collect()
        };
        check_roles(workspace, roles)?;
        let clearance = match token.clearance {
            Some(clearance) => clearance,
            None if is_system => "",
            None if roles.holds(Role::Admin) => scheme.label(scheme.highest()),
            None => {
                let description = format!(
                    "is required for roles other than admin; expected one of {}",
                    scheme.labels().join(", ")
                );
                return Err(StoreError::InvalidField { field: "api_token.clearance", description });
            }
        };
        let new = NewToken {
            display_name: token.display_name.unwrap_or("Issued by chancery token issue"),
            roles,
            clearance,
            expiry: match token.expires_at {
                Some(time) => Expiry::At(checked_expiry(time)?),
                None => Expiry::Usual,
            },
            limits: WorkerLimits::default(),
        };
        let store_secret = |token: &ApiToken, secret: &Secret| {
            store_secret(token, secret)
                .map_err(|error| StoreError::Settings(format!("storing the secret: {error}")))
        };
        let rule = CreationRule::Any;
        self.create_token_and_store(&principal, workspace, &new, rule, None, store_secret).await
    }

    /// Returns a SYSTEM principal named after the database role of this connection.
    async fn database_principal(self) -> Result<Principal> {
        let role = sqlx::query_scalar!(
            r#"-- access::token_recovery::database_principal
            select current_user::text as "role!""#
        )
        .fetch_one(self.pool)
        .await?;
        Ok(Principal {
            subject: format!("chancery token issue (database role {role})"),
            display_name: role,
            scope: Scope::System,
            roles: [Role::Operator].into_iter().collect(),
            certificate_key: None,
        })
    }

    /// Rejects a workspace that does not exist, and lists those that do.
    async fn unknown_workspace(self, workspace: &ResourceId) -> Result<StoreError> {
        let known = sqlx::query_scalar!(
            "-- access::token_recovery::unknown_workspace
            select workspace_id from workspaces order by workspace_id limit $1",
            MAX_LISTED_WORKSPACES + 1
        )
        .fetch_all(self.pool)
        .await?;
        let rest =
            if i64::try_from(known.len()).unwrap_or(i64::MAX) > MAX_LISTED_WORKSPACES { ", …" } else { "" };
        let shown = usize::try_from(MAX_LISTED_WORKSPACES).unwrap_or(usize::MAX).min(known.len());
        let description =
            format!("there is no workspace {workspace}; expected one of {}{rest}", known[..shown].join(", "));
        Ok(StoreError::InvalidField { field: "workspace", description })
    }
}

/// Converts an expiry. The database rejects one in the past.
fn checked_expiry(time: Timestamp) -> Result<OffsetDateTime> {
    time_of(Some(time)).map_err(|_| StoreError::InvalidField {
        field: "api_token.expire_time",
        description: "is out of range; expected a time such as 2030-01-01T00:00:00Z".into(),
    })
}
