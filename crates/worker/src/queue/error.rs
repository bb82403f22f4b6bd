//! Errors of calls to the service.

/// Failure of a call to the service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueueError {
    /// The lease is no longer current: drop the task.
    #[error("the lease is lost")]
    LeaseLost,
    /// The service rejected the call: do not retry.
    #[error("the service rejected the call: {0}")]
    Refused(String),
    /// The artifact store is full: fail the attempt, so that a later one retries.
    #[error("the artifact store is full: {0}")]
    StoreFull(String),
    /// The service did not answer or is temporarily unavailable: retry.
    #[error("unavailable: {0}")]
    Unavailable(String),
}
