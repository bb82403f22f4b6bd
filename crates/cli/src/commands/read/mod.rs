//! Commands that read briefs.

pub mod briefs;
pub mod diff;
pub mod export;
pub mod search;
pub mod watch;
