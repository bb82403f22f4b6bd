//! Support for tests: content of briefs, databases, service and worker processes, the `chancery` command, and assertions
//! about PDF files and refusals.
//!
//! Everything here panics on failure, because a test that cannot run has failed. The panic names a missing program and
//! the package that has it. Tests are never skipped.
//!
//! What needs the store is behind the feature `database`, and what needs processes behind `stack`, so that tests of the
//! printer build without a database driver.

#[cfg(feature = "certificates")]
pub mod certificates;
#[cfg(feature = "stack")]
pub mod command;
pub mod content;
#[cfg(feature = "database")]
pub mod database;
pub mod documents;
pub mod files;
#[cfg(feature = "fuzz")]
pub mod fuzz;
pub mod images;
pub mod imports;
pub mod pdf;
#[cfg(feature = "database")]
pub mod print_environment;
pub mod programs;
pub mod raster;
#[cfg(feature = "stack")]
pub mod refusals;
#[cfg(feature = "stack")]
pub mod stack;
pub mod status_refusals;

#[cfg(feature = "stack")]
pub use command::{Command, CommandOutput};
#[cfg(feature = "stack")]
pub use stack::{Caller, Stack};

/// The workspace of a new installation.
pub const WORKSPACE: &str = "workspaces/default";
