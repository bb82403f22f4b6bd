//! Destroys the content of revisions, for example after a spill. Bytes, editions, projections and prints are deleted;
//! numbers, digests, the audit trail and the record of deliveries remain.

use chancery_proto::brief::v1::PurgeBriefRevisionResponse;
use chancery_proto::names::{BriefName, RevisionName};
use chancery_proto::worker::v1::RenderInputManifest;
use prost::Message;
use time::OffsetDateTime;

use crate::access::principal::Principal;
use crate::briefs::Briefs;
use crate::briefs::locking::check_clearance;
use crate::briefs::revisions::recompute_current;
use crate::briefs::withdrawal::lock_revision;
use crate::changes::idempotency_keys::{IdempotencyKey, WriteStart, begin_write, store_response};
use crate::changes::log::{self, Audience, Change, Position};
use crate::convert::{damaged, to_integer};
use crate::database::PgConnection;
use crate::error::Result;
use crate::timestamps::timestamp;

/// The outcome of a purge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purged {
    /// When the revision was purged.
    pub at: OffsetDateTime,
    /// The number of PDFs destroyed.
    pub pdfs: i64,
    /// The change log's position after the purge.
    pub position: Position,
}

impl Briefs<'_> {
    /// Destroys a revision's content and everything made from it, also for a deleted brief. Leaves drafts alone.
    /// Purging a revision again changes nothing.
    ///
    /// # Errors
    /// [`crate::StoreError::Forbidden`], [`crate::StoreError::NotFound`], [`crate::StoreError::ClearanceTooLow`],
    /// [`crate::StoreError::RequestIdReused`].
    pub async fn purge_revision(
        self,
        principal: &Principal,
        name: &RevisionName,
        reason: &str,
        write: Option<&IdempotencyKey>,
    ) -> Result<Purged> {
        let access = principal.access(&name.workspace)?;
        let mut transaction = match begin_write(self.pool, principal, &name.workspace, write).await? {
            WriteStart::First(transaction) => transaction,
            WriteStart::Repeated(response) => return self.repeated_purge(name, &response).await,
        };
        let (locked, revision_state) = lock_revision(&mut transaction, access.clearance, name).await?;
        check_clearance(access.clearance, revision_state.highest, &name.brief_name())?;
        if let Some(at) = revision_state.purged_at {
            store_purge_response(&mut transaction, principal, name, write, at, 0).await?;
            let position = log::position(&mut *transaction, &name.workspace).await?;
            transaction.commit().await?;
            return Ok(Purged { at, pdfs: 0, position });
        }
        let (key, number) = (locked.key, to_integer(name.revision.0)?);
        let tasks = lock_tasks(&mut transaction, key, Some(number)).await?;
        fail_tasks(&mut transaction, &tasks, &PURGED).await?;
        remove_quotes(&mut transaction, &tasks).await?;
        let pdfs = destroy_pdfs(&mut transaction, &tasks).await?;
        let at = destroy_content(&mut transaction, key, number, &principal.subject, reason).await?;
        recompute_current(&mut transaction, key).await?;
        store_purge_response(&mut transaction, principal, name, write, at, pdfs).await?;
        let audience = Audience::from(revision_state.floor);
        let change = Change::of_revision("revision_purged", &name.brief_name(), number, audience);
        let (workspace, subject) = (name.workspace.as_str(), principal.subject.as_str());
        let position = log::record(&mut transaction, workspace, subject, &[change]).await?;
        transaction.commit().await?;
        Ok(Purged { at, pdfs, position })
    }

    async fn repeated_purge(self, name: &RevisionName, response: &[u8]) -> Result<Purged> {
        let answer = PurgeBriefRevisionResponse::decode(response).map_err(damaged)?;
        let (at, pdfs) = (crate::convert::time_of(answer.purge_time)?, answer.purged_pdfs);
        let position = log::position(self.pool, &name.workspace).await?;
        Ok(Purged { at, pdfs, position })
    }

    /// Removes deleted briefs that can no longer be undeleted, with everything that belongs to them; returns the number
    /// removed. The change log and the record of deliveries remain.
    pub async fn expunge_deleted(self) -> Result<u64> {
        let mut expunged = 0;
        while self.expunge_brief().await? {
            expunged += 1;
        }
        Ok(expunged)
    }

    /// Removes one of them; false when there is none that no other process is removing.
    async fn expunge_brief(self) -> Result<bool> {
        let mut transaction = self.pool.begin().await?;
        let brief = sqlx::query!(
            r#"-- briefs::purge::expunge_brief
            select brief_key, workspace_id, brief_id, deleted_by as "deleted_by!",
                (select min(floor)::smallint from revisions r where r.brief_key = b.brief_key) as lowest
            from briefs b
            where deleted_at is not null and purge_at <= clock_timestamp()
            order by purge_at
            limit 1
            for update of b skip locked"#
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(brief) = brief else { return Ok(false) };
        let tasks = lock_tasks(&mut transaction, brief.brief_key, None).await?;
        fail_tasks(&mut transaction, &tasks, &PURGED).await?;
        destroy_pdfs(&mut transaction, &tasks).await?;
        delete_tasks(&mut transaction, &tasks).await?;
        delete_brief_rows(&mut transaction, brief.brief_key).await?;
        let name = BriefName {
            workspace: brief.workspace_id.parse().map_err(damaged)?,
            brief: brief.brief_id.parse().map_err(damaged)?,
        };
        let audience = match brief.lowest {
            Some(lowest) => Audience::from(lowest.try_into().map_err(damaged)?),
            None => Audience::default(),
        };
        // Attributed to the principal who deleted the brief, because the sweep has no caller.
        let change = Change::of_brief("brief_expunged", &name, audience);
        let (workspace, subject) = (brief.workspace_id.as_str(), brief.deleted_by.as_str());
        log::record(&mut transaction, workspace, subject, &[change]).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

async fn store_purge_response(
    transaction: &mut PgConnection,
    principal: &Principal,
    name: &RevisionName,
    write: Option<&IdempotencyKey>,
    at: OffsetDateTime,
    purged_pdfs: i64,
) -> Result<()> {
    let purge_time = Some(timestamp(at));
    let answer = PurgeBriefRevisionResponse { purge_time, purged_pdfs, ..Default::default() };
    store_response(transaction, principal, &name.workspace, write, &answer.encode_to_vec()).await
}

/// Locks the tasks that print content of a revision, directly, as the revision to compare with, or in quoted changes;
/// without a revision, those of the whole brief. New tasks cannot appear, because queueing one locks the edition.
pub(crate) async fn lock_tasks(
    transaction: &mut PgConnection,
    brief_key: i64,
    revision: Option<i32>,
) -> Result<Vec<String>> {
    // Waits for tasks that are being queued. The next statement sees them.
    sqlx::query!(
        "-- briefs::purge::lock_tasks
        select from_rank from editions where brief_key = $1 and ($2::integer is null or revision >= $2)
        order by revision, from_rank
        for update",
        brief_key,
        revision
    )
    .fetch_all(&mut *transaction)
    .await?;
    let tasks = sqlx::query_scalar!(
        "-- briefs::purge::lock_tasks
        select t.task_id from render_tasks t
        where t.brief_key = $1 and ($2::integer is null or t.revision = $2 or (t.revision > $2 and exists (
            select from editions e
            where e.brief_key = $1 and e.revision = $2
                and position(convert_to(encode(e.digest, 'hex'), 'UTF8') in t.manifest) > 0
        )))
        order by t.task_id",
        brief_key,
        revision
    )
    .fetch_all(&mut *transaction)
    .await?;
    // The lock order of every change of a live task: the queue row, then the task's row.
    sqlx::query!(
        "-- briefs::purge::lock_tasks
        select task_id from render_queue where task_id = any ($1) order by task_id for update",
        &tasks
    )
    .fetch_all(&mut *transaction)
    .await?;
    sqlx::query!(
        "-- briefs::purge::lock_tasks
        select task_id from render_tasks where task_id = any ($1) order by task_id for update",
        &tasks
    )
    .fetch_all(&mut *transaction)
    .await?;
    Ok(tasks)
}

/// The reason for failing tasks from outside.
pub(crate) struct ForcedFailure {
    /// The stable failure reason.
    pub(crate) reason: &'static str,
    /// The reason in words.
    pub(crate) message: &'static str,
    /// Whether to erase the printers' messages of all the tasks, which may quote purged content.
    pub(crate) wipes_messages: bool,
}

const PURGED: ForcedFailure =
    ForcedFailure { reason: "REVISION_PURGED", message: "the revision was purged", wipes_messages: true };

/// Fails live tasks and dead letters, so that they are neither finished nor requeued.
pub(crate) async fn fail_tasks(
    transaction: &mut PgConnection,
    tasks: &[String],
    ending: &ForcedFailure,
) -> Result<()> {
    sqlx::query!(
        "-- briefs::purge::fail_tasks
        with wiped as (
            update render_tasks t
            set warnings = '{}',
                warning_codes = '{}',
                warning_part_ids = '{}',
                failure_message = case when t.failure_reason is not null then '' end
            where t.task_id = any ($1) and $4 and t.state not in ('QUEUED', 'RUNNING', 'DEAD')
        ), task as (
            update render_tasks t
            set state = 'FAILED',
                epoch = t.epoch + 1,
                phase = 0,
                pages = 0,
                warnings = '{}',
                warning_codes = '{}',
                warning_part_ids = '{}',
                failure_reason = $2,
                failure_message = $3,
                quarantined = false,
                ended_at = coalesce(t.ended_at, clock_timestamp())
            where t.task_id = any ($1) and t.state in ('QUEUED', 'RUNNING', 'DEAD')
            returning t.task_id, t.epoch
        ), removed as (
            delete from render_queue q using task where q.task_id = task.task_id
            returning q.task_id, q.leased_at
        )
        insert into render_attempts (task_id, epoch, event, reason)
        select task.task_id, task.epoch - 1, 'FAILED', $2
        from task join removed using (task_id)
        where removed.leased_at is not null",
        tasks,
        ending.reason,
        ending.message,
        ending.wipes_messages
    )
    .execute(transaction)
    .await?;
    Ok(())
}

/// Removes quoted changes from the tasks' manifests. The digests remain, so that a later purge of another quoted
/// revision finds the tasks.
async fn remove_quotes(transaction: &mut PgConnection, tasks: &[String]) -> Result<()> {
    let pinned = sqlx::query!(
        "-- briefs::purge::remove_quotes
        select task_id, manifest from render_tasks where task_id = any ($1) order by task_id",
        tasks
    )
    .fetch_all(&mut *transaction)
    .await?;
    let (mut quoting, mut manifests) = (Vec::new(), Vec::new());
    for task in pinned {
        let mut manifest = RenderInputManifest::decode(task.manifest.as_slice()).map_err(damaged)?;
        if !std::mem::take(&mut manifest.combined_changes).is_empty() {
            quoting.push(task.task_id);
            manifests.push(manifest.encode_to_vec());
        }
    }
    if quoting.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "-- briefs::purge::remove_quotes
        update render_tasks t set manifest = q.manifest
        from unnest($1::text[], $2::bytea[]) as q (task_id, manifest)
        where t.task_id = q.task_id",
        &quoting,
        &manifests
    )
    .execute(transaction)
    .await?;
    Ok(())
}

/// Destroys finished PDFs and staged uploads, including PDFs with equal bytes of other tasks. Returns the number of
/// PDFs.
async fn destroy_pdfs(transaction: &mut PgConnection, tasks: &[String]) -> Result<i64> {
    // The lock order of `artifacts::expiry`: first the PDFs' rows, then all tasks that refer to them.
    sqlx::query!(
        "-- briefs::purge::destroy_pdfs
        select a.digest from artifacts a
        where (a.workspace_id, a.digest) in (
            select workspace_id, artifact_digest from render_tasks
            where task_id = any ($1) and artifact_digest is not null
        )
        order by a.workspace_id, a.digest
        for update of a",
        tasks
    )
    .fetch_all(&mut *transaction)
    .await?;
    let destroyed = sqlx::query_scalar!(
        r#"-- briefs::purge::destroy_pdfs
        with printed as materialized (
            select distinct workspace_id, artifact_digest as digest from render_tasks
            where task_id = any ($1) and artifact_digest is not null
        ), task as (
            update render_tasks t set artifact_digest = null
            from printed p
            where t.workspace_id = p.workspace_id and t.artifact_digest = p.digest
        ), artifact as (
            delete from artifacts a using printed p
            where a.workspace_id = p.workspace_id and a.digest = p.digest
            returning a.blob_id
        ), blob as (
            delete from artifact_blobs b
            where b.blob_id in (select blob_id from artifact)
                or (b.task_id = any ($1) and not exists (select from artifacts a where a.blob_id = b.blob_id))
        )
        select count(*) as "destroyed!" from artifact"#,
        tasks
    )
    .fetch_one(transaction)
    .await?;
    Ok(destroyed)
}

/// Destroys a revision's stored content. The digests of its editions remain.
async fn destroy_content(
    transaction: &mut PgConnection,
    brief_key: i64,
    revision: i32,
    subject: &str,
    reason: &str,
) -> Result<OffsetDateTime> {
    let at = sqlx::query_scalar!(
        r#"-- briefs::purge::destroy_content
        with edition as (
            insert into purged_editions (brief_key, revision, from_rank, until_rank, digest, content_digest)
            select brief_key, revision, from_rank, until_rank, digest, content_digest from editions
            where brief_key = $1 and revision = $2
        )
        update revisions
        set body = null, title = '', purged_at = clock_timestamp(), purged_by = $3, purge_reason = $4, current_until = 0
        where brief_key = $1 and revision = $2
        returning purged_at as "at!""#,
        brief_key,
        revision,
        subject,
        reason
    )
    .fetch_one(&mut *transaction)
    .await?;
    sqlx::query!("-- briefs::purge::destroy_content\nselect forget_revisions($1, $2)", brief_key, revision)
        .execute(transaction)
        .await?;
    Ok(at)
}

/// Deletes tasks and their renders.
async fn delete_tasks(transaction: &mut PgConnection, tasks: &[String]) -> Result<()> {
    sqlx::query!(
        "-- briefs::purge::delete_tasks\ndelete from render_attempts where task_id = any ($1)",
        tasks
    )
    .execute(&mut *transaction)
    .await?;
    sqlx::query!("-- briefs::purge::delete_tasks\ndelete from renders where task_id = any ($1)", tasks)
        .execute(&mut *transaction)
        .await?;
    sqlx::query!("-- briefs::purge::delete_tasks\ndelete from render_tasks where task_id = any ($1)", tasks)
        .execute(transaction)
        .await?;
    Ok(())
}

/// Deletes a brief whose renders have been deleted.
async fn delete_brief_rows(transaction: &mut PgConnection, brief_key: i64) -> Result<()> {
    sqlx::query!("-- briefs::purge::delete_brief_rows\nselect forget_revisions($1, null)", brief_key)
        .execute(&mut *transaction)
        .await?;
    sqlx::query!(
        "-- briefs::purge::delete_brief_rows\ndelete from purged_editions where brief_key = $1",
        brief_key
    )
    .execute(&mut *transaction)
    .await?;
    sqlx::query!(
        "-- briefs::purge::delete_brief_rows\ndelete from revisions where brief_key = $1",
        brief_key
    )
    .execute(&mut *transaction)
    .await?;
    sqlx::query!("-- briefs::purge::delete_brief_rows\ndelete from drafts where brief_key = $1", brief_key)
        .execute(&mut *transaction)
        .await?;
    sqlx::query!("-- briefs::purge::delete_brief_rows\ndelete from briefs where brief_key = $1", brief_key)
        .execute(transaction)
        .await?;
    Ok(())
}
