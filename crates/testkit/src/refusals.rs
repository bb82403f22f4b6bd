//! Assertions about the errors of the client library.

use std::fmt::Debug;

use chancery_client::{Error, Refusal};
use chancery_proto::errors::v1::Reason;
use tonic::Code;

/// Asserts a refusal with a code and a reason, and returns it.
#[track_caller]
pub fn refused<T: Debug>(result: Result<T, Error>, code: Code, reason: Reason) -> Refusal {
    let error = match result {
        Err(error) => error,
        Ok(response) => panic!("expected {code:?} {reason:?}, but the call succeeded: {response:?}"),
    };
    let Error::Refused(refusal) = error else { panic!("expected {code:?} {reason:?}, got {error}") };
    assert_eq!((refusal.code, refusal.reason), (code, Some(reason)), "{refusal}: {:?}", refusal.violations);
    refusal
}

/// Asserts a refusal with a violation at a path.
#[track_caller]
pub fn refused_at<T: Debug>(result: Result<T, Error>, code: Code, reason: Reason, path: &str) -> Refusal {
    let refusal = refused(result, code, reason);
    let paths: Vec<&str> = refusal.violations.iter().map(|violation| violation.field.as_str()).collect();
    assert!(paths.contains(&path), "{path} is not among {paths:?}: {refusal}");
    refusal
}
