//! Renders: requests, the queue, leases, attempts, and the workers.

pub(crate) mod attempts;
pub(crate) mod cancel;
pub(crate) mod comparisons;
pub(crate) mod dead_letters;
pub(crate) mod downloads;
pub(crate) mod environments;
pub(crate) mod fair_share;
pub(crate) mod inputs;
pub(crate) mod leases;
pub(crate) mod lists;
pub(crate) mod requests;
pub(crate) mod stats;
#[cfg(feature = "unfenced")]
pub(crate) mod unfenced;
pub(crate) mod workers;
