//! Conversions of leases and print environments from and to wire messages.

use std::time::Duration;

use chancery_proto::names::GeneratedId;
use chancery_proto::worker::v1 as wire;
use chancery_store::{AcquiredLease, Lease, LeaseTimes, PrintEnvironment};
use tonic::{Request, Status};

use crate::auth::identity::shared_principal;
use crate::auth::token_resolver::invalid_credentials;
use crate::rpc::errors::invalid_field;
use crate::rpc::fields::{digest, required};

/// Maximum number of leases in one request.
pub(crate) const MAX_LEASES: usize = 64;

/// Maximum number of pages that a worker may report.
pub(crate) const MAX_PAGES: u32 = 100_000;

/// Maximum length of a warning's code or a failure's reason, in characters.
const MAX_CODE: usize = 63;

pub(crate) fn acquired_message(acquired: &AcquiredLease, times: LeaseTimes) -> wire::AcquiredLease {
    wire::AcquiredLease {
        lease: Some(acquired.lease.to_message()),
        time_to_live: Some(duration_message(times.lease)),
        deadline: Some(duration_message(times.deadline)),
        attempt: acquired.attempt,
    }
}

pub(crate) fn duration_message(duration: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(duration.subsec_nanos()).unwrap_or_default(),
    }
}

/// Returns the token that a worker calls with.
///
/// # Errors
/// `UNAUTHENTICATED` if there is none.
pub(crate) fn token<T>(request: &Request<T>) -> Result<GeneratedId, Status> {
    shared_principal(request)?.token().ok_or_else(invalid_credentials)
}

/// Returns a lease as the token uses it that the worker calls with.
pub(crate) fn lease(field: &str, lease: Option<wire::Lease>, token: &GeneratedId) -> Result<Lease, Status> {
    required(field, lease).map(|lease| Lease::from_message(lease, token))
}

pub(crate) fn leases(leases: Vec<wire::Lease>, token: &GeneratedId) -> Result<Vec<Lease>, Status> {
    if leases.len() > MAX_LEASES {
        return Err(invalid_field("leases", format!("must be at most {MAX_LEASES} leases")));
    }
    Ok(leases.into_iter().map(|lease| Lease::from_message(lease, token)).collect())
}

pub(crate) fn environment(
    field: &str,
    environment: Option<wire::PrintEnvironment>,
) -> Result<PrintEnvironment, Status> {
    let environment = required(field, environment)?;
    Ok(PrintEnvironment {
        printer_version: digest(&format!("{field}.printer_version"), &environment.printer_version)?,
        fonts_digest: digest(&format!("{field}.fonts_digest"), &environment.fonts_digest)?,
    })
}

/// Returns whether a text consists of 1 to [`MAX_CODE`] upper-case letters, digits and underscores.
pub(crate) fn is_upper_snake_case(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=MAX_CODE).contains(&text.len()) && text.bytes().all(is_allowed)
}
