//! The calls and responses of every caller and the faults of a run, in order.

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

/// A line of the history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Microseconds since the start. Entries are sorted by this.
    pub at: u64,
    /// The request of the plan; none for faults.
    pub request: Option<usize>,
    /// The call's number, shared by all its entries.
    pub call: u64,
    /// The event.
    pub event: Event,
}

/// An event of the history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// A call began.
    Called(Call),
    /// It returned a state of a render.
    Saw(Seen),
    /// It failed.
    Refused {
        /// The gRPC code.
        code: String,
        /// The stable reason, if any.
        reason: String,
        /// Whether a retry may succeed.
        passing: bool,
    },
    /// It ended normally.
    Ended,
    /// A whole PDF arrived.
    Downloaded {
        /// The SHA-256 that was announced.
        announced: String,
        /// The SHA-256 of the received bytes.
        arrived: String,
        /// The size that was announced.
        size: u64,
        /// The number of bytes received.
        bytes: u64,
    },
    /// A fault began.
    Broke(PlannedFault),
    /// A fault was repaired.
    Repaired(PlannedFault),
}

/// Kinds of calls.
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
    /// `DownloadRender`, with its resumptions.
    Download,
    /// `RenderBrief`.
    OneCall,
    /// All calls by the typed client, which retries on its own.
    Client,
}

/// A render in a response.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Seen {
    /// Its name.
    pub name: String,
    /// Its state.
    pub state: State,
    /// Why it waits, while queued.
    pub waiting: String,
    /// The number of the attempt, while running.
    pub attempt: u32,
    /// The phase's number and the pages.
    pub progress: (i32, u32),
    /// The revision.
    pub revision: String,
    /// The edition's SHA-256.
    pub edition: String,
    /// The recipient of the copy.
    pub recipient: String,
    /// The PDF's SHA-256, once printed.
    pub sha256: String,
    /// The failure, if any.
    pub failure: String,
}

/// A render's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord, Serialize, Deserialize)]
pub enum State {
    /// Queued.
    #[default]
    Queued,
    /// Leased by a worker.
    Running,
    /// Printed.
    Succeeded,
    /// Ended without a PDF.
    Failed,
    /// Cancelled by a caller.
    Cancelled,
}

impl State {
    /// Returns whether the state is final.
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

/// Returns a failure as an event. A transport error is transient; a server's error is transient if its reason
/// says so.
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

/// Writes a history during the run. Cheap to clone.
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
    /// Writes to a file of JSON lines.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = BufWriter::new(File::create(path)?);
        let written = Written { entries: Vec::new(), calls: 0, file };
        Ok(Self { start: Instant::now(), written: Arc::new(Mutex::new(written)) })
    }

    /// Records the start of a call and returns its number.
    pub fn called(&self, request: usize, call: Call) -> u64 {
        let number = {
            let mut written = self.lock();
            written.calls += 1;
            written.calls
        };
        self.record(Some(request), number, Event::Called(call));
        number
    }

    /// Records an event.
    pub fn record(&self, request: Option<usize>, call: u64, event: Event) {
        let mut written = self.lock();
        // Read under the lock, so that the file is in time order.
        let at = u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX);
        let entry = Entry { at, request, call, event };
        if let Ok(line) = serde_json::to_string(&entry) {
            // An entry that could not be written to disk is still in memory for the checker.
            let _ = writeln!(written.file, "{line}");
        }
        written.entries.push(entry);
    }

    /// Returns all entries.
    pub fn entries(&self) -> Vec<Entry> {
        let mut written = self.lock();
        let _ = written.file.flush();
        written.entries.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
