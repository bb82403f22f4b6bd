//! Support for the end-to-end tests: databases, real service and worker processes, the `chancery` command, and
//! assertions about PDF files and errors.
//!
//! Everything here panics on failure: a test whose setup fails has failed. If a program is missing, the panic says what
//! to install; no test is skipped.

pub mod command;
pub mod files;
pub mod images;
pub mod pdf;
pub mod programs;
pub mod refusals;
pub mod stack;

pub use command::{Command, Ran};
pub use stack::{Caller, Stack};
