//! Creates briefs.

use chancery_brief::Canonical;
use chancery_brief::marking::Clearance;
use chancery_proto::brief::v1::Brief;
use chancery_proto::names::BriefName;
use prost::Message as _;
use time::OffsetDateTime;

use crate::access::principal::Principal;
use crate::briefs::earlier_revisions::check_changes;
use crate::briefs::locking::{check_clearance, draft_envelope, lock};
use crate::briefs::{Briefs, drafts};
use crate::changes::idempotency_keys::{IdempotencyKey, WriteStart, begin_write, store_response};
use crate::changes::log::{self, Position};
use crate::convert::generated_id;
use crate::database::PgConnection;
use crate::error::{Result, StoreError};

/// A brief that was just created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CreatedBrief {
    /// The brief's random uid.
    pub uid: String,
    /// When it was created.
    pub created_at: OffsetDateTime,
}

impl Briefs<'_> {
    /// Creates a brief with a draft: see [`Self::create_once`].
    ///
    /// # Errors
    /// Those of [`Self::create_once`].
    pub async fn create(self, principal: &Principal, name: &BriefName, content: &Canonical) -> Result<Brief> {
        Ok(self.create_once(principal, name, content, None).await?.0)
    }

    /// Creates a brief with a draft, publishes nothing, and returns its envelope.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] for another workspace and for the id of a brief that the principal may not learn
    /// about, [`StoreError::ClearanceTooLow`], [`StoreError::AlreadyExists`], [`StoreError::RequestIdReused`].
    pub async fn create_once(
        self,
        principal: &Principal,
        name: &BriefName,
        content: &Canonical,
        write: Option<&IdempotencyKey>,
    ) -> Result<(Brief, Position)> {
        let access = principal.access(&name.workspace)?;
        check_clearance(access.clearance, content.highest(), name)?;
        let mut transaction = match begin_write(self.pool, principal, &name.workspace, write).await? {
            WriteStart::First(transaction) => transaction,
            WriteStart::Repeated(response) => return self.repeated_response(name, &response).await,
        };
        match insert(&mut transaction, principal, name).await? {
            Some((key, created)) => {
                check_changes(&mut transaction, key, access, content, None).await?;
                // The draft starts with the etag of the unpublished brief, so that a client may publish with either.
                // The first update of the draft changes it.
                let draft_etag = created.uid.as_str();
                drafts::put(&mut transaction, key, content, 0, draft_etag, &principal.subject).await?;
                let envelope = draft_envelope(name, &created.uid, created.created_at);
                let brief = Brief { draft_etag: draft_etag.to_owned(), ..envelope };
                store_response(&mut transaction, principal, &name.workspace, write, &brief.encode_to_vec())
                    .await?;
                let position = log::position(&mut *transaction, &name.workspace).await?;
                transaction.commit().await?;
                Ok((brief, position))
            }
            None => Err(taken_id_error(&mut transaction, name, access.clearance).await?),
        }
    }
}

/// Rejects an id that is in use. Callers who may not learn about the brief get the same error as for ids they may not
/// use.
async fn taken_id_error(
    transaction: &mut PgConnection,
    name: &BriefName,
    clearance: Clearance,
) -> Result<StoreError> {
    let locked = lock(transaction, name).await?;
    let is_known = locked.is_some_and(|locked| locked.is_known_to(clearance));
    let name = name.to_string();
    Ok(if is_known { StoreError::AlreadyExists(name) } else { StoreError::Forbidden(name) })
}

/// Inserts the brief without a draft; `None` when the id is in use, including by a transaction that commits first.
pub(crate) async fn insert(
    transaction: &mut PgConnection,
    principal: &Principal,
    name: &BriefName,
) -> Result<Option<(i64, CreatedBrief)>> {
    let uid = generated_id()?.to_string();
    let row = sqlx::query!(
        "-- briefs::creation::insert
        insert into briefs (workspace_id, brief_id, uid, created_by) values ($1, $2, $3, $4)
        on conflict (workspace_id, brief_id) do nothing
        returning brief_key, created_at",
        name.workspace.as_str(),
        name.brief.as_str(),
        uid,
        principal.subject
    )
    .fetch_optional(transaction)
    .await?;
    Ok(row.map(|row| (row.brief_key, CreatedBrief { uid, created_at: row.created_at })))
}
