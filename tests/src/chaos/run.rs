//! Runs a plan and checks the result.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::task::{JoinSet, block_in_place};
use tokio::time::{Instant, sleep, sleep_until};

use super::check::{Run, Violation, check};
use super::cluster::{Cluster, Setup};
use super::faults::break_by_plan;
use super::history::{Event, Recorder};
use super::load::Caller;
use super::plan::{FaultKind, Plan};
use super::{scene, snapshot};

/// How long after the last request and fault everything must have ended.
const SETTLES_WITHIN: Duration = Duration::from_secs(90);

/// The result of a run.
#[derive(Debug)]
pub struct Verdict {
    /// The count of each kind of fault.
    pub faults: BTreeMap<FaultKind, usize>,
    /// The number of calls, and of those that failed.
    pub calls: (usize, usize),
    /// The count of renders by final state.
    pub ends: BTreeMap<String, usize>,
    /// The violated guarantees.
    pub violations: Vec<Violation>,
}

/// Runs a plan in a folder, which then holds the plan, the history, the logs, the snapshot and the PDFs.
///
/// # Errors
/// Fails if something could not be started or restarted.
pub async fn run(plan: &Plan, folder: &Path) -> Result<Verdict> {
    fs::create_dir_all(folder)?;
    write(folder, "plan.json", &plan)?;
    let cluster = Arc::new(Cluster::start(Setup::in_folder(folder)).await.context("starting the processes")?);
    let scene = scene::set(&cluster, plan.needs_agreement).await.context("importing the briefs")?;
    let recorder = Recorder::create(&folder.join("history.jsonl"))?;
    let start = Instant::now();
    let end = start + Duration::from_millis(plan.requests.last().map_or(0, |request| request.at));
    let mut callers = JoinSet::new();
    for (number, planned) in plan.requests.iter().cloned().enumerate() {
        let (client, recorder) = (scene.callers[planned.caller].clone(), recorder.clone());
        callers.spawn(async move {
            sleep_until(start + Duration::from_millis(planned.at)).await;
            Caller { client, recorder, number, planned, until: end + SETTLES_WITHIN }.play().await;
        });
    }
    break_by_plan(&cluster, &plan.faults, &recorder, start).await.context("injecting faults")?;
    while let Some(played) = callers.join_next().await {
        played.context("a caller panicked")?;
    }
    settle(&cluster, Instant::now() + SETTLES_WITHIN).await?;
    let died = cluster.stop_processes().await?;
    let snapshot = block_in_place(|| snapshot::take(&cluster.psql, &folder.join("pdf")))?;
    write(folder, "snapshot.json", &snapshot)?;
    let run = Run {
        requests: plan.requests.clone(),
        needs_agreement: plan.needs_agreement,
        editions: scene.editions,
        history: recorder.entries(),
        snapshot,
        died,
    };
    Ok(verdict(&run))
}

/// Waits for renders without a waiting caller to end too.
async fn settle(cluster: &Cluster, until: Instant) -> Result<()> {
    while Instant::now() < until {
        if block_in_place(|| snapshot::open_tasks(&cluster.psql))? == 0 {
            return Ok(());
        }
        sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}

fn verdict(run: &Run) -> Verdict {
    let mut faults = BTreeMap::new();
    let mut calls = (0, 0);
    for entry in &run.history {
        match &entry.event {
            Event::Broke(fault) => *faults.entry(fault.kind).or_default() += 1,
            Event::Called(_) => calls.0 += 1,
            Event::Refused { .. } => calls.1 += 1,
            _ => {}
        }
    }
    let states: BTreeMap<_, _> =
        run.snapshot.tasks.iter().map(|task| (&task.task_id, task.state.clone())).collect();
    let mut ends = BTreeMap::new();
    for render in &run.snapshot.renders {
        let of_task = states.get(&render.task_id).cloned().unwrap_or_default();
        let state = if render.is_cancelled { "CANCELLED".to_owned() } else { of_task };
        *ends.entry(state).or_default() += 1;
    }
    Verdict { faults, calls, ends, violations: check(run) }
}

fn write(folder: &Path, name: &str, value: &impl serde::Serialize) -> Result<()> {
    fs::write(folder.join(name), serde_json::to_vec(value)?).with_context(|| name.to_owned())
}
