//! Reads of newest editions, batched under load.
//!
//! A read runs at once and alone until four queries are in flight. Further reads then join the next batch, which starts
//! when a query ends. Under load this takes one query for several reads, and every result is at least as new as its
//! request.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chancery_brief::marking::Clearance;
use chancery_proto::names::BriefName;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio_stream::StreamExt as _;

use crate::database::Pool;
use crate::error::Result;

/// Maximum number of queries in flight.
const MAX_IN_FLIGHT: usize = 4;

/// Maximum number of editions in a batch. Each may have 16 MiB.
const MAX_BATCH: usize = 8;

/// The newest edition for a clearance, as stored.
#[derive(Debug)]
pub(crate) struct CurrentEdition {
    pub(crate) digest: Vec<u8>,
    pub(crate) envelope: Vec<u8>,
    pub(crate) body: Vec<u8>,
}

/// Reads newest editions. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct BatchedReads {
    pool: Pool,
    queue: Arc<Mutex<Queue>>,
}

#[derive(Debug, Default)]
struct Queue {
    in_flight: usize,
    waiting: VecDeque<PendingRead>,
}

#[derive(Debug)]
struct PendingRead {
    name: BriefName,
    clearance: Clearance,
    answer: oneshot::Sender<Option<CurrentEdition>>,
}

impl BatchedReads {
    pub(crate) fn new(pool: Pool) -> Self {
        Self { pool, queue: Arc::default() }
    }

    /// Reads the newest edition for a clearance.
    pub(crate) async fn read_current(
        &self,
        name: &BriefName,
        clearance: Clearance,
    ) -> Result<Option<CurrentEdition>> {
        let waiting = {
            let mut queue = self.queue();
            if queue.in_flight < MAX_IN_FLIGHT {
                queue.in_flight += 1;
                None
            } else {
                let (answer, waiting) = oneshot::channel();
                queue.waiting.push_back(PendingRead { name: name.clone(), clearance, answer });
                Some(waiting)
            }
        };
        let Some(waiting) = waiting else {
            let _slot = Slot { reads: self.clone(), is_running: true };
            return read_one(&self.pool, name, clearance).await;
        };
        match waiting.await {
            Ok(found) => Ok(found),
            // The batch failed for all its reads. Reading alone either succeeds or returns the error.
            Err(_) => read_one(&self.pool, name, clearance).await,
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to run one of the queries in flight. When dropped, also by a cancelled read, it passes to the waiting
/// reads.
struct Slot {
    reads: BatchedReads,
    /// False until the spawned task starts, which never happens on a runtime that is shutting down.
    is_running: bool,
}

impl Slot {
    /// Takes the next batch: the longest-waiting reads that were not cancelled.
    fn next(&self) -> Vec<PendingRead> {
        let mut queue = self.reads.queue();
        let mut next = Vec::new();
        while next.len() < MAX_BATCH
            && let Some(wanted) = queue.waiting.pop_front()
        {
            if !wanted.answer.is_closed() {
                next.push(wanted);
            }
        }
        next
    }

    async fn read_all(mut self) {
        self.is_running = true;
        loop {
            let next = self.next();
            if next.is_empty() {
                break;
            }
            if let Err(error) = read_batch(&self.reads.pool, next).await {
                tracing::debug!(%error, "could not read a batch of editions");
            }
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut queue = self.reads.queue();
        if queue.waiting.is_empty() {
            queue.in_flight -= 1;
            return;
        }
        if self.is_running
            && let Ok(runtime) = Handle::try_current()
        {
            // A runtime that is shutting down drops the task at once, which takes the lock again.
            drop(queue);
            runtime.spawn(Self { reads: self.reads.clone(), is_running: false }.read_all());
            return;
        }
        // No query will run for the waiting reads: dropping their channels makes each read alone.
        queue.in_flight -= 1;
        queue.waiting.clear();
    }
}

async fn read_one(pool: &Pool, name: &BriefName, clearance: Clearance) -> Result<Option<CurrentEdition>> {
    let row = sqlx::query_as!(
        CurrentEdition,
        r#"-- briefs::batched_reads::read_one
        select digest as "digest!: Vec<u8>", envelope, body from editions
        where workspace_id = $1 and brief_id = $2 and from_rank <= $3 and current_until > $3
            and current_until > from_rank"#,
        name.workspace.as_str(),
        name.brief.as_str(),
        i16::from(clearance.0)
    );
    Ok(row.fetch_optional(pool).await?)
}

/// Reads a batch, and answers each read as soon as its row arrives. The arrays are in subselects to hide their lengths
/// from the planner, which would otherwise replan for each length; that takes longer than the read.
async fn read_batch(pool: &Pool, wanted: Vec<PendingRead>) -> Result<()> {
    let workspaces: Vec<String> = wanted.iter().map(|one| one.name.workspace.to_string()).collect();
    let briefs: Vec<String> = wanted.iter().map(|one| one.name.brief.to_string()).collect();
    let ranks: Vec<i16> = wanted.iter().map(|one| i16::from(one.clearance.0)).collect();
    let mut wanted: Vec<Option<PendingRead>> = wanted.into_iter().map(Some).collect();
    let mut rows = sqlx::query!(
        r#"-- briefs::batched_reads::read_batch
        select w.number as "number!", e.digest as "digest!: Vec<u8>", e.envelope, e.body
        from unnest((select $1::text[]), (select $2::text[]), (select $3::int2[]))
                with ordinality as w (workspace_id, brief_id, rank, number)
            cross join lateral (
                select digest, envelope, body from editions
                where workspace_id = w.workspace_id and brief_id = w.brief_id and from_rank <= w.rank
                    and current_until > w.rank and current_until > from_rank
                limit 1
            ) e"#,
        &workspaces,
        &briefs,
        &ranks
    )
    .fetch(pool);
    while let Some(row) = rows.try_next().await? {
        let index = usize::try_from(row.number - 1).ok().and_then(|index| wanted.get_mut(index));
        if let Some(wanted) = index.and_then(Option::take) {
            let found = CurrentEdition { digest: row.digest, envelope: row.envelope, body: row.body };
            // A cancelled read no longer receives its result.
            let _ = wanted.answer.send(Some(found));
        }
    }
    for wanted in wanted.into_iter().flatten() {
        let _ = wanted.answer.send(None);
    }
    Ok(())
}
