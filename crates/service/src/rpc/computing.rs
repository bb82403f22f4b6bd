//! Work that takes milliseconds of CPU time: on threads of its own with a low priority, so that calls that take little do not
//! wait for it.

use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};

use rustix::process::nice;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::{Semaphore, SemaphorePermit};
use tonic::Status;

use crate::rpc::errors::internal;

/// Size of a message, in bytes, whose decoding takes so long.
const LONG_MESSAGE: usize = 8 << 10;

/// How much lower the priority of the threads is (nice(2)).
const NICENESS: i32 = 10;

/// Half of the processors: the other half is for everything else.
static PROCESSORS: LazyLock<usize> =
    LazyLock::new(|| (std::thread::available_parallelism().map_or(1, usize::from) / 2).max(1));

/// Work waits for this instead of a thread: a caller that cancels its call leaves this queue, but not that of the threads.
static ROOM: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(*PROCESSORS));

/// A runtime of which only the threads for blocking work are used.
static THREADS: LazyLock<Runtime> = LazyLock::new(|| {
    let threads = Builder::new_current_thread()
        .max_blocking_threads(*PROCESSORS)
        .thread_name("computing")
        .on_thread_start(|| {
            // Without it, the work takes more from other calls, no more than that.
            let _ = nice(NICENESS);
        })
        .build();
    threads.expect("a runtime without drivers needs nothing that can fail")
});

async fn room() -> SemaphorePermit<'static> {
    ROOM.acquire().await.expect("the semaphore is never closed")
}

/// Does some work.
///
/// # Errors
/// `INTERNAL` if it panics.
pub(crate) async fn computed<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Status> {
    let room = room().await;
    let done = THREADS.spawn_blocking(move || {
        let _room = room;
        work()
    });
    done.await.map_err(|panic| internal(&panic))
}

/// Makes a call whose request of `size` bytes has arrived. A call decodes its request when it is first polled; if that is
/// long, it happens here.
///
/// # Panics
/// If the call does.
pub(crate) async fn called<F>(size: usize, call: F) -> F::Output
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    if size < LONG_MESSAGE { call.await } else { begun(call).await }
}

/// Polls a future here for the first time, which does its work, and then where the caller is.
///
/// # Panics
/// If the future does.
pub(crate) async fn begun<F>(call: F) -> F::Output
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    let room = room().await;
    let waker = std::future::poll_fn(|context| Poll::Ready(context.waker().clone())).await;
    let mut begun = Begun { call: Some(Box::pin(call)), response: None, runtime: Handle::current() };
    let polled = THREADS.spawn_blocking(move || {
        let _room = room;
        begun.poll(&waker);
        begun
    });
    match polled.await {
        Ok(mut begun) => match (begun.response.take(), begun.call.take()) {
            (None, Some(call)) => call.await,
            (response, _) => response.expect("a call that is not pending has returned"),
        },
        Err(error) => match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(cancelled) => unreachable!("nothing cancels the work: {cancelled}"),
        },
    }
}

/// A call that is polled on another thread than its runtime's. What it drops there may start tasks, such as one that returns
/// a database connection, so that it is dropped within its runtime, too: also when its caller has left meanwhile.
struct Begun<F: Future> {
    call: Option<Pin<Box<F>>>,
    response: Option<F::Output>,
    runtime: Handle,
}

impl<F: Future> Begun<F> {
    fn poll(&mut self, waker: &Waker) {
        let _entered = self.runtime.enter();
        if let Some(call) = &mut self.call
            && let Poll::Ready(response) = call.as_mut().poll(&mut Context::from_waker(waker))
        {
            self.response = Some(response);
        }
    }
}

impl<F: Future> Drop for Begun<F> {
    fn drop(&mut self) {
        let _entered = self.runtime.enter();
        self.response = None;
        self.call = None;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::{LONG_MESSAGE, called};

    /// Spawns a task when it is dropped.
    struct SpawnsOnDrop(Option<mpsc::Sender<()>>);

    impl Drop for SpawnsOnDrop {
        fn drop(&mut self) {
            let ran = self.0.take().unwrap();
            tokio::spawn(async move { ran.send(()).unwrap() });
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_call_that_is_cancelled_while_it_decodes_is_dropped_in_its_runtime() {
        let (ran, has_run) = mpsc::channel();
        let (started, has_started) = mpsc::channel();
        let (proceed, may_proceed) = mpsc::channel();
        let call = tokio::spawn(called(LONG_MESSAGE, async move {
            let _dropped = SpawnsOnDrop(Some(ran));
            started.send(()).unwrap();
            may_proceed.recv().unwrap();
            std::future::pending::<()>().await;
        }));
        let waiting = tokio::task::spawn_blocking(move || has_started.recv_timeout(Duration::from_secs(5)));
        waiting.await.unwrap().expect("the call is polled");
        call.abort();
        assert!(call.await.unwrap_err().is_cancelled());
        proceed.send(()).unwrap();
        let waiting = tokio::task::spawn_blocking(move || has_run.recv_timeout(Duration::from_secs(5)));
        waiting.await.unwrap().expect("the task that its end started runs");
    }

    #[tokio::test]
    async fn calls_return_their_response_now_or_later() {
        assert_eq!(called(LONG_MESSAGE, async { 1 }).await, 1);
        let later = async {
            tokio::time::sleep(Duration::from_millis(10)).await;
            2
        };
        assert_eq!(called(LONG_MESSAGE, later).await, 2);
        assert_eq!(called(0, async { 3 }).await, 3);
    }

    #[tokio::test]
    #[should_panic(expected = "in the call")]
    async fn a_panic_is_the_calls() {
        called(LONG_MESSAGE, async { panic!("in the call") }).await;
    }
}
