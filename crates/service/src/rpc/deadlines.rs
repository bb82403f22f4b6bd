//! The deadline that a caller sets with `grpc-timeout` (gRPC over HTTP/2, Requests).

use std::time::Duration;

use http::HeaderMap;
use tokio::time::Instant;

/// Margin by which a call ends before its deadline, or a tenth of a shorter timeout. tonic enforces the deadline as well,
/// but with CANCELLED and no reason, and drops the call before it is logged.
const MARGIN: Duration = Duration::from_millis(2);

/// Returns the deadline of a call that begins now; `None` if the caller set none.
pub(crate) fn deadline(headers: &HeaderMap) -> Option<Instant> {
    let timeout = parse_timeout(headers.get("grpc-timeout")?.to_str().ok()?)?;
    Instant::now().checked_add(timeout.saturating_sub(MARGIN.min(timeout / 10)))
}

/// Parses a `grpc-timeout`: at most eight digits and a unit. Malformed values are ignored, as tonic does.
fn parse_timeout(value: &str) -> Option<Duration> {
    let (digits, unit) = value.split_at_checked(value.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_hours(number)),
        "M" => Some(Duration::from_mins(number)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::parse_timeout;

    #[test]
    fn well_formed_timeouts_are_parsed_and_others_ignored() {
        assert_eq!(parse_timeout("50m"), Some(Duration::from_millis(50)));
        assert_eq!(parse_timeout("99999999H"), Some(Duration::from_hours(99_999_999)));
        for ignored in ["", "m", "5", "1x", "123456789m", "-1S", "+1S", "1.5S", "\u{e9}"] {
            assert_eq!(parse_timeout(ignored), None, "{ignored}");
        }
    }
}
