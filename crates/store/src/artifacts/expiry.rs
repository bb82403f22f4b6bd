//! PDFs whose time is over: their bytes go, the renders and the record of their deliveries stay.

use std::time::Duration;

use crate::artifacts::Artifacts;
use crate::error::Result;

/// PDFs of one transaction at most.
const BATCH: i64 = 100;

impl Artifacts<'_> {
    /// Drops PDFs that were finished so long ago and that nobody has requested since, some at a time; answers how many
    /// went. Bytes in the database go with their rows, those elsewhere by [`Self::delete_discarded`].
    ///
    /// What somebody is about to refer to stays. `render_tasks::commit_artifact` locks the PDF's row, as this does: one
    /// that is being finished once more is passed over, and finishing that comes second makes the row anew. A request
    /// that joins a task holds a key lock on its row: this waits for it and sees its render, and one that comes second
    /// finds the PDF gone and queues the next generation.
    pub async fn expire(self, age: Duration) -> Result<u64> {
        let mut transaction = self.pool.begin().await?;
        let aged = sqlx::query!(
            "-- artifact_expiry::expire_artifacts
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
            "-- artifact_expiry::expire_artifacts
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
            r#"-- artifact_expiry::expire_artifacts
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
