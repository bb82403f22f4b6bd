//! Permits of calls: a number for each kind, on each listener.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::kind::{KINDS, Kind};

/// Maximum numbers of concurrent calls of a listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallLimits {
    /// Calls that return at once.
    pub quick: usize,
    /// Long polls.
    pub waiting: usize,
    /// Calls that return a stream.
    pub streaming: usize,
    /// Calls that receive a stream.
    pub uploads: usize,
}

impl CallLimits {
    pub(super) fn of(self, kind: Kind) -> usize {
        match kind {
            Kind::Quick => self.quick,
            Kind::Waiting => self.waiting,
            Kind::Streaming => self.streaming,
            Kind::Upload => self.uploads,
        }
    }
}

/// The permits of a listener. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Permits(Arc<[Arc<Semaphore>; KINDS]>);

impl Permits {
    pub(crate) fn new(limits: CallLimits) -> Self {
        let kinds = [Kind::Quick, Kind::Waiting, Kind::Streaming, Kind::Upload];
        Self(Arc::new(kinds.map(|kind| {
            Arc::new(Semaphore::new(limits.of(kind).min(Semaphore::MAX_PERMITS)))
        })))
    }

    /// Returns a call's permit, free again when it is dropped, or `None` if all are taken.
    pub(crate) fn admit(&self, kind: Kind) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0[kind as usize]).try_acquire_owned().ok()
    }
}
