//! Deletes and undeletes briefs (AIP-164). A deleted brief is hidden at once, and purged after [`UNDELETE_WINDOW`].

use std::time::Duration;

use chancery_brief::marking::Clearance;
use chancery_proto::brief::v1::Brief;
use chancery_proto::names::BriefName;
use prost::Message;

use crate::access::principal::Principal;
use crate::briefs::deleted_brief::DeletedBrief;
use crate::briefs::locking::LockedBrief;
use crate::briefs::revisions::recompute_current;
use crate::briefs::{Briefs, locking};
use crate::changes::idempotency_keys::{IdempotencyKey, WriteStart, begin_write, store_response};
use crate::changes::log::{self, Audience, Change, Position};
use crate::convert::{damaged, to_digest};
use crate::database::{PgConnection, Transaction};
use crate::error::{Result, StoreError};

/// How long a deleted brief can be undeleted.
const UNDELETE_WINDOW: Duration = Duration::from_hours(30 * 24);

impl Briefs<'_> {
    /// Hides a brief until it is undeleted, or purged when the undelete window (30 days) ends. A non-empty etag must be the one
    /// that the principal reads.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`], [`StoreError::NotFound`] also for a deleted one, [`StoreError::StaleBriefEtag`],
    /// [`StoreError::ClearanceTooLow`], [`StoreError::RequestIdReused`].
    pub async fn delete(
        self,
        principal: &Principal,
        name: &BriefName,
        etag: &str,
        write: Option<&IdempotencyKey>,
    ) -> Result<(Brief, Position)> {
        let access = principal.access(&name.workspace)?;
        let mut transaction = match begin_write(self.pool, principal, &name.workspace, write).await? {
            WriteStart::First(transaction) => transaction,
            WriteStart::Repeated(response) => return self.repeated_response(name, &response).await,
        };
        let locked = locking::lock(&mut transaction, name).await?;
        let locked = locked.filter(|locked| locked.is_known_to(access.clearance) && !locked.is_deleted());
        let locked = locked.ok_or_else(|| StoreError::NotFound(name.to_string()))?;
        // The etag is checked first, so that only a request that could otherwise succeed learns from the clearance
        // check that something is marked above the principal's clearance.
        if !etag.is_empty() && etag != current_etag(&mut transaction, &locked, access.clearance).await? {
            return Err(StoreError::StaleBriefEtag);
        }
        locked.check_delete_clearance(access.clearance, name)?;
        let row = sqlx::query!(
            r#"-- briefs::deletion::delete
            with moment as materialized (select clock_timestamp() as at)
            update briefs b
            set deleted_at = moment.at, purge_at = moment.at + make_interval(secs => $2), deleted_by = $3
            from moment
            where brief_key = $1
            returning b.uid, b.created_at, b.deleted_at as "deleted_at!", b.purge_at as "purge_at!""#,
            locked.key,
            UNDELETE_WINDOW.as_secs_f64(),
            principal.subject
        )
        .fetch_one(&mut *transaction)
        .await?;
        recompute_current(&mut transaction, locked.key).await?;
        let deleted = DeletedBrief {
            name: name.clone(),
            uid: row.uid,
            created_at: row.created_at,
            deleted_at: row.deleted_at,
            purge_at: row.purge_at,
        };
        let (_, brief) = deleted.envelope();
        let change = Change::of_brief("brief_deleted", name, readers(&locked));
        finish(transaction, principal, name, write, brief, change).await
    }

    /// Undeletes a brief, and returns its envelope as the principal reads it.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`], [`StoreError::NotFound`], [`StoreError::NotDeleted`],
    /// [`StoreError::ClearanceTooLow`], [`StoreError::RequestIdReused`].
    pub async fn undelete(
        self,
        principal: &Principal,
        name: &BriefName,
        write: Option<&IdempotencyKey>,
    ) -> Result<(Brief, Position)> {
        let access = principal.access(&name.workspace)?;
        let mut transaction = match begin_write(self.pool, principal, &name.workspace, write).await? {
            WriteStart::First(transaction) => transaction,
            WriteStart::Repeated(response) => return self.repeated_response(name, &response).await,
        };
        let locked = locking::lock(&mut transaction, name).await?;
        let locked = locked.filter(|locked| locked.is_known_to(access.clearance));
        let locked = locked.ok_or_else(|| StoreError::NotFound(name.to_string()))?;
        if !locked.is_deleted() {
            return Err(StoreError::NotDeleted(name.to_string()));
        }
        locked.check_delete_clearance(access.clearance, name)?;
        sqlx::query!(
            "-- briefs::deletion::undelete
            update briefs set deleted_at = null, purge_at = null, deleted_by = null where brief_key = $1",
            locked.key
        )
        .execute(&mut *transaction)
        .await?;
        recompute_current(&mut transaction, locked.key).await?;
        let brief = envelope(&mut transaction, &locked, name, access.clearance).await?;
        let change = Change::of_brief("brief_undeleted", name, readers(&locked));
        finish(transaction, principal, name, write, brief, change).await
    }

    /// Decodes the stored response to a repeated write.
    pub(crate) async fn repeated_response(
        self,
        name: &BriefName,
        response: &[u8],
    ) -> Result<(Brief, Position)> {
        let brief = Brief::decode(response).map_err(damaged)?;
        Ok((brief, log::position(self.pool, &name.workspace).await?))
    }
}

/// Stores the response for repetitions, logs the change, and commits.
async fn finish(
    mut transaction: Transaction,
    principal: &Principal,
    name: &BriefName,
    write: Option<&IdempotencyKey>,
    brief: Brief,
    change: Change,
) -> Result<(Brief, Position)> {
    store_response(&mut transaction, principal, &name.workspace, write, &brief.encode_to_vec()).await?;
    let (workspace, subject) = (name.workspace.as_str(), principal.subject.as_str());
    let position = log::record(&mut transaction, workspace, subject, &[change]).await?;
    transaction.commit().await?;
    Ok((brief, position))
}

/// Returns the clearances that have, or had, an edition of any revision.
fn readers(locked: &LockedBrief) -> Audience {
    locked.lowest_edition.map(Audience::from).unwrap_or_default()
}

/// Returns the etag visible to a clearance.
async fn current_etag(
    transaction: &mut PgConnection,
    locked: &LockedBrief,
    clearance: Clearance,
) -> Result<String> {
    let digest = sqlx::query_scalar!(
        r#"-- briefs::deletion::current_etag
        select digest as "digest!: Vec<u8>" from editions
        where brief_key = $1 and from_rank <= $2 and current_until > $2"#,
        locked.key,
        i16::from(clearance.0)
    )
    .fetch_optional(transaction)
    .await?;
    match digest {
        Some(digest) => Ok(to_digest(digest)?.to_string()),
        None => Ok(locked.uid().to_owned()),
    }
}

/// Returns the envelope visible to a clearance: the draft's if there is no edition for it.
async fn envelope(
    transaction: &mut PgConnection,
    locked: &LockedBrief,
    name: &BriefName,
    clearance: Clearance,
) -> Result<Brief> {
    let stored = sqlx::query_scalar!(
        "-- briefs::deletion::envelope
        select envelope from editions where brief_key = $1 and from_rank <= $2 and current_until > $2",
        locked.key,
        i16::from(clearance.0)
    )
    .fetch_optional(transaction)
    .await?;
    match stored {
        Some(bytes) => Brief::decode(bytes.as_slice()).map_err(damaged),
        None => Ok(locked.draft_envelope(name)),
    }
}
