//! Selects the store of a PDF's bytes: new bytes go to the configured store, older ones stay where they were written.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use prost::bytes::Bytes;

use crate::Store;
use crate::artifacts::Artifacts;
use crate::artifacts::artifact::Artifact;
use crate::artifacts::chunks::Chunks;
use crate::artifacts::store_trait::{ArtifactStore, OpenArtifactStore};
use crate::convert::generated_id;
use crate::database::Pool;
use crate::error::{Result, StoreError};

/// The content that the probe writes, reads back and deletes.
const PROBE: &[u8] = b"Chancery was here to see whether it can write.\n";

/// The stores that this process has opened. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct ArtifactStores {
    chunks: Arc<dyn ArtifactStore>,
    /// The store for new bytes; `None` for the database.
    external: Option<ExternalStore>,
    open: Option<Arc<dyn OpenArtifactStore>>,
    opened: Arc<Mutex<HashMap<ExternalStore, Arc<dyn ArtifactStore>>>>,
}

/// A row of `artifact_stores`. The URL is part of the cache key, because an operator may change it after moving the
/// bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ExternalStore {
    pub(crate) id: i32,
    pub(crate) url: String,
}

impl ArtifactStores {
    /// Uses the database only.
    pub(crate) fn new(pool: Pool) -> Self {
        Self { chunks: Arc::new(Chunks::new(pool)), external: None, open: None, opened: Arc::default() }
    }

    /// Returns the id of the external store for new blobs; `None` for the database.
    pub(crate) fn external_id(&self) -> Option<i32> {
        self.external.as_ref().map(|external| external.id)
    }

    /// Returns a store for reading and deleting, opening it on first use.
    pub(crate) fn at(&self, external: Option<&ExternalStore>) -> Result<Arc<dyn ArtifactStore>> {
        let Some(external) = external else { return Ok(Arc::clone(&self.chunks)) };
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = opened.get(external) {
            return Ok(Arc::clone(store));
        }
        let open = self.open.as_ref().ok_or_else(|| {
            StoreError::ArtifactStoreRefused(format!("this program cannot open the store {}", external.url))
        })?;
        let store = open.open(&external.url)?;
        opened.insert(external.clone(), Arc::clone(&store));
        Ok(store)
    }

    /// Returns the store for new bytes.
    pub(crate) fn for_new_bytes(&self) -> Result<Arc<dyn ArtifactStore>> {
        self.at(self.external.as_ref())
    }
}

/// An open PDF, to be read piece by piece.
#[derive(Debug)]
pub struct ArtifactBytes {
    store: Arc<dyn ArtifactStore>,
    blob: String,
    size: u64,
}

impl ArtifactBytes {
    /// Reads bytes from an offset before the end: at least one, and as many as arrive at once.
    pub async fn read(&self, offset: u64) -> Result<Bytes> {
        self.store.read(&self.blob, offset..self.size).await
    }
}

impl Store {
    /// Stores new PDFs at a URL, or in the database for `None`, and opens external stores for older ones. Probes the
    /// store first by writing, reading and deleting a blob.
    ///
    /// # Errors
    /// [`StoreError::ArtifactStoreRefused`], [`StoreError::ArtifactStoreUnavailable`],
    /// [`StoreError::ArtifactStoreFull`].
    pub async fn with_artifacts(
        mut self,
        url: Option<&str>,
        open: Arc<dyn OpenArtifactStore>,
    ) -> Result<Self> {
        if let Some(url) = url {
            let store = open.open(url)?;
            probe(store.as_ref()).await?;
            let external = ExternalStore { id: self.artifacts().store_id(url).await?, url: url.to_owned() };
            self.artifacts.opened = Arc::new(Mutex::new(HashMap::from([(external.clone(), store)])));
            self.artifacts.external = Some(external);
        }
        self.artifacts.open = Some(open);
        Ok(self)
    }
}

impl Artifacts<'_> {
    /// Opens a staged blob of this process for reading, once all of its bytes are written.
    ///
    /// # Errors
    /// As [`ArtifactStore`].
    pub fn open_staged(self, blob: &str, size: u64) -> Result<ArtifactBytes> {
        Ok(ArtifactBytes { store: self.stores.for_new_bytes()?, blob: blob.to_owned(), size })
    }

    async fn store_id(self, url: &str) -> Result<i32> {
        // The update is a no-op that makes `returning` yield the existing row.
        let id = sqlx::query_scalar!(
            "-- artifacts::store_selection::store_id
            insert into artifact_stores (url) values ($1)
            on conflict (url) do update set url = excluded.url
            returning store_id",
            url
        )
        .fetch_one(self.pool)
        .await?;
        Ok(id)
    }

    /// Opens a PDF for reading, in whichever store it is.
    pub async fn open(self, artifact: &Artifact) -> Result<ArtifactBytes> {
        let row = sqlx::query!(
            r#"-- artifacts::store_selection::open
            select s.store_id as "id?", s.url as "url?"
            from artifact_blobs b
            left join artifact_stores s using (store_id)
            where b.blob_id = $1"#,
            artifact.blob
        )
        .fetch_optional(self.pool)
        .await?;
        let row = row.ok_or_else(|| StoreError::ArtifactMissing(format!("blob {}", artifact.blob)))?;
        let external = row.id.zip(row.url).map(|(id, url)| ExternalStore { id, url });
        let store = self.stores.at(external.as_ref())?;
        Ok(ArtifactBytes { store, blob: artifact.blob.clone(), size: artifact.size_bytes })
    }
}

async fn probe(store: &dyn ArtifactStore) -> Result<()> {
    let name = format!("probe-{}", generated_id()?);
    let mut upload = store.begin(&name).await?;
    upload.write(Bytes::from_static(PROBE)).await?;
    upload.finish().await?;
    let read = store.read(&name, 0..PROBE.len() as u64).await?;
    store.delete(&name).await?;
    if read == PROBE {
        return Ok(());
    }
    Err(StoreError::ArtifactStoreRefused("it returned other bytes than were written to it".into()))
}
