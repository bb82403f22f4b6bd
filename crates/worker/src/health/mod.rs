//! Health of the worker: liveness, readiness and metrics over HTTP/1, and a probe for container health checks.

mod health_state;
pub(crate) mod metrics;
mod probe;
mod server;

pub use health_state::HealthState;
pub use probe::{Probe, ProbeError, probe};
pub use server::serve;
