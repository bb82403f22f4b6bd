//! Errors of calls.

use std::error::Error as _;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use chancery_proto::errors::v1::Reason;
use chancery_proto::status::{code_name, reason_name, reason_of, violations_total};
use chancery_tls::{TlsError, explain, explain_unencrypted};
use tonic::{Code, Status};
use tonic_types::StatusExt;

/// Failure of a call.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL of the server is invalid.
    #[error("invalid server {given:?}: {reason}")]
    InvalidServer {
        /// The given URL.
        given: String,
        /// The violated requirement.
        reason: String,
    },

    /// The authorities to trust cannot be used.
    #[error(transparent)]
    InvalidAuthority(TlsError),

    /// The server is another machine, and the connection to it would be unencrypted.
    #[error(
        "{server} is another machine ({address}), and http:// would send the token and all content to it unencrypted"
    )]
    Unencrypted {
        /// URL of the server.
        server: String,
        /// The address that its name led to.
        address: SocketAddr,
    },

    /// The token contains characters that no token has.
    #[error("malformed API token: expected \"chy_\" and 43 letters, digits, \"-\" or \"_\"")]
    InvalidToken,

    /// No server answers at the URL.
    #[error("could not connect to {server}: {cause}")]
    Unreachable {
        /// URL of the server.
        server: String,
        /// The cause, such as "Connection refused".
        cause: String,
    },

    /// The call exceeded its deadline.
    #[error("{call} took longer than {} s", limit.as_secs())]
    TimedOut {
        /// The method, or the name of the render.
        call: String,
        /// The deadline.
        limit: Duration,
    },

    /// The server rejected the call.
    #[error(transparent)]
    Refused(#[from] Refusal),

    /// The render failed or was cancelled.
    #[error("{render} failed: {reason}: {message}")]
    RenderFailed {
        /// Name of the render.
        render: String,
        /// Stable reason.
        reason: String,
        /// Message for people.
        message: String,
    },

    /// The received data differs from what the server announced.
    #[error("{what} is {found}; the server announced {announced}")]
    Damaged {
        /// The property that differs.
        what: &'static str,
        /// The announced value.
        announced: String,
        /// The received value.
        found: String,
    },

    /// The writer of the caller failed.
    #[error("writing the PDF: {0}")]
    Output(#[from] io::Error),
}

/// An error that the server returned.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// gRPC code.
    pub code: Code,
    /// Stable reason, if the status has one.
    pub reason: Option<Reason>,
    /// Message for people.
    pub message: String,
    /// The first violations of the request or of preconditions.
    pub violations: Vec<Violation>,
    /// Number of all violations. For rejected content, `LintBrief` lists all of them.
    pub total_violations: usize,
    /// Delay before a retry, if the server gave one.
    pub retry_after: Option<Duration>,
}

/// A violation in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Path of the field in the request, such as `documents[0].content.sections[1].heading`.
    pub field: String,
    /// Description.
    pub description: String,
}

impl Refusal {
    /// Returns the name of the code, such as `INVALID_ARGUMENT`.
    pub fn code_name(&self) -> &'static str {
        code_name(self.code)
    }

    /// Returns the name of the reason, such as `STALE_ETAG`; empty for none.
    pub fn reason_name(&self) -> &'static str {
        self.reason.map_or("", reason_name)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.message, self.code_name())?;
        if self.reason.is_some() {
            write!(f, ", {}", self.reason_name())?;
        }
        f.write_str(")")
    }
}

impl std::error::Error for Refusal {}

impl From<&Status> for Refusal {
    fn from(status: &Status) -> Self {
        let fields =
            status.get_details_bad_request().map(|details| details.field_violations).unwrap_or_default();
        let preconditions = status.get_details_precondition_failure().map(|details| details.violations);
        let violations = fields
            .into_iter()
            .map(|violation| Violation { field: violation.field, description: violation.description })
            .chain(preconditions.unwrap_or_default().into_iter().map(|violation| Violation {
                description: format!("{}: {}", violation.r#type, violation.description),
                field: violation.subject,
            }));
        let violations: Vec<_> = violations.collect();
        Self {
            code: status.code(),
            reason: reason_of(status),
            message: status.message().to_owned(),
            total_violations: violations_total(status).unwrap_or_default().max(violations.len()),
            violations,
            retry_after: status.get_details_retry_info().and_then(|info| info.retry_delay),
        }
    }
}

impl Error {
    /// Returns the refusal, if the server rejected the call.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// Converts a status.
    pub(crate) fn of(status: &Status, server: &str) -> Self {
        if is_connection_failure(status) {
            Self::Unreachable { server: server.to_owned(), cause: cause(status, server) }
        } else {
            Self::Refused(status.into())
        }
    }
}

/// Returns whether a status comes from the connection, not from the service: every error of the service has a reason.
pub(crate) fn is_connection_failure(status: &Status) -> bool {
    let is_possible =
        matches!(status.code(), Code::Unavailable | Code::Unknown | Code::Internal | Code::Cancelled);
    is_possible && status.get_details_error_info().is_none()
}

/// Returns whether a retry may succeed: the server was not reached, is unavailable, or gave a delay for a retry.
pub(crate) fn is_transient(status: &Status) -> bool {
    is_connection_failure(status)
        || status.code() == Code::Unavailable
        || status.get_details_retry_info().is_some()
}

/// Returns why a status says that the connection failed.
fn cause(status: &Status, server: &str) -> String {
    status.source().map_or_else(|| status.message().to_owned(), |source| explained(source, server))
}

/// Describes why a connection to a server failed.
pub(crate) fn explained(error: &(dyn std::error::Error + 'static), server: &str) -> String {
    if server.starts_with("https") { explain(error) } else { explain_unencrypted(error) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chancery_proto::errors::v1::Reason;
    use chancery_proto::status::refusal;
    use tonic::{Code, Status};
    use tonic_types::ErrorDetails;

    use super::{Error, is_connection_failure, is_transient};

    #[test]
    fn a_refusal_has_reason_and_violations() {
        let mut details = ErrorDetails::new();
        details.add_bad_request_violation("content.title", "is required");
        let status = refusal(Code::InvalidArgument, Reason::InvalidContent, "bad", details);
        let Error::Refused(refusal) = Error::of(&status, "http://host") else { panic!("not a refusal") };
        assert_eq!(refusal.reason, Some(Reason::InvalidContent));
        assert_eq!(refusal.violations[0].field, "content.title");
        assert_eq!(refusal.total_violations, 1);
        assert_eq!(refusal.to_string(), "bad (INVALID_ARGUMENT, INVALID_CONTENT)");
    }

    #[test]
    fn only_a_status_without_a_reason_is_a_connection_failure() {
        assert!(is_connection_failure(&Status::unavailable("transport error")));
        assert!(!is_connection_failure(&Status::not_found("x")));
        let stopping = refusal(Code::Unavailable, Reason::Unavailable, "stopping", ErrorDetails::new());
        assert!(!is_connection_failure(&stopping) && is_transient(&stopping));
        let defect = refusal(Code::Internal, Reason::Internal, "defect", ErrorDetails::new());
        assert!(!is_transient(&defect));
        let later = ErrorDetails::with_retry_info(Some(Duration::from_secs(1)));
        assert!(is_transient(&refusal(Code::ResourceExhausted, Reason::QueueFull, "full", later)));
        let never = refusal(Code::ResourceExhausted, Reason::LimitExceeded, "too large", ErrorDetails::new());
        assert!(!is_transient(&never));
    }
}
