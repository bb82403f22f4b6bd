//! Renders as their callers see them. A render's state is that of its task. A render is visible to a clearance that reads
//! everything in the print.

use chancery_brief::digest::Digest;
use chancery_proto::names::{GeneratedId, RenderName, ResourceId, RevisionName};
use chancery_proto::render::v1::{PrintWarning, RenderOptions, RenderPhase};
use prost::Message;
use sqlx::PgExecutor;
use time::OffsetDateTime;

use crate::access::principal::{Principal, Role};
use crate::artifacts::artifact::Artifact;
use crate::convert::{damaged, revision_name};
use crate::error::{Result, StoreError};
use crate::renders::Renders;
use crate::renders::environments::digest;

/// A caller's request for a PDF, with its state.
#[derive(Debug, Clone, PartialEq)]
pub struct Render {
    /// Its name.
    pub name: RenderName,
    /// The task that prints it, which other renders may share.
    pub task: String,
    /// The revision to print.
    pub revision: RevisionName,
    /// The digest of the edition to print.
    pub edition_digest: Digest,
    /// The options, with defaults filled in; without recipient and watermark where `hides_recipient`.
    pub options: RenderOptions,
    /// Whether the copy is for a recipient of another caller, which only publishers see.
    pub hides_recipient: bool,
    /// The subject who requested it.
    pub requester: String,
    /// When it was requested.
    pub created_at: OffsetDateTime,
    /// Its state.
    pub state: RenderState,
    /// Why it is waiting, if not just for earlier tasks.
    pub waiting: Option<WaitingReason>,
}

/// The reason why a queued render is not printed yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitingReason {
    /// No live worker takes tasks of its print environment.
    NoWorker,
    /// An attempt failed, and the pause before the next one has not ended.
    RetryPause,
    /// It was printed, and a second worker must print the same bytes.
    SecondWorker,
}

/// The state of a render.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RenderState {
    /// Waiting for a worker.
    Queued,
    /// Being printed by a worker.
    Running {
        /// The current phase.
        phase: RenderPhase,
        /// Pages laid out so far.
        pages: u32,
        /// The number of the attempt, from 1.
        attempt: u32,
    },
    /// Finished with a PDF.
    Succeeded {
        /// The PDF; `None` once it has expired.
        artifact: Option<Artifact>,
        /// The printer's warnings.
        warnings: Vec<PrintWarning>,
        /// When it was finished.
        ended_at: OffsetDateTime,
    },
    /// Failed permanently.
    Failed {
        /// A stable reason in upper snake case.
        reason: String,
        /// The reason in words.
        message: String,
        /// When it ended.
        ended_at: OffsetDateTime,
    },
    /// Cancelled by a caller.
    Cancelled {
        /// When it was cancelled.
        ended_at: OffsetDateTime,
        /// The subject who cancelled it; empty if that was not recorded.
        by: String,
    },
}

impl RenderState {
    fn without_artifact_if(self, hides_artifact: bool) -> Self {
        match self {
            Self::Succeeded { warnings, ended_at, .. } if hides_artifact => {
                Self::Succeeded { artifact: None, warnings, ended_at }
            }
            other => other,
        }
    }
}

impl Render {
    /// Returns whether the state is final.
    pub const fn has_ended(&self) -> bool {
        !matches!(self.state, RenderState::Queued | RenderState::Running { .. })
    }
}

/// A render's row, joined with its task and PDF.
pub(crate) struct Row {
    pub(crate) render_id: String,
    pub(crate) task_id: String,
    pub(crate) brief_id: String,
    pub(crate) revision: i32,
    pub(crate) edition_digest: Vec<u8>,
    pub(crate) options: Vec<u8>,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) created_by: String,
    pub(crate) cancelled_at: Option<OffsetDateTime>,
    pub(crate) cancelled_by: Option<String>,
    pub(crate) state: String,
    pub(crate) attempt: i32,
    pub(crate) phase: i16,
    pub(crate) progress: i32,
    pub(crate) warnings: Vec<String>,
    pub(crate) warning_codes: Vec<String>,
    pub(crate) warning_part_ids: Vec<String>,
    pub(crate) failure_reason: Option<String>,
    pub(crate) failure_message: Option<String>,
    pub(crate) ended_at: Option<OffsetDateTime>,
    pub(crate) artifact_digest: Option<Vec<u8>>,
    pub(crate) size_bytes: Option<i64>,
    pub(crate) pages: Option<i32>,
    pub(crate) blob_id: Option<String>,
    pub(crate) waiting: Option<String>,
}

/// Selects the [`Row`]s of renders `r` that match a condition. The method's name opens the statement. The condition's own
/// binds start at `$2`.
macro_rules! select_renders {
    ($method:literal, $condition:literal, $($bind:expr),+ $(,)?) => {
        sqlx::query_as!(
            $crate::renders::render::Row,
            "-- " + $method + r#"
            select r.render_id, r.task_id, r.brief_id, r.revision, r.edition_digest, r.options, r.created_at,
                r.created_by, r.cancelled_at, r.cancelled_by, t.state, t.attempts + t.crashes as "attempt!", t.phase, t.pages as progress,
                t.warnings, t.warning_codes, t.warning_part_ids, t.failure_reason, t.failure_message, t.ended_at,
                a.digest as "artifact_digest?", a.size_bytes as "size_bytes?", a.pages as "pages?",
                a.blob_id as "blob_id?", w.waiting as "waiting?"
            from renders r
            join render_tasks t using (task_id)
            left join lateral (
                select case
                    when q.visible_at > clock_timestamp() then 'RETRY_PAUSE'
                    when not exists (
                        select from workers
                        where printer_version = q.printer_version and fonts_digest = q.fonts_digest
                            and drained_at is null
                            and last_seen > clock_timestamp() - make_interval(secs => $1)
                    ) then 'NO_WORKER'
                    when q.needs_agreement and exists (
                        select from render_attempts p where p.task_id = q.task_id and p.event = 'PRINTED'
                    ) then 'SECOND_WORKER'
                    end as waiting
                from render_queue q
                where q.task_id = t.task_id
            ) w on t.state = 'QUEUED'
            left join artifacts a on a.workspace_id = t.workspace_id and a.digest = t.artifact_digest
            "# + $condition,
            /* liveness seconds */ $crate::renders::environments::LIVENESS_WINDOW_SECONDS,
            $($bind),+
        )
    };
}
pub(crate) use select_renders;

impl Principal {
    /// Returns whether the principal may cancel and delete the renders of a requester, and see for whom they are: its
    /// own, and a publisher those of all.
    pub(crate) fn controls_renders_of(&self, requester: &str) -> bool {
        self.subject == requester || self.roles.allow(Role::Publisher)
    }
}

impl Renders<'_> {
    /// Returns a render.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], also when the principal may not see it.
    pub async fn get(self, principal: &Principal, name: &RenderName) -> Result<Render> {
        self.render_by(self.pool, principal, name).await
    }

    /// Reads a render as [`Self::get`] does, within a transaction that may have changed it.
    pub(crate) async fn render_by(
        self,
        executor: impl PgExecutor<'_>,
        principal: &Principal,
        name: &RenderName,
    ) -> Result<Render> {
        let access = principal.access(&name.workspace)?;
        let row = select_renders!(
            "renders::render::render_by",
            "where r.workspace_id = $2 and r.render_id = $3 and r.visible_from <= $4::smallint",
            name.workspace.as_str(),
            name.render.as_str(),
            i16::from(access.clearance.0),
        )
        .fetch_optional(executor)
        .await?;
        row.ok_or_else(|| StoreError::NotFound(name.to_string()))?.into_render(principal, &name.workspace)
    }
}

impl Row {
    /// Converts the row of a workspace's render, as a principal sees it.
    pub(crate) fn into_render(self, principal: &Principal, workspace: &ResourceId) -> Result<Render> {
        let mut options = RenderOptions::decode(self.options.as_slice()).map_err(damaged)?;
        let is_personal = !(options.recipient.is_empty() && options.watermark.is_empty());
        let hides_recipient = is_personal && !principal.controls_renders_of(&self.created_by);
        if hides_recipient {
            options.recipient.clear();
            options.watermark.clear();
        }
        // The digest of a PDF would confirm a guess: prints with equal inputs are equal.
        let hides_artifact = hides_recipient;
        Ok(Render {
            options,
            hides_recipient,
            requester: self.created_by.clone(),
            name: RenderName {
                workspace: workspace.clone(),
                render: self.render_id.parse::<GeneratedId>().map_err(damaged)?,
            },
            revision: revision_name(workspace, &self.brief_id, self.revision)?,
            edition_digest: digest(&self.edition_digest)?,
            created_at: self.created_at,
            task: self.task_id.clone(),
            waiting: self.waiting_reason()?,
            state: self.into_state()?.without_artifact_if(hides_artifact),
        })
    }

    fn waiting_reason(&self) -> Result<Option<WaitingReason>> {
        match self.waiting.as_deref() {
            Some(_) if self.cancelled_at.is_some() => Ok(None),
            Some("NO_WORKER") => Ok(Some(WaitingReason::NoWorker)),
            Some("RETRY_PAUSE") => Ok(Some(WaitingReason::RetryPause)),
            Some("SECOND_WORKER") => Ok(Some(WaitingReason::SecondWorker)),
            Some(other) => Err(damaged(format!("{other:?} is not a waiting reason"))),
            None => Ok(None),
        }
    }

    fn into_state(self) -> Result<RenderState> {
        if let Some(ended_at) = self.cancelled_at {
            return Ok(RenderState::Cancelled { ended_at, by: self.cancelled_by.unwrap_or_default() });
        }
        let ended_at = self.ended_at.ok_or_else(|| damaged("an ended render has no end time"));
        match self.state.as_str() {
            "QUEUED" => Ok(RenderState::Queued),
            "RUNNING" => Ok(RenderState::Running {
                phase: RenderPhase::try_from(i32::from(self.phase)).unwrap_or_default(),
                pages: u32::try_from(self.progress).map_err(damaged)?,
                attempt: u32::try_from(self.attempt).map_err(damaged)?,
            }),
            "SUCCEEDED" => {
                let artifact = match (self.artifact_digest, self.size_bytes, self.pages, self.blob_id) {
                    (Some(digest), Some(size), Some(pages), Some(blob)) => {
                        Some(Artifact::of_row(&digest, size, pages, blob)?)
                    }
                    _ => None,
                };
                let warnings = print_warnings(self.warnings, self.warning_codes, self.warning_part_ids);
                Ok(RenderState::Succeeded { artifact, warnings, ended_at: ended_at? })
            }
            "FAILED" | "DEAD" => Ok(RenderState::Failed {
                reason: self.failure_reason.unwrap_or_default(),
                message: self.failure_message.unwrap_or_default(),
                ended_at: ended_at?,
            }),
            other => Err(damaged(format!("{other:?} is not a task state"))),
        }
    }
}

/// The code of a warning from a worker that reports texts only.
pub const UNCLASSIFIED_WARNING: &str = "UNCLASSIFIED";

/// Combines warnings from their columns. Workers and services of earlier versions wrote no codes.
fn print_warnings(texts: Vec<String>, codes: Vec<String>, part_ids: Vec<String>) -> Vec<PrintWarning> {
    let is_complete = codes.len() == texts.len() && part_ids.len() == texts.len();
    let mut named = codes.into_iter().zip(part_ids).filter(|_| is_complete);
    let warning = |text| {
        let (code, part_id) =
            named.next().unwrap_or_else(|| (UNCLASSIFIED_WARNING.to_owned(), String::new()));
        PrintWarning { code, part_id, text }
    };
    texts.into_iter().map(warning).collect()
}
