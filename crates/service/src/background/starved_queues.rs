//! Logs a warning for each starved queue: tasks wait for a print environment that no live worker has.

use std::time::Duration;

use chancery_store::Store;

use crate::shutdown::Shutdown;

/// Time between two checks, and so between two warnings about a queue.
const CHECK_INTERVAL: Duration = Duration::from_mins(1);

/// Checks until the shutdown.
pub(crate) async fn run(store: Store, shutdown: Shutdown) {
    loop {
        tokio::select! {
            () = shutdown.begun() => return,
            () = tokio::time::sleep(CHECK_INTERVAL) => {}
        }
        match store.queue().environment_queues().await {
            Ok(queues) => queues.iter().filter(|queue| queue.has_no_worker()).for_each(warn),
            Err(error) => tracing::debug!(%error, "could not check for starved queues"),
        }
    }
}

fn warn(queue: &chancery_store::EnvironmentQueue) {
    tracing::warn!(
        reason = "NO_WORKER_FOR_ENVIRONMENT",
        printer_version = %queue.environment.printer_version,
        fonts_digest = %queue.environment.fonts_digest,
        tasks = queue.depth.waiting + queue.depth.retry_paused,
        "no live worker has the print environment of queued tasks"
    );
}
