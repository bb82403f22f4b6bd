//! Creates API tokens, with no more rights than their creator has.

use std::time::Duration;

use chancery_brief::marking::{Rank, Scheme};
use chancery_proto::names::{ApiTokenName, GeneratedId, ResourceId};
use time::OffsetDateTime;

use crate::access::AccessControl;
use crate::access::principal::{Principal, Role, Roles, Scope};
use crate::access::secrets::Secret;
use crate::access::tokens::{ApiToken, WorkerLimits, managed_token};
use crate::access::workspaces::{SYSTEM, checked_display_name};
use crate::changes::idempotency_keys::{
    IdempotencyKey, insert_request_id, recorded_response, store_response,
};
use crate::changes::log::{self, Change};
use crate::convert::{damaged, generated_id};
use crate::database::PgConnection;
use crate::error::{Result, StoreError};

/// How long tokens for people are valid unless their creator says otherwise.
const USUAL_LIFETIME: Duration = Duration::from_hours(90 * 24);

/// Maximum number of workspaces that a worker is limited to.
const MAX_WORKSPACES: usize = 100;

/// When a new token expires.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Expiry {
    /// After 90 days; never for workers and their enrolment.
    #[default]
    Usual,
    /// Never.
    Never,
    /// Then.
    At(OffsetDateTime),
}

/// A token to create.
#[derive(Debug, Clone)]
pub struct NewToken<'a> {
    /// The name shown to people.
    pub display_name: &'a str,
    /// The roles to grant.
    pub roles: Roles,
    /// A label of the workspace's scheme; empty for SYSTEM roles.
    pub clearance: &'a str,
    /// When it expires.
    pub expiry: Expiry,
    /// The limits of a worker or of those that it enrols.
    pub limits: WorkerLimits,
}

/// A token that was created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedToken {
    /// The token.
    pub token: ApiToken,
    /// Its secret; `None` for a repeated request, because only the first answer has it.
    pub secret: Option<Secret>,
}

impl AccessControl<'_> {
    /// Creates a token, with no more permissions than its creator has. An operator, who reads no content, can only create
    /// the first admin of a workspace. A repetition of an earlier request returns its token without the secret.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] for another workspace, [`StoreError::ClearanceTooLow`] for a clearance above the
    /// creator's, [`StoreError::GrantsContent`] for an operator, [`StoreError::InvalidField`] for values that do not fit
    /// together, [`StoreError::NotFound`], [`StoreError::RequestIdReused`].
    pub async fn create_token(
        self,
        principal: &Principal,
        workspace: &ResourceId,
        new: &NewToken<'_>,
        write: Option<&IdempotencyKey>,
    ) -> Result<CreatedToken> {
        let grants_content = matches!(principal.scope, Scope::System) && workspace.as_str() != SYSTEM;
        if grants_content && new.roles != [Role::Admin].into_iter().collect() {
            return Err(StoreError::GrantsContent);
        }
        let rule = if grants_content { CreationRule::FirstAdmin } else { CreationRule::Any };
        self.create_token_and_store(principal, workspace, new, rule, write, |_, _| Ok(())).await
    }

    /// Creates a token as [`Self::create_token`] does, under a rule. `store_secret` stores the secret before the commit:
    /// when it fails, the token does not exist.
    pub(crate) async fn create_token_and_store(
        self,
        principal: &Principal,
        workspace: &ResourceId,
        new: &NewToken<'_>,
        rule: CreationRule,
        write: Option<&IdempotencyKey>,
        store_secret: impl FnOnce(&ApiToken, &Secret) -> Result<()>,
    ) -> Result<CreatedToken> {
        let scheme = self.workspace(principal, workspace).await?.scheme;
        let display_name = checked_display_name("api_token.display_name", new.display_name)?;
        check_roles(workspace, new.roles)?;
        check_limits(new)?;
        let clearance = checked_clearance(principal, workspace, scheme, new.clearance)?;
        let secret = Secret::generate()?;
        let mut transaction = self.pool.begin().await?;
        if let Some(write) = write
            && !insert_request_id(&mut transaction, principal, workspace, write, &[]).await?
        {
            transaction.rollback().await?;
            return self.created_before(principal, workspace, write).await;
        }
        check_workspaces(&mut transaction, &new.limits).await?;
        if rule == CreationRule::FirstAdmin {
            check_no_admin(&mut transaction, workspace).await?;
        }
        let row = TokenRow {
            workspace: workspace.as_str(),
            display_name,
            roles: new.roles,
            clearance,
            expiry: new.expiry,
            limits: &new.limits,
            creator: &principal.subject,
        };
        let name = ApiTokenName {
            workspace: workspace.clone(),
            token: insert_token(&mut transaction, &row, &secret).await?,
        };
        let token = managed_token(&mut *transaction, principal, &name, scheme).await?;
        store_secret(&token, &secret)?;
        store_response(&mut transaction, principal, workspace, write, name.to_string().as_bytes()).await?;
        let change = Change::of_no_brief("token_created", name.to_string());
        log::record(&mut transaction, workspace.as_str(), &principal.subject, &[change]).await?;
        transaction.commit().await?;
        Ok(CreatedToken { token, secret: Some(secret) })
    }

    async fn created_before(
        self,
        principal: &Principal,
        workspace: &ResourceId,
        write: &IdempotencyKey,
    ) -> Result<CreatedToken> {
        let name = recorded_response(self.pool, principal, workspace, write).await?.unwrap_or_default();
        let name = String::from_utf8(name).map_err(damaged)?;
        let name = name.parse().map_err(damaged)?;
        Ok(CreatedToken { token: self.managed_token(principal, &name).await?, secret: None })
    }
}

/// The rule for a creator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CreationRule {
    /// Any token up to their own rights.
    Any,
    /// The first admin of a workspace.
    FirstAdmin,
}

/// Checks that no token has ever managed a workspace: an operator who revokes or suspends its admins gains nothing. Locks the
/// workspace, so that concurrent calls create one admin.
async fn check_no_admin(transaction: &mut PgConnection, workspace: &ResourceId) -> Result<()> {
    let has_admin = sqlx::query_scalar!(
        r#"-- access::token_creation::check_no_admin
        with workspace as materialized (
            select workspace_id from workspaces where workspace_id = $1 for no key update
        )
        select exists (
            select from api_tokens t join workspace using (workspace_id)
            where 'admin' = any (t.roles)
        ) as "has_admin!""#,
        workspace.as_str(),
    )
    .fetch_one(transaction)
    .await?;
    if has_admin { Err(StoreError::GrantsContent) } else { Ok(()) }
}

/// Checks that the workspaces exist that a worker is limited to: a misspelt one would leave it without tasks.
async fn check_workspaces(transaction: &mut PgConnection, limits: &WorkerLimits) -> Result<()> {
    let ids: Vec<String> = limits.workspaces.iter().map(ToString::to_string).collect();
    let missing = sqlx::query_scalar!(
        r#"-- access::token_creation::check_workspaces
        select id as "id!" from unnest($1::text[]) id
        where id = 'system' or not exists (select from workspaces where workspace_id = id)
        limit 1"#,
        &ids,
    )
    .fetch_optional(transaction)
    .await?;
    let description = |id: String| format!("there is no workspace {id} with briefs");
    match missing {
        Some(id) => Err(StoreError::InvalidField {
            field: "api_token.worker_limits.workspaces",
            description: description(id),
        }),
        None => Ok(()),
    }
}

/// Checks that SYSTEM roles are used in workspace `system` only, so that an admin of another workspace cannot create
/// them.
pub(crate) fn check_roles(workspace: &ResourceId, roles: Roles) -> Result<()> {
    let is_system = workspace.as_str() == SYSTEM;
    let description = if roles.iter().next().is_none() {
        "at least one is required"
    } else if is_system && !roles.iter().all(Role::is_system) {
        "tokens of workspace system can only have the roles worker, operator and enroller"
    } else if roles.holds(Role::Enroller) && roles.iter().count() > 1 {
        "the role enroller excludes others: workers hold its token"
    } else if !is_system && roles.iter().any(Role::is_system) {
        "the roles worker, operator and enroller are only for tokens of workspace system"
    } else {
        return Ok(());
    };
    Err(StoreError::InvalidField { field: "api_token.roles", description: description.to_owned() })
}

/// Checks that only workers and their enrolment have limits, and not too many.
fn check_limits(new: &NewToken<'_>) -> Result<()> {
    let refuse = |field, description: &str| {
        Err(StoreError::InvalidField { field, description: description.to_owned() })
    };
    let WorkerLimits { workspaces, highest_markings } = &new.limits;
    let works = new.roles.iter().all(|role| matches!(role, Role::Worker | Role::Enroller));
    let has_limits = !workspaces.is_empty() || !highest_markings.is_empty();
    if has_limits && !works {
        return refuse("api_token.worker_limits", "is only for tokens with the roles worker and enroller");
    }
    if workspaces.len() > MAX_WORKSPACES {
        return refuse("api_token.worker_limits.workspaces", "must be at most 100 workspaces");
    }
    let schemes = highest_markings.iter().map(|(scheme, _)| scheme);
    let is_repeated =
        schemes.clone().enumerate().any(|(at, scheme)| schemes.clone().take(at).any(|s| s == scheme));
    if is_repeated {
        return refuse("api_token.worker_limits.highest_markings", "must have one marking of a scheme");
    }
    Ok(())
}

/// Returns the clearance's rank; `None` for SYSTEM roles. SYSTEM has no clearance itself and may grant any.
fn checked_clearance(
    principal: &Principal,
    workspace: &ResourceId,
    scheme: Scheme,
    label: &str,
) -> Result<Option<Rank>> {
    let refuse = |description: String| StoreError::InvalidField { field: "api_token.clearance", description };
    if workspace.as_str() == SYSTEM {
        let empty = label.is_empty().then_some(None);
        return empty.ok_or_else(|| refuse("must be empty for tokens of workspace system".into()));
    }
    let rank = scheme.rank(label);
    let rank = rank.ok_or_else(|| {
        refuse(format!(
            "{label:?} is not a marking of the workspace; expected one of {}",
            scheme.labels().join(", ")
        ))
    })?;
    match &principal.scope {
        Scope::Workspace { clearance, .. } if !clearance.reads(rank) => {
            Err(StoreError::ClearanceTooLow("the new token".into()))
        }
        _ => Ok(Some(rank)),
    }
}

/// The columns of a new token.
pub(crate) struct TokenRow<'a> {
    pub(crate) workspace: &'a str,
    pub(crate) display_name: &'a str,
    pub(crate) roles: Roles,
    pub(crate) clearance: Option<Rank>,
    pub(crate) expiry: Expiry,
    pub(crate) limits: &'a WorkerLimits,
    /// The subject who creates it.
    pub(crate) creator: &'a str,
}

/// Inserts a token, and returns its id.
pub(crate) async fn insert_token(
    transaction: &mut PgConnection,
    row: &TokenRow<'_>,
    secret: &Secret,
) -> Result<GeneratedId> {
    let id = generated_id()?;
    let hash = secret.sha256();
    let words: Vec<String> = row.roles.iter().map(|role| role.as_str().to_owned()).collect();
    let is_worker = row.roles.iter().all(|role| matches!(role, Role::Worker | Role::Enroller));
    let (at, lifetime) = match row.expiry {
        Expiry::At(at) => (Some(at), None),
        Expiry::Usual if !is_worker => (None, Some(USUAL_LIFETIME.as_secs_f64())),
        Expiry::Usual | Expiry::Never => (None, None),
    };
    let workspaces: Vec<String> = row.limits.workspaces.iter().map(ToString::to_string).collect();
    let schemes: Vec<String> =
        row.limits.highest_markings.iter().map(|(scheme, _)| scheme.as_str().to_owned()).collect();
    let highest: Vec<i16> = row.limits.highest_markings.iter().map(|(_, rank)| i16::from(*rank)).collect();
    let inserted = sqlx::query_scalar!(
        "-- access::token_creation::insert_token
        with token as (
            insert into api_tokens (
                token_id, workspace_id, display_name, roles, clearance, secret_sha256, created_by, expires_at, workspaces
            )
            select $1, $2, $3, $4, $5, $6, $7,
                coalesce($8::timestamptz, clock_timestamp() + make_interval(secs => $9)),
                nullif($10::text[], '{}')
            where $8::timestamptz is null or $8 > clock_timestamp()
            returning token_id
        ), markings as (
            insert into api_token_markings (token_id, scheme, highest)
            select token_id, scheme, highest
            from token, unnest($11::text[], $12::smallint[]) as limits (scheme, highest)
        )
        select token_id from token",
        /* token_id */ id.as_str(),
        /* workspace_id */ row.workspace,
        row.display_name,
        /* roles */ &words,
        /* clearance */ row.clearance.map(i16::from) as Option<i16>,
        /* secret_sha256 */ hash.as_slice(),
        /* created_by */ row.creator,
        /* expires_at */ at,
        /* lifetime */ lifetime,
        &workspaces,
        &schemes,
        &highest,
    )
    .fetch_optional(transaction)
    .await?;
    let past = || StoreError::InvalidField {
        field: "api_token.expire_time",
        description: "is in the past; expected a future time".into(),
    };
    inserted.map(|_| id).ok_or_else(past)
}
