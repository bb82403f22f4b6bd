//! Rebuilds what is derived from revisions. Each revision takes one transaction, which locks the brief as every writer
//! does, so concurrent runs and interruptions are harmless.

use std::collections::BTreeMap;

use chancery_brief::digest::{Digest, REDACTION_VERSION, body_digest};
use chancery_proto::names::{BriefName, RevisionName};

use crate::briefs::purge::{ForcedFailure, fail_tasks, lock_tasks};
use crate::briefs::revisions::{PreparedRevision, recompute_current};
use crate::convert::{to_digest, to_integer};
use crate::database::PgConnection;
use crate::error::{Result, StoreError};
use crate::integrity::Integrity;
use crate::integrity::findings::{Finding, FindingCode};
use crate::integrity::stored_briefs::{StoredBrief, StoredRevision, body};
use crate::projections::version::PROJECTION_VERSION;
use crate::projections::{index_for_search, version};

/// Number of briefs or revisions that one query looks up.
const PAGE: i64 = 200;

/// The revisions to rebuild.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReindexScope {
    /// Revisions whose projections or editions were made by older code. An interrupted run resumes here.
    Outdated,
    /// All revisions, from a brief on, in the order of brief names.
    All {
        /// The first brief; `None` for all.
        from: Option<BriefName>,
    },
}

/// An event of a reindex.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReindexEvent {
    /// The number of revisions to rebuild.
    Total(u64),
    /// A revision was rebuilt.
    Revision {
        /// The revision.
        name: RevisionName,
        /// Whether its editions were rewritten, because an older version of redaction had made them.
        rewritten: bool,
    },
    /// A revision's bytes or editions are damaged; they were left unchanged.
    Damage(Finding),
}

impl Integrity<'_> {
    /// Rebuilds editions and projections. An edition's bytes are rewritten only when an older version of redaction made
    /// them; any other difference is reported as damage and left unchanged.
    ///
    /// # Errors
    /// [`StoreError::Schema`] and [`StoreError::NewerSchema`] for data written by a newer build.
    pub async fn reindex(self, which: &ReindexScope, mut report: impl FnMut(ReindexEvent)) -> Result<()> {
        let version = version::read(self.pool).await?;
        if version > PROJECTION_VERSION {
            return Err(StoreError::Schema(newer(version)));
        }
        let everything = matches!(which, ReindexScope::All { .. });
        let mut after = match which {
            ReindexScope::All { from: Some(from) } => {
                BriefCursor { workspace: from.workspace.to_string(), brief: from.brief.to_string(), key: 0 }
            }
            _ => BriefCursor::default(),
        };
        report(ReindexEvent::Total(self.count_to_reindex(everything, &after).await?));
        loop {
            let briefs = self.briefs_to_reindex(everything, &after).await?;
            let Some(last) = briefs.last() else { break };
            after = last.clone();
            for brief in &briefs {
                self.reindex_brief(brief.key, everything, &mut report).await?;
            }
        }
        version::record_current(self.pool).await
    }

    async fn count_to_reindex(self, everything: bool, from: &BriefCursor) -> Result<u64> {
        let count = sqlx::query_scalar!(
            r#"-- integrity::reindex::count_to_reindex
            select count(*) as "count!" from revisions r join briefs b using (brief_key)
            where r.purged_at is null
                and ($1 or r.projection_version < $2 or r.redaction_version < $3)
                and (b.workspace_id, b.brief_id) >= ($4, $5)"#,
            everything,
            PROJECTION_VERSION,
            to_integer(REDACTION_VERSION)?,
            from.workspace,
            from.brief
        )
        .fetch_one(self.pool)
        .await?;
        Ok(count.unsigned_abs())
    }

    /// Returns the next briefs by name. A `key` of 0 sorts before every brief of its name.
    async fn briefs_to_reindex(self, everything: bool, after: &BriefCursor) -> Result<Vec<BriefCursor>> {
        let briefs = sqlx::query_as!(
            BriefCursor,
            r#"-- integrity::reindex::briefs_to_reindex
            select b.workspace_id as workspace, b.brief_id as brief, b.brief_key as key from briefs b
            where (b.workspace_id, b.brief_id, b.brief_key) > ($1, $2, $3)
                and ($4 or exists (
                    select from revisions r
                    where r.brief_key = b.brief_key and r.purged_at is null
                        and (r.projection_version < $5 or r.redaction_version < $6)
                ))
            order by 1, 2, 3
            limit $7"#,
            /* after workspace_id */ after.workspace,
            /* after brief_id */ after.brief,
            /* after brief_key */ after.key,
            everything,
            /* projection_version */ PROJECTION_VERSION,
            /* redaction_version */ to_integer(REDACTION_VERSION)?,
            /* limit */ PAGE
        )
        .fetch_all(self.pool)
        .await?;
        Ok(briefs)
    }

    async fn reindex_brief(
        self,
        key: i64,
        everything: bool,
        report: &mut impl FnMut(ReindexEvent),
    ) -> Result<()> {
        self.repair_current(key).await?;
        let mut after = 0;
        loop {
            let revisions = sqlx::query_scalar!(
                "-- integrity::reindex::reindex_brief
                select revision from revisions
                where brief_key = $1 and revision > $2 and ($3 or projection_version < $4 or redaction_version < $5)
                order by revision
                limit $6",
                key,
                after,
                everything,
                PROJECTION_VERSION,
                to_integer(REDACTION_VERSION)?,
                PAGE
            )
            .fetch_all(self.pool)
            .await?;
            let Some(last) = revisions.last() else { break };
            after = *last;
            for revision in revisions {
                self.reindex_revision(key, revision, report).await?;
            }
        }
        // The rebuild may have corrected the columns that decide which revision is the newest.
        self.repair_current(key).await
    }

    async fn reindex_revision(
        self,
        key: i64,
        revision: i32,
        report: &mut impl FnMut(ReindexEvent),
    ) -> Result<()> {
        let mut transaction = self.pool.begin().await?;
        lock(&mut transaction, key).await?;
        let Some(brief) = StoredBrief::read(&mut transaction, key, Some(revision)).await? else {
            return Ok(());
        };
        let Some(stored) = brief.revisions.first() else { return Ok(()) };
        if stored.redaction_version > REDACTION_VERSION || stored.projection_version > PROJECTION_VERSION {
            return Err(StoreError::Schema(newer(stored.projection_version)));
        }
        let rewritten = if let Some(body) = body(&mut transaction, key, revision).await? {
            match brief.rebuild(stored, &body)? {
                Ok(rebuilt) => {
                    delete_projections(&mut transaction, key, revision).await?;
                    write(&mut transaction, &brief, stored, &rebuilt, report).await?
                }
                Err(damage) => {
                    // The bytes cannot be projected again, so the existing rows are the best that there is.
                    report(ReindexEvent::Damage(damage));
                    false
                }
            }
        } else {
            delete_projections(&mut transaction, key, revision).await?;
            false
        };
        // Damage does not stop the reindex: `verify` reports it too, and the other revisions must become available.
        sqlx::query!(
            "-- integrity::reindex::reindex_revision
            update revisions set projection_version = $3 where brief_key = $1 and revision = $2",
            key,
            revision,
            PROJECTION_VERSION
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        report(ReindexEvent::Revision { name: brief.revision_name(stored)?, rewritten });
        Ok(())
    }

    /// Corrects which revision of a brief is the newest for each clearance, if that is wrong.
    async fn repair_current(self, key: i64) -> Result<()> {
        let mut transaction = self.pool.begin().await?;
        lock(&mut transaction, key).await?;
        let Some(brief) = StoredBrief::read(&mut transaction, key, None).await? else { return Ok(()) };
        let numbers: Vec<i32> = brief.revisions.iter().map(|revision| revision.number).collect();
        let due = brief.expected_current();
        let is_wrong = brief.revisions.iter().zip(&due).any(|(revision, due)| revision.current_until != *due)
            || editions_are_wrong(&mut transaction, key, &numbers, &due).await?;
        if is_wrong {
            sqlx::query!(
                "-- integrity::reindex::repair_current
                select set_current($1, revision, 0::smallint) from unnest($2::integer[]) as revision",
                key,
                &numbers
            )
            .execute(&mut *transaction)
            .await?;
            recompute_current(&mut transaction, key).await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

fn newer(version: i32) -> String {
    format!(
        "the projections have version {version}, newer than version {PROJECTION_VERSION} of this build: upgrade this program"
    )
}

/// Fails prints of rewritten editions, whose manifests refer to the old digest.
const REWRITTEN: ForcedFailure = ForcedFailure {
    reason: "EDITION_REWRITTEN",
    message: "a newer version of redaction rebuilt the edition: request the render again",
    wipes_messages: false,
};

/// A position in the list of briefs by name.
#[derive(Clone, Default)]
struct BriefCursor {
    workspace: String,
    brief: String,
    key: i64,
}

/// Locks the brief, which excludes all other writers, until the transaction ends.
async fn lock(transaction: &mut PgConnection, key: i64) -> Result<()> {
    sqlx::query!("-- integrity::reindex::lock\nselect from briefs where brief_key = $1 for update", key)
        .execute(transaction)
        .await?;
    Ok(())
}

/// Returns whether editions contradict their revisions.
async fn editions_are_wrong(
    transaction: &mut PgConnection,
    key: i64,
    numbers: &[i32],
    due: &[i16],
) -> Result<bool> {
    let wrong = sqlx::query_scalar!(
        r#"-- integrity::reindex::editions_are_wrong
        select exists (
            select from editions e join unnest($2::integer[], $3::smallint[]) as due (revision, current_until)
                using (revision)
            where e.brief_key = $1 and e.current_until <> least(e.until_rank, due.current_until)
        ) as "wrong!""#,
        key,
        numbers,
        due
    )
    .fetch_one(transaction)
    .await?;
    Ok(wrong)
}

/// Writes what was rebuilt from a revision's bytes; returns whether its editions were rewritten.
async fn write(
    transaction: &mut PgConnection,
    brief: &StoredBrief,
    stored: &StoredRevision,
    rebuilt: &PreparedRevision,
    report: &mut impl FnMut(ReindexEvent),
) -> Result<bool> {
    let (identity, columns) = (brief.identity(), brief.columns(stored, stored.current_until));
    let damage = compare_editions(transaction, brief, stored, rebuilt).await?;
    let is_older = stored.redaction_version < REDACTION_VERSION;
    if damage.is_empty() || is_older {
        if !damage.is_empty() {
            // Before the digests in their manifests are replaced.
            let tasks = lock_tasks(transaction, brief.key, Some(stored.number)).await?;
            fail_tasks(transaction, &tasks, &REWRITTEN).await?;
        }
        rebuilt.rewrite_editions(transaction, &identity, &columns).await?;
    } else {
        damage.iter().cloned().for_each(|finding| report(ReindexEvent::Damage(finding)));
    }
    rebuilt.write_rows(transaction, &identity, &columns).await?;
    index_for_search(transaction, &columns).await?;
    sqlx::query!(
        "-- integrity::reindex::write
        update revisions set content_digest = $3, floor = $4, highest = $5, title = $6, redaction_version = $7
        where brief_key = $1 and revision = $2",
        /* brief_key */ brief.key,
        /* revision */ stored.number,
        rebuilt.content_digest.0.as_slice() as &[u8],
        i16::from(rebuilt.floor) as i16,
        i16::from(rebuilt.highest) as i16,
        rebuilt.title,
        /* redaction_version */ to_integer(REDACTION_VERSION)?
    )
    .execute(transaction)
    .await?;
    Ok(is_older && !damage.is_empty())
}

/// Compares the stored editions with those rebuilt from the revision.
async fn compare_editions(
    transaction: &mut PgConnection,
    brief: &StoredBrief,
    stored: &StoredRevision,
    rebuilt: &PreparedRevision,
) -> Result<Vec<Finding>> {
    let rows = sqlx::query!(
        r#"-- integrity::reindex::compare_editions
        select from_rank::smallint as "from_rank!", digest as "digest!: Vec<u8>", body from editions
        where brief_key = $1 and revision = $2"#,
        brief.key,
        stored.number
    )
    .fetch_all(transaction)
    .await?;
    let name = brief.revision_name(stored)?;
    let mut due: BTreeMap<i16, Digest> = rebuilt.edition_digests().collect();
    let mut findings = Vec::new();
    for row in rows {
        let from = row.from_rank;
        let found = |code, what| Finding::new(code, &name, format!("edition from rank {from}{what}"));
        let is_whole = body_digest(&row.body) == to_digest(row.digest)?;
        match due.remove(&from) {
            None => findings.push(found(FindingCode::EditionExtra, "")),
            Some(digest) if is_whole && digest == body_digest(&row.body) => {}
            Some(_) if is_whole => findings.push(found(FindingCode::EditionDiffers, ": body, digest")),
            Some(_) => findings.push(found(FindingCode::EditionDiffers, ": body does not match its digest")),
        }
    }
    let missing = due
        .keys()
        .map(|from| Finding::new(FindingCode::EditionMissing, &name, format!("edition from rank {from}")));
    findings.extend(missing);
    Ok(findings)
}

/// Deletes a revision's projections.
async fn delete_projections(transaction: &mut PgConnection, key: i64, revision: i32) -> Result<()> {
    macro_rules! forget {
        ($($statement:literal,)+) => {
            $(sqlx::query!($statement, key, revision).execute(&mut *transaction).await?;)+
        };
    }
    forget!(
        "-- integrity::reindex::delete_projections\ndelete from statements where brief_key = $1 and revision = $2",
        "-- integrity::reindex::delete_projections\ndelete from actors where brief_key = $1 and revision = $2",
        "-- integrity::reindex::delete_projections\ndelete from actor_labels where brief_key = $1 and revision = $2",
        "-- integrity::reindex::delete_projections\ndelete from relationships where brief_key = $1 and revision = $2",
        "-- integrity::reindex::delete_projections\ndelete from events where brief_key = $1 and revision = $2",
        "-- integrity::reindex::delete_projections\ndelete from sources where brief_key = $1 and revision = $2",
        "-- integrity::reindex::delete_projections\ndelete from part_references where brief_key = $1 and revision = $2",
        "-- integrity::reindex::delete_projections\ndelete from revision_attachments where brief_key = $1 and revision = $2",
    );
    Ok(())
}
