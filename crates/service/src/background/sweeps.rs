//! Deletes expired data: abandoned uploads, PDFs, request ids, deleted briefs, stale workers. Every service process sweeps;
//! concurrent sweeps do not conflict.

use std::time::Duration;

use chancery_store::Store;

use crate::shutdown::Shutdown;

/// Time between two sweeps of a process.
const SWEEP_INTERVAL: Duration = Duration::from_mins(5);

/// Sweeps until the shutdown. A failed step is logged and retried by the next sweep.
pub(crate) async fn run(store: Store, artifact_age: Option<Duration>, shutdown: Shutdown) {
    loop {
        tokio::select! {
            () = shutdown.begun() => return,
            () = tokio::time::sleep(SWEEP_INTERVAL) => {}
        }
        match store.artifacts().sweep_staged().await {
            Ok(0) => {}
            Ok(blobs) => tracing::info!(blobs, "deleted abandoned uploads"),
            Err(error) => tracing::warn!(%error, "could not delete abandoned uploads"),
        }
        if let Some(age) = artifact_age {
            expire_artifacts(&store, age, &shutdown).await;
        }
        match store.changes().delete_expired_request_ids().await {
            Ok(0) => {}
            Ok(writes) => tracing::info!(writes, "deleted expired request ids"),
            Err(error) => tracing::warn!(%error, "could not delete expired request ids"),
        }
        match store.briefs().expunge_deleted().await {
            Ok(0) => {}
            Ok(briefs) => tracing::info!(briefs, "permanently deleted briefs past their undelete window"),
            Err(error) => {
                tracing::warn!(%error, "could not permanently delete briefs past their undelete window");
            }
        }
        match store.workers().delete_stale().await {
            Ok(0) => {}
            Ok(workers) => tracing::info!(workers, "deleted workers not seen for a day"),
            Err(error) => tracing::warn!(%error, "could not delete stale workers"),
        }
        match store.access().delete_expired_enrolments().await {
            Ok(0) => {}
            Ok(tokens) => tracing::info!(tokens, "deleted tokens of worker processes that ended a week ago"),
            Err(error) => tracing::warn!(%error, "could not delete tokens of ended worker processes"),
        }
        match store.artifacts().delete_discarded().await {
            Ok(0) => {}
            Ok(blobs) => tracing::info!(blobs, "deleted unreferenced bytes in artifact stores"),
            Err(error) => tracing::warn!(%error, "could not delete unreferenced bytes in artifact stores"),
        }
    }
}

/// Expires PDFs in batches until none is over age.
async fn expire_artifacts(store: &Store, age: Duration, shutdown: &Shutdown) {
    while !shutdown.is_begun() {
        match store.artifacts().expire(age).await {
            Ok(0) => return,
            Ok(pdfs) => tracing::info!(pdfs, "deleted expired PDFs"),
            Err(error) => {
                tracing::warn!(%error, "could not delete expired PDFs");
                return;
            }
        }
    }
}
