//! What workers tell of themselves by asking for tasks, written down every few seconds at most.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chancery_store::{Lease, PrintEnvironment, Store};
use tokio::time::Instant;

/// How long a note about a worker does. A worker is live for a minute after one.
const FRESH: Duration = Duration::from_secs(5);

/// Workers that are remembered at most. With more, some are written down more often.
const REMEMBERED: usize = 10_000;

/// Writes workers down. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct WorkerNotes {
    store: Store,
    written: Arc<Mutex<HashMap<Worker, Note>>>,
}

type Worker = (PrintEnvironment, String);

/// What was found when a worker was last written down.
#[derive(Debug, Clone, Copy)]
struct Note {
    at: Instant,
    is_drained: bool,
}

impl WorkerNotes {
    /// In a store.
    pub(crate) fn new(store: Store) -> Self {
        Self { store, written: Arc::default() }
    }

    /// A worker asks for tasks. Answers whether it is drained, as far as is known: the store decides for itself who gets
    /// tasks.
    pub(crate) async fn asks(&self, environment: PrintEnvironment, name: &str, free_slots: u32) -> bool {
        let worker = (environment, name.to_owned());
        let now = Instant::now();
        let known = self.written().get(&worker).copied();
        if let Some(note) = known.filter(|note| now.duration_since(note.at) < FRESH) {
            return note.is_drained;
        }
        // Before it is written: who asks meanwhile need not write it too.
        let was_drained = known.is_some_and(|note| note.is_drained);
        self.remember(worker.clone(), Note { at: now, is_drained: was_drained });
        match self.store.workers().record(environment, name, free_slots).await {
            Ok(is_drained) => {
                self.remember(worker, Note { at: now, is_drained });
                is_drained
            }
            // A worker gets its tasks whether or not operators see it.
            Err(error) => {
                tracing::debug!(%error, "a worker was not written down");
                was_drained
            }
        }
    }

    /// Workers renewed leases. One without room for more says nothing else for as long as it prints.
    pub(crate) async fn renew(&self, leases: &[Lease]) {
        if leases.is_empty() {
            return;
        }
        if let Err(error) = self.store.workers().record_lease_holders(leases).await {
            tracing::debug!(%error, "workers were not written down");
        }
    }

    fn remember(&self, worker: Worker, note: Note) {
        let mut written = self.written();
        if written.len() >= REMEMBERED && !written.contains_key(&worker) {
            written.clear();
        }
        written.insert(worker, note);
    }

    fn written(&self) -> MutexGuard<'_, HashMap<Worker, Note>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
