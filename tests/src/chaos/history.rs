//! What every caller asked and was told, in order; and what broke meanwhile.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use chancery_proto::errors::v1::Reason;
use chancery_proto::render::v1::{Render, RenderState, RenderWaitingReason};
use chancery_proto::status::{code_name, reason_name, reason_of};
use serde::{Deserialize, Serialize};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::plan::PlannedFault;

/// One line of a history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// When, in microseconds after the start. Entries are in the order of this.
    pub at: u64,
    /// The request of the plan that it belongs to; none for faults.
    pub request: Option<usize>,
    /// The call: its entries have the same number.
    pub call: u64,
    /// What happened.
    pub event: Event,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// A call began.
    Asked(Call),
    /// It answered a state of a render.
    Saw(Seen),
    /// It was refused, or broke.
    Refused {
        /// The gRPC code.
        code: String,
        /// The stable reason, where there is one.
        reason: String,
        /// Whether the same call may well succeed later.
        passing: bool,
    },
    /// It ended in order.
    Ended,
    /// A whole PDF arrived.
    Downloaded {
        /// The SHA-256 that was announced.
        announced: String,
        /// The SHA-256 of what arrived.
        arrived: String,
        /// The size that was announced.
        size: u64,
        /// The number of bytes that arrived.
        bytes: u64,
    },
    /// Something broke, from here on.
    Broke(PlannedFault),
    /// It is whole again.
    Mended(PlannedFault),
}

/// Sorts of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Call {
    /// `CreateRender`.
    Create,
    /// `GetRender`.
    Get,
    /// `WaitRender`.
    Wait,
    /// `WatchRender`.
    Watch,
    /// `CancelRender`.
    Cancel,
    /// `DownloadRender`, with what it takes to resume it.
    Download,
    /// `RenderBrief`.
    OneCall,
    /// Everything by the typed client, which tries again by itself.
    Client,
}

/// A render as a caller saw it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Seen {
    /// Its name.
    pub name: String,
    /// Its state.
    pub state: State,
    /// Why it waits, while queued.
    pub waiting: String,
    /// Which attempt, while running.
    pub attempt: u32,
    /// How far: the phase's number and the pages.
    pub progress: (i32, u32),
    /// The revision.
    pub revision: String,
    /// The edition's SHA-256.
    pub edition: String,
    /// Whom it is for.
    pub recipient: String,
    /// The PDF's SHA-256, once there.
    pub sha256: String,
    /// Why it failed, once it has.
    pub failure: String,
}

/// A render's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord, Serialize, Deserialize)]
pub enum State {
    /// Waiting.
    #[default]
    Queued,
    /// A worker is at it.
    Running,
    /// The PDF is there.
    Succeeded,
    /// There will be none.
    Failed,
    /// A caller gave it up.
    Cancelled,
}

impl State {
    /// Whether it is final.
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}

impl From<&Render> for Seen {
    fn from(render: &Render) -> Self {
        let progress = render.progress.unwrap_or_default();
        Self {
            name: render.name.clone(),
            state: match render.state() {
                RenderState::Unspecified | RenderState::Queued => State::Queued,
                RenderState::Running => State::Running,
                RenderState::Succeeded => State::Succeeded,
                RenderState::Failed => State::Failed,
                RenderState::Cancelled => State::Cancelled,
            },
            waiting: match render.waiting_reason() {
                RenderWaitingReason::Unspecified => String::new(),
                reason => reason.as_str_name().to_owned(),
            },
            attempt: progress.attempt,
            progress: (progress.phase, progress.pages),
            revision: render.revision.clone(),
            edition: render.edition_digest.clone(),
            recipient: render.options.as_ref().map(|options| options.recipient.clone()).unwrap_or_default(),
            sha256: render.artifact.as_ref().map(|artifact| artifact.sha256.clone()).unwrap_or_default(),
            failure: render.failure.as_ref().map(|failure| failure.reason.clone()).unwrap_or_default(),
        }
    }
}

/// A refusal as it stands in the history. What the transport says is passing; what the server says is so when it
/// names a reason that passes.
pub fn refused(status: &Status) -> Event {
    let reason = reason_of(status);
    let from_transport = status.get_details_error_info().is_none()
        && matches!(status.code(), Code::Unknown | Code::Internal | Code::Cancelled | Code::DeadlineExceeded);
    let passing = from_transport
        || matches!(status.code(), Code::Unavailable | Code::DeadlineExceeded)
        || status.get_details_retry_info().is_some();
    let named = |reason: Reason| reason_name(reason).to_owned();
    Event::Refused {
        code: code_name(status.code()).to_owned(),
        reason: reason.map(named).unwrap_or_default(),
        passing,
    }
}

/// Writes a history as it happens. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Recorder {
    start: Instant,
    written: Arc<Mutex<Written>>,
}

#[derive(Debug)]
struct Written {
    entries: Vec<Entry>,
    calls: u64,
    file: BufWriter<File>,
}

impl Recorder {
    /// Into a file of JSON lines.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = BufWriter::new(File::create(path)?);
        let written = Written { entries: Vec::new(), calls: 0, file };
        Ok(Self { start: Instant::now(), written: Arc::new(Mutex::new(written)) })
    }

    /// A call begins; answers its number.
    pub fn asked(&self, request: usize, call: Call) -> u64 {
        let number = {
            let mut written = self.lock();
            written.calls += 1;
            written.calls
        };
        self.record(Some(request), number, Event::Asked(call));
        number
    }

    /// Something happened.
    pub fn record(&self, request: Option<usize>, call: u64, event: Event) {
        let mut written = self.lock();
        // Taken under the lock: the order in the file is that of the times.
        let at = u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX);
        let entry = Entry { at, request, call, event };
        if let Ok(line) = serde_json::to_string(&entry) {
            // A history that is not on the disk is still in memory, for the checker.
            let _ = writeln!(written.file, "{line}");
        }
        written.entries.push(entry);
    }

    /// All that happened.
    pub fn entries(&self) -> Vec<Entry> {
        let mut written = self.lock();
        let _ = written.file.flush();
        written.entries.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
