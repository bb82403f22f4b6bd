//! Agreement: prints that a second worker must repeat with the same bytes before they are delivered. The workspace decides
//! which prints need it. Each print is a `PRINTED` row of `render_attempts`, and the task is queued again for workers with
//! other tokens until two of them agree.

use std::time::Duration;

use chancery_brief::digest::Digest;
use chancery_proto::names::{ApiTokenName, TaskName};

use crate::convert::damaged;
use crate::error::Result;
use crate::renders::RenderQueue;
use crate::renders::environments::{LIVENESS_WINDOW_SECONDS, PrintEnvironment};
use crate::renders::leases::Lease;
use crate::renders::proof_refusals::{ProofFinding, RefusedFile};

/// Number of different prints of a task after which no agreement is awaited.
const MAX_PRINTS: i64 = 5;

/// Maximum wait for a second worker, so that the database can add it to a time.
const MAX_WAIT: Duration = Duration::from_hours(10 * 365 * 24);

/// The stable code of a print that others outvoted.
const OUTVOTED: &str = "PRINT_DIFFERS";

/// A task that ended because no two workers printed the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unconfirmed {
    /// The task.
    pub task: TaskName,
    /// `NO_SECOND_WORKER` or `PRINTS_DIFFER`.
    pub reason: String,
}

impl RenderQueue<'_> {
    /// Records a print that needs agreement, and queues its task for other workers; `None` if the lease is lost or the print
    /// needs none. Returns whether another worker printed other bytes.
    pub(crate) async fn record_print(self, lease: &Lease, digest: Digest) -> Result<Option<bool>> {
        let differs = sqlx::query_scalar!(
            r#"-- renders::agreement::record_print
            with lease as materialized (
                select task_id from render_queue
                where task_id = $1 and epoch = $2 and lease_secret = $3 and lease_token = $4
                    and leased_at is not null and worker_token_holds($4) and needs_agreement
                for update
            ), task as (
                update render_tasks t
                set epoch = t.epoch + 1,
                    state = 'QUEUED',
                    phase = 0,
                    pages = 0
                from lease
                where t.task_id = lease.task_id
                returning t.task_id, t.epoch
            ), waiting as (
                update render_queue q
                set epoch = task.epoch, leased_at = null, visible_at = clock_timestamp()
                from task
                where q.task_id = task.task_id
            ), recorded as (
                insert into render_attempts (task_id, epoch, event, token_id, artifact_digest)
                select task_id, $2, 'PRINTED', $4, $5::bytea from task
            )
            select exists (
                select from render_attempts p
                where p.task_id = task.task_id and p.event = 'PRINTED' and p.artifact_digest <> $5::bytea
            ) as "differs!"
            from task"#,
            lease.task,
            lease.epoch,
            lease.secret(),
            /* lease_token */ lease.token.as_str(),
            digest.as_bytes().as_slice(),
        )
        .fetch_optional(self.pool)
        .await?;
        Ok(differs)
    }

    /// Records a refusal for each worker that printed other bytes than those that two workers agreed on. Returns the tokens
    /// that are suspended for it.
    pub async fn refuse_outvoted(
        self,
        task: &str,
        agreed: Digest,
        environment: PrintEnvironment,
    ) -> Result<Vec<ApiTokenName>> {
        let outvoted = sqlx::query!(
            r#"-- renders::agreement::refuse_outvoted
            select p.epoch, p.token_id
            from render_attempts p
            where p.task_id = $1 and p.event = 'PRINTED' and p.artifact_digest <> $2::bytea
                -- The token may have been deleted since.
                and exists (select from api_tokens t where t.token_id = p.token_id)
            order by p.epoch"#,
            task,
            agreed.as_bytes().as_slice(),
        )
        .fetch_all(self.pool)
        .await?;
        let finding = ProofFinding {
            code: OUTVOTED.to_owned(),
            message: format!("two other workers printed the PDF with the SHA-256 {agreed}"),
        };
        let mut suspended = Vec::new();
        for print in outvoted {
            let token = print.token_id.parse().map_err(damaged)?;
            let file = RefusedFile { task, epoch: print.epoch, token: &token, environment };
            suspended.extend(self.record_refusal(&file, &finding).await?);
        }
        Ok(suspended)
    }

    /// Ends tasks that were printed and await agreement for longer than `wait` while no live worker may print them, and
    /// those of which too many different prints exist. Returns them. A later request prints it again.
    pub async fn end_unconfirmed(self, wait: Duration) -> Result<Vec<Unconfirmed>> {
        let rows = sqlx::query!(
            r#"-- renders::agreement::end_unconfirmed
            with unconfirmed as materialized (
                select q.task_id,
                    case when p.digests > 1 then 'PRINTS_DIFFER' else 'NO_SECOND_WORKER' end as reason,
                    case when p.digests > 1 then p.prints || ' workers printed different files'
                        else 'a second worker must print the same file, and none is available' end as message
                from render_queue q
                cross join lateral (
                    select count(*) as prints, count(distinct artifact_digest) as digests, max(at) as last_at
                    from render_attempts a
                    where a.task_id = q.task_id and a.event = 'PRINTED'
                ) p
                where q.needs_agreement and p.prints > 0 and q.visible_at <= clock_timestamp()
                    and (
                        p.prints >= $1
                        or p.last_at < clock_timestamp() - make_interval(secs => $2) and not exists (
                            select from workers o
                            where o.printer_version = q.printer_version and o.fonts_digest = q.fonts_digest
                                and o.drained_at is null
                                and o.last_seen > clock_timestamp() - make_interval(secs => $3)
                                and worker_token_holds(o.token_id)
                                and worker_token_admits(o.token_id, q.workspace_id, q.marking)
                                and not exists (
                                    select from render_attempts a
                                    where a.task_id = q.task_id and a.event = 'PRINTED' and a.token_id = o.token_id
                                )
                        )
                    )
                for update of q skip locked
            ), task as (
                update render_tasks t
                set epoch = t.epoch + 1,
                    phase = 0,
                    pages = 0,
                    state = 'DEAD',
                    failure_reason = u.reason,
                    failure_message = u.message,
                    ended_at = clock_timestamp()
                from unconfirmed u
                where t.task_id = u.task_id
                returning t.task_id, t.failure_reason
            ), removed as (
                delete from render_queue q using task where q.task_id = task.task_id
            )
            select task_id, failure_reason as "reason!" from task"#,
            MAX_PRINTS,
            wait.min(MAX_WAIT).as_secs_f64(),
            LIVENESS_WINDOW_SECONDS,
        )
        .fetch_all(self.pool)
        .await?;
        let ended = rows.into_iter().map(|row| {
            let task = TaskName { task: row.task_id.parse().map_err(damaged)? };
            Ok(Unconfirmed { task, reason: row.reason })
        });
        ended.collect()
    }
}
