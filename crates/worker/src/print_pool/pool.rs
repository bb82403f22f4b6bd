//! The threads that print. Printing keeps a core busy for seconds without waiting, so it stays off tokio's threads.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use chancery_print::activity;
use chancery_proto::render::v1::RenderPhase;
use tokio::sync::{oneshot, watch};

use crate::printing::printer::Progress;

/// Stack of a print thread: nested content leaves little of the default of 2 MiB.
const PRINT_STACK_BYTES: usize = 8 << 20;

/// A fixed number of print threads. They exit when the pool is dropped and their tasks are done. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct PrintPool {
    tasks: Sender<QueuedTask>,
    shared: Arc<Shared>,
}

/// Why a task has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TaskError {
    /// The task panicked. Its thread continues with other tasks.
    Panicked,
    /// The task made no progress for too long. Its thread cannot be stopped; another has replaced it.
    Stuck,
    /// The process is over its memory limit, and this was the largest task. The caller must stop it.
    OverMemory,
}

/// Signs of life that a task gives to the watchdog.
#[derive(Debug, Default)]
pub(crate) struct Heartbeat {
    /// Counts reported progress, and the printer's work between reports.
    count: Arc<AtomicU64>,
    pages: AtomicU32,
    is_writing: AtomicBool,
}

impl Heartbeat {
    /// Records that the task makes progress.
    pub(crate) fn record(&self, progress: Progress) {
        self.pages.store(progress.pages, Ordering::Relaxed);
        self.is_writing.store(progress.phase == RenderPhase::Write, Ordering::Relaxed);
        self.count.fetch_add(1, Ordering::Relaxed);
    }
}

/// The decision of the pool about a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    Continue,
    Stop,
    Abandon,
}

struct QueuedTask {
    run: Box<dyn FnOnce(&Heartbeat) + Send>,
    decision: watch::Sender<Decision>,
}

/// A task that runs on a thread.
#[derive(Debug)]
struct RunningTask {
    heartbeat: Arc<Heartbeat>,
    last_count: u64,
    without_progress: Duration,
    decision: watch::Sender<Decision>,
}

/// The state that the threads share.
#[derive(Debug)]
struct Shared {
    queued: Mutex<Receiver<QueuedTask>>,
    running: Mutex<BTreeMap<u64, RunningTask>>,
    tasks_started: AtomicU64,
    threads_started: AtomicUsize,
    abandoned: AtomicUsize,
}

/// The handle of a spawned task.
#[derive(Debug)]
pub(crate) struct PoolTask<T> {
    result: oneshot::Receiver<Result<T, TaskError>>,
    decision: watch::Receiver<Decision>,
}

impl PrintPool {
    /// Starts the threads.
    pub(crate) fn start(threads: usize) -> io::Result<Self> {
        let (tasks, queued) = channel::<QueuedTask>();
        let shared = Arc::new(Shared {
            queued: Mutex::new(queued),
            running: Mutex::default(),
            tasks_started: AtomicU64::new(0),
            threads_started: AtomicUsize::new(0),
            abandoned: AtomicUsize::new(0),
        });
        for _ in 0..threads {
            start_thread(&shared)?;
        }
        Ok(Self { tasks, shared })
    }

    /// Runs a task on a thread of the pool.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        task: impl FnOnce(&Heartbeat) -> T + Send + 'static,
    ) -> PoolTask<T> {
        let (result_sender, result) = oneshot::channel();
        let (decision_sender, decision) = watch::channel(Decision::Continue);
        let run: Box<dyn FnOnce(&Heartbeat) + Send> = Box::new(move |heartbeat| {
            // The job ended before a thread was free.
            if result_sender.is_closed() {
                return;
            }
            // Unwind-safe: a panic drops everything that the task captured, so that nothing sees it half changed.
            let result = catch_unwind(AssertUnwindSafe(|| task(heartbeat))).map_err(|_| TaskError::Panicked);
            // Fails if the job ended before its print.
            let _ = result_sender.send(result);
        });
        // Fails only if all threads are gone, which drops the sender of the result.
        let _ = self.tasks.send(QueuedTask { run, decision: decision_sender });
        PoolTask { result, decision }
    }

    /// Abandons the threads of tasks without progress for `limit`, starts replacements and returns their number. Called
    /// periodically with the time since the previous call.
    ///
    /// # Errors
    /// A thread could not be started, so that the pool has one thread less.
    pub(crate) fn abandon_stuck(&self, elapsed: Duration, limit: Duration) -> io::Result<usize> {
        let stuck = self.shared.take_stuck(elapsed, limit);
        for task in &stuck {
            self.shared.abandoned.fetch_add(1, Ordering::Relaxed);
            task.decision.send_replace(Decision::Abandon);
        }
        for _ in &stuck {
            start_thread(&self.shared)?;
        }
        Ok(stuck.len())
    }

    /// Stops the task with the most pages and returns whether there was one. Stops one task at a time, and none that
    /// writes its file, because writing does not observe the request.
    pub(crate) fn stop_largest(&self) -> bool {
        let running = self.shared.running();
        let is_one_stopping = running.values().any(|task| *task.decision.borrow() == Decision::Stop);
        let can_stop = running.iter().filter(|(_, task)| !task.heartbeat.is_writing.load(Ordering::Relaxed));
        // Memory grows with pages. Among tasks with equally many, the oldest is likely the largest.
        let largest = can_stop
            .max_by_key(|(number, task)| (task.heartbeat.pages.load(Ordering::Relaxed), Reverse(**number)));
        match largest.filter(|_| !is_one_stopping) {
            Some((_, task)) => {
                task.decision.send_replace(Decision::Stop);
                true
            }
            None => false,
        }
    }

    /// Returns whether no task runs.
    pub(crate) fn is_idle(&self) -> bool {
        self.shared.running().is_empty()
    }

    /// Returns the number of abandoned threads that have not exited.
    pub(crate) fn abandoned(&self) -> usize {
        self.shared.abandoned.load(Ordering::Relaxed)
    }
}

impl<T> PoolTask<T> {
    /// Waits for the result, or for the decision that there will be none.
    pub(crate) async fn result(&mut self) -> Result<T, TaskError> {
        tokio::select! {
            biased;
            result = &mut self.result => result.unwrap_or(Err(TaskError::Panicked)),
            error = stopped_or_abandoned(&mut self.decision) => Err(error),
        }
    }

    /// Returns once the thread is free for other tasks, or has been replaced.
    pub(crate) async fn thread_released(mut self) {
        while *self.decision.borrow_and_update() != Decision::Abandon && self.decision.changed().await.is_ok()
        {
        }
    }
}

/// Returns once the pool decides to stop or abandon the task; never for a task that has finished.
async fn stopped_or_abandoned(decision: &mut watch::Receiver<Decision>) -> TaskError {
    let decision =
        decision.wait_for(|decision| *decision != Decision::Continue).await.map(|decision| *decision);
    match decision {
        Ok(Decision::Stop) => TaskError::OverMemory,
        Ok(_) => TaskError::Stuck,
        Err(_) => std::future::pending().await,
    }
}

impl Shared {
    fn running(&self) -> MutexGuard<'_, BTreeMap<u64, RunningTask>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_stuck(&self, elapsed: Duration, limit: Duration) -> Vec<RunningTask> {
        let mut running = self.running();
        for task in running.values_mut() {
            let count = task.heartbeat.count.load(Ordering::Relaxed);
            let has_progress = std::mem::replace(&mut task.last_count, count) != count;
            task.without_progress =
                if has_progress { Duration::ZERO } else { task.without_progress + elapsed };
        }
        running.extract_if(.., |_, task| task.without_progress >= limit).map(|(_, task)| task).collect()
    }

    /// Runs a task; returns false if it was abandoned meanwhile, in which case the thread has been replaced.
    fn run_task(&self, task: QueuedTask) -> bool {
        let number = self.tasks_started.fetch_add(1, Ordering::Relaxed);
        let heartbeat = Arc::new(Heartbeat::default());
        let running = RunningTask {
            heartbeat: Arc::clone(&heartbeat),
            last_count: 0,
            without_progress: Duration::ZERO,
            decision: task.decision,
        };
        self.running().insert(number, running);
        activity::counted(Arc::clone(&heartbeat.count), || (task.run)(&heartbeat));
        let is_kept = self.running().remove(&number).is_some();
        if !is_kept {
            self.abandoned.fetch_sub(1, Ordering::Relaxed);
        }
        is_kept
    }
}

fn start_thread(shared: &Arc<Shared>) -> io::Result<()> {
    let number = shared.threads_started.fetch_add(1, Ordering::Relaxed);
    let shared = Arc::clone(shared);
    let builder = thread::Builder::new().name(format!("print-{number}")).stack_size(PRINT_STACK_BYTES);
    builder.spawn(move || run_tasks(&shared)).map(drop)
}

fn run_tasks(shared: &Shared) {
    loop {
        // Holds the lock while it waits, so that the other threads wait for the lock instead of the channel.
        let task = shared.queued.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(task) = task else { return };
        if !shared.run_task(task) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::thread;
    use std::time::Duration;

    use chancery_proto::render::v1::RenderPhase;

    use super::{PrintPool, TaskError};
    use crate::printing::printer::Progress;

    const SECOND: Duration = Duration::from_secs(1);

    fn page(pages: u32) -> Progress {
        Progress { phase: RenderPhase::Layout, pages }
    }

    #[tokio::test]
    async fn tasks_run_on_threads_of_the_pool() {
        let pool = PrintPool::start(2).unwrap();
        let name = pool.spawn(|_| thread::current().name().map(str::to_owned)).result().await.unwrap();
        assert!(name.is_some_and(|name| name.starts_with("print-")));
    }

    #[tokio::test]
    async fn a_thread_survives_a_panic() {
        let pool = PrintPool::start(1).unwrap();
        assert_eq!(
            pool.spawn(|_| panic!("expected by the test")).result().await,
            Err::<(), _>(TaskError::Panicked)
        );
        assert_eq!(pool.spawn(|_| 7).result().await, Ok(7));
    }

    #[tokio::test]
    async fn a_stuck_task_is_abandoned_and_its_thread_replaced() {
        let pool = PrintPool::start(1).unwrap();
        let (begun, has_begun) = channel();
        let (wake, woken) = channel::<()>();
        let mut stuck = pool.spawn(move |_| {
            begun.send(()).unwrap();
            woken.recv().ok();
        });
        has_begun.recv().unwrap();
        assert_eq!(pool.abandon_stuck(SECOND, 2 * SECOND).unwrap(), 0);
        assert_eq!(pool.abandon_stuck(SECOND, 2 * SECOND).unwrap(), 1);
        assert_eq!(stuck.result().await, Err(TaskError::Stuck));
        stuck.thread_released().await;
        assert_eq!(pool.abandoned(), 1);
        assert_eq!(pool.spawn(|_| 7).result().await, Ok(7));
        // When the abandoned task returns after all, its thread exits.
        wake.send(()).unwrap();
        while pool.abandoned() > 0 {
            thread::yield_now();
        }
    }

    #[tokio::test]
    async fn a_task_with_heartbeats_is_not_abandoned() {
        let pool = PrintPool::start(1).unwrap();
        let (step, steps) = channel();
        let (stepped, has_stepped) = channel();
        let mut task = pool.spawn(move |heartbeat| {
            for pages in steps {
                heartbeat.record(page(pages));
                stepped.send(()).unwrap();
            }
        });
        for pages in 0..5 {
            step.send(pages).unwrap();
            has_stepped.recv().unwrap();
            assert_eq!(pool.abandon_stuck(SECOND, SECOND).unwrap(), 0);
        }
        drop(step);
        assert_eq!(task.result().await, Ok(()));
    }

    #[tokio::test]
    async fn the_largest_task_that_is_not_writing_stops_one_at_a_time() {
        let pool = PrintPool::start(3).unwrap();
        let (begun, has_begun) = channel();
        let mut tasks = Vec::new();
        let mut ends = Vec::new();
        for (phase, pages) in [(RenderPhase::Layout, 3), (RenderPhase::Layout, 9), (RenderPhase::Write, 90)] {
            let (end, ended) = channel::<()>();
            let begun = begun.clone();
            tasks.push(pool.spawn(move |heartbeat| {
                heartbeat.record(Progress { phase, pages });
                begun.send(()).unwrap();
                ended.recv().ok();
            }));
            ends.push(end);
        }
        for _ in 0..3 {
            has_begun.recv().unwrap();
        }
        assert!(pool.stop_largest());
        assert_eq!(tasks[1].result().await, Err(TaskError::OverMemory));
        assert!(!pool.stop_largest(), "the stopped task has not finished");
        ends.remove(1);
        tasks.remove(1).thread_released().await;
        assert!(pool.stop_largest());
        assert_eq!(tasks[0].result().await, Err(TaskError::OverMemory));
        ends.clear();
        assert_eq!(tasks[1].result().await, Ok(()));
    }
}
