//! The leases that this worker holds, and their renewal, which goes on by itself beside the prints.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chancery_proto::worker::v1::Lease;
use tokio::sync::watch;

use crate::backoff::Backoff;
use crate::queue::Queue;

/// As many as one call may renew.
const AT_ONCE: usize = 64;

#[derive(Debug)]
struct Held {
    lease: Lease,
    lost: watch::Sender<bool>,
}

/// The leases that this worker holds. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Leases {
    held: Arc<Mutex<HashMap<String, Held>>>,
}

/// A lease while its job runs: it is renewed until this is dropped.
#[derive(Debug)]
pub(crate) struct Holding {
    lease: Lease,
    lost: watch::Receiver<bool>,
    leases: Leases,
}

impl Leases {
    /// Has the lease renewed from now on.
    pub(crate) fn hold(&self, lease: Lease) -> Holding {
        let (sender, lost) = watch::channel(false);
        let held = Held { lease: lease.clone(), lost: sender };
        if let Some(older) = self.lock().insert(lease.task.clone(), held) {
            // The service handed the task out again: the older lease had run out.
            older.lost.send_replace(true);
        }
        Holding { lease, lost, leases: self.clone() }
    }

    /// Renews whatever is held, every so often.
    pub(crate) async fn renew_for_ever<Q: Queue>(self, queue: Q, every: Duration) {
        loop {
            tokio::time::sleep(every).await;
            let all = self.all();
            for some in all.chunks(AT_ONCE) {
                self.renew(&queue, some).await;
            }
        }
    }

    /// Tries until the service answers: until then the leases may hold or not, and only it knows.
    async fn renew<Q: Queue>(&self, queue: &Q, leases: &[Lease]) {
        let mut backoff = Backoff::of_call();
        loop {
            match queue.renew(leases.to_vec()).await {
                Ok(renewal) => return self.give_up(leases, &renewal.lost),
                Err(error) => tracing::warn!(%error, leases = leases.len(), "leases could not be renewed"),
            }
            backoff.wait().await;
        }
    }

    fn give_up(&self, asked: &[Lease], lost: &[String]) {
        let held = self.lock();
        for lease in asked.iter().filter(|lease| lost.contains(&lease.task)) {
            // In the meantime the task may have come back to this worker under a newer epoch.
            if let Some(held) = held.get(&lease.task).filter(|held| held.lease.epoch == lease.epoch) {
                held.lost.send_replace(true);
            }
        }
    }

    fn all(&self) -> Vec<Lease> {
        self.lock().values().map(|held| held.lease.clone()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Holding {
    /// The lease.
    pub(crate) const fn lease(&self) -> &Lease {
        &self.lease
    }

    /// Follows whether the lease was lost.
    pub(crate) fn lost(&self) -> watch::Receiver<bool> {
        self.lost.clone()
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        let mut held = self.leases.lock();
        if held.get(&self.lease.task).is_some_and(|held| held.lease.epoch == self.lease.epoch) {
            held.remove(&self.lease.task);
        }
    }
}
