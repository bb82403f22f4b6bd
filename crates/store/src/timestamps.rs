//! Times as protobuf messages hold them.

use prost_types::Timestamp;
use time::OffsetDateTime;

/// Converts a time to its protobuf form.
#[allow(clippy::cast_possible_wrap, reason = "there are fewer than 2^30 nanoseconds in a second")]
pub fn timestamp(time: OffsetDateTime) -> Timestamp {
    Timestamp { seconds: time.unix_timestamp(), nanos: time.nanosecond() as i32 }
}
