//! The worker's loop against a service in memory: no network, no fonts.
#![allow(
    clippy::unwrap_used,
    reason = "a test may fail by panicking, also in the functions that its tests share"
)]

mod fake;
mod limits;
mod process;

use std::time::{Duration, Instant};

use chancery_proto::worker::v1::PrintEnvironment;
use chancery_worker::{Printer, RunError, Settings, Vitals, run};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::fake::{FakePrinter, FakeQueue, sha256};

/// A worker that runs until it is told to stop.
struct Worker {
    stop: oneshot::Sender<()>,
    ended: JoinHandle<Result<(), RunError>>,
    vitals: Vitals,
}

impl Worker {
    fn start(queue: &FakeQueue, slots: u32, drain: Duration) -> Self {
        Self::start_with(queue, FakePrinter, Settings { drain, ..settings(slots) })
    }

    fn start_with(queue: &FakeQueue, printer: impl Printer, settings: Settings) -> Self {
        let (stop, stopped) = oneshot::channel();
        let queue = queue.clone();
        let vitals = Vitals::new(&PrintEnvironment::default());
        let told = vitals.clone();
        let ended = tokio::spawn(async move {
            let stopped = async { drop(stopped.await) };
            run(queue, printer, settings, told, stopped).await
        });
        Self { stop, ended, vitals }
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        tokio::time::timeout(Duration::from_secs(20), self.ended).await.unwrap().unwrap().unwrap();
    }

    /// Waits until it ends though nobody tells it to.
    async fn worn_out(self) -> RunError {
        let ended = tokio::time::timeout(Duration::from_secs(20), self.ended).await.unwrap().unwrap();
        ended.unwrap_err()
    }

    /// Waits until its metrics hold a line.
    async fn shows(&self, line: &str) {
        let shown = async {
            while !self.vitals.exposition().lines().any(|shown| shown == line) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let limit = Duration::from_secs(20);
        let is_shown = tokio::time::timeout(limit, shown).await.is_ok();
        assert!(is_shown, "no {line} in\n{}", self.vitals.exposition());
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
    // The texts as well, for services of an earlier version.
    assert_eq!((header.warnings, header.print_warnings), (vec!["a box".to_owned()], vec![fake::warning()]));
    assert_eq!((header.pages, header.lease.unwrap().task.as_str()), (2, "t1"));
    assert_eq!(header.environment.unwrap().printer_version, "p");
}

#[tokio::test]
async fn no_more_is_leased_than_there_are_free_slots() {
    let names: Vec<String> = (0..12).map(|number| format!("t{number}")).collect();
    let tasks: Vec<(&str, &'static str)> = names.iter().map(|name| (name.as_str(), "slow")).collect();
    let queue = FakeQueue::new(&tasks);
    let worker = Worker::start(&queue, 3, LONG);
    queue.until(|state| state.uploaded.len() == 12).await;
    worker.stop().await;
    assert_eq!(queue.state().most_leased, 3);
    assert!(queue.state().asked.iter().all(|asked| (1..=3).contains(asked)));
}

#[tokio::test]
async fn a_lost_lease_stops_its_print_and_no_other() {
    let queue = FakeQueue::new(&[("lost", "endless"), ("kept", "slow")]);
    queue.change(|state| state.lost.insert("lost".into()));
    let worker = Worker::start(&queue, 2, LONG);
    queue.until(|state| state.uploaded.len() == 1).await;
    // Its slot is free again.
    queue.change(|state| state.waiting.extend([("t3".into(), "edition"), ("t4".into(), "edition")]));
    queue.until(|state| state.uploaded.len() == 3).await;
    worker.stop().await;
    let state = queue.state();
    assert_eq!((state.failed.len(), state.released.len()), (0, 0));
    assert!(state.uploaded.iter().all(|(header, _)| header.lease.as_ref().unwrap().task != "lost"));
}

#[tokio::test]
async fn an_upload_that_finds_its_lease_lost_is_given_up() {
    let queue = FakeQueue::new(&[("lost", "edition"), ("kept", "edition")]);
    queue.change(|state| state.lost.insert("lost".into()));
    let worker = Worker::start(&queue, 1, LONG);
    queue.until(|state| state.uploaded.len() == 1).await;
    worker.stop().await;
    assert_eq!(queue.state().failed, []);
}

#[tokio::test]
async fn a_panic_fails_the_attempt_and_not_the_worker() {
    let queue = FakeQueue::new(&[("t1", "defect"), ("t2", "edition")]);
    let worker = Worker::start(&queue, 1, LONG);
    queue.until(|state| state.uploaded.len() == 1).await;
    worker.stop().await;
    let failed = &queue.state().failed;
    assert_eq!((failed.len(), failed[0].reason.as_str(), failed[0].retryable), (1, "PRINTER_PANICKED", true));
}

#[tokio::test]
async fn what_cannot_be_printed_fails_for_good() {
    let queue = FakeQueue::new(&[("t1", "unprintable")]);
    let worker = Worker::start(&queue, 1, LONG);
    queue.until(|state| state.failed.len() == 1).await;
    worker.stop().await;
    let failed = &queue.state().failed[0];
    assert_eq!((failed.reason.as_str(), failed.retryable), ("TOO_MANY_PAGES", false));
}

#[tokio::test]
async fn bytes_that_are_not_the_manifests_are_not_printed() {
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
async fn calls_are_repeated_while_the_service_is_away() {
    let queue = FakeQueue::new(&[("t1", "edition"), ("t2", "unprintable")]);
    queue.change(|state| {
        state.outages = [("acquire", 2), ("input", 2), ("upload", 2), ("fail", 2), ("renew", 1)].into();
    });
    let worker = Worker::start(&queue, 2, LONG);
    queue.until(|state| state.uploaded.len() == 1 && state.failed.len() == 1).await;
    worker.stop().await;
}

#[tokio::test]
async fn leases_are_renewed_and_progress_is_told_while_a_print_runs() {
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
async fn a_running_print_ends_before_the_worker_does() {
    let queue = FakeQueue::new(&[("t1", "slow"), ("t2", "edition")]);
    let worker = Worker::start(&queue, 1, LONG);
    queue.until(|state| state.leased == 1).await;
    // Until a report comes, the print may not have begun.
    queue.until(|state| !state.reports.is_empty()).await;
    worker.stop().await;
    let state = queue.state();
    assert_eq!((state.uploaded.len(), state.released.len(), state.waiting.len()), (1, 0, 1));
}

#[tokio::test]
async fn what_has_not_begun_and_what_runs_for_too_long_is_given_back() {
    let queue = FakeQueue::new(&[("t1", "never arrives"), ("t2", "endless")]);
    let worker = Worker::start(&queue, 2, Duration::from_millis(50));
    queue.until(|state| !state.reports.is_empty()).await;
    worker.stop().await;
    let state = queue.state();
    assert_eq!(state.released, ["t1", "t2"]);
    assert_eq!((state.failed.len(), state.leased), (0, 0));
}
