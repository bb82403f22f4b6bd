//! Drops what has had its time: bytes whose upload came to nothing, PDFs, ids of writes, workers that are gone. Every
//! service process does it now and then; they do not get into each other's way.

use std::time::Duration;

use chancery_store::Store;

use crate::shutdown::Shutdown;

/// How often a process sweeps.
const EVERY: Duration = Duration::from_mins(5);

/// Sweeps until the shutdown.
pub(crate) async fn run(store: Store, artifact_age: Option<Duration>, shutdown: Shutdown) {
    loop {
        tokio::select! {
            () = shutdown.begun() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        match store.artifacts().sweep_staged().await {
            Ok(0) => {}
            Ok(blobs) => tracing::info!(blobs, "swept uploads that came to nothing"),
            Err(error) => tracing::warn!(%error, "nothing was swept"),
        }
        if let Some(age) = artifact_age {
            expire(&store, age, &shutdown).await;
        }
        match store.changes().delete_expired_request_ids().await {
            Ok(0) => {}
            Ok(writes) => tracing::info!(writes, "forgot the ids of writes of more than a day ago"),
            Err(error) => tracing::warn!(%error, "no ids of writes were forgotten"),
        }
        match store.briefs().expunge_deleted().await {
            Ok(0) => {}
            Ok(briefs) => tracing::info!(briefs, "deleted briefs are gone for good"),
            Err(error) => tracing::warn!(%error, "deleted briefs are still to be removed"),
        }
        match store.workers().delete_stale().await {
            Ok(0) => {}
            Ok(workers) => tracing::info!(workers, "forgot workers that were not seen for a day"),
            Err(error) => tracing::warn!(%error, "no worker was forgotten"),
        }
        match store.artifacts().delete_discarded().await {
            Ok(0) => {}
            Ok(blobs) => tracing::info!(blobs, "deleted bytes in artifact stores that nothing refers to"),
            Err(error) => tracing::warn!(%error, "bytes in artifact stores are still to be deleted"),
        }
    }
}

/// A batch after the other, until nothing is old any more.
async fn expire(store: &Store, age: Duration, shutdown: &Shutdown) {
    while !shutdown.is_begun() {
        match store.artifacts().expire(age).await {
            Ok(0) => return,
            Ok(pdfs) => tracing::info!(pdfs, "PDFs have expired"),
            Err(error) => {
                tracing::warn!(%error, "PDFs are still to expire");
                return;
            }
        }
    }
}
