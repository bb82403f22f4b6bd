//! Support for end-to-end tests: databases, service and worker processes, the `chancery` command, and assertions about PDF
//! files and refusals.
//!
//! Everything here panics on failure, because a test that cannot run has failed. The panic names a missing program and
//! the package that has it. Tests are never skipped.

pub mod command;
pub mod files;
pub mod images;
pub mod pdf;
pub mod programs;
pub mod refusals;
pub mod stack;

pub use command::{Command, CommandOutput};
pub use stack::{Caller, Stack};
