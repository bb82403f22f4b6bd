//! What the end-to-end tests stand on: a database of their own, real service and worker processes, the `chancery`
//! command, and assertions about PDF files and refusals.
//!
//! Everything here panics when it cannot do its part: a test that cannot set its scene has failed. Where a program is
//! missing, the panic says what to install; nothing is passed over in silence.

pub mod command;
pub mod files;
pub mod images;
pub mod pdf;
pub mod programs;
pub mod refusals;
pub mod stack;

pub use command::{Command, Ran};
pub use stack::{Caller, Stack};
