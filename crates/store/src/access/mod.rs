//! Principals, API tokens, workspaces, and the first secrets.

pub(crate) mod bootstrap;
pub(crate) mod principal;
pub(crate) mod token_recovery;
pub(crate) mod tokens;
pub(crate) mod workspaces;
