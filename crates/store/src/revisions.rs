//! Revisions: immutable published content, written with its editions and projections in one transaction.

use std::collections::BTreeMap;

use chancery_brief::attachments::shown_images;
use chancery_brief::digest::{Digest, REDACTION_VERSION, body_bytes, body_digest, content_digest};
use chancery_brief::marking::{Clearance, Policy, Rank};
use chancery_brief::{Canonical, redact};
use chancery_proto::brief::v1::BriefContent;
use chancery_proto::names::{BriefName, RevisionName, RevisionNumber};
use prost::Message;
use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::briefs::written_content_schema;
use crate::change_log::{self, Change};
use crate::projections::Projection;
use crate::{
    Edition, Principal, Result, Store, StoreError, attachments, briefs, damaged, drafts, to_digest,
    to_integer, to_number,
};

/// All that is stored of a revision, made before its first row is written.
pub(crate) struct Prepared {
    number: i32,
    body: Vec<u8>,
    pub(crate) digest: Digest,
    content_digest: Digest,
    floor: Rank,
    highest: Rank,
    editions: Vec<PreparedEdition>,
    /// The images that are shown, each with the lowest clearance whose edition shows it.
    images: BTreeMap<Digest, Rank>,
    projection: Projection,
}

struct PreparedEdition {
    from: Rank,
    body: Vec<u8>,
    digest: Digest,
    content_digest: Digest,
    content: BriefContent,
}

/// Who published a revision, and when.
pub(crate) struct Publication<'a> {
    /// None for now.
    pub(crate) published_at: Option<OffsetDateTime>,
    pub(crate) creator: &'a str,
    pub(crate) subject: &'a str,
}

impl Prepared {
    /// Of content that is to become revision `number` of a brief.
    pub(crate) fn new(brief_id: &str, number: u32, content: &Canonical, policy: Policy) -> Result<Self> {
        let body = body_bytes(brief_id, number, content.content());
        let editions: Vec<PreparedEdition> = redact::levels(content)
            .into_iter()
            .filter_map(|from| {
                let edition = redact::edition(content, Clearance(from), policy)?;
                let body = body_bytes(brief_id, number, &edition);
                let (digest, content_digest) = (body_digest(&body), content_digest(&edition));
                Some(PreparedEdition { from, digest, content_digest, body, content: edition })
            })
            .collect();
        Ok(Self {
            number: to_integer(number)?,
            digest: body_digest(&body),
            content_digest: content_digest(content.content()),
            floor: content.floor(),
            highest: content.highest(),
            images: images(&editions)?,
            editions,
            projection: Projection::new(content, policy)?,
            body,
        })
    }

    /// The change that it makes, as the log tells it.
    pub(crate) fn change(&self, brief: &BriefName) -> Result<Change> {
        let target = format!("{brief}/revisions/{}", to_number(self.number)?);
        Ok(Change { kind: "revision_published", target, visible_from: Some(self.floor) })
    }

    /// Writes everything.
    pub(crate) async fn write(
        &self,
        transaction: &mut PgConnection,
        brief_key: i64,
        publication: &Publication<'_>,
    ) -> Result<()> {
        sqlx::query!(
            "-- revisions::write
            insert into revisions (brief_key, revision, body, digest, content_digest, content_schema,
                redaction_version, floor, highest, published_at, creator, recorded_by)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, coalesce($10, clock_timestamp()), $11, $12)",
            brief_key,
            self.number,
            self.body,
            self.digest.0.as_slice() as &[u8],
            self.content_digest.0.as_slice() as &[u8],
            written_content_schema()?,
            to_integer(REDACTION_VERSION)?,
            i16::from(self.floor) as i16,
            i16::from(self.highest) as i16,
            publication.published_at,
            publication.creator,
            publication.subject
        )
        .execute(&mut *transaction)
        .await?;
        for edition in &self.editions {
            edition.write(transaction, brief_key, self.number).await?;
        }
        attachments::write_shown(transaction, brief_key, self.number, &self.images).await?;
        self.projection.write(transaction, brief_key, self.number).await
    }
}

impl PreparedEdition {
    async fn write(&self, transaction: &mut PgConnection, brief_key: i64, revision: i32) -> Result<()> {
        sqlx::query!(
            "-- revisions::write_edition
            insert into editions (brief_key, revision, from_rank, body, digest, content_digest, marking, title,
                change_summary, summary)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            brief_key,
            revision,
            i16::from(self.from) as i16,
            self.body,
            self.digest.0.as_slice() as &[u8],
            self.content_digest.0.as_slice() as &[u8],
            self.content.marking,
            self.content.title,
            self.content.change_summary,
            summary(&self.content).encode_to_vec()
        )
        .execute(transaction)
        .await?;
        Ok(())
    }
}

/// The images that editions show. They come lowest first, so the first that shows an image is the lowest.
fn images(editions: &[PreparedEdition]) -> Result<BTreeMap<Digest, Rank>> {
    let mut images = BTreeMap::new();
    for edition in editions {
        for image in shown_images(&edition.content) {
            images.entry(image.digest.parse().map_err(damaged)?).or_insert(edition.from);
        }
    }
    Ok(images)
}

/// What lists show of an edition.
fn summary(content: &BriefContent) -> BriefContent {
    BriefContent {
        kind: content.kind,
        title: content.title.clone(),
        subtitle: content.subtitle.clone(),
        language: content.language.clone(),
        as_of: content.as_of.clone(),
        default_marking: content.default_marking.clone(),
        marking: content.marking.clone(),
        tags: content.tags.clone(),
        regions: content.regions.clone(),
        ..BriefContent::default()
    }
}

impl Store {
    /// Makes the draft the next revision. A draft that equals the newest revision publishes nothing and answers that
    /// revision, so a publish may be sent twice.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] in another's workspace, [`StoreError::NotFound`], [`StoreError::ClearanceTooLow`],
    /// [`StoreError::StaleEtag`], [`StoreError::UnusableAttachments`].
    pub async fn publish(&self, principal: &Principal, name: &BriefName, etag: &str) -> Result<Edition> {
        let access = principal.access(&name.workspace)?;
        let mut transaction = self.pool.begin().await?;
        let held = briefs::lock_draft(&mut transaction, access.clearance, name, etag).await?;
        let content = drafts::read_locked(&mut transaction, held.key, access.scheme).await?;
        let newest = stored(&mut transaction, held.key, held.newest).await?;
        let number = if newest
            .is_some_and(|newest| newest.content_digest == content_digest(content.content()))
        {
            drafts::settle(&mut transaction, held.key, held.newest).await?;
            held.newest
        } else {
            let violations =
                attachments::unusable(&mut transaction, &name.workspace, access.scheme, content.content())
                    .await?;
            if !violations.is_empty() {
                return Err(StoreError::UnusableAttachments { place: None, violations });
            }
            let number = held.newest + 1;
            let prepared = Prepared::new(name.brief.as_str(), to_number(number)?, &content, access.policy)?;
            let (creator, subject) = (principal.display_name.as_str(), principal.subject.as_str());
            let publication = Publication { published_at: None, creator, subject };
            prepared.write(&mut transaction, held.key, &publication).await?;
            drafts::settle(&mut transaction, held.key, number).await?;
            let change = prepared.change(name)?;
            change_log::record(&mut transaction, name.workspace.as_str(), subject, &[change]).await?;
            number
        };
        transaction.commit().await?;
        let revision = RevisionNumber(to_number(number)?);
        let (workspace, brief) = (name.workspace.clone(), name.brief.clone());
        self.edition(principal, &RevisionName { workspace, brief, revision }).await
    }
}

/// What a stored revision is compared by.
pub(crate) struct Stored {
    pub(crate) digest: Digest,
    pub(crate) content_digest: Digest,
    pub(crate) highest: Rank,
}

/// A stored revision, while the brief's row is locked.
pub(crate) async fn stored(
    transaction: &mut PgConnection,
    brief_key: i64,
    revision: i32,
) -> Result<Option<Stored>> {
    let row = sqlx::query!(
        r#"-- revisions::stored
        select digest as "digest!: Vec<u8>", content_digest as "content_digest!: Vec<u8>",
            highest::smallint as "highest!"
        from revisions where brief_key = $1 and revision = $2"#,
        brief_key,
        revision
    )
    .fetch_optional(transaction)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Stored {
        digest: to_digest(row.digest)?,
        content_digest: to_digest(row.content_digest)?,
        highest: Rank::try_from(row.highest).map_err(damaged)?,
    }))
}
