//! Uploaded files that the service's proof refused. A token that uploads several is suspended.

use chancery_proto::names::{ApiTokenName, GeneratedId, TaskName};
use time::OffsetDateTime;

use crate::access::principal::Principal;
use crate::access::tokens::suspend;
use crate::access::workspaces::SYSTEM;
use crate::convert::damaged;
use crate::error::Result;
use crate::renders::RenderQueue;
use crate::renders::attempts::AttemptFailure;
use crate::renders::environments::{PrintEnvironment, environment};
use crate::renders::leases::Lease;

/// Number of refused files of one build after which its token is suspended, and number of suspended worker tokens within
/// an hour after which their enrolment token is.
const SUSPENDED_AFTER: i64 = 3;

/// Maximum length of a stored message, in characters.
const MAX_MESSAGE: usize = 2_000;

/// The subject of suspensions in the change log.
const SUBJECT: &str = "proof of uploaded PDFs";

/// The reason of an attempt that ended with a refused file.
const REASON: &str = "PDF_NOT_PROVEN";

/// The finding of a proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofFinding {
    /// A stable code in upper snake case.
    pub code: String,
    /// What is wrong, and where in the file. Has no content of the brief: operators, who read none, see it.
    pub message: String,
}

/// An uploaded file that is refused.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RefusedFile<'a> {
    /// Its task.
    pub(crate) task: &'a str,
    /// The lease that it was uploaded under.
    pub(crate) epoch: i64,
    /// The token that uploaded it.
    pub(crate) token: &'a GeneratedId,
    /// The print environment.
    pub(crate) environment: PrintEnvironment,
}

/// A recorded refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofRefusal {
    /// Its number, in the order of writing.
    pub number: i64,
    /// The task that the file was uploaded for.
    pub task: TaskName,
    /// The token that uploaded it.
    pub token: ApiTokenName,
    /// The name that the worker reported.
    pub worker: String,
    /// The print environment.
    pub environment: PrintEnvironment,
    /// The finding.
    pub finding: ProofFinding,
    /// When it was refused.
    pub at: OffsetDateTime,
}

impl RenderQueue<'_> {
    /// Ends an attempt whose file was refused: the task is printed again, by another worker if there is one. Returns the
    /// tokens that are suspended for it.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`](crate::StoreError::LeaseLost).
    pub async fn refuse_artifact(
        self,
        lease: &Lease,
        environment: PrintEnvironment,
        finding: &ProofFinding,
    ) -> Result<Vec<ApiTokenName>> {
        let failure = AttemptFailure {
            reason: REASON.to_owned(),
            message: format!("the service refused the PDF: {}", finding.code),
            retryable: true,
        };
        self.fail_attempt(lease, &failure).await?;
        let file = RefusedFile { task: &lease.task, epoch: lease.epoch, token: &lease.token, environment };
        self.record_refusal(&file, finding).await
    }

    /// Records a refusal, and suspends the token after several. Returns the tokens that are suspended for it.
    pub(crate) async fn record_refusal(
        self,
        file: &RefusedFile<'_>,
        finding: &ProofFinding,
    ) -> Result<Vec<ApiTokenName>> {
        let RefusedFile { task, epoch, token: uploader, environment } = *file;
        let message: String = finding.message.chars().take(MAX_MESSAGE).collect();
        let mut transaction = self.pool.begin().await?;
        // Locked first, so that concurrent refusals of one token are all counted.
        let token = sqlx::query!(
            "-- renders::proof_refusals::record_refusal
            select enrolled_by, resumed_at from api_tokens where token_id = $1 for update",
            uploader.as_str(),
        )
        .fetch_one(&mut *transaction)
        .await?;
        let before = sqlx::query_scalar!(
            r#"-- renders::proof_refusals::record_refusal
            with refusal as (
                insert into proof_refusals (task_id, epoch, token_id, worker, printer_version, fonts_digest, code, message)
                select $1, $2, $3, coalesce((
                    select worker from render_attempts where task_id = $1 and epoch = $2 and event = 'LEASED'
                ), ''), $4::bytea, $5::bytea, $6, $7
            )
            select count(*) as "before!" from proof_refusals
            where token_id = $3 and printer_version = $4::bytea and at > coalesce($8, '-infinity'::timestamptz)"#,
            /* task_id */ task,
            epoch,
            /* token_id */ uploader.as_str(),
            environment.printer_version.as_bytes().as_slice(),
            environment.fonts_digest.as_bytes().as_slice(),
            finding.code,
            message,
            token.resumed_at,
        )
        .fetch_one(&mut *transaction)
        .await?;
        let named = |token: &str| -> Result<ApiTokenName> {
            Ok(ApiTokenName {
                workspace: SYSTEM.parse().map_err(damaged)?,
                token: token.parse().map_err(damaged)?,
            })
        };
        let mut suspended = Vec::new();
        let refusals = before + 1;
        if refusals >= SUSPENDED_AFTER {
            let reason = format!("{refusals} uploaded files were refused, the last with {}", finding.code);
            let name = named(uploader.as_str())?;
            if suspend(&mut transaction, SUBJECT, &name, Some(&reason)).await? {
                suspended.push(name);
            }
        }
        if let (Some(enroller), false) = (token.enrolled_by, suspended.is_empty()) {
            let siblings = sqlx::query_scalar!(
                r#"-- renders::proof_refusals::record_refusal
                with enroller as materialized (
                    select token_id, resumed_at from api_tokens where token_id = $1 for update
                )
                select count(*) as "suspended!" from api_tokens t join enroller on t.enrolled_by = enroller.token_id
                where t.suspended_at > greatest(
                    clock_timestamp() - interval '1 hour', coalesce(enroller.resumed_at, '-infinity')
                )"#,
                enroller,
            )
            .fetch_one(&mut *transaction)
            .await?;
            if siblings >= SUSPENDED_AFTER {
                let reason =
                    format!("{siblings} workers that enrolled with it were suspended within an hour");
                let name = named(&enroller)?;
                if suspend(&mut transaction, SUBJECT, &name, Some(&reason)).await? {
                    suspended.push(name);
                }
            }
        }
        transaction.commit().await?;
        Ok(suspended)
    }

    /// Lists at most `limit` refusals before a number, newest first.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`](crate::StoreError::Forbidden) for all but operators.
    pub async fn list_proof_refusals(
        self,
        principal: &Principal,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<ProofRefusal>> {
        principal.operates("proof refusals")?;
        let rows = sqlx::query!(
            r#"-- renders::proof_refusals::list_proof_refusals
            select refusal_id, task_id, token_id, worker, printer_version as "printer_version!",
                fonts_digest as "fonts_digest!", code, message, at
            from proof_refusals
            where $1::bigint is null or refusal_id < $1
            order by refusal_id desc
            limit $2"#,
            before,
            limit,
        )
        .fetch_all(self.pool)
        .await?;
        let refusals = rows.into_iter().map(|row| {
            let workspace = SYSTEM.parse().map_err(damaged)?;
            Ok(ProofRefusal {
                number: row.refusal_id,
                task: TaskName { task: row.task_id.parse().map_err(damaged)? },
                token: ApiTokenName { workspace, token: row.token_id.parse().map_err(damaged)? },
                worker: row.worker,
                environment: environment(&row.printer_version, &row.fonts_digest)?,
                finding: ProofFinding { code: row.code, message: row.message },
                at: row.at,
            })
        });
        refusals.collect()
    }
}
