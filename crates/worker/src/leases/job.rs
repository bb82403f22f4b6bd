//! One lease, from its input to its PDF.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chancery_brief::digest::body_digest;
use chancery_proto::worker::v1::{AcquiredLease, ArtifactHeader, FailRenderRequest, Lease};
use prost::bytes::Bytes;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::health::HealthState;
use crate::health::metrics::{Phase, PrintResult};
use crate::leases::held_leases::{HeldLease, HeldLeases};
use crate::print_pool::pool::{PoolTask, PrintPool, TaskError};
use crate::print_pool::watchdog::Findings;
use crate::printing::phase_timer::{PhaseTimer, PhaseTimes};
use crate::printing::printer::{PrintFailure, Printed, Printer, Progress};
use crate::queue::backoff::Backoff;
use crate::queue::print_input::{PrintInput, mismatch};
use crate::queue::{Queue, QueueError};

/// Interval between progress reports; prints that finish sooner are not reported.
const PROGRESS_REPORT_INTERVAL: Duration = Duration::from_millis(200);

/// Time limit for retrying an upload: half of the deadline of a task.
const UPLOAD_TIMEOUT: Duration = Duration::from_mins(5);

/// Stages of a worker's shutdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Working,
    /// No print starts; running prints continue.
    Draining,
    /// Running prints stop.
    Halting,
}

/// The state shared by all jobs of a worker.
#[derive(Debug)]
pub(crate) struct Job<Q, P> {
    pub(crate) queue: Q,
    pub(crate) printer: Arc<P>,
    pub(crate) pool: PrintPool,
    pub(crate) leases: HeldLeases,
    pub(crate) stage: watch::Receiver<Stage>,
    pub(crate) health: HealthState,
    pub(crate) stuck_after: Duration,
    pub(crate) findings: watch::Receiver<Findings>,
    /// In bytes; 0 for no limit.
    pub(crate) memory_limit: u64,
}

// Not derived, because that would require the printer to be `Clone`.
impl<Q: Clone, P> Clone for Job<Q, P> {
    fn clone(&self) -> Self {
        Self {
            queue: self.queue.clone(),
            printer: Arc::clone(&self.printer),
            pool: self.pool.clone(),
            leases: self.leases.clone(),
            stage: self.stage.clone(),
            health: self.health.clone(),
            stuck_after: self.stuck_after,
            findings: self.findings.clone(),
            memory_limit: self.memory_limit,
        }
    }
}

/// Why an attempt produced no PDF.
#[derive(Debug, PartialEq, Eq)]
enum JobError {
    /// The lease is lost; the service expects no further calls.
    LeaseLost,
    /// The worker drains or is over its memory limit; release the lease.
    Stopping,
    /// The attempt failed.
    Failed { reason: String, message: String, retryable: bool },
}

impl JobError {
    fn failed(reason: &str, message: impl Into<String>, retryable: bool) -> Self {
        Self::Failed { reason: reason.to_owned(), message: message.into(), retryable }
    }
}

/// A print in the pool, with the time of each of its phases.
type PrintTask = PoolTask<(Result<Printed, PrintFailure>, PhaseTimes)>;

/// The deadline of a task.
#[derive(Debug, Clone, Copy)]
struct Deadline {
    allowed: Duration,
    end: Instant,
}

impl<Q: Queue, P: Printer> Job<Q, P> {
    /// Works a lease and returns when its slot is free again.
    pub(crate) async fn run(self, acquired: AcquiredLease) {
        let busy_slots = &self.health.metrics.busy_slots;
        busy_slots.inc();
        let mut print_task = None;
        self.run_attempt(acquired, &mut print_task).await;
        // An attempt may end before its print, which stops only at the next page.
        if let Some(print_task) = print_task {
            tokio::select! {
                () = print_task.thread_released() => {}
                () = self.stage_reached(Stage::Halting) => {}
            }
        }
        busy_slots.dec();
    }

    async fn run_attempt(&self, acquired: AcquiredLease, print_task: &mut Option<PrintTask>) {
        let Some(lease) = acquired.lease else { return };
        let held_lease = self.leases.hold(lease);
        let started = Instant::now();
        let allowed = acquired.deadline.and_then(|deadline| Duration::try_from(deadline).ok());
        let deadline = allowed.map(|allowed| Deadline { allowed, end: started + allowed });
        let result = self.fetch_print_upload(&held_lease, deadline, print_task).await;
        self.count(&result, started.elapsed());
        let lease = held_lease.lease();
        let (task, epoch) = (&lease.task, lease.epoch);
        match result {
            Ok(()) => {
                tracing::info!(%task, epoch, attempt = acquired.attempt, took = ?started.elapsed(), "printed");
            }
            Err(JobError::LeaseLost) => tracing::warn!(%task, epoch, "lease lost; task dropped"),
            Err(JobError::Stopping) => self.release(lease).await,
            Err(JobError::Failed { reason, message, retryable }) => {
                // The message may quote the brief, which readers of the log may not be cleared for.
                tracing::warn!(%task, epoch, %reason, retryable, "attempt failed");
                let request = FailRenderRequest { lease: Some(lease.clone()), reason, message, retryable };
                self.report_failure(&held_lease, request).await;
            }
        }
    }

    fn count(&self, result: &Result<(), JobError>, took: Duration) {
        let metrics = &self.health.metrics;
        match result {
            Ok(()) => {
                metrics.observe_phase(Phase::Total, took);
                metrics.count_print(PrintResult::Succeeded);
            }
            Err(JobError::LeaseLost) => metrics.count_print(PrintResult::Lost),
            Err(JobError::Stopping) => metrics.count_print(PrintResult::Released),
            Err(JobError::Failed { reason, .. }) => metrics.count_failure(reason),
        }
    }

    async fn fetch_print_upload(
        &self,
        held_lease: &HeldLease,
        deadline: Option<Deadline>,
        print_task: &mut Option<PrintTask>,
    ) -> Result<(), JobError> {
        let input = self.fetch(held_lease).await?;
        check_digests(&input)?;
        if *self.stage.borrow() >= Stage::Draining || self.findings.borrow().over_memory {
            return Err(JobError::Stopping);
        }
        let (printed, times) = self.print(held_lease, input, deadline, print_task).await?;
        let upload_started = Instant::now();
        self.upload(held_lease, printed).await?;
        for (phase, time) in times.into_iter().chain([(Phase::Upload, upload_started.elapsed())]) {
            self.health.metrics.observe_phase(phase, time);
        }
        Ok(())
    }

    async fn fetch(&self, held_lease: &HeldLease) -> Result<PrintInput, JobError> {
        tokio::select! {
            input = retry_while_unavailable(|| self.queue.input(held_lease.lease())) => input,
            stopped = self.stopped(held_lease, Stage::Draining) => Err(stopped),
        }
    }

    /// Prints the input in the pool. Dropping the future stops the print at its next page.
    async fn print(
        &self,
        held_lease: &HeldLease,
        input: PrintInput,
        deadline: Option<Deadline>,
        print_task: &mut Option<PrintTask>,
    ) -> Result<(Printed, PhaseTimes), JobError> {
        let (progress_sender, progress) = watch::channel(None);
        let printer = Arc::clone(&self.printer);
        let print_task = print_task.insert(self.pool.spawn(move |heartbeat| {
            let mut timer = PhaseTimer::start();
            let result = printer.print(&input, &mut |progress: Progress| {
                heartbeat.record(progress);
                timer.record(progress);
                progress_sender.send_if_modified(|last| last.replace(progress) != Some(progress));
                // Closed when the job has ended, in which case its result is not needed.
                if progress_sender.is_closed() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            (result, timer.stop())
        }));
        let result = tokio::select! {
            result = print_task.result() => result,
            stopped = self.stopped(held_lease, Stage::Halting) => return Err(stopped),
            lost = self.report_progress(held_lease.lease(), progress) => return Err(lost),
            exceeded = deadline_exceeded(deadline) => return Err(exceeded),
        };
        match result {
            Ok((Ok(pdf), times)) => Ok((pdf, times)),
            Ok((Err(PrintFailure::Failed { reason, message }), _)) => {
                Err(JobError::failed(&reason, message, false))
            }
            // The observer has not stopped this print, so it ended without a result, as after a panic.
            Ok((Err(PrintFailure::Stopped), _)) => Err(self.print_failure(TaskError::Panicked)),
            Err(error) => Err(self.print_failure(error)),
        }
    }

    /// Converts a failed print to a retryable error: a permanent failure would answer all later requests for the same
    /// PDF, and none of these failures is certainly caused by the input.
    fn print_failure(&self, error: TaskError) -> JobError {
        match error {
            TaskError::Panicked => JobError::failed("PRINTER_PANICKED", "the printer panicked", true),
            TaskError::Stuck => {
                let stuck_after = self.stuck_after;
                let message = format!("no progress for {stuck_after:?} (--stuck-seconds)");
                JobError::failed("PRINTER_STUCK", message, true)
            }
            TaskError::OverMemory => {
                let limit = self.memory_limit >> 20;
                let message = format!(
                    "the worker used more than {limit} MiB (--max-memory-mb), and this was its largest print"
                );
                JobError::failed("OUT_OF_MEMORY_LIMIT", message, true)
            }
        }
    }

    /// Reports changes of the progress; returns only if the lease is lost.
    async fn report_progress(
        &self,
        lease: &Lease,
        mut receiver: watch::Receiver<Option<Progress>>,
    ) -> JobError {
        loop {
            tokio::time::sleep(PROGRESS_REPORT_INTERVAL).await;
            if receiver.changed().await.is_err() {
                // The print has finished; `print` is about to receive its result.
                return std::future::pending().await;
            }
            let progress = *receiver.borrow_and_update();
            let Some(progress) = progress else { continue };
            match self.queue.report(lease, progress).await {
                Err(QueueError::LeaseLost) => return JobError::LeaseLost,
                // Reports only inform people who wait; printing does not depend on them.
                Err(error) => tracing::debug!(task = %lease.task, %error, "cannot report progress"),
                Ok(()) => {}
            }
        }
    }

    async fn upload(&self, held_lease: &HeldLease, printed: Printed) -> Result<(), JobError> {
        let header = ArtifactHeader {
            lease: Some(held_lease.lease().clone()),
            sha256: body_digest(&printed.bytes).to_string(),
            size_bytes: u64::try_from(printed.bytes.len()).unwrap_or(u64::MAX),
            pages: printed.pages,
            environment: Some(self.printer.environment()),
            warnings: printed.warnings.iter().map(|warning| warning.text.clone()).collect(),
            print_warnings: printed.warnings,
        };
        let bytes = &printed.bytes;
        let uploading = retry_while_unavailable(|| self.queue.upload(header.clone(), Bytes::clone(bytes)));
        tokio::select! {
            // Without this limit the lease would expire, which counts as a crash of the print.
            result = timeout(UPLOAD_TIMEOUT, uploading) => result.unwrap_or_else(|_| {
                Err(JobError::failed("UPLOAD_NOT_TAKEN", "the service or its artifact store did not accept the PDF", true))
            }),
            stopped = self.stopped(held_lease, Stage::Halting) => Err(stopped),
        }
    }

    async fn report_failure(&self, held_lease: &HeldLease, request: FailRenderRequest) {
        let result = tokio::select! {
            result = retry_while_unavailable(|| self.queue.fail(request.clone())) => result,
            stopped = self.stopped(held_lease, Stage::Halting) => Err(stopped),
        };
        if let Err(error) = result {
            // The lease expires, and another worker retries the task.
            tracing::warn!(task = %held_lease.lease().task, ?error, "cannot report the failure");
        }
    }

    async fn release(&self, lease: &Lease) {
        match self.queue.release(vec![lease.clone()]).await {
            Ok(()) => tracing::info!(task = %lease.task, epoch = lease.epoch, "lease released"),
            // The lease expires, and another worker takes the task.
            Err(error) => tracing::warn!(task = %lease.task, %error, "cannot release the lease"),
        }
    }

    /// Returns once the lease is lost or the worker reaches a stage of its shutdown.
    async fn stopped(&self, held_lease: &HeldLease, stage: Stage) -> JobError {
        let mut lost = held_lease.lost();
        tokio::select! {
            Ok(_) = lost.wait_for(|lost| *lost) => JobError::LeaseLost,
            () = self.stage_reached(stage) => JobError::Stopping,
        }
    }

    async fn stage_reached(&self, stage: Stage) {
        let mut receiver = self.stage.clone();
        if receiver.wait_for(|now| *now >= stage).await.is_err() {
            // The loop ended without announcing a stage; its jobs end with the process.
            std::future::pending::<()>().await;
        }
    }
}

/// Returns once the deadline, if any, is over.
async fn deadline_exceeded(deadline: Option<Deadline>) -> JobError {
    let Some(Deadline { allowed, end }) = deadline else { return std::future::pending().await };
    tokio::time::sleep_until(end.into()).await;
    let message = format!("printing took longer than {allowed:?}, the deadline of a task");
    JobError::failed("DEADLINE_EXCEEDED", message, false)
}

/// Retries a call while the service is unavailable, so that finished prints are not wasted. Ends when the service answers
/// that the lease is lost.
async fn retry_while_unavailable<T, F>(mut call: impl FnMut() -> F) -> Result<T, JobError>
where
    F: Future<Output = Result<T, QueueError>>,
{
    let mut backoff = Backoff::for_call();
    loop {
        match call().await {
            Ok(response) => return Ok(response),
            Err(QueueError::LeaseLost) => return Err(JobError::LeaseLost),
            Err(QueueError::Refused(message)) => return Err(JobError::failed("CALL_REFUSED", message, true)),
            Err(QueueError::StoreFull(message)) => {
                return Err(JobError::failed("ARTIFACT_STORE_FULL", message, true));
            }
            Err(error @ QueueError::Unavailable(_)) => tracing::debug!(%error, "retrying a call"),
        }
        backoff.wait().await;
    }
}

fn check_digests(input: &PrintInput) -> Result<(), JobError> {
    mismatch(input).map_or(Ok(()), |message| Err(JobError::failed("INPUT_DIGEST_MISMATCH", message, true)))
}
