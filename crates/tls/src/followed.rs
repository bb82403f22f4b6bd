//! Values made from files, made again when the files change.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::error::TlsError;
use crate::pem_file::PemFile;

/// Interval of looking at the files. Polling sees every way of replacing them: renames, symbolic links of mounted
/// secrets, network folders.
const INTERVAL: Duration = Duration::from_secs(5);

/// Time for which changed files must stay the same before they are used, because a certificate and its key are rarely
/// replaced in one step.
const SETTLING: Duration = Duration::from_millis(500);

/// How often files have been replaced since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReloadCounts {
    /// Replacements in use now or before.
    pub used: u64,
    /// Replacements that could not be used.
    pub refused: u64,
}

/// A value made from files. [`Followed::follow`] makes it again when they change.
pub(crate) struct Followed<T> {
    paths: Vec<PathBuf>,
    make: Make<T>,
    first: Reading,
    current: RwLock<Arc<T>>,
    used: AtomicU64,
    refused: AtomicU64,
}

/// Makes the value. The second argument is the value in use, `None` at the start.
type Make<T> = Box<dyn Fn(&[PemFile], Option<&T>) -> Result<T, TlsError> + Send + Sync>;

/// The files' contents, or why they could not be read. Errors are compared by their messages.
type Reading = Result<Vec<PemFile>, String>;

impl<T> Followed<T> {
    /// Reads the files and makes the value.
    pub(crate) fn read(
        paths: Vec<PathBuf>,
        make: impl Fn(&[PemFile], Option<&T>) -> Result<T, TlsError> + Send + Sync + 'static,
    ) -> Result<Self, TlsError> {
        let files = read_all(&paths)?;
        let current = RwLock::new(Arc::new(make(&files, None)?));
        let (used, refused) = (AtomicU64::new(0), AtomicU64::new(0));
        Ok(Self { paths, make: Box::new(make), first: Ok(files), current, used, refused })
    }

    /// Returns the value made from the newest files that could be used.
    pub(crate) fn current(&self) -> Arc<T> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns how often the files have been replaced.
    pub(crate) fn counts(&self) -> ReloadCounts {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        ReloadCounts { used: count(&self.used), refused: count(&self.refused) }
    }

    /// Follows the files, and shows the value in use each time that it looks at them; does not return.
    pub(crate) async fn follow(&self, observe: impl Fn(&T)) {
        let mut handled = self.first.clone();
        loop {
            observe(&self.current());
            tokio::time::sleep(INTERVAL).await;
            let mut reading = self.reading().await;
            while reading != handled {
                tokio::time::sleep(SETTLING).await;
                let again = self.reading().await;
                if again == reading {
                    self.handle(&reading);
                    handled = again;
                    break;
                }
                reading = again;
            }
        }
    }

    /// Uses changed files, or keeps the old value if that is not possible.
    fn handle(&self, reading: &Reading) {
        let made = match reading {
            Ok(files) => (self.make)(files, Some(&self.current())).map_err(|error| error.to_string()),
            Err(error) => Err(error.clone()),
        };
        match made {
            Ok(value) => {
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(value);
                self.used.fetch_add(1, Ordering::Relaxed);
                tracing::info!(files = ?self.paths, "new certificates are in use");
            }
            Err(error) => {
                self.refused.fetch_add(1, Ordering::Relaxed);
                tracing::error!(%error, "changed certificates cannot be used; the old ones stay in use");
            }
        }
    }

    async fn reading(&self) -> Reading {
        let paths = self.paths.clone();
        let read = tokio::task::spawn_blocking(move || read_all(&paths).map_err(|error| error.to_string()));
        read.await.unwrap_or_else(|error| Err(error.to_string()))
    }
}

fn read_all(paths: &[PathBuf]) -> Result<Vec<PemFile>, TlsError> {
    paths.iter().map(|path| PemFile::read(path)).collect()
}
