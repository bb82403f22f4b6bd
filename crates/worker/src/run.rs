//! The worker's loop: acquire, work, and an orderly end.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use chancery_proto::worker::v1::{AcquireLeasesRequest, AcquiredLease};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::backoff::Backoff;
use crate::job::{Job, Stage};
use crate::leases::Leases;
use crate::press::Press;
use crate::printer::Printer;
use crate::queue::Queue;

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
}

/// Works until `stop` is done, then begins nothing new, gives back what it has not begun, lets running prints end
/// up to a limit, and returns.
///
/// # Errors
/// The threads to print on could not be started.
pub async fn run<Q: Queue, P: Printer>(
    queue: Q,
    printer: P,
    settings: Settings,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let (stage, watched) = watch::channel(Stage::Working);
    let job = Job {
        queue: queue.clone(),
        printer: Arc::new(printer),
        press: Press::start(settings.slots as usize)?,
        leases: Leases::default(),
        stage: watched,
    };
    let renewal = tokio::spawn(job.leases.clone().renew_for_ever(queue, settings.renew_every));
    let mut jobs = JoinSet::new();
    tokio::select! {
        () = work_for_ever(&job, &settings, &mut jobs) => {}
        () = stop => {}
    }
    drain(&stage, &mut jobs, settings.drain).await;
    renewal.abort();
    Ok(())
}

async fn work_for_ever<Q: Queue, P: Printer>(job: &Job<Q, P>, settings: &Settings, jobs: &mut JoinSet<()>) {
    let mut backoff = Backoff::of_service();
    let mut away = false;
    loop {
        let free = free_slot(jobs, settings.slots).await;
        let request = AcquireLeasesRequest {
            worker: settings.name.clone(),
            environment: Some(job.printer.environment()),
            max_leases: free,
            wait: Some(whole_seconds(ACQUIRE_WAIT_SECONDS)),
        };
        match job.queue.acquire(request).await {
            Ok(leases) => {
                if std::mem::take(&mut away) {
                    tracing::info!("the service answers");
                }
                backoff.reset();
                begin(job, leases, jobs);
            }
            Err(error) => {
                // Said once for each time that the service goes away, not once a try.
                if !std::mem::replace(&mut away, true) {
                    tracing::warn!(%error, "no tasks can be leased; trying for ever");
                }
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
