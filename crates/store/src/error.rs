//! What can go wrong between the domain and Postgres, in the domain's words.

use chancery_brief::lint::Warning;
use chancery_brief::render_options::InvalidOption;
use chancery_brief::validate::{InvalidContent, Violation};
use chancery_proto::brief::v1::UndeclaredChange;
use time::OffsetDateTime;

use crate::database::{StatementError, is_unavailable};
use crate::filter::{FilterError, InvalidPageKey};
use crate::timestamps::timestamp;

/// The result of a store method.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Why a store method changed nothing. Each variant says what its caller can do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such thing, or none that the principal may see: both look the same.
    #[error("{0} was not found")]
    NotFound(String),
    /// The brief exists and nothing of it is published; told to authors only.
    #[error("nothing of {0} is published")]
    NotPublished(String),
    /// Revisions that the principal could see were all withdrawn: they still answer to their names.
    #[error("all revisions of {0} were withdrawn")]
    AllWithdrawn(String),
    /// The brief was deleted: undelete it first.
    #[error("{0} was deleted")]
    BriefDeleted(String),
    /// The brief is not deleted, so there is nothing to bring back.
    #[error("{0} is not deleted")]
    NotDeleted(String),
    /// The revision's content was destroyed.
    #[error("{0} was purged")]
    RevisionPurged(String),
    /// The id is taken: choose another.
    #[error("{0} exists already")]
    AlreadyExists(String),
    /// The principal's workspace or roles do not allow it, or the id is one that he may not know about.
    #[error("{0} is not the caller's to use")]
    Forbidden(String),
    /// An imported revision is not the one that is stored under its number.
    #[error("revision {number} differs from the stored one of that number")]
    RevisionDiffers {
        /// The revision.
        number: u32,
    },
    /// Imported revisions leave a gap after the newest one.
    #[error("revision {given} does not follow revision {newest}")]
    RevisionGap {
        /// The newest stored revision.
        newest: u32,
        /// The number that was given.
        given: u32,
    },
    /// An imported revision's stated digest is not the computed one.
    #[error("revision {number}: the stated digest is not that of its content, which is {computed}")]
    DigestMismatch {
        /// The document's place in the import, from 0.
        document_index: usize,
        /// The revision.
        number: u32,
        /// The computed digest.
        computed: String,
    },
    /// An imported revision states a time that is still to come: correct it, or leave it out for the time of the import.
    #[error(
        "{time} is in the future: the database's clock reads {now}; expected a time up to five minutes after that",
        time = timestamp(*time),
        now = timestamp(*now)
    )]
    FutureTime {
        /// The document's place in the import, from 0.
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
         answers the first one as draft_etag, and the etag of a published brief is not one of its draft"
    )]
    StaleEtag,
    /// Something is marked above the principal's clearance.
    #[error("{0} holds markings above the caller's clearance")]
    ClearanceTooLow(String),
    /// A value is not allowed.
    #[error("{field}: {description}")]
    InvalidField {
        /// The field, by its name in the request.
        field: &'static str,
        /// What is wrong with it.
        description: String,
    },
    /// A filter is none, or asks for what the list has not.
    #[error("filter: {0}")]
    InvalidFilter(FilterError),
    /// An order is none, or is by what the list is not ordered by.
    #[error("order_by: {0}")]
    InvalidOrder(FilterError),
    /// A page was to begin at what is no place in the list's order.
    #[error("page_token: {0}")]
    InvalidPageKey(#[from] InvalidPageKey),
    /// Options of a render name what the edition or the workspace has not.
    #[error("{} option(s) cannot be followed", .0.len())]
    InvalidOptions(Vec<InvalidOption>),
    /// The answer would be over the limit of a message: ask for less.
    #[error("{0}")]
    LimitExceeded(String),
    /// The content breaks the content model's rules.
    #[error(transparent)]
    InvalidContent(#[from] InvalidContent),
    /// Figures show images that are not in the workspace, are marked above them or cannot be printed: upload them, or mark
    /// the blocks so.
    #[error("{} figure(s) show an image that they cannot show{}", violations.len(), first(violations))]
    UnusableAttachments {
        /// The document's place in an import, from 0; none for a draft.
        document_index: Option<usize>,
        /// Each of them, by its path in the content.
        violations: Vec<Violation>,
    },
    /// Changes name parts that neither this revision nor an earlier one has, or are marked below them.
    #[error("{} change(s) do not fit the revisions before{}", violations.len(), first(violations))]
    InvalidChanges {
        /// The document's index in an import; none for a draft.
        document_index: Option<usize>,
        /// Each of them, by its path in the content.
        violations: Vec<Violation>,
    },
    /// The draft differs from the newest revision without saying so: declare it, or publish without asking for that.
    #[error("{} part(s) differ from the newest revision without a word in `changes`", .0.len())]
    UndeclaredChanges(Vec<UndeclaredChange>),
    /// There are remarks on the draft's tradecraft: heed them, or publish without asking for none.
    #[error("the draft has {} warning(s)", .0.len())]
    LintWarnings(Vec<Warning>),
    /// The lease is no longer the task's current one: stop working on the task.
    #[error("the lease is lost")]
    LeaseLost,
    /// The render has not ended, so there is nothing to download or to delete.
    #[error("the render has not finished")]
    RenderNotFinished,
    /// The render has ended, so there is nothing to cancel.
    #[error("the render has ended")]
    RenderEnded,
    /// The task has not died, so there is nothing to queue anew.
    #[error("the task is {state}: only a dead one is queued anew")]
    TaskNotDead {
        /// Where it stands.
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
        /// For people.
        message: String,
    },
    /// The PDF was there and its time is over: request it again.
    #[error("the PDF has expired")]
    ArtifactExpired,
    /// A download's offset is past the end.
    #[error("offset {offset} is past the end: the PDF has {size} bytes")]
    OffsetOutOfRange {
        /// The offset.
        offset: u64,
        /// The PDF's size.
        size: u64,
    },
    /// The task crashed its workers repeatedly and is kept aside.
    #[error("the render's task is quarantined: {0}")]
    RenderQuarantined(String),
    /// The workspace has as many live tasks as it may have: come again when some are done.
    #[error("the workspace has {limit} renders in the queue, which is its limit")]
    QueueFull {
        /// The limit.
        limit: i32,
    },
    /// Another write was done under the same id.
    #[error("the id was given to another request before")]
    RequestIdReused,
    /// No print environment is active: `chancery migrate` sets one.
    #[error("no print environment is active")]
    NoPrintEnvironment,
    /// The worker prints with something else than the task asks for.
    #[error("the worker's print environment is not the task's")]
    WrongPrintEnvironment,
    /// Uploaded bytes are not those that the header announced.
    #[error("the uploaded bytes are not the announced ones: {0}")]
    UploadMismatch(String),
    /// The store of PDFs' bytes does not answer: it may well do so a moment later.
    #[error("the artifact store does not answer: {0}")]
    ArtifactStoreUnavailable(String),
    /// The store of PDFs' bytes has no room left.
    #[error("the artifact store is full: {0}")]
    ArtifactStoreFull(String),
    /// The store of PDFs' bytes does not let this process use it: its settings, credentials or rights are to be mended.
    #[error("the artifact store refuses: {0}")]
    ArtifactStoreRefused(String),
    /// Bytes of a PDF are not where they were put: somebody else deleted them.
    #[error("bytes of a PDF are gone: {0}")]
    ArtifactMissing(String),
    /// Stored bytes are of a newer content schema than this build knows: upgrade.
    #[error("stored bytes are of content schema {0}, newer than this build knows")]
    NewerSchema(u32),
    /// A number that the database holds fits no type here, or stored bytes do not decode: a defect or damage.
    #[error("stored data is damaged: {0}")]
    Damaged(String),
    /// The database's schema is not the one that this build was made for.
    #[error("the database's schema: {0}")]
    Schema(String),
    /// The settings do not lead to a database.
    #[error("the database's settings: {0}")]
    Settings(String),
    /// Postgres cannot be reached with these settings; the message says why and how to mend it.
    #[error("{0}")]
    Connect(String),
    /// The machine gave no random bytes.
    #[error("the machine gave no random bytes: {0}")]
    Randomness(#[from] getrandom::Error),
    /// Postgres did not do as asked: unreachable, timed out, or refused.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the migrations: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
}

/// An error of the database, for the log. It holds no bound values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DatabaseFailure {
    /// The error's code (Postgres, appendix A); empty where Postgres did not answer.
    pub sqlstate: String,
    /// The method whose statement failed, such as `drafts::write`; empty where none is known.
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
    /// One option that names what cannot be printed.
    pub(crate) fn invalid_option(path: &str, message: impl Into<String>) -> Self {
        Self::InvalidOptions(vec![InvalidOption { path: path.to_owned(), message: message.into() }])
    }

    /// What to log of an error of the database; none for other errors, and none while the database is lost, which
    /// [`crate::DatabaseMonitor`] reports once for all statements.
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

    /// Whether the database may well do the same thing a moment later: it is away, restarting, full, or another
    /// transaction was in the way.
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

/// SQLSTATEs (Postgres, appendix A) of connections, resources, operator intervention, locks and lost races.
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
