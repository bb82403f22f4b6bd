//! The change log of each workspace, notifications, and idempotency keys.

pub(crate) mod feed;
pub(crate) mod idempotency_keys;
pub(crate) mod log;
pub(crate) mod notify;
