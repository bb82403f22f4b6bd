//! Statistics of the queue, for operators. Each statement has its own snapshot.

use std::time::Duration;

use chancery_proto::names::WorkspaceName;

use crate::access::principal::Principal;
use crate::convert::damaged;
use crate::error::Result;
use crate::renders::RenderQueue;
use crate::renders::environments::LIVENESS_WINDOW_SECONDS;
use crate::renders::environments::{PrintEnvironment, environment};

/// Maximum number of workspaces and environments listed.
const MAX_LISTED_GROUPS: i64 = 20;

/// Numbers of queued tasks by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueDepth {
    /// Tasks ready to be leased.
    pub waiting: i64,
    /// Leased tasks.
    pub running: i64,
    /// Tasks pausing before their next attempt.
    pub retry_paused: i64,
}

/// A workspace's part of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceQueue {
    /// The workspace.
    pub workspace: WorkspaceName,
    /// Its tasks.
    pub depth: QueueDepth,
}

/// A print environment's part of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentQueue {
    /// The environment.
    pub environment: PrintEnvironment,
    /// Whether it is the environment of new renders.
    pub is_active: bool,
    /// Its tasks.
    pub depth: QueueDepth,
    /// The number of live workers that take tasks.
    pub live_workers: i64,
}

impl EnvironmentQueue {
    /// Returns whether tasks are waiting and no worker can print them.
    pub const fn has_no_worker(&self) -> bool {
        self.live_workers == 0 && self.depth.waiting + self.depth.retry_paused > 0
    }
}

/// Statistics of the queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueStats {
    /// All tasks in the queue.
    pub depth: QueueDepth,
    /// How long the oldest task that is ready has been queued.
    pub oldest_waiting: Option<Duration>,
    /// Dead letters without a successor.
    pub dead: i64,
    /// Dead letters among them that are quarantined.
    pub quarantined: i64,
    /// Tasks finished in the last hour.
    pub succeeded_last_hour: i64,
    /// Attempts that failed in the last hour.
    pub failed_last_hour: i64,
    /// Leases that expired in the last hour.
    pub expired_last_hour: i64,
    /// Size of the queue's table and indexes.
    pub table_bytes: i64,
    /// Dead rows in the table, as estimated by Postgres.
    pub table_dead_rows: i64,
    /// The workspaces with the most tasks.
    pub workspaces: Vec<WorkspaceQueue>,
    /// The environments with tasks or live workers, and the active one.
    pub environments: Vec<EnvironmentQueue>,
}

impl RenderQueue<'_> {
    /// Returns the statistics of the queue.
    ///
    /// # Errors
    /// [`crate::StoreError::Forbidden`] for all but operators.
    pub async fn stats(self, principal: &Principal) -> Result<QueueStats> {
        principal.operates("the queue")?;
        let workspaces = self.workspace_queues().await?;
        let environments = self.environment_queues().await?;
        let row = sqlx::query!(
            r#"-- renders::stats::stats
            select q.waiting as "waiting!", q.running as "running!", q.retry_paused as "retry_paused!",
                q.oldest_seconds::double precision as oldest_seconds,
                d.dead as "dead!", d.quarantined as "quarantined!",
                a.succeeded as "succeeded!", a.failed as "failed!", a.expired as "expired!",
                pg_total_relation_size('render_queue') as "table_bytes!",
                pg_stat_get_dead_tuples('render_queue'::regclass) as "table_dead_rows!"
            from (
                select count(*) filter (where visible_at <= clock_timestamp()) as waiting,
                    count(*) filter (where leased_at is not null and visible_at > clock_timestamp()) as running,
                    count(*) filter (where leased_at is null and visible_at > clock_timestamp()) as retry_paused,
                    extract(epoch from clock_timestamp()
                        - min(queued_at) filter (where visible_at <= clock_timestamp())) as oldest_seconds
                from render_queue
            ) q
            cross join (
                select count(*) as dead, count(*) filter (where quarantined) as quarantined
                from render_tasks t
                where t.died_at is not null and not exists (
                    select from render_tasks n where n.render_key = t.render_key and n.generation > t.generation
                )
            ) d
            cross join (
                select count(*) filter (where event = 'SUCCEEDED') as succeeded,
                    count(*) filter (where event = 'FAILED') as failed,
                    count(*) filter (where event = 'EXPIRED') as expired
                from render_attempts
                where at > statement_timestamp() - interval '1 hour'
            ) a"#
        )
        .fetch_one(self.pool)
        .await?;
        Ok(QueueStats {
            depth: QueueDepth { waiting: row.waiting, running: row.running, retry_paused: row.retry_paused },
            oldest_waiting: row.oldest_seconds.map(|seconds| Duration::from_secs_f64(seconds.max(0.0))),
            dead: row.dead,
            quarantined: row.quarantined,
            succeeded_last_hour: row.succeeded,
            failed_last_hour: row.failed,
            expired_last_hour: row.expired,
            table_bytes: row.table_bytes,
            table_dead_rows: row.table_dead_rows,
            workspaces,
            environments,
        })
    }

    async fn workspace_queues(self) -> Result<Vec<WorkspaceQueue>> {
        let rows = sqlx::query!(
            r#"-- renders::stats::workspace_queues
            select workspace_id,
                count(*) filter (where visible_at <= clock_timestamp()) as "waiting!",
                count(*) filter (where leased_at is not null and visible_at > clock_timestamp()) as "running!",
                count(*) filter (where leased_at is null and visible_at > clock_timestamp()) as "retry_paused!"
            from render_queue
            group by workspace_id
            order by count(*) desc, workspace_id
            limit $1"#,
            MAX_LISTED_GROUPS,
        )
        .fetch_all(self.pool)
        .await?;
        let queue = |workspace: String, depth| -> Result<WorkspaceQueue> {
            let workspace = WorkspaceName { workspace: workspace.parse().map_err(damaged)? };
            Ok(WorkspaceQueue { workspace, depth })
        };
        rows.into_iter()
            .map(|row| {
                let (waiting, running, retry_paused) = (row.waiting, row.running, row.retry_paused);
                queue(row.workspace_id, QueueDepth { waiting, running, retry_paused })
            })
            .collect()
    }

    /// Returns the environments that have tasks in the queue or live workers, and the active one.
    pub async fn environment_queues(self) -> Result<Vec<EnvironmentQueue>> {
        let rows = sqlx::query!(
            r#"-- renders::stats::environment_queues
            with queued as (
                select printer_version, fonts_digest, count(*) as tasks,
                    count(*) filter (where visible_at <= clock_timestamp()) as waiting,
                    count(*) filter (where leased_at is not null and visible_at > clock_timestamp()) as running,
                    count(*) filter (where leased_at is null and visible_at > clock_timestamp()) as retry_paused
                from render_queue
                group by 1, 2
            ), manned as (
                select printer_version, fonts_digest, count(*) as workers
                from workers
                where drained_at is null and last_seen > clock_timestamp() - make_interval(secs => $2)
                group by 1, 2
            ), active as (
                select printer_version, fonts_digest, active from print_environments where active
            )
            select printer_version as "printer_version!", fonts_digest as "fonts_digest!",
                coalesce(active, false) as "active!",
                coalesce(waiting, 0) as "waiting!",
                coalesce(running, 0) as "running!",
                coalesce(retry_paused, 0) as "retry_paused!",
                coalesce(workers, 0) as "workers!"
            from queued
            full join manned using (printer_version, fonts_digest)
            full join active using (printer_version, fonts_digest)
            order by coalesce(tasks, 0) desc, coalesce(active, false) desc, coalesce(workers, 0) desc,
                printer_version, fonts_digest
            limit $1"#,
            MAX_LISTED_GROUPS,
            LIVENESS_WINDOW_SECONDS,
        )
        .fetch_all(self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(EnvironmentQueue {
                    environment: environment(&row.printer_version, &row.fonts_digest)?,
                    is_active: row.active,
                    depth: QueueDepth {
                        waiting: row.waiting,
                        running: row.running,
                        retry_paused: row.retry_paused,
                    },
                    live_workers: row.workers,
                })
            })
            .collect()
    }
}
