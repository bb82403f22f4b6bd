//! Withdraws revisions. A withdrawn revision can still be read by name, and is marked; reads of the newest revision
//! skip it.

use chancery_brief::marking::{Clearance, Rank};
use chancery_proto::brief::v1::WithdrawBriefRevisionResponse;
use chancery_proto::names::RevisionName;
use prost::Message;
use time::OffsetDateTime;

use crate::access::principal::Principal;
use crate::briefs::locking::{LockedBrief, check_clearance};
use crate::briefs::revisions::recompute_current;
use crate::briefs::{Briefs, locking};
use crate::changes::idempotency_keys::{IdempotencyKey, WriteStart, begin_write, store_response};
use crate::changes::log::{self, Audience, Change, Position};
use crate::convert::{damaged, to_integer};
use crate::database::PgConnection;
use crate::error::{Result, StoreError};
use crate::timestamps::timestamp;

/// The outcome of a withdrawal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// When the revision was withdrawn.
    pub at: OffsetDateTime,
    /// The change log's position after the withdrawal.
    pub position: Position,
}

impl Briefs<'_> {
    /// Withdraws a revision. Withdrawing it again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`], [`StoreError::NotFound`], [`StoreError::ClearanceTooLow`],
    /// [`StoreError::BriefDeleted`], [`StoreError::RevisionPurged`], [`StoreError::RequestIdReused`].
    pub async fn withdraw_revision(
        self,
        principal: &Principal,
        name: &RevisionName,
        reason: &str,
        write: Option<&IdempotencyKey>,
    ) -> Result<Withdrawn> {
        let access = principal.access(&name.workspace)?;
        let mut transaction = match begin_write(self.pool, principal, &name.workspace, write).await? {
            WriteStart::First(transaction) => transaction,
            WriteStart::Repeated(response) => {
                let at = withdrawn_at(&response)?;
                return Ok(Withdrawn { at, position: log::position(self.pool, &name.workspace).await? });
            }
        };
        let (locked, revision_state) = lock_revision(&mut transaction, access.clearance, name).await?;
        locked.check_not_deleted(&name.brief_name())?;
        if revision_state.purged_at.is_some() {
            return Err(StoreError::RevisionPurged(name.to_string()));
        }
        check_clearance(access.clearance, revision_state.highest, &name.brief_name())?;
        if let Some(at) = revision_state.withdrawn_at {
            store_withdrawal_response(&mut transaction, principal, name, write, at).await?;
            let position = log::position(&mut *transaction, &name.workspace).await?;
            transaction.commit().await?;
            return Ok(Withdrawn { at, position });
        }
        let at = sqlx::query_scalar!(
            r#"-- briefs::withdrawal::withdraw_revision
            update revisions set withdrawn_at = clock_timestamp(), withdrawn_by = $3, withdraw_reason = $4
            where brief_key = $1 and revision = $2
            returning withdrawn_at as "at!""#,
            locked.key,
            to_integer(name.revision.0)?,
            principal.subject,
            reason
        )
        .fetch_one(&mut *transaction)
        .await?;
        recompute_current(&mut transaction, locked.key).await?;
        store_withdrawal_response(&mut transaction, principal, name, write, at).await?;
        let audience = Audience::from(revision_state.floor);
        let number = to_integer(name.revision.0)?;
        let change = Change::of_revision("revision_withdrawn", &name.brief_name(), number, audience);
        let (workspace, subject) = (name.workspace.as_str(), principal.subject.as_str());
        let position = log::record(&mut transaction, workspace, subject, &[change]).await?;
        transaction.commit().await?;
        Ok(Withdrawn { at, position })
    }
}

/// The state of a revision, which decides how it may be changed.
pub(crate) struct RevisionState {
    pub(crate) floor: Rank,
    /// The highest marking in it, which may exceed the caller's clearance.
    pub(crate) highest: Rank,
    pub(crate) withdrawn_at: Option<OffsetDateTime>,
    pub(crate) purged_at: Option<OffsetDateTime>,
}

/// Locks the brief of a revision that has an edition for the caller. The caller of this function checks the clearance
/// against [`RevisionState::highest`] after all checks that depend on visible state only.
///
/// # Errors
/// [`StoreError::NotFound`] for a revision that is not visible at the clearance.
pub(crate) async fn lock_revision(
    transaction: &mut PgConnection,
    clearance: Clearance,
    name: &RevisionName,
) -> Result<(LockedBrief, RevisionState)> {
    let missing = || StoreError::NotFound(name.to_string());
    let locked = locking::lock(transaction, &name.brief_name()).await?.ok_or_else(missing)?;
    let row = sqlx::query!(
        r#"-- briefs::withdrawal::lock_revision
        select floor::smallint as "floor!", highest::smallint as "highest!", withdrawn_at, purged_at
        from revisions where brief_key = $1 and revision = $2"#,
        locked.key,
        to_integer(name.revision.0)?
    )
    .fetch_optional(transaction)
    .await?
    .ok_or_else(missing)?;
    let floor = Rank::try_from(row.floor).map_err(damaged)?;
    if !clearance.reads(floor) {
        return Err(missing());
    }
    let highest = Rank::try_from(row.highest).map_err(damaged)?;
    Ok((locked, RevisionState { floor, highest, withdrawn_at: row.withdrawn_at, purged_at: row.purged_at }))
}

async fn store_withdrawal_response(
    transaction: &mut PgConnection,
    principal: &Principal,
    name: &RevisionName,
    write: Option<&IdempotencyKey>,
    at: OffsetDateTime,
) -> Result<()> {
    let answer = WithdrawBriefRevisionResponse { withdraw_time: Some(timestamp(at)), ..Default::default() };
    store_response(transaction, principal, &name.workspace, write, &answer.encode_to_vec()).await
}

fn withdrawn_at(response: &[u8]) -> Result<OffsetDateTime> {
    let answer = WithdrawBriefRevisionResponse::decode(response).map_err(damaged)?;
    crate::convert::time_of(answer.withdraw_time)
}
