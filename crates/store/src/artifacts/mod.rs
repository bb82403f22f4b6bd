//! TODO: what belongs in `artifacts`.

pub(crate) mod chunks;
pub(crate) mod deliveries;
pub(crate) mod expiry;
pub(crate) mod rows;
pub(crate) mod store;
pub(crate) mod stores;
