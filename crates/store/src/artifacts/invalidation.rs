//! Withdraws PDFs that must not be delivered any more, such as those of a worker that turned out to be hostile.

use chancery_brief::digest::Digest;
use chancery_proto::names::TaskName;

use crate::access::principal::Principal;
use crate::access::workspaces::SYSTEM;
use crate::artifacts::Artifacts;
use crate::changes::log::{self, Change};
use crate::convert::damaged;
use crate::error::{Result, StoreError};

impl Artifacts<'_> {
    /// Deletes the PDFs with these bytes, in all workspaces, and returns the tasks that had printed them. Their renders
    /// remain, as after the expiry of a PDF, and so does the record of deliveries; the next request prints it again. The change
    /// log records it with the reason.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Forbidden`] for all but operators.
    pub async fn invalidate(
        self,
        principal: &Principal,
        digest: Digest,
        reason: &str,
    ) -> Result<Vec<TaskName>> {
        principal.operates("artifacts")?;
        let mut transaction = self.pool.begin().await?;
        // In the order of locks that `expire` takes: the PDF, then its tasks.
        let found = sqlx::query_scalar!(
            "-- artifacts::invalidation::invalidate
            select workspace_id from artifacts where digest = $1::bytea order by workspace_id for update",
            digest.as_bytes().as_slice(),
        )
        .fetch_all(&mut *transaction)
        .await?;
        if found.is_empty() {
            return Err(StoreError::NotFound(format!("a PDF with the SHA-256 {digest}")));
        }
        sqlx::query!(
            "-- artifacts::invalidation::invalidate
            select task_id from render_tasks where artifact_digest = $1::bytea order by task_id for update",
            digest.as_bytes().as_slice(),
        )
        .fetch_all(&mut *transaction)
        .await?;
        let tasks = sqlx::query_scalar!(
            r#"-- artifacts::invalidation::invalidate
            with task as (
                update render_tasks t set artifact_digest = null where t.artifact_digest = $1::bytea
                returning t.task_id
            ), artifact as (
                delete from artifacts a where a.digest = $1::bytea returning a.blob_id
            ), blob as (
                delete from artifact_blobs b using artifact where b.blob_id = artifact.blob_id
            )
            select task_id from task"#,
            digest.as_bytes().as_slice(),
        )
        .fetch_all(&mut *transaction)
        .await?;
        let change = Change::of_no_brief("artifact_invalidated", format!("{digest}: {reason}"));
        log::record(&mut transaction, SYSTEM, &principal.subject, &[change]).await?;
        transaction.commit().await?;
        tasks.into_iter().map(|task| Ok(TaskName { task: task.parse().map_err(damaged)? })).collect()
    }
}
