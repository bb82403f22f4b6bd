//! Conversions between the domain's types and what columns and stored messages hold.

use std::fmt;

use chancery_brief::digest::Digest;
use chancery_proto::names::{GeneratedId, ResourceId, RevisionName, RevisionNumber};
use prost_types::Timestamp;
use time::OffsetDateTime;

use crate::error::{Result, StoreError};

/// Generates a random id.
pub(crate) fn generated_id() -> Result<GeneratedId> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(GeneratedId::from_bytes(bytes))
}

/// Reports a stored value that is invalid for its type although a check should have kept it out.
pub(crate) fn damaged(error: impl fmt::Display) -> StoreError {
    StoreError::Damaged(error.to_string())
}

/// Converts a time of a stored message.
pub(crate) fn time_of(timestamp: Option<Timestamp>) -> Result<OffsetDateTime> {
    let time = timestamp.ok_or_else(|| damaged("a stored message has no time"))?;
    let seconds = OffsetDateTime::from_unix_timestamp(time.seconds).map_err(damaged)?;
    Ok(seconds + time::Duration::nanoseconds(time.nanos.into()))
}

/// Converts a revision's number for the database.
pub(crate) fn to_integer(number: u32) -> Result<i32> {
    i32::try_from(number).map_err(|_| StoreError::InvalidField {
        field: "revision",
        description: format!("{number} exceeds the highest revision number, 2147483647"),
    })
}

/// Converts a revision's number from the database.
pub(crate) fn to_number(integer: i32) -> Result<u32> {
    u32::try_from(integer).map_err(damaged)
}

/// Builds a revision's name from its columns.
pub(crate) fn revision_name(workspace: &ResourceId, brief_id: &str, revision: i32) -> Result<RevisionName> {
    let (workspace, brief) = (workspace.clone(), brief_id.parse().map_err(damaged)?);
    Ok(RevisionName { workspace, brief, revision: RevisionNumber(to_number(revision)?) })
}

/// Converts a digest from the database.
pub(crate) fn to_digest(bytes: Vec<u8>) -> Result<Digest> {
    <[u8; 32]>::try_from(bytes).map(Digest).map_err(|_| damaged("a digest does not have 32 bytes"))
}
