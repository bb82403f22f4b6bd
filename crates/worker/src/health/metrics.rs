//! The Prometheus metrics of the worker.

use std::time::Duration;

use chancery_proto::worker::v1::PrintEnvironment;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

/// Content type of [`Metrics::encode`].
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Buckets from a millisecond to the deadline of a task.
const PHASE_SECONDS: [f64; 14] =
    [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0];

type Label<V> = [(&'static str, V); 1];

/// Phases of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Compose,
    Layout,
    Write,
    Upload,
    /// From the lease to the end of the upload.
    Total,
}

impl Phase {
    const fn name(self) -> &'static str {
        match self {
            Self::Compose => "compose",
            Self::Layout => "layout",
            Self::Write => "write",
            Self::Upload => "upload",
            Self::Total => "total",
        }
    }
}

/// Outcomes of leases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PrintResult {
    Succeeded,
    Failed,
    Released,
    Lost,
}

impl PrintResult {
    const ALL: [Self; 4] = [Self::Succeeded, Self::Failed, Self::Released, Self::Lost];

    const fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Released => "released",
            Self::Lost => "lost",
        }
    }
}

/// The metrics of a worker.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    pub(crate) slots: Gauge,
    pub(crate) busy_slots: Gauge,
    pub(crate) leases_acquired: Counter,
    pub(crate) leases_lost_at_renewal: Counter,
    prints: Family<Label<&'static str>, Counter>,
    failures: Family<Label<String>, Counter>,
    seconds: Family<Label<&'static str>, Histogram>,
    pub(crate) pages: Counter,
    pub(crate) uploaded_bytes: Counter,
    pub(crate) stuck_threads: Gauge,
    pub(crate) threads_abandoned: Counter,
    pub(crate) service_reachable: Gauge,
    pub(crate) memory_limit: Gauge,
    pub(crate) resident_memory: Gauge,
}

impl Metrics {
    pub(crate) fn new(environment: &PrintEnvironment) -> Self {
        let metrics = Self {
            registry: Registry::default(),
            slots: Gauge::default(),
            busy_slots: Gauge::default(),
            leases_acquired: Counter::default(),
            leases_lost_at_renewal: Counter::default(),
            prints: Family::default(),
            failures: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(PHASE_SECONDS)),
            pages: Counter::default(),
            uploaded_bytes: Counter::default(),
            stuck_threads: Gauge::default(),
            threads_abandoned: Counter::default(),
            service_reachable: Gauge::default(),
            memory_limit: Gauge::default(),
            resident_memory: Gauge::default(),
        };
        // Counters start at zero, so that a rate includes the first print.
        for result in PrintResult::ALL {
            let _ = metrics.prints.get_or_create(&[("result", result.name())]);
        }
        metrics.register(environment)
    }

    fn register(mut self, environment: &PrintEnvironment) -> Self {
        let mut registry = Registry::default();
        let build = Info::new([
            ("version", env!("CARGO_PKG_VERSION").to_owned()),
            ("printer_version", environment.printer_version.clone()),
            ("fonts_digest", environment.fonts_digest.clone()),
        ]);
        let worker = registry.sub_registry_with_prefix("chancery_worker");
        worker.register("build", "Print environment of the worker", build);
        worker.register("slots", "Maximum number of concurrent prints", self.slots.clone());
        worker.register("busy_slots", "Leases held", self.busy_slots.clone());
        worker.register("leases_acquired", "Leases acquired", self.leases_acquired.clone());
        worker.register(
            "lease_renewals_lost",
            "Leases found lost at renewal",
            self.leases_lost_at_renewal.clone(),
        );
        worker.register("prints", "Finished leases by result", self.prints.clone());
        worker.register("print_failures", "Failed attempts by reason", self.failures.clone());
        let help = "Time of successful prints by phase; total is from the lease to the end of the upload";
        worker.register_with_unit("print", help, Unit::Seconds, self.seconds.clone());
        worker.register("pages_printed", "Pages of uploaded PDFs", self.pages.clone());
        worker.register_with_unit(
            "uploaded",
            "Bytes of uploaded PDFs",
            Unit::Bytes,
            self.uploaded_bytes.clone(),
        );
        worker.register(
            "stuck_threads",
            "Abandoned threads that have not exited",
            self.stuck_threads.clone(),
        );
        worker.register(
            "threads_abandoned",
            "Threads abandoned because their print made no progress",
            self.threads_abandoned.clone(),
        );
        worker.register(
            "service_reachable",
            "1 if the service answers, else 0",
            self.service_reachable.clone(),
        );
        let help = "Memory limit of the process; 0 for no limit";
        worker.register_with_unit("memory_limit", help, Unit::Bytes, self.memory_limit.clone());
        let help = "Resident memory of the process";
        registry.register_with_unit(
            "process_resident_memory",
            help,
            Unit::Bytes,
            self.resident_memory.clone(),
        );
        self.registry = registry;
        self
    }

    pub(crate) fn count_print(&self, result: PrintResult) {
        self.prints.get_or_create(&[("result", result.name())]).inc();
    }

    pub(crate) fn count_failure(&self, reason: &str) {
        self.count_print(PrintResult::Failed);
        self.failures.get_or_create(&[("reason", reason.to_owned())]).inc();
    }

    pub(crate) fn observe_phase(&self, phase: Phase, time: Duration) {
        self.seconds.get_or_create(&[("phase", phase.name())]).observe(time.as_secs_f64());
    }

    /// Encodes the metrics as `OpenMetrics` text.
    pub(crate) fn encode(&self) -> String {
        let mut text = String::new();
        // Writing to a String does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
