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

use crate::artifacts::Artifacts;
use crate::briefs::Briefs;
use crate::database::Pool;
use crate::renders::leases::LeaseTimes;

/// Renders, as their callers request, list, cancel and download them.
#[derive(Debug, Clone, Copy)]
pub struct Renders<'a> {
    pub(crate) pool: &'a Pool,
    pub(crate) artifacts: Artifacts<'a>,
    pub(crate) briefs: Briefs<'a>,
    pub(crate) queue_limit: i32,
}

/// The queue of render tasks, as workers lease from it and operators look after it.
#[derive(Debug, Clone, Copy)]
pub struct RenderQueue<'a> {
    pub(crate) pool: &'a Pool,
    pub(crate) lease_times: LeaseTimes,
}

/// Workers that lease tasks, as operators see and drain them.
#[derive(Debug, Clone, Copy)]
pub struct Workers<'a> {
    pub(crate) pool: &'a Pool,
}
