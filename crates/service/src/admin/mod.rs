//! `AdminService`: workspaces, tokens, the queue and its workers.

pub(crate) mod messages;
pub(crate) mod service;
