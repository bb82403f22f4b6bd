//! Verifies revisions and everything derived from them.

use std::collections::BTreeMap;

use chancery_brief::digest::REDACTION_VERSION;

use super::rows;
use super::rows::Difference;
use super::{VerifyEvent, begin_reading};
use crate::database::PgConnection;
use crate::error::Result;
use crate::integrity::Integrity;
use crate::integrity::findings::{Finding, FindingCode};
use crate::integrity::stored_briefs::{StoredBrief, StoredRevision, body};
use crate::projections::version::PROJECTION_VERSION;

/// Number of revisions that one transaction verifies.
const BATCH: i64 = 64;

/// The position after which a batch begins. Later revisions are not verified: otherwise a verification might never
/// catch up with the publishers.
#[derive(Clone, Copy)]
struct BatchCursor {
    key: i64,
    revision: i32,
    /// The brief's newest revision when its first batch was read.
    newest: i32,
    /// The last brief when the verification began.
    last_key: i64,
}

impl Integrity<'_> {
    pub(crate) async fn verify_revisions(self, report: &mut impl FnMut(VerifyEvent)) -> Result<()> {
        let total = sqlx::query_scalar!(
            r#"-- integrity::verify::revisions::verify_revisions
            select count(*) as "total!" from revisions"#
        )
        .fetch_one(self.pool)
        .await?;
        report(VerifyEvent::Part { what: "revisions", total: total.unsigned_abs() });
        // A dedicated connection, closed afterwards, because its temporary tables would shadow the real ones.
        let mut connection = self.pool.acquire().await?;
        connection.close_when_released();
        rows::make_tables(&mut connection).await?;
        let last_key = sqlx::query_scalar!(
            r#"-- integrity::verify::revisions::verify_revisions
            select coalesce(max(brief_key), 0) as "last_key!" from briefs"#
        )
        .fetch_one(self.pool)
        .await?;
        let mut after = BatchCursor { key: 0, revision: 0, newest: 0, last_key };
        while let Some(last) = verify_batch(&mut connection, after, report).await? {
            after = last;
        }
        Ok(())
    }
}

/// The revisions of a batch whose derived rows can be compared.
#[derive(Default)]
struct ComparableRevisions<'a> {
    revisions: BTreeMap<(i64, i32), (&'a StoredBrief, &'a StoredRevision)>,
}

/// Verifies a batch; returns its last revision, or `None` when there are no more.
async fn verify_batch(
    connection: &mut PgConnection,
    after: BatchCursor,
    report: &mut impl FnMut(VerifyEvent),
) -> Result<Option<BatchCursor>> {
    let mut transaction = begin_reading(connection).await?;
    let batch = sqlx::query!(
        "-- integrity::verify::revisions::verify_batch
        select brief_key, revision from revisions
        where (brief_key, revision) > ($1, $2) and (brief_key <> $1 or revision <= $3) and brief_key <= $4
        order by 1, 2
        limit $5",
        after.key,
        after.revision,
        after.newest,
        after.last_key,
        BATCH
    )
    .fetch_all(&mut *transaction)
    .await?;
    let Some((key, revision)) = batch.last().map(|row| (row.brief_key, row.revision)) else {
        return Ok(None);
    };
    let mut briefs = BTreeMap::new();
    for row in &batch {
        if !briefs.contains_key(&row.brief_key)
            && let Some(brief) = StoredBrief::read(&mut transaction, row.brief_key, None).await?
        {
            briefs.insert(row.brief_key, brief);
        }
    }
    let mut comparable = ComparableRevisions::default();
    for row in &batch {
        let Some(brief) = briefs.get(&row.brief_key) else { continue };
        let due = brief.expected_current();
        let index = brief.revisions.iter().position(|revision| revision.number == row.revision);
        let Some(index) = index else { continue };
        let revision = &brief.revisions[index];
        verify_number(brief, index, report);
        if verify_revision(&mut transaction, brief, revision, due[index], report).await? {
            comparable.revisions.insert((brief.key, revision.number), (brief, revision));
        }
        report(VerifyEvent::Read(1));
    }
    for difference in rows::differences(&mut transaction, comparable.revisions.keys()).await? {
        if let Some(finding) = comparable.finding(&difference)? {
            report(VerifyEvent::Found(finding));
        }
    }
    // Empties the temporary tables.
    transaction.commit().await?;
    let newest = if key == after.key { after.newest } else { newest_of(&briefs, key) };
    Ok(Some(BatchCursor { key, revision, newest, ..after }))
}

fn newest_of(briefs: &BTreeMap<i64, StoredBrief>, key: i64) -> i32 {
    let newest = briefs.get(&key).and_then(|brief| brief.revisions.last());
    newest.map_or(0, |revision| revision.number)
}

/// Checks that revision numbers have no gaps.
fn verify_number(brief: &StoredBrief, index: usize, report: &mut impl FnMut(VerifyEvent)) {
    let number = brief.revisions[index].number;
    let follows = if index == 0 { 1 } else { brief.revisions[index - 1].number + 1 };
    if number != follows {
        let what = format!("revision {follows} is missing before revision {number}");
        report(VerifyEvent::Found(Finding::new(FindingCode::RevisionMissing, &brief.name, what)));
    }
}

/// Verifies a revision's row, and writes the rows expected of it into the temporary tables. Returns whether its derived
/// rows can be compared.
async fn verify_revision(
    transaction: &mut PgConnection,
    brief: &StoredBrief,
    revision: &StoredRevision,
    due: i16,
    report: &mut impl FnMut(VerifyEvent),
) -> Result<bool> {
    let name = brief.revision_name(revision)?;
    let mut found = |code, what: String| report(VerifyEvent::Found(Finding::new(code, &name, what)));
    if revision.current_until != due {
        let what =
            format!("it is recorded as the newest up to rank {}, expected {due}", revision.current_until);
        found(FindingCode::CurrentUntil, what);
    }
    let body = body(transaction, brief.key, revision.number).await?;
    let Some(body) = body else { return Ok(revision.is_purged) };
    let rebuilt = match brief.rebuild(revision, &body)? {
        Ok(rebuilt) => rebuilt,
        Err(damage) => {
            report(VerifyEvent::Found(damage));
            return Ok(false);
        }
    };
    let wrong = revision.wrong_columns(&rebuilt);
    if !wrong.is_empty() {
        found(FindingCode::RevisionDiffers, wrong.join(", "));
    }
    let is_outdated = revision.redaction_version != REDACTION_VERSION;
    if is_outdated {
        let stored = revision.redaction_version;
        let what = format!("its editions have redaction version {stored}, expected {REDACTION_VERSION}");
        found(FindingCode::EditionOutdated, what);
    }
    if revision.projection_version != PROJECTION_VERSION {
        let stored = revision.projection_version;
        let what = format!("its projections have version {stored}, expected {PROJECTION_VERSION}");
        found(FindingCode::ProjectionOutdated, what);
    }
    if is_outdated || revision.projection_version != PROJECTION_VERSION {
        return Ok(false);
    }
    let (identity, columns) = (brief.identity(), brief.columns(revision, due));
    rebuilt.write_editions(transaction, &identity, &columns).await?;
    rebuilt.write_rows(transaction, &identity, &columns).await?;
    Ok(true)
}

impl ComparableRevisions<'_> {
    fn finding(&self, difference: &Difference) -> Result<Option<Finding>> {
        let found = self.revisions.get(&(difference.brief_key, difference.revision));
        let Some((brief, revision)) = found else { return Ok(None) };
        let Difference { table, id, rank, .. } = difference;
        let is_edition = *table == "editions";
        let code = match (is_edition, difference.is_missing, difference.is_extra) {
            (true, true, _) => FindingCode::EditionMissing,
            (true, _, true) => FindingCode::EditionExtra,
            (true, ..) => FindingCode::EditionDiffers,
            (false, true, _) => FindingCode::ProjectionMissing,
            (false, _, true) => FindingCode::ProjectionExtra,
            (false, ..) => FindingCode::ProjectionDiffers,
        };
        let row = if is_edition {
            format!("edition from rank {rank}")
        } else {
            format!("{table} {id:?} from rank {rank}")
        };
        let columns = difference.columns.join(", ");
        let what = if columns.is_empty() { row } else { format!("{row}: {columns}") };
        Ok(Some(Finding::new(code, brief.revision_name(revision)?, what)))
    }
}
