//! Errors of the store, in the domain's terms.

use chancery_brief::lint::Warning;
use chancery_brief::render_options::InvalidOption;
use chancery_brief::validate::{InvalidContent, Violation};
use chancery_proto::brief::v1::UndeclaredChange;
use time::OffsetDateTime;

use crate::database::availability::is_unavailable;
use crate::database::statement_error::StatementError;
use crate::filter::{FilterError, InvalidPageKey};
use crate::timestamps::timestamp;

/// The result of a store method.
pub type Result<T> = std::result::Result<T, StoreError>;

/// The reason why a store method changed nothing. Each variant documents what its caller can do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The resource does not exist, or is not visible to the principal: the two are indistinguishable.
    #[error("{0} was not found")]
    NotFound(String),
    /// The brief exists but has no published revision. Returned to authors only.
    #[error("{0} has no published revision")]
    NotPublished(String),
    /// All revisions visible to the principal were withdrawn. They can still be read by name.
    #[error("all revisions of {0} were withdrawn")]
    AllWithdrawn(String),
    /// The brief was deleted: undelete it first.
    #[error("{0} was deleted: undelete it first")]
    BriefDeleted(String),
    /// The brief is not deleted, so it cannot be undeleted.
    #[error("{0} is not deleted")]
    NotDeleted(String),
    /// The revision's content was destroyed.
    #[error("{0} was purged")]
    RevisionPurged(String),
    /// The id is in use: choose another.
    #[error("{0} already exists")]
    AlreadyExists(String),
    /// The principal's workspace or roles do not allow the call, or the id belongs to a resource that the principal may
    /// not learn about.
    #[error("the caller may not use {0}")]
    Forbidden(String),
    /// The copy was requested by another caller for a recipient, and only they and publishers may have it.
    #[error("the copy has a recipient or watermark of another caller: request one of your own")]
    CopyOfAnother,
    /// The render was requested by another caller, and only they, publishers and admins may end or delete it.
    #[error(
        "the render was requested by another caller: only they, publishers and admins may cancel or delete it"
    )]
    RenderOfAnother,
    /// An operator, who reads no content, may not create tokens that do, except for the first admin of a workspace.
    #[error(
        "operators grant no rights to content, except to the first admin of a workspace: let an admin create the token, or \
         use `chancery token issue` where the database is reached"
    )]
    GrantsContent,
    /// An imported revision differs from the stored revision of the same number.
    #[error("revision {number} differs from the stored revision with the same number")]
    RevisionDiffers {
        /// The revision's number.
        number: u32,
    },
    /// Imported revisions leave a gap after the newest one.
    #[error("revision {given} would leave a gap: the next one to import is revision {}", newest + 1)]
    RevisionGap {
        /// The newest stored revision.
        newest: u32,
        /// The number in the import.
        given: u32,
    },
    /// The digest stated for an imported revision is not the computed one.
    #[error(
        "revision {number}: the digest in the document does not match the content: expected {computed}, or no digest"
    )]
    DigestMismatch {
        /// The document's index in the import, from 0.
        document_index: usize,
        /// The revision's number.
        number: u32,
        /// The computed digest.
        computed: String,
    },
    /// An imported revision states a time in the future: correct it, or omit it to use the time of the import.
    #[error(
        "{time} is in the future: the database's clock reads {now}; expected a time up to five minutes after that",
        time = timestamp(*time),
        now = timestamp(*now)
    )]
    FutureTime {
        /// The document's index in the import, from 0.
        document_index: usize,
        /// The field of the document.
        field: &'static str,
        /// The stated time.
        time: OffsetDateTime,
        /// The database's time.
        now: OffsetDateTime,
    },
    /// The etag is not the brief's current one: read the brief again, then write again.
    #[error("the etag is not the brief's current one: read the brief again (GetBrief) and send its etag")]
    StaleBriefEtag,
    /// The etag is not the draft's current one: read the draft again, then write again.
    #[error(
        "the etag is not the draft's current one: read the draft again (GetBriefDraft) and send its etag; CreateBrief \
         returns the first one as draft_etag, and the etag of a published brief is not one of its draft"
    )]
    StaleEtag,
    /// The brief or token contains markings above the principal's clearance.
    #[error("{0} contains markings above the caller's clearance")]
    ClearanceTooLow(String),
    /// A field has a value that is not allowed.
    #[error("{field}: {description}")]
    InvalidField {
        /// The field's name in the request.
        field: &'static str,
        /// The problem with the value.
        description: String,
    },
    /// The filter is malformed, or uses a field that the list does not have.
    #[error("filter: {0}")]
    InvalidFilter(FilterError),
    /// The order is malformed, or uses a column that the list cannot be ordered by.
    #[error("order_by: {0}")]
    InvalidOrder(FilterError),
    /// The page token does not contain a key of the list's order.
    #[error("page_token: {0}")]
    InvalidPageKey(#[from] InvalidPageKey),
    /// Options of a render refer to parts that the edition or the workspace does not have.
    #[error("{} invalid option(s)", .0.len())]
    InvalidOptions(Vec<InvalidOption>),
    /// The response would exceed the size limit of a message: request less.
    #[error("{0}")]
    LimitExceeded(String),
    /// The content breaks the content model's rules.
    #[error(transparent)]
    InvalidContent(#[from] InvalidContent),
    /// Figures show images that are missing from the workspace, marked above the figure's block, or unprintable: upload
    /// the images, or raise the blocks' markings.
    #[error("{} figure(s) cannot show their image{}", violations.len(), first(violations))]
    UnusableAttachments {
        /// The document's index in an import, from 0; `None` for a draft.
        document_index: Option<usize>,
        /// The violations, each with its path in the content.
        violations: Vec<Violation>,
    },
    /// Changes name parts that neither this revision nor an earlier one has, or are marked below those parts.
    #[error("{} change(s) do not match earlier revisions{}", violations.len(), first(violations))]
    InvalidChanges {
        /// The document's index in an import, from 0; `None` for a draft.
        document_index: Option<usize>,
        /// The violations, each with its path in the content.
        violations: Vec<Violation>,
    },
    /// The draft differs from the newest revision in parts that `changes` does not declare: declare them, or publish
    /// without requiring that.
    #[error("{} part(s) differ from the newest revision but are not declared in `changes`", .0.len())]
    UndeclaredChanges(Vec<UndeclaredChange>),
    /// Lint found warnings in the draft: fix them, or publish without requiring that there be none.
    #[error("the draft has {} lint warning(s)", .0.len())]
    LintWarnings(Vec<Warning>),
    /// The lease is no longer the task's current one: stop working on the task.
    #[error("the lease is lost")]
    LeaseLost,
    /// The render has not ended, so it can be neither downloaded nor deleted.
    #[error("the render has not finished: wait for it (WaitRender)")]
    RenderNotFinished,
    /// The render has ended, so it cannot be cancelled.
    #[error("the render has ended")]
    RenderEnded,
    /// The task did not end without a PDF, so it cannot be requeued.
    #[error("the task is {state}: only a task that is DEAD or FAILED can be requeued")]
    TaskNotDead {
        /// The task's state.
        state: &'static str,
    },
    /// The render was cancelled, so there is no PDF.
    #[error("the render was cancelled")]
    RenderCancelled,
    /// The render ended without a PDF.
    #[error("the render failed: {reason}: {message}")]
    RenderFailed {
        /// The stable reason.
        reason: String,
        /// The reason in words.
        message: String,
    },
    /// The PDF has expired: request the render again.
    #[error("the PDF has expired: request the render again")]
    ArtifactExpired,
    /// A download's offset is past the end of the PDF.
    #[error("offset {offset} is past the end: the PDF has {size} bytes")]
    OffsetOutOfRange {
        /// The offset.
        offset: u64,
        /// The PDF's size.
        size: u64,
    },
    /// The task crashed its workers repeatedly and is quarantined.
    #[error("the render's task is quarantined: {0}")]
    RenderQuarantined(String),
    /// The workspace has reached its limit of live tasks: retry when some have ended.
    #[error("the workspace has reached its limit of {limit} renders in the queue: retry later")]
    QueueFull {
        /// The limit.
        limit: i32,
    },
    /// The request id was used for a different request.
    #[error("the request id was used for a different request: choose a new one")]
    RequestIdReused,
    /// No print environment is active: `chancery migrate` sets one.
    #[error("no print environment is active: run `chancery migrate`")]
    NoPrintEnvironment,
    /// The worker's print environment is not the one that the task requires.
    #[error("the worker's print environment differs from the task's")]
    WrongPrintEnvironment,
    /// The uploaded bytes do not match the header that announced them.
    #[error("the uploaded bytes do not match the header: {0}")]
    UploadMismatch(String),
    /// The artifact store does not respond. Retrying may succeed.
    #[error("the artifact store does not respond: {0}")]
    ArtifactStoreUnavailable(String),
    /// The artifact store is full.
    #[error("the artifact store is full: {0}")]
    ArtifactStoreFull(String),
    /// The artifact store rejects this process: an operator must fix its settings, credentials or permissions.
    #[error("the artifact store rejected the request: {0}")]
    ArtifactStoreRefused(String),
    /// Bytes of a PDF are missing from the artifact store: something else deleted them.
    #[error("bytes of a PDF are missing: {0}")]
    ArtifactMissing(String),
    /// Stored bytes have a newer content schema than this build supports: upgrade.
    #[error("stored content has schema version {0}, which is newer than this build supports: upgrade")]
    NewerSchema(u32),
    /// A stored value is out of range or does not decode: a defect, or damaged data.
    #[error("stored data is damaged: {0}")]
    Damaged(String),
    /// The database's schema does not match this build.
    #[error("incompatible database schema: {0}")]
    Schema(String),
    /// The connection settings are incomplete or contradictory.
    #[error("invalid database settings: {0}")]
    Settings(String),
    /// Postgres is unreachable with these settings. The message says why and how to fix it.
    #[error("{0}")]
    Connect(String),
    /// The operating system returned no random bytes.
    #[error("the operating system returned no random bytes: {0}")]
    Randomness(#[from] getrandom::Error),
    /// A statement failed: Postgres is unreachable, timed out, or rejected it.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// A migration failed.
    #[error("migration failed: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
}

/// A database error, for the log. Holds no bound values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DatabaseFailure {
    /// The SQLSTATE (Postgres, appendix A); empty when Postgres did not respond.
    pub sqlstate: String,
    /// The method whose statement failed, such as `briefs::drafts::update_draft_once`; empty when unknown.
    pub statement: String,
    /// The cause.
    pub message: String,
}

fn first(violations: &[Violation]) -> String {
    violations
        .first()
        .map(|first| format!(", first at {}: {}", first.path, first.message))
        .unwrap_or_default()
}

impl StoreError {
    /// Rejects one option of a render.
    pub(crate) fn invalid_option(path: &str, message: impl Into<String>) -> Self {
        Self::InvalidOptions(vec![InvalidOption { path: path.to_owned(), message: message.into() }])
    }

    /// Returns what to log about a database error. Returns `None` for other errors, and while the database is lost,
    /// which [`crate::DatabaseMonitor`] reports once for all statements.
    pub fn database_failure(&self) -> Option<DatabaseFailure> {
        let Self::Database(error) = self else { return None };
        if is_unavailable(error) {
            return None;
        }
        let sqlx::Error::Database(answer) = error else {
            return Some(DatabaseFailure { message: error.to_string(), ..DatabaseFailure::default() });
        };
        let statement = answer.try_downcast_ref::<StatementError>();
        Some(DatabaseFailure {
            sqlstate: answer.code().unwrap_or_default().into_owned(),
            statement: statement.map(StatementError::statement).unwrap_or_default().to_owned(),
            message: answer.to_string(),
        })
    }

    /// Returns whether a retry may succeed: the database is unreachable, restarting or full, or another transaction
    /// interfered.
    pub fn is_passing(&self) -> bool {
        let Self::Database(error) = self else { return false };
        match error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed => true,
            sqlx::Error::Database(refused) => refused.code().is_some_and(|code| is_passing_state(&code)),
            _ => false,
        }
    }
}

/// Returns whether an SQLSTATE (Postgres, appendix A) denotes a connection failure, exhausted resources, operator
/// intervention, a lock or a serialization failure.
fn is_passing_state(code: &str) -> bool {
    let class = code.get(..2).unwrap_or_default();
    matches!(class, "08" | "53" | "57") || matches!(code, "40001" | "40P01" | "55P03" | "25006")
}

#[cfg(test)]
mod tests {
    use super::is_passing_state;

    #[test]
    fn a_restarting_server_passes_and_a_broken_constraint_does_not() {
        assert!(is_passing_state("57P03") && is_passing_state("40P01"));
        assert!(!is_passing_state("23505") && !is_passing_state("42703"));
    }
}
