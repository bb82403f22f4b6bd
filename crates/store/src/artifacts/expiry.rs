//! Deletes expired PDFs. The renders and the record of their deliveries remain.

use std::time::Duration;

use crate::artifacts::Artifacts;
use crate::error::Result;

/// Maximum number of PDFs that one transaction deletes.
const BATCH: i64 = 100;

impl Artifacts<'_> {
    /// Deletes a batch of PDFs that were finished longer ago than `age` and not requested since; returns the number
    /// deleted. Bytes in the database are deleted with their rows, those in external stores by
    /// [`Self::delete_discarded`].
    ///
    /// Three races are possible. `commit_artifact` locks the PDF's row, as this transaction does: a PDF that is being
    /// finished again is skipped, and a finish that comes second inserts the row again. A request that joins a task
    /// holds a key lock on the task's row: this transaction waits for it and sees its render, while a request that
    /// comes second finds the PDF gone and queues the next generation.
    pub async fn expire(self, age: Duration) -> Result<u64> {
        let mut transaction = self.pool.begin().await?;
        let aged = sqlx::query!(
            "-- artifacts::expiry::expire
            select workspace_id, digest from artifacts a
            where finished_at < clock_timestamp() - make_interval(secs => $1) and not exists (
                select from render_tasks t join renders r using (task_id)
                where t.workspace_id = a.workspace_id and t.artifact_digest = a.digest
                    and r.created_at >= clock_timestamp() - make_interval(secs => $1)
            )
            order by finished_at
            limit $2
            for update of a skip locked",
            age.as_secs_f64(),
            BATCH,
        )
        .fetch_all(&mut *transaction)
        .await?;
        if aged.is_empty() {
            return Ok(0);
        }
        let (workspaces, digests): (Vec<String>, Vec<Vec<u8>>) =
            aged.into_iter().map(|row| (row.workspace_id, row.digest)).unzip();
        sqlx::query!(
            "-- artifacts::expiry::expire
            select t.task_id
            from render_tasks t
            join unnest($1::text[], $2::bytea[]) as aged (workspace_id, digest)
                on t.workspace_id = aged.workspace_id and t.artifact_digest = aged.digest
            order by t.task_id
            for update of t",
            &workspaces,
            &digests,
        )
        .fetch_all(&mut *transaction)
        .await?;
        let expired = sqlx::query_scalar!(
            r#"-- artifacts::expiry::expire
            with expired as materialized (
                select aged.workspace_id, aged.digest
                from unnest($1::text[], $2::bytea[]) as aged (workspace_id, digest)
                where not exists (
                    select from render_tasks t join renders r using (task_id)
                    where t.workspace_id = aged.workspace_id and t.artifact_digest = aged.digest
                        and r.created_at >= clock_timestamp() - make_interval(secs => $3)
                )
            ), task as (
                update render_tasks t set artifact_digest = null
                from expired e
                where t.workspace_id = e.workspace_id and t.artifact_digest = e.digest
            ), artifact as (
                delete from artifacts a
                using expired e
                where a.workspace_id = e.workspace_id and a.digest = e.digest
                returning a.blob_id
            ), blob as (
                delete from artifact_blobs b using artifact where b.blob_id = artifact.blob_id
            )
            select count(*) as "expired!" from artifact"#,
            &workspaces,
            &digests,
            age.as_secs_f64(),
        )
        .fetch_one(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(expired.unsigned_abs())
    }
}
