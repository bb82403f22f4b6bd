//! The change log of each workspace, notifications, and idempotency keys.

pub(crate) mod feed;
pub(crate) mod idempotency_keys;
pub(crate) mod log;
pub(crate) mod notify;

use crate::database::{Database, Pool};

/// The change log of each workspace: its feed, its notifications, and the request ids of repeated writes.
#[derive(Debug, Clone, Copy)]
pub struct Changes<'a> {
    pub(crate) pool: &'a Pool,
    pub(crate) database: &'a Database,
}
