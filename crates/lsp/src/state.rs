//! The open texts, and the thread that reads them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio::sync::Semaphore;
use tower_lsp_server::ls_types::Uri;

use crate::Settings;
use crate::document::{Analysis, Document};
use crate::error::Refusal;
use crate::positions::Encoding;

/// Number of texts that are read at the same time.
const MAX_ANALYSES: usize = 2;

pub(crate) struct State {
    pub(crate) settings: Settings,
    /// By URI.
    documents: Mutex<HashMap<String, Arc<Document>>>,
    encoding: OnceLock<Encoding>,
    analyses: Arc<Semaphore>,
    is_shut_down: AtomicBool,
}

impl State {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            settings,
            documents: Mutex::default(),
            encoding: OnceLock::new(),
            analyses: Arc::new(Semaphore::new(MAX_ANALYSES)),
            is_shut_down: AtomicBool::new(false),
        }
    }

    pub(crate) fn shut_down(&self) {
        self.is_shut_down.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_shut_down(&self) -> bool {
        self.is_shut_down.load(Ordering::Relaxed)
    }

    /// Sets the unit of columns, once.
    pub(crate) fn set_encoding(&self, encoding: Encoding) {
        self.encoding.get_or_init(|| encoding);
    }

    pub(crate) fn encoding(&self) -> Encoding {
        self.encoding.get().copied().unwrap_or_default()
    }

    /// Opens a text, or replaces an open one.
    pub(crate) fn put(&self, document: Document) -> Arc<Document> {
        let document = Arc::new(document);
        self.locked().insert(document.uri.as_str().to_owned(), Arc::clone(&document));
        document
    }

    pub(crate) fn close(&self, uri: &Uri) {
        self.locked().remove(uri.as_str());
    }

    pub(crate) fn document(&self, uri: &Uri) -> Result<Arc<Document>, Refusal> {
        let found = self.locked().get(uri.as_str()).cloned();
        found.ok_or_else(|| Refusal::UnknownDocument(uri.as_str().to_owned()))
    }

    /// Returns whether a version of a text is the open one.
    pub(crate) fn is_current(&self, document: &Arc<Document>) -> bool {
        self.locked().get(document.uri.as_str()).is_some_and(|open| Arc::ptr_eq(open, document))
    }

    /// Returns the analysis of a text, which another thread makes at the first use. A version that was replaced in the
    /// meantime is not read.
    pub(crate) async fn analysis(
        self: &Arc<Self>,
        document: &Arc<Document>,
    ) -> Result<Arc<Analysis>, Refusal> {
        let read = || async {
            let permit = Arc::clone(&self.analyses).acquire_owned().await.map_err(|_| Refusal::Internal)?;
            if !self.is_current(document) {
                return Err(Refusal::ContentModified);
            }
            let (state, document) = (Arc::clone(self), Arc::clone(document));
            let reading = tokio::task::spawn_blocking(move || {
                let analysis = document.analyse(&state.settings);
                // Released here, and not where the result is awaited: a cancelled request does not stop the thread.
                drop(permit);
                Arc::new(analysis)
            });
            reading.await.map_err(|_| Refusal::Internal)
        };
        document.analysis.get_or_try_init(read).await.map(Arc::clone)
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Document>>> {
        self.documents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
