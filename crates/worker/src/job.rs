//! One lease from its input to its PDF.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chancery_proto::worker::v1::{AcquiredLease, ArtifactHeader, FailRenderRequest, Lease};
use prost::bytes::Bytes;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::backoff::Backoff;
use crate::input::{mismatch, sha256};
use crate::leases::{Holding, Leases};
use crate::metrics::{Phase, PrintResult};
use crate::press::{Lost, Press, Pressed};
use crate::printer::{PrintFailure, Printed, Printer, Progress};
use crate::queue::{PrintInput, Queue, QueueError};
use crate::stopwatch::{Stopwatch, Times};
use crate::vitals::Vitals;
use crate::watchdog::Findings;

/// At most five reports a second, and none for a print that is over sooner.
const REPORT_EVERY: Duration = Duration::from_millis(200);

/// How long a PDF is offered again and again: half of what a task may take under one lease.
const UPLOAD_PATIENCE: Duration = Duration::from_mins(5);

/// How a worker comes to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// It works.
    Working,
    /// It begins nothing new; running prints go on.
    Draining,
    /// The time for running prints is over.
    Halting,
}

/// What all jobs of a worker share.
#[derive(Debug)]
pub(crate) struct Job<Q, P> {
    pub(crate) queue: Q,
    pub(crate) printer: Arc<P>,
    pub(crate) press: Press,
    pub(crate) leases: Leases,
    pub(crate) stage: watch::Receiver<Stage>,
    pub(crate) vitals: Vitals,
    /// How long a print may tell nothing.
    pub(crate) stuck_after: Duration,
    pub(crate) findings: watch::Receiver<Findings>,
    /// How many bytes the process may hold; 0 for no limit.
    pub(crate) memory_limit: u64,
}

// Not derived: that would ask the printer to be `Clone`.
impl<Q: Clone, P> Clone for Job<Q, P> {
    fn clone(&self) -> Self {
        Self {
            queue: self.queue.clone(),
            printer: Arc::clone(&self.printer),
            press: self.press.clone(),
            leases: self.leases.clone(),
            stage: self.stage.clone(),
            vitals: self.vitals.clone(),
            stuck_after: self.stuck_after,
            findings: self.findings.clone(),
            memory_limit: self.memory_limit,
        }
    }
}

/// Why a job ends without a PDF.
#[derive(Debug, PartialEq, Eq)]
enum Ended {
    /// The lease is lost: nothing more to say to anyone.
    LeaseLost,
    /// The worker stops, or has no room: the lease goes back.
    Stopping,
    /// The attempt failed.
    Failed { reason: String, message: String, retryable: bool },
}

impl Ended {
    fn failed(reason: &str, message: impl Into<String>, retryable: bool) -> Self {
        Self::Failed { reason: reason.to_owned(), message: message.into(), retryable }
    }
}

/// A print on its thread, with the time of each of its phases.
type OnPress = Pressed<(Result<Printed, PrintFailure>, Times)>;

/// How long a task may take.
#[derive(Debug, Clone, Copy)]
struct Deadline {
    allowed: Duration,
    end: Instant,
}

impl<Q: Queue, P: Printer> Job<Q, P> {
    /// Works a lease off, and returns when its slot is free again.
    pub(crate) async fn work(self, acquired: AcquiredLease) {
        let busy_slots = &self.vitals.metrics.busy_slots;
        busy_slots.inc();
        let mut on_press = None;
        self.see_through(acquired, &mut on_press).await;
        // The job may have ended before its print, whose thread takes a moment to notice.
        if let Some(on_press) = on_press {
            tokio::select! {
                () = on_press.freed() => {}
                () = self.reaches(Stage::Halting) => {}
            }
        }
        busy_slots.dec();
    }

    /// What goes wrong is said to the service or, when it takes no more, to the log.
    async fn see_through(&self, acquired: AcquiredLease, on_press: &mut Option<OnPress>) {
        let Some(lease) = acquired.lease else { return };
        let holding = self.leases.hold(lease);
        let started = Instant::now();
        let allowed = acquired.deadline.and_then(|deadline| Duration::try_from(deadline).ok());
        let deadline = allowed.map(|allowed| Deadline { allowed, end: started + allowed });
        let ended = self.attempt(&holding, deadline, on_press).await;
        self.count(&ended, started.elapsed());
        let lease = holding.lease();
        let (task, epoch) = (&lease.task, lease.epoch);
        match ended {
            Ok(()) => {
                tracing::info!(%task, epoch, attempt = acquired.attempt, took = ?started.elapsed(), "printed");
            }
            Err(Ended::LeaseLost) => tracing::warn!(%task, epoch, "the lease was lost; the task is dropped"),
            Err(Ended::Stopping) => self.give_back(lease).await,
            Err(Ended::Failed { reason, message, retryable }) => {
                // Not the message: it may quote the brief, and the log is not for those who may read that.
                tracing::warn!(%task, epoch, %reason, retryable, "the attempt failed");
                let request = FailRenderRequest { lease: Some(lease.clone()), reason, message, retryable };
                self.report_failure(&holding, request).await;
            }
        }
    }

    fn count(&self, ended: &Result<(), Ended>, took: Duration) {
        let metrics = &self.vitals.metrics;
        match ended {
            Ok(()) => {
                metrics.took(Phase::Total, took);
                metrics.ended(PrintResult::Succeeded);
            }
            Err(Ended::LeaseLost) => metrics.ended(PrintResult::Lost),
            Err(Ended::Stopping) => metrics.ended(PrintResult::Released),
            Err(Ended::Failed { reason, .. }) => metrics.failed(reason),
        }
    }

    async fn attempt(
        &self,
        holding: &Holding,
        deadline: Option<Deadline>,
        on_press: &mut Option<OnPress>,
    ) -> Result<(), Ended> {
        let input = self.fetch(holding).await?;
        check(&input)?;
        if *self.stage.borrow() >= Stage::Draining || self.findings.borrow().over_memory {
            return Err(Ended::Stopping);
        }
        let (printed, times) = self.print(holding, input, deadline, on_press).await?;
        let sending = Instant::now();
        self.upload(holding, printed).await?;
        for (phase, time) in times.into_iter().chain([(Phase::Upload, sending.elapsed())]) {
            self.vitals.metrics.took(phase, time);
        }
        Ok(())
    }

    async fn fetch(&self, holding: &Holding) -> Result<PrintInput, Ended> {
        tokio::select! {
            input = persist(|| self.queue.input(holding.lease())) => input,
            ended = self.told_to_stop(holding, Stage::Draining) => Err(ended),
        }
    }

    /// The print stops within a page of this being dropped.
    async fn print(
        &self,
        holding: &Holding,
        input: PrintInput,
        deadline: Option<Deadline>,
        on_press: &mut Option<OnPress>,
    ) -> Result<(Printed, Times), Ended> {
        let (progress, watched) = watch::channel(None);
        let printer = Arc::clone(&self.printer);
        let on_press = on_press.insert(self.press.run(move |pulse| {
            let mut stopwatch = Stopwatch::start();
            let done = printer.print(&input, &mut |now: Progress| {
                pulse.beat(now);
                stopwatch.tell(now);
                progress.send_if_modified(|last| last.replace(now) != Some(now));
                // Whoever follows the print is the job, which has ended: for whatever reason, there is nothing to print.
                if progress.is_closed() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            (done, stopwatch.stop())
        }));
        let done = tokio::select! {
            done = on_press.answer() => done,
            ended = self.told_to_stop(holding, Stage::Halting) => return Err(ended),
            ended = self.report_for_ever(holding.lease(), watched) => return Err(ended),
            ended = passes(deadline) => return Err(ended),
        };
        match done {
            Ok((Ok(pdf), times)) => Ok((pdf, times)),
            Ok((Err(PrintFailure::Failed { reason, message }), _)) => {
                Err(Ended::failed(&reason, message, false))
            }
            Ok((Err(PrintFailure::Stopped), _)) => {
                Err(lost(Lost::Panicked, self.stuck_after, self.memory_limit))
            }
            Err(why) => Err(lost(why, self.stuck_after, self.memory_limit)),
        }
    }

    /// Reports on change; ends only when the lease turns out to be lost.
    async fn report_for_ever(&self, lease: &Lease, mut watched: watch::Receiver<Option<Progress>>) -> Ended {
        loop {
            tokio::time::sleep(REPORT_EVERY).await;
            if watched.changed().await.is_err() {
                // The print is over; its result is about to be seen.
                return std::future::pending().await;
            }
            let progress = *watched.borrow_and_update();
            let Some(progress) = progress else { continue };
            match self.queue.report(lease, progress).await {
                Err(QueueError::LeaseLost) => return Ended::LeaseLost,
                // Progress is for people who wait; the print does not depend on it.
                Err(error) => tracing::debug!(task = %lease.task, %error, "progress was not taken"),
                Ok(()) => {}
            }
        }
    }

    async fn upload(&self, holding: &Holding, printed: Printed) -> Result<(), Ended> {
        let header = ArtifactHeader {
            lease: Some(holding.lease().clone()),
            sha256: sha256(&printed.bytes),
            size_bytes: u64::try_from(printed.bytes.len()).unwrap_or(u64::MAX),
            pages: printed.pages,
            environment: Some(self.printer.environment()),
            warnings: printed.warnings.iter().map(|warning| warning.text.clone()).collect(),
            print_warnings: printed.warnings,
        };
        let bytes = &printed.bytes;
        let sending = persist(|| self.queue.upload(header.clone(), Bytes::clone(bytes)));
        tokio::select! {
            // Were the lease to run out over it, it would count as a crash that the print is not to blame for.
            sent = timeout(UPLOAD_PATIENCE, sending) => sent.unwrap_or_else(|_| {
                Err(Ended::failed("UPLOAD_NOT_TAKEN", "the service or its artifact store did not take the PDF", true))
            }),
            ended = self.told_to_stop(holding, Stage::Halting) => Err(ended),
        }
    }

    async fn report_failure(&self, holding: &Holding, request: FailRenderRequest) {
        let told = tokio::select! {
            told = persist(|| self.queue.fail(request.clone())) => told,
            ended = self.told_to_stop(holding, Stage::Halting) => Err(ended),
        };
        if let Err(ended) = told {
            // The lease runs out by itself, and another worker tries.
            tracing::warn!(task = %holding.lease().task, ?ended, "the failure was not taken");
        }
    }

    async fn give_back(&self, lease: &Lease) {
        match self.queue.release(vec![lease.clone()]).await {
            Ok(()) => tracing::info!(task = %lease.task, epoch = lease.epoch, "given back"),
            // The lease runs out by itself, and another worker takes the task.
            Err(error) => tracing::warn!(task = %lease.task, %error, "the lease was not given back"),
        }
    }

    async fn told_to_stop(&self, holding: &Holding, stage: Stage) -> Ended {
        let mut lost = holding.lost();
        tokio::select! {
            Ok(_) = lost.wait_for(|lost| *lost) => Ended::LeaseLost,
            () = self.reaches(stage) => Ended::Stopping,
        }
    }

    async fn reaches(&self, stage: Stage) {
        let mut watched = self.stage.clone();
        if watched.wait_for(|now| *now >= stage).await.is_err() {
            // The worker's loop is gone without having said so; its jobs end with the process.
            std::future::pending::<()>().await;
        }
    }
}

/// All of these may go better another time, and so does what they are said of: a task that fails for good would answer
/// every later request for the same PDF, and none of them is certain to be the input's fault.
fn lost(why: Lost, stuck_after: Duration, memory_limit: u64) -> Ended {
    match why {
        // A printer that stops though nobody asked it to is no better than one that panics.
        Lost::Panicked => Ended::failed("PRINTER_PANICKED", "the printer met a defect of its own", true),
        Lost::Stuck => {
            let message = format!("the printer told nothing for {stuck_after:?} (--stuck-seconds)");
            Ended::failed("PRINTER_STUCK", message, true)
        }
        Lost::OverMemory => {
            let limit = memory_limit >> 20;
            let message = format!(
                "the worker held more than {limit} MiB (--max-memory-mb), and this was its largest print"
            );
            Ended::failed("OUT_OF_MEMORY_LIMIT", message, true)
        }
    }
}

/// Returns when the deadline is over, if there is one.
async fn passes(deadline: Option<Deadline>) -> Ended {
    let Some(Deadline { allowed, end }) = deadline else { return std::future::pending().await };
    tokio::time::sleep_until(end.into()).await;
    let message = format!("printing took longer than the {allowed:?} that a task may take");
    Ended::failed("DEADLINE_EXCEEDED", message, false)
}

/// Calls again while the service is away: printed pages are worth waiting for, and a lease that ran out is told.
async fn persist<T, F>(mut call: impl FnMut() -> F) -> Result<T, Ended>
where
    F: Future<Output = Result<T, QueueError>>,
{
    let mut backoff = Backoff::of_call();
    loop {
        match call().await {
            Ok(answer) => return Ok(answer),
            Err(QueueError::LeaseLost) => return Err(Ended::LeaseLost),
            Err(QueueError::Refused(message)) => return Err(Ended::failed("CALL_REFUSED", message, true)),
            Err(QueueError::StoreFull(message)) => {
                return Err(Ended::failed("ARTIFACT_STORE_FULL", message, true));
            }
            Err(error @ QueueError::Unavailable(_)) => tracing::debug!(%error, "calling again"),
        }
        backoff.wait().await;
    }
}

fn check(input: &PrintInput) -> Result<(), Ended> {
    mismatch(input).map_or(Ok(()), |what| Err(Ended::failed("INPUT_DIGEST_MISMATCH", what, true)))
}
