use std::collections::BTreeSet;

use chancery_brief::digest::Digest;
use chancery_proto::render::v1::RenderPhase;
use chancery_store::{AttemptFailure, Finished, RenderState, StoreError};
use chancery_testkit::print_environment::ENVIRONMENT;

use crate::fixture::{Fixture, content, person};
use crate::queue_scene::{scene, staged};

fn failure(retryable: bool) -> AttemptFailure {
    AttemptFailure { reason: "PRINTER_PANICKED".into(), message: "a defect".into(), retryable }
}

async fn state(fixture: &Fixture) -> RenderState {
    let name = fixture.requested().await.render.name;
    fixture.store.renders().get(&person("TLP:RED"), &name).await.unwrap().state
}

#[tokio::test]
async fn an_expired_lease_is_claimed_again_with_a_higher_epoch() {
    let fixture = scene().await;
    fixture.requested().await;
    let first = fixture.leased_one().await;
    assert_eq!(fixture.leased(9).await, []);
    fixture.let_leases_run_out();
    let second = fixture.leased_one().await;
    assert_eq!(second.task, first.task);
    assert!(second.epoch > first.epoch);
    assert_eq!(fixture.rows("select attempts, crashes from render_tasks"), ["1|1"]);
    assert!(matches!(state(&fixture).await, RenderState::Running { attempt: 2, .. }));
}

#[tokio::test]
async fn every_write_under_a_stale_epoch_is_refused() {
    let fixture = scene().await;
    fixture.requested().await;
    let stale = fixture.leased_one().await;
    let blob = fixture.store.artifacts().stage(&stale, ENVIRONMENT).await.unwrap();
    fixture.let_leases_run_out();
    let current = fixture.leased_one().await;
    let before = fixture.rows("select q.*, t.* from render_queue q join render_tasks t using (task_id)");

    let store = &fixture.store;
    for refused in [
        store.queue().render_input(&stale).await.map(drop),
        store.queue().report_progress(&stale, RenderPhase::Layout, 7).await,
        store.artifacts().stage(&stale, ENVIRONMENT).await.map(drop),
        store.queue().finish_task(&stale, &staged(&blob, b"%PDF stale")).await.map(drop),
        store.queue().fail_attempt(&stale, &failure(false)).await,
        store.queue().fail_attempt(&stale, &failure(true)).await,
    ] {
        assert!(matches!(refused, Err(StoreError::LeaseLost)), "{refused:?}");
    }
    assert_eq!(
        store.queue().release_leases(std::slice::from_ref(&stale)).await.unwrap(),
        Vec::<String>::new()
    );
    assert_eq!(store.queue().renew_leases(std::slice::from_ref(&stale)).await.unwrap(), []);
    let now = fixture.rows("select q.*, t.* from render_queue q join render_tasks t using (task_id)");
    assert_eq!(now, before, "the current lease is not extended");
    let both = store.queue().renew_leases(&[stale, current.clone()]).await.unwrap();
    assert_eq!(both, std::slice::from_ref(&current));
    assert_eq!(fixture.finished(&current, b"%PDF").await.unwrap(), Finished::Now);
}

#[tokio::test]
async fn an_expired_lease_that_was_not_claimed_may_still_finish() {
    let fixture = scene().await;
    fixture.requested().await;
    let lease = fixture.leased_one().await;
    fixture.let_leases_run_out();
    assert_eq!(fixture.finished(&lease, b"%PDF").await.unwrap(), Finished::Now);
    assert_eq!(fixture.leased(9).await, []);
}

#[tokio::test]
async fn three_crashes_quarantine_a_task_and_refuse_new_requests_for_it() {
    let fixture = scene().await;
    fixture.requested().await;
    for _ in 0..3 {
        fixture.leased_one().await;
        fixture.let_leases_run_out();
    }
    let acquired = fixture.store.queue().acquire_leases(ENVIRONMENT, &fixture.worker, 9).await.unwrap();
    assert_eq!((acquired.leases.len(), acquired.quarantined.len()), (0, 1));
    assert_eq!(fixture.rows("select state, failure_reason from render_tasks"), ["DEAD|WORKER_CRASHED"]);
    assert_eq!(fixture.rows("select count(*) from render_queue"), ["0"]);
    let refused = fixture.requested_by(&person("TLP:RED"), "b1").await.unwrap_err();
    assert!(matches!(refused, StoreError::RenderQuarantined(_)), "{refused}");
}

#[tokio::test]
async fn a_released_task_is_claimed_at_once_without_using_up_an_attempt() {
    let fixture = scene().await;
    fixture.requested().await;
    let first = fixture.leased_one().await;
    let released = fixture.store.queue().release_leases(std::slice::from_ref(&first)).await.unwrap();
    assert_eq!(released, std::slice::from_ref(&first.task));
    assert_eq!(fixture.rows("select state, attempts, crashes from render_tasks"), ["QUEUED|0|0"]);
    let late = fixture.store.queue().report_progress(&first, RenderPhase::Write, 1).await;
    assert!(matches!(late, Err(StoreError::LeaseLost)), "{late:?}");
    let second = fixture.leased_one().await;
    assert!(second.epoch > first.epoch);
    assert_eq!(fixture.rows("select attempts, crashes from render_tasks"), ["1|0"]);
}

#[tokio::test]
async fn a_transient_failure_is_retried_later_and_at_most_five_times() {
    let fixture = scene().await;
    fixture.requested().await;
    for attempt in 1..=5 {
        let lease = fixture.leased_one().await;
        fixture.store.queue().fail_attempt(&lease, &failure(true)).await.unwrap();
        assert_eq!(
            fixture.leased(9).await,
            [],
            "attempt {attempt} has ended and the next one is not yet due"
        );
        let waits = "select count(*) from render_queue q join render_tasks t using (task_id) where t.pause_seconds >= 1 \
             and q.visible_at - clock_timestamp() between make_interval(secs => t.pause_seconds - 1) \
             and make_interval(secs => t.pause_seconds)";
        assert_eq!(fixture.rows(waits), [if attempt < 5 { "1" } else { "0" }]);
        fixture.let_leases_run_out();
    }
    assert_eq!(fixture.rows("select state, attempts, crashes from render_tasks"), ["DEAD|5|0"]);
    // A new request gets a new task.
    let again = fixture.requested().await;
    assert!(again.is_new_task);
    assert_eq!(fixture.rows("select generation, state from render_tasks order by 1"), ["1|DEAD", "2|QUEUED"]);
}

#[tokio::test]
async fn a_permanent_failure_ends_the_task_for_all_its_renders() {
    let fixture = scene().await;
    fixture.requested().await;
    fixture.store.queue().fail_attempt(&fixture.leased_one().await, &failure(false)).await.unwrap();
    let RenderState::Failed { reason, message, .. } = state(&fixture).await else { panic!("it failed") };
    assert_eq!((reason.as_str(), message.as_str()), ("PRINTER_PANICKED", "a defect"));
    assert_eq!(fixture.rows("select count(*) from render_tasks"), ["1"]);
    assert_eq!(fixture.leased(9).await, []);
}

#[tokio::test]
async fn progress_is_visible_and_restarts_with_each_lease() {
    let fixture = scene().await;
    fixture.requested().await;
    let lease = fixture.leased_one().await;
    fixture.store.queue().report_progress(&lease, RenderPhase::Layout, 12).await.unwrap();
    let seen = state(&fixture).await;
    assert_eq!(seen, RenderState::Running { phase: RenderPhase::Layout, pages: 12, attempt: 1 });
    fixture.let_leases_run_out();
    fixture.leased_one().await;
    let seen = state(&fixture).await;
    assert_eq!(seen, RenderState::Running { phase: RenderPhase::Unspecified, pages: 0, attempt: 2 });
}

#[tokio::test]
async fn a_late_report_does_not_decrease_progress() {
    let fixture = scene().await;
    fixture.requested().await;
    let lease = fixture.leased_one().await;
    fixture.store.queue().report_progress(&lease, RenderPhase::Write, 12).await.unwrap();
    fixture.store.queue().report_progress(&lease, RenderPhase::Layout, 7).await.unwrap();
    let seen = state(&fixture).await;
    assert_eq!(seen, RenderState::Running { phase: RenderPhase::Write, pages: 12, attempt: 1 });
}

#[tokio::test]
async fn a_renewal_extends_a_lease_from_now_but_not_beyond_its_deadline() {
    let fixture = scene().await;
    fixture.requested().await;
    let lease = fixture.leased_one().await;
    let left = "select visible_at - clock_timestamp() > interval '25 seconds' from render_queue";
    fixture.rows("update render_queue set visible_at = clock_timestamp() + interval '1 second'");
    assert_eq!(fixture.rows(left), ["f"]);
    fixture.store.queue().renew_leases(std::slice::from_ref(&lease)).await.unwrap();
    assert_eq!(fixture.rows(left), ["t"]);
    fixture.rows("update render_queue set leased_at = clock_timestamp() - interval '11 minutes'");
    assert_eq!(fixture.store.queue().renew_leases(&[lease]).await.unwrap(), []);
}

#[tokio::test]
async fn only_workers_of_the_environment_get_its_tasks() {
    let fixture = scene().await;
    fixture.requested().await;
    let mut other = ENVIRONMENT;
    other.printer_version = Digest([8; 32]);
    assert_eq!(fixture.store.queue().acquire_leases(other, &fixture.worker, 9).await.unwrap().leases, []);
    let lease = fixture.leased_one().await;
    let refused = fixture.store.artifacts().stage(&lease, other).await.unwrap_err();
    assert!(matches!(refused, StoreError::WrongPrintEnvironment), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_eight_workers_no_two_get_the_same_task() {
    let fixture = scene().await;
    for index in 0..24 {
        fixture.published(&format!("brief-{index}"), content(&format!("{index}"))).await;
        fixture.requested_by(&person("TLP:RED"), &format!("brief-{index}")).await.unwrap();
    }
    let workers: Vec<_> = (0..8)
        .map(|_| {
            let (store, worker) = (fixture.store.clone(), fixture.worker.clone());
            tokio::spawn(async move {
                store.queue().acquire_leases(ENVIRONMENT, &worker, 5).await.unwrap().leases
            })
        })
        .collect();
    let mut tasks: Vec<String> = Vec::new();
    for worker in workers {
        tasks.extend(worker.await.unwrap().into_iter().map(|acquired| acquired.lease.task));
    }
    let claimed = tasks.len();
    assert_eq!(tasks.into_iter().collect::<BTreeSet<_>>().len(), claimed);
    assert_eq!(claimed + fixture.leased(64).await.len(), 24);
}
