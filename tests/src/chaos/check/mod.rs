//! Reads a run's history and its final snapshot, and reports violations of the guarantees.

mod callers;
mod pdfs;
mod tasks;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};

use super::history::Entry;
use super::plan::PlannedRequest;
use super::scene::Editions;
use super::snapshot::Snapshot;

/// Guarantees, named by their violation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// A render was acknowledged but does not exist.
    AcknowledgedLost,
    /// A render has not ended long after every fault was repaired.
    NeverEnded,
    /// A render that had ended was later seen in another state.
    EndChanged,
    /// A stream began with a state older than its call.
    OldStateFirst,
    /// A stream's states came in an impossible order.
    OrderImpossible,
    /// A stream sent the same state twice.
    SaidTwice,
    /// Progress decreased within an attempt.
    ProgressRanBack,
    /// A watch ended normally before its render did.
    WatchCutShort,
    /// A call failed permanently that should have succeeded.
    RefusedForGood,
    /// The received bytes differ from the announced ones, or from the render's.
    WrongBytes,
    /// A print of the wrong edition, or for the wrong recipient.
    WrongEdition,
    /// A PDF lacks required text, or holds text that its reader may not see.
    WrongText,
    /// A task was finished under a lease other than its last.
    StaleWrite,
    /// Two leases of a task ended it, or one ended it twice.
    EndedTwice,
    /// A task's leases are out of epoch order.
    EpochFell,
    /// A task was leased after it had ended.
    LeasedAfterEnd,
    /// A PDF was delivered that a second worker did not print, although it was demanded.
    DeliveredAlone,
    /// The same inputs were printed twice.
    PrintedTwice,
    /// A finished task's PDF is missing or damaged.
    PdfMissing,
    /// The queue holds a task that has ended, or lacks one that has not.
    QueueDiffers,
    /// A process exited unexpectedly.
    ProcessDied,
}

/// A violation of a guarantee.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Violation {
    /// The violated guarantee.
    pub kind: Kind,
    /// A description of the evidence.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.what)
    }
}

/// Everything that a run recorded.
#[derive(Debug, Clone, Default)]
pub struct Run {
    /// The requests, by number.
    pub requests: Vec<PlannedRequest>,
    /// Whether two workers had to agree on each PDF.
    pub needs_agreement: bool,
    /// The expected edition for each clearance.
    pub editions: Editions,
    /// The responses to the callers.
    pub history: Vec<Entry>,
    /// The final state of the database.
    pub snapshot: Snapshot,
    /// Processes that exited unexpectedly, with the end of their logs.
    pub died: Vec<String>,
}

/// Returns every violation in the run.
pub fn check(run: &Run) -> Vec<Violation> {
    let mut found = Findings::default();
    tasks::check(run, &mut found);
    callers::check(run, &mut found);
    pdfs::check(run, &mut found);
    for what in &run.died {
        found.add(Kind::ProcessDied, what.clone());
    }
    found.0
}

/// The violations found so far.
#[derive(Debug, Default)]
struct Findings(Vec<Violation>);

impl Findings {
    fn add(&mut self, kind: Kind, what: impl Into<String>) {
        self.0.push(Violation { kind, what: what.into() });
    }
}
