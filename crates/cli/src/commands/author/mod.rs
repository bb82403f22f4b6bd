//! Commands that write briefs.

pub mod attach;
pub mod draft;
pub mod import;
pub mod lint;
