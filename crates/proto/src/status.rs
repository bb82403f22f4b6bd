//! Error statuses (AIP-193): a gRPC status that carries `google.rpc.ErrorInfo` with a stable reason.

use std::collections::HashMap;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, PreconditionViolation, StatusExt};

use crate::errors::v1::Reason;

/// The domain of every `ErrorInfo` that Chancery sends.
pub const ERROR_DOMAIN: &str = "chancery";

/// Maximum size of a status in headers or trailers in bytes, encoded for the wire (percent-encoding, base64), names
/// included. nginx buffers 4 KiB of them by default and returns 502 beyond that; grpcio rejects more than 8 to 16 KiB.
pub const STATUS_LIMIT: usize = 3_584;

/// The metadata key in `ErrorInfo` for the total number of violations.
pub const VIOLATIONS_TOTAL: &str = "violations_total";

/// Maximum length of a message, in bytes. Percent-encoding triples most of them.
pub const MESSAGE_LIMIT: usize = 480;

/// Maximum length of a violation's text, in bytes.
const TEXT_LIMIT: usize = 280;

/// Maximum length of a metadata value, in bytes.
const METADATA_LIMIT: usize = 200;

/// Maximum size of message and violations in the details, in bytes, in addition to the parts of a fixed size.
const DETAILS_LIMIT: usize = 1_180;

/// Returns the reason as it appears in `ErrorInfo`: the enum value's name without its prefix.
pub fn reason_name(reason: Reason) -> &'static str {
    reason.as_str_name().trim_start_matches("REASON_")
}

/// Returns the reason in a status, if it has one of Chancery's.
pub fn reason_of(status: &Status) -> Option<Reason> {
    let info = status.get_details_error_info()?;
    (info.domain == ERROR_DOMAIN).then(|| Reason::from_str_name(&format!("REASON_{}", info.reason)))?
}

/// Builds a status with a reason and further details, such as field violations: see [`refusal_with`].
pub fn refusal(code: Code, reason: Reason, message: impl Into<String>, details: ErrorDetails) -> Status {
    refusal_with(code, reason, message, [], details)
}

/// Builds a status with a reason and details for programs.
///
/// Whatever the details hold, the status takes at most [`STATUS_LIMIT`] bytes of headers. Long texts are shortened in
/// the middle, and the last violations are omitted. `ErrorInfo` states the total number, under [`VIOLATIONS_TOTAL`].
pub fn refusal_with<const N: usize>(
    code: Code,
    reason: Reason,
    message: impl Into<String>,
    metadata: [(&str, &str); N],
    mut details: ErrorDetails,
) -> Status {
    let message = shortened(&message.into(), MESSAGE_LIMIT);
    let metadata = metadata.map(|(key, value)| (key.to_owned(), shortened(value, METADATA_LIMIT)));
    let mut metadata = HashMap::from(metadata);
    // Every byte of a message may take three bytes of a header, and the message is repeated in the details.
    let mut room = Room(DETAILS_LIMIT.saturating_sub(message.len()));
    let fields = details.bad_request().map(|wrong| wrong.field_violations.clone()).unwrap_or_default();
    let unmet = details.precondition_failure().map(|unmet| unmet.violations.clone()).unwrap_or_default();
    let total = fields.len().saturating_add(unmet.len());
    if total > 0 {
        metadata.entry(VIOLATIONS_TOTAL.to_owned()).or_insert_with(|| total.to_string());
    }
    if !fields.is_empty() {
        let short = fields.into_iter().map(|violation| {
            let field = shortened(&violation.field, TEXT_LIMIT);
            FieldViolation::new(field, shortened(&violation.description, TEXT_LIMIT))
        });
        let first: Vec<_> = short.take_while(|violation| room.takes(violation)).collect();
        details.set_bad_request(first);
    }
    if !unmet.is_empty() {
        let short = unmet.into_iter().map(|violation| {
            let subject = shortened(&violation.subject, TEXT_LIMIT);
            let description = shortened(&violation.description, TEXT_LIMIT);
            PreconditionViolation::new(violation.r#type, subject, description)
        });
        let first: Vec<_> = short.take_while(|violation| room.takes(violation)).collect();
        details.set_precondition_failure(first);
    }
    details.set_error_info(reason_name(reason), ERROR_DOMAIN, metadata);
    Status::with_error_details(code, message, details)
}

/// Returns the total number of violations of an error, which may list only the first ones.
pub fn violations_total(status: &Status) -> Option<usize> {
    status.get_details_error_info()?.metadata.get(VIOLATIONS_TOTAL)?.parse().ok()
}

/// Shortens a text to at most `limit` bytes: keeps the beginning and the end, with a mark in between.
pub fn shortened(text: &str, limit: usize) -> String {
    const OMISSION: &str = " [...] ";
    if text.len() <= limit {
        return text.to_owned();
    }
    let room = limit.saturating_sub(OMISSION.len());
    let head = text.floor_char_boundary(room - room / 4);
    let tail = text.ceil_char_boundary(text.len() - room / 4);
    format!("{}{OMISSION}{}", &text[..head], &text[tail..])
}

/// Returns the space left for violations. The first one always fits, because its texts are shortened.
struct Room(usize);

impl Room {
    fn takes(&mut self, violation: &impl Violation) -> bool {
        let size = violation.encoded_size();
        let fits = size <= self.0;
        self.0 = self.0.saturating_sub(size);
        fits
    }
}

/// A violation's texts, which make up nearly all of its size.
trait Violation {
    /// Estimates its encoded size: its texts, and a few bytes for the tag and length of each field and message.
    fn encoded_size(&self) -> usize;
}

impl Violation for FieldViolation {
    fn encoded_size(&self) -> usize {
        self.field.len() + self.description.len() + 12
    }
}

impl Violation for PreconditionViolation {
    fn encoded_size(&self) -> usize {
        self.r#type.len() + self.subject.len() + self.description.len() + 16
    }
}

/// Returns a code's name as spelled in the gRPC documentation.
pub fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

#[cfg(test)]
mod tests {
    use super::{
        Code, ErrorDetails, Reason, STATUS_LIMIT, Status, StatusExt, reason_of, refusal, refusal_with,
        shortened, violations_total,
    };

    /// Returns the size of a status's headers in bytes.
    fn size(status: &Status) -> usize {
        let headers = status.clone().into_http::<String>().into_parts().0.headers;
        let names = ["grpc-status", "grpc-message", "grpc-status-details-bin"];
        names.iter().filter_map(|name| headers.get(*name).map(|value| name.len() + value.len())).sum()
    }

    /// Texts whose characters take one, two or more bytes when encoded.
    fn long_texts() -> [String; 4] {
        ["x".repeat(100_000), "? ".repeat(50_000), "я".repeat(50_000), "\u{10ffff}".repeat(25_000)]
    }

    #[test]
    fn a_refusal_carries_its_reason() {
        let status = refusal(Code::Aborted, Reason::StaleEtag, "stale", ErrorDetails::new());
        assert_eq!(reason_of(&status), Some(Reason::StaleEtag));
        assert_eq!(violations_total(&status), None);
    }

    #[test]
    fn any_refusal_fits_the_limit_and_keeps_its_first_violation() {
        for text in long_texts() {
            for count in [1, 2, 80, 1_500] {
                let mut wrong = ErrorDetails::new();
                let mut unmet = ErrorDetails::with_retry_info(Some(std::time::Duration::from_millis(1_500)));
                for _ in 0..count {
                    wrong.add_bad_request_violation(&text, &text);
                    unmet.add_precondition_failure_violation("FORECAST_WITHOUT_HORIZON", &text, &text);
                }
                for details in [wrong, unmet] {
                    let metadata = [("cursor", text.as_str())];
                    let reason = Reason::WrongPrintEnvironment;
                    let status = refusal_with(Code::FailedPrecondition, reason, &text, metadata, details);
                    assert!(size(&status) <= STATUS_LIMIT, "{} bytes", size(&status));
                    assert_eq!(reason_of(&status), Some(reason));
                    assert_eq!(violations_total(&status), Some(count));
                    let wrong =
                        status.get_details_bad_request().map_or(0, |wrong| wrong.field_violations.len());
                    let unmet =
                        status.get_details_precondition_failure().map_or(0, |unmet| unmet.violations.len());
                    assert!(wrong + unmet >= 1);
                }
            }
        }
    }

    #[test]
    fn short_texts_are_unchanged() {
        let mut details = ErrorDetails::new();
        for number in 0..8 {
            details
                .add_bad_request_violation(format!("content.sections[{number}].heading"), "REQUIRED: a text");
        }
        let status = refusal(Code::InvalidArgument, Reason::InvalidContent, "8 rules", details);
        assert_eq!(status.get_details_bad_request().unwrap().field_violations.len(), 8);
        assert_eq!(status.message(), "8 rules");
    }

    #[test]
    fn a_long_text_is_shortened_in_the_middle() {
        assert_eq!(shortened("short", 10), "short");
        let short = shortened(&format!("begin {} end", "я".repeat(1_000)), 60);
        assert!(
            short.starts_with("begin я") && short.ends_with("я end") && short.contains(" [...] "),
            "{short}"
        );
        assert!(short.len() <= 60);
    }
}
