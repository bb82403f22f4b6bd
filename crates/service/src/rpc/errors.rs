//! The one place that maps errors to gRPC statuses (AIP-193). `chancery_proto::status` keeps each status within the header
//! size that clients and proxies accept.

use std::time::Duration;

use chancery_brief::lint::Warning;
use chancery_brief::render_options::InvalidOption;
use chancery_brief::validate::{InvalidContent, Violation};
use chancery_images::ImageError;
use chancery_proto::brief::v1::UndeclaredChange;
use chancery_proto::descriptors::enum_values;
use chancery_proto::errors::v1::Reason;
use chancery_proto::names::{GeneratedId, NameError};
use chancery_proto::status::{VIOLATIONS_TOTAL, refusal, refusal_with};
use chancery_store::filter::FilterError;
use chancery_store::{DatabaseFailure, SearchQueryError, StoreError};
use tonic::{Code, Status};
use tonic_types::ErrorDetails;

/// Retry delay sent to callers while the database is unavailable or a limit on concurrent calls is reached.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Retry delay sent to callers while the render queue is full; printing takes seconds.
const QUEUE_RETRY_AFTER: Duration = Duration::from_secs(2);

/// Maps a store error to a status. Internal errors are logged here, once, under an incident id that the status names.
#[allow(clippy::needless_pass_by_value, reason = "so that handlers can write map_err(status)")]
pub(crate) fn status(error: StoreError) -> Status {
    let (code, reason) = match &error {
        StoreError::NotFound(_) => (Code::NotFound, Reason::NotFound),
        StoreError::NotPublished(_) => (Code::NotFound, Reason::NotPublished),
        StoreError::AllWithdrawn(_) => (Code::NotFound, Reason::AllWithdrawn),
        StoreError::BriefDeleted(_) => (Code::FailedPrecondition, Reason::BriefDeleted),
        StoreError::NotDeleted(_) => (Code::AlreadyExists, Reason::NotDeleted),
        StoreError::RevisionPurged(_) => (Code::FailedPrecondition, Reason::RevisionPurged),
        StoreError::AlreadyExists(_) => (Code::AlreadyExists, Reason::AlreadyExists),
        StoreError::Forbidden(_)
        | StoreError::GrantsContent
        | StoreError::CopyOfAnother
        | StoreError::RenderOfAnother => (Code::PermissionDenied, Reason::PermissionDenied),
        StoreError::RevisionDiffers { .. } => (Code::AlreadyExists, Reason::RevisionDiffers),
        StoreError::RevisionGap { .. } => (Code::FailedPrecondition, Reason::RevisionGap),
        StoreError::DigestMismatch { document_index, .. } => {
            let field = format!("documents[{document_index}].digest");
            return bad_request(Reason::DigestMismatch, &field, error.to_string());
        }
        StoreError::FutureTime { document_index, field, .. } => {
            return invalid_field(&format!("documents[{document_index}].{field}"), error.to_string());
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
        StoreError::UnusableAttachments { document_index, violations } => {
            return unusable_attachments(*document_index, violations, error.to_string());
        }
        StoreError::InvalidChanges { document_index, violations } => {
            let field = document_index.map_or("content".to_owned(), |document_index| {
                format!("documents[{document_index}].content")
            });
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
            return artifact_store_unavailable(&error);
        }
        StoreError::ArtifactStoreFull(_) => return artifact_store_full(&error),
        StoreError::QueueFull { .. } => return queue_full(&error),
        StoreError::Database(_) if error.is_passing() => return database_unavailable(&error),
        StoreError::Database(_) => return database_refused(&error),
        _ => return internal(&error),
    };
    refusal(code, reason, error.to_string(), ErrorDetails::new())
}

/// Returns the status for content that violates the content model. `field` is the content's path in the request, such
/// as `draft.content`.
pub(crate) fn invalid_content(field: &str, invalid: &InvalidContent) -> Status {
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

/// Returns the status for invalid render options, each by its path.
pub(crate) fn invalid_options(invalid: &[InvalidOption]) -> Status {
    let mut details = ErrorDetails::new();
    for option in invalid {
        details.add_bad_request_violation(format!("options.{}", option.path), &option.message);
    }
    let first = invalid.first();
    let message = first.map(|first| format!("options.{}: {}", first.path, first.message)).unwrap_or_default();
    refusal(Code::InvalidArgument, Reason::InvalidField, message, details)
}

/// Returns the status for figures whose attachment is unusable: an invalid argument of an import (`document` is its
/// index), a failed precondition of publishing a draft.
fn unusable_attachments(document: Option<usize>, violations: &[Violation], message: String) -> Status {
    let mut details = ErrorDetails::new();
    let Some(document) = document else {
        let message = listed_by_lint(message, violations.len());
        for violation in violations {
            let path = format!("draft.content.{}", violation.path);
            details.add_precondition_failure_violation(violation.code, path, &violation.message);
        }
        return refusal(Code::FailedPrecondition, Reason::UnusableAttachment, message, details);
    };
    for violation in violations {
        let path = format!("documents[{document}].content.{}", violation.path);
        details.add_bad_request_violation(path, format!("{}: {}", violation.code, violation.message));
    }
    refusal(Code::InvalidArgument, Reason::UnusableAttachment, message, details)
}

/// Returns the status for a draft with undeclared changes, if the publish request requires all changes to be declared.
fn undeclared_changes(undeclared: &[UndeclaredChange], message: String) -> Status {
    let mut details = ErrorDetails::new();
    for change in undeclared {
        let kinds: Vec<&str> = change.kinds().map(|kind| kind.as_str_name()).collect();
        let description = format!("{}; no entry of `changes` names it", kinds.join(", "));
        details.add_precondition_failure_violation("UNDECLARED_CHANGE", &change.part_id, description);
    }
    let message = listed_by_lint(message, undeclared.len());
    refusal(Code::FailedPrecondition, Reason::UndeclaredChanges, message, details)
}

/// Returns the status for a draft with lint warnings, if the publish request requires none.
fn lint_warnings(warnings: &[Warning], message: String) -> Status {
    let mut details = ErrorDetails::new();
    for warning in warnings {
        details.add_precondition_failure_violation(warning.code, &warning.part_id, &warning.message);
    }
    let message = listed_by_lint(message, warnings.len());
    refusal(Code::FailedPrecondition, Reason::LintWarnings, message, details)
}

/// Points to `LintBrief` if there are more violations than the first.
fn listed_by_lint(message: String, violations: usize) -> String {
    if violations > 1 { format!("{message}; LintBrief lists all of them") } else { message }
}

/// Returns the status for a field with an invalid value.
pub(crate) fn invalid_field(field: &str, description: impl Into<String>) -> Status {
    bad_request(Reason::InvalidField, field, description.into())
}

/// Returns the status for a field with a number that its enum, given by its short name, does not have.
pub(crate) fn unknown_value(field: &str, enum_name: &str) -> Status {
    let names = enum_values(enum_name).join(", ");
    invalid_field(field, format!("not a known value; expected one of {names}"))
}

/// Returns the status for an uploaded file that cannot be printed. The metadata holds the image error's code and, for
/// an SVG, the element and line.
pub(crate) fn invalid_image(error: &ImageError) -> Status {
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

/// Returns the status for a malformed resource name or id.
pub(crate) fn invalid_name(field: &str, error: &NameError) -> Status {
    bad_request(Reason::InvalidName, field, error.to_string())
}

/// Returns the status for a page token that was not issued for this query.
pub(crate) fn invalid_page_token() -> Status {
    let description = "not a page token of this list; repeat the query's other fields unchanged".to_owned();
    bad_request(Reason::InvalidPageToken, "page_token", description)
}

/// Returns the status for a cursor that was not issued for this workspace, or is ahead of its change log.
pub(crate) fn invalid_cursor(field: &str, description: &str) -> Status {
    bad_request(Reason::InvalidCursor, field, description.to_owned())
}

/// Returns the status for a cursor of an earlier epoch of the workspace's change log: the database was restored since.
pub(crate) fn cursor_expired(field: &str) -> Status {
    let message =
        format!("{field}: the cursor predates a restore of the database; start again without a cursor");
    refusal(Code::FailedPrecondition, Reason::CursorExpired, message, ErrorDetails::new())
}

/// Returns the status for a malformed filter, or one with fields that this list does not have.
fn invalid_filter(invalid: &FilterError) -> Status {
    bad_request(Reason::InvalidFilter, "filter", invalid.to_string())
}

/// Returns the status for a malformed order, or one with fields that this list does not have.
fn invalid_order(invalid: &FilterError) -> Status {
    bad_request(Reason::InvalidOrderBy, "order_by", invalid.to_string())
}

/// Returns the status for a malformed search query.
pub(crate) fn invalid_query(invalid: &SearchQueryError) -> Status {
    bad_request(Reason::InvalidQuery, "query", invalid.to_string())
}

/// Returns the status for missing credentials, or for unknown, expired or revoked ones.
pub(crate) fn unauthenticated(message: &str) -> Status {
    refusal(Code::Unauthenticated, Reason::Unauthenticated, message, ErrorDetails::new())
}

/// Returns the status for a call that the caller's roles or workspace do not permit.
pub(crate) fn permission_denied(message: impl Into<String>) -> Status {
    refusal(Code::PermissionDenied, Reason::PermissionDenied, message, ErrorDetails::new())
}

/// Returns the status for a value over its limit. A retry does not help.
pub(crate) fn limit_exceeded(message: impl Into<String>) -> Status {
    refusal(Code::ResourceExhausted, Reason::LimitExceeded, message, ErrorDetails::new())
}

/// Returns the status for a limit on concurrent work; the caller may retry.
pub(crate) fn busy(message: &str) -> Status {
    refusal(
        Code::ResourceExhausted,
        Reason::LimitExceeded,
        message,
        ErrorDetails::with_retry_info(Some(RETRY_AFTER)),
    )
}

/// Returns the status for a temporarily unavailable dependency.
pub(crate) fn unavailable(message: &str) -> Status {
    refusal(Code::Unavailable, Reason::Unavailable, message, ErrorDetails::with_retry_info(Some(RETRY_AFTER)))
}

/// Returns the status for a call that did not finish before its deadline.
pub(crate) fn deadline_exceeded(message: &str) -> Status {
    refusal(Code::DeadlineExceeded, Reason::DeadlineExceeded, message, ErrorDetails::new())
}

/// Returns the status for a database that is read-only, full, overloaded or unreachable. All of these are retryable;
/// the cause is logged, not sent.
fn database_unavailable(error: &StoreError) -> Status {
    if let Some(failure) = error.database_failure() {
        let DatabaseFailure { sqlstate, statement, message } = failure;
        tracing::warn!(
            sqlstate,
            statement,
            error = message,
            "a call failed because the database is unavailable"
        );
    }
    unavailable("the database is unavailable")
}

/// Returns the status for an artifact store that is unreachable, or rejects requests until an operator intervenes; both
/// are retryable. Its message is logged, not sent, because it names buckets and hosts.
fn artifact_store_unavailable(error: &StoreError) -> Status {
    tracing::warn!(%error, "a call failed because the artifact store is unavailable");
    unavailable("the artifact store is unavailable")
}

fn artifact_store_full(error: &StoreError) -> Status {
    tracing::error!(%error, "a call failed because the artifact store is full");
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

/// Returns the status for a watch whose caller does not read. The client resumes from `cursor`, or starts again if it
/// is empty.
pub(crate) fn slow_reader(cursor: &str) -> Status {
    let message = "the client did not read the watch in time; resume from the last cursor";
    let details = ErrorDetails::with_retry_info(Some(RETRY_AFTER));
    refusal_with(Code::ResourceExhausted, Reason::SlowReader, message, [("cursor", cursor)], details)
}

/// Returns the status for a statement that the database rejects permanently, such as one that its role may not execute.
fn database_refused(error: &StoreError) -> Status {
    let id = incident_id();
    let DatabaseFailure { sqlstate, statement, message } = error.database_failure().unwrap_or_default();
    tracing::error!(incident = %id, sqlstate, statement, error = message, "the database rejected a statement");
    internal_incident(&id)
}

/// Returns the status for an unexpected error, which is logged under an incident id; the status names only the id.
pub(crate) fn internal(error: &(dyn std::error::Error + 'static)) -> Status {
    let id = incident_id();
    tracing::error!(incident = %id, error, "a call failed with an internal error");
    internal_incident(&id)
}

fn internal_incident(id: &str) -> Status {
    let message = format!("internal error; see incident {id} in the server's log");
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

fn incident_id() -> String {
    let mut bytes = [0; 16];
    // Without random bytes the id is all zeros; the log line still has it.
    let _ = getrandom::fill(&mut bytes);
    GeneratedId::from_bytes(bytes).to_string()
}
