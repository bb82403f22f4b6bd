//! TODO: what belongs in `integrity`.

pub(crate) mod findings;
pub(crate) mod reindex;
pub(crate) mod verify;
