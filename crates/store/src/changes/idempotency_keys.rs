//! Idempotency keys of writes (AIP-155). A key's row is written in the transaction of the write itself, so it exists
//! exactly when the write has committed.

use chancery_brief::digest::Digest;
use chancery_proto::names::ResourceId;

use crate::access::principal::Principal;
use crate::changes::Changes;
use crate::convert::damaged;
use crate::database::{PgConnection, Pool, Transaction};
use crate::error::{Result, StoreError};

/// Retention of idempotency keys, in seconds.
const RETENTION_SECONDS: f64 = 24.0 * 3600.0;

/// Identifies a repeated write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The RPC's name. Keys of different methods, or of different callers, are independent.
    pub method: &'static str,
    /// The caller's request id: 1 to 64 letters, digits, `-` and `_`.
    pub id: String,
    /// SHA-256 of the request without the id.
    pub request_digest: Digest,
}

/// The start of a write that may be a repetition.
pub(crate) enum WriteStart {
    /// The first request: perform it in this transaction, and call [`store_response`] before the commit.
    First(Transaction),
    /// A repetition: the response stored for the first request.
    Repeated(Vec<u8>),
}

/// Begins a write. A repetition of a write in flight waits here for its end, before anything else is locked.
///
/// # Errors
/// [`StoreError::RequestIdReused`] when the key belongs to a different request.
pub(crate) async fn begin_write(
    pool: &Pool,
    principal: &Principal,
    workspace: &ResourceId,
    write: Option<&IdempotencyKey>,
) -> Result<WriteStart> {
    let mut transaction = pool.begin().await?;
    let Some(write) = write else { return Ok(WriteStart::First(transaction)) };
    if insert_request_id(&mut transaction, principal, workspace, write, &[]).await? {
        return Ok(WriteStart::First(transaction));
    }
    transaction.rollback().await?;
    match recorded_response(pool, principal, workspace, write).await? {
        Some(response) => Ok(WriteStart::Repeated(response)),
        None => Err(damaged("the stored response of a repeated write is missing")),
    }
}

/// Returns the response stored under a key; `None` when there is none.
///
/// # Errors
/// [`StoreError::RequestIdReused`] when the key belongs to a different request.
pub(crate) async fn recorded_response(
    pool: &Pool,
    principal: &Principal,
    workspace: &ResourceId,
    write: &IdempotencyKey,
) -> Result<Option<Vec<u8>>> {
    let row = sqlx::query!(
        r#"-- changes::idempotency_keys::recorded_response
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
    /// Deletes a batch of expired keys; returns the number deleted.
    pub async fn delete_expired_request_ids(self) -> Result<u64> {
        let done = sqlx::query!(
            "-- changes::idempotency_keys::delete_expired_request_ids
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

/// Inserts a key in the write's transaction, after waiting for any write in flight with the same key. Returns false
/// when the key exists: roll the transaction back and call [`recorded_response`]. Call it before anything else is
/// locked.
pub(crate) async fn insert_request_id(
    transaction: &mut PgConnection,
    principal: &Principal,
    workspace: &ResourceId,
    write: &IdempotencyKey,
    response: &[u8],
) -> Result<bool> {
    let done = sqlx::query!(
        "-- changes::idempotency_keys::insert_request_id
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

/// Stores what a repetition's response is made from. It must not hold content, which may be withdrawn from the caller
/// or purged by the time of the repetition.
pub(crate) async fn store_response(
    transaction: &mut PgConnection,
    principal: &Principal,
    workspace: &ResourceId,
    write: Option<&IdempotencyKey>,
    response: &[u8],
) -> Result<()> {
    let Some(write) = write else { return Ok(()) };
    sqlx::query!(
        "-- changes::idempotency_keys::store_response
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

/// Returns whether a statement failed because its idempotency key exists.
pub(crate) fn is_repeated_request(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|refused| refused.constraint()) == Some("request_ids_pkey")
}
