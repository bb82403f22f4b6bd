//! Background tasks: sweeps, wake-ups, and warnings about starved queues.

pub(crate) mod starved_queues;
pub(crate) mod sweeps;
pub mod wakeups;
