//! API tokens: how callers are known by them, and how they are listed, revoked and suspended.

use std::collections::BTreeMap;
use std::time::Duration;

use chancery_brief::marking::{Clearance, Rank, Scheme};
use chancery_proto::names::{ApiTokenName, GeneratedId, ResourceId};
use sqlx::PgExecutor;
use time::OffsetDateTime;

use crate::access::AccessControl;
use crate::access::principal::{Principal, Role, Roles, Scope};
use crate::access::secrets::Secret;
use crate::changes::log::{self, Change};
use crate::convert::{damaged, to_digest};
use crate::database::PgConnection;
use crate::error::{Result, StoreError};

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Its name.
    pub name: ApiTokenName,
    /// The name shown to people.
    pub display_name: String,
    /// The roles that it grants.
    pub roles: Roles,
    /// The highest marking that its holder may read; empty for SYSTEM roles.
    pub clearance: String,
    /// When it was created.
    pub created_at: OffsetDateTime,
    /// The subject who created it.
    pub creator: String,
    /// Whether the token that created it was revoked.
    pub creator_is_revoked: bool,
    /// When it expires, if ever.
    pub expires_at: Option<OffsetDateTime>,
    /// When it was last used, accurate to ten minutes.
    pub used_at: Option<OffsetDateTime>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<OffsetDateTime>,
    /// When and why it was suspended, if it is.
    pub suspension: Option<Suspension>,
    /// The limits of a worker.
    pub limits: WorkerLimits,
    /// The enrolment token that a worker process exchanged for it.
    pub enrolled_by: Option<ApiTokenName>,
    /// Whether calls must come with the client certificate that it is bound to.
    pub is_bound_to_certificate: bool,
}

/// Minimum time between two recordings of a token's use.
pub const TOKEN_USE_INTERVAL: Duration = Duration::from_mins(10);

/// A valid token, by its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedToken {
    /// Its principal.
    pub principal: Principal,
    /// How long it remains valid, if it expires.
    pub time_to_live: Option<Duration>,
    /// Time until [`AccessControl::record_token_use`] records a use again; zero when it is due.
    pub use_due_in: Duration,
}

/// The suspension of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspension {
    /// When it began.
    pub at: OffsetDateTime,
    /// Its reason, for people.
    pub reason: String,
}

/// The tasks that a worker gets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkerLimits {
    /// Those of these workspaces; of all, when empty.
    pub workspaces: Vec<ResourceId>,
    /// Those up to these markings, at most one of each scheme; of all markings, when empty. Tasks of workspaces with another
    /// scheme are excluded.
    pub highest_markings: Vec<(Scheme, Rank)>,
}

/// Which tokens of a workspace to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenFilter {
    /// Only those created by this subject.
    pub creator: Option<String>,
    /// Include those of worker processes.
    pub with_enrolled: bool,
}

/// A row of `api_tokens`.
struct Row {
    token_id: String,
    workspace_id: String,
    display_name: String,
    roles: Vec<String>,
    clearance: Option<i16>,
    created_at: OffsetDateTime,
    created_by: String,
    creator_is_revoked: bool,
    expires_at: Option<OffsetDateTime>,
    last_used_at: Option<OffsetDateTime>,
    revoked_at: Option<OffsetDateTime>,
    suspended_at: Option<OffsetDateTime>,
    suspension_reason: String,
    workspaces: Option<Vec<String>>,
    schemes: Vec<String>,
    highest: Vec<i16>,
    enrolled_by: Option<String>,
    is_bound: bool,
}

/// Selects the [`Row`]s of tokens `t` that match a condition. The method's name opens the statement.
macro_rules! select_tokens {
    ($method:literal, $condition:literal, $($bind:expr),+ $(,)?) => {
        sqlx::query_as!(
            Row,
            "-- " + $method + r#"
            select t.token_id, t.workspace_id, t.display_name, t.roles, t.clearance::smallint as clearance, t.created_at,
                t.created_by, coalesce(m.revoked_at is not null, false) as "creator_is_revoked!", t.expires_at,
                t.last_used_at, t.revoked_at, coalesce(t.suspended_at, e.suspended_at) as suspended_at,
                case when t.suspended_at is null and e.suspended_at is not null
                    then 'its enrolment token is suspended' else t.suspension_reason end as "suspension_reason!",
                t.workspaces, t.enrolled_by,
                t.certificate_key is not null as "is_bound!",
                array(
                    select l.scheme from api_token_markings l
                    where l.token_id = coalesce(t.enrolled_by, t.token_id) order by l.scheme
                ) as "schemes!",
                array(
                    select l.highest::smallint from api_token_markings l
                    where l.token_id = coalesce(t.enrolled_by, t.token_id) order by l.scheme
                ) as "highest!"
            from api_tokens t
            left join api_tokens m on m.token_id = split_part(t.created_by, '/', 4)
            left join api_tokens e on e.token_id = t.enrolled_by
            "# + $condition,
            $($bind),+
        )
    };
}

impl AccessControl<'_> {
    /// Returns the principal of the token with this secret; `None` when no valid token has it.
    pub async fn principal_of_secret(self, secret: &Secret) -> Result<Option<Principal>> {
        let found = self.principal_of_secret_sha256(&secret.sha256()).await?;
        Ok(found.map(|token| token.principal))
    }

    /// Finds a token as [`Self::principal_of_secret`] does, by the stored hash.
    pub async fn principal_of_secret_sha256(self, sha256: &[u8; 32]) -> Result<Option<ResolvedToken>> {
        let row = sqlx::query!(
            r#"-- access::tokens::principal_of_secret_sha256
            select t.token_id, t.workspace_id, t.display_name, t.roles, t.clearance::smallint as clearance,
                w.scheme, w.policy, t.certificate_key::bytea as certificate_key,
                extract(epoch from least(t.expires_at, e.expires_at) - clock_timestamp())::float8 as seconds_left,
                extract(epoch from t.last_used_at + make_interval(secs => $2) - clock_timestamp())::float8 as use_due_in
            from api_tokens t
            join workspaces w using (workspace_id)
            left join api_tokens e on e.token_id = t.enrolled_by
            where t.secret_sha256 = $1
                and t.revoked_at is null and e.revoked_at is null
                and t.suspended_at is null and e.suspended_at is null
                and (t.expires_at is null or t.expires_at > clock_timestamp())
                and (e.expires_at is null or e.expires_at > clock_timestamp())"#,
            sha256.as_slice(),
            /* use interval */ TOKEN_USE_INTERVAL.as_secs_f64(),
        )
        .fetch_optional(self.identity_pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let scope = match row.clearance {
            None => Scope::System,
            Some(rank) => Scope::Workspace {
                id: row.workspace_id.parse().map_err(damaged)?,
                scheme: row.scheme.parse().map_err(damaged)?,
                policy: row.policy.parse().map_err(damaged)?,
                clearance: Clearance(Rank::try_from(rank).map_err(damaged)?),
            },
        };
        let principal = Principal {
            subject: format!("workspaces/{}/apiTokens/{}", row.workspace_id, row.token_id),
            display_name: row.display_name,
            scope,
            roles: roles(&row.roles)?,
            certificate_key: row.certificate_key.map(to_digest).transpose()?,
        };
        // An expiry too far in the future for `Duration` counts as none: the identity cache looks the token up again
        // long before.
        let duration = |seconds: f64| Duration::try_from_secs_f64(seconds.max(0.0)).ok();
        Ok(Some(ResolvedToken {
            principal,
            time_to_live: row.seconds_left.and_then(duration),
            use_due_in: row.use_due_in.and_then(duration).unwrap_or_default(),
        }))
    }

    /// Records that a token is in use, unless a use was recorded within [`TOKEN_USE_INTERVAL`].
    pub async fn record_token_use(self, token: &GeneratedId) -> Result<()> {
        // Asynchronous commit: the next use restores what a crash of the database loses.
        sqlx::query!(
            "-- access::tokens::record_token_use
            with quick as materialized (
                select set_config('synchronous_commit', 'off', true)
            )
            update api_tokens set last_used_at = clock_timestamp()
            from quick
            where token_id = $1
                and (last_used_at is null or last_used_at < clock_timestamp() - make_interval(secs => $2))",
            token.as_str(),
            /* use interval */ TOKEN_USE_INTERVAL.as_secs_f64(),
        )
        .execute(self.identity_pool)
        .await?;
        Ok(())
    }

    /// Lists a workspace's tokens up to the principal's clearance, oldest first, from the one after `after` on.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`], [`StoreError::NotFound`].
    pub async fn list_tokens(
        self,
        principal: &Principal,
        workspace: &ResourceId,
        filter: &TokenFilter,
        after: Option<&GeneratedId>,
        limit: i64,
    ) -> Result<Vec<ApiToken>> {
        let scheme = self.workspace(principal, workspace).await?.scheme;
        let rows = select_tokens!(
            "access::tokens::list_tokens",
            "where t.workspace_id = $1
                and ($2::text is null
                    or (t.created_at, t.token_id) > (select a.created_at, a.token_id from api_tokens a where a.token_id = $2))
                and ($4::text is null or t.created_by = $4)
                and ($5 or t.enrolled_by is null)
                and ($6::smallint is null or t.clearance <= $6)
            order by t.created_at, t.token_id
            limit $3",
            workspace.as_str(),
            after.map(GeneratedId::as_str),
            limit,
            filter.creator,
            filter.with_enrolled,
            highest_managed(principal),
        )
        .fetch_all(self.pool)
        .await?;
        rows.into_iter().map(|row| row.into_token(scheme)).collect()
    }

    /// Revokes a token permanently, with the worker tokens that were enrolled by it, and with all tokens that were created
    /// by it, directly or through others, if `with_created`. Revoking it again changes nothing more. Returns the token, and
    /// the names of all that were revoked.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`], [`StoreError::NotFound`], [`StoreError::ClearanceTooLow`] for a token above the
    /// principal's own clearance.
    pub async fn revoke_token(
        self,
        principal: &Principal,
        name: &ApiTokenName,
        with_created: bool,
    ) -> Result<(ApiToken, Vec<ApiTokenName>)> {
        self.managed_token(principal, name).await?;
        let mut transaction = self.pool.begin().await?;
        let revoked = sqlx::query!(
            r#"-- access::tokens::revoke_token
            with recursive made as (
                select token_id, workspace_id from api_tokens where token_id = $1
                union
                select t.token_id, t.workspace_id
                from made m join api_tokens t on t.enrolled_by = m.token_id or (
                    $2 and t.created_by = 'workspaces/' || m.workspace_id || '/apiTokens/' || m.token_id
                )
            )
            update api_tokens t set revoked_at = clock_timestamp()
            from made
            where t.token_id = made.token_id and t.revoked_at is null
            returning t.workspace_id, t.token_id"#,
            name.token.as_str(),
            with_created,
        )
        .fetch_all(&mut *transaction)
        .await?;
        let name_of = |workspace: &str, token: &str| -> Result<ApiTokenName> {
            Ok(ApiTokenName {
                workspace: workspace.parse().map_err(damaged)?,
                token: token.parse().map_err(damaged)?,
            })
        };
        let all: Result<Vec<ApiTokenName>> =
            revoked.iter().map(|row| name_of(&row.workspace_id, &row.token_id)).collect();
        let all = all?;
        record_by_workspace(&mut transaction, &principal.subject, "token_revoked", &all).await?;
        transaction.commit().await?;
        Ok((self.managed_token(principal, name).await?, all))
    }

    /// Suspends a token, or ends its suspension when the reason is `None`. A suspended token is refused like a revoked one,
    /// and so are the worker tokens enrolled by it. A repetition changes nothing.
    ///
    /// # Errors
    /// As [`Self::revoke_token`].
    pub async fn suspend_token(
        self,
        principal: &Principal,
        name: &ApiTokenName,
        reason: Option<&str>,
    ) -> Result<ApiToken> {
        self.managed_token(principal, name).await?;
        let mut transaction = self.pool.begin().await?;
        suspend(&mut transaction, &principal.subject, name, reason).await?;
        transaction.commit().await?;
        self.managed_token(principal, name).await
    }

    /// Returns a token that the principal manages.
    pub(crate) async fn managed_token(self, principal: &Principal, name: &ApiTokenName) -> Result<ApiToken> {
        let scheme = self.workspace(principal, &name.workspace).await?.scheme;
        managed_token(self.pool, principal, name, scheme).await
    }
}

/// Returns a token that the principal manages, of a workspace with this scheme.
pub(crate) async fn managed_token(
    executor: impl PgExecutor<'_>,
    principal: &Principal,
    name: &ApiTokenName,
    scheme: Scheme,
) -> Result<ApiToken> {
    let row = select_tokens!(
        "access::tokens::managed_token",
        "where t.workspace_id = $1 and t.token_id = $2",
        name.workspace.as_str(),
        name.token.as_str()
    )
    .fetch_optional(executor)
    .await?;
    let row = row.ok_or_else(|| StoreError::NotFound(name.to_string()))?;
    match (row.clearance, highest_managed(principal)) {
        (Some(clearance), Some(own)) if clearance > own => {
            Err(StoreError::ClearanceTooLow("the token".into()))
        }
        _ => row.into_token(scheme),
    }
}

/// Suspends a token, or ends its suspension when the reason is `None`; returns whether that changed anything.
pub(crate) async fn suspend(
    transaction: &mut PgConnection,
    subject: &str,
    name: &ApiTokenName,
    reason: Option<&str>,
) -> Result<bool> {
    let changed = sqlx::query!(
        "-- access::tokens::suspend
        update api_tokens
        set suspended_at = case when $2 then clock_timestamp() end,
            suspension_reason = coalesce($3, ''),
            resumed_at = case when $2 then resumed_at else clock_timestamp() end
        where token_id = $1 and (suspended_at is not null) <> $2",
        name.token.as_str(),
        reason.is_some(),
        reason,
    )
    .execute(&mut *transaction)
    .await?;
    if changed.rows_affected() > 0 {
        let kind = if reason.is_some() { "token_suspended" } else { "token_resumed" };
        let names = with_enrolled(&mut *transaction, name).await?;
        record_by_workspace(transaction, subject, kind, &names).await?;
    }
    Ok(changed.rows_affected() > 0)
}

/// Returns a token's name with those of the worker tokens that were enrolled by it: whatever ends it ends them, and each
/// service drops them from its cache by their names in the log.
async fn with_enrolled(transaction: &mut PgConnection, name: &ApiTokenName) -> Result<Vec<ApiTokenName>> {
    let enrolled = sqlx::query_scalar!(
        "-- access::tokens::with_enrolled
        select token_id from api_tokens
        where enrolled_by = $1 and revoked_at is null and expires_at > clock_timestamp()",
        name.token.as_str(),
    )
    .fetch_all(transaction)
    .await?;
    let named = |token: String| {
        Ok(ApiTokenName { workspace: name.workspace.clone(), token: token.parse().map_err(damaged)? })
    };
    std::iter::once(Ok(name.clone())).chain(enrolled.into_iter().map(named)).collect()
}

/// Records a change of several tokens in the logs of their workspaces.
async fn record_by_workspace(
    transaction: &mut PgConnection,
    subject: &str,
    kind: &'static str,
    names: &[ApiTokenName],
) -> Result<()> {
    let mut changes = BTreeMap::<&str, Vec<Change>>::new();
    for name in names {
        let change = Change::of_no_brief(kind, name.to_string());
        changes.entry(name.workspace.as_str()).or_default().push(change);
    }
    // In the order of the workspaces, so that concurrent calls lock their counters in one order.
    for (workspace, changes) in changes {
        log::record(transaction, workspace, subject, &changes).await?;
    }
    Ok(())
}

/// Returns the highest clearance of tokens that a principal manages; `None` for operators, who manage all.
fn highest_managed(principal: &Principal) -> Option<i16> {
    match &principal.scope {
        Scope::Workspace { clearance, .. } => Some(i16::from(clearance.0)),
        Scope::System => None,
    }
}

impl Row {
    fn into_token(self, scheme: Scheme) -> Result<ApiToken> {
        let workspace: ResourceId = self.workspace_id.parse().map_err(damaged)?;
        let named = |token: String| -> Result<ApiTokenName> {
            Ok(ApiTokenName { workspace: workspace.clone(), token: token.parse().map_err(damaged)? })
        };
        let rank = self.clearance.map(Rank::try_from).transpose().map_err(damaged)?;
        let workspaces = self.workspaces.unwrap_or_default();
        let workspaces: Result<_> = workspaces.iter().map(|id| id.parse().map_err(damaged)).collect();
        let highest = self.schemes.iter().zip(self.highest).map(|(scheme, rank)| {
            Ok((scheme.parse().map_err(damaged)?, Rank::try_from(rank).map_err(damaged)?))
        });
        let highest_markings: Result<_> = highest.collect();
        Ok(ApiToken {
            name: named(self.token_id)?,
            display_name: self.display_name,
            roles: roles(&self.roles)?,
            clearance: rank.map_or_else(String::new, |rank| scheme.label(rank).to_owned()),
            created_at: self.created_at,
            creator: self.created_by,
            creator_is_revoked: self.creator_is_revoked,
            expires_at: self.expires_at,
            used_at: self.last_used_at,
            revoked_at: self.revoked_at,
            suspension: self.suspended_at.map(|at| Suspension { at, reason: self.suspension_reason }),
            limits: WorkerLimits { workspaces: workspaces?, highest_markings: highest_markings? },
            enrolled_by: self.enrolled_by.map(named).transpose()?,
            is_bound_to_certificate: self.is_bound,
        })
    }
}

/// Converts roles from the database.
fn roles(words: &[String]) -> Result<Roles> {
    words.iter().map(|word| role(word)).collect()
}

fn role(word: &str) -> Result<Role> {
    let known = Role::ALL.into_iter().find(|role| role.as_str() == word);
    known.ok_or_else(|| StoreError::Damaged(format!("{word:?} is not a role")))
}
