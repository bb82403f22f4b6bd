//! Finished PDFs: their rows, the stores of their bytes, expiry, and deliveries.

pub(crate) mod artifact;
pub(crate) mod chunks;
pub(crate) mod deliveries;
pub(crate) mod expiry;
pub(crate) mod invalidation;
pub(crate) mod rows;
pub(crate) mod store_selection;
pub(crate) mod store_trait;

use crate::artifacts::store_selection::ArtifactStores;
use crate::database::Pool;

/// Stores PDFs, in the database or externally, and records their deliveries.
#[derive(Debug, Clone, Copy)]
pub struct Artifacts<'a> {
    pub(crate) pool: &'a Pool,
    pub(crate) stores: &'a ArtifactStores,
}
