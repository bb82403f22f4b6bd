//! Leases: renewing those held, and working each from its input to its PDF.

pub(crate) mod held_leases;
pub(crate) mod job;
