//! Change logs, notifications, and idempotency keys.

pub(crate) mod feed;
pub(crate) mod idempotency_keys;
pub(crate) mod log;
pub(crate) mod notify;

use crate::database::{Database, Pool};

/// Reads change logs, sends notifications, and expires idempotency keys.
#[derive(Debug, Clone, Copy)]
pub struct Changes<'a> {
    pub(crate) pool: &'a Pool,
    pub(crate) database: &'a Database,
}
