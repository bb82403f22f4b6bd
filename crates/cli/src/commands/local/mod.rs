//! Commands that run Chancery on this machine.

pub mod demo;
pub mod up;
