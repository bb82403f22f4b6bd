//! Blobs as objects, named by the id of the blob below the prefix of the URL.

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

use crate::errors::{of_read, of_write};
use crate::location::ArtifactLocation;

/// Size of the parts of an upload: above the minimum of 5 MiB of S3, and equal as R2 requires. An upload keeps at most one
/// part in memory. Most PDFs are smaller and need one request.
const PART_BYTES: usize = 8 * 1024 * 1024;

/// Maximum size of one read, which a download keeps in memory.
const MAX_READ_BYTES: u64 = 1024 * 1024;

/// Retries of a request. Short, because the render queue retries failed uploads too.
const RETRY: RetryConfig = RetryConfig {
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
    /// The environment variables with the prefix of a provider.
    environment: Vec<(String, String)>,
    /// The store of `memory:///`, shared by all handles.
    memory: Arc<InMemory>,
}

/// Omits the environment, which contains secrets.
impl fmt::Debug for ObjectStores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectStores").finish_non_exhaustive()
    }
}

impl OpenArtifactStore for ObjectStores {
    fn open(&self, url: &str) -> Result<Arc<dyn ArtifactStore>> {
        let location: ArtifactLocation = url.parse().map_err(|error| refused(url, error))?;
        match location {
            ArtifactLocation::External(url) => Ok(Arc::new(self.objects(&url)?)),
            ArtifactLocation::Postgres => Err(refused(url, "not a store outside the database")),
        }
    }
}

impl ObjectStores {
    /// Configures stores by the environment of the process: the variables `AWS_*`, `GOOGLE_*` and `AZURE_*` of `object_store`.
    pub fn of_process() -> Self {
        let readable =
            |(name, value): (OsString, OsString)| name.into_string().ok().zip(value.into_string().ok());
        Self::new(env::vars_os().filter_map(readable))
    }

    /// Configures stores by the given variables.
    pub fn new(environment: impl IntoIterator<Item = (String, String)>) -> Self {
        let of_provider = |(name, _): &(String, String)| {
            ["AWS_", "GOOGLE_", "AZURE_"].iter().any(|prefix| name.starts_with(prefix))
        };
        Self { environment: environment.into_iter().filter(of_provider).collect(), memory: Arc::default() }
    }

    /// Passes each variable that is a setting of the provider to its builder.
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
                let path = url
                    .to_file_path()
                    .map_err(|()| refused(text, "not the URL of a folder; expected file:///FOLDER"))?;
                // Not created, because a missing folder may be an unmounted disk.
                if !path.is_dir() {
                    return Err(refused(text, "the folder does not exist: create or mount it"));
                }
                let files = LocalFileSystem::new_with_prefix(&path).map_err(of_settings)?.with_fsync(true);
                return Ok(Objects { backend: Arc::new(files), prefix: Path::default(), folder: Some(path) });
            }
            "memory" => Arc::<InMemory>::clone(&self.memory),
            "s3" => {
                let builder = self.configured(AmazonS3Builder::new(), |builder, key, value| {
                    builder.with_config(key, value)
                });
                Arc::new(builder.with_url(text).with_retry(RETRY).build().map_err(of_settings)?)
            }
            "gs" => {
                let builder = self.configured(GoogleCloudStorageBuilder::new(), |builder, key, value| {
                    builder.with_config(key, value)
                });
                Arc::new(builder.with_url(text).with_retry(RETRY).build().map_err(of_settings)?)
            }
            _ => {
                let builder = self.configured(MicrosoftAzureBuilder::new(), |builder, key, value| {
                    builder.with_config(key, value)
                });
                Arc::new(builder.with_url(text).with_retry(RETRY).build().map_err(of_settings)?)
            }
        };
        Ok(Objects { backend, prefix, folder: None })
    }
}

/// Installs ring as the cryptography of TLS, unless another part of the program has installed one.
fn use_ring() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

fn refused(url: &str, why: impl std::fmt::Display) -> StoreError {
    StoreError::ArtifactStoreRefused(format!("{url}: {why}"))
}

/// The blobs in a folder or bucket.
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
        Ok(Box::new(Upload { backend, path, buffered: Vec::new(), size: 0, parts: None }))
    }

    async fn read(&self, blob: &str, range: Range<u64>) -> Result<Bytes> {
        let end = range.end.min(range.start + MAX_READ_BYTES);
        let bytes = self.backend.get_range(&self.path(blob), range.start..end).await.map_err(of_read)?;
        // Some stores return nothing for a range past the end of the object.
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
        // `LocalFileSystem` writes to this name first, and leaves it if the process ends during an upload.
        match tokio::fs::remove_file(folder.join(format!("{}#1", file_name(blob)))).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(StoreError::ArtifactStoreUnavailable(format!("{}: {error}", folder.display())))
            }
            _ => Ok(()),
        }
    }
}

/// Buffers up to one part, which becomes a single object; larger uploads send the parts one by one.
#[derive(Debug)]
struct Upload {
    backend: Arc<dyn ObjectStore>,
    path: Path,
    buffered: Vec<Bytes>,
    size: usize,
    parts: Option<Box<dyn MultipartUpload>>,
}

impl Upload {
    fn take_buffered(&mut self) -> PutPayload {
        self.size = 0;
        mem::take(&mut self.buffered).into_iter().collect()
    }

    fn buffer(&mut self, bytes: Bytes) {
        self.size += bytes.len();
        self.buffered.push(bytes);
    }

    async fn send_part(&mut self) -> object_store::Result<()> {
        if self.parts.is_none() {
            self.parts = Some(self.backend.put_multipart(&self.path).await?);
        }
        let part = self.take_buffered();
        match &mut self.parts {
            Some(parts) => parts.put_part(part).await,
            None => Ok(()),
        }
    }
}

#[async_trait]
impl ArtifactUpload for Upload {
    async fn write(&mut self, mut bytes: Bytes) -> Result<()> {
        while self.size + bytes.len() > PART_BYTES {
            self.buffer(bytes.split_to(PART_BYTES - self.size));
            self.send_part().await.map_err(of_write)?;
        }
        self.buffer(bytes);
        Ok(())
    }

    async fn finish(mut self: Box<Self>) -> Result<()> {
        if self.parts.is_none() {
            let object = self.take_buffered();
            return self.backend.put(&self.path, object).await.map(drop).map_err(of_write);
        }
        let sent = self.send_part().await;
        let Some(mut parts) = self.parts else { return sent.map_err(of_write) };
        let done = match sent {
            Ok(()) => parts.complete().await.map(drop),
            Err(error) => Err(error),
        };
        if done.is_err() {
            // Parts of an unfinished upload would stay and cost storage.
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
