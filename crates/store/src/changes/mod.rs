//! TODO: what belongs in `changes`.

pub(crate) mod feed;
pub(crate) mod idempotency_keys;
pub(crate) mod log;
pub(crate) mod notify;
