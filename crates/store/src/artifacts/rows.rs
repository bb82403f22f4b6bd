//! The rows of PDFs, from staging to deletion. The bytes belong to an `ArtifactStore`.

use crate::artifacts::Artifacts;
use crate::artifacts::store_selection::ExternalStore;
use crate::artifacts::store_trait::{ArtifactStore, ArtifactUpload};
use crate::error::{Result, StoreError};
use crate::renders::environments::PrintEnvironment;
use crate::renders::leases::Lease;

/// Minimum age in seconds of unreferenced bytes before they are deleted. No upload lasts as long: the service ends it
/// well before.
const SWEEP_AGE_SECONDS: f64 = 3600.0;

/// Maximum number of uploads of one lease whose bytes are staged at once. An honest worker repeats an upload after a broken
/// connection; a hostile one could otherwise fill the store.
const MAX_STAGED: i64 = 3;

impl Artifacts<'_> {
    /// Stages a PDF for a leased task, and returns the blob to upload its bytes to.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`]; [`StoreError::WrongPrintEnvironment`] when the task requires another environment;
    /// [`StoreError::LimitExceeded`] while [`MAX_STAGED`] earlier uploads of the lease are not discarded.
    pub async fn stage(self, lease: &Lease, environment: PrintEnvironment) -> Result<String> {
        #[cfg(feature = "unfenced")]
        crate::renders::fence_removal::remove_fence(self.pool, lease).await?;
        // Asynchronous commit, for bytes in the database: staging counts only from the commit that refers to it, and
        // that commit makes this row durable. Bytes in an external store need a durable row before they are written,
        // because without the row nothing could find and delete them.
        let row = sqlx::query!(
            r#"-- artifacts::rows::stage
            with quick as materialized (
                select case when $5::integer is null then set_config('synchronous_commit', 'off', true) end
            ), lease as materialized (
                select task_id, epoch, printer_version = $3::bytea and fonts_digest = $4::bytea as fits
                from render_queue, quick
                where task_id = $1 and epoch = $2 and lease_secret = $6 and lease_token = $7
                    and leased_at is not null and worker_token_holds($7)
            ), blob as (
                insert into artifact_blobs (task_id, epoch, store_id)
                select task_id, epoch, $5 from lease
                where fits and (select count(*) from artifact_blobs where task_id = $1 and epoch = $2) < $8
                returning blob_id
            )
            select blob.blob_id as "blob_id?", fits as "fits!" from lease left join blob on true"#,
            lease.task,
            lease.epoch,
            environment.printer_version.as_bytes().as_slice(),
            environment.fonts_digest.as_bytes().as_slice(),
            self.stores.external_id(),
            /* lease_secret */ lease.secret(),
            /* lease_token */ lease.token.as_str(),
            /* max staged */ MAX_STAGED,
        )
        .fetch_optional(self.pool)
        .await?;
        let row = row.ok_or(StoreError::LeaseLost)?;
        if !row.fits {
            return Err(StoreError::WrongPrintEnvironment);
        }
        let message = "the lease has too many uploads that did not end: wait, or let it expire";
        row.blob_id.ok_or_else(|| StoreError::LimitExceeded(message.to_owned()))
    }

    /// Opens a staged blob for writing.
    pub async fn begin_upload(self, blob: &str) -> Result<Box<dyn ArtifactUpload>> {
        self.stores.for_new_bytes()?.begin(blob).await
    }

    /// Deletes staged bytes that will not be used. Call it only after the upload has ended, so that all bytes are
    /// either present or removed; uncertain cases are left to [`Self::sweep_staged`].
    pub async fn discard_staged(self, blob: &str) -> Result<()> {
        let is_referenced = sqlx::query_scalar!(
            r#"-- artifacts::rows::discard_staged
            with dropped as (
                delete from artifact_blobs b
                where blob_id = $1 and not exists (select from artifacts a where a.blob_id = b.blob_id)
            )
            select exists (select from artifacts where blob_id = $1) as "is_kept!""#,
            blob
        )
        .fetch_one(self.pool)
        .await?;
        // A missing row was deleted by a purge of what it prints. The bytes may have been written after that.
        if is_referenced || self.stores.external_id().is_none() {
            return Ok(());
        }
        self.delete_external(self.stores.for_new_bytes()?.as_ref(), blob).await
    }

    /// Deletes a batch of rows of unreferenced bytes; returns the number deleted. Bytes in the database are deleted
    /// with their rows, those in external stores by [`Self::delete_discarded`].
    ///
    /// This races with `commit_artifact`, and no PDF loses its bytes: both lock the blob's row. If the reference comes
    /// first, this statement skips the row or, at the latest, the foreign key rejects the deletion. If the deletion
    /// comes first, the reference waits and then fails, and the worker uploads again. External bytes are deleted only
    /// after this has committed, when no reference to them can be created any more.
    pub async fn sweep_staged(self) -> Result<u64> {
        let done = sqlx::query!(
            "-- artifacts::rows::sweep_staged
            with swept as materialized (
                select blob_id from artifact_blobs b
                where created_at < clock_timestamp() - make_interval(secs => $1)
                    and not exists (select from artifacts a where a.blob_id = b.blob_id)
                limit 100
                for update skip locked
            )
            delete from artifact_blobs b using swept where b.blob_id = swept.blob_id",
            SWEEP_AGE_SECONDS
        )
        .execute(self.pool)
        .await?;
        Ok(done.rows_affected())
    }

    /// Deletes external bytes whose rows are gone; returns the number of blobs deleted. A store that does not respond
    /// does not delay the others; its blobs are retried by a later call.
    pub async fn delete_discarded(self) -> Result<u64> {
        let stores = sqlx::query_as!(
            ExternalStore,
            "-- artifacts::rows::delete_discarded
            select store_id as id, url from artifact_stores s
            where exists (select from artifact_discards d where d.store_id = s.store_id)
            order by store_id"
        )
        .fetch_all(self.pool)
        .await?;
        let (mut deleted, mut failed) = (0, None);
        for external in &stores {
            match self.delete_discarded_of(external).await {
                Ok(blobs) => deleted += blobs,
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(deleted), Err)
    }

    async fn delete_discarded_of(self, external: &ExternalStore) -> Result<u64> {
        let store = self.stores.at(Some(external))?;
        let blobs = sqlx::query_scalar!(
            "-- artifacts::rows::delete_discarded_of
            select blob_id from artifact_discards where store_id = $1 order by discarded_at limit 100",
            external.id
        )
        .fetch_all(self.pool)
        .await?;
        for blob in &blobs {
            self.delete_external(store.as_ref(), blob).await?;
        }
        Ok(blobs.len() as u64)
    }

    /// Deletes a blob and its row. Idempotent: when two processes delete the same blob, the second finds it gone.
    async fn delete_external(self, store: &dyn ArtifactStore, blob: &str) -> Result<()> {
        store.delete(blob).await?;
        sqlx::query!(
            "-- artifacts::rows::delete_external\ndelete from artifact_discards where blob_id = $1",
            blob
        )
        .execute(self.pool)
        .await?;
        Ok(())
    }
}
