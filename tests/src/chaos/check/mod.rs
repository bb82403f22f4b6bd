//! Reads a run's history and its last snapshot, and says what was promised and not kept.

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

/// Promises, named by how they are broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// A render was acknowledged and is not there.
    AcknowledgedLost,
    /// A render has not ended, long after everything was whole again.
    NeverEnded,
    /// A render that had ended was seen otherwise later.
    EndChanged,
    /// A stream began with a state from before its call.
    OldStateFirst,
    /// States of a stream in an order that cannot be.
    OrderImpossible,
    /// A stream told the same state twice.
    SaidTwice,
    /// Progress ran back within an attempt.
    ProgressRanBack,
    /// A watch ended in order before its render did.
    WatchCutShort,
    /// A call was refused for good that should have been answered.
    RefusedForGood,
    /// The bytes that arrived are not those that were announced, or not those of the render.
    WrongBytes,
    /// A print of another edition, or for somebody else, than was asked for.
    WrongEdition,
    /// A PDF does not say what it must, or says what its reader may not know.
    WrongText,
    /// A task was finished under a lease that was not its last one.
    StaleWrite,
    /// Two leases of a task ended it, or one did twice.
    EndedTwice,
    /// A task's leases are not in the order of their epochs.
    EpochFell,
    /// A task was leased after it had ended.
    LeasedAfterEnd,
    /// The same inputs were printed twice.
    PrintedTwice,
    /// A finished task's PDF is not there, or is damaged.
    PdfMissing,
    /// The queue holds a task that has ended, or lacks one that has not.
    QueueDiffers,
    /// A process ended by itself.
    ProcessDied,
}

/// A promise that was not kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Violation {
    /// Which promise.
    pub kind: Kind,
    /// What was seen.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.what)
    }
}

/// All that a run left behind.
#[derive(Debug, Clone, Default)]
pub struct Run {
    /// What was asked for, by the request's number.
    pub requests: Vec<PlannedRequest>,
    /// What each clearance must get.
    pub editions: Editions,
    /// What the callers were told.
    pub history: Vec<Entry>,
    /// What the database says in the end.
    pub snapshot: Snapshot,
    /// Processes that ended by themselves, with their last words.
    pub died: Vec<String>,
}

/// Every promise of the run that was not kept.
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

/// What was found so far.
#[derive(Debug, Default)]
struct Findings(Vec<Violation>);

impl Findings {
    fn add(&mut self, kind: Kind, what: impl Into<String>) {
        self.0.push(Violation { kind, what: what.into() });
    }
}
