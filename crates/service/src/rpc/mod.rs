//! Shared parts of all RPCs: errors, field checks, pagination, cursors, read masks, idempotency keys, deadlines, streams.

pub(crate) mod computing;
pub(crate) mod cursors;
pub(crate) mod deadlines;
pub(crate) mod errors;
pub(crate) mod fields;
pub(crate) mod idempotency;
pub(crate) mod pagination;
pub(crate) mod read_masks;
pub(crate) mod response_streams;
pub(crate) mod wire;
