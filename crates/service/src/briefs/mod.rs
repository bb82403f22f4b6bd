//! `BriefService`, one file a method family.

pub(crate) mod attachments;
pub(crate) mod differences;
pub(crate) mod get_brief;
pub(crate) mod lifecycle;
pub(crate) mod messages;
pub(crate) mod reads;
pub(crate) mod search;
pub(crate) mod service;
pub(crate) mod watch;
pub(crate) mod writes;
