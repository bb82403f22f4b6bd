//! Wake-ups for calls that wait for a task, a render's change, or an entry of the change log.
//!
//! A change made by this process wakes its own waiters at once, and is sent to the other processes by NOTIFY; their
//! notifications arrive on one connection. Wake-ups are hints: every waiter also polls at jittered intervals, so that
//! without NOTIFY everything is slower, but never stuck.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chancery_store::{Hint, Store};
use tokio::sync::futures::Notified;
use tokio::sync::{Notify, mpsc, watch};

use crate::shutdown::Shutdown;

/// Maximum number of unsent hints. Further hints are dropped, because waiters poll anyway.
const OUTBOX_CAPACITY: usize = 4096;

/// Maximum number of hints sent in one statement.
const HINT_BATCH: usize = 256;

/// Minimum and maximum pause before the listening connection is reopened.
const RECONNECT_PAUSE: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));

/// Poll interval of workers that wait for a task.
const TASK_POLL: Duration = Duration::from_millis(500);

/// Poll interval of calls that wait for a render: the first, and the longest that it grows to.
const RENDER_POLL: (Duration, Duration) = (Duration::from_millis(150), Duration::from_secs(1));

/// Wakes waiting calls. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Wakeups {
    shared: Arc<Shared>,
    outbox: mpsc::Sender<Hint>,
}

#[derive(Debug, Default)]
struct Shared {
    task_queued: Notify,
    change_logged: Notify,
    watched_tasks: Mutex<HashMap<String, watch::Sender<()>>>,
}

/// Watches one task for changes since this was created.
#[derive(Debug)]
pub struct TaskWatch {
    task: String,
    changes: Option<watch::Receiver<()>>,
    poll: Duration,
    shared: Arc<Shared>,
}

impl Wakeups {
    /// Creates wake-ups for this process, and the exchange of hints with others, which [`HintExchange::run`] runs.
    pub fn new() -> (Self, HintExchange) {
        let (outbox, hints) = mpsc::channel(OUTBOX_CAPACITY);
        let shared = Arc::new(Shared::default());
        (Self { shared: Arc::clone(&shared), outbox }, HintExchange { shared, hints })
    }

    /// Reports a queued task. The caller has committed it.
    pub fn task_queued(&self, task: &str) {
        self.shared.task_queued.notify_one();
        self.send(Hint::Queued(task.to_owned()));
    }

    /// Reports a task's change of state. The caller has committed it.
    pub fn task_changed(&self, task: &str) {
        self.shared.wake_watchers(task);
        self.send(Hint::Changed(task.to_owned()));
    }

    /// Reports a task that was leased and is queued again. The caller has committed it.
    pub fn task_requeued(&self, task: &str) {
        self.task_changed(task);
        self.task_queued(task);
    }

    /// Reports a task that was leased and is queued again for other workers: those that wait here are all woken, because
    /// the next one in turn may be the one that must not have it.
    pub fn task_left_to_others(&self, task: &str) {
        self.shared.task_queued.notify_waiters();
        self.task_requeued(task);
    }

    /// Reports a new entry of a change log. The caller has committed it.
    pub fn change_logged(&self) {
        self.shared.change_logged.notify_one();
        self.send(Hint::Logged);
    }

    /// Completes once a change was logged since the previous completion.
    pub fn next_change(&self) -> Notified<'_> {
        self.shared.change_logged.notified()
    }

    /// Wakes the next waiting worker, because more tasks may be queued than one worker leased.
    pub fn wake_next_worker(&self) {
        self.shared.task_queued.notify_one();
    }

    /// Completes once a task is queued after this call.
    pub fn next_task(&self) -> Notified<'_> {
        self.shared.task_queued.notified()
    }

    /// Returns the pause before a worker that waits for a task polls again.
    pub fn task_poll() -> Duration {
        jittered(TASK_POLL)
    }

    /// Watches a task.
    pub fn watch_task(&self, task: &str) -> TaskWatch {
        let mut watched = self.shared.watched_tasks();
        let sender = watched.entry(task.to_owned()).or_insert_with(|| watch::channel(()).0);
        let changes = Some(sender.subscribe());
        TaskWatch { task: task.to_owned(), changes, poll: RENDER_POLL.0, shared: Arc::clone(&self.shared) }
    }

    fn send(&self, hint: Hint) {
        if self.outbox.try_send(hint).is_err() {
            tracing::debug!("dropped a hint: the outbox is full");
        }
    }
}

impl TaskWatch {
    /// Waits until the task may have changed since the last call: on a hint, or at the next poll.
    pub async fn changed(&mut self) {
        let pause = jittered(self.poll);
        self.poll = (self.poll * 3 / 2).min(RENDER_POLL.1);
        let Some(changes) = &mut self.changes else { return tokio::time::sleep(pause).await };
        // Cannot fail: the sender stays in the map while this receiver lives.
        let _ = tokio::time::timeout(pause, changes.changed()).await;
    }
}

impl Drop for TaskWatch {
    fn drop(&mut self) {
        let mut watched = self.shared.watched_tasks();
        self.changes = None;
        if watched.get(&self.task).is_some_and(|sender| sender.receiver_count() == 0) {
            watched.remove(&self.task);
        }
    }
}

impl Shared {
    fn watched_tasks(&self) -> MutexGuard<'_, HashMap<String, watch::Sender<()>>> {
        self.watched_tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake_watchers(&self, task: &str) {
        if let Some(sender) = self.watched_tasks().get(task) {
            sender.send_replace(());
        }
    }

    fn wake_all(&self) {
        self.task_queued.notify_waiters();
        self.change_logged.notify_one();
        for sender in self.watched_tasks().values() {
            sender.send_replace(());
        }
    }

    fn receive(&self, hint: Hint) {
        match hint {
            Hint::Queued(_) => self.task_queued.notify_one(),
            Hint::Changed(task) => self.wake_watchers(&task),
            Hint::Logged => self.change_logged.notify_one(),
        }
    }
}

/// Exchanges hints with the other processes.
#[derive(Debug)]
pub struct HintExchange {
    shared: Arc<Shared>,
    hints: mpsc::Receiver<Hint>,
}

impl HintExchange {
    /// Sends and receives hints until the shutdown.
    pub async fn run(self, store: Store, shutdown: Shutdown) {
        tokio::select! {
            () = shutdown.begun() => {}
            () = receive_hints(&store, &self.shared) => {}
            () = send_hints(&store, self.hints) => {}
        }
    }
}

async fn send_hints(store: &Store, mut hints: mpsc::Receiver<Hint>) {
    let mut batch = Vec::new();
    while hints.recv_many(&mut batch, HINT_BATCH).await > 0 {
        let mut is_first = true;
        batch.retain(|hint| *hint != Hint::Logged || std::mem::take(&mut is_first));
        if let Err(error) = store.changes().notify(&batch).await {
            tracing::debug!(%error, hints = batch.len(), "could not send hints");
        }
        batch.clear();
    }
}

async fn receive_hints(store: &Store, shared: &Shared) {
    let mut pause = RECONNECT_PAUSE.0;
    loop {
        match listen(store, shared, &mut pause).await {
            Ok(()) => {}
            Err(error) => {
                tracing::warn!(%error, "lost the connection for hints; waiting calls poll until it is back");
            }
        }
        tokio::time::sleep(jittered(pause)).await;
        pause = (pause * 2).min(RECONNECT_PAUSE.1);
    }
}

async fn listen(store: &Store, shared: &Shared, pause: &mut Duration) -> chancery_store::Result<()> {
    let mut hints = store.changes().listen().await?;
    // Hints sent before this connection listened are lost.
    shared.wake_all();
    loop {
        let hint = hints.next().await?;
        *pause = RECONNECT_PAUSE.0;
        match hint {
            Some(hint) => shared.receive(hint),
            None => shared.wake_all(),
        }
    }
}

/// Varies a pause by up to a quarter, so that waiters that started together do not poll together.
fn jittered(pause: Duration) -> Duration {
    // Without random numbers all waiters poll at once, which costs time only.
    let random = getrandom::u32().unwrap_or(u32::MAX / 2);
    pause.mul_f64(0.75 + f64::from(random) / f64::from(u32::MAX) / 2.0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::Wakeups;

    const SOON: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn one_waiter_wakes_for_each_queued_task() {
        let (wakeups, _exchange) = Wakeups::new();
        let mut waiting = [Box::pin(wakeups.next_task()), Box::pin(wakeups.next_task())];
        for waiter in &mut waiting {
            waiter.as_mut().enable();
        }
        wakeups.task_queued("t");
        let [first, second] = waiting;
        timeout(SOON, first).await.unwrap();
        assert!(timeout(SOON, second).await.is_err());
    }

    #[tokio::test]
    async fn a_change_between_two_waits_is_not_missed() {
        let (wakeups, _exchange) = Wakeups::new();
        let mut watch = wakeups.watch_task("t");
        watch.poll = Duration::from_mins(1);
        wakeups.task_changed("t");
        timeout(SOON, watch.changed()).await.unwrap();
        assert!(timeout(SOON, watch.changed()).await.is_err());
    }

    #[tokio::test]
    async fn a_waiter_polls_without_a_hint() {
        let (wakeups, _exchange) = Wakeups::new();
        let mut watch = wakeups.watch_task("t");
        timeout(Duration::from_secs(2), watch.changed()).await.unwrap();
    }

    #[tokio::test]
    async fn a_task_without_watches_takes_no_memory() {
        let (wakeups, _exchange) = Wakeups::new();
        let watches = [wakeups.watch_task("t"), wakeups.watch_task("t")];
        drop(watches);
        assert!(wakeups.shared.watched_tasks().is_empty());
    }
}
