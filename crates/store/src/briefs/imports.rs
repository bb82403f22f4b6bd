//! Imports revisions that were published elsewhere, all or none.

use std::time::Duration;

use chancery_brief::Canonical;
use chancery_brief::digest::Digest;
use chancery_proto::brief::v1::ImportBriefResponse;
use chancery_proto::names::BriefName;
use prost::Message as _;
use time::OffsetDateTime;

use crate::access::principal::{Access, Principal};
use crate::briefs::creation::CreatedBrief;
use crate::briefs::earlier_revisions::check_changes;
use crate::briefs::editions::Withdrawal;
use crate::briefs::identity::BriefIdentity;
use crate::briefs::locking::{LockedBrief, check_clearance};
use crate::briefs::revisions::{PreparedRevision, Publication, fingerprint, recompute_current};
use crate::briefs::{Briefs, creation, drafts, figures, locking};
use crate::changes::idempotency_keys::{IdempotencyKey, WriteStart, begin_write, store_response};
use crate::changes::log::{self, Audience, Change, Position};
use crate::convert::{damaged, generated_id, to_integer, to_number};
use crate::database::PgConnection;
use crate::error::{Result, StoreError};

/// Maximum time by which an imported time may be ahead of the database's clock.
const CLOCK_SKEW: Duration = Duration::from_mins(5);

/// A revision to import.
#[derive(Debug, Clone)]
pub struct ImportDocument {
    /// Its number.
    pub number: u32,
    /// Its content.
    pub content: Canonical,
    /// When it was published; `None` for the time of the import.
    pub published_at: Option<OffsetDateTime>,
    /// The publisher; empty for the importing principal.
    pub creator: String,
    /// The expected digest, if the import states one.
    pub digest: Option<Digest>,
    /// When and why it was withdrawn at its origin, if it was.
    pub withdrawal: Option<Withdrawal>,
}

/// The outcome of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Numbers of the revisions that were written.
    pub written: Vec<u32>,
    /// Numbers of the revisions that were already stored with equal content.
    pub skipped: Vec<u32>,
}

impl Briefs<'_> {
    /// Imports contiguous revisions: see [`Self::import_once`].
    ///
    /// # Errors
    /// Those of [`Self::import_once`].
    pub async fn import(
        self,
        principal: &Principal,
        name: &BriefName,
        documents: &[ImportDocument],
    ) -> Result<(Imported, Position)> {
        self.import_once(principal, name, documents, None).await
    }

    /// Imports contiguous revisions, all or none, creating the brief if it does not exist. Skips revisions that equal
    /// the stored ones. A draft without unpublished edits is replaced by the last revision.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`], [`StoreError::ClearanceTooLow`], [`StoreError::DigestMismatch`],
    /// [`StoreError::RevisionGap`], [`StoreError::RevisionDiffers`], [`StoreError::UnusableAttachments`],
    /// [`StoreError::InvalidChanges`], [`StoreError::BriefDeleted`], [`StoreError::FutureTime`],
    /// [`StoreError::RequestIdReused`].
    pub async fn import_once(
        self,
        principal: &Principal,
        name: &BriefName,
        documents: &[ImportDocument],
        write: Option<&IdempotencyKey>,
    ) -> Result<(Imported, Position)> {
        let access = principal.access(&name.workspace)?;
        let prepared = prepare(name, documents, access)?;
        let mut transaction = match begin_write(self.pool, principal, &name.workspace, write).await? {
            WriteStart::First(transaction) => transaction,
            WriteStart::Repeated(response) => {
                return Ok((
                    Imported::from_response(&response)?,
                    log::position(self.pool, &name.workspace).await?,
                ));
            }
        };
        let target = make_or_lock(&mut transaction, principal, name, access).await?;
        let (key, newest) = (target.key(), target.newest());

        let now = clock(&mut transaction).await?;
        let mut imported = Imported::default();
        let mut changes: Vec<Change> = Vec::new();
        for (document_index, (document, prepared)) in documents.iter().zip(&prepared).enumerate() {
            if is_stored(&mut transaction, key, document, prepared, access, name).await? {
                imported.skipped.push(document.number);
                continue;
            }
            let follows = to_number(newest)? + u32::try_from(imported.written.len()).unwrap_or(u32::MAX);
            if document.number != follows + 1 {
                return Err(StoreError::RevisionGap { newest: follows, given: document.number });
            }
            document.check_times(document_index, now)?;
            check_images(&mut transaction, name, access, document_index, document).await?;
            check_changes(&mut transaction, key, access, &document.content, Some(document_index)).await?;
            let publication = document.publication(principal);
            changes.push(prepared.write(&mut transaction, &target.identity(name), &publication).await?);
            if let Some(withdrawal) = &document.withdrawal {
                let number = to_integer(document.number)?;
                withdraw_imported(&mut transaction, key, number, withdrawal, &principal.subject).await?;
                let audience = Audience::from(document.content.floor());
                changes.push(Change::of_revision("revision_withdrawn", name, number, audience));
            }
            imported.written.push(document.number);
        }

        store_response(&mut transaction, principal, &name.workspace, write, &imported.to_response()).await?;
        let (Some(last), false) = (documents.last(), changes.is_empty()) else {
            let position = log::position(&mut *transaction, &name.workspace).await?;
            transaction.commit().await?;
            return Ok((imported, position));
        };
        if documents.iter().any(|document| document.withdrawal.is_some()) {
            recompute_current(&mut transaction, key).await?;
        }
        let (number, subject) = (to_integer(last.number)?, principal.subject.as_str());
        if !target.has_edited_draft() {
            let etag = generated_id()?.to_string();
            drafts::put(&mut transaction, key, &last.content, number, &etag, subject).await?;
        }
        let position = log::record(&mut transaction, name.workspace.as_str(), subject, &changes).await?;
        transaction.commit().await?;
        Ok((imported, position))
    }
}

impl Imported {
    fn to_response(&self) -> Vec<u8> {
        let (written_revisions, skipped_revisions) = (self.written.clone(), self.skipped.clone());
        ImportBriefResponse { written_revisions, skipped_revisions, ..ImportBriefResponse::default() }
            .encode_to_vec()
    }

    fn from_response(response: &[u8]) -> Result<Self> {
        let answer = ImportBriefResponse::decode(response).map_err(damaged)?;
        Ok(Self { written: answer.written_revisions, skipped: answer.skipped_revisions })
    }
}

impl ImportDocument {
    fn publication<'a>(&'a self, principal: &'a Principal) -> Publication<'a> {
        let creator = if self.creator.is_empty() { &principal.display_name } else { &self.creator };
        let importer = Some(principal.display_name.as_str());
        Publication { published_at: self.published_at, creator, subject: &principal.subject, importer }
    }
}

impl ImportDocument {
    /// Rejects times in the future, which readers would take as facts.
    fn check_times(&self, document_index: usize, now: OffsetDateTime) -> Result<()> {
        let times = [
            ("publish_time", self.published_at),
            ("withdraw_time", self.withdrawal.as_ref().map(|withdrawal| withdrawal.at)),
        ];
        let future = times.into_iter().find(|(_, time)| time.is_some_and(|time| time > now + CLOCK_SKEW));
        match future {
            Some((field, Some(time))) => Err(StoreError::FutureTime { document_index, field, time, now }),
            _ => Ok(()),
        }
    }
}

/// Returns the database's time.
async fn clock(transaction: &mut PgConnection) -> Result<OffsetDateTime> {
    let now = sqlx::query_scalar!(
        r#"-- briefs::imports::clock
        select clock_timestamp() as "now!""#
    )
    .fetch_one(transaction)
    .await?;
    Ok(now)
}

/// Runs the checks that need no database, and prepares what will be stored.
fn prepare(name: &BriefName, documents: &[ImportDocument], access: Access) -> Result<Vec<PreparedRevision>> {
    let mut prepared = Vec::with_capacity(documents.len());
    let mut previous: Option<u32> = None;
    for (document_index, document) in documents.iter().enumerate() {
        check_clearance(access.clearance, document.content.highest(), name)?;
        if let Some(newest) = previous.filter(|previous| previous + 1 != document.number) {
            return Err(StoreError::RevisionGap { newest, given: document.number });
        }
        previous = Some(document.number);
        let revision =
            PreparedRevision::new(name.brief.as_str(), document.number, &document.content, access.policy)?;
        if document.digest.is_some_and(|stated| stated != revision.digest) {
            let computed = revision.digest.to_string();
            return Err(StoreError::DigestMismatch { document_index, number: document.number, computed });
        }
        prepared.push(revision);
    }
    Ok(prepared)
}

/// The brief that receives an import.
enum ImportTarget {
    /// A brief that was just created, without a draft yet.
    Created(i64, CreatedBrief),
    /// An existing brief, which is locked.
    Existing(LockedBrief),
}

impl ImportTarget {
    fn key(&self) -> i64 {
        match self {
            Self::Created(key, _) => *key,
            Self::Existing(locked) => locked.key,
        }
    }

    fn newest(&self) -> i32 {
        match self {
            Self::Created(..) => 0,
            Self::Existing(locked) => locked.newest,
        }
    }

    /// Returns whether the draft has unpublished edits, which an import preserves.
    fn has_edited_draft(&self) -> bool {
        matches!(self, Self::Existing(locked) if locked.draft_is_edited)
    }

    fn identity<'a>(&'a self, name: &'a BriefName) -> BriefIdentity<'a> {
        match self {
            Self::Created(key, created) => {
                BriefIdentity { key: *key, name, uid: &created.uid, created_at: created.created_at }
            }
            Self::Existing(locked) => locked.identity(name),
        }
    }
}

/// Creates the brief, or locks the existing one.
async fn make_or_lock(
    transaction: &mut PgConnection,
    principal: &Principal,
    name: &BriefName,
    access: Access,
) -> Result<ImportTarget> {
    if let Some((key, created)) = creation::insert(transaction, principal, name).await? {
        return Ok(ImportTarget::Created(key, created));
    }
    let locked = locking::lock(transaction, name).await?;
    let locked = locked.filter(|locked| locked.is_known_to(access.clearance));
    let locked = locked.ok_or_else(|| StoreError::Forbidden(name.to_string()))?;
    locked.check_draft(access.clearance, name)?;
    Ok(ImportTarget::Existing(locked))
}

/// Marks a revision that was just written as withdrawn.
async fn withdraw_imported(
    transaction: &mut PgConnection,
    key: i64,
    revision: i32,
    withdrawal: &Withdrawal,
    subject: &str,
) -> Result<()> {
    sqlx::query!(
        "-- briefs::imports::withdraw_imported
        update revisions set withdrawn_at = $3, withdrawn_by = $4, withdraw_reason = $5
        where brief_key = $1 and revision = $2",
        key,
        revision,
        withdrawal.at,
        subject,
        withdrawal.reason
    )
    .execute(transaction)
    .await?;
    Ok(())
}

/// Checks that every figure of the document can show its image.
async fn check_images(
    transaction: &mut PgConnection,
    name: &BriefName,
    access: Access,
    document_index: usize,
    document: &ImportDocument,
) -> Result<()> {
    let content = document.content.content();
    let violations =
        figures::unusable(transaction, &name.workspace, (access.scheme, access.clearance), content).await?;
    if violations.is_empty() {
        Ok(())
    } else {
        Err(StoreError::UnusableAttachments { document_index: Some(document_index), violations })
    }
}

/// Returns whether an equal revision is already stored.
async fn is_stored(
    transaction: &mut PgConnection,
    key: i64,
    document: &ImportDocument,
    prepared: &PreparedRevision,
    access: Access,
    name: &BriefName,
) -> Result<bool> {
    let number = document.number;
    let Some(fingerprint) = fingerprint(transaction, key, to_integer(number)?).await? else {
        return Ok(false);
    };
    // Reporting a difference would confirm guesses about content above the caller's clearance.
    check_clearance(access.clearance, fingerprint.highest, name)?;
    if fingerprint.digest == prepared.digest { Ok(true) } else { Err(StoreError::RevisionDiffers { number }) }
}
