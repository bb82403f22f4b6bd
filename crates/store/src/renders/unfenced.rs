//! Takes the fence away, so that a test can see whether a stale write would be noticed. Only with the feature
//! `unfenced`, which no build but `./dev chaos --prove` asks for.

use crate::database::Pool;
use crate::error::Result;
use crate::renders::leases::Lease;

/// Makes whatever lease a worker comes with the task's current one.
pub(crate) async fn forget_fence(pool: &Pool, lease: &Lease) -> Result<()> {
    // Not checked against the schema: the committed queries are those of the default features.
    sqlx::query("-- renders::unfenced::forget_fence\nupdate render_queue set epoch = $2 where task_id = $1")
        .bind(&lease.task)
        .bind(lease.epoch)
        .execute(pool)
        .await?;
    Ok(())
}
