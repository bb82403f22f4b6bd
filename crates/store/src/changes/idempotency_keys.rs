//! Writes that may be repeated (AIP-155): what was done under the id that its caller gave it. The row is written in
//! the write's own transaction, so that it is there exactly when the write is.

use chancery_brief::digest::Digest;
use chancery_proto::names::ResourceId;

use crate::access::principal::Principal;
use crate::changes::Changes;
use crate::convert::damaged;
use crate::database::{PgConnection, Pool, Transaction};
use crate::error::{Result, StoreError};

/// How long, in seconds, a repeated write is known again.
const RETENTION_SECONDS: f64 = 24.0 * 3600.0;

/// What a repeated write is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The RPC's name. Ids of two methods have nothing to do with each other, nor those of two callers.
    pub method: &'static str,
    /// What the caller gave: 1 to 64 letters, digits, `-` and `_`.
    pub id: String,
    /// SHA-256 of the request without the id.
    pub request_digest: Digest,
}

/// How a write that may be repeated begins.
pub(crate) enum WriteStart {
    /// In this transaction. What it answers is noted by [`store_response`] before it commits.
    Now(Transaction),
    /// Not at all: it was done before, and this was noted.
    Before(Vec<u8>),
}

/// Begins a write. Who repeats one that is still going on waits for it here, before anything is locked.
///
/// # Errors
/// [`StoreError::RequestIdReused`] when another request was done under the id.
pub(crate) async fn begin_write(
    pool: &Pool,
    principal: &Principal,
    workspace: &ResourceId,
    write: Option<&IdempotencyKey>,
) -> Result<WriteStart> {
    let mut transaction = pool.begin().await?;
    let Some(write) = write else { return Ok(WriteStart::Now(transaction)) };
    if insert_request_id(&mut transaction, principal, workspace, write, &[]).await? {
        return Ok(WriteStart::Now(transaction));
    }
    transaction.rollback().await?;
    match recorded_response(pool, principal, workspace, write).await? {
        Some(noted) => Ok(WriteStart::Before(noted)),
        None => Err(damaged("a write that was done before is forgotten")),
    }
}

/// What the answer to a write is made from that was done before under the same id; none when there was none.
///
/// # Errors
/// [`StoreError::RequestIdReused`] when another request was done under it.
pub(crate) async fn recorded_response(
    pool: &Pool,
    principal: &Principal,
    workspace: &ResourceId,
    write: &IdempotencyKey,
) -> Result<Option<Vec<u8>>> {
    let row = sqlx::query!(
        r#"-- request_ids::recall
            select request_digest = $5::bytea as "is_same!", response from request_ids
            where workspace_id = $1 and subject = $2 and method = $3 and request_id = $4"#,
        workspace.as_str(),
        principal.subject,
        write.method,
        write.id,
        write.request_digest.as_bytes().as_slice(),
    )
    .fetch_optional(pool)
    .await?;
    match row {
        None => Ok(None),
        Some(row) if row.is_same => Ok(Some(row.response)),
        Some(_) => Err(StoreError::RequestIdReused),
    }
}

impl Changes<'_> {
    /// Forgets writes of more than a day ago, some at a time; answers how many.
    pub async fn delete_expired_request_ids(self) -> Result<u64> {
        let done = sqlx::query!(
            "-- request_ids::sweep_request_ids
            with old as materialized (
                select workspace_id, subject, method, request_id from request_ids
                where created_at < clock_timestamp() - make_interval(secs => $1)
                order by created_at
                limit 10000
                for update skip locked
            )
            delete from request_ids r using old
            where r.workspace_id = old.workspace_id and r.subject = old.subject and r.method = old.method
                and r.request_id = old.request_id",
            RETENTION_SECONDS
        )
        .execute(self.pool)
        .await?;
        Ok(done.rows_affected())
    }
}

/// Notes a write in its transaction; answers false, having waited for whoever is at it, when it was done before: then
/// the transaction is to be given up, and [`recorded_response`] knows the answer. To be called before anything else is
/// locked.
pub(crate) async fn insert_request_id(
    transaction: &mut PgConnection,
    principal: &Principal,
    workspace: &ResourceId,
    write: &IdempotencyKey,
    response: &[u8],
) -> Result<bool> {
    let done = sqlx::query!(
        "-- request_ids::remember
        insert into request_ids (workspace_id, subject, method, request_id, request_digest, response)
        values ($1, $2, $3, $4, $5::bytea, $6)
        on conflict do nothing",
        workspace.as_str(),
        principal.subject,
        write.method,
        write.id,
        write.request_digest.as_bytes().as_slice(),
        response,
    )
    .execute(transaction)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Notes what the answer to a write is made from, for those who repeat it. It must hold nothing of any content, which
/// may be withdrawn from its caller or purged by then.
pub(crate) async fn store_response(
    transaction: &mut PgConnection,
    principal: &Principal,
    workspace: &ResourceId,
    write: Option<&IdempotencyKey>,
    response: &[u8],
) -> Result<()> {
    let Some(write) = write else { return Ok(()) };
    sqlx::query!(
        "-- request_ids::note
        update request_ids set response = $5
        where workspace_id = $1 and subject = $2 and method = $3 and request_id = $4",
        workspace.as_str(),
        principal.subject,
        write.method,
        write.id,
        response,
    )
    .execute(transaction)
    .await?;
    Ok(())
}

/// Whether a statement was refused because the write was done before.
pub(crate) fn is_repeated_request(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|refused| refused.constraint()) == Some("request_ids_pkey")
}
