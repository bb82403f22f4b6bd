//! Finished PDFs: their rows, where their bytes are, how long they stay, and their deliveries.

pub(crate) mod artifact;
pub(crate) mod chunks;
pub(crate) mod deliveries;
pub(crate) mod expiry;
pub(crate) mod rows;
pub(crate) mod store;
pub(crate) mod stores;

use crate::artifacts::stores::ArtifactStores;
use crate::database::Pool;

/// PDFs: their rows, their bytes wherever those are stored, and who received them.
#[derive(Debug, Clone, Copy)]
pub struct Artifacts<'a> {
    pub(crate) pool: &'a Pool,
    pub(crate) stores: &'a ArtifactStores,
}
