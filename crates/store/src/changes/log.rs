//! The change log of a workspace, numbered without gaps in commit order.

use chancery_brief::marking::{Clearance, Rank};
use chancery_proto::names::{BriefName, GeneratedId, ResourceId};
use sqlx::PgExecutor;

use crate::changes::Changes;
use crate::convert::damaged;
use crate::database::PgConnection;
use crate::error::{Result, StoreError};
use crate::projections::RANKS;

/// An entry of the change log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The kind of change, such as `revision_published`.
    pub kind: &'static str,
    /// The resource name of the changed resource.
    pub target: String,
    /// The clearances that may see it; `None` for a change that does not concern content.
    pub audience: Option<Audience>,
    /// The brief and, where applicable, the revision that it concerns.
    pub brief: Option<(ResourceId, Option<i32>)>,
}

impl Change {
    /// Describes a change that does not concern content.
    pub(crate) fn of_no_brief(kind: &'static str, target: String) -> Self {
        Self { kind, target, audience: None, brief: None }
    }

    /// Describes a change of a revision.
    pub(crate) fn of_revision(
        kind: &'static str,
        name: &BriefName,
        revision: i32,
        audience: Audience,
    ) -> Self {
        let target = format!("{name}/revisions/{revision}");
        Self { kind, target, audience: Some(audience), brief: Some((name.brief.clone(), Some(revision))) }
    }

    /// Describes a change of a brief as a whole.
    pub(crate) fn of_brief(kind: &'static str, name: &BriefName, audience: Audience) -> Self {
        let target = name.to_string();
        Self { kind, target, audience: Some(audience), brief: Some((name.brief.clone(), None)) }
    }
}

/// A set of clearances.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Audience(u16);

impl Audience {
    /// Collects the clearances that satisfy a predicate.
    pub(crate) fn of(hears: impl Fn(i16) -> bool) -> Self {
        Self((0..RANKS).filter(|rank| hears(*rank)).fold(0, |set, rank| set | 1 << rank))
    }

    /// Includes every clearance from a rank upwards.
    pub(crate) fn from(floor: Rank) -> Self {
        Self::of(|rank| rank >= i16::from(floor))
    }

    /// Converts an audience from the database.
    pub(crate) fn read(number: i32) -> Result<Self> {
        u16::try_from(number).map(Self).map_err(damaged)
    }

    /// Returns whether a clearance is in the audience.
    pub fn includes(self, clearance: Clearance) -> bool {
        let rank = i16::from(clearance.0);
        (0..RANKS).contains(&rank) && self.0 & (1 << rank) != 0
    }
}

/// A position in a workspace's change log. Every change up to it has committed.
#[derive(Clone, PartialEq, Eq)]
pub struct Position {
    /// The log's epoch, which changes after a restore.
    pub epoch: GeneratedId,
    /// The number of the newest change.
    pub number: i64,
    /// The key that seals the workspace's cursors. Secret.
    pub key: [u8; 32],
}

/// Omits the key.
impl std::fmt::Debug for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Position")
            .field("epoch", &self.epoch)
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

/// Makes a position from a row of `change_counters`.
pub(crate) fn position_from_columns(epoch: &str, number: i64, key: Vec<u8>) -> Result<Position> {
    let key = key.try_into().map_err(|_| damaged("a cursor key does not have 32 bytes"))?;
    Ok(Position { epoch: epoch.parse().map_err(damaged)?, number, key })
}

impl Changes<'_> {
    /// Returns the newest position of a workspace's change log.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such workspace.
    pub async fn position(self, workspace: &ResourceId) -> Result<Position> {
        position(self.pool, workspace).await
    }
}

/// Returns the newest position of a workspace's change log, as the executor's transaction sees it.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such workspace.
pub(crate) async fn position(executor: impl PgExecutor<'_>, workspace: &ResourceId) -> Result<Position> {
    let row = sqlx::query!(
        "-- changes::log::position
            select epoch, last_number, cursor_key from change_counters where workspace_id = $1",
        workspace.as_str()
    )
    .fetch_optional(executor)
    .await?;
    let row = row.ok_or_else(|| StoreError::NotFound(format!("workspaces/{workspace}")))?;
    position_from_columns(&row.epoch, row.last_number, row.cursor_key)
}

/// Appends changes under the workspace's next numbers, and returns the log's new position.
///
/// Must be the transaction's last statement before the commit. It locks the workspace's counter until the commit, which
/// makes the order of numbers the order of commits; holding the lock longer would delay every other writer of the
/// workspace.
pub(crate) async fn record(
    transaction: &mut PgConnection,
    workspace: &str,
    subject: &str,
    changes: &[Change],
) -> Result<Position> {
    let kinds: Vec<String> = changes.iter().map(|change| change.kind.to_owned()).collect();
    let targets: Vec<String> = changes.iter().map(|change| change.target.clone()).collect();
    let audiences: Vec<Option<i32>> =
        changes.iter().map(|change| change.audience.map(|audience| i32::from(audience.0))).collect();
    let briefs: Vec<Option<String>> =
        changes.iter().map(|change| change.brief.as_ref().map(|(brief, _)| brief.to_string())).collect();
    let revisions: Vec<Option<i32>> =
        changes.iter().map(|change| change.brief.as_ref().and_then(|(_, revision)| *revision)).collect();
    let row = sqlx::query!(
        r#"-- changes::log::record
        with counter as (
            update change_counters set last_number = last_number + cardinality($2::text[])
            where workspace_id = $1
            returning epoch, last_number, cursor_key, last_number - cardinality($2::text[]) as before
        ), written as (
            insert into change_log (workspace_id, number, kind, target, audience, brief_id, revision, subject)
            select $1, counter.before + change.place, change.kind, change.target, change.audience, change.brief_id,
                change.revision, $7
            from counter, unnest($2::text[], $3::text[], $4::integer[], $5::text[], $6::integer[]) with ordinality
                as change (kind, target, audience, brief_id, revision, place)
        )
        select epoch, last_number, cursor_key from counter"#,
        /* workspace_id */ workspace,
        /* kind */ &kinds,
        /* target */ &targets,
        /* audience */ audiences.as_slice() as &[Option<i32>],
        /* brief_id */ briefs.as_slice() as &[Option<String>],
        /* revision */ revisions.as_slice() as &[Option<i32>],
        subject
    )
    .fetch_one(transaction)
    .await?;
    position_from_columns(&row.epoch, row.last_number, row.cursor_key)
}
