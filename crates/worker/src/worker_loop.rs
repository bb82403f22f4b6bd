//! The worker's loop: lease tasks while slots are free, then drain.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use chancery_proto::worker::v1::{AcquireLeasesRequest, AcquiredLease};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::health::HealthState;
use crate::leases::held_leases::HeldLeases;
use crate::leases::job::{Job, Stage};
use crate::print_pool::pool::PrintPool;
use crate::print_pool::watchdog::{Findings, RestartReason, Watchdog};
use crate::printing::printer::Printer;
use crate::queue::backoff::Backoff;
use crate::queue::metered::MeteredQueue;
use crate::queue::{Queue, QueueError};
use crate::settings::Settings;

/// How long one `AcquireLeases` call waits for a first task.
const ACQUIRE_WAIT_SECONDS: i64 = 20;

/// Time limit for releasing leases after the drain time is over.
const RELEASE_TIMEOUT: Duration = Duration::from_secs(3);

/// Failure of a worker.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The print threads could not be started.
    #[error("starting the print threads: {0}")]
    Threads(#[from] io::Error),
    /// The process must be restarted.
    #[error("restart required: {0}")]
    RestartRequired(RestartReason),
}

/// Leases and prints tasks until `stop` completes, then drains: releases tasks that have not started to print, lets
/// running prints finish within [`Settings::drain`] and returns. If the process must be restarted, it stops leasing too,
/// but gives running prints all the time they need.
///
/// # Errors
/// See [`RunError`].
pub async fn run<Q: Queue, P: Printer>(
    queue: Q,
    printer: P,
    settings: Settings,
    health: HealthState,
    stop: impl Future<Output = ()>,
) -> Result<(), RunError> {
    let (stage, stage_receiver) = watch::channel(Stage::Working);
    let queue = MeteredQueue::new(queue, health.clone());
    let memory_limit = settings.memory.as_ref().map_or(0, |memory| memory.bytes);
    health.metrics.slots.set(settings.slots.into());
    health.metrics.memory_limit.set(i64::try_from(memory_limit).unwrap_or(i64::MAX));
    let pool = PrintPool::start(settings.slots as usize)?;
    let watchdog = Watchdog::new(pool.clone(), health.clone(), &settings);
    let findings = watchdog.findings();
    let job = Job {
        queue: queue.clone(),
        printer: Arc::new(printer),
        pool,
        leases: HeldLeases::default(),
        stage: stage_receiver,
        health: health.clone(),
        stuck_after: settings.stuck_after,
        findings: findings.clone(),
        memory_limit,
    };
    // Dropping the set aborts these tasks when this function returns.
    let mut background = JoinSet::new();
    background.spawn(watchdog.run());
    background.spawn(job.leases.clone().renew_periodically(queue, settings.renew_every));

    let mut jobs = JoinSet::new();
    let mut stop = pin!(stop);
    let restart_reason = tokio::select! {
        reason = restart_required(findings.clone()) => Some(reason),
        () = lease_tasks(&job, &settings, findings, &mut jobs) => None,
        () = &mut stop => None,
    };
    health.drain();
    let Some(reason) = restart_reason else {
        drain(&stage, &mut jobs, settings.drain).await;
        return Ok(());
    };
    tracing::error!(%reason, "restart required: no further tasks are leased");
    stage.send_replace(Stage::Draining);
    tokio::select! {
        // Deadlines and the watchdog bound the time that this takes.
        () = all_finished(&mut jobs) => {}
        () = stop => drain(&stage, &mut jobs, settings.drain).await,
    }
    Err(RunError::RestartRequired(reason))
}

/// Leases tasks and spawns a job for each; never returns.
async fn lease_tasks<Q: Queue, P: Printer>(
    job: &Job<Q, P>,
    settings: &Settings,
    mut findings: watch::Receiver<Findings>,
    jobs: &mut JoinSet<()>,
) {
    let mut backoff = Backoff::for_acquire();
    // The last reason why the service could not be reached.
    let mut outage: Option<QueueError> = None;
    // The first call and the first one after an outage do not wait for tasks, so that health and log show soon that the
    // service answers, even if there is nothing to print.
    let mut wait_seconds = 0;
    loop {
        let free_slots = free_slots(jobs, settings.slots).await;
        // Fails only if the watchdog is gone, which happens when `run` returns.
        let _ = findings.wait_for(|findings| !findings.over_memory).await;
        let request = AcquireLeasesRequest {
            worker: settings.name.clone(),
            environment: Some(job.printer.environment()),
            max_leases: free_slots,
            wait: Some(prost_types::Duration { seconds: wait_seconds, nanos: 0 }),
        };
        match job.queue.acquire(request).await {
            Ok(leases) => {
                if outage.take().is_some() {
                    tracing::info!("reconnected to the service");
                }
                backoff.reset();
                wait_seconds = ACQUIRE_WAIT_SECONDS;
                spawn_jobs(job, leases, jobs);
            }
            Err(error) => {
                // Logged when the reason changes, not for each attempt.
                if outage.as_ref() != Some(&error) {
                    tracing::warn!(%error, "cannot lease tasks; retrying until the service responds");
                    outage = Some(error);
                }
                wait_seconds = 0;
                backoff.wait().await;
            }
        }
    }
}

/// Returns the number of free slots, waiting for a job to finish if there is none.
async fn free_slots(jobs: &mut JoinSet<()>, slots: u32) -> u32 {
    loop {
        while jobs.try_join_next().is_some() {}
        let busy = u32::try_from(jobs.len()).unwrap_or(u32::MAX);
        if busy < slots {
            return slots - busy;
        }
        jobs.join_next().await;
    }
}

fn spawn_jobs<Q: Queue, P: Printer>(job: &Job<Q, P>, leases: Vec<AcquiredLease>, jobs: &mut JoinSet<()>) {
    for lease in leases {
        jobs.spawn(job.clone().run(lease));
    }
}

/// Returns once the watchdog requires a restart.
async fn restart_required(mut findings: watch::Receiver<Findings>) -> RestartReason {
    loop {
        if let Some(reason) = findings.borrow_and_update().restart {
            return reason;
        }
        if findings.changed().await.is_err() {
            // The watchdog is gone, which happens only when `run` returns.
            return std::future::pending().await;
        }
    }
}

async fn drain(stage: &watch::Sender<Stage>, jobs: &mut JoinSet<()>, limit: Duration) {
    stage.send_replace(Stage::Draining);
    while jobs.try_join_next().is_some() {}
    tracing::info!(running = jobs.len(), "draining");
    if tokio::time::timeout(limit, all_finished(jobs)).await.is_ok() {
        return;
    }
    tracing::warn!(running = jobs.len(), "drain timeout expired; releasing running prints");
    stage.send_replace(Stage::Halting);
    if tokio::time::timeout(RELEASE_TIMEOUT, all_finished(jobs)).await.is_err() {
        tracing::warn!(running = jobs.len(), "leases were not released; they will expire");
    }
}

async fn all_finished(jobs: &mut JoinSet<()>) {
    while jobs.join_next().await.is_some() {}
}
