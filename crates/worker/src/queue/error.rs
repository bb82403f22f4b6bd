//! Errors of calls to the service.

use std::error::Error as _;

use chancery_proto::errors::v1::Reason;
use chancery_proto::status::reason_of;
use chancery_tls::explain;
use tonic::{Code, Status};

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

/// Converts a status. Rejected credentials count as unavailable, because the token file can be fixed while the worker runs.
#[allow(clippy::needless_pass_by_value, reason = "for use in map_err")]
pub(crate) fn queue_error(status: Status) -> QueueError {
    // A failed connection says why in its source only.
    let cause = status.source().map_or_else(|| status.message().to_owned(), explain);
    let message = format!("{:?}: {cause}", status.code());
    match reason_of(&status) {
        Some(Reason::LeaseLost) => return QueueError::LeaseLost,
        Some(Reason::ArtifactStoreFull) => return QueueError::StoreFull(message),
        _ => {}
    }
    match status.code() {
        Code::Unauthenticated => QueueError::Unavailable(format!(
            "the service refuses the token, which is unknown, expired, revoked or suspended: check \
             CHANCERY_WORKER_TOKEN_FILE, or resume the token ({message})"
        )),
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange | Code::Unimplemented => {
            QueueError::Refused(message)
        }
        _ => QueueError::Unavailable(message),
    }
}

#[cfg(test)]
mod tests {
    use chancery_proto::errors::v1::Reason;
    use chancery_proto::status::refusal;
    use tonic::{Code, Status};
    use tonic_types::ErrorDetails;

    use super::{QueueError, queue_error};

    #[test]
    fn statuses_map_to_errors_by_their_remedy() {
        let lost = refusal(Code::Aborted, Reason::LeaseLost, "lost", ErrorDetails::new());
        assert_eq!(queue_error(lost), QueueError::LeaseLost);
        let full = refusal(Code::ResourceExhausted, Reason::ArtifactStoreFull, "full", ErrorDetails::new());
        assert!(matches!(queue_error(full), QueueError::StoreFull(_)));
        assert!(matches!(queue_error(Status::invalid_argument("no")), QueueError::Refused(_)));
        for transient in
            [Status::unavailable("away"), Status::internal("id 1"), Status::unauthenticated("who")]
        {
            assert!(matches!(queue_error(transient), QueueError::Unavailable(_)));
        }
    }
}
