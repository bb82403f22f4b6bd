//! Looks after the prints from outside: those that are stuck, and the memory that all of them hold.

use std::fmt;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::memory::MemoryLimit;
use crate::press::Press;
use crate::run::Settings;
use crate::vitals::Vitals;

/// How often it looks, at most.
const TICK: Duration = Duration::from_millis(100);

/// How long memory may be over its limit with nothing to print: freed pages go back to the system within less.
const IDLE_OVER_MEMORY: Duration = Duration::from_secs(5);

/// Why a worker is of no more use and must be started anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WornOut {
    /// Too many threads hang in prints that will not end.
    StuckThreads(usize),
    /// Its memory stays over the limit although it prints nothing.
    Memory {
        /// The bytes that it holds.
        resident: u64,
        /// The most that it may hold.
        limit: u64,
    },
    /// No thread could be started in the place of one that is stuck.
    NoThread,
}

impl fmt::Display for WornOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StuckThreads(threads) => write!(f, "{threads} threads hang in prints that do not end"),
            Self::Memory { resident, limit } => write!(
                f,
                "{} MiB of memory are held with nothing to print, more than the limit of {} MiB (--max-memory-mb)",
                resident >> 20,
                limit >> 20
            ),
            Self::NoThread => f.write_str("no thread can be started in the place of one that is stuck"),
        }
    }
}

/// What the watchdog has found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// The process holds more memory than it may: nothing new is begun.
    pub(crate) over_memory: bool,
    /// The worker is of no more use.
    pub(crate) worn_out: Option<WornOut>,
}

pub(crate) struct Watchdog {
    press: Press,
    vitals: Vitals,
    stuck_after: Duration,
    max_stuck_threads: usize,
    memory: Option<MemoryLimit>,
    findings: watch::Sender<Findings>,
}

impl Watchdog {
    pub(crate) fn new(press: Press, vitals: Vitals, settings: &Settings) -> Self {
        Self {
            press,
            vitals,
            stuck_after: settings.stuck_after,
            max_stuck_threads: settings.max_stuck_threads as usize,
            memory: settings.memory.clone(),
            findings: watch::Sender::default(),
        }
    }

    pub(crate) fn findings(&self) -> watch::Receiver<Findings> {
        self.findings.subscribe()
    }

    pub(crate) async fn watch_for_ever(self) {
        let every = TICK.min(self.stuck_after / 4);
        let mut over_since = None;
        let mut looked = Instant::now();
        loop {
            tokio::time::sleep(every).await;
            let now = Instant::now();
            // A process that was stopped, or a machine that slept, has not printed meanwhile: that is not silence.
            let passed = (now - looked).min(2 * every);
            looked = now;
            self.vitals.watched();
            self.look_for_stuck_prints(passed);
            self.look_at_memory(now, &mut over_since);
        }
    }

    fn look_for_stuck_prints(&self, passed: Duration) {
        match self.press.abandon_silent(passed, self.stuck_after) {
            Ok(0) => {}
            Ok(stuck) => {
                self.vitals.metrics.threads_abandoned.inc_by(stuck as u64);
                tracing::error!(stuck, after = ?self.stuck_after, "prints gave no sign of life and are abandoned");
            }
            Err(error) => {
                tracing::error!(%error, "no thread could be started");
                self.wear_out(WornOut::NoThread);
            }
        }
        let abandoned = self.press.abandoned();
        self.vitals.metrics.stuck_threads.set(i64::try_from(abandoned).unwrap_or(i64::MAX));
        if abandoned >= self.max_stuck_threads {
            self.wear_out(WornOut::StuckThreads(abandoned));
        }
    }

    fn look_at_memory(&self, now: Instant, over_since: &mut Option<Instant>) {
        let Some(memory) = &self.memory else { return };
        let exceeded = memory.exceeded();
        self.findings.send_if_modified(|findings| {
            std::mem::replace(&mut findings.over_memory, exceeded.is_some()) != exceeded.is_some()
        });
        let Some(resident) = exceeded else {
            *over_since = None;
            return;
        };
        if self.press.relieve() {
            tracing::warn!(resident, limit = memory.bytes, "too much memory: the largest print is stopped");
        }
        if !self.press.is_idle() {
            *over_since = None;
        } else if now - *over_since.get_or_insert(now) >= IDLE_OVER_MEMORY {
            self.wear_out(WornOut::Memory { resident, limit: memory.bytes });
        }
    }

    /// Once; what comes after does not change it.
    fn wear_out(&self, why: WornOut) {
        self.vitals.wear_out();
        self.findings.send_if_modified(|findings| {
            let is_first = findings.worn_out.is_none();
            findings.worn_out.get_or_insert(why);
            is_first
        });
    }
}
