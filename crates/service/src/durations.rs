//! Durations in settings.

use std::num::ParseIntError;
use std::time::Duration;

/// Maximum of a setting in seconds: a year.
const YEAR: u64 = 365 * 86_400;

/// Parses a number of milliseconds.
pub(crate) fn milliseconds(text: &str) -> Result<Duration, ParseIntError> {
    text.parse().map(Duration::from_millis)
}

/// Parses a number of seconds, or 0.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    parsed(text, 0)
}

/// Parses a number of seconds.
pub(crate) fn positive_seconds(text: &str) -> Result<Duration, String> {
    parsed(text, 1)
}

fn parsed(text: &str, least: u64) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| (least..=YEAR).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(|| format!("expected seconds from {least} to {YEAR}"))
}
