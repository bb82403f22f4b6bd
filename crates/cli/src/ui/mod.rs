//! Output for people and programs: results, failures, progress, plain text.

pub mod confirm;
pub mod failure;
pub mod findings;
pub mod output;
pub mod pending_file;
pub mod print_warnings;
pub mod progress;
pub mod text;
pub mod text_position;
mod text_table;
