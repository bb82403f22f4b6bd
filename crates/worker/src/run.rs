//! The worker's loop: acquire, work, and an orderly end.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use chancery_proto::worker::v1::{AcquireLeasesRequest, AcquiredLease};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::backoff::Backoff;
use crate::job::{Job, Stage};
use crate::leases::Leases;
use crate::memory::MemoryLimit;
use crate::metered::Metered;
use crate::press::Press;
use crate::printer::Printer;
use crate::queue::Queue;
use crate::vitals::Vitals;
use crate::watchdog::{Findings, Watchdog, WornOut};

/// How long one call waits for a first task.
const ACQUIRE_WAIT_SECONDS: i64 = 20;

/// How long a worker that halts waits until its leases are given back.
const GIVE_BACK: Duration = Duration::from_secs(3);

/// How a worker works.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Its name for itself, for people who look at the queue.
    pub name: String,
    /// How many tasks it prints at once.
    pub slots: u32,
    /// How often leases are renewed.
    pub renew_every: Duration,
    /// How long running prints may go on after the worker was told to stop.
    pub drain: Duration,
    /// How long a print may tell nothing before it is given up.
    pub stuck_after: Duration,
    /// How many threads may hang in given-up prints before the worker ends.
    pub max_stuck_threads: u32,
    /// How much memory the process may hold; none for no limit.
    pub memory: Option<MemoryLimit>,
}

/// Why a worker ended though nobody told it to.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The threads to print on could not be started.
    #[error("starting the threads to print on: {0}")]
    Threads(#[from] io::Error),
    /// It is of no more use; one that is started anew is.
    #[error("worn out, to be started anew: {0}")]
    WornOut(WornOut),
}

/// Works until `stop` is done, then begins nothing new, gives back what it has not begun, lets running prints end
/// up to a limit, and returns. A worker that wears out begins nothing new either, and lets all running prints end.
///
/// # Errors
/// See [`RunError`].
pub async fn run<Q: Queue, P: Printer>(
    queue: Q,
    printer: P,
    settings: Settings,
    vitals: Vitals,
    stop: impl Future<Output = ()>,
) -> Result<(), RunError> {
    let (stage, watched) = watch::channel(Stage::Working);
    let queue = Metered::new(queue, vitals.clone());
    vitals.metrics.slots.set(settings.slots.into());
    let limit = settings.memory.as_ref().map_or(0, |memory| memory.bytes);
    vitals.metrics.memory_limit.set(i64::try_from(limit).unwrap_or(i64::MAX));
    let press = Press::start(settings.slots as usize)?;
    let watchdog = Watchdog::new(press.clone(), vitals.clone(), &settings);
    let findings = watchdog.findings();
    let job = Job {
        queue: queue.clone(),
        printer: Arc::new(printer),
        press,
        leases: Leases::default(),
        stage: watched,
        vitals: vitals.clone(),
        stuck_after: settings.stuck_after,
        findings: findings.clone(),
        memory_limit: limit,
    };
    // Aborted when this returns, however it does.
    let mut beside = JoinSet::new();
    beside.spawn(watchdog.watch_for_ever());
    beside.spawn(job.leases.clone().renew_for_ever(queue, settings.renew_every));
    let mut jobs = JoinSet::new();
    let mut stop = pin!(stop);
    let worn_out = tokio::select! {
        why = worn_out(findings.clone()) => Some(why),
        () = work_for_ever(&job, &settings, findings, &mut jobs) => None,
        () = &mut stop => None,
    };
    vitals.drain();
    let Some(why) = worn_out else {
        drain(&stage, &mut jobs, settings.drain).await;
        return Ok(());
    };
    tracing::error!(%why, "worn out: nothing new is begun");
    stage.send_replace(Stage::Draining);
    tokio::select! {
        // Their deadlines and the watchdog see to it that they do.
        () = all_ended(&mut jobs) => {}
        () = stop => drain(&stage, &mut jobs, settings.drain).await,
    }
    Err(RunError::WornOut(why))
}

async fn worn_out(mut findings: watch::Receiver<Findings>) -> WornOut {
    loop {
        if let Some(why) = findings.borrow_and_update().worn_out {
            return why;
        }
        if findings.changed().await.is_err() {
            // The watchdog is gone, which it only is when all ends.
            return std::future::pending().await;
        }
    }
}

async fn work_for_ever<Q: Queue, P: Printer>(
    job: &Job<Q, P>,
    settings: &Settings,
    mut findings: watch::Receiver<Findings>,
    jobs: &mut JoinSet<()>,
) {
    let mut backoff = Backoff::of_service();
    let mut away = false;
    // The first call returns at once, and so does the first one after an outage: it is soon known that the service
    // answers, also where there is nothing to print.
    let mut wait = 0;
    loop {
        let free = free_slot(jobs, settings.slots).await;
        // An error means that the watchdog is gone, which it only is when all ends.
        let _ = findings.wait_for(|findings| !findings.over_memory).await;
        let request = AcquireLeasesRequest {
            worker: settings.name.clone(),
            environment: Some(job.printer.environment()),
            max_leases: free,
            wait: Some(whole_seconds(wait)),
        };
        match job.queue.acquire(request).await {
            Ok(leases) => {
                if std::mem::take(&mut away) {
                    tracing::info!("the service answers");
                }
                backoff.reset();
                wait = ACQUIRE_WAIT_SECONDS;
                begin(job, leases, jobs);
            }
            Err(error) => {
                // Said once for each time that the service goes away, not once a try.
                if !std::mem::replace(&mut away, true) {
                    tracing::warn!(%error, "no tasks can be leased; trying for ever");
                }
                wait = 0;
                backoff.wait().await;
            }
        }
    }
}

/// How many slots are free, at least one: waits for a job to end where none is.
async fn free_slot(jobs: &mut JoinSet<()>, slots: u32) -> u32 {
    loop {
        while jobs.try_join_next().is_some() {}
        let busy = u32::try_from(jobs.len()).unwrap_or(u32::MAX);
        if busy < slots {
            return slots - busy;
        }
        jobs.join_next().await;
    }
}

fn begin<Q: Queue, P: Printer>(job: &Job<Q, P>, leases: Vec<AcquiredLease>, jobs: &mut JoinSet<()>) {
    for lease in leases {
        jobs.spawn(job.clone().work(lease));
    }
}

async fn drain(stage: &watch::Sender<Stage>, jobs: &mut JoinSet<()>, limit: Duration) {
    stage.send_replace(Stage::Draining);
    while jobs.try_join_next().is_some() {}
    tracing::info!(running = jobs.len(), "stopping");
    if tokio::time::timeout(limit, all_ended(jobs)).await.is_ok() {
        return;
    }
    tracing::warn!(running = jobs.len(), "the time to stop in is over; running prints are given back");
    stage.send_replace(Stage::Halting);
    if tokio::time::timeout(GIVE_BACK, all_ended(jobs)).await.is_err() {
        tracing::warn!(running = jobs.len(), "left to their leases' end");
    }
}

async fn all_ended(jobs: &mut JoinSet<()>) {
    while jobs.join_next().await.is_some() {}
}

const fn whole_seconds(seconds: i64) -> prost_types::Duration {
    prost_types::Duration { seconds, nanos: 0 }
}
