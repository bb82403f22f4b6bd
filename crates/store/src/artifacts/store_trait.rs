//! The interface of an artifact store. A store knows blobs only by their ids; the rows in Postgres say which blobs are
//! in use, and for what.

use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use prost::bytes::Bytes;

use crate::error::Result;

/// Stores the bytes of blobs. Ids are 32 random hexadecimal digits and are never reused, so stored bytes never change.
///
/// # Errors
/// All methods of this trait and of [`ArtifactUpload`] return [`StoreError::ArtifactStoreUnavailable`] for temporary
/// failures, [`StoreError::ArtifactStoreFull`], [`StoreError::ArtifactStoreRefused`] for failures that an operator must
/// fix, and [`StoreError::ArtifactMissing`] for bytes that do not exist.
///
/// [`StoreError::ArtifactStoreUnavailable`]: crate::StoreError::ArtifactStoreUnavailable
/// [`StoreError::ArtifactStoreFull`]: crate::StoreError::ArtifactStoreFull
/// [`StoreError::ArtifactStoreRefused`]: crate::StoreError::ArtifactStoreRefused
/// [`StoreError::ArtifactMissing`]: crate::StoreError::ArtifactMissing
#[async_trait]
pub trait ArtifactStore: Debug + Send + Sync {
    /// Opens a blob for writing.
    async fn begin(&self, blob: &str) -> Result<Box<dyn ArtifactUpload>>;

    /// Reads bytes of a finished blob from the start of the range: at least one, and none past the range's end. The
    /// range lies within the blob and is not empty.
    async fn read(&self, blob: &str, range: Range<u64>) -> Result<Bytes>;

    /// Deletes a blob, finished or not. Succeeds for a blob that does not exist.
    async fn delete(&self, blob: &str) -> Result<()>;
}

/// An upload of a blob's bytes. Dropping it before [`Self::finish`] or [`Self::abort`] may leave bytes behind, which
/// [`ArtifactStore::delete`] removes.
#[async_trait]
pub trait ArtifactUpload: Debug + Send {
    /// Appends bytes, in pieces of any size.
    async fn write(&mut self, bytes: Bytes) -> Result<()>;

    /// Returns once all bytes can be read. After an error the bytes may be present or absent.
    async fn finish(self: Box<Self>) -> Result<()>;

    /// Deletes the bytes written so far.
    async fn abort(self: Box<Self>) -> Result<()>;
}

/// Opens external stores by their URLs.
pub trait OpenArtifactStore: Debug + Send + Sync {
    /// Opens the store at a URL.
    ///
    /// # Errors
    /// [`StoreError::ArtifactStoreRefused`](crate::StoreError::ArtifactStoreRefused) for an invalid URL or settings.
    fn open(&self, url: &str) -> Result<Arc<dyn ArtifactStore>>;
}
