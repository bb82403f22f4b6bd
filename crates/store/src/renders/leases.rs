//! Leases: which worker may print a task, and for how long. A task's row in `render_queue` is its fence: every change
//! of a live task locks that row first, by epoch, in the same statement.

use std::time::Duration;

use chancery_proto::worker::v1::Lease as LeaseMessage;

use crate::convert::damaged;
use crate::error::Result;
use crate::renders::RenderQueue;
use crate::renders::environments::{PrintEnvironment, worker_id};

/// Durations of leases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaseTimes {
    /// The duration of a lease, unless it is renewed.
    pub lease: Duration,
    /// Maximum duration of a task under one lease, including renewals.
    pub deadline: Duration,
}

impl Default for LeaseTimes {
    fn default() -> Self {
        Self { lease: Duration::from_secs(30), deadline: Duration::from_mins(10) }
    }
}

/// Number of expired leases after which a task is quarantined.
const MAX_CRASHES: i32 = 3;

/// A worker's time-limited right to print a task.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Lease {
    /// The task's id.
    pub task: String,
    /// The fencing token, which rises with every lease of the task.
    pub epoch: i64,
}

impl Lease {
    /// Converts a worker's message. An epoch out of range becomes one that no task has.
    pub fn from_message(message: LeaseMessage) -> Self {
        Self { task: message.task, epoch: i64::try_from(message.epoch).unwrap_or(-1) }
    }

    /// Converts the lease for a worker.
    pub fn to_message(&self) -> LeaseMessage {
        LeaseMessage { task: self.task.clone(), epoch: u64::try_from(self.epoch).unwrap_or_default() }
    }
}

/// A new lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcquiredLease {
    /// The lease.
    pub lease: Lease,
    /// The number of the attempt, from 1, including crashed ones.
    pub attempt: u32,
}

/// The outcome of a claim.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Acquired {
    /// The new leases.
    pub leases: Vec<AcquiredLease>,
    /// Tasks that were quarantined instead, for crashing their workers too often.
    pub quarantined: Vec<String>,
}

impl RenderQueue<'_> {
    /// Leases at most `limit` tasks of an environment, in the order of classes and fair shares (see migration 0006). An
    /// expired lease is claimed like a new task and counts as a crash. Drained workers get no tasks.
    pub async fn acquire_leases(
        self,
        environment: PrintEnvironment,
        worker: &str,
        limit: u32,
    ) -> Result<Acquired> {
        let id = worker_id(environment, worker);
        let rows = sqlx::query!(
            r#"-- renders::leases::acquire_leases
            with picked as materialized (
                select task_id, fair_rank, leased_at is not null as expired
                from render_queue
                where printer_version = $1::bytea and fonts_digest = $2::bytea and visible_at <= clock_timestamp()
                    and not exists (select from workers where worker_id = $7 and drained_at is not null)
                order by order_rank, queued_at
                limit $3
                for update skip locked
            ), task as (
                update render_tasks t
                set epoch = t.epoch + 1,
                    attempts = t.attempts + (not p.expired)::int,
                    crashes = t.crashes + p.expired::int,
                    phase = 0,
                    pages = 0,
                    started_at = coalesce(t.started_at, clock_timestamp()),
                    state = case when p.expired and t.crashes + 1 >= $6 then 'DEAD' else 'RUNNING' end,
                    quarantined = p.expired and t.crashes + 1 >= $6,
                    failure_reason = case when p.expired and t.crashes + 1 >= $6 then 'WORKER_CRASHED' end,
                    failure_message = case when p.expired and t.crashes + 1 >= $6
                        then 'printing it ended its worker ' || $6 || ' times' end,
                    ended_at = case when p.expired and t.crashes + 1 >= $6 then clock_timestamp() end
                from picked p
                where t.task_id = p.task_id
                returning t.task_id, t.epoch, t.state, t.attempts + t.crashes as attempt, p.expired
            ), leased as (
                update render_queue q
                set epoch = task.epoch,
                    leased_at = clock_timestamp(),
                    visible_at = clock_timestamp() + make_interval(secs => $5)
                from task
                where q.task_id = task.task_id and task.state = 'RUNNING'
            ), removed as (
                delete from render_queue q using task where q.task_id = task.task_id and task.state = 'DEAD'
            ), recorded as (
                insert into render_attempts (task_id, epoch, event, worker)
                select task_id, epoch, 'LEASED', $4 from task where state = 'RUNNING'
                union all
                select task_id, epoch - 1, 'EXPIRED', '' from task where expired
            ), clock as materialized (
                -- Racy, and that is acceptable: of two concurrent claims the later may set the virtual time back by the
                -- distance between them. The next claim corrects it, and no claim had to wait.
                select setval('render_virtual_time', picked.fair_rank)
                from (select max(fair_rank) as fair_rank from picked) picked, render_virtual_time now
                where picked.fair_rank > now.last_value
            )
            select task_id as "task_id!", epoch as "epoch!", attempt as "attempt!", state = 'DEAD' as "dead!"
            from task left join clock on true"#,
            environment.printer_version.as_bytes().as_slice(),
            environment.fonts_digest.as_bytes().as_slice(),
            i64::from(limit),
            /* worker name */ worker,
            /* lease seconds */ self.lease_times.lease.as_secs_f64(),
            /* max crashes */ MAX_CRASHES,
            /* worker_id */ id.as_str(),
        )
        .fetch_all(self.pool)
        .await?;
        let mut acquired = Acquired::default();
        for row in rows {
            if row.dead {
                acquired.quarantined.push(row.task_id);
            } else {
                let attempt = u32::try_from(row.attempt).map_err(damaged)?;
                let lease = Lease { task: row.task_id, epoch: row.epoch };
                acquired.leases.push(AcquiredLease { lease, attempt });
            }
        }
        Ok(acquired)
    }

    /// Renews leases independently of each other; returns those that still hold. A task past its deadline is not
    /// renewed.
    pub async fn renew_leases(self, leases: &[Lease]) -> Result<Vec<Lease>> {
        let (tasks, epochs) = columns(leases);
        // Asynchronous commit: a renewal that is lost in a crash of the database only makes the lease shorter.
        let rows = sqlx::query!(
            "-- renders::leases::renew_leases
            with quick as materialized (
                select set_config('synchronous_commit', 'off', true)
            )
            update render_queue q
            set visible_at = clock_timestamp() + make_interval(secs => $3)
            from unnest($1::text[], $2::bigint[]) as held (task_id, epoch), quick
            where q.task_id = held.task_id
                and q.epoch = held.epoch
                and q.leased_at > clock_timestamp() - make_interval(secs => $4)
            returning q.task_id, q.epoch",
            &tasks,
            &epochs,
            self.lease_times.lease.as_secs_f64(),
            self.lease_times.deadline.as_secs_f64(),
        )
        .fetch_all(self.pool)
        .await?;
        Ok(rows.into_iter().map(|row| Lease { task: row.task_id, epoch: row.epoch }).collect())
    }

    /// Releases leases without charging an attempt; returns the tasks that are queued again. Ignores lost leases.
    pub async fn release_leases(self, leases: &[Lease]) -> Result<Vec<String>> {
        let (tasks, epochs) = columns(leases);
        // The epoch rises, so that late messages of the worker are rejected.
        let rows = sqlx::query_scalar!(
            "-- renders::leases::release_leases
            with lease as materialized (
                select q.task_id
                from render_queue q
                join unnest($1::text[], $2::bigint[]) as held (task_id, epoch) using (task_id)
                where q.epoch = held.epoch and q.leased_at is not null
                order by q.task_id
                for update of q
            ), task as (
                update render_tasks t
                set epoch = t.epoch + 1,
                    attempts = greatest(t.attempts - 1, 0),
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
                insert into render_attempts (task_id, epoch, event)
                select task_id, epoch - 1, 'RELEASED' from task
            )
            select task_id from task",
            &tasks,
            &epochs,
        )
        .fetch_all(self.pool)
        .await?;
        Ok(rows)
    }
}

fn columns(leases: &[Lease]) -> (Vec<String>, Vec<i64>) {
    leases.iter().map(|lease| (lease.task.clone(), lease.epoch)).unzip()
}
