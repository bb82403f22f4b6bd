//! The one place that turns what went wrong into a gRPC status (AIP-193). `chancery_proto::status` keeps each status
//! within the size of headers that clients and proxies take.

use std::time::Duration;

use chancery_brief::lint::Warning;
use chancery_brief::render_options::InvalidOption;
use chancery_brief::validate::{InvalidContent, Violation};
use chancery_images::ImageError;
use chancery_proto::brief::v1::UndeclaredChange;
use chancery_proto::errors::v1::Reason;
use chancery_proto::names::{GeneratedId, NameError};
use chancery_proto::status::{VIOLATIONS_TOTAL, refusal, refusal_with};
use chancery_store::filter::FilterError;
use chancery_store::{DatabaseFailure, SearchQueryError, StoreError};
use tonic::{Code, Status};
use tonic_types::ErrorDetails;

/// When a caller may try again what failed for want of a database or of a free place.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// When a caller may try again for whose render the queue had no room: printing takes a while.
const QUEUE_RETRY_AFTER: Duration = Duration::from_secs(2);

/// The status of a store's error. Internal ones are logged here, once, under an id that the caller is told.
#[allow(clippy::needless_pass_by_value, reason = "so that handlers can write map_err(status)")]
pub fn status(error: StoreError) -> Status {
    let (code, reason) = match &error {
        StoreError::NotFound(_) => (Code::NotFound, Reason::NotFound),
        StoreError::NotPublished(_) => (Code::NotFound, Reason::NotPublished),
        StoreError::AllWithdrawn(_) => (Code::NotFound, Reason::AllWithdrawn),
        StoreError::BriefDeleted(_) => (Code::FailedPrecondition, Reason::BriefDeleted),
        StoreError::NotDeleted(_) => (Code::AlreadyExists, Reason::NotDeleted),
        StoreError::RevisionPurged(_) => (Code::FailedPrecondition, Reason::RevisionPurged),
        StoreError::AlreadyExists(_) => (Code::AlreadyExists, Reason::AlreadyExists),
        StoreError::Forbidden(_) => (Code::PermissionDenied, Reason::PermissionDenied),
        StoreError::RevisionDiffers { .. } => (Code::AlreadyExists, Reason::RevisionDiffers),
        StoreError::RevisionGap { .. } => (Code::FailedPrecondition, Reason::RevisionGap),
        StoreError::DigestMismatch { document_index: place, .. } => {
            let field = format!("documents[{place}].digest");
            return bad_request(Reason::DigestMismatch, &field, error.to_string());
        }
        StoreError::FutureTime { document_index: place, field, .. } => {
            return invalid_field(&format!("documents[{place}].{field}"), error.to_string());
        }
        StoreError::RequestIdReused => {
            return bad_request(Reason::RequestIdReused, "request_id", error.to_string());
        }
        StoreError::StaleEtag | StoreError::StaleBriefEtag => (Code::Aborted, Reason::StaleEtag),
        StoreError::ClearanceTooLow(_) => (Code::PermissionDenied, Reason::ClearanceTooLow),
        StoreError::InvalidField { field, description } => return invalid_field(field, description),
        StoreError::InvalidFilter(invalid) => return invalid_filter(invalid),
        StoreError::InvalidOrder(invalid) => return invalid_order(invalid),
        StoreError::InvalidPageKey(_) => return invalid_page_token(),
        StoreError::LimitExceeded(_) => (Code::ResourceExhausted, Reason::LimitExceeded),
        StoreError::InvalidContent(invalid) => return invalid_content("content", invalid),
        StoreError::InvalidOptions(invalid) => return invalid_options(invalid),
        StoreError::UnusableAttachments { document_index: place, violations } => {
            return unusable_attachments(*place, violations, error.to_string());
        }
        StoreError::InvalidChanges { document_index: place, violations } => {
            let field = place.map_or("content".to_owned(), |place| format!("documents[{place}].content"));
            return invalid_content(&field, &InvalidContent::from(violations.clone()));
        }
        StoreError::UndeclaredChanges(undeclared) => {
            return undeclared_changes(undeclared, error.to_string());
        }
        StoreError::LintWarnings(warnings) => return lint_warnings(warnings, error.to_string()),
        StoreError::LeaseLost => (Code::Aborted, Reason::LeaseLost),
        StoreError::RenderNotFinished => (Code::FailedPrecondition, Reason::RenderNotFinished),
        StoreError::RenderEnded => (Code::FailedPrecondition, Reason::RenderEnded),
        StoreError::TaskNotDead { .. } => (Code::FailedPrecondition, Reason::TaskNotDead),
        StoreError::RenderCancelled => (Code::FailedPrecondition, Reason::RenderCancelled),
        StoreError::RenderFailed { .. } => (Code::FailedPrecondition, Reason::RenderFailed),
        StoreError::ArtifactExpired => (Code::FailedPrecondition, Reason::ArtifactExpired),
        StoreError::OffsetOutOfRange { .. } => (Code::OutOfRange, Reason::OffsetOutOfRange),
        StoreError::RenderQuarantined(_) => (Code::FailedPrecondition, Reason::RenderQuarantined),
        StoreError::NoPrintEnvironment => (Code::FailedPrecondition, Reason::NoPrintEnvironment),
        StoreError::WrongPrintEnvironment => (Code::FailedPrecondition, Reason::WrongPrintEnvironment),
        StoreError::UploadMismatch(_) => (Code::InvalidArgument, Reason::InvalidField),
        StoreError::NewerSchema(_) => (Code::FailedPrecondition, Reason::NewerSchema),
        StoreError::ArtifactStoreUnavailable(_) | StoreError::ArtifactStoreRefused(_) => {
            return artifact_store_away(&error);
        }
        StoreError::ArtifactStoreFull(_) => return artifact_store_full(&error),
        StoreError::QueueFull { .. } => return queue_full(&error),
        StoreError::Database(_) if error.is_passing() => return database_away(&error),
        StoreError::Database(_) => return database_refused(&error),
        _ => return internal(&error),
    };
    refusal(code, reason, error.to_string(), ErrorDetails::new())
}

/// Content that breaks the content model's rules; `field` is where the request holds it, such as `draft.content`.
pub fn invalid_content(field: &str, invalid: &InvalidContent) -> Status {
    let mut details = ErrorDetails::new();
    for violation in &invalid.violations {
        let path =
            if violation.path.is_empty() { field.to_owned() } else { format!("{field}.{}", violation.path) };
        details.add_bad_request_violation(path, format!("{}: {}", violation.code, violation.message));
    }
    let mut message = invalid.to_string();
    if invalid.total > 1 {
        message.push_str("; LintBrief with the same content lists all of them");
    }
    let total = invalid.total.to_string();
    let metadata = [(VIOLATIONS_TOTAL, total.as_str())];
    refusal_with(Code::InvalidArgument, Reason::InvalidContent, message, metadata, details)
}

/// Options of a render that are not allowed, each by its path.
pub fn invalid_options(invalid: &[InvalidOption]) -> Status {
    let mut details = ErrorDetails::new();
    for option in invalid {
        details.add_bad_request_violation(format!("options.{}", option.path), &option.message);
    }
    let first = invalid.first();
    let message = first.map(|first| format!("options.{}: {}", first.path, first.message)).unwrap_or_default();
    refusal(Code::InvalidArgument, Reason::InvalidField, message, details)
}

/// Figures that cannot show their image: in an import a wrong argument, in a draft a state that has to change first.
fn unusable_attachments(place: Option<usize>, violations: &[Violation], message: String) -> Status {
    let mut details = ErrorDetails::new();
    let Some(place) = place else {
        let message = listed_by_lint(message, violations.len());
        for violation in violations {
            let path = format!("draft.content.{}", violation.path);
            details.add_precondition_failure_violation(violation.code, path, &violation.message);
        }
        return refusal(Code::FailedPrecondition, Reason::UnusableAttachment, message, details);
    };
    for violation in violations {
        let path = format!("documents[{place}].content.{}", violation.path);
        details.add_bad_request_violation(path, format!("{}: {}", violation.code, violation.message));
    }
    refusal(Code::InvalidArgument, Reason::UnusableAttachment, message, details)
}

/// A draft that says less than it changes, where its publisher asked for all.
fn undeclared_changes(undeclared: &[UndeclaredChange], message: String) -> Status {
    let mut details = ErrorDetails::new();
    for change in undeclared {
        let kinds: Vec<&str> = change.kinds().map(|kind| kind.as_str_name()).collect();
        let description = format!("{}; no entry of `changes` speaks of it", kinds.join(", "));
        details.add_precondition_failure_violation("UNDECLARED_CHANGE", &change.part_id, description);
    }
    let message = listed_by_lint(message, undeclared.len());
    refusal(Code::FailedPrecondition, Reason::UndeclaredChanges, message, details)
}

/// A draft with remarks on its tradecraft, where its publisher asked for none.
fn lint_warnings(warnings: &[Warning], message: String) -> Status {
    let mut details = ErrorDetails::new();
    for warning in warnings {
        details.add_precondition_failure_violation(warning.code, &warning.part_id, &warning.message);
    }
    let message = listed_by_lint(message, warnings.len());
    refusal(Code::FailedPrecondition, Reason::LintWarnings, message, details)
}

/// A message that says how to get all violations of a draft where there are several.
fn listed_by_lint(message: String, violations: usize) -> String {
    if violations > 1 { format!("{message}; LintBrief lists all of them") } else { message }
}

/// A field whose value is not allowed.
pub fn invalid_field(field: &str, description: impl Into<String>) -> Status {
    bad_request(Reason::InvalidField, field, description.into())
}

/// An uploaded file that cannot be printed. The details carry the image's own code, and for an SVG the element and its line.
pub fn invalid_image(error: &ImageError) -> Status {
    let description = format!("{}: {error}", error.code());
    let (element, line) = match error {
        ImageError::Svg(error) => (error.element.as_str(), error.line.to_string()),
        _ => ("", String::new()),
    };
    let metadata = [("code", error.code()), ("element", element), ("line", line.as_str())];
    let message = format!("data: {description}");
    let details = ErrorDetails::with_bad_request_violation("data", description);
    refusal_with(Code::InvalidArgument, Reason::InvalidImage, message, metadata, details)
}

/// A field that holds no resource name or id of the form asked for.
pub fn invalid_name(field: &str, error: &NameError) -> Status {
    bad_request(Reason::InvalidName, field, error.to_string())
}

/// A page token that this server did not give for this query.
pub fn invalid_page_token() -> Status {
    let description = "not a token of an earlier page of this list".to_owned();
    bad_request(Reason::InvalidPageToken, "page_token", description)
}

/// A cursor that was not given for this workspace, or is of what has not happened.
pub fn invalid_cursor(field: &str, description: &str) -> Status {
    bad_request(Reason::InvalidCursor, field, description.to_owned())
}

/// A cursor of another life of the workspace's change log: the database was restored since.
pub fn cursor_expired(field: &str) -> Status {
    let message =
        format!("{field}: the cursor is of before the database was restored: begin anew without one");
    refusal(Code::FailedPrecondition, Reason::CursorExpired, message, ErrorDetails::new())
}

/// A filter that is none, or none of this list.
fn invalid_filter(invalid: &FilterError) -> Status {
    bad_request(Reason::InvalidFilter, "filter", invalid.to_string())
}

/// An order that is none, or none of this list.
fn invalid_order(invalid: &FilterError) -> Status {
    bad_request(Reason::InvalidOrderBy, "order_by", invalid.to_string())
}

/// A search query that is none.
pub fn invalid_query(invalid: &SearchQueryError) -> Status {
    bad_request(Reason::InvalidQuery, "query", invalid.to_string())
}

/// No credentials, or ones that are unknown, expired or revoked: which of them, nobody is told.
pub fn unauthenticated(message: &str) -> Status {
    refusal(Code::Unauthenticated, Reason::Unauthenticated, message, ErrorDetails::new())
}

/// The caller's roles or workspace do not allow the call.
pub fn permission_denied(message: impl Into<String>) -> Status {
    refusal(Code::PermissionDenied, Reason::PermissionDenied, message, ErrorDetails::new())
}

/// Something is over its limit, and trying again does not help.
pub fn limit_exceeded(message: impl Into<String>) -> Status {
    refusal(Code::ResourceExhausted, Reason::LimitExceeded, message, ErrorDetails::new())
}

/// Too much is going on at once: later there is room again.
pub fn busy(message: &str) -> Status {
    refusal(
        Code::ResourceExhausted,
        Reason::LimitExceeded,
        message,
        ErrorDetails::with_retry_info(Some(RETRY_AFTER)),
    )
}

/// What the call needs is away for the moment.
pub fn unavailable(message: &str) -> Status {
    refusal(Code::Unavailable, Reason::Unavailable, message, ErrorDetails::with_retry_info(Some(RETRY_AFTER)))
}

/// The call's deadline passed before its answer was ready.
pub fn deadline_exceeded(message: &str) -> Status {
    refusal(Code::DeadlineExceeded, Reason::DeadlineExceeded, message, ErrorDetails::new())
}

/// A database that is read-only, full, overloaded or gone. Callers may wait for it alike; what is wrong is for the log.
fn database_away(error: &StoreError) -> Status {
    if let Some(failure) = error.database_failure() {
        let DatabaseFailure { sqlstate, statement, message } = failure;
        tracing::warn!(sqlstate, statement, error = message, "a call failed for want of the database");
    }
    unavailable("the database does not answer")
}

/// A refusal is for an operator to mend, and callers may wait for that as for a store that is away. What the store
/// says is for the log: it names buckets and hosts.
fn artifact_store_away(error: &StoreError) -> Status {
    tracing::warn!(%error, "a call failed for want of the artifact store");
    unavailable("the artifact store does not respond")
}

fn artifact_store_full(error: &StoreError) -> Status {
    tracing::error!(%error, "a call failed for want of room in the artifact store");
    refusal(
        Code::ResourceExhausted,
        Reason::ArtifactStoreFull,
        "the artifact store is full",
        ErrorDetails::with_retry_info(Some(RETRY_AFTER)),
    )
}

fn queue_full(error: &StoreError) -> Status {
    refusal(
        Code::ResourceExhausted,
        Reason::QueueFull,
        error.to_string(),
        ErrorDetails::with_retry_info(Some(QUEUE_RETRY_AFTER)),
    )
}

/// Somebody who watches does not read. The cursor is where he may go on; empty when he has to begin anew.
pub fn slow_reader(cursor: &str) -> Status {
    let message = "the watch was left unread for too long: go on from the last cursor";
    let details = ErrorDetails::with_retry_info(Some(RETRY_AFTER));
    refusal_with(Code::ResourceExhausted, Reason::SlowReader, message, [("cursor", cursor)], details)
}

/// A statement that the database refuses for good, such as one that its role may not run.
fn database_refused(error: &StoreError) -> Status {
    let id = incident();
    let DatabaseFailure { sqlstate, statement, message } = error.database_failure().unwrap_or_default();
    tracing::error!(incident = %id, sqlstate, statement, error = message, "the database refused a statement");
    internal_under(&id)
}

/// A defect: logged here under an id, which is all that the caller is told.
pub fn internal(error: &(dyn std::error::Error + 'static)) -> Status {
    let id = incident();
    tracing::error!(incident = %id, error, "a call failed by a defect or by damage");
    internal_under(&id)
}

fn internal_under(id: &str) -> Status {
    let message = format!("internal error; the server's log has it under {id}");
    refusal(Code::Internal, Reason::Internal, message, ErrorDetails::new())
}

fn bad_request(reason: Reason, field: &str, description: String) -> Status {
    let message = format!("{field}: {description}");
    refusal(
        Code::InvalidArgument,
        reason,
        message,
        ErrorDetails::with_bad_request_violation(field, description),
    )
}

fn incident() -> String {
    let mut bytes = [0; 16];
    // Without random bytes the id is all zeros: still the line to look for.
    let _ = getrandom::fill(&mut bytes);
    GeneratedId::from_bytes(bytes).to_string()
}
