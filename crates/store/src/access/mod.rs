//! TODO: what belongs in `access`.

pub(crate) mod bootstrap;
pub(crate) mod principal;
pub(crate) mod token_recovery;
pub(crate) mod tokens;
pub(crate) mod workspaces;
