//! The version of the code that made the stored projections.

use chancery_brief::digest::REDACTION_VERSION;

use crate::database::Pool;
use crate::error::Result;

/// The version of the projections' columns and their meaning.
const ROWS_VERSION: i32 = 2;

/// The version of the editions and rows that this build makes. Older ones are rebuilt before anything is served. Rows
/// are made from editions, so either version raises this one.
#[allow(clippy::cast_possible_wrap, reason = "the version is a small number")]
pub(crate) const PROJECTION_VERSION: i32 = ROWS_VERSION + REDACTION_VERSION as i32 - 1;

/// Returns the lowest version among the stored projections; 0 for a database without any.
pub(crate) async fn read(pool: &Pool) -> Result<i32> {
    let version = sqlx::query_scalar!(
        "-- projections::version::read
            select version from projection_version"
    )
    .fetch_optional(pool)
    .await?;
    Ok(version.unwrap_or(0))
}

/// Records this build's version, unless a revision's projections are of an older one.
pub(crate) async fn record_current(pool: &Pool) -> Result<()> {
    sqlx::query!(
        "-- projections::version::record_current
            update projection_version set version = $1
            where version < $1
                and not exists (select from revisions where purged_at is null and projection_version < $1)",
        PROJECTION_VERSION
    )
    .execute(pool)
    .await?;
    Ok(())
}
