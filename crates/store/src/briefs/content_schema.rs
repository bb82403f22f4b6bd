//! The version of the encoding of content.

use chancery_brief::digest::CONTENT_SCHEMA_VERSION;

use crate::convert::to_integer;
use crate::error::{Result, StoreError};

/// Returns the version that this build writes.
pub(crate) fn written_content_schema() -> Result<i32> {
    to_integer(CONTENT_SCHEMA_VERSION)
}

/// Rejects bytes of a newer version: this build could drop or misrender parts of them.
pub(crate) fn check_content_schema(version: u32) -> Result<()> {
    if version > CONTENT_SCHEMA_VERSION { Err(StoreError::NewerSchema(version)) } else { Ok(()) }
}
