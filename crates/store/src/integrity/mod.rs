//! `chancery verify` and `chancery reindex`.

pub(crate) mod findings;
pub(crate) mod reindex;
pub(crate) mod verify;
