//! Ends tasks that were printed once and that no second worker can print, where the workspace demands agreement.

use std::time::Duration;

use chancery_store::Store;

use crate::background::wakeups::Wakeups;
use crate::shutdown::Shutdown;

/// Time between two checks.
const CHECK_INTERVAL: Duration = Duration::from_secs(5);

/// Checks until the shutdown.
pub(crate) async fn run(store: Store, wakeups: Wakeups, wait: Duration, shutdown: Shutdown) {
    let interval = CHECK_INTERVAL.min(wait.max(Duration::from_millis(100)));
    loop {
        tokio::select! {
            () = shutdown.begun() => return,
            () = tokio::time::sleep(interval) => {}
        }
        let ended = match store.queue().end_unconfirmed(wait).await {
            Ok(ended) => ended,
            Err(error) => {
                tracing::debug!(%error, "could not check for prints without agreement");
                continue;
            }
        };
        for unconfirmed in ended {
            tracing::warn!(task = %unconfirmed.task, reason = unconfirmed.reason, "ended a print without agreement");
            wakeups.task_changed(unconfirmed.task.task.as_str());
        }
    }
}
