//! Threads to print on. Printing takes whole seconds of a core and never waits, so it stays off tokio's threads.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::sync::oneshot;

type Work = Box<dyn FnOnce() + Send>;

/// A print panicked. The thread lives on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Panicked;

/// A fixed number of threads. They end when the press is dropped and their work is done.
#[derive(Debug, Clone)]
pub(crate) struct Press {
    work: Sender<Work>,
}

impl Press {
    /// Starts the threads.
    pub(crate) fn start(threads: usize) -> io::Result<Self> {
        let (work, waiting) = channel::<Work>();
        let waiting = Arc::new(Mutex::new(waiting));
        for number in 0..threads {
            let waiting = Arc::clone(&waiting);
            // Content nests; the default of 2 MiB leaves little room over the deepest layout.
            let builder = thread::Builder::new().name(format!("print-{number}")).stack_size(8 << 20);
            builder.spawn(move || work_for_ever(&waiting))?;
        }
        Ok(Self { work })
    }

    /// Does the work on one of the threads.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Panicked> {
        let (answer, answered) = oneshot::channel();
        let work: Work = Box::new(move || {
            // What the work captured is gone with it; nobody sees it half changed.
            let done = catch_unwind(AssertUnwindSafe(work)).map_err(|_| Panicked);
            // Nobody waits any more when the worker is stopping.
            let _ = answer.send(done);
        });
        // Both can only fail when every thread is gone, and they end with the press alone.
        self.work.send(work).map_err(|_| Panicked)?;
        answered.await.unwrap_or(Err(Panicked))
    }
}

fn work_for_ever(waiting: &Mutex<Receiver<Work>>) {
    loop {
        // Held while waiting: the other threads queue up behind the lock instead of at the channel.
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(work) => work(),
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::{Panicked, Press};

    #[tokio::test]
    async fn work_is_done_on_a_thread_of_the_press() {
        let press = Press::start(2).unwrap();
        let name = press.run(|| thread::current().name().map(str::to_owned)).await.unwrap();
        assert!(name.is_some_and(|name| name.starts_with("print-")));
    }

    #[tokio::test]
    async fn a_panic_is_answered_and_the_thread_lives_on() {
        let press = Press::start(1).unwrap();
        assert_eq!(press.run(|| panic!("as the test wants")).await, Err::<(), _>(Panicked));
        assert_eq!(press.run(|| 7).await, Ok(7));
    }
}
