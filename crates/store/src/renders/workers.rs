//! Workers, recorded when they request tasks, and managed by operators.

use chancery_proto::names::{GeneratedId, WorkerName};
use time::OffsetDateTime;

use crate::access::enrolment::TOKEN_LIFETIME;
use crate::access::principal::Principal;
use crate::access::workspaces::SYSTEM;
use crate::changes::log::{self, Change};
use crate::convert::damaged;
use crate::error::{Result, StoreError};
use crate::renders::Workers;
use crate::renders::environments::{LIVENESS_WINDOW_SECONDS, PrintEnvironment, environment, worker_id};
use crate::renders::leases::{Lease, LeaseHolder};

/// Maximum number of recorded workers. Workers choose their own names, so a faulty one could otherwise fill the table.
const MAX_WORKERS: i64 = 10_000;

/// A worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worker {
    /// Its resource name.
    pub name: WorkerName,
    /// The name that the worker reports.
    pub display_name: String,
    /// Its print environment.
    pub environment: PrintEnvironment,
    /// The number of free slots in its last request.
    pub free_slots: u32,
    /// The number of its leases.
    pub leases: u32,
    /// When it first requested a task.
    pub first_seen: OffsetDateTime,
    /// When it was last seen, accurate to a few seconds.
    pub last_seen: OffsetDateTime,
    /// Whether it was seen within the last minute.
    pub is_live: bool,
    /// When it was drained, if it is.
    pub drained_at: Option<OffsetDateTime>,
}

/// The page key of a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerPageKey {
    /// The name that the worker reports.
    pub display_name: String,
    /// Breaks ties.
    pub id: GeneratedId,
}

impl WorkerPageKey {
    /// Returns a worker's page key.
    pub fn of(worker: &Worker) -> Self {
        Self { display_name: worker.display_name.clone(), id: worker.name.worker.clone() }
    }
}

struct Row {
    worker_id: String,
    name: String,
    printer_version: Vec<u8>,
    fonts_digest: Vec<u8>,
    free_slots: i32,
    leases: i64,
    first_seen: OffsetDateTime,
    last_seen: OffsetDateTime,
    is_live: bool,
    drained_at: Option<OffsetDateTime>,
}

impl Workers<'_> {
    /// Records a worker's request for tasks; returns whether the worker is drained. Call it every few seconds at most.
    pub async fn record(
        self,
        environment: PrintEnvironment,
        holder: &LeaseHolder,
        free_slots: u32,
    ) -> Result<bool> {
        let (name, id) = (holder.worker.as_str(), worker_id(environment, &holder.worker));
        // Asynchronous commit: the next request restores what a crash of the database loses. A new environment under a
        // drained name is drained too, because draining concerns the host.
        let drained = sqlx::query_scalar!(
            r#"-- renders::workers::record
            with quick as materialized (
                select set_config('synchronous_commit', 'off', true)
            ), known as (
                update workers set last_seen = clock_timestamp(), free_slots = $5, token_id = $7
                from quick
                where worker_id = $1
                returning drained_at
            ), added as (
                insert into workers (worker_id, name, printer_version, fonts_digest, free_slots, drained_at, token_id)
                select $1, $2, $3::bytea, $4::bytea, $5, (select min(drained_at) from workers where name = $2), $7
                where not exists (select from known) and (select count(*) from workers) < $6
                    -- A process has one name and one environment. Tokens with the role itself may be shared.
                    and not exists (
                        select from workers w join api_tokens t using (token_id)
                        where w.token_id = $7 and t.enrolled_by is not null
                        offset 3
                    )
                on conflict (worker_id) do nothing
                returning drained_at
            ), extended as (
                -- The token of a process lives as long as the process calls.
                update api_tokens set expires_at = clock_timestamp() + make_interval(secs => $8::float8)
                where token_id = $7 and enrolled_by is not null
                    and expires_at < clock_timestamp() + make_interval(secs => $8::float8 * 0.9)
            )
            select drained_at is not null as "drained!" from known
            union all
            select drained_at is not null from added"#,
            id.as_str(),
            name,
            environment.printer_version.as_bytes().as_slice(),
            environment.fonts_digest.as_bytes().as_slice(),
            i32::try_from(free_slots).unwrap_or(i32::MAX),
            MAX_WORKERS,
            /* token_id */ holder.token.as_str(),
            /* token lifetime */ TOKEN_LIFETIME.as_secs_f64(),
        )
        .fetch_optional(self.pool)
        .await?;
        Ok(drained.unwrap_or(false))
    }

    /// Records that the holders of some leases are live: workers without free slots request no tasks.
    pub async fn record_lease_holders(self, leases: &[Lease]) -> Result<()> {
        let (tasks, epochs): (Vec<String>, Vec<i64>) =
            leases.iter().map(|lease| (lease.task.clone(), lease.epoch)).unzip();
        // Skips workers that another transaction is recording.
        sqlx::query!(
            "-- renders::workers::record_lease_holders
            with quick as materialized (
                select set_config('synchronous_commit', 'off', true)
            ), seen as materialized (
                select w.worker_id
                from workers w
                where w.last_seen < clock_timestamp() - interval '3 seconds'
                    and (w.name, w.printer_version::bytea, w.fonts_digest::bytea) in (
                        select a.worker, q.printer_version::bytea, q.fonts_digest::bytea
                        from unnest($1::text[], $2::bigint[]) as held (task_id, epoch)
                        join render_queue q using (task_id, epoch)
                        join render_attempts a using (task_id, epoch)
                        where a.event = 'LEASED'
                    )
                order by w.worker_id
                for update of w skip locked
            )
            update workers w set last_seen = clock_timestamp()
            from seen, quick
            where w.worker_id = seen.worker_id",
            &tasks,
            &epochs,
        )
        .execute(self.pool)
        .await?;
        Ok(())
    }

    /// Lists at most `limit` workers after a page key, by name.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] for all but operators.
    pub async fn list(
        self,
        principal: &Principal,
        after: Option<&WorkerPageKey>,
        limit: i64,
    ) -> Result<Vec<Worker>> {
        principal.operates("workers")?;
        let rows = sqlx::query_as!(
            Row,
            r#"-- renders::workers::list
            select w.worker_id, w.name, w.printer_version as "printer_version!", w.fonts_digest as "fonts_digest!",
                w.free_slots, coalesce(h.leases, 0) as "leases!", w.first_seen, w.last_seen,
                w.last_seen > clock_timestamp() - make_interval(secs => $4) as "is_live!", w.drained_at
            from workers w
            left join (
                select a.worker, q.printer_version, q.fonts_digest, count(*) as leases
                from render_queue q
                join render_attempts a using (task_id, epoch)
                where q.leased_at is not null and q.visible_at > clock_timestamp() and a.event = 'LEASED'
                group by 1, 2, 3
            ) h on h.worker = w.name and h.printer_version = w.printer_version and h.fonts_digest = w.fonts_digest
            where $1::text is null or (w.name, w.worker_id) > ($1, $2)
            order by w.name, w.worker_id
            limit $3"#,
            after.map(|key| key.display_name.as_str()),
            after.map(|key| key.id.as_str()),
            limit,
            LIVENESS_WINDOW_SECONDS,
        )
        .fetch_all(self.pool)
        .await?;
        rows.into_iter().map(Row::into_worker).collect()
    }

    /// Drains or undrains all workers with the display name of the given one, whatever their environments. Their leases
    /// remain. Returns the worker; a repetition changes nothing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Forbidden`] for all but operators.
    pub async fn drain(self, principal: &Principal, name: &WorkerName, drained: bool) -> Result<Worker> {
        principal.operates("workers")?;
        let mut transaction = self.pool.begin().await?;
        let changed = sqlx::query!(
            "-- renders::workers::drain
            update workers
            set drained_at = case when $2 then clock_timestamp() end
            where name = (select name from workers where worker_id = $1) and (drained_at is not null) <> $2",
            name.worker.as_str(),
            drained,
        )
        .execute(&mut *transaction)
        .await?;
        if changed.rows_affected() > 0 {
            let kind = if drained { "worker_drained" } else { "worker_undrained" };
            let change = Change::of_no_brief(kind, name.to_string());
            log::record(&mut transaction, SYSTEM, &principal.subject, &[change]).await?;
        }
        transaction.commit().await?;
        self.worker(name).await
    }

    async fn worker(self, name: &WorkerName) -> Result<Worker> {
        let row = sqlx::query_as!(
            Row,
            r#"-- renders::workers::worker
            select w.worker_id, w.name, w.printer_version as "printer_version!", w.fonts_digest as "fonts_digest!",
                w.free_slots, w.first_seen, w.last_seen, w.drained_at,
                w.last_seen > clock_timestamp() - make_interval(secs => $2) as "is_live!",
                (
                    select count(*)
                    from render_queue q
                    join render_attempts a using (task_id, epoch)
                    where q.leased_at is not null and q.visible_at > clock_timestamp()
                        and q.printer_version = w.printer_version and q.fonts_digest = w.fonts_digest
                        and a.event = 'LEASED' and a.worker = w.name
                ) as "leases!"
            from workers w
            where w.worker_id = $1"#,
            name.worker.as_str(),
            LIVENESS_WINDOW_SECONDS,
        )
        .fetch_optional(self.pool)
        .await?;
        row.ok_or_else(|| StoreError::NotFound(name.to_string()))?.into_worker()
    }

    /// Deletes workers that were not seen for a day; returns the number deleted.
    pub async fn delete_stale(self) -> Result<u64> {
        let forgotten = sqlx::query!(
            "-- renders::workers::delete_stale
            delete from workers where last_seen < clock_timestamp() - interval '1 day'"
        )
        .execute(self.pool)
        .await?;
        Ok(forgotten.rows_affected())
    }
}

impl Row {
    fn into_worker(self) -> Result<Worker> {
        Ok(Worker {
            name: WorkerName { worker: self.worker_id.parse().map_err(damaged)? },
            display_name: self.name,
            environment: environment(&self.printer_version, &self.fonts_digest)?,
            free_slots: u32::try_from(self.free_slots).map_err(damaged)?,
            leases: u32::try_from(self.leases).map_err(damaged)?,
            first_seen: self.first_seen,
            last_seen: self.last_seen,
            is_live: self.is_live,
            drained_at: self.drained_at,
        })
    }
}
