//! Checks of request fields. Each error names the field.

use std::str::FromStr;
use std::time::Duration;

use chancery_brief::Canonical;
use chancery_brief::digest::Digest;
use chancery_brief::marking::Scheme;
use chancery_brief::validate::{canonicalize, check_plain_text};
use chancery_proto::brief::v1::BriefContent;
use chancery_proto::names::NameError;
pub(crate) use chancery_store::timestamp;
use prost_types::Timestamp;
use time::OffsetDateTime;
use tonic::Status;

use crate::rpc::computing::computed;
use crate::rpc::errors::{invalid_content, invalid_field, invalid_name};

/// Maximum length of the reason of a withdrawal or purge, in characters.
pub(crate) const MAX_REVISION_REASON: usize = 1_000;

/// Maximum length of an operator's reason for a measure, in characters.
pub(crate) const MAX_OPERATOR_REASON: usize = 500;

/// Parses a resource name or id.
///
/// # Errors
/// `INVALID_NAME`.
pub(crate) fn name<T: FromStr<Err = NameError>>(field: &str, text: &str) -> Result<T, Status> {
    text.parse().map_err(|error| invalid_name(field, &error))
}

/// Parses a digest.
///
/// # Errors
/// `INVALID_FIELD`.
pub(crate) fn digest(field: &str, text: &str) -> Result<Digest, Status> {
    text.parse().map_err(|_| invalid_field(field, "must be a SHA-256 in lower-case hexadecimal"))
}

/// Returns the value of a required field.
///
/// # Errors
/// `INVALID_FIELD`.
pub(crate) fn required<T>(field: &str, value: Option<T>) -> Result<T, Status> {
    value.ok_or_else(|| invalid_field(field, "required"))
}

/// Canonicalizes content.
///
/// # Errors
/// `INVALID_CONTENT` with each violation's path.
pub(crate) async fn canonical(
    field: &str,
    content: BriefContent,
    scheme: Scheme,
) -> Result<Canonical, Status> {
    let canonical = computed(move || canonicalize(&content, scheme)).await?;
    canonical.map_err(|invalid| invalid_content(field, &invalid))
}

/// Converts a timestamp.
///
/// # Errors
/// `INVALID_FIELD` for times outside the years 1 to 9999, the range of `Timestamp`.
pub(crate) fn time(field: &str, timestamp: &Timestamp) -> Result<OffsetDateTime, Status> {
    let out_of_range =
        || invalid_field(field, "must be from 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z");
    let seconds = OffsetDateTime::from_unix_timestamp(timestamp.seconds).map_err(|_| out_of_range())?;
    let in_range = (0..1_000_000_000).contains(&timestamp.nanos) && (1..=9999).contains(&seconds.year());
    if in_range {
        Ok(seconds + time::Duration::nanoseconds(timestamp.nanos.into()))
    } else {
        Err(out_of_range())
    }
}

/// Returns the time that a call waits: the requested one, at most `max`, or the default.
///
/// # Errors
/// `INVALID_FIELD` for a negative time, and for one over `max`.
pub(crate) fn wait_time(
    field: &str,
    requested: Option<prost_types::Duration>,
    default: Duration,
    max: Duration,
) -> Result<Duration, Status> {
    let Some(requested) = requested else { return Ok(default) };
    match Duration::try_from(requested) {
        Ok(wait) if wait <= max => Ok(wait),
        _ => Err(invalid_field(field, format!("must be from 0 to {} s", max.as_secs()))),
    }
}

/// Returns a reason of at most `max` characters, trimmed.
///
/// # Errors
/// `INVALID_FIELD` if it is empty, too long, or has control characters other than line ends or direction controls that are
/// not paired.
pub(crate) fn reason<'a>(field: &str, text: &'a str, max: usize) -> Result<&'a str, Status> {
    let reason = text.trim();
    if reason.is_empty() {
        return Err(invalid_field(field, "required"));
    }
    if reason.chars().count() > max || reason.chars().any(|c| c.is_control() && c != '\n') {
        let description =
            format!("must have at most {max} characters, without control characters other than line ends");
        return Err(invalid_field(field, description));
    }
    check_plain_text(reason).map_err(|description| invalid_field(field, description))?;
    Ok(reason)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use prost_types::Timestamp;

    use super::{reason, time, timestamp, wait_time};

    #[test]
    fn waits_are_bounded() {
        let (default, max) = (Duration::from_secs(30), Duration::from_mins(1));
        let wait = |seconds| {
            let requested = prost_types::Duration { seconds, nanos: 0 };
            wait_time("timeout", Some(requested), default, max)
        };
        assert_eq!(wait(60).unwrap(), max);
        assert!(wait(61).is_err() && wait(-1).is_err());
        assert_eq!(wait_time("timeout", None, default, max).unwrap(), default);
    }

    #[test]
    fn a_reason_is_required_and_bounded_and_has_no_control_characters() {
        assert_eq!(reason("reason", "  A wrong date.\n", 20).unwrap(), "A wrong date.");
        assert_eq!(reason("reason", &"я".repeat(20), 20).unwrap().chars().count(), 20);
        for bad in ["", " \n ", "a\0b", "a\u{85}b", "a\u{202e}b", &"я".repeat(21)] {
            assert!(reason("reason", bad, 20).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_time_round_trips_through_its_timestamp() {
        let given = Timestamp { seconds: 1_700_000_000, nanos: 123_000 };
        assert_eq!(timestamp(time("t", &given).unwrap()), given);
    }

    #[test]
    fn times_out_of_range_are_rejected() {
        for (seconds, nanos) in [(0, -1), (0, 1_000_000_000), (i64::MAX, 0), (-99_999_999_999, 0)] {
            assert!(time("t", &Timestamp { seconds, nanos }).is_err(), "{seconds} {nanos}");
        }
    }
}
