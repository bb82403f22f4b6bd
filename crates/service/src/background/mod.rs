//! Background tasks: sweeps, wake-ups, warnings about starved queues, and the end of prints without agreement.

pub(crate) mod starved_queues;
pub(crate) mod sweeps;
pub(crate) mod unconfirmed_prints;
pub mod wakeups;
