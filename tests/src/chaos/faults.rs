//! Injects the planned faults and repairs each one. Faults of the same process run one after another.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use chancery_cli::processes::Process;
use chancery_postgres::Halt;
use rustix::process::Signal;
use tokio::task::{JoinSet, block_in_place};
use tokio::time::{Instant, sleep, sleep_until};

use super::cluster::{Cluster, ended_in_order};
use super::history::{Event, Recorder};
use super::plan::{FaultKind, PlannedFault};
use super::proxy::Proxy;

/// The delay of each piece on a slow link.
const DELAY: Duration = Duration::from_millis(120);

/// Injects faults at their times and returns when all are repaired.
///
/// # Errors
/// Fails if a process could not be restarted.
pub async fn break_by_plan(
    cluster: &Arc<Cluster>,
    faults: &[PlannedFault],
    recorder: &Recorder,
    start: Instant,
) -> Result<()> {
    let mut under_way = JoinSet::new();
    for fault in faults.iter().cloned() {
        sleep_until(start + Duration::from_millis(fault.at)).await;
        let (cluster, recorder) = (Arc::clone(cluster), recorder.clone());
        under_way.spawn(async move {
            suffer(&cluster, &fault, &recorder).await.with_context(|| format!("{fault:?}"))
        });
    }
    while let Some(done) = under_way.join_next().await {
        done.context("a fault panicked")??;
    }
    Ok(())
}

async fn suffer(cluster: &Cluster, fault: &PlannedFault, recorder: &Recorder) -> Result<()> {
    let broke = || recorder.record(None, 0, Event::Broke(fault.clone()));
    let lasts = Duration::from_millis(fault.lasts);
    match fault.kind {
        FaultKind::KillWorker | FaultKind::StopWorker | FaultKind::TermWorker => {
            let mut worker = cluster.workers[fault.target % cluster.workers.len()].lock().await;
            broke();
            if hit(&mut worker.process, fault.kind, lasts).await? {
                cluster.start_worker_again(&mut worker)?;
            }
        }
        FaultKind::KillService | FaultKind::StopService | FaultKind::TermService => {
            let number = fault.target % cluster.services.len();
            let mut service = cluster.services[number].lock().await;
            broke();
            if hit(&mut service.process, fault.kind, lasts).await? {
                cluster.start_service_again(number, &mut service).await?;
            }
        }
        FaultKind::RestartPostgres | FaultKind::CrashPostgres => {
            let postgres = cluster.postgres.lock().await;
            broke();
            let how = if fault.kind == FaultKind::CrashPostgres { Halt::Immediate } else { Halt::Fast };
            block_in_place(|| postgres.halt(how))?;
            sleep(lasts).await;
            block_in_place(|| postgres.resume())?;
        }
        FaultKind::TerminateBackends => {
            let _postgres = cluster.postgres.lock().await;
            broke();
            let terminate = "select pg_terminate_backend(pid) from pg_stat_activity \
                 where application_name = 'chancery-service' and random() < 0.5";
            block_in_place(|| cluster.psql.rows(terminate))?;
        }
        FaultKind::DiskFull => {
            set_disk(cluster, true, &broke).await?;
            sleep(lasts).await;
            set_disk(cluster, false, &|| ()).await?;
        }
        FaultKind::Cut | FaultKind::Refuse | FaultKind::Hold | FaultKind::Delay => {
            let links = cluster.links.all();
            broke();
            disturb(links[fault.target % links.len()], fault.kind, lasts).await;
        }
    }
    recorder.record(None, 0, Event::Repaired(fault.clone()));
    Ok(())
}

/// Signals a process; returns true when a replacement must be started.
async fn hit(process: &mut Process, kind: FaultKind, lasts: Duration) -> Result<bool> {
    match kind {
        FaultKind::StopWorker | FaultKind::StopService => {
            process.signal(Signal::STOP);
            sleep(lasts).await;
            process.signal(Signal::CONT);
            Ok(false)
        }
        FaultKind::TermWorker | FaultKind::TermService => {
            let status = process.stop().await?;
            anyhow::ensure!(
                ended_in_order(process, status),
                "{} ended on SIGTERM with {status}:\n{}",
                process.name,
                process.log_tail()
            );
            Ok(true)
        }
        _ => {
            process.kill().await?;
            sleep(lasts).await;
            Ok(true)
        }
    }
}

async fn set_disk(cluster: &Cluster, is_full: bool, then: &(dyn Fn() + Sync)) -> Result<()> {
    let _postgres = cluster.postgres.lock().await;
    block_in_place(|| cluster.psql.rows(&format!("update chaos_disk set is_full = {is_full}")))?;
    then();
    Ok(())
}

async fn disturb(link: &Proxy, kind: FaultKind, lasts: Duration) {
    match kind {
        FaultKind::Refuse => {
            link.refuse(true);
            sleep(lasts).await;
            link.refuse(false);
        }
        FaultKind::Hold => {
            link.hold(true);
            sleep(lasts).await;
            link.hold(false);
        }
        FaultKind::Delay => {
            link.delay(DELAY);
            sleep(lasts).await;
            link.delay(Duration::ZERO);
        }
        _ => link.cut(),
    }
}
