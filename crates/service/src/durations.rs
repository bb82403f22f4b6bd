//! Durations in settings.

use std::num::ParseIntError;
use std::time::Duration;

/// Parses a number of milliseconds.
pub(crate) fn milliseconds(text: &str) -> Result<Duration, ParseIntError> {
    text.parse().map(Duration::from_millis)
}

/// Parses a number of seconds.
pub(crate) fn seconds(text: &str) -> Result<Duration, ParseIntError> {
    text.parse().map(Duration::from_secs)
}
