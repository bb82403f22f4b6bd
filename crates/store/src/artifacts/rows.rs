//! PDFs: the rows of their bytes, from the staging record to the sweep. The bytes themselves are an `ArtifactStore`'s.

use crate::artifacts::Artifacts;
use crate::artifacts::store::{ArtifactStore, ArtifactUpload};
use crate::artifacts::stores::ExternalStore;
use crate::error::{Result, StoreError};
use crate::renders::environments::PrintEnvironment;
use crate::renders::leases::Lease;

/// How old, in seconds, bytes that nothing refers to must be before they are swept: older than any upload,
/// which the service ends long before.
const SWEEP_AGE_SECONDS: f64 = 3600.0;

impl Artifacts<'_> {
    /// Begins to stage a PDF for a leased task; answers the blob that its chunks go to.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`]; [`StoreError::WrongPrintEnvironment`] when the task is to be printed by another.
    pub async fn stage(self, lease: &Lease, environment: PrintEnvironment) -> Result<String> {
        #[cfg(feature = "unfenced")]
        crate::renders::unfenced::forget_fence(self.pool, lease).await?;
        // What is staged in the database counts from the commit that refers to it, which makes this row durable as
        // well: no wait for the disk before that. Bytes elsewhere must have a durable row before they are there: were
        // it lost, nobody would know of them.
        let row = sqlx::query!(
            r#"-- artifacts::stage_artifact
            with quick as materialized (
                select case when $5::integer is null then set_config('synchronous_commit', 'off', true) end
            ), lease as materialized (
                select task_id, epoch, printer_version = $3::bytea and fonts_digest = $4::bytea as fits
                from render_queue, quick
                where task_id = $1 and epoch = $2 and leased_at is not null
            ), blob as (
                insert into artifact_blobs (task_id, epoch, store_id)
                select task_id, epoch, $5 from lease where fits
                returning blob_id
            )
            select blob.blob_id as "blob_id?" from lease left join blob on true"#,
            lease.task,
            lease.epoch,
            environment.printer_version.as_bytes().as_slice(),
            environment.fonts_digest.as_bytes().as_slice(),
            self.stores.external_id(),
        )
        .fetch_optional(self.pool)
        .await?;
        row.ok_or(StoreError::LeaseLost)?.blob_id.ok_or(StoreError::WrongPrintEnvironment)
    }

    /// Begins to take the bytes of a staged PDF.
    pub async fn begin_upload(self, blob: &str) -> Result<Box<dyn ArtifactUpload>> {
        self.stores.for_new_bytes()?.begin(blob).await
    }

    /// Drops staged bytes that came to nothing. Only for an upload that has ended, whose bytes are all there or taken
    /// back: what is uncertain is left for the sweep.
    pub async fn discard_staged(self, blob: &str) -> Result<()> {
        let is_referenced = sqlx::query_scalar!(
            r#"-- artifacts::discard_staged
            with dropped as (
                delete from artifact_blobs b
                where blob_id = $1 and not exists (select from artifacts a where a.blob_id = b.blob_id)
            )
            select exists (select from artifacts where blob_id = $1) as "is_kept!""#,
            blob
        )
        .fetch_one(self.pool)
        .await?;
        // A row that was not there was dropped with what it prints: the bytes may have come after that.
        if is_referenced || self.stores.external_id().is_none() {
            return Ok(());
        }
        self.delete_external(self.stores.for_new_bytes()?.as_ref(), blob).await
    }

    /// Drops the rows of bytes that nothing refers to, some at a time; answers how many went. Those in the database go
    /// with their rows, those elsewhere by [`Self::delete_discarded`].
    ///
    /// No PDF that is just being finished loses its bytes. `render_tasks::commit_artifact` inserts a reference to the
    /// blob's row, for which Postgres locks that row; this statement locks it as well. When the reference is first,
    /// its row is passed over here, or at the latest the foreign key refuses to delete it. When this is first, the
    /// reference waits and then fails, and the worker uploads again. Bytes outside the database are touched only
    /// after this has committed: by then no reference to them can be made.
    pub async fn sweep_staged(self) -> Result<u64> {
        let done = sqlx::query!(
            "-- artifacts::sweep_staged
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

    /// Deletes the bytes outside the database whose rows are gone; answers how many blobs went. A store that does not
    /// answer holds up no other one; its turn comes again.
    pub async fn delete_discarded(self) -> Result<u64> {
        let stores = sqlx::query_as!(
            ExternalStore,
            "-- artifacts::delete_discarded
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
            "-- artifacts::delete_discarded_of
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

    /// Two processes may do it to the same blob: the second one finds it gone.
    async fn delete_external(self, store: &dyn ArtifactStore, blob: &str) -> Result<()> {
        store.delete(blob).await?;
        sqlx::query!("-- artifacts::delete_outside\ndelete from artifact_discards where blob_id = $1", blob)
            .execute(self.pool)
            .await?;
        Ok(())
    }
}
