//! Editions: revisions as readers see them. Each edition is one row with all of its bytes.

use chancery_brief::digest::Digest;
use chancery_proto::brief::v1::{BriefContent, RevisionBody};
use chancery_proto::names::{BriefName, RevisionName};
use prost::Message;
use prost::encoding::{DecodeContext, decode_key, decode_varint, skip_field};
use time::OffsetDateTime;

use crate::access::principal::{Principal, Role};
use crate::briefs::Briefs;
use crate::briefs::content_schema::check_content_schema;
use crate::briefs::import_records::ImportRecord;
use crate::convert::{damaged, to_digest, to_integer, to_number};
use crate::error::{Result, StoreError};

/// The field number of `RevisionBody.content`, which comes last in canonical bytes.
const CONTENT_FIELD: u32 = 3;

/// A revision as visible to one clearance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// The revision's number.
    pub revision: u32,
    /// SHA-256 of the body.
    pub digest: Digest,
    /// Canonical bytes of the `RevisionBody` with the edition's content.
    pub body: Vec<u8>,
    /// The content schema of the bytes.
    pub content_schema: u32,
    /// When it was published.
    pub published_at: OffsetDateTime,
    /// When this database recorded it.
    pub recorded_at: OffsetDateTime,
    /// Display name of the publisher.
    pub creator: String,
    /// Importer and time of the import, if it was imported.
    pub import: Option<ImportRecord>,
    /// When and why it was withdrawn, if it was.
    pub withdrawal: Option<Withdrawal>,
}

/// The withdrawal of a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// When it was withdrawn.
    pub at: OffsetDateTime,
    /// The reason, visible to everyone who may see the revision.
    pub reason: String,
}

/// The purge of a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purge {
    /// When it was purged.
    pub at: OffsetDateTime,
    /// The reason; `None` for callers who may not see it.
    pub reason: Option<String>,
}

impl Edition {
    /// Decodes the content.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`] for bytes that this build does not fully support, [`StoreError::Damaged`].
    pub fn content(&self) -> Result<BriefContent> {
        check_content_schema(self.content_schema)?;
        let body = RevisionBody::decode(self.body.as_slice()).map_err(damaged)?;
        body.content.ok_or_else(|| damaged("a stored body has no content"))
    }

    /// Returns the content's bytes as stored. Bytes of a newer schema are returned unchanged.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn content_bytes(&self) -> Result<&[u8]> {
        content_bytes(&self.body)
    }
}

/// Returns the bytes of the content within those of a body.
pub(crate) fn content_bytes(body: &[u8]) -> Result<&[u8]> {
    match content_of(body) {
        Ok([]) => Err(damaged("a stored body has no content")),
        Ok(content) => Ok(content),
        Err(error) => Err(damaged(error)),
    }
}

/// Finds the content field, which is the body's last one.
fn content_of(body: &[u8]) -> std::result::Result<&[u8], prost::DecodeError> {
    let mut rest = body;
    loop {
        let (field, wire_type) = decode_key(&mut rest)?;
        if field == CONTENT_FIELD {
            let length = decode_varint(&mut rest)?;
            return if usize::try_from(length) == Ok(rest.len()) { Ok(rest) } else { Ok(&[]) };
        }
        skip_field(wire_type, field, &mut rest, DecodeContext::default())?;
    }
}

/// A revision in a list, as visible to one clearance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionSummary {
    /// The number.
    pub revision: u32,
    /// SHA-256 of the edition's body.
    pub digest: Digest,
    /// The edition's banner.
    pub marking: String,
    /// The title.
    pub title: String,
    /// The summary of changes since the parent.
    pub change_summary: String,
    /// When it was published.
    pub published_at: OffsetDateTime,
    /// When this database recorded it.
    pub recorded_at: OffsetDateTime,
    /// Display name of the publisher.
    pub creator: String,
    /// Importer and time of the import, if it was imported.
    pub import: Option<ImportRecord>,
    /// When and why it was withdrawn, if it was.
    pub withdrawal: Option<Withdrawal>,
    /// When and why it was purged, if it was. A purged revision has no marking, title or change summary.
    pub purge: Option<Purge>,
}

/// A row of `editions` joined with its revision.
pub(crate) struct Row {
    pub(crate) revision: i32,
    pub(crate) digest: Vec<u8>,
    pub(crate) body: Vec<u8>,
    pub(crate) content_schema: i32,
    pub(crate) published_at: OffsetDateTime,
    pub(crate) recorded_at: OffsetDateTime,
    pub(crate) creator: String,
    pub(crate) importer: Option<String>,
    pub(crate) withdrawn_at: Option<OffsetDateTime>,
    pub(crate) withdraw_reason: Option<String>,
}

impl Row {
    pub(crate) fn into_edition(self) -> Result<Edition> {
        Ok(Edition {
            revision: to_number(self.revision)?,
            digest: to_digest(self.digest)?,
            body: self.body,
            content_schema: to_number(self.content_schema)?,
            published_at: self.published_at,
            recorded_at: self.recorded_at,
            creator: self.creator,
            import: ImportRecord::of_columns(self.importer, self.recorded_at),
            withdrawal: withdrawal(self.withdrawn_at, self.withdraw_reason),
        })
    }
}

fn withdrawal(at: Option<OffsetDateTime>, reason: Option<String>) -> Option<Withdrawal> {
    at.zip(reason).map(|(at, reason)| Withdrawal { at, reason })
}

impl Briefs<'_> {
    /// Returns a revision as the principal's edition.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] for another workspace, [`StoreError::NotFound`] when the principal has no edition of
    /// it, [`StoreError::RevisionPurged`] when they had one.
    pub async fn edition(self, principal: &Principal, name: &RevisionName) -> Result<Edition> {
        let access = principal.access(&name.workspace)?;
        let row = sqlx::query_as!(
            Row,
            r#"-- briefs::editions::edition
            select e.revision, e.digest as "digest!: Vec<u8>", e.body, r.content_schema, r.published_at,
                r.recorded_at, r.creator, r.importer, r.withdrawn_at, r.withdraw_reason
            from briefs b
            join editions e using (brief_key)
            join revisions r using (brief_key, revision)
            where b.workspace_id = $1 and b.brief_id = $2 and e.revision = $3 and e.from_rank <= $4
                and b.deleted_at is null
            order by e.from_rank desc
            limit 1"#,
            name.workspace.as_str(),
            name.brief.as_str(),
            to_integer(name.revision.0)?,
            i16::from(access.clearance.0)
        )
        .fetch_optional(self.pool)
        .await?;
        match row {
            Some(row) => row.into_edition(),
            // Distinguishes a purged edition from one that never existed for this principal.
            None => match self.revision(principal, name).await? {
                RevisionSummary { purge: Some(_), .. } => Err(StoreError::RevisionPurged(name.to_string())),
                _ => Err(StoreError::NotFound(name.to_string())),
            },
        }
    }

    /// Returns the summary of a revision, which may be purged.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`], [`StoreError::NotFound`].
    pub async fn revision(self, principal: &Principal, name: &RevisionName) -> Result<RevisionSummary> {
        let number = name.revision.0;
        let below = number.saturating_add(1).min(i32::MAX.unsigned_abs());
        let listed = self.list_revisions(principal, &name.brief_name(), Some(below), 1).await?;
        let found = listed.into_iter().find(|found| found.revision == number);
        found.ok_or_else(|| StoreError::NotFound(name.to_string()))
    }

    /// Returns all revisions of a brief as the principal's editions, by number. Their bytes total at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`], [`StoreError::NotFound`], [`StoreError::LimitExceeded`].
    pub async fn editions(
        self,
        principal: &Principal,
        name: &BriefName,
        limit: usize,
    ) -> Result<Vec<Edition>> {
        let access = principal.access(&name.workspace)?;
        let (workspace, brief, clearance) =
            (name.workspace.as_str(), name.brief.as_str(), i16::from(access.clearance.0));
        let size = sqlx::query_scalar!(
            r#"-- briefs::editions::editions
            select coalesce(sum(size), 0) as "size!" from (
                select distinct on (e.revision) octet_length(e.body) as size
                from briefs b join editions e using (brief_key)
                where b.workspace_id = $1 and b.brief_id = $2 and e.from_rank <= $3 and b.deleted_at is null
                order by e.revision, e.from_rank desc
            ) as seen"#,
            workspace,
            brief,
            clearance
        )
        .fetch_one(self.pool)
        .await?;
        if usize::try_from(size).is_ok_and(|size| size > limit) {
            let message = format!(
                "{name} has {size} bytes in all revisions, over the limit of {limit}: request one revision at a time"
            );
            return Err(StoreError::LimitExceeded(message));
        }
        let rows = sqlx::query_as!(
            Row,
            r#"-- briefs::editions::editions
            select distinct on (e.revision) e.revision, e.digest as "digest!: Vec<u8>", e.body, r.content_schema,
                r.published_at, r.recorded_at, r.creator, r.importer, r.withdrawn_at, r.withdraw_reason
            from briefs b
            join editions e using (brief_key)
            join revisions r using (brief_key, revision)
            where b.workspace_id = $1 and b.brief_id = $2 and e.from_rank <= $3 and b.deleted_at is null
            order by e.revision, e.from_rank desc"#,
            workspace,
            brief,
            clearance
        )
        .fetch_all(self.pool)
        .await?;
        if rows.is_empty() {
            return Err(StoreError::NotFound(name.to_string()));
        }
        rows.into_iter().map(Row::into_edition).collect()
    }

    /// Returns the newest revision below `before` that has an edition for the principal and is neither withdrawn nor
    /// purged.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`].
    pub async fn newest_available(
        self,
        principal: &Principal,
        name: &BriefName,
        before: Option<u32>,
    ) -> Result<Option<u32>> {
        let access = principal.access(&name.workspace)?;
        let newest = sqlx::query_scalar!(
            "-- briefs::editions::newest_available
            select r.revision from briefs b join revisions r using (brief_key)
            where b.workspace_id = $1 and b.brief_id = $2 and b.deleted_at is null and r.floor <= $3
                and r.withdrawn_at is null and r.purged_at is null and ($4::integer is null or r.revision < $4)
            order by r.revision desc
            limit 1",
            name.workspace.as_str(),
            name.brief.as_str(),
            i16::from(access.clearance.0),
            before.map(to_integer).transpose()?
        )
        .fetch_optional(self.pool)
        .await?;
        newest.map(to_number).transpose()
    }

    /// Lists the revisions of a brief that have an edition for the principal, newest first, from below `before` on.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`], [`StoreError::NotFound`] when the principal has no edition of any.
    pub async fn list_revisions(
        self,
        principal: &Principal,
        name: &BriefName,
        before: Option<u32>,
        limit: i64,
    ) -> Result<Vec<RevisionSummary>> {
        let access = principal.access(&name.workspace)?;
        let rows = sqlx::query!(
            r#"-- briefs::editions::list_revisions
            select r.revision, seen.digest as "digest!: Vec<u8>", seen.marking as "marking!", seen.title as "title!",
                seen.change_summary as "change_summary!", r.published_at, r.recorded_at, r.creator, r.importer, r.withdrawn_at,
                r.withdraw_reason, r.purged_at, r.purge_reason
            from briefs b
            join revisions r using (brief_key)
            join lateral (
                select digest, marking, title, change_summary from editions
                where brief_key = r.brief_key and revision = r.revision and from_rank <= $3 and until_rank > $3
                union all
                select digest, '', '', '' from purged_editions
                where brief_key = r.brief_key and revision = r.revision and from_rank <= $3 and until_rank > $3
            ) as seen on true
            where b.workspace_id = $1 and b.brief_id = $2 and b.deleted_at is null
                and ($4::integer is null or r.revision < $4)
            order by r.revision desc
            limit $5"#,
            name.workspace.as_str(),
            name.brief.as_str(),
            i16::from(access.clearance.0),
            before.map(to_integer).transpose()?,
            limit
        )
        .fetch_all(self.pool)
        .await?;
        if rows.is_empty() && before.is_none() {
            return Err(StoreError::NotFound(name.to_string()));
        }
        let is_admin = principal.roles.allow(Role::Admin);
        rows.into_iter()
            .map(|row| {
                let reason = row.purge_reason.filter(|_| is_admin);
                Ok(RevisionSummary {
                    revision: to_number(row.revision)?,
                    digest: to_digest(row.digest)?,
                    marking: row.marking,
                    title: row.title,
                    change_summary: row.change_summary,
                    published_at: row.published_at,
                    recorded_at: row.recorded_at,
                    creator: row.creator,
                    import: ImportRecord::of_columns(row.importer, row.recorded_at),
                    withdrawal: withdrawal(row.withdrawn_at, row.withdraw_reason),
                    purge: row.purged_at.map(|at| Purge { at, reason }),
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use chancery_brief::digest::body_bytes;
    use chancery_proto::brief::v1::BriefContent;
    use prost::Message;

    use super::content_of;

    #[test]
    fn the_contents_bytes_are_cut_out_of_the_body_as_they_are() {
        for title in ["Short", &"Long ".repeat(1000)] {
            let content = BriefContent { title: title.into(), ..BriefContent::default() };
            let body = body_bytes("b1", 300, &content);
            assert_eq!(content_of(&body).unwrap(), content.encode_to_vec());
            assert!(content_of(&body[..body.len() - 1]).unwrap().is_empty());
        }
        assert!(content_of(&[]).is_err());
    }
}
