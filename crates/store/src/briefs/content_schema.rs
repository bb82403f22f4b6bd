//! The version of the content's encoding.

use chancery_brief::digest::CONTENT_SCHEMA_VERSION;

use crate::convert::to_integer;
use crate::error::{Result, StoreError};

/// The version of the bytes that this build writes.
pub(crate) fn written_content_schema() -> Result<i32> {
    to_integer(CONTENT_SCHEMA_VERSION)
}

/// Bytes of a newer schema may hold what this build would drop or show wrongly.
pub(crate) fn check_content_schema(version: u32) -> Result<()> {
    if version > CONTENT_SCHEMA_VERSION { Err(StoreError::NewerSchema(version)) } else { Ok(()) }
}
