//! Stale workers: in each round a worker is stopped past its lease while it prints or uploads, another takes over the
//! task, and the first resumes. Everything it then sends must be rejected.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use chancery_proto::render::v1::{CreateRenderRequest, RenderOptions};
use chancery_testkit::WORKSPACE;
use rustix::process::Signal;
use tokio::task::block_in_place;
use tokio::time::{Instant, sleep};

use super::check::{Kind, Run, Violation, check};
use super::cluster::{Cluster, Setup};
use super::dice::Dice;
use super::plan::{LEASE, WORKERS};
use super::{scene, snapshot};

/// The timeout of each step of a round.
const PATIENCE: Duration = Duration::from_secs(40);

/// The delay of each piece on the stale worker's link, which leaves a moment to stop it in.
const DELAY: Duration = Duration::from_millis(60);

/// The result of the rounds.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Rounds in which the stale worker learned that its lease was lost.
    pub refused: usize,
    /// Rounds in which it had sent everything before it was stopped.
    pub too_late: usize,
    /// The violated guarantees.
    pub violations: Vec<Violation>,
}

/// Plays rounds until this number of stale workers were rejected. With `overtake` the stale worker resumes while
/// the other one is still printing; without, after that one has finished; `None` varies from round to round.
///
/// # Errors
/// Fails if a round could not be played.
pub async fn stop_and_continue(
    rounds: usize,
    seed: u64,
    overtake: Option<bool>,
    setup: Setup,
) -> Result<Outcome> {
    let pdfs = setup.folder.join("pdf");
    let cluster = Cluster::start(setup).await.context("starting the processes")?;
    let scene = scene::set(&cluster, false).await.context("importing the briefs")?;
    let mut dice = Dice::new(seed);
    let mut outcome = Outcome::default();
    let mut round = Round { cluster: &cluster, stale: 0, other: 1, task: String::new() };
    // Two are enough; a third would take over the task from both.
    for link in &cluster.links.workers[2..WORKERS] {
        link.refuse(true);
    }
    for number in 0..rounds * 2 {
        if outcome.refused == rounds {
            break;
        }
        let overtake = overtake.unwrap_or(number % 2 == 1);
        round.only_the_stale_one_works();
        let options = RenderOptions { recipient: scene::recipient(number), ..RenderOptions::default() };
        let request = CreateRenderRequest {
            parent: WORKSPACE.to_owned(),
            source: scene::brief_name(number % super::plan::BRIEFS),
            options: Some(options),
            ..CreateRenderRequest::default()
        };
        let render = scene.callers[0].create_render(request).await?;
        round.task = task_of(&cluster, &render.name)?;
        let refused = round.play(&mut dice, overtake).await.with_context(|| format!("round {number}"))?;
        if refused {
            outcome.refused += 1;
        } else {
            outcome.too_late += 1;
        }
        scene.callers[0].follow_render(render, |_| ()).await?;
        (round.stale, round.other) = (round.other, round.stale);
    }
    let died = cluster.stop_processes().await?;
    let snapshot = block_in_place(|| snapshot::take(&cluster.psql, &pdfs))?;
    outcome.violations = check(&Run { snapshot, died, ..Run::default() });
    Ok(outcome)
}

struct Round<'c> {
    cluster: &'c Cluster,
    stale: usize,
    other: usize,
    task: String,
}

impl Round<'_> {
    fn only_the_stale_one_works(&self) {
        self.cluster.links.workers[self.stale].refuse(false);
        self.cluster.links.workers[self.stale].delay(DELAY);
        self.cluster.links.workers[self.other].delay(Duration::ZERO);
        self.cluster.links.workers[self.other].refuse(true);
    }

    /// Stops the worker in the middle of its task, lets the other take it over, and returns whether the first then
    /// learned that its lease was lost.
    async fn play(&self, dice: &mut Dice, overtake: bool) -> Result<bool> {
        let (cluster, task) = (self.cluster, &self.task);
        self.until(&format!("select state <> 'QUEUED' from render_tasks where task_id = '{task}'")).await?;
        sleep(Duration::from_millis(dice.between(0, 250))).await;
        cluster.workers[self.stale].lock().await.process.signal(Signal::STOP);
        sleep(Duration::from_millis(LEASE + 200)).await;
        let ended = format!("select ended_at is not null from render_tasks where task_id = '{task}'");
        if block_in_place(|| cluster.psql.rows(&ended))?.concat() == "t" {
            cluster.workers[self.stale].lock().await.process.signal(Signal::CONT);
            return Ok(false);
        }
        if overtake {
            cluster.links.workers[self.other].delay(DELAY * 4);
        }
        cluster.links.workers[self.other].refuse(false);
        let leased_again =
            format!("select count(*) > 1 from render_attempts where task_id = '{task}' and event = 'LEASED'");
        self.until(&leased_again).await?;
        if !overtake {
            self.until(&ended).await?;
        }
        cluster.workers[self.stale].lock().await.process.signal(Signal::CONT);
        self.until(&ended).await?;
        self.is_lease_lost_reported().await
    }

    /// Waits for the stale worker to log a line about the task.
    async fn is_lease_lost_reported(&self) -> Result<bool> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let log = self.log().await;
            let log = fs::read_to_string(&log).with_context(|| log.display().to_string())?;
            let lines = || log.lines().filter(|line| line.contains(&self.task));
            if lines().any(|line| line.contains("the lease was lost")) {
                return Ok(true);
            }
            if lines().any(|line| line.contains("\"printed\"")) {
                return Ok(false);
            }
            sleep(Duration::from_millis(100)).await;
        }
        bail!("the stale worker logs nothing about task {}", self.task)
    }

    async fn log(&self) -> PathBuf {
        self.cluster.workers[self.stale].lock().await.process.log.clone()
    }

    async fn until(&self, condition: &str) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while block_in_place(|| self.cluster.psql.rows(condition))?.concat() != "t" {
            ensure!(Instant::now() < deadline, "timed out waiting for: {condition}");
            sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }
}

fn task_of(cluster: &Cluster, render: &str) -> Result<String> {
    let id = render.rsplit('/').next().unwrap_or_default();
    let rows = block_in_place(|| {
        cluster.psql.rows(&format!("select task_id from renders where render_id = '{id}'"))
    })?;
    rows.into_iter().next().with_context(|| format!("{render} is not in the database"))
}

impl Outcome {
    /// Returns whether a stale write was seen, as `--prove` requires.
    pub fn shows_a_stale_write(&self) -> bool {
        self.violations.iter().any(|violation| violation.kind == Kind::StaleWrite)
    }
}
