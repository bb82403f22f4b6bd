//! Renders, the queue of their tasks, and the workers that print them.

pub(crate) mod agreement;
pub(crate) mod attempts;
pub(crate) mod cancel;
pub(crate) mod comparisons;
pub(crate) mod dead_letters;
pub(crate) mod downloads;
pub(crate) mod environments;
pub(crate) mod fair_share;
#[cfg(feature = "unfenced")]
pub(crate) mod fence_removal;
pub(crate) mod inputs;
pub(crate) mod leases;
pub(crate) mod lists;
pub(crate) mod pinning;
pub(crate) mod proof_refusals;
pub(crate) mod render;
pub(crate) mod requests;
pub(crate) mod stats;
pub(crate) mod workers;

use crate::artifacts::Artifacts;
use crate::briefs::Briefs;
use crate::database::Pool;
use crate::renders::leases::LeaseTimes;

/// Requests, lists, cancels and downloads renders.
#[derive(Debug, Clone, Copy)]
pub struct Renders<'a> {
    pub(crate) pool: &'a Pool,
    pub(crate) artifacts: Artifacts<'a>,
    pub(crate) briefs: Briefs<'a>,
    pub(crate) queue_limit: i32,
}

/// Leases, finishes, requeues and counts render tasks.
#[derive(Debug, Clone, Copy)]
pub struct RenderQueue<'a> {
    pub(crate) pool: &'a Pool,
    pub(crate) lease_times: LeaseTimes,
}

/// Records, lists and drains workers.
#[derive(Debug, Clone, Copy)]
pub struct Workers<'a> {
    pub(crate) pool: &'a Pool,
}
