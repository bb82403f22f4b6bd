//! Methods of API tokens, and their messages.

use chancery_brief::marking::Scheme;
use chancery_proto::admin::v1 as wire;
use chancery_proto::names::{ApiTokenName, GeneratedId, WorkspaceName};
use chancery_store as store;
use chancery_store::{Expiry, NewToken, Principal, Roles, Store, TokenFilter, WorkerLimits};
use tonic::Status;

use crate::background::wakeups::Wakeups;
use crate::cache::Cache;
use crate::rpc::errors::{invalid_field, invalid_page_token, status, unknown_value};
use crate::rpc::fields::{MAX_OPERATOR_REASON, name, reason, required, time, timestamp};
use crate::rpc::idempotency::write_id;
use crate::rpc::pagination::Page;

/// Handles `CreateApiToken`.
pub(super) async fn create(
    store: &Store,
    principal: &Principal,
    mut request: wire::CreateApiTokenRequest,
) -> Result<wire::CreateApiTokenResponse, Status> {
    let id = std::mem::take(&mut request.request_id);
    let write = write_id("CreateApiToken", id, &request)?;
    let WorkspaceName { workspace } = name("parent", &request.parent)?;
    let requested = required("api_token", request.api_token)?;
    let expires_at =
        requested.expire_time.as_ref().map(|end| time("api_token.expire_time", end)).transpose()?;
    let expiry = match (expires_at, request.never_expires) {
        (Some(_), true) => return Err(invalid_field("never_expires", "excludes api_token.expire_time")),
        (Some(at), false) => Expiry::At(at),
        (None, true) => Expiry::Never,
        (None, false) => Expiry::Usual,
    };
    let token = NewToken {
        display_name: &requested.display_name,
        roles: roles(&requested.roles)?,
        clearance: &requested.clearance,
        expiry,
        limits: limits(&requested.worker_limits.unwrap_or_default())?,
    };
    let created = store.access().create_token(principal, &workspace, &token, write.as_ref()).await;
    let created = created.map_err(status)?;
    let secret = created.secret.map(|secret| secret.reveal().to_owned()).unwrap_or_default();
    Ok(wire::CreateApiTokenResponse { api_token: Some(token_message(created.token)), secret })
}

/// Handles `ListApiTokens`.
pub(super) async fn list(
    store: &Store,
    principal: &Principal,
    request: wire::ListApiTokensRequest,
) -> Result<wire::ListApiTokensResponse, Status> {
    let WorkspaceName { workspace } = name("parent", &request.parent)?;
    let query = format!("tokens of {workspace} by {:?}, {}", request.creator, request.show_enrolled);
    let page = Page::read(query, request.page_size, &request.page_token)?;
    let after = page.after.as_deref().map(str::parse::<GeneratedId>).transpose();
    let after = after.map_err(|_| invalid_page_token())?;
    let filter = TokenFilter {
        creator: Some(request.creator).filter(|creator| !creator.is_empty()),
        with_enrolled: request.show_enrolled,
    };
    let listed =
        store.access().list_tokens(principal, &workspace, &filter, after.as_ref(), page.limit()).await;
    let mut found = listed.map_err(status)?;
    let next_page_token = page.cut(&mut found, |token| token.name.token.to_string());
    let api_tokens = found.into_iter().map(token_message).collect();
    Ok(wire::ListApiTokensResponse { api_tokens, next_page_token })
}

/// Changes of a token that end its calls.
pub(super) struct TokenEndings<'a> {
    pub(super) store: &'a Store,
    pub(super) cache: &'a Cache,
    pub(super) wakeups: &'a Wakeups,
}

impl TokenEndings<'_> {
    /// Handles `RevokeApiToken`.
    pub(super) async fn revoke(
        &self,
        principal: &Principal,
        request: &wire::RevokeApiTokenRequest,
    ) -> Result<wire::ApiToken, Status> {
        let token: ApiTokenName = name("name", &request.name)?;
        let revoked = self.store.access().revoke_token(principal, &token, request.with_created).await;
        let (revoked, all) = revoked.map_err(status)?;
        for ended in &all {
            self.end_calls(ended).await;
        }
        Ok(token_message(revoked))
    }

    /// Handles `SuspendApiToken`.
    pub(super) async fn suspend(
        &self,
        principal: &Principal,
        request: &wire::SuspendApiTokenRequest,
    ) -> Result<wire::ApiToken, Status> {
        let token: ApiTokenName = name("name", &request.name)?;
        let reason = reason("reason", &request.reason, MAX_OPERATOR_REASON)?;
        let suspended = self.store.access().suspend_token(principal, &token, Some(reason)).await;
        let suspended = suspended.map_err(status)?;
        self.end_calls(&token).await;
        Ok(token_message(suspended))
    }

    /// Drops a token's principal from this process's cache, and queues a worker's tasks again.
    async fn end_calls(&self, token: &ApiTokenName) {
        self.cache.invalidate_token(token);
        match self.store.queue().release_leases_of_token(&token.token).await {
            Ok(tasks) => tasks.iter().for_each(|task| self.wakeups.task_requeued(task)),
            // They expire by themselves.
            Err(error) => tracing::warn!(%error, %token, "could not release the leases of a token"),
        }
    }
}

/// Handles `ResumeApiToken`.
pub(super) async fn resume(
    store: &Store,
    principal: &Principal,
    request: &wire::ResumeApiTokenRequest,
) -> Result<wire::ApiToken, Status> {
    let token: ApiTokenName = name("name", &request.name)?;
    Ok(token_message(store.access().suspend_token(principal, &token, None).await.map_err(status)?))
}

fn token_message(token: store::ApiToken) -> wire::ApiToken {
    let limits = &token.limits;
    let has_limits = !(limits.workspaces.is_empty() && limits.highest_markings.is_empty());
    wire::ApiToken {
        name: token.name.to_string(),
        worker_limits: has_limits.then(|| limits_message(limits)),
        display_name: token.display_name,
        roles: token.roles.iter().map(|role| wire::Role::from(role).into()).collect(),
        clearance: token.clearance,
        create_time: Some(timestamp(token.created_at)),
        expire_time: token.expires_at.map(timestamp),
        revoke_time: token.revoked_at.map(timestamp),
        creator: token.creator,
        creator_revoked: token.creator_is_revoked,
        last_use_time: token.used_at.map(timestamp),
        suspend_time: token.suspension.as_ref().map(|suspension| timestamp(suspension.at)),
        suspension_reason: token.suspension.map(|suspension| suspension.reason).unwrap_or_default(),
        enrolled_by: token.enrolled_by.map(|enroller| enroller.to_string()).unwrap_or_default(),
        certificate_bound: token.is_bound_to_certificate,
    }
}

fn limits_message(limits: &WorkerLimits) -> wire::WorkerLimits {
    let name = |id: &chancery_proto::names::ResourceId| WorkspaceName { workspace: id.clone() }.to_string();
    let highest = limits.highest_markings.iter().map(|(scheme, rank)| scheme.label(*rank).to_owned());
    wire::WorkerLimits {
        workspaces: limits.workspaces.iter().map(name).collect(),
        highest_markings: highest.collect(),
    }
}

fn limits(message: &wire::WorkerLimits) -> Result<WorkerLimits, Status> {
    let field = |list: &str, index: usize| format!("api_token.worker_limits.{list}[{index}]");
    let workspaces = message.workspaces.iter().enumerate().map(|(index, workspace)| {
        name::<WorkspaceName>(&field("workspaces", index), workspace).map(|name| name.workspace)
    });
    let highest = message.highest_markings.iter().enumerate().map(|(index, label)| {
        let found = Scheme::of_label(label).and_then(|scheme| Some((scheme, scheme.rank(label)?)));
        found.ok_or_else(|| {
            let description =
                format!("{label:?} is not a marking; expected one such as TLP:AMBER, S or INTERNAL");
            invalid_field(&field("highest_markings", index), description)
        })
    });
    Ok(WorkerLimits {
        workspaces: workspaces.collect::<Result<_, Status>>()?,
        highest_markings: highest.collect::<Result<_, Status>>()?,
    })
}

fn roles(numbers: &[i32]) -> Result<Roles, Status> {
    let roles = numbers.iter().enumerate().map(|(index, number)| {
        let role = wire::Role::try_from(*number).ok().and_then(role);
        role.ok_or_else(|| unknown_value(&format!("api_token.roles[{index}]"), "Role"))
    });
    roles.collect()
}

fn role(message: wire::Role) -> Option<store::Role> {
    match message {
        wire::Role::Unspecified => None,
        wire::Role::Reader => Some(store::Role::Reader),
        wire::Role::Author => Some(store::Role::Author),
        wire::Role::Publisher => Some(store::Role::Publisher),
        wire::Role::Renderer => Some(store::Role::Renderer),
        wire::Role::Admin => Some(store::Role::Admin),
        wire::Role::Worker => Some(store::Role::Worker),
        wire::Role::Operator => Some(store::Role::Operator),
        wire::Role::Enroller => Some(store::Role::Enroller),
    }
}
