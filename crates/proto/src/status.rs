//! Refusals on the wire (AIP-193): a gRPC status that carries `google.rpc.ErrorInfo` with a stable reason.

use std::collections::HashMap;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::errors::v1::Reason;

/// The domain of every `ErrorInfo` that Chancery sends.
pub const ERROR_DOMAIN: &str = "chancery";

/// The reason as it stands in `ErrorInfo`: the enum value's name without its prefix.
pub fn reason_name(reason: Reason) -> &'static str {
    reason.as_str_name().trim_start_matches("REASON_")
}

/// The reason that a status carries, if it is one of Chancery's.
pub fn reason_of(status: &Status) -> Option<Reason> {
    let info = status.get_details_error_info()?;
    (info.domain == ERROR_DOMAIN).then(|| Reason::from_str_name(&format!("REASON_{}", info.reason)))?
}

/// A status with a reason and further details, such as field violations.
pub fn refusal(code: Code, reason: Reason, message: impl Into<String>, mut details: ErrorDetails) -> Status {
    details.set_error_info(reason_name(reason), ERROR_DOMAIN, HashMap::new());
    Status::with_error_details(code, message, details)
}

/// A status with a reason and what a program needs to act on it.
pub fn refusal_with<const N: usize>(
    code: Code,
    reason: Reason,
    message: impl Into<String>,
    metadata: [(&str, &str); N],
    mut details: ErrorDetails,
) -> Status {
    let metadata = metadata.map(|(key, value)| (key.to_owned(), value.to_owned()));
    details.set_error_info(reason_name(reason), ERROR_DOMAIN, HashMap::from(metadata));
    Status::with_error_details(code, message, details)
}

/// A code's name as the gRPC documents spell it.
pub fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

#[cfg(test)]
mod tests {
    use super::{Code, ErrorDetails, Reason, reason_of, refusal};

    #[test]
    fn a_refusal_carries_its_reason() {
        let status = refusal(Code::Aborted, Reason::StaleEtag, "stale", ErrorDetails::new());
        assert_eq!(reason_of(&status), Some(Reason::StaleEtag));
    }
}
