//! Wakes those who wait for a task or for a render's end.
//!
//! A change made by this process wakes its own waiters at once, and is told to the other processes by NOTIFY; what
//! they tell is heard on one connection. All of it is a hint: every waiter also looks by himself at jittered
//! intervals, so that with NOTIFY cut off things are slower, never stuck.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chancery_store::{Hint, Store};
use tokio::sync::futures::Notified;
use tokio::sync::{Notify, mpsc, watch};

use crate::shutdown::Shutdown;

/// Hints that wait to be told. More are dropped: whoever misses one looks by himself.
const OUTBOX: usize = 4096;

/// Hints that are told in one statement.
const AT_ONCE: usize = 256;

/// How long to wait before listening again, at least and at most.
const LISTEN_AGAIN: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));

/// How often who waits for a task looks by himself.
const TASK_POLL: Duration = Duration::from_millis(500);

/// How often who waits for a render looks by himself: at first, and when it takes long.
const RENDER_POLL: (Duration, Duration) = (Duration::from_millis(150), Duration::from_secs(1));

/// Wakes those who wait. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Wakeups {
    shared: Arc<Shared>,
    outbox: mpsc::Sender<Hint>,
}

#[derive(Debug, Default)]
struct Shared {
    queued: Notify,
    logged: Notify,
    watched: Mutex<HashMap<String, watch::Sender<()>>>,
}

/// Follows one task. Not seen changes count from the moment that this was made.
#[derive(Debug)]
pub struct TaskWatch {
    task: String,
    changes: Option<watch::Receiver<()>>,
    poll: Duration,
    shared: Arc<Shared>,
}

impl Wakeups {
    /// Wakes waiters of this process, and with [`Exchange::run`] those of others.
    pub fn new() -> (Self, Exchange) {
        let (outbox, hints) = mpsc::channel(OUTBOX);
        let shared = Arc::new(Shared::default());
        (Self { shared: Arc::clone(&shared), outbox }, Exchange { shared, hints })
    }

    /// A task was queued, and is committed.
    pub fn task_queued(&self, task: &str) {
        self.shared.queued.notify_one();
        self.tell(Hint::Queued(task.to_owned()));
    }

    /// A task's state changed, and is committed.
    pub fn task_changed(&self, task: &str) {
        self.shared.wake_watchers(task);
        self.tell(Hint::Changed(task.to_owned()));
    }

    /// Something was logged, and is committed.
    pub fn logged(&self) {
        self.shared.logged.notify_one();
        self.tell(Hint::Logged);
    }

    /// Is done when something was logged since the last call was done.
    pub fn next_log(&self) -> Notified<'_> {
        self.shared.logged.notified()
    }

    /// More tasks may wait than one waiter could take: the next one looks.
    pub fn pass_on(&self) {
        self.shared.queued.notify_one();
    }

    /// Is done when a task is queued after this call.
    pub fn next_task(&self) -> Notified<'_> {
        self.shared.queued.notified()
    }

    /// How long who waits for a task sleeps before he looks by himself.
    pub fn task_poll() -> Duration {
        jittered(TASK_POLL)
    }

    /// Follows a task.
    pub fn watch_task(&self, task: &str) -> TaskWatch {
        let mut watched = self.shared.watched();
        let sender = watched.entry(task.to_owned()).or_insert_with(|| watch::channel(()).0);
        let changes = Some(sender.subscribe());
        TaskWatch { task: task.to_owned(), changes, poll: RENDER_POLL.0, shared: Arc::clone(&self.shared) }
    }

    fn tell(&self, hint: Hint) {
        if self.outbox.try_send(hint).is_err() {
            tracing::debug!("a hint was dropped");
        }
    }
}

impl TaskWatch {
    /// Returns when the task may have changed since the last call: on a hint, or when it is time to look.
    pub async fn changed(&mut self) {
        let pause = jittered(self.poll);
        self.poll = (self.poll * 3 / 2).min(RENDER_POLL.1);
        let Some(changes) = &mut self.changes else { return tokio::time::sleep(pause).await };
        // An error cannot be: the sender stays in the map for as long as this receiver lives.
        let _ = tokio::time::timeout(pause, changes.changed()).await;
    }
}

impl Drop for TaskWatch {
    fn drop(&mut self) {
        let mut watched = self.shared.watched();
        self.changes = None;
        if watched.get(&self.task).is_some_and(|sender| sender.receiver_count() == 0) {
            watched.remove(&self.task);
        }
    }
}

impl Shared {
    fn watched(&self) -> MutexGuard<'_, HashMap<String, watch::Sender<()>>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake_watchers(&self, task: &str) {
        if let Some(sender) = self.watched().get(task) {
            sender.send_replace(());
        }
    }

    fn wake_everyone(&self) {
        self.queued.notify_waiters();
        self.logged.notify_one();
        for sender in self.watched().values() {
            sender.send_replace(());
        }
    }

    fn hear(&self, hint: Hint) {
        match hint {
            Hint::Queued(_) => self.queued.notify_one(),
            Hint::Changed(task) => self.wake_watchers(&task),
            Hint::Logged => self.logged.notify_one(),
        }
    }
}

/// Exchanges hints with the other processes.
#[derive(Debug)]
pub struct Exchange {
    shared: Arc<Shared>,
    hints: mpsc::Receiver<Hint>,
}

impl Exchange {
    /// Tells and listens until the shutdown.
    pub async fn run(self, store: Store, shutdown: Shutdown) {
        tokio::select! {
            () = shutdown.begun() => {}
            () = listen(&store, &self.shared) => {}
            () = tell(&store, self.hints) => {}
        }
    }
}

async fn tell(store: &Store, mut hints: mpsc::Receiver<Hint>) {
    let mut some = Vec::new();
    while hints.recv_many(&mut some, AT_ONCE).await > 0 {
        let mut is_first = true;
        some.retain(|hint| *hint != Hint::Logged || std::mem::take(&mut is_first));
        if let Err(error) = store.changes().notify(&some).await {
            tracing::debug!(%error, hints = some.len(), "hints were not sent");
        }
        some.clear();
    }
}

async fn listen(store: &Store, shared: &Shared) {
    let mut pause = LISTEN_AGAIN.0;
    loop {
        match hear(store, shared, &mut pause).await {
            Ok(()) => {}
            Err(error) => tracing::warn!(%error, "no hints are heard for now; waiters look by themselves"),
        }
        tokio::time::sleep(jittered(pause)).await;
        pause = (pause * 2).min(LISTEN_AGAIN.1);
    }
}

async fn hear(store: &Store, shared: &Shared, pause: &mut Duration) -> chancery_store::Result<()> {
    let mut hints = store.changes().listen().await?;
    // What happened while nobody listened was not heard.
    shared.wake_everyone();
    loop {
        let hint = hints.next().await?;
        *pause = LISTEN_AGAIN.0;
        match hint {
            Some(hint) => shared.hear(hint),
            None => shared.wake_everyone(),
        }
    }
}

/// A quarter more or less, so that those who began together do not look together.
fn jittered(pause: Duration) -> Duration {
    // Without a source of randomness everyone looks at once: worse, not wrong.
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
    async fn as_many_waiters_wake_as_tasks_are_queued() {
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
    async fn a_change_between_two_looks_is_not_missed() {
        let (wakeups, _exchange) = Wakeups::new();
        let mut watch = wakeups.watch_task("t");
        watch.poll = Duration::from_mins(1);
        wakeups.task_changed("t");
        timeout(SOON, watch.changed()).await.unwrap();
        assert!(timeout(SOON, watch.changed()).await.is_err());
    }

    #[tokio::test]
    async fn without_a_hint_who_waits_looks_by_himself() {
        let (wakeups, _exchange) = Wakeups::new();
        let mut watch = wakeups.watch_task("t");
        timeout(Duration::from_secs(2), watch.changed()).await.unwrap();
    }

    #[tokio::test]
    async fn nothing_is_kept_of_a_task_that_nobody_follows() {
        let (wakeups, _exchange) = Wakeups::new();
        let watches = [wakeups.watch_task("t"), wakeups.watch_task("t")];
        drop(watches);
        assert!(wakeups.shared.watched().is_empty());
    }
}
