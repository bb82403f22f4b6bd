//! Commands for operators.

pub mod certificates;
mod findings;
pub mod issue_token;
pub mod migrate;
pub mod queue;
pub mod reindex;
pub mod token;
pub mod verify;
pub mod workspace;
