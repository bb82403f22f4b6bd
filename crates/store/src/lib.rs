//! The store: every SQL statement of the project.
//!
//! Each domain has a folder and a handle, which [`Store`] hands out; each method is one statement or one transaction,
//! and every statement opens with a comment that names its method. Time comes from the database (`clock_timestamp()`).

mod access;
mod artifacts;
#[cfg(feature = "bench")]
mod bench;
mod briefs;
mod changes;
mod convert;
mod database;
mod error;
pub mod filter;
mod integrity;
pub mod knowledge;
mod projections;
mod renders;
mod search;
mod timestamps;

use crate::artifacts::store_selection::ArtifactStores;
use crate::briefs::batched_reads::BatchedReads;
use crate::database::Database;

pub use crate::access::AccessControl;
pub use crate::access::bootstrap::{Bootstrapped, FirstSecrets};
pub use crate::access::enrolment::Enrolment;
pub use crate::access::principal::{Access, Principal, Role, Roles, Scope};
pub use crate::access::secrets::Secret;
pub use crate::access::token_creation::{CreatedToken, Expiry, NewToken};
pub use crate::access::token_recovery::TokenToIssue;
pub use crate::access::tokens::{
    ApiToken, ResolvedToken, Suspension, TOKEN_USE_INTERVAL, TokenFilter, WorkerLimits,
};
pub use crate::access::workspaces::{PrintAgreement, PublicationRules, Workspace, WorkspaceUpdate};
pub use crate::artifacts::Artifacts;
pub use crate::artifacts::artifact::{Artifact, CHUNK};
pub use crate::artifacts::deliveries::{Delivery, Recipient};
pub use crate::artifacts::store_selection::ArtifactBytes;
pub use crate::artifacts::store_trait::{ArtifactStore, ArtifactUpload, OpenArtifactStore};
pub use crate::briefs::attachments::{Attachment, AttachmentWarning, NewAttachment};
pub use crate::briefs::deleted_brief::DeletedBrief;
pub use crate::briefs::drafts::Draft;
pub use crate::briefs::editions::{Edition, Purge, RevisionSummary, Withdrawal};
pub use crate::briefs::image_checks::check_image;
pub use crate::briefs::import_records::ImportRecord;
pub use crate::briefs::imports::{ImportDocument, Imported};
pub use crate::briefs::lists::{BriefListQuery, ListedBrief};
pub use crate::briefs::newest_edition::NewestEdition;
pub use crate::briefs::publishing::{NewestComparison, PublishOptions, Published};
pub use crate::briefs::purge::Purged;
pub use crate::briefs::withdrawal::Withdrawn;
pub use crate::briefs::{Attachments, Briefs};
pub use crate::changes::Changes;
pub use crate::changes::feed::{
    ChangePage, Invalidation, LogHead, WatchedBrief, WatchedChange, WatchedEdition,
};
pub use crate::changes::idempotency_keys::IdempotencyKey;
pub use crate::changes::log::{Audience, Change, Position};
pub use crate::changes::notify::{Hint, Hints};
pub use crate::database::settings::DatabaseSettings;
pub use crate::integrity::Integrity;
pub use crate::integrity::findings::{Finding, FindingCode};
pub use crate::integrity::reindex::{ReindexEvent, ReindexScope};
pub use crate::integrity::verify::{VerifyEvent, VerifyOptions};
pub use crate::knowledge::Knowledge;
pub use crate::renders::agreement::Unconfirmed;
pub use crate::renders::attempts::{AttemptFailure, Finished, StagedArtifact};
pub use crate::renders::dead_letters::{DeadTaskFilter, DeadTaskPageKey, RenderTask, Requeued, TaskState};
pub use crate::renders::downloads::Download;
pub use crate::renders::environments::PrintEnvironment;
pub use crate::renders::inputs::RenderInput;
pub use crate::renders::leases::{Acquired, AcquiredLease, Lease, LeaseHolder, LeaseSecret, LeaseTimes};
pub use crate::renders::lists::{RenderFilter, RenderList, RenderPageKey, RenderStateKind};
pub use crate::renders::proof_refusals::{ProofFinding, ProofRefusal};
pub use crate::renders::render::{Render, RenderState, UNCLASSIFIED_WARNING, WaitingReason};
pub use crate::renders::requests::{RenderRequest, RequestedRender};
pub use crate::renders::stats::{EnvironmentQueue, QueueDepth, QueueStats, WorkspaceQueue};
pub use crate::renders::workers::{Worker, WorkerPageKey};
pub use crate::renders::{RenderQueue, Renders, Workers};
pub use crate::timestamps::timestamp;
pub use database::{DatabaseMonitor, DatabaseState};
pub use error::{DatabaseFailure, Result, StoreError};
pub use search::{
    InvalidSearchPageKey, Search, SearchFacet, SearchHit, SearchIndex, SearchPage, SearchPageKey,
    SearchQuery, SearchQueryError,
};

/// A connection to one installation's data. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    database: Database,
    batched_reads: BatchedReads,
    artifacts: ArtifactStores,
    lease_times: LeaseTimes,
    queue_limit: i32,
}

/// Default limit of live tasks per workspace.
pub const QUEUE_LIMIT: u32 = 10_000;

impl Store {
    /// Opens a store over a database. PDFs are stored in the database too, unless [`Self::with_artifacts`] names
    /// another store.
    pub(crate) fn new(database: Database) -> Self {
        let artifacts = ArtifactStores::new(database.calls.clone());
        let batched_reads = BatchedReads::new(database.calls.clone());
        Self { database, batched_reads, artifacts, lease_times: LeaseTimes::default(), queue_limit: 0 }
            .with_queue_limit(QUEUE_LIMIT)
    }

    /// Replaces the lease times.
    #[must_use]
    pub fn with_lease_times(self, lease_times: LeaseTimes) -> Self {
        Self { lease_times, ..self }
    }

    /// Replaces the limit of live tasks per workspace. All processes of an installation should use the same limit: a
    /// process with another one forces a recount of the queue.
    #[must_use]
    pub fn with_queue_limit(self, limit: u32) -> Self {
        Self { queue_limit: i32::try_from(limit.max(1)).unwrap_or(i32::MAX), ..self }
    }

    /// Returns how long leases last.
    pub const fn lease_times(&self) -> LeaseTimes {
        self.lease_times
    }

    /// Manages workspaces and API tokens.
    pub const fn access(&self) -> AccessControl<'_> {
        AccessControl { pool: &self.database.calls, identity_pool: &self.database.identity }
    }

    /// Stores PDFs and records their deliveries.
    pub const fn artifacts(&self) -> Artifacts<'_> {
        Artifacts { pool: &self.database.calls, stores: &self.artifacts }
    }

    /// Stores uploaded images.
    pub const fn attachments(&self) -> Attachments<'_> {
        Attachments { pool: &self.database.calls }
    }

    /// Reads and writes briefs, drafts, revisions and editions.
    pub const fn briefs(&self) -> Briefs<'_> {
        Briefs { pool: &self.database.calls, batched_reads: &self.batched_reads }
    }

    /// Reads the change log and sends notifications.
    pub const fn changes(&self) -> Changes<'_> {
        Changes { pool: &self.database.calls, database: &self.database }
    }

    /// Requests, lists and downloads renders.
    pub const fn renders(&self) -> Renders<'_> {
        Renders {
            pool: &self.database.calls,
            artifacts: self.artifacts(),
            briefs: self.briefs(),
            queue_limit: self.queue_limit,
        }
    }

    /// Leases and finishes render tasks.
    pub const fn queue(&self) -> RenderQueue<'_> {
        RenderQueue { pool: &self.database.calls, lease_times: self.lease_times }
    }

    /// Lists and drains workers.
    pub const fn workers(&self) -> Workers<'_> {
        Workers { pool: &self.database.calls }
    }

    /// Lists actors, events, relationships, sources and statements of all briefs.
    pub const fn knowledge(&self) -> Knowledge<'_> {
        Knowledge { pool: &self.database.calls }
    }

    /// Searches the full text of editions.
    pub const fn search_index(&self) -> SearchIndex<'_> {
        SearchIndex { pool: &self.database.calls }
    }

    /// Verifies stored data and rebuilds what is derived from it.
    pub const fn integrity(&self) -> Integrity<'_> {
        Integrity { pool: &self.database.calls, artifacts: self.artifacts() }
    }

    /// Closes idle connections now, and the others as they are released.
    pub async fn close(&self) {
        self.database.close().await;
    }
}
