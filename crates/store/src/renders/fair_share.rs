//! Fair shares of the queue: the room that a workspace has left, and the ranks of its tasks. A transaction that queues
//! a task locks the workspace's row of `render_shares` until it commits. So the limit is exact, and workspaces do not
//! wait for each other.

use chancery_proto::names::ResourceId;
use chancery_proto::render::v1::RenderPriority;

use crate::error::{Result, StoreError};
use crate::renders::Renders;

/// Returns the class of a priority. Lower classes are served first.
pub(crate) const fn class_of(priority: RenderPriority) -> i16 {
    match priority {
        RenderPriority::Interactive => 0,
        RenderPriority::Unspecified | RenderPriority::Normal => 1,
        RenderPriority::Bulk => 2,
    }
}

impl Renders<'_> {
    /// Counts a workspace's queued tasks and records the room left. One count grants as much room as is missing, so
    /// that queueing itself does not need to count.
    ///
    /// # Errors
    /// [`StoreError::QueueFull`] when the limit is reached.
    pub(crate) async fn recount_room(self, workspace: &ResourceId) -> Result<()> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query!(
            "-- renders::fair_share::recount_room
            insert into render_shares (workspace_id, queue_limit, room) values ($1, $2, 0)
            on conflict (workspace_id) do nothing",
            workspace.as_str(),
            self.queue_limit,
        )
        .execute(&mut *transaction)
        .await?;
        // Under the lock no other transaction is queueing, so the next statement sees all queued tasks.
        let room = sqlx::query_scalar!(
            "-- renders::fair_share::recount_room
            select room from render_shares where workspace_id = $1 and queue_limit = $2 for update",
            workspace.as_str(),
            self.queue_limit,
        )
        .fetch_optional(&mut *transaction)
        .await?;
        // Another process may have made room in the meantime.
        if room.is_some_and(|room| room > 0) {
            return Ok(());
        }
        let counted = sqlx::query_scalar!(
            r#"-- renders::fair_share::recount_room
            update render_shares
            set queue_limit = $2,
                room = greatest($2 - (select count(*)::integer from render_queue where workspace_id = $1), 0)
            where workspace_id = $1
            returning room"#,
            workspace.as_str(),
            self.queue_limit,
        )
        .fetch_one(&mut *transaction)
        .await?;
        if counted == 0 {
            return Err(StoreError::QueueFull { limit: self.queue_limit });
        }
        Ok(transaction.commit().await?)
    }

    /// Moves a waiting task to a better class: to the rank of a new task there, unless its own is better.
    pub(crate) async fn raise_priority(self, task: &str, priority: RenderPriority) -> Result<()> {
        // The lock order of every change of a live task: the queue row first.
        sqlx::query!(
            "-- renders::fair_share::raise_priority
            with waiting as materialized (
                select task_id, workspace_id from render_queue
                where task_id = $1 and priority > $2
                for update
            ), share as (
                update render_shares s
                set next_ranks[$2::smallint + 1] = 1 + greatest(
                    s.next_ranks[$2::smallint + 1],
                    (select last_value from render_virtual_time)
                )
                from waiting w
                where s.workspace_id = w.workspace_id
                returning s.next_ranks[$2::smallint + 1] - 1 as fair_rank
            )
            update render_queue q
            set priority = $2, fair_rank = least(q.fair_rank, share.fair_rank)
            from waiting w, share
            where q.task_id = w.task_id",
            task,
            class_of(priority),
        )
        .execute(self.pool)
        .await?;
        Ok(())
    }
}
