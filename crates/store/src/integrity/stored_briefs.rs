//! Reads whole briefs as stored, to rebuild or verify everything derived from them.

use chancery_brief::Canonical;
use chancery_brief::digest::{Digest, body_digest};
use chancery_brief::marking::{Policy, Rank, Scheme};
use chancery_proto::brief::v1::RevisionBody;
use chancery_proto::names::{BriefName, ResourceId, RevisionName, RevisionNumber};
use prost::Message;
use time::OffsetDateTime;

use crate::briefs::content_schema::check_content_schema;
use crate::briefs::identity::BriefIdentity;
use crate::briefs::revisions::PreparedRevision;
use crate::convert::{damaged, to_digest, to_number};
use crate::database::PgConnection;
use crate::error::Result;
use crate::integrity::findings::{Finding, FindingCode};
use crate::projections::{RANKS, RevisionColumns};

/// A brief and the metadata of its revisions.
pub(crate) struct StoredBrief {
    pub(crate) key: i64,
    pub(crate) name: BriefName,
    uid: String,
    created_at: OffsetDateTime,
    is_deleted: bool,
    scheme: Scheme,
    policy: Policy,
    /// The revisions, by number.
    pub(crate) revisions: Vec<StoredRevision>,
}

/// A revision's row without its bytes.
pub(crate) struct StoredRevision {
    pub(crate) number: i32,
    pub(crate) digest: Digest,
    pub(crate) content_digest: Digest,
    pub(crate) content_schema: u32,
    pub(crate) redaction_version: u32,
    pub(crate) projection_version: i32,
    pub(crate) floor: Rank,
    pub(crate) highest: Rank,
    pub(crate) title: String,
    pub(crate) current_until: i16,
    is_withdrawn: bool,
    pub(crate) is_purged: bool,
    published_at: OffsetDateTime,
    recorded_at: OffsetDateTime,
    importer: Option<String>,
}

impl StoredBrief {
    /// Reads a brief with all its revisions or one; `None` when it no longer exists.
    pub(crate) async fn read(
        from: &mut PgConnection,
        key: i64,
        revision: Option<i32>,
    ) -> Result<Option<Self>> {
        let brief = sqlx::query!(
            r#"-- integrity::stored_briefs::read
            select b.workspace_id, b.brief_id, b.uid, b.created_at, b.deleted_at is not null as "is_deleted!",
                w.scheme, w.policy
            from briefs b join workspaces w using (workspace_id)
            where b.brief_key = $1"#,
            key
        )
        .fetch_optional(&mut *from)
        .await?;
        let Some(brief) = brief else { return Ok(None) };
        let rows = sqlx::query!(
            r#"-- integrity::stored_briefs::read
            select revision, digest as "digest!: Vec<u8>", content_digest as "content_digest!: Vec<u8>", content_schema,
                redaction_version, projection_version, floor::smallint as "floor!", highest::smallint as "highest!",
                title, current_until::smallint as "current_until!", withdrawn_at is not null as "is_withdrawn!",
                purged_at is not null as "is_purged!", published_at, recorded_at,
                importer
            from revisions where brief_key = $1 and ($2::integer is null or revision = $2)
            order by revision"#,
            key,
            revision
        )
        .fetch_all(from)
        .await?;
        let revisions = rows.into_iter().map(|row| {
            Ok(StoredRevision {
                number: row.revision,
                digest: to_digest(row.digest)?,
                content_digest: to_digest(row.content_digest)?,
                content_schema: to_number(row.content_schema)?,
                redaction_version: to_number(row.redaction_version)?,
                projection_version: row.projection_version,
                floor: Rank::try_from(row.floor).map_err(damaged)?,
                highest: Rank::try_from(row.highest).map_err(damaged)?,
                title: row.title,
                current_until: row.current_until,
                is_withdrawn: row.is_withdrawn,
                is_purged: row.is_purged,
                published_at: row.published_at,
                recorded_at: row.recorded_at,
                importer: row.importer,
            })
        });
        Ok(Some(Self {
            key,
            name: BriefName {
                workspace: brief.workspace_id.parse::<ResourceId>().map_err(damaged)?,
                brief: brief.brief_id.parse().map_err(damaged)?,
            },
            uid: brief.uid,
            created_at: brief.created_at,
            is_deleted: brief.is_deleted,
            scheme: brief.scheme.parse().map_err(damaged)?,
            policy: brief.policy.parse().map_err(damaged)?,
            revisions: revisions.collect::<Result<_>>()?,
        }))
    }

    /// Computes up to which rank each revision is the newest, as the SQL function `settle_current` does.
    pub(crate) fn expected_current(&self) -> Vec<i16> {
        let mut below = RANKS;
        let mut due = vec![0; self.revisions.len()];
        for (revision, due) in self.revisions.iter().zip(&mut due).rev() {
            if revision.is_withdrawn || revision.is_purged {
                continue;
            }
            let floor = i16::from(revision.floor);
            if !self.is_deleted && floor < below {
                *due = below;
            }
            below = below.min(floor);
        }
        due
    }

    /// Returns a revision's name.
    pub(crate) fn revision_name(&self, revision: &StoredRevision) -> Result<RevisionName> {
        Ok(self.name.revision(RevisionNumber(to_number(revision.number)?)))
    }

    /// Returns the brief's identity.
    pub(crate) fn identity(&self) -> BriefIdentity<'_> {
        BriefIdentity { key: self.key, name: &self.name, uid: &self.uid, created_at: self.created_at }
    }

    /// Returns the columns that all rows of a revision share.
    pub(crate) fn columns<'a>(
        &'a self,
        revision: &'a StoredRevision,
        current_until: i16,
    ) -> RevisionColumns<'a> {
        RevisionColumns {
            workspace: self.name.workspace.as_str(),
            brief_id: self.name.brief.as_str(),
            brief_key: self.key,
            revision: revision.number,
            current_until,
            published_at: revision.published_at,
            recorded_at: revision.recorded_at,
            importer: revision.importer.as_deref(),
        }
    }

    /// Rebuilds everything derived from a revision's bytes, or reports their damage.
    ///
    /// # Errors
    /// [`crate::StoreError::NewerSchema`] when this build cannot judge the bytes.
    pub(crate) fn rebuild(
        &self,
        revision: &StoredRevision,
        body: &[u8],
    ) -> Result<std::result::Result<PreparedRevision, Finding>> {
        check_content_schema(revision.content_schema)?;
        let name = self.revision_name(revision)?;
        let found = |code, what: String| Ok(Err(Finding::new(code, &name, what)));
        let digest = body_digest(body);
        if digest != revision.digest {
            let what = format!("its bytes have SHA-256 {digest}, stored is {}", revision.digest);
            return found(FindingCode::BodyDigest, what);
        }
        let not_canonical = |why: String| found(FindingCode::BodyNotCanonical, why);
        let content = match RevisionBody::decode(body) {
            Ok(RevisionBody { content: Some(content), .. }) => content,
            Ok(_) => return not_canonical("it has no content".into()),
            Err(error) => return not_canonical(error.to_string()),
        };
        let canonical = match Canonical::of_trusted(content, self.scheme) {
            Ok(canonical) => canonical,
            Err(error) => return not_canonical(error.to_string()),
        };
        let number = to_number(revision.number)?;
        let prepared = match PreparedRevision::new(self.name.brief.as_str(), number, &canonical, self.policy)
        {
            Ok(prepared) => prepared,
            Err(error) => return not_canonical(error.to_string()),
        };
        if prepared.body == body {
            Ok(Ok(prepared))
        } else {
            not_canonical("its content or names are not canonical".into())
        }
    }
}

impl StoredRevision {
    /// Returns the columns that contradict the content.
    pub(crate) fn wrong_columns(&self, made: &PreparedRevision) -> Vec<&'static str> {
        let columns = [
            ("content_digest", self.content_digest != made.content_digest),
            ("floor", self.floor != made.floor),
            ("highest", self.highest != made.highest),
            ("title", self.title != made.title),
        ];
        columns.into_iter().filter(|(_, is_wrong)| *is_wrong).map(|(column, _)| column).collect()
    }
}

/// Reads a revision's bytes; `None` when they were purged.
pub(crate) async fn body(from: &mut PgConnection, key: i64, revision: i32) -> Result<Option<Vec<u8>>> {
    let row = sqlx::query!(
        "-- integrity::stored_briefs::body\nselect body from revisions where brief_key = $1 and revision = $2",
        key,
        revision
    )
    .fetch_optional(from)
    .await?;
    Ok(row.and_then(|row| row.body))
}
