//! Reads the change log, for cache invalidation and for watches.

use chancery_brief::digest::Digest;
use chancery_brief::marking::Clearance;
use chancery_proto::names::{BriefName, ResourceId};
use time::OffsetDateTime;

use crate::access::principal::Principal;
use crate::briefs::import_records::ImportRecord;
use crate::changes::Changes;
use crate::changes::log::{Audience, Position, position_from_columns};
use crate::convert::{damaged, to_digest, to_number};
use crate::database::PgConnection;
use crate::error::{Result, StoreError};

/// The newest position of a workspace's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogHead {
    /// The workspace's id.
    pub workspace: ResourceId,
    /// The position; everything up to it has committed.
    pub position: Position,
}

/// The cached data that a change invalidates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invalidation {
    /// Everything about a brief, by its resource name.
    Brief(String),
    /// The permissions of an API token, by its resource name.
    Token(String),
    /// Nothing that is cached.
    Nothing,
}

/// A change, as a watch reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedChange {
    /// Its number.
    pub number: i64,
    /// The kind of change, such as `revision_published`.
    pub kind: String,
    /// The brief that changed.
    pub brief: BriefName,
    /// The revision that changed; `None` for a change of the brief as a whole.
    pub revision: Option<u32>,
    /// The principal's edition of that revision; `None` when it is no longer available.
    pub edition: Option<WatchedEdition>,
    /// When the change was recorded.
    pub recorded_at: OffsetDateTime,
}

/// An edition, as a watch reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedEdition {
    /// Its SHA-256.
    pub digest: Digest,
    /// Its title.
    pub title: String,
    /// Its banner.
    pub marking: String,
    /// When the revision was published.
    pub published_at: OffsetDateTime,
    /// The importer and the time of the import, if the revision was imported.
    pub import: Option<ImportRecord>,
}

/// A brief in the initial state of a watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedBrief {
    /// Its name.
    pub brief: BriefName,
    /// The newest revision visible to the principal.
    pub revision: u32,
    /// The principal's edition of it.
    pub edition: WatchedEdition,
}

/// A range of a workspace's log, restricted to what one principal may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangePage {
    /// The visible changes, in order.
    pub changes: Vec<WatchedChange>,
    /// The number of the last change that was scanned.
    pub until: i64,
}

impl Changes<'_> {
    /// Returns the newest position of every log. If the database was restored since the last call, begins new epochs
    /// first.
    pub async fn log_heads(self) -> Result<Vec<LogHead>> {
        let mut connection = self.database.change_log.acquire().await?;
        let mut rows = heads(&mut connection).await?;
        if rows.iter().any(|row| !row.is_at_home) {
            begin_new_epochs(&mut connection).await?;
            rows = heads(&mut connection).await?;
        }
        let head = |row: HeadRow| {
            let position = position_from_columns(&row.epoch, row.last_number, row.cursor_key)?;
            Ok(LogHead { workspace: row.workspace_id.parse().map_err(damaged)?, position })
        };
        rows.into_iter().map(head).collect()
    }

    /// Returns what each change after a number invalidates, with the change's number; `None` when there are more than
    /// `limit` changes.
    pub async fn invalidations_since(
        self,
        workspace: &ResourceId,
        number: i64,
        limit: i64,
    ) -> Result<Option<Vec<(i64, Invalidation)>>> {
        let rows = sqlx::query!(
            "-- changes::feed::invalidations_since
            select number, kind, target, brief_id from change_log
            where workspace_id = $1 and number > $2
            order by number
            limit $3",
            workspace.as_str(),
            number,
            limit + 1
        )
        .fetch_all(&self.database.change_log)
        .await?;
        if i64::try_from(rows.len()).is_ok_and(|found| found > limit) {
            return Ok(None);
        }
        let outdated = rows.into_iter().map(|row| {
            let what = match row.brief_id {
                Some(brief) => Invalidation::Brief(format!("workspaces/{workspace}/briefs/{brief}")),
                None if row.kind.starts_with("token_") => Invalidation::Token(row.target),
                None => Invalidation::Nothing,
            };
            (row.number, what)
        });
        Ok(Some(outdated.collect()))
    }

    /// Returns the principal's newest editions in a workspace, and the log's position in the same snapshot.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] for another workspace.
    pub async fn watched_briefs(
        self,
        principal: &Principal,
        workspace: &ResourceId,
        names: &[BriefName],
    ) -> Result<(Position, Vec<WatchedBrief>)> {
        let access = principal.access(workspace)?;
        let begin = "-- changes::feed::watched_briefs\nbegin isolation level repeatable read, read only";
        let mut transaction = self.pool.begin_with(begin).await?;
        let log = sqlx::query!(
            "-- changes::feed::watched_briefs
            select epoch, last_number, cursor_key from change_counters where workspace_id = $1",
            workspace.as_str()
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let log = log.ok_or_else(|| StoreError::NotFound(format!("workspaces/{workspace}")))?;
        let rows = sqlx::query!(
            r#"-- changes::feed::watched_briefs
            select e.brief_id, e.revision, e.digest as "digest!: Vec<u8>", e.title, e.marking, r.published_at,
                r.recorded_at, r.importer
            from editions e join revisions r using (brief_key, revision)
            where e.workspace_id = $1 and e.from_rank <= $2 and e.current_until > $2 and e.current_until > e.from_rank
                and (cardinality($3::text[]) = 0 or e.brief_id = any ($3))
            order by e.brief_id"#,
            workspace.as_str(),
            i16::from(access.clearance.0),
            &ids(names)
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let rows = rows.into_iter().map(|row| {
            let edition = WatchedEdition {
                digest: to_digest(row.digest)?,
                title: row.title,
                marking: row.marking,
                published_at: row.published_at,
                import: ImportRecord::of_columns(row.importer, row.recorded_at),
            };
            let brief =
                BriefName { workspace: workspace.clone(), brief: row.brief_id.parse().map_err(damaged)? };
            Ok(WatchedBrief { brief, revision: to_number(row.revision)?, edition })
        });
        Ok((
            position_from_columns(&log.epoch, log.last_number, log.cursor_key)?,
            rows.collect::<Result<_>>()?,
        ))
    }

    /// Returns the next changes of a workspace's log that are visible to a principal. Scans at most `limit` entries,
    /// and none after `until`, which must have committed.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] for another workspace.
    pub async fn watched_changes(
        self,
        principal: &Principal,
        workspace: &ResourceId,
        names: &[BriefName],
        after: i64,
        until: i64,
        limit: i64,
    ) -> Result<ChangePage> {
        let access = principal.access(workspace)?;
        let until = until.min(after.saturating_add(limit));
        let rows = sqlx::query!(
            r#"-- changes::feed::watched_changes
            select l.number, l.kind, l.brief_id as "brief_id!", l.revision, l.audience as "audience!", l.recorded_at,
                e.digest as "digest?: Vec<u8>", e.title as "title?", e.marking as "marking?",
                r.published_at as "published_at?", r.recorded_at as "revision_recorded_at?", r.importer
            from change_log l
            left join briefs b on b.workspace_id = l.workspace_id and b.brief_id = l.brief_id and b.deleted_at is null
            left join editions e on e.brief_key = b.brief_key and e.revision = l.revision and e.from_rank <= $4
                and e.until_rank > $4
            left join revisions r on r.brief_key = e.brief_key and r.revision = e.revision
            where l.workspace_id = $1 and l.number > $2 and l.number <= $3 and l.audience is not null
                and (cardinality($5::text[]) = 0 or l.brief_id = any ($5))
            order by l.number"#,
            workspace.as_str(),
            after,
            until,
            i16::from(access.clearance.0),
            &ids(names)
        )
        .fetch_all(self.pool)
        .await?;
        let mut changes = Vec::new();
        for row in rows {
            if !hears(row.audience, access.clearance)? {
                continue;
            }
            let import = row
                .revision_recorded_at
                .and_then(|recorded_at| ImportRecord::of_columns(row.importer, recorded_at));
            let edition = match (row.digest, row.title, row.marking, row.published_at) {
                (Some(digest), Some(title), Some(marking), Some(published_at)) => {
                    let digest = to_digest(digest)?;
                    Some(WatchedEdition { digest, title, marking, published_at, import })
                }
                _ => None,
            };
            changes.push(WatchedChange {
                number: row.number,
                kind: row.kind,
                brief: BriefName {
                    workspace: workspace.clone(),
                    brief: row.brief_id.parse().map_err(damaged)?,
                },
                revision: row.revision.map(to_number).transpose()?,
                edition,
                recorded_at: row.recorded_at,
            });
        }
        Ok(ChangePage { changes, until })
    }
}

fn hears(audience: i32, clearance: Clearance) -> Result<bool> {
    Ok(Audience::read(audience)?.includes(clearance))
}

fn ids(names: &[BriefName]) -> Vec<String> {
    names.iter().map(|name| name.brief.to_string()).collect()
}

struct HeadRow {
    workspace_id: String,
    epoch: String,
    last_number: i64,
    cursor_key: Vec<u8>,
    is_at_home: bool,
}

async fn heads(connection: &mut PgConnection) -> Result<Vec<HeadRow>> {
    let rows = sqlx::query_as!(
        HeadRow,
        r#"-- changes::feed::heads
        select workspace_id, epoch, last_number, cursor_key, home = (select database_home()) as "is_at_home!"
        from change_counters"#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows)
}

/// Begins a new epoch of every log whose home is another database, after a restore or a failover to an earlier point.
/// Change numbers may repeat with other content, so cursors of the old epoch must expire.
async fn begin_new_epochs(connection: &mut PgConnection) -> Result<()> {
    let begun = sqlx::query!(
        "-- changes::feed::begin_new_epochs
        update change_counters set epoch = replace(gen_random_uuid()::text, '-', ''), home = database_home()
        where home <> (select database_home())"
    )
    .execute(connection)
    .await?;
    tracing::warn!(
        workspaces = begun.rows_affected(),
        "the database was restored or moved; cursors of earlier epochs expire"
    );
    Ok(())
}
