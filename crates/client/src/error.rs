//! What can go wrong between a caller and the server, in words that tell the caller what to do.

use std::error::Error as _;
use std::fmt;
use std::io;
use std::time::Duration;

use chancery_proto::errors::v1::Reason;
use chancery_proto::status::{code_name, reason_name, reason_of, violations_total};
use tonic::{Code, Status};
use tonic_types::StatusExt;

/// Why a call did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server's URL cannot be used.
    #[error("{given:?} is no server: {reason}")]
    InvalidServer {
        /// What was given.
        given: String,
        /// What is wrong with it.
        reason: String,
    },

    /// The token cannot be sent: it holds characters that no token has.
    #[error("the API token is malformed: it is \"chy_\" and 43 letters, digits, \"-\" or \"_\"")]
    InvalidToken,

    /// No server answers there.
    #[error("no server answers at {server}: {cause}")]
    Unreachable {
        /// The server's URL.
        server: String,
        /// What the network said.
        cause: String,
    },

    /// The answer took too long.
    #[error("{what} took longer than {} s", limit.as_secs())]
    TimedOut {
        /// The call.
        what: String,
        /// Its deadline.
        limit: Duration,
    },

    /// The server refused.
    #[error(transparent)]
    Refused(#[from] Refusal),

    /// The render ended without a PDF.
    #[error("{render} failed: {reason}: {message}")]
    RenderFailed {
        /// The render's name.
        render: String,
        /// The stable reason.
        reason: String,
        /// For people.
        message: String,
    },

    /// What arrived is not what was announced: a defect, or somebody changed it on the way.
    #[error("{what}: {found} arrived, {announced} was announced")]
    Damaged {
        /// What differs.
        what: &'static str,
        /// What was announced.
        announced: String,
        /// What arrived.
        found: String,
    },

    /// The caller's writer refused the bytes.
    #[error("writing the PDF: {0}")]
    Output(#[from] io::Error),
}

/// The server's refusal, with its stable reason.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The gRPC code.
    pub code: Code,
    /// The stable reason, where the server gave one of Chancery's.
    pub reason: Option<Reason>,
    /// For people.
    pub message: String,
    /// The first places that are wrong, for bad input and for what has to change first.
    pub violations: Vec<Violation>,
    /// The number of all such places. `LintBrief` lists all of them, where content is refused.
    pub total_violations: usize,
    /// When to try again, where the server said.
    pub retry_after: Option<Duration>,
}

/// One wrong place in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The field's path in the request, such as `documents[0].content.sections[1].heading`.
    pub field: String,
    /// What is wrong.
    pub description: String,
}

impl Refusal {
    /// The code in upper snake case, such as `INVALID_ARGUMENT`.
    pub fn code_name(&self) -> &'static str {
        code_name(self.code)
    }

    /// The reason's name, such as `STALE_ETAG`; empty when there is none.
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
        let wrong = status.get_details_bad_request().map(|wrong| wrong.field_violations).unwrap_or_default();
        let unmet = status.get_details_precondition_failure().map(|unmet| unmet.violations);
        let violations = wrong
            .into_iter()
            .map(|violation| Violation { field: violation.field, description: violation.description })
            .chain(unmet.unwrap_or_default().into_iter().map(|violation| Violation {
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
    /// The refusal, if the server refused.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// A status as the error that it means.
    pub(crate) fn of(status: &Status, server: &str) -> Self {
        if is_broken(status) {
            Self::Unreachable { server: server.to_owned(), cause: cause(status) }
        } else {
            Self::Refused(status.into())
        }
    }
}

/// Whether a status tells of the connection, not of the server's decision: every refusal of Chancery carries a reason.
pub(crate) fn is_broken(status: &Status) -> bool {
    let may_be =
        matches!(status.code(), Code::Unavailable | Code::Unknown | Code::Internal | Code::Cancelled);
    may_be && status.get_details_error_info().is_none()
}

/// Whether the same call may succeed a little later: the server was not reached, or says when to come again.
pub(crate) fn is_transient(status: &Status) -> bool {
    is_broken(status) || status.code() == Code::Unavailable || status.get_details_retry_info().is_some()
}

/// The innermost message: "Connection refused" says more than "transport error".
fn cause(status: &Status) -> String {
    let mut innermost = status.source();
    while let Some(inner) = innermost.and_then(std::error::Error::source) {
        innermost = Some(inner);
    }
    innermost.map_or_else(|| status.message().to_owned(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chancery_proto::errors::v1::Reason;
    use chancery_proto::status::refusal;
    use tonic::{Code, Status};
    use tonic_types::ErrorDetails;

    use super::{Error, is_broken, is_transient};

    #[test]
    fn a_refusal_keeps_reason_and_violations() {
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
    fn only_a_status_without_a_reason_can_tell_of_the_connection() {
        assert!(is_broken(&Status::unavailable("transport error")));
        assert!(!is_broken(&Status::not_found("x")));
        let stopping = refusal(Code::Unavailable, Reason::Unavailable, "stopping", ErrorDetails::new());
        assert!(!is_broken(&stopping) && is_transient(&stopping));
        let defect = refusal(Code::Internal, Reason::Internal, "defect", ErrorDetails::new());
        assert!(!is_transient(&defect));
        let later = ErrorDetails::with_retry_info(Some(Duration::from_secs(1)));
        assert!(is_transient(&refusal(Code::ResourceExhausted, Reason::QueueFull, "full", later)));
        let never = refusal(Code::ResourceExhausted, Reason::LimitExceeded, "too large", ErrorDetails::new());
        assert!(!is_transient(&never));
    }
}
