//! The threads that print, and the watchdog over stuck prints and memory.

pub(crate) mod memory;
pub(crate) mod pool;
pub(crate) mod watchdog;
