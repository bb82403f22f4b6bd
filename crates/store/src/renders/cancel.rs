//! Cancels and deletes renders.

use chancery_proto::names::RenderName;
use sqlx::PgExecutor;

use crate::access::principal::{Access, Principal};
use crate::changes::idempotency_keys::{IdempotencyKey, insert_request_id, recorded_response};
use crate::changes::log::{self, Change};
use crate::database::PgConnection;
use crate::error::{Result, StoreError};
use crate::renders::Renders;
use crate::renders::render::{Render, RenderState};

impl Renders<'_> {
    /// Cancels a render, for its requester, a publisher or an admin, whom it records. When it was the task's last render, the task ends and its epoch rises, so that its worker
    /// loses the lease. Cancelling a cancelled render changes nothing, and neither does a repetition of an earlier
    /// request.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::RenderOfAnother`]; [`StoreError::RenderEnded`] when the render has its
    /// result; [`StoreError::RequestIdReused`].
    pub async fn cancel(
        self,
        principal: &Principal,
        name: &RenderName,
        write: Option<&IdempotencyKey>,
    ) -> Result<Render> {
        let access = principal.access(&name.workspace)?;
        let mut transaction = self.pool.begin().await?;
        if let Some(write) = write
            && !insert_request_id(&mut transaction, principal, &name.workspace, write, &[]).await?
        {
            transaction.rollback().await?;
            recorded_response(self.pool, principal, &name.workspace, write).await?;
            return self.get(principal, name).await;
        }
        self.check_control(&mut *transaction, principal, name).await?;
        detach_render(&mut transaction, principal, access, name).await?;
        let render = self.render_by(&mut *transaction, principal, name).await?;
        let RenderState::Cancelled { .. } = render.state else { return Err(StoreError::RenderEnded) };
        transaction.commit().await?;
        Ok(render)
    }

    /// Deletes a render that has ended, for its requester, a publisher or an admin, whom the change log records. Its task,
    /// its PDF and the record of its deliveries remain.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::RenderOfAnother`]; [`StoreError::RenderNotFinished`] when it has not
    /// ended; [`StoreError::RequestIdReused`].
    pub async fn delete(
        self,
        principal: &Principal,
        name: &RenderName,
        write: Option<&IdempotencyKey>,
    ) -> Result<()> {
        let access = principal.access(&name.workspace)?;
        let mut transaction = self.pool.begin().await?;
        if let Some(write) = write
            && !insert_request_id(&mut transaction, principal, &name.workspace, write, &[]).await?
        {
            transaction.rollback().await?;
            return recorded_response(self.pool, principal, &name.workspace, write).await.map(drop);
        }
        self.check_control(&mut *transaction, principal, name).await?;
        let deleted = sqlx::query!(
            "-- renders::cancel::delete
            delete from renders r
            using render_tasks t
            where t.task_id = r.task_id
                and r.workspace_id = $1 and r.render_id = $2 and r.visible_from <= $3::smallint
                and (r.cancelled_at is not null or t.ended_at is not null)",
            name.workspace.as_str(),
            name.render.as_str(),
            i16::from(access.clearance.0),
        )
        .execute(&mut *transaction)
        .await?;
        if deleted.rows_affected() > 0 {
            let change = Change::of_no_brief("render_deleted", name.to_string());
            log::record(&mut transaction, name.workspace.as_str(), &principal.subject, &[change]).await?;
            return Ok(transaction.commit().await?);
        }
        Err(StoreError::RenderNotFinished)
    }

    /// Checks that a principal may end or delete a render that they see.
    async fn check_control(
        self,
        executor: impl PgExecutor<'_>,
        principal: &Principal,
        name: &RenderName,
    ) -> Result<()> {
        let render = self.render_by(executor, principal, name).await?;
        if principal.controls_renders_of(&render.requester) {
            Ok(())
        } else {
            Err(StoreError::RenderOfAnother)
        }
    }
}

/// Detaches a render from a live task, and ends the task if it was the last one.
async fn detach_render(
    transaction: &mut PgConnection,
    principal: &Principal,
    access: Access,
    name: &RenderName,
) -> Result<()> {
    // Every change of a live task locks its queue row first. Without a queue row the task is not live.
    let task = sqlx::query_scalar!(
        "-- renders::cancel::detach_render
        select q.task_id
        from renders r join render_queue q using (task_id)
        where r.workspace_id = $1 and r.render_id = $2 and r.visible_from <= $3::smallint
            and r.cancelled_at is null
        for update of q",
        name.workspace.as_str(),
        name.render.as_str(),
        i16::from(access.clearance.0),
    )
    .fetch_optional(&mut *transaction)
    .await?;
    let Some(task) = task else { return Ok(()) };
    // A request that joins the task holds a key lock on the task's row until it commits. This lock waits for all such
    // requests, and the next statement sees them; requests that come later find the task ended.
    sqlx::query!(
        "-- renders::cancel::detach_render
        select task_id from render_tasks where task_id = $1 for update",
        task
    )
    .fetch_one(&mut *transaction)
    .await?;
    sqlx::query!(
        "-- renders::cancel::detach_render
        with detached as (
            update renders set cancelled_at = clock_timestamp(), cancelled_by = $3
            where workspace_id = $1 and render_id = $2 and cancelled_at is null
            returning task_id, render_id
        ), task as (
            update render_tasks t
            set state = 'CANCELLED',
                epoch = t.epoch + 1,
                phase = 0,
                pages = 0,
                ended_at = clock_timestamp()
            from detached d
            where t.task_id = d.task_id and not exists (
                select from renders o
                where o.task_id = d.task_id and o.render_id <> d.render_id and o.cancelled_at is null
            )
            returning t.task_id, t.epoch
        ), removed as (
            delete from render_queue q using task where q.task_id = task.task_id
            returning q.task_id, q.leased_at, q.workspace_id, q.priority
        ), given_back as (
            -- A task that was never leased does not count towards the workspace's share.
            update render_shares s
            set next_ranks[r.priority + 1] = greatest(s.next_ranks[r.priority + 1] - 1, 0)
            from removed r
            where s.workspace_id = r.workspace_id and r.leased_at is null
        )
        insert into render_attempts (task_id, epoch, event)
        select task.task_id, task.epoch - 1, 'CANCELLED'
        from task join removed using (task_id)
        where removed.leased_at is not null",
        name.workspace.as_str(),
        name.render.as_str(),
        principal.subject,
    )
    .execute(&mut *transaction)
    .await?;
    Ok(())
}
