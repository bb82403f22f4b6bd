//! The log, with one line for each call, metrics, and health.

pub(crate) mod call_log;
pub mod health;
pub mod health_probe;
pub mod logging;
pub(crate) mod metrics;
pub(crate) mod metrics_listener;
pub(crate) mod rare_event;
