//! The state behind the health listener.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chancery_proto::worker::v1::PrintEnvironment;

use super::metrics::Metrics;
use crate::print_pool::memory;

/// Time without a response after which the service counts as unreachable: more than the longest poll for tasks and the
/// pause after it.
const MAX_SERVICE_SILENCE: Duration = Duration::from_secs(45);

/// Time without a check by the watchdog, which checks ten times a second, after which the worker is not live: a stuck
/// print would go unnoticed.
const MAX_WATCHDOG_SILENCE: Duration = Duration::from_secs(10);

/// The health of a worker, written by its loop and read by the health listener. Cheap to clone.
#[derive(Debug, Clone)]
pub struct HealthState {
    pub(crate) metrics: Arc<Metrics>,
    signals: Arc<Signals>,
}

#[derive(Debug)]
struct Signals {
    watchdog_checked: Mutex<Instant>,
    service_answered: Mutex<Option<Instant>>,
    /// Why the last call did not reach the service; empty if it did.
    outage: Mutex<String>,
    is_draining: AtomicBool,
    is_restart_required: AtomicBool,
}

impl HealthState {
    /// Creates the state of a worker that has not started.
    pub fn new(environment: &PrintEnvironment) -> Self {
        let signals = Signals {
            watchdog_checked: Mutex::new(Instant::now()),
            service_answered: Mutex::default(),
            outage: Mutex::default(),
            is_draining: AtomicBool::new(false),
            is_restart_required: AtomicBool::new(false),
        };
        Self { metrics: Arc::new(Metrics::new(environment)), signals: Arc::new(signals) }
    }

    /// Fails with a reason if the process must be restarted.
    pub fn liveness(&self) -> Result<(), &'static str> {
        if self.signals.is_restart_required.load(Ordering::Relaxed) {
            Err("restart required: exits when running prints have finished")
        } else if lock(&self.signals.watchdog_checked).elapsed() > MAX_WATCHDOG_SILENCE {
            Err("the watchdog is not running")
        } else {
            Ok(())
        }
    }

    /// Fails with a reason if the worker does not lease tasks.
    pub fn readiness(&self) -> Result<(), String> {
        self.liveness()?;
        if self.signals.is_draining.load(Ordering::Relaxed) {
            return Err("draining".to_owned());
        }
        if self.is_service_reachable() {
            return Ok(());
        }
        let outage = lock(&self.signals.outage);
        let cause = if outage.is_empty() { String::new() } else { format!(": {outage}") };
        Err(format!("the service does not answer{cause}"))
    }

    /// Formats the metrics as `OpenMetrics` text.
    pub fn exposition(&self) -> String {
        self.metrics.service_reachable.set(self.is_service_reachable().into());
        let resident = memory::resident().and_then(|bytes| i64::try_from(bytes).ok());
        self.metrics.resident_memory.set(resident.unwrap_or(0));
        self.metrics.encode()
    }

    /// Returns whether the service responded recently and no later call failed to reach it.
    fn is_service_reachable(&self) -> bool {
        lock(&self.signals.outage).is_empty()
            && lock(&self.signals.service_answered).is_some_and(|time| time.elapsed() <= MAX_SERVICE_SILENCE)
    }

    pub(crate) fn service_answered(&self) {
        *lock(&self.signals.service_answered) = Some(Instant::now());
        lock(&self.signals.outage).clear();
    }

    pub(crate) fn service_unavailable(&self, cause: &str) {
        *lock(&self.signals.outage) =
            if cause.is_empty() { "no reason given".to_owned() } else { cause.to_owned() };
    }

    pub(crate) fn watchdog_checked(&self) {
        *lock(&self.signals.watchdog_checked) = Instant::now();
    }

    pub(crate) fn drain(&self) {
        self.signals.is_draining.store(true, Ordering::Relaxed);
    }

    pub(crate) fn require_restart(&self) {
        self.signals.is_restart_required.store(true, Ordering::Relaxed);
    }
}

fn lock<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use chancery_proto::worker::v1::PrintEnvironment;

    use super::HealthState;

    fn health() -> HealthState {
        HealthState::new(&PrintEnvironment { printer_version: "p1".into(), fonts_digest: "f1".into() })
    }

    #[test]
    fn a_worker_is_ready_from_the_first_answer_of_the_service_until_it_drains() {
        let health = health();
        assert_eq!(health.liveness(), Ok(()));
        assert_eq!(health.readiness().unwrap_err(), "the service does not answer");
        health.service_answered();
        assert_eq!(health.readiness(), Ok(()));
        health.service_unavailable("connection refused");
        assert_eq!(health.readiness().unwrap_err(), "the service does not answer: connection refused");
        assert!(health.liveness().is_ok());
        health.service_answered();
        health.drain();
        assert_eq!((health.liveness(), health.readiness()), (Ok(()), Err("draining".to_owned())));
    }

    #[test]
    fn a_worker_that_must_be_restarted_is_neither_live_nor_ready() {
        let health = health();
        health.service_answered();
        health.require_restart();
        assert!(health.liveness().is_err() && health.readiness().is_err());
    }

    #[test]
    fn metrics_contain_the_build_and_the_counters() {
        let health = health();
        health.service_answered();
        health.metrics.leases_acquired.inc_by(3);
        let text = health.exposition();
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
