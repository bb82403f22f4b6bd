//! The process's limit of open files.

use rustix::process::{Resource, getrlimit, setrlimit};

/// Files for everything but callers' connections: Postgres, object stores, the log.
const RESERVED: usize = 256;

/// Raises the limit of open files to the highest that the operating system allows the process, and returns how many
/// connections of callers fit into it.
pub(crate) fn raise_limit() -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "could not raise the limit of open files");
    }
    match getrlimit(Resource::Nofile).current {
        Some(files) => usize::try_from(files).unwrap_or(usize::MAX).saturating_sub(RESERVED),
        None => usize::MAX,
    }
}
