//! What a store of PDFs' bytes does. It knows blobs by their ids only: which of them count, and for what, is said by
//! the rows in Postgres.

use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use prost::bytes::Bytes;

use crate::error::Result;

/// Keeps the bytes of blobs. Ids are 32 hexadecimal digits, made at random and never used twice, so nothing that is
/// written ever changes.
///
/// # Errors
/// Of all methods here and of [`ArtifactUpload`]: [`StoreError::ArtifactStoreUnavailable`] for what may pass by
/// itself, [`StoreError::ArtifactStoreFull`], [`StoreError::ArtifactStoreRefused`] for what an operator must mend, and
/// [`StoreError::ArtifactMissing`] for bytes that are not there.
///
/// [`StoreError::ArtifactStoreUnavailable`]: crate::StoreError::ArtifactStoreUnavailable
/// [`StoreError::ArtifactStoreFull`]: crate::StoreError::ArtifactStoreFull
/// [`StoreError::ArtifactStoreRefused`]: crate::StoreError::ArtifactStoreRefused
/// [`StoreError::ArtifactMissing`]: crate::StoreError::ArtifactMissing
#[async_trait]
pub trait ArtifactStore: Debug + Send + Sync {
    /// Begins to take a blob's bytes.
    async fn begin(&self, blob: &str) -> Result<Box<dyn ArtifactUpload>>;

    /// Bytes of a finished blob from the range's start on: at least one, and none after the range's end. The range is
    /// within the blob and not empty.
    async fn read(&self, blob: &str, range: Range<u64>) -> Result<Bytes>;

    /// Deletes a blob, finished or not. One that is not there is deleted already.
    async fn delete(&self, blob: &str) -> Result<()>;
}

/// A blob's bytes on their way in. Dropped without its end, it may leave bytes behind, which [`ArtifactStore::delete`]
/// takes away.
#[async_trait]
pub trait ArtifactUpload: Debug + Send {
    /// Takes the next bytes, in pieces of any size.
    async fn write(&mut self, bytes: Bytes) -> Result<()>;

    /// Returns once all bytes can be read. After an error they may be there or not.
    async fn finish(self: Box<Self>) -> Result<()>;

    /// Takes back what was written.
    async fn abort(self: Box<Self>) -> Result<()>;
}

/// Opens stores outside the database by their URLs.
pub trait OpenArtifactStore: Debug + Send + Sync {
    /// The store behind a URL.
    ///
    /// # Errors
    /// [`StoreError::ArtifactStoreRefused`](crate::StoreError::ArtifactStoreRefused) for a URL or settings that lead
    /// to none.
    fn open(&self, url: &str) -> Result<Arc<dyn ArtifactStore>>;
}
