//! The newest edition of a brief that a principal may read.

use chancery_brief::digest::Digest;
use chancery_brief::marking::Clearance;
use chancery_proto::names::BriefName;
use prost::Message as _;

use crate::access::principal::{Principal, Role};
use crate::briefs::batched_reads::CurrentEdition;
use crate::briefs::deleted_brief::DeletedBrief;
use crate::briefs::{Briefs, editions};
use crate::convert::to_digest;
use crate::error::{Result, StoreError};

/// The newest edition visible to the principal, encoded as it is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewestEdition {
    /// SHA-256 of the edition, which is the brief's etag.
    pub digest: Digest,
    /// Encoded `Brief` without content.
    pub envelope: Vec<u8>,
    body: Vec<u8>,
}

impl NewestEdition {
    /// Returns the content's bytes as stored; none for a deleted brief. Bytes of a newer schema are returned unchanged.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn content_bytes(&self) -> Result<&[u8]> {
        if self.body.is_empty() { Ok(&[]) } else { editions::content_bytes(&self.body) }
    }

    fn of_deleted(deleted: &DeletedBrief) -> Self {
        let (digest, envelope) = deleted.envelope();
        Self { digest, envelope: envelope.encode_to_vec(), body: Vec::new() }
    }
}

impl Briefs<'_> {
    /// Returns the newest revision that has an edition for the principal, as a single row without assembly. For a
    /// deleted brief, returns the envelope alone.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] for another workspace, [`StoreError::NotFound`], [`StoreError::NotPublished`] for
    /// authors who may see the draft, [`StoreError::AllWithdrawn`].
    pub async fn newest_edition(self, principal: &Principal, name: &BriefName) -> Result<NewestEdition> {
        let access = principal.access(&name.workspace)?;
        match self.batched_reads.read_current(name, access.clearance).await? {
            Some(CurrentEdition { digest, envelope, body }) => {
                Ok(NewestEdition { digest: to_digest(digest)?, envelope, body })
            }
            None => self.explain_missing_edition(principal, name, access.clearance).await,
        }
    }

    /// Explains why no edition is current for the caller. A caller who could see a revision learns that it was
    /// withdrawn, or that the brief was deleted. An author who may see the draft learns that nothing is published; a
    /// published revision above the author's clearance does not change that answer. For everyone else the brief does
    /// not exist.
    async fn explain_missing_edition(
        self,
        principal: &Principal,
        name: &BriefName,
        clearance: Clearance,
    ) -> Result<NewestEdition> {
        let row = sqlx::query!(
            r#"-- briefs::newest_edition::explain_missing_edition
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
                let deleted = DeletedBrief { name: name.clone(), uid, created_at, deleted_at, purge_at };
                Ok(NewestEdition::of_deleted(&deleted))
            }
            None if row.had_edition => Err(StoreError::AllWithdrawn(name.to_string())),
            None if writes => Err(StoreError::NotPublished(name.to_string())),
            _ => Err(missing()),
        }
    }
}
