//! Says in the log that tasks wait for a print environment that nobody prints with.

use std::time::Duration;

use chancery_store::Store;

use crate::shutdown::Shutdown;

/// How often a process looks, and so says it of an environment at most.
const EVERY: Duration = Duration::from_mins(1);

/// Looks until the shutdown.
pub(crate) async fn run(store: Store, shutdown: Shutdown) {
    loop {
        tokio::select! {
            () = shutdown.begun() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        match store.queue().environment_queues().await {
            Ok(queues) => queues.iter().filter(|queue| queue.has_no_worker()).for_each(warn),
            Err(error) => tracing::debug!(%error, "nobody knows whether tasks wait for want of workers"),
        }
    }
}

fn warn(queue: &chancery_store::EnvironmentQueue) {
    tracing::warn!(
        reason = "NO_WORKER_FOR_ENVIRONMENT",
        printer_version = %queue.environment.printer_version,
        fonts_digest = %queue.environment.fonts_digest,
        tasks = queue.depth.waiting + queue.depth.retry_paused,
        "tasks wait for a print environment that no live worker has"
    );
}
