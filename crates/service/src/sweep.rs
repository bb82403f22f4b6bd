//! Drops what has had its time: bytes whose upload came to nothing, ids of writes, workers that are gone. Every service
//! process does it now and then; they do not get into each other's way.

use std::time::Duration;

use chancery_store::Store;

use crate::shutdown::Shutdown;

/// How often a process sweeps.
const EVERY: Duration = Duration::from_mins(5);

/// Sweeps until the shutdown.
pub(crate) async fn run(store: Store, shutdown: Shutdown) {
    loop {
        tokio::select! {
            () = shutdown.begun() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        match store.sweep_staged().await {
            Ok(0) => {}
            Ok(blobs) => tracing::info!(blobs, "swept uploads that came to nothing"),
            Err(error) => tracing::warn!(%error, "nothing was swept"),
        }
        match store.sweep_request_ids().await {
            Ok(0) => {}
            Ok(writes) => tracing::info!(writes, "forgot the ids of writes of more than a day ago"),
            Err(error) => tracing::warn!(%error, "no ids of writes were forgotten"),
        }
        match store.forget_workers().await {
            Ok(0) => {}
            Ok(workers) => tracing::info!(workers, "forgot workers that were not seen for a day"),
            Err(error) => tracing::warn!(%error, "no worker was forgotten"),
        }
        match store.delete_discarded().await {
            Ok(0) => {}
            Ok(blobs) => tracing::info!(blobs, "deleted bytes in artifact stores that nothing refers to"),
            Err(error) => tracing::warn!(%error, "bytes in artifact stores are still to be deleted"),
        }
    }
}
