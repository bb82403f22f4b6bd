//! Every SQL statement of the project. One file an aggregate, one method a statement or transaction; each
//! statement opens with a comment that names its method. Time is the database's (`clock_timestamp()`).

mod access;
mod artifacts;
#[cfg(feature = "bench")]
mod bench;
mod briefs;
mod changes;
mod database;
mod error;
pub mod filter;
mod integrity;
pub mod knowledge;
mod projections;
mod renders;
mod search;

use std::fmt;

use chancery_brief::digest::Digest;
use chancery_proto::names::{GeneratedId, ResourceId, RevisionName, RevisionNumber};
use prost_types::Timestamp;
use time::OffsetDateTime;

use crate::artifacts::stores::ArtifactStores;
use crate::briefs::batched_reads::Together;
use crate::database::{Database, Pool};

pub use crate::access::bootstrap::{Bootstrapped, FirstSecrets};
pub use crate::access::principal::{Access, Principal, Role, Roles, Scope};
pub use crate::access::token_recovery::TokenToIssue;
pub use crate::access::tokens::{ApiToken, NewToken, Secret};
pub use crate::access::workspaces::Workspace;
pub use crate::artifacts::deliveries::{Delivery, Recipient};
pub use crate::artifacts::rows::{Artifact, CHUNK};
pub use crate::artifacts::store::{ArtifactStore, ArtifactUpload, OpenArtifactStore};
pub use crate::artifacts::stores::ArtifactBytes;
pub use crate::briefs::attachments::{Attachment, AttachmentWarning, NewAttachment};
pub use crate::briefs::deletion::Deleted;
pub use crate::briefs::drafts::Draft;
pub use crate::briefs::editions::{Edition, Purging, RevisionSummary, Withdrawal};
pub use crate::briefs::envelopes::NewestEdition;
pub use crate::briefs::image_checks::check_image;
pub use crate::briefs::import_records::ImportRecord;
pub use crate::briefs::imports::{ImportDocument, Imported};
pub use crate::briefs::lists::{BriefListQuery, ListedBrief};
pub use crate::briefs::publishing::{Published, Publishing};
pub use crate::briefs::purge::Purged;
pub use crate::briefs::withdrawal::Withdrawn;
pub use crate::changes::feed::{LogHead, Outdated, Stretch, WatchedBrief, WatchedChange, WatchedEdition};
pub use crate::changes::idempotency_keys::WriteId;
pub use crate::changes::log::{Audience, Change, Position};
pub use crate::changes::notify::{Hint, Hints};
pub use crate::database::settings::DatabaseSettings;
pub use crate::integrity::findings::{Finding, FindingCode};
pub use crate::integrity::reindex::{Reindexed, Reindexing};
pub use crate::integrity::verify::{Verified, Verifying};
pub use crate::renders::attempts::{AttemptFailure, Finished, StagedArtifact};
pub use crate::renders::dead_letters::{DeadTaskFilter, DeadTaskPlace, RenderTask, Requeued, TaskState};
pub use crate::renders::downloads::{Download, Render, RenderState, UNCLASSIFIED_WARNING, WaitingReason};
pub use crate::renders::environments::PrintEnvironment;
pub use crate::renders::inputs::RenderInput;
pub use crate::renders::leases::{Acquired, AcquiredLease, Lease, LeaseTimes};
pub use crate::renders::lists::{RenderFilter, RenderList, RenderPlace, RenderStateKind};
pub use crate::renders::requests::{NewRender, RequestedRender};
pub use crate::renders::stats::{EnvironmentQueue, QueueDepth, QueueStats, WorkspaceQueue};
pub use crate::renders::workers::{Worker, WorkerPlace};
pub use database::{DatabaseMonitor, DatabaseState};
pub use error::{DatabaseFailure, Result, StoreError};
pub use search::{
    InvalidSearchPlace, Search, SearchFacet, SearchHit, SearchPage, SearchPlace, SearchQuery,
    SearchQueryError,
};

/// The database, as the rest of the project sees it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    database: Database,
    pool: Pool,
    together: Together,
    artifacts: ArtifactStores,
    lease_times: LeaseTimes,
    queue_limit: i32,
}

/// Live tasks of a workspace that the queue takes unless told.
pub const QUEUE_LIMIT: u32 = 10_000;

impl Store {
    /// Over a database. The bytes of PDFs are there too, unless [`Self::with_artifacts`] says otherwise.
    pub(crate) fn new(database: Database) -> Self {
        let pool = database.calls.clone();
        let artifacts = ArtifactStores::new(pool.clone());
        let together = Together::new(pool.clone());
        Self { database, pool, together, artifacts, lease_times: LeaseTimes::default(), queue_limit: 0 }
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

    /// Closes the connections that are not in use, and each other one when it is given back.
    pub async fn close(&self) {
        self.database.close().await;
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
