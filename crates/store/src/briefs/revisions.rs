//! Revisions: immutable published content, written with its editions and projections in one transaction.

use std::collections::BTreeMap;

use chancery_brief::attachments::shown_images;
use chancery_brief::digest::{Digest, REDACTION_VERSION, body_bytes, body_digest, content_digest};
use chancery_brief::marking::{Clearance, Policy, Rank, Scheme};
use chancery_brief::{Canonical, redact};
use chancery_proto::brief::v1::{Brief, BriefContent, BriefState};
use chancery_proto::names::BriefName;
use prost::Message;
use time::OffsetDateTime;

use crate::briefs::attachments;
use crate::briefs::content_schema::written_content_schema;
use crate::briefs::identity::BriefIdentity;
use crate::changes::log::{Audience, Change};
use crate::convert::{damaged, to_digest, to_integer, to_number};
use crate::database::PgConnection;
use crate::error::Result;
use crate::projections::version::PROJECTION_VERSION;
use crate::projections::{Projection, RANKS, RankedContent, RevisionColumns, index_for_search};
use crate::timestamps::timestamp;

/// Everything to be stored of a revision, computed before its first row is written.
pub(crate) struct PreparedRevision {
    number: i32,
    pub(crate) body: Vec<u8>,
    pub(crate) digest: Digest,
    pub(crate) content_digest: Digest,
    pub(crate) title: String,
    pub(crate) floor: Rank,
    pub(crate) highest: Rank,
    editions: Vec<PreparedEdition>,
    /// The images shown, each with the lowest clearance whose edition shows it.
    images: BTreeMap<Digest, Rank>,
    projection: Projection,
}

struct PreparedEdition {
    from: Rank,
    /// Exclusive.
    until: i16,
    body: Vec<u8>,
    digest: Digest,
    content_digest: Digest,
    content: BriefContent,
}

/// The publisher and time of a revision.
pub(crate) struct Publication<'a> {
    /// The publish time; `None` for now.
    pub(crate) published_at: Option<OffsetDateTime>,
    pub(crate) creator: &'a str,
    pub(crate) subject: &'a str,
    /// The importer's display name; `None` when a draft is published.
    pub(crate) importer: Option<&'a str>,
}

/// Inserts an edition. The method's name opens the statement, and a clause may follow it.
macro_rules! insert_edition {
    ($method:literal, $clause:literal, $edition:ident, $columns:ident, $envelope:expr) => {
        sqlx::query!(
            "-- " + $method + "
            insert into editions (brief_key, revision, from_rank, body, digest, content_digest, marking, title,
                change_summary, summary, workspace_id, brief_id, until_rank, current_until, envelope)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::smallint,
                least($13::smallint, $14::smallint), $15)
            " + $clause,
            $columns.brief_key,
            $columns.revision,
            /* from_rank */ i16::from($edition.from) as i16,
            $edition.body,
            $edition.digest.0.as_slice() as &[u8],
            $edition.content_digest.0.as_slice() as &[u8],
            $edition.content.marking,
            $edition.content.title,
            $edition.content.change_summary,
            /* summary */ summary(&$edition.content).encode_to_vec(),
            /* workspace_id */ $columns.workspace,
            $columns.brief_id,
            /* until_rank */ $edition.until as i16,
            $columns.current_until,
            $envelope
        )
    };
}

impl PreparedRevision {
    /// Prepares content as revision `number` of a brief.
    pub(crate) fn new(brief_id: &str, number: u32, content: &Canonical, policy: Policy) -> Result<Self> {
        let body = body_bytes(brief_id, number, content.content());
        let editions = editions(brief_id, number, content, policy);
        Ok(Self {
            number: to_integer(number)?,
            digest: body_digest(&body),
            content_digest: content_digest(content.content()),
            title: content.content().title.clone(),
            floor: content.floor(),
            highest: content.highest(),
            images: images(&editions)?,
            projection: projection(&editions, content.scheme())?,
            editions,
            body,
        })
    }

    /// Writes the revision, which supersedes the earlier ones. Returns the change to log, whose audience is the
    /// clearances that see a difference.
    pub(crate) async fn write(
        &self,
        transaction: &mut PgConnection,
        brief: &BriefIdentity<'_>,
        publication: &Publication<'_>,
    ) -> Result<Change> {
        let before = current_editions(transaction, brief.name).await?;
        let times = sqlx::query!(
            "-- briefs::revisions::write
            insert into revisions (brief_key, revision, body, digest, content_digest, content_schema,
                redaction_version, floor, highest, published_at, creator, recorded_by, title, current_until,
                projection_version, importer)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, coalesce($10, clock_timestamp()), $11, $12, $13, $14, $15,
                $16)
            returning published_at, recorded_at",
            /* brief_key */ brief.key,
            /* revision */ self.number,
            self.body,
            self.digest.0.as_slice() as &[u8],
            self.content_digest.0.as_slice() as &[u8],
            /* content_schema */ written_content_schema()?,
            /* redaction_version */ to_integer(REDACTION_VERSION)?,
            i16::from(self.floor) as i16,
            i16::from(self.highest) as i16,
            publication.published_at,
            publication.creator,
            /* recorded_by */ publication.subject,
            self.title,
            /* current_until */ RANKS as i16,
            /* projection_version */ PROJECTION_VERSION,
            publication.importer
        )
        .fetch_one(&mut *transaction)
        .await?;
        let columns = RevisionColumns {
            workspace: brief.name.workspace.as_str(),
            brief_id: brief.name.brief.as_str(),
            brief_key: brief.key,
            revision: self.number,
            current_until: RANKS,
            published_at: times.published_at,
            recorded_at: times.recorded_at,
            importer: publication.importer,
        };
        // Before the editions are written, because a clearance may have only one newest edition.
        supersede(transaction, brief.key, self.number).await?;
        self.write_editions(transaction, brief, &columns).await?;
        self.write_rows(transaction, brief, &columns).await?;
        index_for_search(transaction, &columns).await?;
        let audience = self.audience(&before);
        Ok(Change::of_revision("revision_published", brief.name, self.number, audience))
    }

    /// Writes the editions.
    pub(crate) async fn write_editions(
        &self,
        to: &mut PgConnection,
        brief: &BriefIdentity<'_>,
        columns: &RevisionColumns<'_>,
    ) -> Result<()> {
        for edition in &self.editions {
            let envelope = envelope(brief, to_number(self.number)?, columns, edition.digest);
            insert_edition!("briefs::revisions::write_editions", "", edition, columns, envelope)
                .execute(&mut *to)
                .await?;
        }
        Ok(())
    }

    /// Replaces the stored editions. Rows are updated rather than deleted, because renders refer to them.
    pub(crate) async fn rewrite_editions(
        &self,
        transaction: &mut PgConnection,
        brief: &BriefIdentity<'_>,
        columns: &RevisionColumns<'_>,
    ) -> Result<()> {
        let froms: Vec<i16> = self.editions.iter().map(|edition| i16::from(edition.from)).collect();
        sqlx::query!(
            "-- briefs::revisions::rewrite_editions
            delete from editions where brief_key = $1 and revision = $2 and from_rank <> all ($3::smallint[])",
            columns.brief_key,
            columns.revision,
            &froms
        )
        .execute(&mut *transaction)
        .await?;
        for edition in &self.editions {
            let envelope = envelope(brief, to_number(self.number)?, columns, edition.digest);
            insert_edition!(
                "briefs::revisions::rewrite_editions",
                "on conflict (brief_key, revision, from_rank) do update set body = excluded.body,
                    digest = excluded.digest, content_digest = excluded.content_digest, marking = excluded.marking,
                    title = excluded.title, change_summary = excluded.change_summary, summary = excluded.summary,
                    workspace_id = excluded.workspace_id, brief_id = excluded.brief_id,
                    until_rank = excluded.until_rank, current_until = excluded.current_until,
                    envelope = excluded.envelope",
                edition,
                columns,
                envelope
            )
            .execute(&mut *transaction)
            .await?;
        }
        Ok(())
    }

    /// Writes the record of shown images and the projections.
    pub(crate) async fn write_rows(
        &self,
        to: &mut PgConnection,
        brief: &BriefIdentity<'_>,
        columns: &RevisionColumns<'_>,
    ) -> Result<()> {
        attachments::write_shown(to, brief.key, self.number, &self.images).await?;
        self.projection.write(to, columns).await
    }

    /// Returns the editions' lowest clearances and digests, in ascending order.
    pub(crate) fn edition_digests(&self) -> impl Iterator<Item = (i16, Digest)> {
        self.editions.iter().map(|edition| (i16::from(edition.from), edition.digest))
    }

    /// Returns the clearances whose edition differs from the previous one.
    fn audience(&self, before: &[CurrentEdition]) -> Audience {
        Audience::of(|rank| {
            let is =
                self.editions.iter().find(|edition| (i16::from(edition.from)..edition.until).contains(&rank));
            let was = before.iter().find(|edition| (edition.from..edition.until).contains(&rank));
            is.is_some_and(|is| was.is_none_or(|was| was.content_digest != is.content_digest))
        })
    }
}

/// Redacts the content for each clearance level that it distinguishes, in ascending order.
fn editions(brief_id: &str, number: u32, content: &Canonical, policy: Policy) -> Vec<PreparedEdition> {
    let levels = redact::levels(content);
    let ends = levels.iter().skip(1).map(|next| i16::from(*next)).chain([RANKS]);
    let edition = |(from, until): (&Rank, i16)| {
        let edition = redact::edition(content, Clearance(*from), policy)?;
        let body = body_bytes(brief_id, number, &edition);
        let (digest, content_digest) = (body_digest(&body), content_digest(&edition));
        Some(PreparedEdition { from: *from, until, digest, content_digest, body, content: edition })
    };
    levels.iter().zip(ends).filter_map(edition).collect()
}

fn projection(editions: &[PreparedEdition], scheme: Scheme) -> Result<Projection> {
    let levels: Vec<RankedContent<'_>> = editions
        .iter()
        .map(|edition| RankedContent { from: edition.from, content: &edition.content })
        .collect();
    Projection::new(&levels, scheme)
}

/// Builds the envelope that `GetBrief` serves before the content while the revision is the newest.
fn envelope(
    brief: &BriefIdentity<'_>,
    number: u32,
    columns: &RevisionColumns<'_>,
    digest: Digest,
) -> Vec<u8> {
    let digest = digest.to_string();
    let envelope = Brief {
        name: brief.name.to_string(),
        uid: brief.uid.to_owned(),
        etag: digest.clone(),
        state: BriefState::Published.into(),
        create_time: Some(timestamp(brief.created_at)),
        update_time: Some(timestamp(columns.recorded_at)),
        newest_revision: number,
        publish_time: Some(timestamp(columns.published_at)),
        edition_digest: digest,
        import_record: columns.import_record().map(|import| import.to_message()),
        ..Brief::default()
    };
    envelope.encode_to_vec()
}

/// An edition that is the newest for a range of clearances.
struct CurrentEdition {
    from: i16,
    /// Exclusive.
    until: i16,
    content_digest: Digest,
}

/// Reads the newest edition of each clearance.
async fn current_editions(transaction: &mut PgConnection, name: &BriefName) -> Result<Vec<CurrentEdition>> {
    let rows = sqlx::query!(
        r#"-- briefs::revisions::current_editions
        select from_rank::smallint as "from_rank!", current_until::smallint as "current_until!",
            content_digest as "content_digest!: Vec<u8>"
        from editions where workspace_id = $1 and brief_id = $2 and current_until > from_rank"#,
        name.workspace.as_str(),
        name.brief.as_str()
    )
    .fetch_all(transaction)
    .await?;
    let edition = |(from, until, content_digest)| {
        Ok(CurrentEdition { from, until, content_digest: to_digest(content_digest)? })
    };
    rows.into_iter().map(|row| edition((row.from_rank, row.current_until, row.content_digest))).collect()
}

/// Marks earlier revisions as superseded by a new one.
async fn supersede(transaction: &mut PgConnection, brief_key: i64, revision: i32) -> Result<()> {
    sqlx::query!("-- briefs::revisions::supersede\nselect supersede($1, $2)", brief_key, revision)
        .execute(transaction)
        .await?;
    Ok(())
}

/// Recomputes which revision of a brief is the newest for each clearance.
pub(crate) async fn recompute_current(transaction: &mut PgConnection, brief_key: i64) -> Result<()> {
    sqlx::query!("-- briefs::revisions::recompute_current\nselect settle_current($1)", brief_key)
        .execute(transaction)
        .await?;
    Ok(())
}

/// Collects the images shown. Editions come in ascending order, so the first edition with an image is the lowest.
fn images(editions: &[PreparedEdition]) -> Result<BTreeMap<Digest, Rank>> {
    let mut images = BTreeMap::new();
    for edition in editions {
        for image in shown_images(&edition.content) {
            images.entry(image.digest.parse().map_err(damaged)?).or_insert(edition.from);
        }
    }
    Ok(images)
}

/// Keeps the fields that lists show.
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

/// The properties of a stored revision that a write compares.
pub(crate) struct RevisionFingerprint {
    pub(crate) digest: Digest,
    pub(crate) content_digest: Digest,
    pub(crate) highest: Rank,
    /// Whether the revision is neither withdrawn nor purged.
    pub(crate) is_available: bool,
}

/// Reads a stored revision's properties while the brief's row is locked.
pub(crate) async fn fingerprint(
    transaction: &mut PgConnection,
    brief_key: i64,
    revision: i32,
) -> Result<Option<RevisionFingerprint>> {
    let row = sqlx::query!(
        r#"-- briefs::revisions::fingerprint
        select digest as "digest!: Vec<u8>", content_digest as "content_digest!: Vec<u8>",
            highest::smallint as "highest!", withdrawn_at is null and purged_at is null as "is_available!"
        from revisions where brief_key = $1 and revision = $2"#,
        brief_key,
        revision
    )
    .fetch_optional(transaction)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(RevisionFingerprint {
        digest: to_digest(row.digest)?,
        content_digest: to_digest(row.content_digest)?,
        highest: Rank::try_from(row.highest).map_err(damaged)?,
        is_available: row.is_available,
    }))
}
