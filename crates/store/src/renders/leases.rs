//! Leases: which worker may print a task, and for how long. A task's row in `render_queue` is its fence: every change
//! of a live task locks that row first, by epoch, secret and token, in the same statement.

use std::fmt;
use std::time::Duration;

use chancery_proto::names::GeneratedId;
use chancery_proto::worker::v1::Lease as LeaseMessage;
use prost::bytes::Bytes;

use crate::convert::damaged;
use crate::error::Result;
use crate::renders::RenderQueue;
use crate::renders::environments::{LIVENESS_WINDOW_SECONDS, PrintEnvironment, worker_id};

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

/// How long a task is left to other live workers after a worker's lease of it ended, in seconds.
const LEFT_TO_OTHERS_SECONDS: f64 = 10.0;

/// Number of releases of a task after which each further one doubles a pause, and the longest pause in seconds.
const FREE_RELEASES: i64 = 3;
const MAX_RELEASE_PAUSE_SECONDS: f64 = 60.0;

/// Number of expired leases after which a task is quarantined.
const MAX_CRASHES: i32 = 3;

/// A worker that takes leases.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LeaseHolder {
    /// The id of its token, to which its leases are bound.
    pub token: GeneratedId,
    /// The name that it reports.
    pub worker: String,
}

/// A worker's time-limited right to print a task, which only its token can use.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Lease {
    /// The task's id.
    pub task: String,
    /// The fencing token, which rises with every lease of the task.
    pub epoch: i64,
    /// The secret.
    pub secret: LeaseSecret,
    /// The id of the token that uses it.
    pub token: GeneratedId,
}

/// The secret of a lease: 128 random bits. A worker that knows a task and its epoch cannot use another's lease.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct LeaseSecret(Bytes);

/// Omits the secret.
impl fmt::Debug for LeaseSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LeaseSecret(…)")
    }
}

impl Lease {
    /// Converts the message of a worker that calls with a token. An epoch out of range becomes one that no task has.
    pub fn from_message(message: LeaseMessage, token: &GeneratedId) -> Self {
        Self {
            task: message.task,
            epoch: i64::try_from(message.epoch).unwrap_or(-1),
            secret: LeaseSecret(message.secret),
            token: token.clone(),
        }
    }

    /// Converts the lease for its worker.
    pub fn to_message(&self) -> LeaseMessage {
        LeaseMessage {
            task: self.task.clone(),
            epoch: u64::try_from(self.epoch).unwrap_or_default(),
            secret: self.secret.0.clone(),
        }
    }

    /// Returns the secret for a statement.
    pub(crate) fn secret(&self) -> &[u8] {
        &self.secret.0
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
    /// expired lease is claimed like a new task and counts as a crash. Drained workers get no tasks, and others only
    /// those of the workspaces and up to the marking that their token is limited to.
    #[allow(clippy::too_many_lines, reason = "one statement, so that a claim is one round trip")]
    pub async fn acquire_leases(
        self,
        environment: PrintEnvironment,
        holder: &LeaseHolder,
        limit: u32,
    ) -> Result<Acquired> {
        let id = worker_id(environment, &holder.worker);
        let rows = sqlx::query!(
            r#"-- renders::leases::acquire_leases
            with holder as materialized (
                -- Only a process's own token identifies one worker under all names.
                select workspaces is not null or exists (
                        select from api_token_markings m where m.token_id = coalesce(t.enrolled_by, t.token_id)
                    ) as is_limited,
                    enrolled_by is not null as is_process
                from api_tokens t
                where token_id = $8 and worker_token_holds($8)
            ), picked as materialized (
                select task_id, fair_rank, leased_at is not null as expired
                from render_queue q
                where printer_version = $1::bytea and fonts_digest = $2::bytea and visible_at <= clock_timestamp()
                    and exists (select from holder)
                    and not exists (
                        select from workers
                        where (worker_id = $7 or (token_id = $8 and (select is_process from holder)))
                            and drained_at is not null
                    )
                    and (
                        not (select is_limited from holder)
                        or worker_token_admits($8, q.workspace_id, q.marking)
                    )
                    -- One worker does not agree with itself.
                    and not (q.needs_agreement and exists (
                        select from render_attempts p
                        where p.task_id = q.task_id and p.event = 'PRINTED' and p.token_id = $8
                    ))
                    -- A token that had the task before leaves it to others for a while, if there are others: one broken or
                    -- hostile worker cannot use up the attempts of a task.
                    and (
                        q.epoch = 0
                        or q.visible_at < clock_timestamp() - make_interval(secs => $9)
                        or not exists (
                            select from render_attempts a
                            where a.task_id = q.task_id and a.event = 'LEASED' and a.token_id = $8
                        )
                        or not exists (
                            select from workers o
                            where o.printer_version = $1::bytea and o.fonts_digest = $2::bytea
                                and o.token_id <> $8 and o.drained_at is null
                                and o.last_seen > clock_timestamp() - make_interval(secs => $10)
                                and not exists (
                                    select from render_attempts a
                                    where a.task_id = q.task_id and a.event = 'LEASED' and a.token_id = o.token_id
                                )
                        )
                    )
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
                returning t.task_id, t.epoch, t.state, t.attempts + t.crashes as attempt, p.expired,
                    -- Two identifiers have 244 random bits; their hash spreads them.
                    substring(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) for 16) as secret
            ), leased as (
                update render_queue q
                set epoch = task.epoch,
                    lease_token = $8,
                    lease_secret = task.secret,
                    leased_at = clock_timestamp(),
                    visible_at = clock_timestamp() + make_interval(secs => $5)
                from task
                where q.task_id = task.task_id and task.state = 'RUNNING'
            ), removed as (
                delete from render_queue q using task where q.task_id = task.task_id and task.state = 'DEAD'
            ), recorded as (
                insert into render_attempts (task_id, epoch, event, worker, token_id, lease_secret)
                select task_id, epoch, 'LEASED', $4, $8, secret from task where state = 'RUNNING'
                union all
                select task_id, epoch - 1, 'EXPIRED', '', '', '' from task where expired
            ), clock as materialized (
                -- Racy, and that is acceptable: of two concurrent claims the later may set the virtual time back by the
                -- distance between them. The next claim corrects it, and no claim had to wait.
                select setval('render_virtual_time', picked.fair_rank)
                from (select max(fair_rank) as fair_rank from picked) picked, render_virtual_time now
                where picked.fair_rank > now.last_value
            )
            select task_id as "task_id!", epoch as "epoch!", attempt as "attempt!", state = 'DEAD' as "dead!",
                secret as "secret!"
            from task left join clock on true"#,
            environment.printer_version.as_bytes().as_slice(),
            environment.fonts_digest.as_bytes().as_slice(),
            i64::from(limit),
            /* worker name */ holder.worker,
            /* lease seconds */ self.lease_times.lease.as_secs_f64(),
            /* max crashes */ MAX_CRASHES,
            /* worker_id */ id.as_str(),
            /* token_id */ holder.token.as_str(),
            /* seconds left to others */ LEFT_TO_OTHERS_SECONDS,
            /* liveness window */ LIVENESS_WINDOW_SECONDS,
        )
        .fetch_all(self.pool)
        .await?;
        let mut acquired = Acquired::default();
        for row in rows {
            if row.dead {
                acquired.quarantined.push(row.task_id);
            } else {
                let attempt = u32::try_from(row.attempt).map_err(damaged)?;
                let secret = LeaseSecret(row.secret.into());
                let lease =
                    Lease { task: row.task_id, epoch: row.epoch, secret, token: holder.token.clone() };
                acquired.leases.push(AcquiredLease { lease, attempt });
            }
        }
        Ok(acquired)
    }

    /// Renews leases independently of each other; returns those that still hold. A task past its deadline is not
    /// renewed.
    pub async fn renew_leases(self, leases: &[Lease]) -> Result<Vec<Lease>> {
        let HeldColumns { tasks, epochs, secrets, tokens } = HeldColumns::of(leases);
        // Asynchronous commit: a renewal that is lost in a crash of the database only makes the lease shorter.
        let rows = sqlx::query!(
            "-- renders::leases::renew_leases
            with quick as materialized (
                select set_config('synchronous_commit', 'off', true)
            )
            update render_queue q
            set visible_at = clock_timestamp() + make_interval(secs => $3)
            from unnest($1::text[], $2::bigint[], $5::bytea[], $6::text[]) as held (task_id, epoch, secret, token),
                quick
            where q.task_id = held.task_id
                and q.epoch = held.epoch
                and q.lease_secret = held.secret
                and q.lease_token = held.token
                and worker_token_holds(held.token)
                and q.leased_at > clock_timestamp() - make_interval(secs => $4)
            returning q.task_id, q.epoch",
            &tasks,
            &epochs,
            self.lease_times.lease.as_secs_f64(),
            self.lease_times.deadline.as_secs_f64(),
            &secrets,
            &tokens,
        )
        .fetch_all(self.pool)
        .await?;
        let is_renewed =
            |lease: &&Lease| rows.iter().any(|row| row.task_id == lease.task && row.epoch == lease.epoch);
        Ok(leases.iter().filter(is_renewed).cloned().collect())
    }

    /// Releases leases without charging an attempt; returns the tasks that are queued again. Ignores lost leases. A task
    /// that was released several times is paused before it is leased again.
    pub async fn release_leases(self, leases: &[Lease]) -> Result<Vec<String>> {
        let HeldColumns { tasks, epochs, secrets, tokens } = HeldColumns::of(leases);
        // The epoch rises, so that late messages of the worker are rejected.
        let rows = sqlx::query_scalar!(
            "-- renders::leases::release_leases
            with lease as materialized (
                select q.task_id
                from render_queue q
                join unnest($1::text[], $2::bigint[], $3::bytea[], $4::text[]) as held (task_id, epoch, secret, token)
                    using (task_id)
                where q.epoch = held.epoch and q.lease_secret = held.secret and q.lease_token = held.token
                    and q.leased_at is not null
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
                set epoch = task.epoch,
                    leased_at = null,
                    visible_at = clock_timestamp() + make_interval(secs => (
                        select case when count(*) < $5 then 0 else least(power(2, count(*) - $5), $6::float8) end
                        from render_attempts a where a.task_id = task.task_id and a.event = 'RELEASED'
                    ))
                from task
                where q.task_id = task.task_id
            ), recorded as (
                insert into render_attempts (task_id, epoch, event)
                select task_id, epoch - 1, 'RELEASED' from task
            )
            select task_id from task",
            &tasks,
            &epochs,
            &secrets,
            &tokens,
            FREE_RELEASES,
            MAX_RELEASE_PAUSE_SECONDS,
        )
        .fetch_all(self.pool)
        .await?;
        Ok(rows)
    }

    /// Releases the leases of a token that was revoked or suspended, and of those enrolled by it; returns the tasks that
    /// are queued again.
    pub async fn release_leases_of_token(self, token: &GeneratedId) -> Result<Vec<String>> {
        let rows = sqlx::query!(
            r#"-- renders::leases::release_leases_of_token
            select q.task_id, q.epoch, q.lease_secret as "secret!", q.lease_token as "token!"
            from render_queue q join api_tokens t on t.token_id = q.lease_token
            where q.leased_at is not null and $1 in (t.token_id, t.enrolled_by)"#,
            token.as_str(),
        )
        .fetch_all(self.pool)
        .await?;
        let lease = |task, epoch, secret: Vec<u8>, token: String| {
            let token = token.parse().map_err(damaged)?;
            Ok(Lease { task, epoch, secret: LeaseSecret(secret.into()), token })
        };
        let leases: Result<Vec<Lease>> =
            rows.into_iter().map(|row| lease(row.task_id, row.epoch, row.secret, row.token)).collect();
        self.release_leases(&leases?).await
    }
}

/// Leases as the columns of a statement.
struct HeldColumns {
    tasks: Vec<String>,
    epochs: Vec<i64>,
    secrets: Vec<Vec<u8>>,
    tokens: Vec<String>,
}

impl HeldColumns {
    fn of(leases: &[Lease]) -> Self {
        Self {
            tasks: leases.iter().map(|lease| lease.task.clone()).collect(),
            epochs: leases.iter().map(|lease| lease.epoch).collect(),
            secrets: leases.iter().map(|lease| lease.secret().to_vec()).collect(),
            tokens: leases.iter().map(|lease| lease.token.to_string()).collect(),
        }
    }
}
