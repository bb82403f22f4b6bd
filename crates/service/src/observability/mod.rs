//! The log, one line a call, and health.

pub mod call_log;
pub(crate) mod database_health;
pub mod health_probe;
pub mod log;
