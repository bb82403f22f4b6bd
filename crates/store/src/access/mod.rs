//! Principals, API tokens, workspaces, and the first secrets.

pub(crate) mod bootstrap;
pub(crate) mod enrolment;
pub(crate) mod principal;
pub(crate) mod secrets;
pub(crate) mod token_creation;
pub(crate) mod token_recovery;
pub(crate) mod tokens;
pub(crate) mod workspaces;

use crate::database::Pool;

/// Workspaces, and the API tokens that open them.
#[derive(Debug, Clone, Copy)]
pub struct AccessControl<'a> {
    pub(crate) pool: &'a Pool,
    /// A pool of its own, so that callers are identified even when calls use up the main one.
    pub(crate) identity_pool: &'a Pool,
}
