//! The leases that this worker holds, and their renewal in the background.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chancery_proto::worker::v1::Lease;
use tokio::sync::watch;

use crate::queue::Queue;
use crate::queue::backoff::Backoff;

/// Maximum number of leases in one `RenewLeases` call.
const MAX_RENEWALS_PER_CALL: usize = 64;

#[derive(Debug)]
struct Entry {
    lease: Lease,
    lost: watch::Sender<bool>,
}

/// The leases that this worker holds, by task. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct HeldLeases {
    entries: Arc<Mutex<HashMap<String, Entry>>>,
}

/// A lease that is renewed until this value is dropped.
#[derive(Debug)]
pub(crate) struct HeldLease {
    lease: Lease,
    lost: watch::Receiver<bool>,
    leases: HeldLeases,
}

impl HeldLeases {
    /// Starts renewing a lease.
    pub(crate) fn hold(&self, lease: Lease) -> HeldLease {
        let (lost_sender, lost) = watch::channel(false);
        let entry = Entry { lease: lease.clone(), lost: lost_sender };
        if let Some(older) = self.lock().insert(lease.task.clone(), entry) {
            // The service leased the task again, so the older lease has expired.
            older.lost.send_replace(true);
        }
        HeldLease { lease, lost, leases: self.clone() }
    }

    /// Renews all held leases at an interval; never returns.
    pub(crate) async fn renew_periodically<Q: Queue>(self, queue: Q, every: Duration) {
        loop {
            tokio::time::sleep(every).await;
            let leases = self.all();
            for batch in leases.chunks(MAX_RENEWALS_PER_CALL) {
                self.renew(&queue, batch).await;
            }
        }
    }

    /// Retries until the service answers, because only the service knows whether the leases are still current.
    async fn renew<Q: Queue>(&self, queue: &Q, leases: &[Lease]) {
        let mut backoff = Backoff::for_call();
        loop {
            match queue.renew(leases.to_vec()).await {
                Ok(renewal) => return self.mark_lost(leases, &renewal.lost),
                Err(error) => tracing::warn!(%error, leases = leases.len(), "cannot renew leases; retrying"),
            }
            backoff.wait().await;
        }
    }

    fn mark_lost(&self, renewed: &[Lease], lost_tasks: &[String]) {
        let entries = self.lock();
        for lease in renewed.iter().filter(|lease| lost_tasks.contains(&lease.task)) {
            // This worker may have leased the task again meanwhile, under a newer epoch.
            if let Some(entry) = entries.get(&lease.task).filter(|entry| entry.lease.epoch == lease.epoch) {
                entry.lost.send_replace(true);
            }
        }
    }

    fn all(&self) -> Vec<Lease> {
        self.lock().values().map(|entry| entry.lease.clone()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HeldLease {
    pub(crate) const fn lease(&self) -> &Lease {
        &self.lease
    }

    /// Returns a receiver that reports whether the lease is lost.
    pub(crate) fn lost(&self) -> watch::Receiver<bool> {
        self.lost.clone()
    }
}

impl Drop for HeldLease {
    fn drop(&mut self) {
        let mut entries = self.leases.lock();
        if entries.get(&self.lease.task).is_some_and(|entry| entry.lease.epoch == self.lease.epoch) {
            entries.remove(&self.lease.task);
        }
    }
}
