//! Finished PDFs: their rows, where their bytes are, how long they stay, and their deliveries.

pub(crate) mod chunks;
pub(crate) mod deliveries;
pub(crate) mod expiry;
pub(crate) mod rows;
pub(crate) mod store;
pub(crate) mod stores;
