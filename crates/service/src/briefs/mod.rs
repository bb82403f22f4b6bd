//! `BriefService`: one file for each method family, and `service` with the handlers.

pub(crate) mod attachments;
pub(crate) mod differences;
pub(crate) mod encoded_brief;
pub(crate) mod export;
pub(crate) mod get_brief;
pub(crate) mod lifecycle;
pub(crate) mod messages;
pub(crate) mod reads;
pub(crate) mod search;
pub(crate) mod service;
pub(crate) mod watch_briefs;
pub(crate) mod writes;
