//! Work that takes milliseconds of CPU time: on threads of its own with a low priority, so that calls that take little do not
//! wait for it.

use std::panic::resume_unwind;
use std::sync::LazyLock;
use std::task::{Context, Poll};

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
    if size < LONG_MESSAGE {
        return call.await;
    }
    let mut call = Box::pin(call);
    let room = room().await;
    let waker = std::future::poll_fn(|context| Poll::Ready(context.waker().clone())).await;
    let runtime = Handle::current();
    let polled = THREADS.spawn_blocking(move || {
        let _room = room;
        let _runtime = runtime.enter();
        let polled = call.as_mut().poll(&mut Context::from_waker(&waker));
        (call, polled)
    });
    match polled.await {
        Ok((_, Poll::Ready(response))) => response,
        Ok((call, Poll::Pending)) => call.await,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(cancelled) => unreachable!("nothing cancels the work: {cancelled}"),
        },
    }
}
