//! Assertions about the statuses that generated clients receive.

use std::fmt::Debug;

use chancery_proto::errors::v1::Reason;
use chancery_proto::status::reason_of;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// Asserts a refusal with a code and a reason, and returns its status.
#[track_caller]
pub fn refused<T: Debug>(result: Result<T, Status>, code: Code, reason: Reason) -> Status {
    let status = match result {
        Err(status) => status,
        Ok(response) => panic!("expected {code:?} {reason:?}, but the call succeeded: {response:?}"),
    };
    assert_eq!((status.code(), reason_of(&status)), (code, Some(reason)), "{status:?}");
    status
}

/// Asserts a refusal as an invalid argument with exactly one violation, and its field.
#[track_caller]
pub fn refused_at<T: Debug>(result: Result<T, Status>, reason: Reason, field: &str) {
    let status = refused(result, Code::InvalidArgument, reason);
    let details = status.get_details_bad_request();
    let violations = details.unwrap_or_else(|| panic!("no violations: {status:?}")).field_violations;
    let fields: Vec<&str> = violations.iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!(fields, [field], "{status:?}");
}
