//! Stuck prints, prints over the memory limit, and the recovery of the worker.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use chancery_worker::{MemoryLimit, RestartReason, RunError, Settings};

use crate::fake::{FakePrinter, FakeQueue, StepPrinter};
use crate::{LONG, Worker, settings};

const STUCK_AFTER: Duration = Duration::from_millis(400);

#[tokio::test]
async fn a_stuck_print_fails_and_its_slot_works_again() {
    for stuck in ["asleep", "spinning"] {
        let queue = FakeQueue::new(&[("t1", stuck), ("t2", "edition")]);
        let worker = Worker::start_with(
            &queue,
            FakePrinter,
            Settings { stuck_after: STUCK_AFTER, max_stuck_threads: 2, ..settings(1) },
        );
        queue.until(|state| state.uploaded.len() == 1).await;
        assert!(worker.health.liveness().is_ok() && worker.health.readiness().is_ok());
        worker.shows_metric("chancery_worker_stuck_threads 1").await;
        worker.shows_metric("chancery_worker_print_failures_total{reason=\"PRINTER_STUCK\"} 1").await;
        worker.stop().await;
        let failed = &queue.state().failed;
        assert_eq!(
            (failed.len(), failed[0].reason.as_str(), failed[0].retryable),
            (1, "PRINTER_STUCK", true)
        );
        assert!(failed[0].message.contains("400ms"), "{}", failed[0].message);
    }
}

#[tokio::test]
async fn with_too_many_stuck_threads_the_worker_exits_after_running_prints() {
    let queue = FakeQueue::new(&[("t1", "asleep"), ("t2", "endless")]);
    let worker = Worker::start_with(
        &queue,
        FakePrinter,
        Settings { stuck_after: STUCK_AFTER, max_stuck_threads: 1, ..settings(2) },
    );
    queue.until(|state| state.failed.len() == 1).await;
    queue.change(|state| state.queued.push_back(("t3".into(), "edition")));
    worker.shows_metric("chancery_worker_stuck_threads 1").await;
    while worker.health.liveness().is_ok() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(!worker.result.is_finished() && worker.health.readiness().is_err());
    queue.change(|state| state.lost.insert("t2".into()));
    let error = worker.exits_by_itself().await;
    assert!(matches!(error, RunError::RestartRequired(RestartReason::StuckThreads(1))), "{error}");
    assert_eq!(queue.state().queued.len(), 1, "no further task is leased");
}

#[tokio::test]
async fn a_print_that_hangs_over_its_deadline_fails_and_its_slot_works_again() {
    let queue = FakeQueue::new(&[("t1", "asleep")]);
    queue.change(|state| state.deadline = Some(Duration::from_millis(50)));
    let worker = Worker::start_with(
        &queue,
        FakePrinter,
        Settings { stuck_after: STUCK_AFTER, max_stuck_threads: 2, ..settings(1) },
    );
    queue.until(|state| state.failed.len() == 1).await;
    assert_eq!(queue.state().failed[0].reason, "DEADLINE_EXCEEDED");
    assert!(queue.state().failed[0].message.contains("50ms"));
    queue.change(|state| state.queued.push_back(("t2".into(), "edition")));
    queue.until(|state| state.uploaded.len() == 1).await;
    worker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_print_whose_lease_is_lost_stops_at_its_next_page() {
    let queue = FakeQueue::new(&[("t1", "steps")]);
    let (step, steps) = mpsc::channel();
    let (observed, observations) = mpsc::channel();
    let worker = Worker::start_with(&queue, StepPrinter { steps: Mutex::new(steps), observed }, settings(1));
    for page in 1..=3 {
        step.send(page).unwrap();
        assert_eq!(observations.recv().unwrap(), ControlFlow::Continue(()));
    }
    queue.change(|state| state.lost.insert("t1".into()));
    worker.shows_metric("chancery_worker_prints_total{result=\"lost\"} 1").await;
    // The job has ended, but its slot is busy until its thread is released.
    worker.shows_metric("chancery_worker_busy_slots 1").await;
    step.send(4).unwrap();
    assert_eq!(observations.recv().unwrap(), ControlFlow::Break(()));
    worker.shows_metric("chancery_worker_busy_slots 0").await;
    worker.stop().await;
}

/// A fake memory measurement, and a limit of 100 MiB on it.
fn memory() -> (Arc<AtomicU64>, Option<MemoryLimit>) {
    let bytes = Arc::new(AtomicU64::new(0));
    let measured = Arc::clone(&bytes);
    let resident = Arc::new(move || Some(measured.load(Ordering::Relaxed)));
    (bytes, Some(MemoryLimit { bytes: 100 << 20, resident }))
}

#[tokio::test]
async fn over_the_memory_limit_one_print_fails_and_the_others_continue() {
    let queue = FakeQueue::new(&[("t1", "endless"), ("t2", "endless"), ("t3", "endless")]);
    let (resident, memory) = memory();
    let worker =
        Worker::start_with(&queue, FakePrinter, Settings { memory, drain: Duration::ZERO, ..settings(3) });
    queue.until(|state| state.leased == 3 && !state.reports.is_empty()).await;
    resident.store(101 << 20, Ordering::Relaxed);
    queue.until(|state| state.failed.len() == 1).await;
    resident.store(0, Ordering::Relaxed);
    queue.change(|state| state.queued.push_back(("t4".into(), "edition")));
    queue.until(|state| state.uploaded.len() == 1).await;
    worker.stop().await;
    let state = queue.state();
    let failed = &state.failed[0];
    assert_eq!((failed.reason.as_str(), failed.retryable), ("OUT_OF_MEMORY_LIMIT", true));
    assert!(failed.message.contains("100 MiB"), "{}", failed.message);
    assert_eq!(state.released.len(), 3 - state.failed.len());
}

#[tokio::test]
async fn tasks_leased_while_over_the_memory_limit_are_released() {
    let queue = FakeQueue::new(&[]);
    let (resident, memory) = memory();
    let (checks, checked) = mpsc::channel();
    let measure = memory.unwrap().resident;
    let counted = move || {
        let resident = measure();
        checks.send(resident).unwrap();
        resident
    };
    let memory = Some(MemoryLimit { bytes: 100 << 20, resident: Arc::new(counted) });
    let worker = Worker::start_with(&queue, FakePrinter, Settings { memory, ..settings(1) });
    while queue.state().requested_leases.is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    resident.store(101 << 20, Ordering::Relaxed);
    // At the second check, the worker has acted on the first one.
    for _ in 0..2 {
        while checked.try_recv() != Ok(Some(101 << 20)) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    queue.change(|state| state.queued.push_back(("t1".into(), "edition")));
    queue.until(|state| !state.released.is_empty()).await;
    queue.change(|state| state.queued.push_back(("t2".into(), "edition")));
    resident.store(0, Ordering::Relaxed);
    queue.until(|state| state.uploaded.len() == 1).await;
    worker.stop().await;
    let state = queue.state();
    assert_eq!((state.released.as_slice(), state.failed.len()), (["t1".to_owned()].as_slice(), 0));
}

#[tokio::test]
async fn a_worker_over_its_memory_limit_with_nothing_to_print_exits() {
    let queue = FakeQueue::new(&[]);
    let (resident, memory) = memory();
    let worker = Worker::start_with(&queue, FakePrinter, Settings { memory, drain: LONG, ..settings(1) });
    worker.shows_metric("chancery_worker_slots 1").await;
    resident.store(101 << 20, Ordering::Relaxed);
    let error = worker.exits_by_itself().await;
    let expected = RestartReason::Memory { resident: 101 << 20, limit: 100 << 20 };
    assert!(matches!(&error, RunError::RestartRequired(why) if *why == expected), "{error}");
    assert!(error.to_string().contains("--max-memory-mb"));
}
