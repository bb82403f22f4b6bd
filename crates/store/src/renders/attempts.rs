//! Render tasks, which equal renders share, as their workers change them. Every write is fenced: it locks the task's
//! queue row by the lease's epoch, secret and token, and no row means that the lease is lost.

use chancery_brief::digest::Digest;
use chancery_proto::render::v1::{PrintWarning, RenderPhase};

use crate::error::{Result, StoreError};
use crate::renders::RenderQueue;
use crate::renders::environments::LIVENESS_WINDOW_SECONDS;
use crate::renders::leases::Lease;

/// Maximum number of attempts before a task becomes a dead letter.
const MAX_ATTEMPTS: i32 = 5;

/// Minimum pause before another attempt, in seconds.
const MIN_RETRY_PAUSE_SECONDS: f64 = 1.0;

/// Maximum pause before another attempt, in seconds.
const MAX_RETRY_PAUSE_SECONDS: f64 = 60.0;

/// A PDF whose bytes are staged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagedArtifact {
    /// The blob that holds its bytes.
    pub blob: String,
    /// SHA-256 of the bytes.
    pub digest: Digest,
    /// The number of bytes.
    pub size_bytes: u64,
    /// The number of pages.
    pub pages: u32,
    /// The printer's warnings.
    pub warnings: Vec<PrintWarning>,
    /// Whether the service proved it against its input.
    pub is_proven: bool,
}

/// The failure of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptFailure {
    /// A stable reason in upper snake case.
    pub reason: String,
    /// The reason in words.
    pub message: String,
    /// Whether another attempt may succeed.
    pub retryable: bool,
}

/// The outcome of finishing a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finished {
    /// The task was finished by this call.
    Now,
    /// The task was finished by this call, although another worker printed other bytes than this one and a third:
    /// [`RenderQueue::refuse_outvoted`] is due.
    NowByMajority,
    /// The task was finished earlier, under the same lease with the same PDF.
    Before,
    /// The PDF is recorded, and the task is queued for another worker, which must print the same bytes.
    AwaitsAgreement {
        /// Whether another worker printed other bytes.
        differs: bool,
    },
}

impl RenderQueue<'_> {
    /// Records the progress of a print. Changes neither the queue nor any indexed column, and does not renew the lease.
    /// Reports may arrive out of order, so progress never decreases.
    pub async fn report_progress(self, lease: &Lease, phase: RenderPhase, pages: u32) -> Result<()> {
        let pages = i32::try_from(pages).unwrap_or(i32::MAX);
        // Asynchronous commit: progress may be lost in a crash of the database.
        let done = sqlx::query!(
            "-- renders::attempts::report_progress
            with quick as materialized (
                select set_config('synchronous_commit', 'off', true)
            )
            update render_tasks t
            set phase = greatest(t.phase, $3), pages = greatest(t.pages, $4)
            from quick, render_queue q
            where t.task_id = $1 and t.epoch = $2 and t.state = 'RUNNING'
                and q.task_id = t.task_id and q.lease_secret = $5 and q.lease_token = $6 and worker_token_holds($6)",
            lease.task,
            lease.epoch,
            i16::try_from(i32::from(phase)).unwrap_or_default(),
            pages,
            /* lease_secret */ lease.secret(),
            /* lease_token */ lease.token.as_str(),
        )
        .execute(self.pool)
        .await?;
        if done.rows_affected() == 0 { Err(StoreError::LeaseLost) } else { Ok(()) }
    }

    /// Returns the outcome of an earlier upload of this PDF under this lease, whose response may have been lost.
    pub async fn earlier_outcome(self, lease: &Lease, digest: Digest) -> Result<Option<Finished>> {
        let found = sqlx::query!(
            r#"-- renders::attempts::earlier_outcome
            select t.finished_epoch is not distinct from l.epoch and t.artifact_digest = $3::bytea as "finished!",
                exists (
                    select from render_attempts p
                    where p.task_id = l.task_id and p.epoch = l.epoch and p.event = 'PRINTED'
                        and p.artifact_digest = $3::bytea
                ) as "printed!"
            from render_attempts l join render_tasks t using (task_id)
            where l.task_id = $1 and l.epoch = $2 and l.event = 'LEASED' and l.lease_secret = $4 and l.token_id = $5"#,
            lease.task,
            lease.epoch,
            digest.as_bytes().as_slice(),
            /* lease_secret */ lease.secret(),
            /* token_id */ lease.token.as_str(),
        )
        .fetch_optional(self.pool)
        .await?;
        Ok(match found {
            Some(row) if row.finished => Some(Finished::Before),
            Some(row) if row.printed => Some(Finished::AwaitsAgreement { differs: false }),
            _ => None,
        })
    }

    /// Finishes a task with a staged PDF, or records the PDF where another worker must print the same bytes first.
    /// Commits references only; the first commit wins.
    pub async fn finish_task(self, lease: &Lease, artifact: &StagedArtifact) -> Result<Finished> {
        #[cfg(feature = "unfenced")]
        crate::renders::fence_removal::remove_fence(self.pool, lease).await?;
        if let Some(outvotes) = self.commit_artifact(lease, artifact).await? {
            return Ok(if outvotes { Finished::NowByMajority } else { Finished::Now });
        }
        if let Some(differs) = self.record_print(lease, artifact.digest).await? {
            return Ok(Finished::AwaitsAgreement { differs });
        }
        self.earlier_outcome(lease, artifact.digest).await?.ok_or(StoreError::LeaseLost)
    }

    /// Returns whether another worker printed other bytes; `None` if the lease is lost or the print needs agreement.
    async fn commit_artifact(self, lease: &Lease, artifact: &StagedArtifact) -> Result<Option<bool>> {
        let column = |of: fn(&PrintWarning) -> &String| -> Vec<String> {
            artifact.warnings.iter().map(|warning| of(warning).clone()).collect()
        };
        let outvotes = sqlx::query_scalar!(
            r#"-- renders::attempts::commit_artifact
            with lease as materialized (
                select task_id from render_queue
                where task_id = $1 and epoch = $2 and lease_secret = $10 and lease_token = $11
                    and leased_at is not null and worker_token_holds($11)
                    and (not needs_agreement or exists (
                        select from render_attempts p
                        where p.task_id = $1 and p.event = 'PRINTED' and p.artifact_digest = $3::bytea
                            and p.token_id <> $11
                    ))
                for update
            ), artifact as (
                -- Equal bytes may exist already, printed for another key. Theirs are kept with a new time, and ours
                -- are swept.
                insert into artifacts (workspace_id, digest, size_bytes, pages, blob_id)
                select t.workspace_id, $3::bytea, $4, $5, $6
                from lease join render_tasks t using (task_id)
                on conflict (workspace_id, digest) do update set finished_at = clock_timestamp()
            ), task as (
                update render_tasks t
                set state = 'SUCCEEDED',
                    artifact_digest = $3::bytea,
                    finished_epoch = $2,
                    pages = $5,
                    warnings = $7,
                    warning_codes = $8,
                    warning_part_ids = $9,
                    proven = $12,
                    ended_at = clock_timestamp()
                from lease
                where t.task_id = lease.task_id
                returning t.task_id
            ), removed as (
                delete from render_queue q using task where q.task_id = task.task_id
            ), recorded as (
                insert into render_attempts (task_id, epoch, event)
                select task_id, $2, 'SUCCEEDED' from task
            )
            select exists (
                select from render_attempts p
                where p.task_id = task.task_id and p.event = 'PRINTED' and p.artifact_digest <> $3::bytea
            ) as "outvotes!"
            from task"#,
            /* task_id */ lease.task,
            lease.epoch,
            artifact.digest.as_bytes().as_slice(),
            i64::try_from(artifact.size_bytes).unwrap_or(i64::MAX),
            i32::try_from(artifact.pages).unwrap_or(i32::MAX),
            /* blob_id */ artifact.blob,
            /* warnings */ &column(|warning| &warning.text),
            /* warning_codes */ &column(|warning| &warning.code),
            /* warning_part_ids */ &column(|warning| &warning.part_id),
            /* lease_secret */ lease.secret(),
            /* lease_token */ lease.token.as_str(),
            /* proven */ artifact.is_proven,
        )
        .fetch_optional(self.pool)
        .await?;
        Ok(outvotes)
    }

    /// Ends an attempt without a PDF. A retryable failure is retried after a random pause between the minimum and three
    /// times the previous pause (decorrelated jitter), so that tasks that failed together are not retried together.
    /// After the last attempt the task becomes a dead letter. A failure that a retry would repeat ends the task at once if no
    /// other worker is live; otherwise another one prints it first, and its equal failure ends the task.
    pub async fn fail_attempt(self, lease: &Lease, failure: &AttemptFailure) -> Result<()> {
        let done = sqlx::query_scalar!(
            "-- renders::attempts::fail_attempt
            with lease as materialized (
                select task_id from render_queue
                where task_id = $1 and epoch = $2 and lease_secret = $9 and lease_token = $10
                    and leased_at is not null and worker_token_holds($10)
                for update
            ), verdict as materialized (
                -- A failure that a retry would repeat is believed once two workers say so, or when there is no other.
                select not $5 and (
                    exists (
                        select from render_attempts f join render_attempts l using (task_id, epoch)
                        where f.task_id = $1 and f.event = 'FAILED' and f.reason = $3
                            and l.event = 'LEASED' and l.token_id <> $10
                    ) or not exists (
                        select from workers o
                        join render_queue q on q.printer_version = o.printer_version and q.fonts_digest = o.fonts_digest
                        where q.task_id = $1 and o.token_id <> $10 and o.drained_at is null
                            and o.last_seen > clock_timestamp() - make_interval(secs => $11)
                            and worker_token_holds(o.token_id)
                            and worker_token_admits(o.token_id, q.workspace_id, q.marking)
                    )
                ) as is_permanent
            ), ending as materialized (
                select t.task_id, v.is_permanent or t.attempts >= $6 as has_ended,
                    -- Of a task that another worker could print, other requests do not get the failure as an answer.
                    case
                        when (v.is_permanent or not $5) and not exists (
                            select from render_attempts p where p.task_id = $1 and p.event = 'PRINTED'
                        ) then 'FAILED'
                        else 'DEAD'
                    end as state
                from lease join render_tasks t using (task_id), verdict v
            ), task as (
                update render_tasks t
                set epoch = t.epoch + 1,
                    phase = 0,
                    pages = 0,
                    state = case when e.has_ended then e.state else 'QUEUED' end,
                    failure_reason = case when e.has_ended then $3 end,
                    failure_message = case when e.has_ended then $4 end,
                    ended_at = case when e.has_ended then clock_timestamp() end,
                    pause_seconds = case
                        when e.has_ended or not $5 then t.pause_seconds
                        else least($8, $7 + random() * (3 * greatest(t.pause_seconds, $7) - $7))
                    end
                from ending e
                where t.task_id = e.task_id
                returning t.task_id, t.epoch, t.state, case when $5 then t.pause_seconds else 0 end as pause_seconds
            ), waiting as (
                update render_queue q
                set epoch = task.epoch,
                    leased_at = null,
                    visible_at = clock_timestamp() + make_interval(secs => task.pause_seconds)
                from task
                where q.task_id = task.task_id and task.state = 'QUEUED'
            ), removed as (
                delete from render_queue q using task where q.task_id = task.task_id and task.state <> 'QUEUED'
            ), recorded as (
                insert into render_attempts (task_id, epoch, event, reason)
                select task_id, $2, 'FAILED', $3 from task
            )
            select task_id from task",
            /* task_id */ lease.task,
            lease.epoch,
            failure.reason,
            failure.message,
            failure.retryable,
            /* max attempts */ MAX_ATTEMPTS,
            /* min pause */ MIN_RETRY_PAUSE_SECONDS,
            /* max pause */ MAX_RETRY_PAUSE_SECONDS,
            /* lease_secret */ lease.secret(),
            /* lease_token */ lease.token.as_str(),
            /* liveness window */ LIVENESS_WINDOW_SECONDS,
        )
        .fetch_optional(self.pool)
        .await?;
        done.map(drop).ok_or(StoreError::LeaseLost)
    }
}
