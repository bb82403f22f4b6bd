//! Assertions about errors.

use std::fmt::Debug;

use chancery_client::{Error, Refusal};
use chancery_proto::errors::v1::Reason;
use tonic::{Code, Status};

/// Returns the error, which must have this code and this reason.
#[track_caller]
pub fn refused<T: Debug>(answer: Result<T, Error>, code: Code, reason: Reason) -> Refusal {
    let error = match answer {
        Err(error) => error,
        Ok(answer) => panic!("expected {code:?} {reason:?}, but the call succeeded: {answer:?}"),
    };
    let Error::Refused(refusal) = error else { panic!("expected {code:?} {reason:?}, got {error}") };
    assert_eq!((refusal.code, refusal.reason), (code, Some(reason)), "{refusal}: {:?}", refusal.violations);
    refusal
}

/// Does the same for a call of a generated client.
#[track_caller]
pub fn refused_status<T: Debug>(answer: Result<T, Status>, code: Code, reason: Reason) -> Refusal {
    refused(answer.map_err(|status| Error::Refused(Refusal::from(&status))), code, reason)
}

/// Does the same, and a violation must name this path.
#[track_caller]
pub fn refused_at<T: Debug>(answer: Result<T, Error>, code: Code, reason: Reason, path: &str) -> Refusal {
    let refusal = refused(answer, code, reason);
    let paths: Vec<&str> = refusal.violations.iter().map(|violation| violation.field.as_str()).collect();
    assert!(paths.contains(&path), "{path} is not among {paths:?}: {refusal}");
    refusal
}
