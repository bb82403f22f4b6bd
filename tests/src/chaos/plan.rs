//! The requests and faults of a run, all chosen from the seed before anything starts.

use serde::{Deserialize, Serialize};

use super::dice::Dice;

/// Service processes.
pub const SERVICES: usize = 2;
/// Worker processes.
pub const WORKERS: usize = 3;
/// Callers, each behind their own connection.
pub const CALLERS: usize = 6;
/// Number of briefs.
pub const BRIEFS: usize = 12;

/// The duration of a lease, in milliseconds.
pub const LEASE: u64 = 2_000;

/// A plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The seed.
    pub seed: u64,
    /// The requests, in time order.
    pub requests: Vec<PlannedRequest>,
    /// The faults, in time order.
    pub faults: Vec<PlannedFault>,
    /// Whether two workers must print the same bytes before a PDF is delivered.
    pub needs_agreement: bool,
}

/// A request of a caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedRequest {
    /// Milliseconds after the start.
    pub at: u64,
    /// The caller; even numbers are cleared for everything, odd ones for public statements only.
    pub caller: usize,
    /// The brief.
    pub brief: usize,
    /// The recipient of the copy; a render with another recipient is a separate print.
    pub recipient: usize,
    /// The caller's behaviour after the request.
    pub behaviour: Behaviour,
}

/// How a caller waits for the PDF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Behaviour {
    /// Watches every state, then downloads.
    Watch,
    /// The same, reading slowly and resuming the download.
    WatchSlowly,
    /// Waits with `WaitRender`, then downloads.
    Wait,
    /// Polls, then downloads.
    Poll,
    /// Leaves everything to the typed client.
    Client,
    /// Requests, waits and downloads in one call.
    OneCall,
    /// Requests and disconnects.
    Leave,
    /// Requests, and cancels the render a little later if it has not ended by then.
    Cancel,
}

/// A planned fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedFault {
    /// Milliseconds after the start.
    pub at: u64,
    /// The kind of fault.
    pub kind: FaultKind,
    /// The index of the target, modulo the number of targets.
    pub target: usize,
    /// The duration, in milliseconds.
    pub lasts: u64,
}

/// Kinds of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FaultKind {
    /// SIGKILL of a worker; a replacement starts a little later.
    KillWorker,
    /// SIGSTOP of a worker past its leases, then SIGCONT.
    StopWorker,
    /// SIGTERM of a worker; a replacement starts.
    TermWorker,
    /// SIGKILL of a service; a replacement starts a little later.
    KillService,
    /// SIGSTOP of a service, then SIGCONT.
    StopService,
    /// SIGTERM of a service; a replacement starts.
    TermService,
    /// `pg_terminate_backend` of about half of the services' connections.
    TerminateBackends,
    /// A regular restart of Postgres.
    RestartPostgres,
    /// A crash of Postgres, with recovery.
    CrashPostgres,
    /// All connections of a link are cut.
    Cut,
    /// A link is cut and refuses connections for a while.
    Refuse,
    /// A link holds all data for a while, then forwards it.
    Hold,
    /// A link delays every piece.
    Delay,
    /// The disk for uploads is full for a while.
    DiskFull,
}

const FAULTS: [FaultKind; 14] = [
    FaultKind::KillWorker,
    FaultKind::StopWorker,
    FaultKind::TermWorker,
    FaultKind::KillService,
    FaultKind::StopService,
    FaultKind::TermService,
    FaultKind::TerminateBackends,
    FaultKind::RestartPostgres,
    FaultKind::CrashPostgres,
    FaultKind::Cut,
    FaultKind::Refuse,
    FaultKind::Hold,
    FaultKind::Delay,
    FaultKind::DiskFull,
];

const BEHAVIOURS: [Behaviour; 8] = [
    Behaviour::Watch,
    Behaviour::WatchSlowly,
    Behaviour::Wait,
    Behaviour::Poll,
    Behaviour::Client,
    Behaviour::OneCall,
    Behaviour::Leave,
    Behaviour::Cancel,
];

/// The time between two requests and between two faults, in milliseconds: from, up to.
const REQUEST_GAP: (u64, u64) = (20, 280);
const FAULT_GAP: (u64, u64) = (200, 1_000);

impl Plan {
    /// Plans this number of renders, with faults for as long as they last.
    pub fn new(seed: u64, renders: usize) -> Self {
        let mut dice = Dice::new(seed);
        let mut requests: Vec<PlannedRequest> = Vec::with_capacity(renders);
        let mut at = 0;
        for number in 0..renders {
            at += dice.between(REQUEST_GAP.0, REQUEST_GAP.1);
            requests.push(request(&mut dice, at, number, &requests));
        }
        Self { seed, faults: faults(&mut dice, at), requests, needs_agreement: false }
    }

    /// Demands the agreement of two workers on each PDF.
    #[must_use]
    pub fn with_agreement(self) -> Self {
        Self { needs_agreement: true, ..self }
    }
}

fn request(dice: &mut Dice, at: u64, number: usize, earlier: &[PlannedRequest]) -> PlannedRequest {
    let behaviour = BEHAVIOURS[dice.place(BEHAVIOURS.len())];
    let mut caller = dice.place(CALLERS);
    let (mut brief, mut recipient) = (dice.place(BRIEFS), number);
    // Some requests repeat a recent one and share its print.
    if !earlier.is_empty() && dice.percent(30) {
        let recent = earlier.len().saturating_sub(12);
        let again = &earlier[recent + dice.place(earlier.len() - recent)];
        (brief, recipient) = (again.brief, again.recipient);
        caller = if dice.percent(80) { again.caller } else { caller };
    }
    PlannedRequest { at, caller, brief, recipient, behaviour }
}

/// Returns faults in rounds: every kind occurs once before any repeats.
fn faults(dice: &mut Dice, end: u64) -> Vec<PlannedFault> {
    let (mut at, mut deck, mut faults) = (0, Vec::new(), Vec::new());
    loop {
        at += dice.between(FAULT_GAP.0, FAULT_GAP.1);
        if at > end {
            return faults;
        }
        if deck.is_empty() {
            deck = FAULTS.to_vec();
            dice.shuffle(&mut deck);
        }
        let Some(kind) = deck.pop() else { return faults };
        let (target, lasts) = (dice.place(60), lasts(dice, kind));
        faults.push(PlannedFault { at, kind, target, lasts });
    }
}

fn lasts(dice: &mut Dice, kind: FaultKind) -> u64 {
    match kind {
        FaultKind::StopWorker => dice.between(LEASE + 300, LEASE * 2),
        FaultKind::Hold => dice.between(100, LEASE + 1_000),
        FaultKind::Delay | FaultKind::DiskFull => dice.between(500, 3_000),
        FaultKind::TerminateBackends | FaultKind::Cut => 0,
        _ => dice.between(0, 1_200),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{FAULTS, Plan};

    #[test]
    fn the_same_seed_plans_the_same_run_and_another_seed_another() {
        assert_eq!(Plan::new(7, 200), Plan::new(7, 200));
        assert_ne!(Plan::new(7, 200), Plan::new(8, 200));
    }

    #[test]
    fn a_run_of_some_length_meets_every_fault_and_repeats_some_requests() {
        let plan = Plan::new(1, 100);
        let kinds: BTreeSet<_> = plan.faults.iter().map(|fault| fault.kind).collect();
        assert_eq!(kinds.len(), FAULTS.len());
        let keys: BTreeSet<_> = plan.requests.iter().map(|request| request.recipient).collect();
        assert!((50..95).contains(&keys.len()), "{}", keys.len());
    }
}
