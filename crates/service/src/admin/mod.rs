//! `AdminService`: workspaces, API tokens, the render queue and its workers.

pub(crate) mod messages;
pub(crate) mod service;
mod tokens;
