//! Every SQL statement of the project. One file an aggregate, one method a statement or transaction; each
//! statement opens with a comment that names its method. Time is the database's (`clock_timestamp()`).

mod artifact_chunks;
mod artifact_expiry;
mod artifact_store;
mod artifact_stores;
mod artifacts;
mod attachments;
#[cfg(feature = "bench")]
mod bench;
mod bootstrap;
mod brief_lists;
mod briefs;
mod change_feed;
mod change_log;
mod dead_tasks;
mod deletions;
mod deliveries;
mod drafts;
mod editions;
mod error;
pub mod filter;
mod findings;
mod import_records;
mod imports;
pub mod knowledge;
mod principal;
mod print_environments;
mod projections;
mod publishing;
mod purges;
mod queue_stats;
mod reindex;
mod render_endings;
mod render_inputs;
mod render_lists;
mod render_queue;
mod render_requests;
mod render_shares;
mod render_tasks;
mod renders;
mod request_ids;
mod revisions;
mod schema;
mod search;
mod settings;
mod stored_briefs;
mod together;
mod token_recovery;
mod tokens;
#[cfg(feature = "unfenced")]
mod unfenced;
mod verify;
mod wakeups;
mod withdrawals;
mod workers;
mod workspaces;

use std::fmt;

use chancery_brief::digest::Digest;
use chancery_proto::names::{GeneratedId, ResourceId, RevisionName, RevisionNumber};
use prost_types::Timestamp;
use sqlx::PgPool;
use time::OffsetDateTime;

use crate::artifact_stores::ArtifactStores;
use crate::together::Together;

pub use artifact_store::{ArtifactStore, ArtifactUpload, OpenArtifactStore};
pub use artifact_stores::ArtifactBytes;
pub use artifacts::{Artifact, CHUNK};
pub use attachments::{Attachment, NewAttachment};
pub use bootstrap::{Bootstrapped, FirstSecrets};
pub use brief_lists::{BriefListQuery, ListedBrief};
pub use briefs::NewestEdition;
pub use change_feed::{LogHead, Outdated, Stretch, WatchedBrief, WatchedChange, WatchedEdition};
pub use change_log::{Audience, Change, Position};
pub use dead_tasks::{DeadTaskFilter, DeadTaskPlace, RenderTask, Requeued, TaskState};
pub use deletions::Deleted;
pub use deliveries::{Delivery, Recipient};
pub use drafts::Draft;
pub use editions::{Edition, Purging, RevisionSummary, Withdrawal};
pub use error::{Result, StoreError};
pub use findings::{Finding, FindingCode};
pub use import_records::ImportRecord;
pub use imports::{ImportDocument, Imported};
pub use principal::{Access, Principal, Role, Roles, Scope};
pub use print_environments::PrintEnvironment;
pub use publishing::{Published, Publishing};
pub use purges::Purged;
pub use queue_stats::{EnvironmentQueue, QueueDepth, QueueStats, WorkspaceQueue};
pub use reindex::{Reindexed, Reindexing};
pub use render_inputs::RenderInput;
pub use render_lists::{RenderFilter, RenderList, RenderPlace, RenderStateKind};
pub use render_queue::{Acquired, AcquiredLease, Lease, LeaseTimes};
pub use render_requests::{NewRender, RequestedRender};
pub use render_tasks::{AttemptFailure, Finished, StagedArtifact};
pub use renders::{Download, Render, RenderState, WaitingReason};
pub use request_ids::WriteId;
pub use search::{
    InvalidSearchPlace, Search, SearchFacet, SearchHit, SearchPage, SearchPlace, SearchQuery,
    SearchQueryError,
};
pub use settings::DatabaseSettings;
pub use token_recovery::TokenToIssue;
pub use tokens::{ApiToken, NewToken, Secret};
pub use verify::{Verified, Verifying};
pub use wakeups::{Hint, Hints};
pub use withdrawals::Withdrawn;
pub use workers::{Worker, WorkerPlace};
pub use workspaces::Workspace;

/// The database, as the rest of the project sees it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pool: PgPool,
    together: Together,
    artifacts: ArtifactStores,
    lease_times: LeaseTimes,
    queue_limit: i32,
}

/// Live tasks of a workspace that the queue takes unless told.
pub const QUEUE_LIMIT: u32 = 10_000;

impl Store {
    /// Over a pool of connections. The bytes of PDFs are there too, unless [`Self::with_artifacts`] says otherwise.
    pub fn new(pool: PgPool) -> Self {
        let artifacts = ArtifactStores::new(pool.clone());
        let together = Together::new(pool.clone());
        Self { pool, together, artifacts, lease_times: LeaseTimes::default(), queue_limit: 0 }
            .with_queue_limit(QUEUE_LIMIT)
    }

    /// The same with other times for leases.
    #[must_use]
    pub fn with_lease_times(self, lease_times: LeaseTimes) -> Self {
        Self { lease_times, ..self }
    }

    /// The same with another limit of live tasks in a workspace. All processes of an installation should have the same
    /// one: where they differ, the queue is counted again whenever another one asks.
    #[must_use]
    pub fn with_queue_limit(self, limit: u32) -> Self {
        Self { queue_limit: i32::try_from(limit.max(1)).unwrap_or(i32::MAX), ..self }
    }

    /// How long workers may keep a task.
    pub const fn lease_times(&self) -> LeaseTimes {
        self.lease_times
    }

    /// Closes all connections, waiting for those in use.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// A key made at random.
pub(crate) fn generated_id() -> Result<GeneratedId> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(GeneratedId::from_bytes(bytes))
}

/// A value in the database is none of its type: no check let it in.
pub(crate) fn damaged(error: impl fmt::Display) -> StoreError {
    StoreError::Damaged(error.to_string())
}

/// A time as messages hold it.
#[allow(clippy::cast_possible_wrap, reason = "there are fewer than 2^30 nanoseconds in a second")]
pub fn timestamp(time: OffsetDateTime) -> Timestamp {
    Timestamp { seconds: time.unix_timestamp(), nanos: time.nanosecond() as i32 }
}

/// A time from a message that was stored.
pub(crate) fn time_of(timestamp: Option<Timestamp>) -> Result<OffsetDateTime> {
    let time = timestamp.ok_or_else(|| damaged("a stored message has no time"))?;
    let seconds = OffsetDateTime::from_unix_timestamp(time.seconds).map_err(damaged)?;
    Ok(seconds + time::Duration::nanoseconds(time.nanos.into()))
}

/// A revision's number as the database's integer.
pub(crate) fn to_integer(number: u32) -> Result<i32> {
    i32::try_from(number).map_err(|_| StoreError::InvalidField {
        field: "revision",
        description: format!("{number} is over the highest number, 2147483647"),
    })
}

/// A revision's number from the database's integer.
pub(crate) fn to_number(integer: i32) -> Result<u32> {
    u32::try_from(integer).map_err(damaged)
}

/// A revision's name from the database's columns.
pub(crate) fn revision_name(workspace: &ResourceId, brief_id: &str, revision: i32) -> Result<RevisionName> {
    let (workspace, brief) = (workspace.clone(), brief_id.parse().map_err(damaged)?);
    Ok(RevisionName { workspace, brief, revision: RevisionNumber(to_number(revision)?) })
}

/// A digest from the database's bytes.
pub(crate) fn to_digest(bytes: Vec<u8>) -> Result<Digest> {
    <[u8; 32]>::try_from(bytes).map(Digest).map_err(|_| damaged("a digest has not 32 bytes"))
}
