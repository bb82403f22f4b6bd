//! Blobs as objects: one each, named by the blob's id below the URL's prefix.

use std::ffi::OsString;
use std::ops::Range;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use std::{env, fmt, io, mem};

use async_trait::async_trait;
use chancery_store::{ArtifactStore, ArtifactUpload, OpenArtifactStore, Result, StoreError};
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload, RetryConfig};
use prost::bytes::Bytes;
use url::Url;

use crate::failure::{of_read, of_write};
use crate::place::Place;

/// The size of an upload's parts, in bytes: over the 5 MiB that S3 requires, and equal as R2 requires. An upload holds
/// at most one part in memory. Most PDFs are smaller and take one request.
const PART: usize = 8 * 1024 * 1024;

/// Maximum number of bytes of one read, and so of a download's memory.
const READ: u64 = 1024 * 1024;

/// How long a request is retried before its caller gets the error; the caller can return to its place in the queue.
const PATIENCE: RetryConfig = RetryConfig {
    backoff: object_store::BackoffConfig {
        init_backoff: Duration::from_millis(100),
        max_backoff: Duration::from_secs(2),
        base: 2.0,
    },
    max_retries: 4,
    retry_timeout: Duration::from_secs(10),
};

/// Opens stores by URL, with credentials and endpoints from the environment.
pub struct ObjectStores {
    /// Variables whose names begin with a provider's prefix.
    environment: Vec<(String, String)>,
    /// The store of `memory:///`, which lives as long as this value.
    memory: Arc<InMemory>,
}

/// Omits the environment, which holds secrets.
impl fmt::Debug for ObjectStores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectStores").finish_non_exhaustive()
    }
}

impl OpenArtifactStore for ObjectStores {
    fn open(&self, url: &str) -> Result<Arc<dyn ArtifactStore>> {
        let place: Place = url.parse().map_err(|error| refused(url, error))?;
        match place {
            Place::Outside(url) => Ok(Arc::new(self.objects(&url)?)),
            Place::Postgres => Err(refused(url, "no store outside the database")),
        }
    }
}

impl ObjectStores {
    /// Reads the process's environment: `AWS_*`, `GOOGLE_*` and `AZURE_*` as `object_store` defines them.
    pub fn of_process() -> Self {
        let readable =
            |(name, value): (OsString, OsString)| name.into_string().ok().zip(value.into_string().ok());
        Self::new(env::vars_os().filter_map(readable))
    }

    /// Uses these variables.
    pub fn new(environment: impl IntoIterator<Item = (String, String)>) -> Self {
        let of_provider = |(name, _): &(String, String)| {
            ["AWS_", "GOOGLE_", "AZURE_"].iter().any(|prefix| name.starts_with(prefix))
        };
        Self { environment: environment.into_iter().filter(of_provider).collect(), memory: Arc::default() }
    }

    /// Applies each variable that is a setting of the builder's provider.
    fn configured<B, K: FromStr>(&self, builder: B, with: impl Fn(B, K, &str) -> B) -> B {
        self.environment.iter().fold(builder, |builder, (name, value)| {
            match name.to_ascii_lowercase().parse() {
                Ok(key) => with(builder, key, value),
                Err(_) => builder,
            }
        })
    }

    fn objects(&self, url: &Url) -> Result<Objects> {
        let of_settings = |error: object_store::Error| refused(url.as_str(), error);
        let prefix = Path::from_url_path(url.path()).map_err(|error| refused(url.as_str(), error))?;
        let text = url.as_str();
        use_ring();
        let backend: Arc<dyn ObjectStore> = match url.scheme() {
            "file" => {
                let path = url.to_file_path().map_err(|()| refused(text, "it names no folder"))?;
                // Not created here: a missing folder may be a disk that is not mounted.
                if !path.is_dir() {
                    return Err(refused(text, "there is no such folder"));
                }
                let files = LocalFileSystem::new_with_prefix(&path).map_err(of_settings)?.with_fsync(true);
                return Ok(Objects { backend: Arc::new(files), prefix: Path::default(), folder: Some(path) });
            }
            "memory" => Arc::<InMemory>::clone(&self.memory),
            "s3" => {
                let builder = self.configured(AmazonS3Builder::new(), |builder, key, value| {
                    builder.with_config(key, value)
                });
                Arc::new(builder.with_url(text).with_retry(PATIENCE).build().map_err(of_settings)?)
            }
            "gs" => {
                let builder = self.configured(GoogleCloudStorageBuilder::new(), |builder, key, value| {
                    builder.with_config(key, value)
                });
                Arc::new(builder.with_url(text).with_retry(PATIENCE).build().map_err(of_settings)?)
            }
            _ => {
                let builder = self.configured(MicrosoftAzureBuilder::new(), |builder, key, value| {
                    builder.with_config(key, value)
                });
                Arc::new(builder.with_url(text).with_retry(PATIENCE).build().map_err(of_settings)?)
            }
        };
        Ok(Objects { backend, prefix, folder: None })
    }
}

/// Selects TLS's cryptography library. Another part of the program may have selected it before.
fn use_ring() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

fn refused(url: &str, why: impl std::fmt::Display) -> StoreError {
    StoreError::ArtifactStoreRefused(format!("{url}: {why}"))
}

/// A folder or a bucket with blobs.
#[derive(Debug, Clone)]
pub struct Objects {
    backend: Arc<dyn ObjectStore>,
    prefix: Path,
    folder: Option<PathBuf>,
}

impl Objects {
    fn path(&self, blob: &str) -> Path {
        self.prefix.clone().join(file_name(blob))
    }
}

fn file_name(blob: &str) -> String {
    format!("{blob}.pdf")
}

#[async_trait]
impl ArtifactStore for Objects {
    async fn begin(&self, blob: &str) -> Result<Box<dyn ArtifactUpload>> {
        let (backend, path) = (Arc::clone(&self.backend), self.path(blob));
        Ok(Box::new(Upload { backend, path, waiting: Vec::new(), size: 0, parts: None }))
    }

    async fn read(&self, blob: &str, range: Range<u64>) -> Result<Bytes> {
        let end = range.end.min(range.start + READ);
        let bytes = self.backend.get_range(&self.path(blob), range.start..end).await.map_err(of_read)?;
        // A store may respond with nothing to a range past the end of an object.
        if bytes.is_empty() {
            return Err(StoreError::ArtifactMissing(format!("byte {} of {}", range.start, self.path(blob))));
        }
        Ok(bytes)
    }

    async fn delete(&self, blob: &str) -> Result<()> {
        match self.backend.delete(&self.path(blob)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(of_write(error)),
        }
        let Some(folder) = &self.folder else { return Ok(()) };
        // Partial files of a process that ended during an upload: `LocalFileSystem` writes to this name first.
        match tokio::fs::remove_file(folder.join(format!("{}#1", file_name(blob)))).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(StoreError::ArtifactStoreUnavailable(format!("{}: {error}", folder.display())))
            }
            _ => Ok(()),
        }
    }
}

/// Buffers up to one part, which is stored as a single object; larger uploads send one part after the other.
#[derive(Debug)]
struct Upload {
    backend: Arc<dyn ObjectStore>,
    path: Path,
    waiting: Vec<Bytes>,
    size: usize,
    parts: Option<Box<dyn MultipartUpload>>,
}

impl Upload {
    fn take_waiting(&mut self) -> PutPayload {
        self.size = 0;
        mem::take(&mut self.waiting).into_iter().collect()
    }

    fn keep(&mut self, bytes: Bytes) {
        self.size += bytes.len();
        self.waiting.push(bytes);
    }

    async fn send_part(&mut self) -> object_store::Result<()> {
        if self.parts.is_none() {
            self.parts = Some(self.backend.put_multipart(&self.path).await?);
        }
        let part = self.take_waiting();
        match &mut self.parts {
            Some(parts) => parts.put_part(part).await,
            None => Ok(()),
        }
    }
}

#[async_trait]
impl ArtifactUpload for Upload {
    async fn write(&mut self, mut bytes: Bytes) -> Result<()> {
        while self.size + bytes.len() > PART {
            self.keep(bytes.split_to(PART - self.size));
            self.send_part().await.map_err(of_write)?;
        }
        self.keep(bytes);
        Ok(())
    }

    async fn finish(mut self: Box<Self>) -> Result<()> {
        if self.parts.is_none() {
            let whole = self.take_waiting();
            return self.backend.put(&self.path, whole).await.map(drop).map_err(of_write);
        }
        let sent = self.send_part().await;
        let Some(mut parts) = self.parts else { return sent.map_err(of_write) };
        let done = match sent {
            Ok(()) => parts.complete().await.map(drop),
            Err(error) => Err(error),
        };
        if done.is_err() {
            // Parts of an unfinished upload would remain, unseen and billed.
            parts.abort().await.ok();
        }
        done.map_err(of_write)
    }

    async fn abort(self: Box<Self>) -> Result<()> {
        match self.parts {
            Some(mut parts) => parts.abort().await.map_err(of_write),
            None => Ok(()),
        }
    }
}
