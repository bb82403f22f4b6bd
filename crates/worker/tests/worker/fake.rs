//! A service in memory and printers that tests control.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, mpsc};
use std::thread;
use std::time::Duration;

use chancery_brief::digest::body_digest;
use chancery_proto::render::v1::{PrintWarning, RenderPhase};
use chancery_proto::worker::v1::{
    AcquireLeasesRequest, AcquiredLease, ArtifactHeader, FailRenderRequest, Lease, PrintEnvironment,
    RenderInputManifest,
};
use chancery_worker::{PrintFailure, PrintInput, Printed, Printer, Progress, Queue, QueueError, Renewal};
use prost::bytes::Bytes;
use tokio::sync::watch;

/// The state of the service: what tests set up and what the worker did.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// Queued tasks, each with its edition.
    pub(crate) queued: VecDeque<(String, &'static str)>,
    /// Editions of leased tasks.
    pub(crate) editions: BTreeMap<String, &'static str>,
    /// Tasks whose lease is lost at the next renewal or upload.
    pub(crate) lost: BTreeSet<String>,
    /// Number of calls to fail, by kind.
    pub(crate) outages: BTreeMap<&'static str, usize>,
    /// Deadline of tasks.
    pub(crate) deadline: Option<Duration>,
    /// `max_leases` of each acquire.
    pub(crate) requested_leases: Vec<u32>,
    pub(crate) leased: usize,
    pub(crate) most_leased: usize,
    pub(crate) renewals: usize,
    pub(crate) reports: Vec<u32>,
    pub(crate) uploaded: Vec<(ArtifactHeader, Bytes)>,
    pub(crate) failed: Vec<FailRenderRequest>,
    pub(crate) released: Vec<String>,
}

/// A service in memory.
#[derive(Debug, Clone)]
pub(crate) struct FakeQueue {
    state: Arc<Mutex<State>>,
    changes: watch::Sender<()>,
}

impl FakeQueue {
    pub(crate) fn new(tasks: &[(&str, &'static str)]) -> Self {
        let queued = tasks.iter().map(|(task, edition)| ((*task).to_owned(), *edition)).collect();
        let state = State { queued, ..State::default() };
        Self { state: Arc::new(Mutex::new(state)), changes: watch::channel(()).0 }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let changed = change(&mut self.state());
        self.changes.send_replace(());
        changed
    }

    /// Waits for a state; fails the test on a timeout.
    pub(crate) async fn until(&self, mut condition: impl FnMut(&State) -> bool) {
        let mut changes = self.changes.subscribe();
        let reached = async {
            while !condition(&self.state()) {
                changes.changed().await.unwrap();
            }
        };
        let limit = Duration::from_secs(20);
        assert!(tokio::time::timeout(limit, reached).await.is_ok(), "timed out in {:?}", self.state());
    }

    fn outage(&self, kind: &'static str) -> Result<(), QueueError> {
        let mut state = self.state();
        let left = state.outages.entry(kind).or_default();
        if *left == 0 {
            return Ok(());
        }
        *left -= 1;
        Err(QueueError::Unavailable(format!("{kind} is unavailable")))
    }
}

impl Queue for FakeQueue {
    async fn acquire(&self, request: AcquireLeasesRequest) -> Result<Vec<AcquiredLease>, QueueError> {
        self.state().requested_leases.push(request.max_leases);
        self.outage("acquire")?;
        self.wait_for(|state| !state.queued.is_empty()).await;
        Ok(self.change(|state| {
            let room = state.queued.len().min(request.max_leases as usize);
            let taken: Vec<_> = state.queued.drain(..room).collect();
            state.leased += taken.len();
            state.most_leased = state.most_leased.max(state.leased);
            let deadline = state.deadline.and_then(|deadline| prost_types::Duration::try_from(deadline).ok());
            state.editions.extend(taken.iter().cloned());
            let lease = |task| Some(Lease { task, epoch: 1, ..Lease::default() });
            taken
                .into_iter()
                .map(|(task, _)| AcquiredLease {
                    lease: lease(task),
                    attempt: 1,
                    deadline,
                    time_to_live: None,
                })
                .collect()
        }))
    }

    async fn input(&self, lease: &Lease) -> Result<PrintInput, QueueError> {
        self.outage("input")?;
        let edition = self.state().editions[&lease.task];
        if edition == "never arrives" {
            return std::future::pending().await;
        }
        let digest = if edition == "damaged" { sha256(b"whole") } else { sha256(edition.as_bytes()) };
        let manifest = RenderInputManifest { edition_digest: digest, ..RenderInputManifest::default() };
        let edition = Bytes::from_static(edition.as_bytes());
        Ok(PrintInput { manifest, edition, comparison: None, images: BTreeMap::new() })
    }

    async fn renew(&self, leases: Vec<Lease>) -> Result<Renewal, QueueError> {
        self.outage("renew")?;
        Ok(self.change(|state| {
            state.renewals += leases.len();
            let lost = leases.into_iter().map(|lease| lease.task).filter(|task| state.lost.contains(task));
            Renewal { lost: lost.collect() }
        }))
    }

    async fn report(&self, _lease: &Lease, progress: Progress) -> Result<(), QueueError> {
        self.change(|state| state.reports.push(progress.pages));
        Ok(())
    }

    async fn upload(&self, header: ArtifactHeader, bytes: Bytes) -> Result<(), QueueError> {
        self.outage("upload")?;
        self.change(|state| {
            if state.lost.contains(&header.lease.as_ref().unwrap().task) {
                return Err(QueueError::LeaseLost);
            }
            state.leased -= 1;
            state.uploaded.push((header, bytes));
            Ok(())
        })
    }

    async fn fail(&self, request: FailRenderRequest) -> Result<(), QueueError> {
        self.outage("fail")?;
        self.change(|state| {
            state.leased -= 1;
            state.failed.push(request);
        });
        Ok(())
    }

    async fn release(&self, leases: Vec<Lease>) -> Result<(), QueueError> {
        self.change(|state| {
            state.leased -= leases.len();
            state.released.extend(leases.into_iter().map(|lease| lease.task));
        });
        Ok(())
    }
}

impl FakeQueue {
    async fn wait_for(&self, mut condition: impl FnMut(&State) -> bool) {
        let mut changes = self.changes.subscribe();
        while !condition(&self.state()) {
            changes.changed().await.unwrap();
        }
    }
}

/// A printer whose behaviour the edition selects.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FakePrinter;

impl Printer for FakePrinter {
    fn environment(&self) -> PrintEnvironment {
        PrintEnvironment { printer_version: "p".into(), fonts_digest: "f".into() }
    }

    fn print(
        &self,
        input: &PrintInput,
        observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Printed, PrintFailure> {
        let edition = std::str::from_utf8(&input.edition).unwrap();
        match edition {
            "defect" => panic!("expected by the test"),
            "unprintable" => {
                Err(PrintFailure::Failed { reason: "TOO_MANY_PAGES".into(), message: "too many".into() })
            }
            "asleep" => loop {
                thread::park();
            },
            "spinning" => loop {
                std::hint::spin_loop();
            },
            "endless" => {
                let mut pages = 0;
                while observe(Progress { phase: RenderPhase::Layout, pages }).is_continue() {
                    pages += 1;
                    thread::sleep(Duration::from_millis(1));
                }
                Err(PrintFailure::Stopped)
            }
            "slow" => {
                for pages in 0..300 {
                    if observe(Progress { phase: RenderPhase::Layout, pages }).is_break() {
                        return Err(PrintFailure::Stopped);
                    }
                    thread::sleep(Duration::from_millis(1));
                }
                Ok(printed(edition))
            }
            _ => Ok(printed(edition)),
        }
    }
}

/// A printer that lays out a page for each step and forwards what the observer returns.
#[derive(Debug)]
pub(crate) struct StepPrinter {
    pub(crate) steps: Mutex<mpsc::Receiver<u32>>,
    pub(crate) observed: mpsc::Sender<ControlFlow<()>>,
}

impl Printer for StepPrinter {
    fn environment(&self) -> PrintEnvironment {
        FakePrinter.environment()
    }

    fn print(
        &self,
        _input: &PrintInput,
        observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Printed, PrintFailure> {
        for pages in self.steps.lock().unwrap().iter() {
            let flow = observe(Progress { phase: RenderPhase::Layout, pages });
            self.observed.send(flow).unwrap();
            if flow.is_break() {
                return Err(PrintFailure::Stopped);
            }
        }
        Ok(printed("stepped"))
    }
}

fn printed(edition: &str) -> Printed {
    Printed { bytes: Bytes::from(format!("%PDF of {edition}")), pages: 2, warnings: vec![warning()] }
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    body_digest(bytes).to_string()
}

/// The warning of every fake print.
pub(crate) fn warning() -> PrintWarning {
    PrintWarning { code: "MISSING_GLYPH".into(), part_id: "s1".into(), text: "a box".into() }
}
