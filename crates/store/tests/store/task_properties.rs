//! Applies the same random events to the pure model of tasks and to Postgres: they must agree after each.

use std::collections::BTreeMap;
use std::time::Duration;

use chancery_proto::names::RenderName;
use chancery_proto::render::v1::RenderPhase;
use chancery_store::{AttemptFailure, Finished, Lease, LeaseTimes, StoreError};
use chancery_testkit::print_environment::ENVIRONMENT;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::test_runner::{Config, TestRunner};

use crate::fixture::{Fixture, content, person};
use crate::queue_scene::scene;
use crate::task_model::{Event, State, Task};

/// Maximum number of live tasks.
const TASKS: usize = 3;

/// An action of a caller, a worker or the clock. Leases are chosen among all leases ever granted, so that most are
/// stale.
#[derive(Debug, Clone)]
enum Step {
    Request(usize),
    Claim(u32),
    TimePasses(usize),
    DeadlinePasses(usize),
    Renew(usize),
    Progress(usize, i32, i32),
    Finish(usize),
    Fail(usize, bool),
    Release(usize),
    Cancel(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let lease = 0..8_usize;
    prop_oneof![
        2 => (0..TASKS).prop_map(Step::Request),
        4 => (1..4_u32).prop_map(Step::Claim),
        3 => (0..TASKS).prop_map(Step::TimePasses),
        1 => (0..TASKS).prop_map(Step::DeadlinePasses),
        1 => lease.clone().prop_map(Step::Renew),
        2 => (lease.clone(), 0..5, 0..50).prop_map(|(lease, phase, pages)| Step::Progress(lease, phase, pages)),
        1 => lease.clone().prop_map(Step::Finish),
        2 => (lease.clone(), prop_oneof![3 => Just(true), 1 => any::<bool>()])
            .prop_map(|(lease, retryable)| Step::Fail(lease, retryable)),
        1 => lease.clone().prop_map(Step::Release),
        1 => lease.prop_map(Step::Cancel),
    ]
}

/// The model beside the database.
struct Both {
    fixture: Fixture,
    /// By the task's id.
    tasks: BTreeMap<String, Task>,
    /// The newest task of each brief.
    newest: [Option<String>; TASKS],
    leases: Vec<Lease>,
    /// Every requested render with its task, and whether it was cancelled.
    renders: Vec<(RenderName, String, bool)>,
}

#[test]
fn postgres_agrees_with_the_model_of_tasks() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let fixture = runtime.block_on(async {
        let mut fixture = scene().await;
        for brief in 0..TASKS {
            fixture.published(&brief_of(brief), content(&format!("Brief {brief}"))).await;
        }
        // Too long to end unless the test ends it.
        let lease = Duration::from_hours(1);
        fixture.store = fixture.store.clone().with_lease_times(LeaseTimes { lease, ..LeaseTimes::default() });
        fixture
    });
    let mut runner = TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
    let fixture = std::cell::RefCell::new(Some(fixture));
    let steps = proptest::collection::vec(step(), 1..32);
    let ran = runner.run(&steps, |steps| {
        let own = fixture.borrow_mut().take().unwrap();
        own.rows(
            "delete from render_attempts; delete from renders; delete from render_queue; delete from render_tasks",
        );
        let mut both = Both {
            fixture: own,
            tasks: BTreeMap::new(),
            newest: Default::default(),
            leases: Vec::new(),
            renders: Vec::new(),
        };
        // The fixture is needed for the next case, also after a failed one.
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for step in &steps {
                runtime.block_on(both.take(step));
                both.compare(step);
            }
        }));
        *fixture.borrow_mut() = Some(both.fixture);
        done.map_err(|panic| proptest::test_runner::TestCaseError::fail(panic_message(&*panic)))
    });
    if let Err(error) = ran {
        panic!("{error}");
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    panic.downcast_ref::<String>().cloned().unwrap_or_default()
}

fn brief_of(brief: usize) -> String {
    format!("m{brief}")
}

impl Both {
    async fn take(&mut self, step: &Step) {
        match step {
            Step::Request(brief) => self.request(*brief).await,
            Step::Claim(limit) => self.claim(*limit).await,
            Step::TimePasses(brief) => self.time_passes(*brief, &Event::TimePassed),
            Step::DeadlinePasses(brief) => self.time_passes(*brief, &Event::DeadlinePassed),
            Step::Renew(lease) => {
                let Some(lease) = self.lease(*lease) else { return };
                let renewed =
                    self.fixture.store.queue().renew_leases(std::slice::from_ref(&lease)).await.unwrap();
                self.expect(&lease, &Event::Renewed(lease.epoch), !renewed.is_empty());
            }
            Step::Progress(lease, phase, pages) => {
                let Some(lease) = self.lease(*lease) else { return };
                let phase = RenderPhase::try_from(*phase).unwrap();
                let reported = self
                    .fixture
                    .store
                    .queue()
                    .report_progress(&lease, phase, u32::try_from(*pages).unwrap())
                    .await;
                self.expect(&lease, &Event::Progressed(lease.epoch, phase, *pages), is_taken(reported));
            }
            Step::Finish(lease) => self.finish(*lease).await,
            Step::Fail(lease, retryable) => {
                let Some(lease) = self.lease(*lease) else { return };
                let failure = AttemptFailure {
                    reason: "PRINTER_PANICKED".into(),
                    message: String::new(),
                    retryable: *retryable,
                };
                let failed = self.fixture.store.queue().fail_attempt(&lease, &failure).await;
                if failed.is_ok() {
                    // The pause before the next attempt ends when the test says so, however long the test takes.
                    self.fixture.rows(&format!(
                        "update render_queue set visible_at = clock_timestamp() + interval '1 hour' \
                         where task_id = '{}'",
                        lease.task
                    ));
                }
                let pause = self.pause_of(&lease.task);
                if let Ok(Task { state: State::Queued, .. }) =
                    self.tasks[&lease.task].after(&Event::Failed(lease.epoch, *retryable, pause))
                {
                    let pauses = self.tasks[&lease.task].pauses();
                    assert!(pauses.contains(&pause), "{pause} ms is not one of {pauses:?}");
                }
                self.expect(&lease, &Event::Failed(lease.epoch, *retryable, pause), is_taken(failed));
            }
            Step::Release(lease) => {
                let Some(lease) = self.lease(*lease) else { return };
                let released =
                    self.fixture.store.queue().release_leases(std::slice::from_ref(&lease)).await.unwrap();
                self.expect(&lease, &Event::Released(lease.epoch), !released.is_empty());
            }
            Step::Cancel(render) => self.cancel(*render).await,
        }
    }

    /// Joins a task that is live or has its result, and queues a new one after a dead letter.
    async fn request(&mut self, brief: usize) {
        let requested = self.fixture.requested_by(&person("TLP:RED"), &brief_of(brief)).await;
        let newest = self.newest[brief].as_ref().map(|id| self.tasks[id].clone());
        match newest {
            Some(Task { quarantined: true, .. }) => {
                assert!(matches!(requested, Err(StoreError::RenderQuarantined(_))), "{requested:?}");
            }
            Some(task) if !matches!(task.state, State::Dead | State::Cancelled) => {
                let requested = requested.unwrap();
                let task = self.newest[brief].clone().unwrap();
                assert_eq!((&requested.render.task, requested.is_new_task), (&task, false));
                self.renders.push((requested.render.name, task, false));
            }
            _ => {
                let requested = requested.unwrap();
                assert!(requested.is_new_task && !self.tasks.contains_key(&requested.render.task));
                self.newest[brief] = Some(requested.render.task.clone());
                self.renders.push((requested.render.name, requested.render.task.clone(), false));
                self.tasks.insert(requested.render.task, Task::new());
            }
        }
    }

    /// The database may choose among several tasks, but must take as many as allowed.
    async fn claim(&mut self, limit: u32) {
        let due = self.tasks.values().filter(|task| task.after(&Event::Claimed).is_ok()).count();
        let acquired = self
            .fixture
            .store
            .queue()
            .acquire_leases(ENVIRONMENT, &self.fixture.worker, limit)
            .await
            .unwrap();
        assert_eq!(acquired.leases.len() + acquired.quarantined.len(), due.min(limit as usize));
        for lease in acquired.leases.into_iter().map(|acquired| acquired.lease) {
            let task = self.tasks[&lease.task].after(&Event::Claimed).unwrap();
            assert_eq!((task.state, task.epoch), (State::Running, lease.epoch));
            self.tasks.insert(lease.task.clone(), task);
            self.leases.push(lease);
        }
        for id in acquired.quarantined {
            let task = self.tasks[&id].after(&Event::Claimed).unwrap();
            assert!(task.quarantined);
            self.tasks.insert(id, task);
        }
    }

    fn time_passes(&mut self, brief: usize, event: &Event) {
        let Some(id) = self.newest[brief].clone() else { return };
        let column = if *event == Event::TimePassed { "visible_at" } else { "leased_at" };
        self.fixture.rows(&format!(
            "update render_queue set {column} = clock_timestamp() - interval '11 minutes' \
             where task_id = '{id}' and {column} is not null"
        ));
        let passed = self.tasks[&id].after(event).unwrap();
        // Without a lease there is none that could have expired.
        if *event == Event::TimePassed || passed.state == State::Running {
            self.tasks.insert(id, passed);
        }
    }

    /// Every task has its own PDF; finishing twice under one lease has the effect of finishing once.
    async fn finish(&mut self, lease: usize) {
        let Some(lease) = self.lease(lease) else { return };
        let before = self.tasks[&lease.task].clone();
        let blob = self.fixture.store.artifacts().stage(&lease, ENVIRONMENT).await;
        let finished = match blob {
            Ok(blob) => self.fixture.finished_from(&lease, &blob, lease.task.as_bytes()).await,
            Err(error) => Err(error),
        };
        if before.state == State::Succeeded && before.epoch == lease.epoch {
            assert!(matches!(finished, Ok(Finished::Before) | Err(StoreError::LeaseLost)), "{finished:?}");
        } else {
            self.expect(&lease, &Event::Finished(lease.epoch, 3), is_taken(finished));
        }
    }

    /// Renders are cancelled one by one; a task ends with its last render.
    async fn cancel(&mut self, render: usize) {
        let Some(index) = self.renders.len().checked_sub(render + 1) else { return };
        let (name, id, was_given_up) = self.renders[index].clone();
        let cancelled = self.fixture.store.renders().cancel(&person("TLP:RED"), &name, None).await;
        let task = self.tasks[&id].clone();
        if was_given_up {
            cancelled.unwrap();
        } else if task.has_ended() {
            assert!(matches!(cancelled, Err(StoreError::RenderEnded)), "{cancelled:?}");
        } else {
            cancelled.unwrap();
            self.renders[index].2 = true;
            if !self.renders.iter().any(|(_, task, given_up)| *task == id && !given_up) {
                self.tasks.insert(id, task.after(&Event::Cancelled).unwrap());
            }
        }
    }

    fn pause_of(&self, task: &str) -> i64 {
        let pause = format!("select round(pause_seconds * 1000) from render_tasks where task_id = '{task}'");
        self.fixture.rows(&pause).concat().parse().unwrap()
    }

    fn lease(&self, index: usize) -> Option<Lease> {
        // Newest first: the lower the number, the likelier the lease is current.
        self.leases.iter().rev().nth(index).cloned()
    }

    fn expect(&mut self, lease: &Lease, event: &Event, taken: bool) {
        let expected = self.tasks[&lease.task].after(event);
        assert_eq!(expected.is_ok(), taken, "{event:?} on {:?}", self.tasks[&lease.task]);
        if let Ok(task) = expected {
            self.tasks.insert(lease.task.clone(), task);
        }
    }

    fn compare(&self, step: &Step) {
        let rows = self.fixture.rows(
            "select t.task_id, t.state, t.epoch, t.attempts, t.crashes, t.phase, t.pages, t.quarantined, \
                 round(t.pause_seconds * 1000), \
                 coalesce(q.epoch, -1), coalesce(q.visible_at <= clock_timestamp(), false), q.leased_at is not null \
             from render_tasks t left join render_queue q using (task_id) order by t.task_id",
        );
        let expected: Vec<String> = self.tasks.iter().map(|(id, task)| row(id, task)).collect();
        assert_eq!(rows, expected, "after {step:?}");
    }
}

fn row(id: &str, task: &Task) -> String {
    let is_live = !task.has_ended();
    let letter = |is: bool| if is { "t" } else { "f" };
    let (phase, pages) = task.progress;
    format!(
        "{id}|{}|{}|{}|{}|{}|{pages}|{}|{}|{}|{}|{}",
        task.state.name(),
        task.epoch,
        task.attempts,
        task.crashes,
        phase as i32,
        letter(task.quarantined),
        task.pause,
        if is_live { task.epoch } else { -1 },
        letter(is_live && task.is_due),
        letter(task.state == State::Running),
    )
}

fn is_taken<T: std::fmt::Debug>(done: Result<T, StoreError>) -> bool {
    match done {
        Ok(_) => true,
        Err(StoreError::LeaseLost) => false,
        Err(error) => panic!("{error}"),
    }
}
