use chancery_proto::names::TaskName;
use chancery_store::{
    AttemptFailure, DeadTaskFilter, DeadTaskPageKey, RenderState, RenderTask, Requeued, Result, StoreError,
    TaskState, WaitingReason,
};
use chancery_testkit::print_environment::ENVIRONMENT;

use crate::fixture::{Fixture, content, operator, person};
use crate::queue_scene::scene;

impl Fixture {
    async fn dead(&self, filter: &DeadTaskFilter) -> Vec<RenderTask> {
        self.store.queue().list_dead_tasks(&operator(), filter, None, 100).await.unwrap()
    }

    async fn requeued(&self, task: &TaskName) -> Result<Requeued> {
        self.store.queue().requeue_task(&operator(), task).await
    }

    /// Lets the queued task crash its workers until it is quarantined.
    async fn crash(&self) {
        for _ in 0..3 {
            self.leased_one().await;
            self.let_leases_run_out();
        }
        let acquired = self.store.queue().acquire_leases(ENVIRONMENT, &self.worker, 1).await.unwrap();
        assert_eq!(acquired.quarantined.len(), 1);
    }

    /// Lets the queued task fail until it is a dead letter.
    async fn fail(&self) {
        for _ in 0..5 {
            let lease = self.leased_one().await;
            self.store.queue().fail_attempt(&lease, &failure(true)).await.unwrap();
            self.let_leases_run_out();
        }
    }
}

fn failure(retryable: bool) -> AttemptFailure {
    AttemptFailure { reason: "OUT_OF_MEMORY".into(), message: "too large".into(), retryable }
}

fn named(id: &str) -> TaskName {
    TaskName { task: id.parse().unwrap() }
}

#[tokio::test]
async fn requeuing_a_quarantined_task_keeps_the_states_of_its_renders() {
    let fixture = scene().await;
    let render = fixture.requested().await.render;
    fixture.crash().await;
    let dead = fixture.dead(&DeadTaskFilter::default()).await.remove(0);
    assert_eq!(
        (dead.name.task.as_str(), dead.state, dead.quarantined),
        (render.task.as_str(), TaskState::Dead, true)
    );
    assert_eq!((dead.brief.to_string(), dead.revision), ("workspaces/default/briefs/b1".to_owned(), 1));
    assert_eq!((dead.reason.as_str(), dead.attempts, dead.crashes), ("WORKER_CRASHED", 1, 3));
    assert_eq!(dead.environment, ENVIRONMENT.to_message());
    let refused = fixture.requested_by(&person("TLP:RED"), "b1").await.unwrap_err();
    assert!(matches!(refused, StoreError::RenderQuarantined(_)), "{refused}");

    let Requeued { task, is_new } = fixture.requeued(&dead.name).await.unwrap();
    assert!(is_new && task.name != dead.name);
    assert_eq!((task.state, task.generation, task.crashes), (TaskState::Queued, 2, 0));
    let ended = fixture.store.renders().get(&person("TLP:RED"), &render.name).await.unwrap();
    assert!(
        matches!(&ended.state, RenderState::Failed { reason, .. } if reason == "WORKER_CRASHED"),
        "{ended:?}"
    );

    // A repetition returns the same task and creates nothing.
    let again = fixture.requeued(&dead.name).await.unwrap();
    assert_eq!(again, Requeued { task: task.clone(), is_new: false });
    assert_eq!(fixture.rows("select count(*) from render_queue"), ["1"]);

    // A request for the PDF joins the task and gets its PDF.
    let joined = fixture.requested().await;
    assert!(!joined.is_new_task && joined.render.task == task.name.task.as_str());
    fixture.finished(&fixture.leased_one().await, b"%PDF").await.unwrap();
    let printed = fixture.store.renders().get(&person("TLP:RED"), &joined.render.name).await.unwrap();
    assert!(matches!(printed.state, RenderState::Succeeded { .. }), "{printed:?}");
    let ended = fixture.store.renders().get(&person("TLP:RED"), &render.name).await.unwrap();
    assert!(matches!(ended.state, RenderState::Failed { .. }), "final states never change");

    assert_eq!(fixture.dead(&DeadTaskFilter::default()).await, []);
    let all = fixture.dead(&DeadTaskFilter { with_successor: true, ..Default::default() }).await;
    assert_eq!(all[0].successor, Some(task.name));
    let logged =
        "select target from change_log where workspace_id = 'system' and kind = 'render_task_requeued'";
    assert_eq!(fixture.rows(logged), [dead.name.to_string()]);
}

#[tokio::test]
async fn only_dead_tasks_are_requeued() {
    let fixture = scene().await;
    let task = named(&fixture.requested().await.render.task);
    let refused = async |state: &str| match fixture.requeued(&task).await {
        Err(StoreError::TaskNotDead { state: found }) => assert_eq!(found, state),
        other => panic!("{other:?}"),
    };
    refused("QUEUED").await;
    let lease = fixture.leased_one().await;
    refused("RUNNING").await;
    fixture.finished(&lease, b"%PDF").await.unwrap();
    refused("SUCCEEDED").await;
    let unknown = fixture.requeued(&named(&"0".repeat(32))).await;
    assert!(matches!(unknown, Err(StoreError::NotFound(_))), "{unknown:?}");
    let admin = fixture.store.queue().requeue_task(&person("TLP:RED"), &task).await;
    assert!(matches!(admin, Err(StoreError::Forbidden(_))), "{admin:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_eight_concurrent_requeues_one_takes_effect() {
    let fixture = scene().await;
    let task = named(&fixture.requested().await.render.task);
    fixture.crash().await;
    let operators = (0..8).map(|_| {
        let (store, task) = (fixture.store.clone(), task.clone());
        tokio::spawn(async move { store.queue().requeue_task(&operator(), &task).await.unwrap() })
    });
    let mut answers = Vec::new();
    for requeue in operators.collect::<Vec<_>>() {
        answers.push(requeue.await.unwrap());
    }
    assert_eq!(answers.iter().filter(|answer| answer.is_new).count(), 1);
    assert!(answers.windows(2).all(|pair| pair[0].task == pair[1].task));
    assert_eq!(fixture.rows("select generation, state from render_tasks order by 1"), ["1|DEAD", "2|QUEUED"]);
}

#[tokio::test]
async fn dead_tasks_are_listed_newest_first() {
    let fixture = scene().await;
    let mut expected = Vec::new();
    for brief in ["b1", "b2", "b3"] {
        if brief != "b1" {
            fixture.published(brief, content(brief)).await;
        }
        expected.push(fixture.requested_by(&person("TLP:RED"), brief).await.unwrap().render.task);
        fixture.fail().await;
    }
    expected.reverse();
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let filter = DeadTaskFilter::default();
        let page =
            fixture.store.queue().list_dead_tasks(&operator(), &filter, after.as_ref(), 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = DeadTaskPageKey::of(last);
        found.extend(page.into_iter().map(|task| task.name.task.to_string()));
    }
    assert_eq!(found, expected);
    let elsewhere = DeadTaskFilter { workspace: Some("elsewhere".parse().unwrap()), ..Default::default() };
    assert_eq!(fixture.dead(&elsewhere).await, []);
    let plan = fixture.rows(
        "set enable_seqscan = off; explain select task_id from render_tasks where died_at is not null order by died_at desc, task_id desc limit 2",
    );
    assert!(plan.iter().any(|line| line.contains("render_tasks_dead")), "{plan:?}");
}

#[tokio::test]
async fn queue_stats_match_the_tasks() {
    let fixture = scene().await;
    let empty = fixture.store.queue().stats(&operator()).await.unwrap();
    assert_eq!((empty.depth.waiting, empty.oldest_waiting, empty.workspaces.len()), (0, None, 0));
    assert!(matches!(&empty.environments[..], [active] if active.is_active && !active.has_no_worker()));

    fixture.requested().await;
    fixture.crash().await;
    for (clearance, brief) in [("TLP:AMBER", "b1"), ("TLP:CLEAR", "b1")] {
        fixture.requested_by(&person(clearance), brief).await.unwrap();
    }
    fixture.store.queue().fail_attempt(&fixture.leased_one().await, &failure(true)).await.unwrap();
    fixture.leased_one().await;
    fixture.published("b2", content("Two")).await;
    fixture.requested_by(&person("TLP:RED"), "b2").await.unwrap();
    fixture.rows(
        "update render_queue set queued_at = queued_at - interval '90 seconds' where leased_at is null",
    );

    let stats = fixture.store.queue().stats(&operator()).await.unwrap();
    let depth = (stats.depth.waiting, stats.depth.running, stats.depth.retry_paused);
    assert_eq!(depth, (1, 1, 1));
    assert!((90..120).contains(&stats.oldest_waiting.unwrap().as_secs()), "{stats:?}");
    assert_eq!((stats.dead, stats.quarantined), (1, 1));
    assert_eq!((stats.succeeded_last_hour, stats.failed_last_hour, stats.expired_last_hour), (0, 1, 3));
    assert!(stats.table_bytes > 0);
    assert_eq!(stats.workspaces[0].depth, stats.depth);
    assert!(stats.environments[0].has_no_worker() && stats.environments[0].depth == stats.depth);
    fixture.store.workers().record(ENVIRONMENT, &fixture.worker, 1).await.unwrap();
    assert_eq!(fixture.store.queue().stats(&operator()).await.unwrap().environments[0].live_workers, 1);
    let refused = fixture.store.queue().stats(&person("TLP:RED")).await;
    assert!(matches!(refused, Err(StoreError::Forbidden(_))), "{refused:?}");
}

#[tokio::test]
async fn a_render_reports_the_pause_before_its_next_attempt() {
    let fixture = scene().await;
    fixture.store.workers().record(ENVIRONMENT, &fixture.worker, 1).await.unwrap();
    let name = fixture.requested().await.render.name;
    fixture.store.queue().fail_attempt(&fixture.leased_one().await, &failure(true)).await.unwrap();
    let waiting = async || fixture.store.renders().get(&person("TLP:RED"), &name).await.unwrap().waiting;
    assert_eq!(waiting().await, Some(WaitingReason::RetryPause));
    fixture.let_leases_run_out();
    assert_eq!(waiting().await, None);
}
