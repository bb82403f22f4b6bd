//! How the worker is: what its health endpoint answers.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chancery_proto::worker::v1::PrintEnvironment;

use crate::memory;
use crate::metrics::Metrics;

/// Longer than the longest poll for tasks and the pause after it: a service that answers does so within.
const ANSWERED_WITHIN: Duration = Duration::from_secs(45);

/// The watchdog looks ten times a second; when it has not for this long, nobody would see a stuck print.
const WATCHED_WITHIN: Duration = Duration::from_secs(10);

/// How the worker is. Cheap to clone; the loop writes it, the health endpoint reads it.
#[derive(Debug, Clone)]
pub struct Vitals {
    pub(crate) metrics: Arc<Metrics>,
    signs: Arc<Signs>,
}

#[derive(Debug)]
struct Signs {
    watched: Mutex<Instant>,
    answered: Mutex<Option<Instant>>,
    is_away: AtomicBool,
    is_draining: AtomicBool,
    is_worn_out: AtomicBool,
}

impl Vitals {
    /// The vitals of a worker that has not begun yet.
    pub fn new(environment: &PrintEnvironment) -> Self {
        let signs = Signs {
            watched: Mutex::new(Instant::now()),
            answered: Mutex::default(),
            is_away: AtomicBool::new(false),
            is_draining: AtomicBool::new(false),
            is_worn_out: AtomicBool::new(false),
        };
        Self { metrics: Arc::new(Metrics::new(environment)), signs: Arc::new(signs) }
    }

    /// Whether the process works as it should: if not, why, and only a new start helps.
    pub fn liveness(&self) -> Result<(), &'static str> {
        if self.signs.is_worn_out.load(Ordering::Relaxed) {
            Err("worn out: it ends as soon as its running prints have")
        } else if lock(&self.signs.watched).elapsed() > WATCHED_WITHIN {
            Err("the watchdog does not look after the prints")
        } else {
            Ok(())
        }
    }

    /// Whether the worker takes tasks; if not, why.
    pub fn readiness(&self) -> Result<(), &'static str> {
        self.liveness()?;
        if self.signs.is_draining.load(Ordering::Relaxed) {
            Err("stopping")
        } else if self.is_reached() {
            Ok(())
        } else {
            Err("the service does not answer")
        }
    }

    /// The metrics as `OpenMetrics` text.
    pub fn exposition(&self) -> String {
        self.metrics.service_reachable.set(self.is_reached().into());
        let resident = memory::resident().and_then(|bytes| i64::try_from(bytes).ok());
        self.metrics.resident_memory.set(resident.unwrap_or(0));
        self.metrics.encode()
    }

    /// The service's last answer is not old, and no call has failed to reach it since.
    fn is_reached(&self) -> bool {
        !self.signs.is_away.load(Ordering::Relaxed)
            && lock(&self.signs.answered).is_some_and(|answered| answered.elapsed() <= ANSWERED_WITHIN)
    }

    pub(crate) fn answered(&self) {
        *lock(&self.signs.answered) = Some(Instant::now());
        self.signs.is_away.store(false, Ordering::Relaxed);
    }

    pub(crate) fn is_away(&self) {
        self.signs.is_away.store(true, Ordering::Relaxed);
    }

    pub(crate) fn watched(&self) {
        *lock(&self.signs.watched) = Instant::now();
    }

    pub(crate) fn drain(&self) {
        self.signs.is_draining.store(true, Ordering::Relaxed);
    }

    pub(crate) fn wear_out(&self) {
        self.signs.is_worn_out.store(true, Ordering::Relaxed);
    }
}

fn lock<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use chancery_proto::worker::v1::PrintEnvironment;

    use super::Vitals;

    fn vitals() -> Vitals {
        Vitals::new(&PrintEnvironment { printer_version: "p1".into(), fonts_digest: "f1".into() })
    }

    #[test]
    fn a_worker_is_ready_once_its_service_answers_and_until_it_stops() {
        let vitals = vitals();
        assert_eq!((vitals.liveness(), vitals.readiness()), (Ok(()), Err("the service does not answer")));
        vitals.answered();
        assert_eq!(vitals.readiness(), Ok(()));
        vitals.is_away();
        assert!(vitals.readiness().is_err() && vitals.liveness().is_ok());
        vitals.answered();
        vitals.drain();
        assert_eq!((vitals.liveness(), vitals.readiness()), (Ok(()), Err("stopping")));
    }

    #[test]
    fn a_worn_out_worker_is_neither_alive_nor_ready() {
        let vitals = vitals();
        vitals.answered();
        vitals.wear_out();
        assert!(vitals.liveness().is_err() && vitals.readiness().is_err());
    }

    #[test]
    fn the_metrics_name_the_build_and_what_was_counted() {
        let vitals = vitals();
        vitals.answered();
        vitals.metrics.leases_acquired.inc_by(3);
        let text = vitals.exposition();
        for line in [
            "chancery_worker_leases_acquired_total 3",
            "chancery_worker_service_reachable 1",
            "printer_version=\"p1\",fonts_digest=\"f1\"} 1",
            "# EOF",
        ] {
            assert!(text.contains(line), "no {line} in\n{text}");
        }
    }
}
