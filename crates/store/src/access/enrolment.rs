//! Enrolment of worker processes: each exchanges the token that an installation's workers share for one of its own, so
//! that leases, drains, suspensions and revocations are about one process.

use std::time::Duration;

use chancery_brief::digest::Digest;
use chancery_proto::names::{ApiTokenName, ResourceId};

use crate::access::AccessControl;
use crate::access::principal::{Principal, Role};
use crate::access::secrets::Secret;
use crate::access::workspaces::SYSTEM;
use crate::changes::log::{self, Change};
use crate::convert::{damaged, generated_id};
use crate::error::{Result, StoreError};

/// How long a process's token is valid after its last call for tasks or renewal of a lease: long enough for an outage, and
/// short enough that a worker which restarts every few seconds does not run out of them.
pub(crate) const TOKEN_LIFETIME: Duration = Duration::from_hours(1);

/// Maximum number of valid tokens of one enrolment token.
const MAX_ENROLLED: i64 = 1_000;

/// A worker process's own token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The token's name.
    pub name: ApiTokenName,
    /// Its secret.
    pub secret: Secret,
    /// How long it is valid after a call for tasks.
    pub time_to_live: Duration,
}

impl AccessControl<'_> {
    /// Creates a token for a worker process, with the limits of the enrolment token that it calls with. With the public
    /// key of a client certificate, the token is valid only for calls that present it.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] for all but valid enrolment tokens; [`StoreError::LimitExceeded`] when the token has
    /// enrolled too many.
    pub async fn enroll_worker(
        self,
        principal: &Principal,
        worker: &str,
        certificate_key: Option<Digest>,
    ) -> Result<Enrolment> {
        let enroller = principal.token().filter(|_| principal.roles.holds(Role::Enroller));
        let enroller = enroller.ok_or_else(|| StoreError::Forbidden("worker enrolment".to_owned()))?;
        let (id, secret) = (generated_id()?, Secret::generate()?);
        let hash = secret.sha256();
        let mut transaction = self.pool.begin().await?;
        // Serializes enrolments by one token, so that the number of its tokens keeps to the limit.
        let shared = sqlx::query!(
            r#"-- access::enrolment::enroll_worker
            select t.workspaces, (
                select count(*) from api_tokens e
                where e.enrolled_by = t.token_id and e.expires_at > clock_timestamp() and e.revoked_at is null
            ) as "enrolled!"
            from api_tokens t
            where t.token_id = $1 and 'enroller' = any (t.roles) and t.revoked_at is null and t.suspended_at is null
                and (t.expires_at is null or t.expires_at > clock_timestamp())
            for update"#,
            enroller.as_str(),
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let shared = shared.ok_or_else(|| StoreError::Forbidden("worker enrolment".to_owned()))?;
        if shared.enrolled >= MAX_ENROLLED {
            let message = format!(
                "the enrolment token has {MAX_ENROLLED} valid worker tokens already; revoke those of processes that ended"
            );
            return Err(StoreError::LimitExceeded(message));
        }
        sqlx::query!(
            "-- access::enrolment::enroll_worker
            insert into api_tokens (
                token_id, workspace_id, display_name, roles, secret_sha256, created_by, expires_at, enrolled_by,
                certificate_key, workspaces
            )
            values (
                $1, 'system', $2, '{worker}', $3, $4, clock_timestamp() + make_interval(secs => $5), $6, $7::bytea, $8
            )",
            /* token_id */ id.as_str(),
            /* display_name */ worker,
            hash.as_slice(),
            /* created_by */ principal.subject,
            TOKEN_LIFETIME.as_secs_f64(),
            /* enrolled_by */ enroller.as_str(),
            certificate_key.as_ref().map(|key| key.as_bytes().as_slice()),
            shared.workspaces.as_deref(),
        )
        .execute(&mut *transaction)
        .await?;
        let system: ResourceId = SYSTEM.parse().map_err(damaged)?;
        let name = ApiTokenName { workspace: system, token: id };
        let change = Change::of_no_brief("worker_enrolled", name.to_string());
        log::record(&mut transaction, SYSTEM, &principal.subject, &[change]).await?;
        transaction.commit().await?;
        Ok(Enrolment { name, secret, time_to_live: TOKEN_LIFETIME })
    }

    /// Deletes the tokens of worker processes that ended a week ago, and returns their number.
    pub async fn delete_expired_enrolments(self) -> Result<u64> {
        let deleted = sqlx::query!(
            "-- access::enrolment::delete_expired_enrolments
            delete from api_tokens
            where enrolled_by is not null and suspended_at is null
                and least(expires_at, revoked_at) < clock_timestamp() - interval '7 days'"
        )
        .execute(self.pool)
        .await?;
        Ok(deleted.rows_affected())
    }
}
