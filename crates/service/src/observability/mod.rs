//! The log, with one line for each call, and health.

pub(crate) mod call_log;
pub mod health;
pub mod health_probe;
pub mod logging;
pub(crate) mod rare_event;
