//! Briefs: the envelopes, the lists, and the lock that every writer takes first.

use chancery_brief::Canonical;
use chancery_brief::digest::{CONTENT_SCHEMA_VERSION, Digest};
use chancery_brief::marking::{Clearance, Rank};
use chancery_proto::brief::v1::{Brief, BriefState};
use chancery_proto::names::BriefName;
use prost::Message as _;
use time::OffsetDateTime;

use crate::access::principal::{Principal, Role};
use crate::briefs::batched_reads::CurrentEdition;
use crate::briefs::deletion::Deleted;
use crate::briefs::earlier_revisions::check_changes;
use crate::briefs::revisions::Target;
use crate::briefs::{Briefs, drafts, editions};
use crate::changes::idempotency_keys::{Begun, WriteId, begin_write, note};
use crate::changes::log;
use crate::changes::log::Position;
use crate::convert::{damaged, generated_id, timestamp, to_digest, to_integer};
use crate::database::PgConnection;
use crate::error::{Result, StoreError};

/// The newest edition that the principal may see, as it is answered: nothing of it has to be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewestEdition {
    /// SHA-256 of the edition, which is the brief's etag.
    pub digest: Digest,
    /// Encoded `Brief` without content.
    pub envelope: Vec<u8>,
    body: Vec<u8>,
}

impl NewestEdition {
    /// The content's bytes, as they are stored; none of a deleted brief. They may be of a newer schema, which then
    /// reaches the caller whole.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn content_bytes(&self) -> Result<&[u8]> {
        if self.body.is_empty() { Ok(&[]) } else { editions::content_bytes(&self.body) }
    }

    fn of_deleted(deleted: &Deleted) -> Self {
        let (digest, envelope) = deleted.envelope();
        Self { digest, envelope: envelope.encode_to_vec(), body: Vec::new() }
    }
}

/// A brief that was just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewBrief {
    /// Made at random.
    pub uid: String,
    /// When.
    pub created_at: OffsetDateTime,
}

impl Briefs<'_> {
    /// The newest revision that the principal has an edition of: one row, no assembly. A deleted brief is answered with
    /// its envelope alone.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] in another's workspace, [`StoreError::NotFound`], [`StoreError::NotPublished`] for
    /// authors who may see the draft, [`StoreError::AllWithdrawn`].
    pub async fn newest_edition(self, principal: &Principal, name: &BriefName) -> Result<NewestEdition> {
        let access = principal.access(&name.workspace)?;
        match self.batched_reads.current(name, access.clearance).await? {
            Some(CurrentEdition { digest, envelope, body }) => {
                Ok(NewestEdition { digest: to_digest(digest)?, envelope, body })
            }
            None => self.without_edition(principal, name, access.clearance).await,
        }
    }

    /// Explains why nothing is current for the caller. A caller who could see a revision learns that it was withdrawn, or
    /// that the brief was deleted. An author who may see the draft learns that nothing is published; a published revision
    /// above the author's clearance does not change that answer. Everybody else learns that there is no brief.
    async fn without_edition(
        self,
        principal: &Principal,
        name: &BriefName,
        clearance: Clearance,
    ) -> Result<NewestEdition> {
        let row = sqlx::query!(
            r#"-- briefs::without_edition
            select b.uid, b.created_at, b.deleted_at, b.purge_at, d.floor <= $3 as "reads_draft!",
                exists (select from revisions r where r.brief_key = b.brief_key and r.floor <= $3) as "had_edition!"
            from briefs b join drafts d using (brief_key)
            where b.workspace_id = $1 and b.brief_id = $2"#,
            name.workspace.as_str(),
            name.brief.as_str(),
            i16::from(clearance.0)
        )
        .fetch_optional(self.pool)
        .await?;
        let missing = || StoreError::NotFound(name.to_string());
        let row = row.ok_or_else(missing)?;
        let writes = principal.roles.allow(Role::Author) && row.reads_draft;
        match row.deleted_at.zip(row.purge_at) {
            Some((deleted_at, purge_at)) if row.had_edition || writes => {
                let (uid, created_at) = (row.uid, row.created_at);
                let deleted = Deleted { name: name.clone(), uid, created_at, deleted_at, purge_at };
                Ok(NewestEdition::of_deleted(&deleted))
            }
            None if row.had_edition => Err(StoreError::AllWithdrawn(name.to_string())),
            None if writes => Err(StoreError::NotPublished(name.to_string())),
            _ => Err(missing()),
        }
    }

    /// Makes a brief with a draft: see [`Self::create_brief_once`].
    ///
    /// # Errors
    /// Those of [`Self::create_brief_once`].
    pub async fn create(self, principal: &Principal, name: &BriefName, content: &Canonical) -> Result<Brief> {
        Ok(self.create_once(principal, name, content, None).await?.0)
    }

    /// Makes a brief with a draft; nothing is published. Answers its envelope.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] in another's workspace and for an id whose brief the principal may not know of,
    /// [`StoreError::ClearanceTooLow`], [`StoreError::AlreadyExists`], [`StoreError::RequestIdReused`].
    pub async fn create_once(
        self,
        principal: &Principal,
        name: &BriefName,
        content: &Canonical,
        write: Option<&WriteId>,
    ) -> Result<(Brief, Position)> {
        let access = principal.access(&name.workspace)?;
        check_clearance(access.clearance, content.highest(), name)?;
        let mut transaction = match begin_write(self.pool, principal, &name.workspace, write).await? {
            Begun::Now(transaction) => transaction,
            Begun::Before(noted) => return self.noted_brief(name, &noted).await,
        };
        match insert(&mut transaction, principal, name).await? {
            Some((key, made)) => {
                check_changes(&mut transaction, key, access, content, None).await?;
                // The draft begins with the etag that the brief has while nothing is published, so that a client may
                // publish with either. The first write of the draft ends that.
                let draft_etag = made.uid.as_str();
                drafts::insert(&mut transaction, key, content, 0, draft_etag, &principal.subject).await?;
                let envelope = draft_envelope(name, &made.uid, made.created_at);
                let brief = Brief { draft_etag: draft_etag.to_owned(), ..envelope };
                note(&mut transaction, principal, &name.workspace, write, &brief.encode_to_vec()).await?;
                let position = log::position(&mut *transaction, &name.workspace).await?;
                transaction.commit().await?;
                Ok((brief, position))
            }
            None => Err(taken(&mut transaction, name, access.clearance).await?),
        }
    }
}

/// The envelope of a brief of which nothing is published.
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

/// What a taken id answers: that it exists would tell of a brief to somebody who may not know of it.
async fn taken(transaction: &mut PgConnection, name: &BriefName, clearance: Clearance) -> Result<StoreError> {
    let held = lock(transaction, name).await?;
    let is_known = held.is_some_and(|held| held.is_known_to(clearance));
    let name = name.to_string();
    Ok(if is_known { StoreError::AlreadyExists(name) } else { StoreError::Forbidden(name) })
}

/// Makes the brief alone. None when the id is taken, also by somebody who is just about to commit.
pub(crate) async fn insert(
    transaction: &mut PgConnection,
    principal: &Principal,
    name: &BriefName,
) -> Result<Option<(i64, NewBrief)>> {
    let uid = generated_id()?.to_string();
    let row = sqlx::query!(
        "-- briefs::insert
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
    Ok(row.map(|row| (row.brief_key, NewBrief { uid, created_at: row.created_at })))
}

/// A brief whose row is locked, and how it stands.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) key: i64,
    uid: String,
    created_at: OffsetDateTime,
    /// 0 when nothing is published.
    pub(crate) newest: i32,
    pub(crate) draft_etag: String,
    pub(crate) draft_is_edited: bool,
    draft_floor: Rank,
    draft_highest: Rank,
    /// The lowest clearance that has an edition of any revision, or had it until it was purged.
    pub(crate) lowest_edition: Option<Rank>,
    /// The highest marking in any revision.
    highest_revision: Option<Rank>,
    /// When it was deleted, if it is.
    deleted_at: Option<OffsetDateTime>,
}

impl Held {
    /// Where a revision is written to.
    pub(crate) fn target<'a>(&'a self, name: &'a BriefName) -> Target<'a> {
        Target { key: self.key, name, uid: &self.uid, created_at: self.created_at }
    }

    /// Whether somebody with this clearance may know that the brief is there.
    pub(crate) fn is_known_to(&self, clearance: Clearance) -> bool {
        clearance.reads(self.draft_floor) || self.lowest_edition.is_some_and(|lowest| clearance.reads(lowest))
    }

    /// Whether somebody with this clearance may read and write the draft as it is.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when he may not even know of it, [`StoreError::ClearanceTooLow`],
    /// [`StoreError::BriefDeleted`].
    pub(crate) fn check_draft(&self, clearance: Clearance, name: &BriefName) -> Result<()> {
        if !self.is_known_to(clearance) {
            return Err(StoreError::NotFound(name.to_string()));
        }
        check_clearance(clearance, self.draft_highest, name)?;
        self.check_not_deleted(name)
    }

    /// Whether somebody with this clearance may delete all of it and bring it back.
    ///
    /// # Errors
    /// [`StoreError::ClearanceTooLow`].
    pub(crate) fn check_whole(&self, clearance: Clearance, name: &BriefName) -> Result<()> {
        let highest = self.highest_revision.map_or(self.draft_highest, |rank| rank.max(self.draft_highest));
        check_clearance(clearance, highest, name)
    }

    /// # Errors
    /// [`StoreError::BriefDeleted`].
    pub(crate) fn check_not_deleted(&self, name: &BriefName) -> Result<()> {
        if self.is_deleted() { Err(StoreError::BriefDeleted(name.to_string())) } else { Ok(()) }
    }

    /// Whether it is deleted and can be brought back.
    pub(crate) const fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }

    /// What `CreateBrief` answered of it.
    pub(crate) fn draft_envelope(&self, name: &BriefName) -> Brief {
        draft_envelope(name, &self.uid, self.created_at)
    }

    /// Made at random when the brief was made.
    pub(crate) fn uid(&self) -> &str {
        &self.uid
    }
}

/// Whether a clearance reads everything up to a marking.
pub(crate) fn check_clearance(clearance: Clearance, highest: Rank, name: &BriefName) -> Result<()> {
    if clearance.reads(highest) { Ok(()) } else { Err(StoreError::ClearanceTooLow(name.to_string())) }
}

/// Locks the brief's row until the transaction ends, which keeps all other writers of the brief out, and looks at it.
pub(crate) async fn lock(transaction: &mut PgConnection, name: &BriefName) -> Result<Option<Held>> {
    let brief = sqlx::query!(
        "-- briefs::lock
        select brief_key, uid, created_at, deleted_at from briefs where workspace_id = $1 and brief_id = $2
        for update",
        name.workspace.as_str(),
        name.brief.as_str()
    )
    .fetch_optional(&mut *transaction)
    .await?;
    let Some(brief) = brief else { return Ok(None) };
    // A statement of its own: it sees what those committed for whom the lock waited.
    let row = sqlx::query!(
        r#"-- briefs::lock
        select etag, edited, floor::smallint as "floor!", highest::smallint as "highest!",
            (select coalesce(max(revision), 0) from revisions where brief_key = $1) as "newest!",
            (select min(floor)::smallint from revisions where brief_key = $1) as lowest_edition,
            (select max(highest)::smallint from revisions where brief_key = $1) as highest_revision
        from drafts where brief_key = $1"#,
        brief.brief_key
    )
    .fetch_one(transaction)
    .await?;
    Ok(Some(Held {
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

/// Locks a brief whose draft the caller read under an etag and will now write or publish.
///
/// # Errors
/// [`StoreError::NotFound`], [`StoreError::ClearanceTooLow`], [`StoreError::StaleEtag`].
pub(crate) async fn lock_draft(
    transaction: &mut PgConnection,
    clearance: Clearance,
    name: &BriefName,
    etag: &str,
) -> Result<Held> {
    let held = lock(transaction, name).await?.ok_or_else(|| StoreError::NotFound(name.to_string()))?;
    held.check_draft(clearance, name)?;
    if held.draft_etag == etag { Ok(held) } else { Err(StoreError::StaleEtag) }
}

/// The version of the bytes that this build writes.
pub(crate) fn written_content_schema() -> Result<i32> {
    to_integer(CONTENT_SCHEMA_VERSION)
}
