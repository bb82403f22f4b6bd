//! What is held in memory, and how long it may be believed.
//!
//! Answers and principals are kept until the change log says that they are not true any more. A follower hears the log
//! by hints and compares its counters at least twice a second; what is in memory is believed only while the last
//! comparison was begun less than a second ago. So nothing that is answered is more than a second behind the database,
//! and a process that is cut off from it reads, or fails, but does not tell old things.

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

use crate::rpc::cursors;
use crate::rpc::errors::{invalid_cursor, status};
use crate::rpc::pagination::PageSeal;

pub(crate) use crate::cache::entries::{Answer, KeptPrincipal, SecretDigest};
pub(crate) use crate::cache::invalidation::{begin, follow};

use crate::cache::entries::Kept;

/// How long a comparison of the counters is worth.
const FRESH: Duration = Duration::from_secs(1);

/// How much memory answers may take unless told, in bytes.
pub const ANSWER_BYTES: u64 = 256 * 1024 * 1024;

/// What is held in memory. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Freshness {
    store: Store,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    logs: RwLock<Logs>,
    kept: Kept,
}

/// What is known of the logs.
#[derive(Debug, Default)]
struct Logs {
    /// When the last successful comparison was begun.
    compared: Option<Instant>,
    heads: HashMap<ResourceId, Head>,
}

#[derive(Debug)]
struct Head {
    position: Position,
    moved: watch::Sender<i64>,
}

/// Whether what is in memory will do for a read that carries a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// It will, for as long as it is fresh.
    Memory,
    /// The cursor is ahead of what was heard: only the database knows.
    Database,
}

impl Freshness {
    /// Over a store, with memory for answers; none to keep none. Nothing is believed before the follower has compared once.
    pub fn new(store: Store, answer_bytes: Option<u64>) -> Self {
        let shared = Shared { logs: RwLock::default(), kept: Kept::new(answer_bytes) };
        Self { store, shared: Arc::new(shared) }
    }

    /// Whether memory may be believed now.
    pub(crate) fn is_fresh(&self) -> bool {
        self.logs().is_fresh()
    }

    /// A kept answer to `GetBrief`, if it may be believed.
    pub(crate) fn answer(&self, name: &str, clearance: Clearance) -> Option<Arc<Answer>> {
        self.is_fresh().then(|| self.shared.kept.answer(name, clearance))?
    }

    /// A kept principal, if it may be believed.
    pub(crate) fn principal(&self, secret: &SecretDigest) -> Option<KeptPrincipal> {
        self.is_fresh().then(|| self.shared.kept.principal(secret))?
    }

    /// To be taken before the database is read for what shall be kept.
    pub(crate) fn ticket(&self) -> Ticket {
        Ticket(self.shared.kept.dropped_so_far())
    }

    /// Keeps an answer, unless the brief changed since the ticket was taken.
    pub(crate) fn keep_answer(&self, ticket: Ticket, name: &str, clearance: Clearance, answer: &Arc<Answer>) {
        let logs = self.logs();
        if logs.is_fresh() {
            self.shared.kept.keep_answer(ticket.0, name, clearance, answer);
        }
    }

    /// Keeps a principal, unless its token changed since the ticket was taken.
    pub(crate) fn keep_principal(&self, ticket: Ticket, secret: SecretDigest, principal: &KeptPrincipal) {
        let logs = self.logs();
        if logs.is_fresh() {
            self.shared.kept.keep_principal(ticket.0, secret, principal);
        }
    }

    /// This process writes to a brief, or to a revision of it: what it keeps of the brief ends with the write, without
    /// waiting for the log. Whoever is told of the write by this process reads it here at once.
    pub(crate) fn writing_to(&self, name: &str) -> Writing {
        let brief = name.split('/').take(4).collect::<Vec<_>>().join("/");
        Writing { freshness: self.clone(), brief }
    }

    /// This process just revoked a token: here it ends at once.
    pub(crate) fn token_changed(&self, name: &ApiTokenName) {
        self.shared.kept.drop_token(&name.to_string());
    }

    /// Checks a read's `at_least`.
    ///
    /// # Errors
    /// `INVALID_CURSOR`, `CURSOR_EXPIRED`.
    pub(crate) async fn at_least(&self, workspace: &ResourceId, cursor: &str) -> Result<Need, Status> {
        if cursor.is_empty() {
            return Ok(Need::Memory);
        }
        let field = "at_least";
        let heard = self.heard(workspace);
        if let Some(position) = &heard
            && let Ok(number) = cursors::open(field, workspace, cursor, position)
            && number <= position.number
        {
            return Ok(Need::Memory);
        }
        // What was not heard of yet may have happened; the database knows.
        let position = self.store.changes().position(workspace).await.map_err(status)?;
        let number = cursors::open(field, workspace, cursor, &position)?;
        if number > position.number {
            return Err(invalid_cursor(field, "it is of what has not happened"));
        }
        Ok(Need::Database)
    }

    /// What seals the page tokens of a workspace.
    ///
    /// # Errors
    /// `NOT_FOUND` when there is no such workspace.
    pub(crate) async fn page_seal(&self, workspace: &ResourceId) -> Result<PageSeal, Status> {
        let position = match self.heard(workspace) {
            Some(position) => position,
            None => self.store.changes().position(workspace).await.map_err(status)?,
        };
        Ok(PageSeal::of(&position))
    }

    /// How far a workspace's log was heard of.
    pub(crate) fn heard(&self, workspace: &ResourceId) -> Option<Position> {
        self.logs().heads.get(workspace).map(|head| head.position.clone())
    }

    /// Tells when a workspace's log moves, by the number that was heard of last; none before it was first heard of.
    pub(crate) fn moves(&self, workspace: &ResourceId) -> Option<watch::Receiver<i64>> {
        self.logs().heads.get(workspace).map(|head| head.moved.subscribe())
    }

    fn logs(&self) -> RwLockReadGuard<'_, Logs> {
        self.shared.logs.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn logs_mut(&self) -> RwLockWriteGuard<'_, Logs> {
        self.shared.logs.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A write to a brief that is under way.
#[derive(Debug)]
pub(crate) struct Writing {
    freshness: Freshness,
    brief: String,
}

impl Writing {
    /// The write was done, or refused.
    pub(crate) fn end(self) {
        self.freshness.shared.kept.drop_brief(&self.brief);
    }
}

/// How much had been dropped when the database was about to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticket(u64);

impl Logs {
    fn is_fresh(&self) -> bool {
        self.compared.is_some_and(|compared| compared.elapsed() < FRESH)
    }
}
