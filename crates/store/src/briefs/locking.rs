//! Locks briefs. Every writer of a brief locks its row first.

use chancery_brief::marking::{Clearance, Rank};
use chancery_proto::brief::v1::{Brief, BriefState};
use chancery_proto::names::BriefName;
use time::OffsetDateTime;

use crate::briefs::identity::BriefIdentity;
use crate::convert::damaged;
use crate::database::PgConnection;
use crate::error::{Result, StoreError};
use crate::timestamps::timestamp;

/// The state of a brief whose row is locked.
#[derive(Debug)]
pub(crate) struct LockedBrief {
    pub(crate) key: i64,
    uid: String,
    created_at: OffsetDateTime,
    /// The newest revision's number; 0 when nothing is published.
    pub(crate) newest: i32,
    pub(crate) draft_etag: String,
    pub(crate) draft_is_edited: bool,
    draft_floor: Rank,
    draft_highest: Rank,
    /// The lowest clearance that has, or before a purge had, an edition of any revision.
    pub(crate) lowest_edition: Option<Rank>,
    /// The highest marking in any revision.
    highest_revision: Option<Rank>,
    /// When the brief was deleted, if it was.
    deleted_at: Option<OffsetDateTime>,
}

impl LockedBrief {
    /// Returns the brief's identity.
    pub(crate) fn identity<'a>(&'a self, name: &'a BriefName) -> BriefIdentity<'a> {
        BriefIdentity { key: self.key, name, uid: &self.uid, created_at: self.created_at }
    }

    /// Returns whether a clearance may learn that the brief exists.
    pub(crate) fn is_known_to(&self, clearance: Clearance) -> bool {
        clearance.reads(self.draft_floor) || self.lowest_edition.is_some_and(|lowest| clearance.reads(lowest))
    }

    /// Checks that a clearance may read and write the draft.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the caller may not learn about the brief, [`StoreError::ClearanceTooLow`],
    /// [`StoreError::BriefDeleted`].
    pub(crate) fn check_draft(&self, clearance: Clearance, name: &BriefName) -> Result<()> {
        if !self.is_known_to(clearance) {
            return Err(StoreError::NotFound(name.to_string()));
        }
        check_clearance(clearance, self.draft_highest, name)?;
        self.check_not_deleted(name)
    }

    /// Checks that a clearance may delete and undelete the whole brief.
    ///
    /// # Errors
    /// [`StoreError::ClearanceTooLow`].
    pub(crate) fn check_delete_clearance(&self, clearance: Clearance, name: &BriefName) -> Result<()> {
        let highest = self.highest_revision.map_or(self.draft_highest, |rank| rank.max(self.draft_highest));
        check_clearance(clearance, highest, name)
    }

    /// Checks that the brief is not deleted.
    ///
    /// # Errors
    /// [`StoreError::BriefDeleted`].
    pub(crate) fn check_not_deleted(&self, name: &BriefName) -> Result<()> {
        if self.is_deleted() { Err(StoreError::BriefDeleted(name.to_string())) } else { Ok(()) }
    }

    /// Returns whether the brief is deleted, and can be undeleted.
    pub(crate) const fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }

    /// Returns the envelope of the unpublished brief.
    pub(crate) fn draft_envelope(&self, name: &BriefName) -> Brief {
        draft_envelope(name, &self.uid, self.created_at)
    }

    /// Returns the brief's random uid.
    pub(crate) fn uid(&self) -> &str {
        &self.uid
    }
}

/// Checks that a clearance reads everything up to a marking.
pub(crate) fn check_clearance(clearance: Clearance, highest: Rank, name: &BriefName) -> Result<()> {
    if clearance.reads(highest) { Ok(()) } else { Err(StoreError::ClearanceTooLow(name.to_string())) }
}

/// Locks the brief's row until the transaction ends, which excludes all other writers, and reads its state.
pub(crate) async fn lock(transaction: &mut PgConnection, name: &BriefName) -> Result<Option<LockedBrief>> {
    let brief = sqlx::query!(
        "-- briefs::locking::lock
        select brief_key, uid, created_at, deleted_at from briefs where workspace_id = $1 and brief_id = $2
        for update",
        name.workspace.as_str(),
        name.brief.as_str()
    )
    .fetch_optional(&mut *transaction)
    .await?;
    let Some(brief) = brief else { return Ok(None) };
    // A separate statement, so that its snapshot includes the commits that the lock waited for.
    let row = sqlx::query!(
        r#"-- briefs::locking::lock
        select etag, edited, floor::smallint as "floor!", highest::smallint as "highest!",
            (select coalesce(max(revision), 0) from revisions where brief_key = $1) as "newest!",
            (select min(floor)::smallint from revisions where brief_key = $1) as lowest_edition,
            (select max(highest)::smallint from revisions where brief_key = $1) as highest_revision
        from drafts where brief_key = $1"#,
        brief.brief_key
    )
    .fetch_one(transaction)
    .await?;
    Ok(Some(LockedBrief {
        key: brief.brief_key,
        uid: brief.uid,
        created_at: brief.created_at,
        newest: row.newest,
        draft_etag: row.etag,
        draft_is_edited: row.edited,
        draft_floor: Rank::try_from(row.floor).map_err(damaged)?,
        draft_highest: Rank::try_from(row.highest).map_err(damaged)?,
        lowest_edition: row.lowest_edition.map(Rank::try_from).transpose().map_err(damaged)?,
        highest_revision: row.highest_revision.map(Rank::try_from).transpose().map_err(damaged)?,
        deleted_at: brief.deleted_at,
    }))
}

/// Locks a brief to write or publish its draft, which the caller read under an etag.
///
/// # Errors
/// [`StoreError::NotFound`], [`StoreError::ClearanceTooLow`], [`StoreError::StaleEtag`].
pub(crate) async fn lock_draft(
    transaction: &mut PgConnection,
    clearance: Clearance,
    name: &BriefName,
    etag: &str,
) -> Result<LockedBrief> {
    let locked = lock(transaction, name).await?.ok_or_else(|| StoreError::NotFound(name.to_string()))?;
    locked.check_draft(clearance, name)?;
    if locked.draft_etag == etag { Ok(locked) } else { Err(StoreError::StaleEtag) }
}

/// Builds the envelope of an unpublished brief.
pub(crate) fn draft_envelope(name: &BriefName, uid: &str, created_at: OffsetDateTime) -> Brief {
    Brief {
        name: name.to_string(),
        etag: uid.to_owned(),
        uid: uid.to_owned(),
        state: BriefState::Draft.into(),
        create_time: Some(timestamp(created_at)),
        update_time: Some(timestamp(created_at)),
        ..Brief::default()
    }
}
