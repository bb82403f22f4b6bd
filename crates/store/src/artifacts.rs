//! PDFs: their bytes on the way in, in short transactions of one chunk each, and on the way out.

use chancery_brief::digest::Digest;
use prost::bytes::Bytes;

use crate::damaged;
use crate::print_environments::digest as digest_of;
use crate::{Lease, PrintEnvironment, Result, Store, StoreError};

/// The size of every chunk but a blob's last, in bytes.
pub const CHUNK: usize = 256 * 1024;

/// How old, in seconds, bytes that nothing refers to must be before they are swept: older than any upload.
const SWEEP_AGE: f64 = 3600.0;

/// A finished PDF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// Their number.
    pub size_bytes: u64,
    /// The PDF's number of pages.
    pub pages: u32,
    /// Where its bytes are.
    pub(crate) blob: String,
}

impl Artifact {
    pub(crate) fn of_row(digest: &[u8], size: i64, pages: i32, blob: String) -> Result<Self> {
        Ok(Self {
            digest: digest_of(digest)?,
            size_bytes: u64::try_from(size).map_err(damaged)?,
            pages: u32::try_from(pages).map_err(damaged)?,
            blob,
        })
    }
}

impl Store {
    /// Begins to stage a PDF for a leased task; answers the blob that its chunks go to.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`]; [`StoreError::WrongPrintEnvironment`] when the task is to be printed by another.
    pub async fn stage_artifact(&self, lease: &Lease, environment: PrintEnvironment) -> Result<String> {
        // What is staged counts from the commit that refers to it, which makes these bytes durable as well: no
        // wait for the disk before that.
        let row = sqlx::query!(
            r#"-- artifacts::stage_artifact
            with quick as materialized (
                select set_config('synchronous_commit', 'off', true)
            ), lease as materialized (
                select task_id, epoch, printer_version = $3::bytea and fonts_digest = $4::bytea as fits
                from render_queue, quick
                where task_id = $1 and epoch = $2 and leased_at is not null
            ), blob as (
                insert into artifact_blobs (task_id, epoch)
                select task_id, epoch from lease where fits
                returning blob_id
            )
            select blob.blob_id as "blob_id?" from lease left join blob on true"#,
            lease.task,
            lease.epoch,
            environment.printer_version.as_bytes().as_slice(),
            environment.fonts_digest.as_bytes().as_slice(),
        )
        .fetch_optional(&self.pool)
        .await?;
        row.ok_or(StoreError::LeaseLost)?.blob_id.ok_or(StoreError::WrongPrintEnvironment)
    }

    /// Stages a chunk: [`CHUNK`] bytes, or fewer in the last one.
    pub async fn stage_chunk(&self, blob: &str, ordinal: u32, bytes: &[u8]) -> Result<()> {
        sqlx::query!(
            "-- artifacts::stage_chunk
            with quick as materialized (
                select set_config('synchronous_commit', 'off', true)
            )
            insert into artifact_chunks (blob_id, ordinal, bytes) select $1, $2, $3 from quick",
            blob,
            i32::try_from(ordinal).map_err(damaged)?,
            bytes,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Drops staged bytes that came to nothing.
    pub async fn discard_staged(&self, blob: &str) -> Result<()> {
        sqlx::query!(
            "-- artifacts::discard_staged
            delete from artifact_blobs b
            where blob_id = $1 and not exists (select from artifacts a where a.blob_id = b.blob_id)",
            blob
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Drops bytes whose upload came to nothing, some at a time; answers how many blobs went. An artifact that is
    /// being committed holds a key lock on its blob, and such a blob is passed over.
    pub async fn sweep_staged(&self) -> Result<u64> {
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
            SWEEP_AGE
        )
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected())
    }

    /// The bytes of a PDF from an offset on, to the end of the chunk that holds it.
    pub async fn artifact_bytes(&self, artifact: &Artifact, offset: u64) -> Result<Bytes> {
        let (ordinal, skip) = (offset / CHUNK as u64, offset % CHUNK as u64);
        let bytes = sqlx::query_scalar!(
            r#"-- artifacts::artifact_bytes
            select substring(bytes from $3 + 1) as "bytes!" from artifact_chunks where blob_id = $1 and ordinal = $2"#,
            artifact.blob,
            i32::try_from(ordinal).map_err(damaged)?,
            i32::try_from(skip).map_err(damaged)?,
        )
        .fetch_optional(&self.pool)
        .await?;
        match bytes {
            Some(bytes) if !bytes.is_empty() => Ok(bytes.into()),
            _ => Err(damaged(format!("byte {offset} of a PDF is not there"))),
        }
    }
}
