//! Stores the bytes of PDFs in Postgres, in chunks of a fixed size, each written in a short transaction of its own.

use std::ops::Range;

use async_trait::async_trait;
use prost::bytes::{Bytes, BytesMut};

use crate::artifacts::artifact::CHUNK;
use crate::artifacts::store_trait::{ArtifactStore, ArtifactUpload};
use crate::convert::damaged;
use crate::database::Pool;
use crate::error::{Result, StoreError};

/// The artifact store in the database itself.
#[derive(Debug, Clone)]
pub(crate) struct Chunks {
    pool: Pool,
}

#[derive(Debug)]
struct Upload {
    chunks: Chunks,
    blob: String,
    ordinal: i32,
    waiting: BytesMut,
}

impl Chunks {
    pub(crate) const fn new(pool: Pool) -> Self {
        Self { pool }
    }

    async fn write(&self, blob: &str, ordinal: i32, bytes: &[u8]) -> Result<()> {
        // Asynchronous commit: staged bytes count only from the commit that refers to them, and that commit makes them
        // durable.
        sqlx::query!(
            "-- artifacts::chunks::write
            with quick as materialized (
                select set_config('synchronous_commit', 'off', true)
            )
            insert into artifact_chunks (blob_id, ordinal, bytes) select $1, $2, $3 from quick",
            blob,
            ordinal,
            bytes,
        )
        .execute(&self.pool)
        .await
        .map_err(full_or_other)?;
        Ok(())
    }
}

#[async_trait]
impl ArtifactStore for Chunks {
    async fn begin(&self, blob: &str) -> Result<Box<dyn ArtifactUpload>> {
        let waiting = BytesMut::with_capacity(CHUNK);
        Ok(Box::new(Upload { chunks: self.clone(), blob: blob.to_owned(), ordinal: 0, waiting }))
    }

    async fn read(&self, blob: &str, range: Range<u64>) -> Result<Bytes> {
        let (ordinal, skip) = (range.start / CHUNK as u64, range.start % CHUNK as u64);
        let length = (range.end - range.start).min(CHUNK as u64);
        let bytes = sqlx::query_scalar!(
            r#"-- artifacts::chunks::read
            select substring(bytes from $3 + 1 for $4) as "bytes!"
            from artifact_chunks where blob_id = $1 and ordinal = $2"#,
            blob,
            i32::try_from(ordinal).map_err(damaged)?,
            i32::try_from(skip).map_err(damaged)?,
            i32::try_from(length).map_err(damaged)?,
        )
        .fetch_optional(&self.pool)
        .await?;
        match bytes {
            Some(bytes) if !bytes.is_empty() => Ok(bytes.into()),
            _ => Err(StoreError::ArtifactMissing(format!("byte {} of blob {blob} in Postgres", range.start))),
        }
    }

    async fn delete(&self, blob: &str) -> Result<()> {
        sqlx::query!("-- artifacts::chunks::delete\ndelete from artifact_chunks where blob_id = $1", blob)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

#[async_trait]
impl ArtifactUpload for Upload {
    async fn write(&mut self, bytes: Bytes) -> Result<()> {
        self.waiting.extend_from_slice(&bytes);
        while self.waiting.len() >= CHUNK {
            let chunk = self.waiting.split_to(CHUNK);
            self.chunks.write(&self.blob, self.ordinal, &chunk).await?;
            self.ordinal += 1;
        }
        Ok(())
    }

    async fn finish(self: Box<Self>) -> Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        self.chunks.write(&self.blob, self.ordinal, &self.waiting).await
    }

    async fn abort(self: Box<Self>) -> Result<()> {
        self.chunks.delete(&self.blob).await
    }
}

/// Maps SQLSTATE 53100 (disk full) and 23503 (foreign key violation; Postgres, appendix A). The latter means that a
/// purge deleted the blob's row during the upload.
fn full_or_other(error: sqlx::Error) -> StoreError {
    match &error {
        sqlx::Error::Database(refused) if refused.code().as_deref() == Some("53100") => {
            StoreError::ArtifactStoreFull(format!("Postgres: {refused}"))
        }
        sqlx::Error::Database(refused) if refused.code().as_deref() == Some("23503") => StoreError::LeaseLost,
        _ => error.into(),
    }
}
