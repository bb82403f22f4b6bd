//! Drafts: the mutable working copy of each brief. Reading or writing a draft requires a clearance at or above every
//! marking in it, before and after the write.

use chancery_brief::Canonical;
use chancery_brief::marking::{Rank, Scheme};
use chancery_proto::brief::v1::{BriefContent, BriefDraft};
use chancery_proto::names::BriefName;
use prost::Message as _;
use time::OffsetDateTime;

use crate::access::principal::Principal;
use crate::briefs::content_schema::{check_content_schema, written_content_schema};
use crate::briefs::earlier_revisions::check_changes;
use crate::briefs::locking::check_clearance;
use crate::briefs::{Briefs, locking};
use crate::changes::idempotency_keys::{IdempotencyKey, WriteStart, begin_write, store_response};
use crate::changes::log::{self, Position};
use crate::convert::{damaged, generated_id, time_of, to_number};
use crate::database::PgConnection;
use crate::error::{Result, StoreError};
use crate::timestamps::timestamp;

/// A brief's working copy.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Changes with every write.
    pub etag: String,
    /// When it was last written.
    pub updated_at: OffsetDateTime,
    /// The revision that it is based on; 0 when nothing is published.
    pub base_revision: u32,
    /// The content.
    pub content: BriefContent,
}

impl Briefs<'_> {
    /// Returns a brief's draft.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] for another workspace, [`StoreError::NotFound`] for a principal who may not learn
    /// about the brief, [`StoreError::ClearanceTooLow`] for one who may not read the whole draft,
    /// [`StoreError::BriefDeleted`].
    pub async fn draft(self, principal: &Principal, name: &BriefName) -> Result<Draft> {
        let access = principal.access(&name.workspace)?;
        let row = sqlx::query!(
            r#"-- briefs::drafts::draft
            select d.content, d.content_schema, d.etag, d.base_revision, d.updated_at,
                d.highest::smallint as "highest!",
                (d.floor <= $3 or exists (
                    select from revisions r where r.brief_key = b.brief_key and r.floor <= $3
                )) as "is_known!",
                b.deleted_at is not null as "is_deleted!"
            from briefs b join drafts d using (brief_key)
            where b.workspace_id = $1 and b.brief_id = $2"#,
            name.workspace.as_str(),
            name.brief.as_str(),
            i16::from(access.clearance.0)
        )
        .fetch_optional(self.pool)
        .await?;
        let row = row.filter(|row| row.is_known).ok_or_else(|| StoreError::NotFound(name.to_string()))?;
        check_clearance(access.clearance, Rank::try_from(row.highest).map_err(damaged)?, name)?;
        if row.is_deleted {
            return Err(StoreError::BriefDeleted(name.to_string()));
        }
        Ok(Draft {
            etag: row.etag,
            updated_at: row.updated_at,
            base_revision: to_number(row.base_revision)?,
            content: decode(&row.content, row.content_schema, access.scheme)?.into_content(),
        })
    }

    /// Checks that the principal could write the content to a brief's draft.
    ///
    /// # Errors
    /// Those of [`Briefs::draft`], [`StoreError::InvalidChanges`].
    pub async fn check_author(
        self,
        principal: &Principal,
        name: &BriefName,
        content: &Canonical,
    ) -> Result<()> {
        let access = principal.access(&name.workspace)?;
        check_clearance(access.clearance, content.highest(), name)?;
        self.draft(principal, name).await?;
        let mut connection = self.pool.acquire().await?;
        let key = sqlx::query_scalar!(
            "-- briefs::drafts::check_author
            select brief_key from briefs where workspace_id = $1 and brief_id = $2",
            name.workspace.as_str(),
            name.brief.as_str()
        )
        .fetch_one(&mut *connection)
        .await?;
        check_changes(&mut connection, key, access, content, None).await
    }

    /// Replaces a draft's content: see [`Self::update_draft_once`].
    ///
    /// # Errors
    /// Those of [`Self::update_draft_once`].
    pub async fn update_draft(
        self,
        principal: &Principal,
        name: &BriefName,
        etag: &str,
        content: &Canonical,
    ) -> Result<Draft> {
        Ok(self.update_draft_once(principal, name, etag, content, None).await?.0)
    }

    /// Replaces a draft's content.
    ///
    /// # Errors
    /// Those of [`Briefs::draft`], [`StoreError::StaleEtag`], [`StoreError::InvalidChanges`],
    /// [`StoreError::RequestIdReused`].
    pub async fn update_draft_once(
        self,
        principal: &Principal,
        name: &BriefName,
        etag: &str,
        content: &Canonical,
        write: Option<&IdempotencyKey>,
    ) -> Result<(Draft, Position)> {
        let access = principal.access(&name.workspace)?;
        check_clearance(access.clearance, content.highest(), name)?;
        let mut transaction = match begin_write(self.pool, principal, &name.workspace, write).await? {
            WriteStart::First(transaction) => transaction,
            WriteStart::Repeated(response) => {
                let position = log::position(self.pool, &name.workspace).await?;
                return Ok((repeated_draft(&response, content)?, position));
            }
        };
        let locked = locking::lock_draft(&mut transaction, access.clearance, name, etag).await?;
        check_changes(&mut transaction, locked.key, access, content, None).await?;
        let etag = generated_id()?.to_string();
        let row = sqlx::query!(
            "-- briefs::drafts::update_draft_once
            update drafts set content = $2, content_schema = $3, etag = $4, edited = true, floor = $5, highest = $6,
                updated_at = clock_timestamp(), updated_by = $7
            where brief_key = $1
            returning base_revision, updated_at",
            /* brief_key */ locked.key,
            /* content */ content.to_bytes(),
            /* content_schema */ written_content_schema()?,
            etag,
            i16::from(content.floor()) as i16,
            i16::from(content.highest()) as i16,
            /* updated_by */ principal.subject
        )
        .fetch_one(&mut *transaction)
        .await?;
        let base_revision = to_number(row.base_revision)?;
        let update_time = Some(timestamp(row.updated_at));
        let written = BriefDraft { etag: etag.clone(), update_time, base_revision, ..BriefDraft::default() };
        store_response(&mut transaction, principal, &name.workspace, write, &written.encode_to_vec()).await?;
        let position = log::position(&mut *transaction, &name.workspace).await?;
        transaction.commit().await?;
        let content = content.content().clone();
        Ok((Draft { etag, updated_at: row.updated_at, base_revision, content }, position))
    }
}

/// Decodes the stored response to a repeated update. The repetition supplies the content again.
fn repeated_draft(response: &[u8], content: &Canonical) -> Result<Draft> {
    let written = BriefDraft::decode(response).map_err(damaged)?;
    Ok(Draft {
        updated_at: time_of(written.update_time)?,
        etag: written.etag,
        base_revision: written.base_revision,
        content: content.content().clone(),
    })
}

/// Writes a draft that equals revision `base_revision`, or that precedes the first revision (0). Replaces the brief's
/// draft if there is one.
pub(crate) async fn put(
    transaction: &mut PgConnection,
    brief_key: i64,
    content: &Canonical,
    base_revision: i32,
    etag: &str,
    subject: &str,
) -> Result<()> {
    sqlx::query!(
        "-- briefs::drafts::put
        insert into drafts
            (brief_key, content, content_schema, etag, base_revision, edited, floor, highest, updated_by)
        values ($1, $2, $3, $4, $5, $5 = 0, $6, $7, $8)
        on conflict (brief_key) do update set content = excluded.content, content_schema = excluded.content_schema,
            etag = excluded.etag, base_revision = excluded.base_revision, edited = excluded.edited,
            floor = excluded.floor, highest = excluded.highest, updated_at = excluded.updated_at,
            updated_by = excluded.updated_by",
        brief_key,
        /* content */ content.to_bytes(),
        /* content_schema */ written_content_schema()?,
        etag,
        base_revision,
        i16::from(content.floor()) as i16,
        i16::from(content.highest()) as i16,
        /* updated_by */ subject
    )
    .execute(transaction)
    .await?;
    Ok(())
}

/// Reads the draft's content while the brief's row is locked.
pub(crate) async fn read_locked(
    transaction: &mut PgConnection,
    brief_key: i64,
    scheme: Scheme,
) -> Result<Canonical> {
    let row = sqlx::query!(
        "-- briefs::drafts::read_locked
        select content, content_schema from drafts where brief_key = $1",
        brief_key
    )
    .fetch_one(transaction)
    .await?;
    decode(&row.content, row.content_schema, scheme)
}

/// Marks the draft as equal to the revision. Keeps its etag, so that a repeated publish finds it.
pub(crate) async fn settle(transaction: &mut PgConnection, brief_key: i64, revision: i32) -> Result<()> {
    sqlx::query!(
        "-- briefs::drafts::settle
        update drafts set base_revision = $2, edited = false where brief_key = $1",
        brief_key,
        revision
    )
    .execute(transaction)
    .await?;
    Ok(())
}

fn decode(bytes: &[u8], content_schema: i32, scheme: Scheme) -> Result<Canonical> {
    check_content_schema(to_number(content_schema)?)?;
    Canonical::from_trusted_bytes(bytes, scheme).map_err(damaged)
}
