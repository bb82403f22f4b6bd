//! Heartbeats of workers, taken from their calls for leases and renewals, and written every few seconds at most.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chancery_store::{Lease, LeaseHolder, PrintEnvironment, Store};
use tokio::time::Instant;

/// Minimum time between two writes of a worker's heartbeat. A worker is live for a minute after one.
const WRITE_INTERVAL: Duration = Duration::from_secs(5);

/// Maximum number of workers to remember. With more, some heartbeats are written more often.
const MAX_WORKERS: usize = 10_000;

/// Writes heartbeats. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct WorkerHeartbeats {
    store: Store,
    written: Arc<Mutex<HashMap<Worker, Heartbeat>>>,
}

type Worker = (PrintEnvironment, LeaseHolder);

/// The last written heartbeat of a worker.
#[derive(Debug, Clone, Copy)]
struct Heartbeat {
    written_at: Instant,
    is_drained: bool,
}

impl WorkerHeartbeats {
    pub(crate) fn new(store: Store) -> Self {
        Self { store, written: Arc::default() }
    }

    /// Records that a worker requests tasks, and returns whether it is drained at the last heartbeat. The store checks
    /// that again when it leases tasks.
    pub(crate) async fn record(
        &self,
        environment: PrintEnvironment,
        holder: &LeaseHolder,
        free_slots: u32,
    ) -> bool {
        let worker = (environment, holder.clone());
        let now = Instant::now();
        let known = self.written().get(&worker).copied();
        if let Some(heartbeat) =
            known.filter(|heartbeat| now.duration_since(heartbeat.written_at) < WRITE_INTERVAL)
        {
            return heartbeat.is_drained;
        }
        // Before the write, so that concurrent calls of the worker do not write as well.
        let was_drained = known.is_some_and(|heartbeat| heartbeat.is_drained);
        self.remember(worker.clone(), Heartbeat { written_at: now, is_drained: was_drained });
        match self.store.workers().record(environment, holder, free_slots).await {
            Ok(is_drained) => {
                self.remember(worker, Heartbeat { written_at: now, is_drained });
                is_drained
            }
            // Heartbeats only inform operators; a worker gets its tasks without them.
            Err(error) => {
                tracing::debug!(%error, "could not write a worker's heartbeat");
                was_drained
            }
        }
    }

    /// Records the workers that renewed leases. A worker without free slots makes no other calls while it prints.
    pub(crate) async fn record_renewals(&self, leases: &[Lease]) {
        if leases.is_empty() {
            return;
        }
        if let Err(error) = self.store.workers().record_lease_holders(leases).await {
            tracing::debug!(%error, "could not write workers' heartbeats");
        }
    }

    fn remember(&self, worker: Worker, heartbeat: Heartbeat) {
        let mut written = self.written();
        if written.len() >= MAX_WORKERS && !written.contains_key(&worker) {
            written.clear();
        }
        written.insert(worker, heartbeat);
    }

    fn written(&self) -> MutexGuard<'_, HashMap<Worker, Heartbeat>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
