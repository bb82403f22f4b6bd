//! Fields of requests: read once, here, with a refusal that names the field.

use std::str::FromStr;

use chancery_brief::Canonical;
use chancery_brief::marking::Scheme;
use chancery_brief::validate::canonicalize;
use chancery_proto::brief::v1::BriefContent;
use chancery_proto::names::NameError;
pub(crate) use chancery_store::timestamp;
use prost_types::Timestamp;
use time::{Duration, OffsetDateTime};
use tonic::Status;

use crate::rpc::errors::{internal, invalid_content, invalid_field, invalid_name};

/// A resource name or id.
///
/// # Errors
/// `INVALID_NAME`.
pub(crate) fn name<T: FromStr<Err = NameError>>(field: &str, text: &str) -> Result<T, Status> {
    text.parse().map_err(|error| invalid_name(field, &error))
}

/// A field that has to be set.
///
/// # Errors
/// `INVALID_FIELD`.
pub(crate) fn required<T>(field: &str, value: Option<T>) -> Result<T, Status> {
    value.ok_or_else(|| invalid_field(field, "required"))
}

/// Content in canonical form. A large one takes a while, so it is not done where calls are answered.
///
/// # Errors
/// `INVALID_CONTENT` with every place that breaks a rule.
pub(crate) async fn canonical(
    field: &str,
    content: BriefContent,
    scheme: Scheme,
) -> Result<Canonical, Status> {
    let canonical = tokio::task::spawn_blocking(move || canonicalize(&content, scheme)).await;
    canonical.map_err(|error| internal(&error))?.map_err(|invalid| invalid_content(field, &invalid))
}

/// A time.
///
/// # Errors
/// `INVALID_FIELD` for one that is no time of the years 1 to 9999, which is what `Timestamp` can say.
pub(crate) fn time(field: &str, timestamp: &Timestamp) -> Result<OffsetDateTime, Status> {
    let refuse =
        || invalid_field(field, "no time from 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z");
    let seconds = OffsetDateTime::from_unix_timestamp(timestamp.seconds).map_err(|_| refuse())?;
    let in_range = (0..1_000_000_000).contains(&timestamp.nanos) && (1..=9999).contains(&seconds.year());
    if in_range { Ok(seconds + Duration::nanoseconds(timestamp.nanos.into())) } else { Err(refuse()) }
}

#[cfg(test)]
mod tests {
    use prost_types::Timestamp;

    use super::{time, timestamp};

    #[test]
    fn a_time_survives_its_message() {
        let given = Timestamp { seconds: 1_700_000_000, nanos: 123_000 };
        assert_eq!(timestamp(time("t", &given).unwrap()), given);
    }

    #[test]
    fn times_that_a_timestamp_cannot_say_are_refused() {
        for (seconds, nanos) in [(0, -1), (0, 1_000_000_000), (i64::MAX, 0), (-99_999_999_999, 0)] {
            assert!(time("t", &Timestamp { seconds, nanos }).is_err(), "{seconds} {nanos}");
        }
    }
}
