//! `chancery verify` and `chancery reindex`.

pub(crate) mod findings;
pub(crate) mod reindex;
pub(crate) mod stored_briefs;
pub(crate) mod verify;

use crate::artifacts::Artifacts;
use crate::database::Pool;

/// Verifies stored data and rebuilds what is derived from it.
#[derive(Debug, Clone, Copy)]
pub struct Integrity<'a> {
    pub(crate) pool: &'a Pool,
    pub(crate) artifacts: Artifacts<'a>,
}
