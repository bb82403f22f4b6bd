//! What a run will ask for and what will break, all of it decided by the seed before anything starts.

use serde::{Deserialize, Serialize};

use super::dice::Dice;

/// Service processes.
pub const SERVICES: usize = 2;
/// Worker processes.
pub const WORKERS: usize = 3;
/// Callers, each behind a connection of his own.
pub const CALLERS: usize = 6;
/// Briefs that are printed.
pub const BRIEFS: usize = 12;

/// How long a lease holds, in milliseconds.
pub const LEASE: u64 = 2_000;

/// A run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What it was made of.
    pub seed: u64,
    /// What is asked for, in the order of time.
    pub requests: Vec<PlannedRequest>,
    /// What breaks, in the order of time.
    pub faults: Vec<PlannedFault>,
}

/// One request of one caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedRequest {
    /// When, in milliseconds after the start.
    pub at: u64,
    /// By whom; callers of even number are cleared for everything, the others for what everybody may know.
    pub caller: usize,
    /// Which brief.
    pub brief: usize,
    /// Whom the copy is for: makes it a print of its own.
    pub recipient: usize,
    /// What the caller does once he has asked.
    pub behaviour: Behaviour,
}

/// How a caller waits for his PDF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Behaviour {
    /// Watches every state, then downloads.
    Watch,
    /// The same, reading slowly and resuming the download.
    WatchSlowly,
    /// Waits with `WaitRender`, then downloads.
    Wait,
    /// Asks again and again, then downloads.
    Poll,
    /// Leaves it all to the typed client.
    Client,
    /// Asks, waits and downloads in one call.
    OneCall,
    /// Asks and goes away.
    Leave,
    /// Asks, and gives the render up a little later, if it has not ended by then.
    Cancel,
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedFault {
    /// When, in milliseconds after the start.
    pub at: u64,
    /// What breaks.
    pub kind: FaultKind,
    /// Which of several; taken modulo their number.
    pub target: usize,
    /// For how long, in milliseconds.
    pub lasts: u64,
}

/// What can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FaultKind {
    /// SIGKILL of a worker; another is started a little later.
    KillWorker,
    /// SIGSTOP of a worker past its leases, then SIGCONT.
    StopWorker,
    /// SIGTERM of a worker; another is started.
    TermWorker,
    /// SIGKILL of a service; another is started a little later.
    KillService,
    /// SIGSTOP of a service, then SIGCONT.
    StopService,
    /// SIGTERM of a service; another is started.
    TermService,
    /// `pg_terminate_backend` of about half of the services' connections.
    TerminateBackends,
    /// An orderly restart of Postgres.
    RestartPostgres,
    /// A crash of Postgres, and recovery.
    CrashPostgres,
    /// All connections of a link are cut.
    Cut,
    /// A link is cut and takes no connections for a while.
    Refuse,
    /// A link passes nothing on for a while, and then everything.
    Hold,
    /// A link takes its time with every piece.
    Delay,
    /// The disk that takes uploads is full for a while.
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
    /// So many renders, and faults for as long as they are asked for.
    pub fn new(seed: u64, renders: usize) -> Self {
        let mut dice = Dice::new(seed);
        let mut requests: Vec<PlannedRequest> = Vec::with_capacity(renders);
        let mut at = 0;
        for number in 0..renders {
            at += dice.between(REQUEST_GAP.0, REQUEST_GAP.1);
            requests.push(request(&mut dice, at, number, &requests));
        }
        Self { seed, faults: faults(&mut dice, at), requests }
    }
}

fn request(dice: &mut Dice, at: u64, number: usize, earlier: &[PlannedRequest]) -> PlannedRequest {
    let behaviour = BEHAVIOURS[dice.place(BEHAVIOURS.len())];
    let mut caller = dice.place(CALLERS);
    let (mut brief, mut recipient) = (dice.place(BRIEFS), number);
    // Some ask for what was just asked for: they share one print.
    if !earlier.is_empty() && dice.percent(30) {
        let recent = earlier.len().saturating_sub(12);
        let again = &earlier[recent + dice.place(earlier.len() - recent)];
        (brief, recipient) = (again.brief, again.recipient);
        caller = if dice.percent(80) { again.caller } else { caller };
    }
    PlannedRequest { at, caller, brief, recipient, behaviour }
}

/// Every sort of fault comes once before any comes again.
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
