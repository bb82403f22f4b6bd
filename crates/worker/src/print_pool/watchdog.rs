//! The watchdog: detects stuck prints and enforces the memory limit, from outside the printing threads.

use std::fmt;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::memory::MemoryLimit;
use super::pool::PrintPool;
use crate::health::HealthState;
use crate::settings::Settings;

/// Interval between checks, unless a quarter of [`Settings::stuck_after`] is shorter.
const CHECK_INTERVAL: Duration = Duration::from_millis(100);

/// Time over the memory limit, with nothing to print, after which a restart is required. Freed pages return to the system
/// within less.
const MAX_IDLE_OVER_MEMORY: Duration = Duration::from_secs(5);

/// Why the process must be restarted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestartReason {
    /// Too many threads are stuck in abandoned prints.
    StuckThreads(usize),
    /// Memory stays over the limit with nothing to print.
    Memory {
        /// Resident memory in bytes.
        resident: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// No thread could be started to replace a stuck one.
    NoThread,
}

impl fmt::Display for RestartReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StuckThreads(threads) => write!(f, "{threads} threads are stuck in abandoned prints"),
            Self::Memory { resident, limit } => write!(
                f,
                "{} MiB of memory in use with nothing to print, more than the limit of {} MiB (--max-memory-mb)",
                resident >> 20,
                limit >> 20
            ),
            Self::NoThread => f.write_str("cannot start a thread to replace a stuck one"),
        }
    }
}

/// Findings of the watchdog.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// The process is over its memory limit: nothing may start to print.
    pub(crate) over_memory: bool,
    /// The process must be restarted.
    pub(crate) restart: Option<RestartReason>,
}

pub(crate) struct Watchdog {
    pool: PrintPool,
    health: HealthState,
    stuck_after: Duration,
    max_stuck_threads: usize,
    memory: Option<MemoryLimit>,
    findings: watch::Sender<Findings>,
}

impl Watchdog {
    pub(crate) fn new(pool: PrintPool, health: HealthState, settings: &Settings) -> Self {
        Self {
            pool,
            health,
            stuck_after: settings.stuck_after,
            max_stuck_threads: settings.max_stuck_threads as usize,
            memory: settings.memory.clone(),
            findings: watch::Sender::default(),
        }
    }

    pub(crate) fn findings(&self) -> watch::Receiver<Findings> {
        self.findings.subscribe()
    }

    /// Checks at an interval; never returns.
    pub(crate) async fn run(self) {
        let interval = CHECK_INTERVAL.min(self.stuck_after / 4);
        let mut over_memory_since = None;
        let mut last_check = Instant::now();
        loop {
            tokio::time::sleep(interval).await;
            let now = Instant::now();
            // Prints made no progress while the process was stopped or the machine slept, so that time does not count.
            let elapsed = (now - last_check).min(2 * interval);
            last_check = now;
            self.health.watchdog_checked();
            self.check_stuck_prints(elapsed);
            self.check_memory(now, &mut over_memory_since);
        }
    }

    fn check_stuck_prints(&self, elapsed: Duration) {
        match self.pool.abandon_stuck(elapsed, self.stuck_after) {
            Ok(0) => {}
            Ok(stuck) => {
                self.health.metrics.threads_abandoned.inc_by(stuck as u64);
                tracing::error!(stuck, after = ?self.stuck_after, "abandoned prints without progress");
            }
            Err(error) => {
                tracing::error!(%error, "cannot start a thread");
                self.require_restart(RestartReason::NoThread);
            }
        }
        let abandoned = self.pool.abandoned();
        self.health.metrics.stuck_threads.set(i64::try_from(abandoned).unwrap_or(i64::MAX));
        if abandoned >= self.max_stuck_threads {
            self.require_restart(RestartReason::StuckThreads(abandoned));
        }
    }

    fn check_memory(&self, now: Instant, over_memory_since: &mut Option<Instant>) {
        let Some(memory) = &self.memory else { return };
        let exceeded = memory.exceeded();
        self.findings.send_if_modified(|findings| {
            std::mem::replace(&mut findings.over_memory, exceeded.is_some()) != exceeded.is_some()
        });
        let Some(resident) = exceeded else {
            *over_memory_since = None;
            return;
        };
        if self.pool.stop_largest() {
            tracing::warn!(
                resident,
                limit = memory.bytes,
                "over the memory limit: stopping the largest print"
            );
        }
        if !self.pool.is_idle() {
            *over_memory_since = None;
        } else if now - *over_memory_since.get_or_insert(now) >= MAX_IDLE_OVER_MEMORY {
            self.require_restart(RestartReason::Memory { resident, limit: memory.bytes });
        }
    }

    /// Records the first reason; later ones are ignored.
    fn require_restart(&self, reason: RestartReason) {
        self.health.require_restart();
        self.findings.send_if_modified(|findings| {
            let is_first = findings.restart.is_none();
            findings.restart.get_or_insert(reason);
            is_first
        });
    }
}
