//! Publishes the draft as the next revision.

use chancery_brief::Canonical;
use chancery_brief::diff;
use chancery_brief::digest::content_digest;
use chancery_brief::lint::{Warning, lint_revision};
use chancery_brief::marking::{Clearance, Scheme};
use chancery_proto::brief::v1::{BriefContent, BriefRevision, RevisionBody, UndeclaredChange};
use chancery_proto::names::{BriefName, RevisionNumber};
use prost::Message;
use sqlx::PgExecutor;

use crate::access::principal::{Access, Principal};
use crate::access::workspaces::publication_rules;
use crate::briefs::content_schema::check_content_schema;
use crate::briefs::earlier_revisions::check_changes;
use crate::briefs::editions::Edition;
use crate::briefs::locking::LockedBrief;
use crate::briefs::revisions::{PreparedRevision, Publication, fingerprint};
use crate::briefs::{Briefs, drafts, figures, locking};
use crate::changes::idempotency_keys::{IdempotencyKey, WriteStart, begin_write, store_response};
use crate::changes::log::{self, Position};
use crate::convert::{damaged, to_number};
use crate::error::{Result, StoreError};
use crate::renders::environments::active_glyph_coverage;

/// Options of a publish.
#[derive(Debug, Clone, Copy, Default)]
pub struct PublishOptions<'a> {
    /// The draft's etag.
    pub etag: &'a str,
    /// Identifies repeated requests, if given.
    pub write: Option<&'a IdempotencyKey>,
    /// Whether to reject differences that `changes` does not declare.
    pub require_declared_changes: bool,
    /// Whether to reject a draft with lint warnings.
    pub require_no_warnings: bool,
}

/// A draft that became a revision.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// The publisher's edition of the revision.
    pub edition: Edition,
    /// Differences from the previous revision, as visible to the publisher, that `changes` does not declare.
    pub undeclared: Vec<UndeclaredChange>,
    /// The change log's position after the publish.
    pub position: Position,
}

/// Content compared with the newest revision.
#[derive(Debug, Clone, PartialEq)]
pub struct NewestComparison {
    /// Content of the newest revision; none while nothing is published.
    pub newest: Option<BriefContent>,
    /// Differences that the `changes` of the compared content do not declare.
    pub undeclared: Vec<UndeclaredChange>,
}

impl Briefs<'_> {
    /// Publishes the draft: see [`Self::publish_draft`].
    ///
    /// # Errors
    /// Those of [`Self::publish_draft`].
    pub async fn publish(
        self,
        principal: &Principal,
        name: &BriefName,
        etag: &str,
    ) -> Result<(Edition, Position)> {
        let publishing = PublishOptions { etag, ..PublishOptions::default() };
        let published = self.publish_draft(principal, name, &publishing).await?;
        Ok((published.edition, published.position))
    }

    /// Publishes the draft as the next revision. If the draft equals the newest revision, and that revision is not
    /// withdrawn, publishes nothing and returns it, so that a publish can be repeated.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] for another workspace, [`StoreError::NotFound`], [`StoreError::ClearanceTooLow`],
    /// [`StoreError::BriefDeleted`], [`StoreError::StaleEtag`], [`StoreError::UnusableAttachments`],
    /// [`StoreError::InvalidChanges`], [`StoreError::UndeclaredChanges`], [`StoreError::LintWarnings`],
    /// [`StoreError::RequestIdReused`].
    pub async fn publish_draft(
        self,
        principal: &Principal,
        name: &BriefName,
        publishing: &PublishOptions<'_>,
    ) -> Result<Published> {
        let access = principal.access(&name.workspace)?;
        let write = publishing.write;
        let mut transaction = match begin_write(self.pool, principal, &name.workspace, write).await? {
            WriteStart::First(transaction) => transaction,
            WriteStart::Repeated(response) => {
                let number = BriefRevision::decode(response.as_slice()).map_err(damaged)?.number;
                let position = log::position(self.pool, &name.workspace).await?;
                return self.published(principal, name, number, position).await;
            }
        };
        let locked = locking::lock_draft(&mut transaction, access.clearance, name, publishing.etag).await?;
        let content = drafts::read_locked(&mut transaction, locked.key, access.scheme).await?;
        let newest = fingerprint(&mut transaction, locked.key, locked.newest).await?;
        let is_published = newest.is_some_and(|newest| {
            newest.is_available && newest.content_digest == content_digest(content.content())
        });
        let number = to_number(if is_published { locked.newest } else { locked.newest + 1 })?;
        let revision = BriefRevision { number, ..BriefRevision::default() };
        store_response(&mut transaction, principal, &name.workspace, write, &revision.encode_to_vec())
            .await?;
        let position = if is_published {
            drafts::settle(&mut transaction, locked.key, locked.newest).await?;
            log::position(&mut *transaction, &name.workspace).await?
        } else {
            check(&mut transaction, name, &locked, &content, access, publishing).await?;
            let prepared = PreparedRevision::new(name.brief.as_str(), number, &content, access.policy)?;
            let (creator, subject) = (principal.display_name.as_str(), principal.subject.as_str());
            let publication = Publication { published_at: None, creator, subject, importer: None };
            let change = prepared.write(&mut transaction, &locked.identity(name), &publication).await?;
            drafts::settle(&mut transaction, locked.key, locked.newest + 1).await?;
            let workspace = name.workspace.as_str();
            log::record(&mut transaction, workspace, subject, &[change]).await?
        };
        transaction.commit().await?;
        self.published(principal, name, number, position).await
    }

    /// Builds the result of a publish.
    async fn published(
        self,
        principal: &Principal,
        name: &BriefName,
        number: u32,
        position: Position,
    ) -> Result<Published> {
        let edition = self.edition(principal, &name.revision(RevisionNumber(number))).await?;
        let before = self.newest_visible_content(principal, name, Some(number)).await?;
        let undeclared = undeclared(before.as_ref(), &edition.content()?);
        Ok(Published { edition, undeclared, position })
    }

    /// Compares content with the newest available revision visible to the principal.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`].
    pub async fn compare_with_newest(
        self,
        principal: &Principal,
        name: &BriefName,
        content: &BriefContent,
    ) -> Result<NewestComparison> {
        let newest = self.newest_visible_content(principal, name, None).await?;
        Ok(NewestComparison { undeclared: undeclared(newest.as_ref(), content), newest })
    }

    /// Returns the content of the newest available revision visible to the principal, below `before` if given.
    async fn newest_visible_content(
        self,
        principal: &Principal,
        name: &BriefName,
        before: Option<u32>,
    ) -> Result<Option<BriefContent>> {
        let Some(number) = self.newest_available(principal, name, before).await? else { return Ok(None) };
        Ok(Some(self.edition(principal, &name.revision(RevisionNumber(number))).await?.content()?))
    }
}

/// Checks that a draft may be published.
async fn check(
    transaction: &mut crate::database::PgConnection,
    name: &BriefName,
    locked: &LockedBrief,
    content: &Canonical,
    access: Access,
    publishing: &PublishOptions<'_>,
) -> Result<()> {
    let scheme: Scheme = content.scheme();
    let violations =
        figures::unusable(&mut *transaction, &name.workspace, (scheme, access.clearance), content.content())
            .await?;
    if !violations.is_empty() {
        return Err(StoreError::UnusableAttachments { document_index: None, violations });
    }
    check_changes(&mut *transaction, locked.key, access, content, None).await?;
    let rules = publication_rules(&mut *transaction, &name.workspace).await?;
    let declares_changes = publishing.require_declared_changes || rules.require_declared_changes;
    let has_no_warnings = publishing.require_no_warnings || rules.require_no_warnings;
    if !declares_changes && !has_no_warnings && rules.refused_codes.is_empty() {
        return Ok(());
    }
    let before = newest_content(&mut *transaction, locked.key, access.clearance).await?;
    if declares_changes {
        let undeclared = undeclared(before.as_ref(), content.content());
        if !undeclared.is_empty() {
            return Err(StoreError::UndeclaredChanges(undeclared));
        }
    }
    if has_no_warnings || !rules.refused_codes.is_empty() {
        let coverage = active_glyph_coverage(&mut *transaction).await?;
        let mut warnings = lint_revision(content.content(), before.as_ref(), coverage.as_ref());
        let is_refused = |warning: &Warning| {
            has_no_warnings || rules.refused_codes.iter().any(|code| code == warning.code)
        };
        warnings.retain(is_refused);
        if !warnings.is_empty() {
            return Err(StoreError::LintWarnings(warnings));
        }
    }
    Ok(())
}

fn undeclared(before: Option<&BriefContent>, after: &BriefContent) -> Vec<UndeclaredChange> {
    let Some(before) = before else { return Vec::new() };
    diff::undeclared(before, after)
        .into_iter()
        .map(|difference| UndeclaredChange { part_id: difference.id, kinds: difference.kinds })
        .collect()
}

/// Returns the content of the newest edition for a clearance.
async fn newest_content(
    executor: impl PgExecutor<'_>,
    brief_key: i64,
    clearance: Clearance,
) -> Result<Option<BriefContent>> {
    let row = sqlx::query!(
        "-- briefs::publishing::newest_content
        select e.body, r.content_schema from editions e join revisions r using (brief_key, revision)
        where e.brief_key = $1 and e.from_rank <= $2 and e.current_until > $2",
        brief_key,
        i16::from(clearance.0)
    )
    .fetch_optional(executor)
    .await?;
    let Some(row) = row else { return Ok(None) };
    check_content_schema(to_number(row.content_schema)?)?;
    Ok(RevisionBody::decode(row.body.as_slice()).map_err(damaged)?.content)
}
