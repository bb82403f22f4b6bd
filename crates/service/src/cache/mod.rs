//! The in-memory cache of encoded briefs and principals, kept consistent by the workspaces' change logs.
//!
//! [`invalidation`] follows the logs: it wakes on hints, compares the logs' counters at least twice a second, and drops
//! the entries that new changes name. A cached entry is used only while the last successful check began less than
//! [`MAX_AGE`] ago. No response is therefore more than a second behind the database, and a process that is cut off
//! from Postgres reads from it, or fails, but never serves stale data.

pub(crate) mod entries;
pub(crate) mod invalidation;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use chancery_brief::marking::Clearance;
use chancery_proto::names::{ApiTokenName, ResourceId};
use chancery_store::{Position, Store};
use tokio::sync::watch;
use tokio::time::Instant;
use tonic::Status;

use crate::cache::entries::{CachedBrief, CachedPrincipal, Entries, SecretDigest};
use crate::rpc::cursors;
use crate::rpc::errors::{invalid_cursor, status};
use crate::rpc::pagination::PageSeal;

/// Maximum age of the last successful change-log check for cached entries to be used.
const MAX_AGE: Duration = Duration::from_secs(1);

/// Default memory for cached briefs, in bytes.
pub(crate) const DEFAULT_BRIEF_BYTES: u64 = 256 * 1024 * 1024;

/// The cache, and the last known position of each change log. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Cache {
    store: Store,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    logs: RwLock<KnownLogs>,
    entries: Entries,
}

/// The last known positions of the change logs.
#[derive(Debug, Default)]
struct KnownLogs {
    /// Start of the last successful check.
    checked_at: Option<Instant>,
    logs: HashMap<ResourceId, KnownLog>,
}

#[derive(Debug)]
struct KnownLog {
    position: Position,
    /// Publishes the position's number to watches.
    number: watch::Sender<i64>,
}

/// The source that serves a read with a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadSource {
    /// The cache includes the cursor's change, and is used while it is fresh.
    Cache,
    /// The cursor is ahead of the last check.
    Database,
}

/// The number of invalidations before a database read. It fences off the read's result if its resource changes
/// before the result is cached.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Generation(u64);

impl Cache {
    /// Creates an empty cache with memory for briefs in bytes; `None` disables caching of briefs. No entry is used before
    /// the first check of the change logs.
    pub(crate) fn new(store: Store, brief_bytes: Option<u64>) -> Self {
        let shared = Shared { logs: RwLock::default(), entries: Entries::new(brief_bytes) };
        Self { store, shared: Arc::new(shared) }
    }

    /// Returns whether the last check is recent enough for cached entries to be used.
    pub(crate) fn is_fresh(&self) -> bool {
        self.logs().is_fresh()
    }

    /// Returns a cached brief while the cache is fresh.
    pub(crate) fn brief(&self, name: &str, clearance: Clearance) -> Option<Arc<CachedBrief>> {
        self.is_fresh().then(|| self.shared.entries.brief(name, clearance))?
    }

    /// Returns a cached principal while the cache is fresh.
    pub(crate) fn principal(&self, secret: &SecretDigest) -> Option<CachedPrincipal> {
        self.is_fresh().then(|| self.shared.entries.principal(secret))?
    }

    /// Returns the current generation. Callers take it before the database read whose result they insert.
    pub(crate) fn generation(&self) -> Generation {
        Generation(self.shared.entries.invalidations())
    }

    /// Caches a brief unless it was invalidated since `read_at`.
    pub(crate) fn insert_brief(
        &self,
        read_at: Generation,
        name: &str,
        clearance: Clearance,
        brief: &Arc<CachedBrief>,
    ) {
        let logs = self.logs();
        if logs.is_fresh() {
            self.shared.entries.insert_brief(read_at.0, name, clearance, brief);
        }
    }

    /// Caches a principal unless its token was invalidated since `read_at`.
    pub(crate) fn insert_principal(
        &self,
        read_at: Generation,
        secret: SecretDigest,
        principal: &CachedPrincipal,
    ) {
        let logs = self.logs();
        if logs.is_fresh() {
            self.shared.entries.insert_principal(read_at.0, secret, principal);
        }
    }

    /// Invalidates the brief of a brief's or revision's name after a write by this process. A caller who has the write's
    /// response reads the new state from this process at once, without waiting for the change log.
    pub(crate) fn invalidate_brief(&self, name: &str) {
        let brief = name.split('/').take(4).collect::<Vec<_>>().join("/");
        self.shared.entries.invalidate_brief(&brief);
    }

    /// Invalidates the principal of a token that this process revoked.
    pub(crate) fn invalidate_token(&self, name: &ApiTokenName) {
        self.shared.entries.invalidate_token(&name.to_string());
    }

    /// Checks a read's `at_least` cursor, and returns where the read is served from.
    ///
    /// # Errors
    /// `INVALID_CURSOR`, `CURSOR_EXPIRED`.
    pub(crate) async fn at_least(&self, workspace: &ResourceId, cursor: &str) -> Result<ReadSource, Status> {
        if cursor.is_empty() {
            return Ok(ReadSource::Cache);
        }
        let field = "at_least";
        let known = self.known_position(workspace);
        if let Some(position) = &known
            && let Ok(number) = cursors::open(field, workspace, cursor, position)
            && number <= position.number
        {
            return Ok(ReadSource::Cache);
        }
        // Another process may have committed the change, or the log may have a new epoch: only the database can decide.
        let position = self.store.changes().position(workspace).await.map_err(status)?;
        let number = cursors::open(field, workspace, cursor, &position)?;
        if number > position.number {
            return Err(invalid_cursor(field, "is ahead of the change log; send a cursor from a response"));
        }
        Ok(ReadSource::Database)
    }

    /// Returns the key that seals the workspace's page tokens.
    ///
    /// # Errors
    /// `NOT_FOUND` if the workspace does not exist.
    pub(crate) async fn page_seal(&self, workspace: &ResourceId) -> Result<PageSeal, Status> {
        let position = match self.known_position(workspace) {
            Some(position) => position,
            None => self.store.changes().position(workspace).await.map_err(status)?,
        };
        Ok(PageSeal::of(&position))
    }

    /// Returns the position of a workspace's change log at the last check.
    pub(crate) fn known_position(&self, workspace: &ResourceId) -> Option<Position> {
        self.logs().logs.get(workspace).map(|log| log.position.clone())
    }

    /// Subscribes to a workspace's position; `None` before the first check that found the workspace.
    pub(crate) fn subscribe(&self, workspace: &ResourceId) -> Option<watch::Receiver<i64>> {
        self.logs().logs.get(workspace).map(|log| log.number.subscribe())
    }

    fn logs(&self) -> RwLockReadGuard<'_, KnownLogs> {
        self.shared.logs.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn logs_mut(&self) -> RwLockWriteGuard<'_, KnownLogs> {
        self.shared.logs.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl KnownLogs {
    fn is_fresh(&self) -> bool {
        self.checked_at.is_some_and(|checked_at| checked_at.elapsed() < MAX_AGE)
    }
}
