//! What every RPC shares: errors, field checks, pages, cursors, masks, idempotency keys, deadlines.

pub(crate) mod cursors;
pub(crate) mod deadlines;
pub(crate) mod errors;
pub(crate) mod fields;
pub(crate) mod idempotency;
pub(crate) mod pagination;
pub(crate) mod read_masks;
pub(crate) mod response_streams;
