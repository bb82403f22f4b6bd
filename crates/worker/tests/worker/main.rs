//! The worker loop against a service in memory, without a network or fonts.
#![allow(
    clippy::unwrap_used,
    reason = "a test may fail by panicking, also in the functions that its tests share"
)]

mod configuration;
mod fake;
mod limits;
mod process;

use std::time::{Duration, Instant};

use chancery_proto::worker::v1::PrintEnvironment;
use chancery_worker::{HealthState, Printer, RunError, Settings, run};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::fake::{FakePrinter, FakeQueue, sha256};

/// A running worker.
struct Worker {
    stop: oneshot::Sender<()>,
    result: JoinHandle<Result<(), RunError>>,
    health: HealthState,
}

impl Worker {
    fn start(queue: &FakeQueue, slots: u32, drain: Duration) -> Self {
        Self::start_with(queue, FakePrinter, Settings { drain, ..settings(slots) })
    }

    fn start_with(queue: &FakeQueue, printer: impl Printer, settings: Settings) -> Self {
        let (stop, stopped) = oneshot::channel();
        let queue = queue.clone();
        let health = HealthState::new(&PrintEnvironment::default());
        let state = health.clone();
        let result = tokio::spawn(async move {
            let stopped = async { drop(stopped.await) };
            run(queue, printer, settings, state, stopped).await
        });
        Self { stop, result, health }
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        tokio::time::timeout(Duration::from_secs(20), self.result).await.unwrap().unwrap().unwrap();
    }

    /// Waits for the worker to exit by itself.
    async fn exits_by_itself(self) -> RunError {
        let result = tokio::time::timeout(Duration::from_secs(20), self.result).await.unwrap().unwrap();
        result.unwrap_err()
    }

    /// Waits until the metrics contain a line.
    async fn shows_metric(&self, line: &str) {
        let shown = async {
            while !self.health.exposition().lines().any(|shown| shown == line) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let limit = Duration::from_secs(20);
        let is_shown = tokio::time::timeout(limit, shown).await.is_ok();
        assert!(is_shown, "no {line} in\n{}", self.health.exposition());
    }
}

fn settings(slots: u32) -> Settings {
    Settings {
        name: "test".into(),
        slots,
        renew_every: Duration::from_millis(20),
        drain: LONG,
        stuck_after: LONG,
        max_stuck_threads: slots,
        memory: None,
    }
}

const LONG: Duration = Duration::from_mins(1);

#[tokio::test]
async fn a_task_is_printed_and_uploaded_under_its_lease() {
    let queue = FakeQueue::new(&[("t1", "edition")]);
    let worker = Worker::start(&queue, 2, LONG);
    queue.until(|state| state.uploaded.len() == 1).await;
    worker.stop().await;
    let (header, bytes) = queue.state().uploaded[0].clone();
    assert_eq!(bytes, "%PDF of edition");
    assert_eq!((header.sha256, header.size_bytes), (sha256(&bytes), bytes.len() as u64));
    // The texts alone as well, for services of an earlier version.
    assert_eq!((header.warnings, header.print_warnings), (vec!["a box".to_owned()], vec![fake::warning()]));
    assert_eq!((header.pages, header.lease.unwrap().task.as_str()), (2, "t1"));
    assert_eq!(header.environment.unwrap().printer_version, "p");
}

#[tokio::test]
async fn no_more_tasks_are_leased_than_slots_are_free() {
    let names: Vec<String> = (0..12).map(|number| format!("t{number}")).collect();
    let tasks: Vec<(&str, &'static str)> = names.iter().map(|name| (name.as_str(), "slow")).collect();
    let queue = FakeQueue::new(&tasks);
    let worker = Worker::start(&queue, 3, LONG);
    queue.until(|state| state.uploaded.len() == 12).await;
    worker.stop().await;
    assert_eq!(queue.state().most_leased, 3);
    assert!(queue.state().requested_leases.iter().all(|requested| (1..=3).contains(requested)));
}

#[tokio::test]
async fn a_lost_lease_stops_only_its_own_print() {
    let queue = FakeQueue::new(&[("lost", "endless"), ("other", "slow")]);
    queue.change(|state| state.lost.insert("lost".into()));
    let worker = Worker::start(&queue, 2, LONG);
    queue.until(|state| state.uploaded.len() == 1).await;
    // Its slot is free again.
    queue.change(|state| state.queued.extend([("t3".into(), "edition"), ("t4".into(), "edition")]));
    queue.until(|state| state.uploaded.len() == 3).await;
    worker.stop().await;
    let state = queue.state();
    assert_eq!((state.failed.len(), state.released.len()), (0, 0));
    assert!(state.uploaded.iter().all(|(header, _)| header.lease.as_ref().unwrap().task != "lost"));
}

#[tokio::test]
async fn an_upload_under_a_lost_lease_is_dropped() {
    let queue = FakeQueue::new(&[("lost", "edition"), ("other", "edition")]);
    queue.change(|state| state.lost.insert("lost".into()));
    let worker = Worker::start(&queue, 1, LONG);
    queue.until(|state| state.uploaded.len() == 1).await;
    worker.stop().await;
    assert_eq!(queue.state().failed, []);
}

#[tokio::test]
async fn a_panic_fails_the_attempt_but_not_the_worker() {
    let queue = FakeQueue::new(&[("t1", "defect"), ("t2", "edition")]);
    let worker = Worker::start(&queue, 1, LONG);
    queue.until(|state| state.uploaded.len() == 1).await;
    worker.stop().await;
    let failed = &queue.state().failed;
    assert_eq!((failed.len(), failed[0].reason.as_str(), failed[0].retryable), (1, "PRINTER_PANICKED", true));
}

#[tokio::test]
async fn an_unprintable_input_fails_permanently() {
    let queue = FakeQueue::new(&[("t1", "unprintable")]);
    let worker = Worker::start(&queue, 1, LONG);
    queue.until(|state| state.failed.len() == 1).await;
    worker.stop().await;
    let failed = &queue.state().failed[0];
    assert_eq!((failed.reason.as_str(), failed.retryable), ("TOO_MANY_PAGES", false));
}

#[tokio::test]
async fn an_input_with_another_digest_than_its_manifest_is_not_printed() {
    let queue = FakeQueue::new(&[("t1", "damaged")]);
    let worker = Worker::start(&queue, 1, LONG);
    queue.until(|state| state.failed.len() == 1).await;
    worker.stop().await;
    assert_eq!(queue.state().failed[0].reason, "INPUT_DIGEST_MISMATCH");
    assert!(queue.state().uploaded.is_empty());
}

#[tokio::test]
async fn a_print_over_its_deadline_is_stopped_and_fails() {
    let queue = FakeQueue::new(&[("t1", "endless")]);
    queue.change(|state| state.deadline = Some(Duration::from_millis(50)));
    let worker = Worker::start(&queue, 1, LONG);
    queue.until(|state| state.failed.len() == 1).await;
    worker.stop().await;
    assert_eq!(queue.state().failed[0].reason, "DEADLINE_EXCEEDED");
}

#[tokio::test]
async fn calls_are_retried_while_the_service_is_unavailable() {
    let queue = FakeQueue::new(&[("t1", "edition"), ("t2", "unprintable")]);
    queue.change(|state| {
        state.outages = [("acquire", 2), ("input", 2), ("upload", 2), ("fail", 2), ("renew", 1)].into();
    });
    let worker = Worker::start(&queue, 2, LONG);
    queue.until(|state| state.uploaded.len() == 1 && state.failed.len() == 1).await;
    worker.stop().await;
}

#[tokio::test]
async fn leases_are_renewed_and_progress_is_reported_during_a_print() {
    let queue = FakeQueue::new(&[("t1", "endless")]);
    let worker = Worker::start(&queue, 1, Duration::ZERO);
    let started = Instant::now();
    queue.until(|state| state.renewals >= 3 && state.reports.len() >= 3).await;
    let reports = u128::try_from(queue.state().reports.len()).unwrap();
    let elapsed = started.elapsed();
    assert!(reports <= 1 + elapsed.as_millis() / 200, "{reports} reports in {elapsed:?}");
    worker.stop().await;
}

#[tokio::test]
async fn a_running_print_finishes_before_the_worker_exits() {
    let queue = FakeQueue::new(&[("t1", "slow"), ("t2", "edition")]);
    let worker = Worker::start(&queue, 1, LONG);
    queue.until(|state| state.leased == 1).await;
    // Until a report comes, the print may not have begun.
    queue.until(|state| !state.reports.is_empty()).await;
    worker.stop().await;
    let state = queue.state();
    assert_eq!((state.uploaded.len(), state.released.len(), state.queued.len()), (1, 0, 1));
}

#[tokio::test]
async fn tasks_that_have_not_started_or_outlast_the_drain_time_are_released() {
    let queue = FakeQueue::new(&[("t1", "never arrives"), ("t2", "endless")]);
    let worker = Worker::start(&queue, 2, Duration::from_millis(50));
    queue.until(|state| !state.reports.is_empty()).await;
    worker.stop().await;
    let state = queue.state();
    assert_eq!(state.released, ["t1", "t2"]);
    assert_eq!((state.failed.len(), state.leased), (0, 0));
}
