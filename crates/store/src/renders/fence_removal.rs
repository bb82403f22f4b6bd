//! Removes the fence, to test that a stale write would be detected. Compiled only with the feature `unfenced`, for
//! `./dev chaos --prove`.

use crate::database::Pool;
use crate::error::Result;
use crate::renders::leases::Lease;

/// Makes any lease the task's current one.
pub(crate) async fn remove_fence(pool: &Pool, lease: &Lease) -> Result<()> {
    // Not checked at compile time: `.sqlx` describes the statements of the default features.
    sqlx::query(
        "-- renders::fence_removal::remove_fence
        update render_queue set epoch = $2, lease_secret = $3, lease_token = $4 where task_id = $1",
    )
    .bind(&lease.task)
    .bind(lease.epoch)
    .bind(lease.secret())
    .bind(lease.token.as_str())
    .execute(pool)
    .await?;
    Ok(())
}
