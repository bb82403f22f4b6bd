//! Settings of the worker loop.

use std::time::Duration;

use crate::print_pool::memory::MemoryLimit;

/// Settings of a worker.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Display name of the worker, for people who look at the queue.
    pub name: String,
    /// Number of tasks printed at the same time.
    pub slots: u32,
    /// Interval between lease renewals.
    pub renew_every: Duration,
    /// Time that running prints get to finish after a stop signal.
    pub drain: Duration,
    /// Time without progress after which a print counts as stuck.
    pub stuck_after: Duration,
    /// Number of threads stuck in abandoned prints at which the worker exits.
    pub max_stuck_threads: u32,
    /// Memory limit of the process, if any.
    pub memory: Option<MemoryLimit>,
}
