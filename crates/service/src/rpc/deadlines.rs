//! The deadline that a caller sets with `grpc-timeout` (gRPC over HTTP/2, Requests).

use std::time::Duration;

use http::HeaderMap;
use tokio::time::Instant;

/// tonic's own timer for the deadline answers CANCELLED without a reason, and drops the call before it is logged. Ours
/// ends earlier by this much, or by a tenth of a shorter deadline.
const MARGIN: Duration = Duration::from_millis(2);

/// When a call that begins now has to be answered; none when its caller set no deadline.
pub(crate) fn deadline(headers: &HeaderMap) -> Option<Instant> {
    let left = timeout(headers.get("grpc-timeout")?.to_str().ok()?)?;
    Instant::now().checked_add(left.saturating_sub(MARGIN.min(left / 10)))
}

/// At most eight digits and a unit. Another value is ignored, as tonic does.
fn timeout(value: &str) -> Option<Duration> {
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

    use super::timeout;

    #[test]
    fn units_are_read_and_other_values_ignored() {
        assert_eq!(timeout("50m"), Some(Duration::from_millis(50)));
        assert_eq!(timeout("99999999H"), Some(Duration::from_hours(99_999_999)));
        for ignored in ["", "m", "5", "1x", "123456789m", "-1S", "+1S", "1.5S", "\u{e9}"] {
            assert_eq!(timeout(ignored), None, "{ignored}");
        }
    }
}
