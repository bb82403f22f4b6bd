//! Agreement: two workers with different tokens print the same bytes before a PDF is delivered.

use std::time::Duration;

use chancery_brief::digest::body_digest;
use chancery_proto::names::RenderName;
use chancery_proto::render::v1::RenderPriority::Normal;
use chancery_store::{
    AttemptFailure, Finished, Lease, LeaseHolder, PrintAgreement, RenderState, StoreError, WaitingReason,
    WorkerLimits, WorkspaceUpdate,
};
use chancery_testkit::print_environment::ENVIRONMENT;

use crate::fixture::{Fixture, operator, person};
use crate::queue_scene::{Requester, scene};

const MINUTE: Duration = Duration::from_mins(1);

const AWAITS: Finished = Finished::AwaitsAgreement { differs: false };

/// A workspace whose prints need agreement.
async fn agreed_scene(from: Option<&str>, percent: u32) -> Fixture {
    let fixture = scene().await;
    fixture.demand(from, percent).await.unwrap();
    fixture
}

impl Fixture {
    async fn demand(&self, from: Option<&str>, percent: u32) -> chancery_store::Result<PrintAgreement> {
        let agreement = PrintAgreement { from_marking: from.map(str::to_owned), percent };
        let update = WorkspaceUpdate { agreement: Some(agreement), ..WorkspaceUpdate::default() };
        let id = "default".parse().unwrap();
        Ok(self.store.access().update_workspace(&operator(), &id, &update).await?.agreement)
    }

    async fn leased_one_by(&self, holder: &LeaseHolder) -> Lease {
        self.leased_by(holder).await.pop().expect("a task is queued for it")
    }

    async fn third(&self) -> LeaseHolder {
        chancery_testkit::database::worker(&self.store, &self.secrets.worker, "third").await
    }

    async fn state(&self, render: &RenderName) -> (RenderState, Option<WaitingReason>) {
        let render = self.store.renders().get(&person("TLP:RED"), render).await.unwrap();
        (render.state, render.waiting)
    }

    async fn ended_without_agreement(&self) -> Vec<String> {
        let ended = self.store.queue().end_unconfirmed(MINUTE).await.unwrap();
        ended.into_iter().map(|unconfirmed| unconfirmed.reason).collect()
    }

    /// Makes all prints so old that the wait for a second worker is over.
    fn let_time_pass(&self) {
        self.rows("update render_attempts set at = at - interval '2 minutes'");
        self.rows("update render_queue set visible_at = visible_at - interval '2 minutes'");
    }
}

#[tokio::test]
async fn nobody_gets_a_print_before_a_second_worker_printed_the_same_bytes() {
    let fixture = agreed_scene(None, 100).await;
    let render = fixture.requested().await.render.name;
    let second = fixture.another().await;
    let first_lease = fixture.leased_one_by(&fixture.worker).await;
    assert_eq!(fixture.finished(&first_lease, b"%PDF").await.unwrap(), AWAITS);
    assert_eq!(
        fixture.finished(&first_lease, b"%PDF").await.unwrap_err().to_string(),
        StoreError::LeaseLost.to_string()
    );
    let outcome = fixture.store.queue().earlier_outcome(&first_lease, body_digest(b"%PDF")).await.unwrap();
    assert_eq!(outcome, Some(AWAITS), "its worker may have lost the answer");

    assert_eq!(fixture.leased_by(&fixture.worker).await, [], "one worker does not agree with itself");
    fixture.store.workers().record(ENVIRONMENT, &second, 1).await.unwrap();
    assert_eq!(fixture.state(&render).await, (RenderState::Queued, Some(WaitingReason::SecondWorker)));
    assert_eq!(fixture.rows("select count(*) from artifacts"), ["0"]);
    let second_lease = fixture.leased_one_by(&second).await;
    assert_eq!(fixture.finished(&second_lease, b"%PDF").await.unwrap(), Finished::Now);
    assert!(matches!(fixture.state(&render).await.0, RenderState::Succeeded { .. }));
    assert_eq!(fixture.rows("select attempts, crashes from render_tasks"), ["2|0"]);
    assert_eq!(fixture.rows("select count(*) from proof_refusals"), ["0"]);
}

#[tokio::test]
async fn the_workspace_decides_by_marking_and_share() {
    for (from, percent, expected) in [
        (None, 0, Finished::Now),
        (Some("TLP:CLEAR"), 0, AWAITS),
        (Some("TLP:AMBER"), 0, Finished::Now),
        (Some("TLP:AMBER"), 100, AWAITS),
    ] {
        let fixture = agreed_scene(from, percent).await;
        // Its marking is TLP:CLEAR.
        fixture.requested_by(&person("TLP:CLEAR"), "b1").await.unwrap();
        let lease = fixture.leased_one().await;
        assert_eq!(fixture.finished(&lease, b"%PDF").await.unwrap(), expected, "{from:?} {percent}");
    }
    let fixture = agreed_scene(None, 30).await;
    let requester = Requester::here();
    for number in 0..100 {
        fixture.queued(&requester, number, Normal).await;
    }
    let drawn: u32 =
        fixture.rows("select count(*) from render_queue where needs_agreement")[0].parse().unwrap();
    assert!((10..=55).contains(&drawn), "{drawn} of 100 at 30 %");
}

#[tokio::test]
async fn an_agreement_that_cannot_be_is_refused() {
    let fixture = scene().await;
    for (from, percent, field) in [
        (Some("SECRET"), 0, "workspace.print_agreement.from_marking"),
        (None, 101, "workspace.print_agreement.percent"),
    ] {
        let refused = fixture.demand(from, percent).await;
        assert!(
            matches!(&refused, Err(StoreError::InvalidField { field: f, .. }) if *f == field),
            "{refused:?}"
        );
    }
    let whole = fixture.demand(Some("TLP:RED"), 7).await.unwrap();
    assert_eq!(whole, PrintAgreement { from_marking: Some("TLP:RED".to_owned()), percent: 7 });
    let update = WorkspaceUpdate { display_name: Some("Other".to_owned()), ..WorkspaceUpdate::default() };
    let id = "default".parse().unwrap();
    let kept = fixture.store.access().update_workspace(&operator(), &id, &update).await.unwrap();
    assert_eq!(kept.agreement, whole, "another update keeps it");
    assert_eq!(fixture.demand(None, 0).await.unwrap(), PrintAgreement::default());
}

#[tokio::test]
async fn two_workers_outvote_a_third_whose_token_is_suspended_after_three() {
    let fixture = agreed_scene(None, 100).await;
    let requester = Requester::here();
    let (second, third) = (fixture.another().await, fixture.third().await);
    for number in 1..=3 {
        fixture.queued(&requester, number, Normal).await;
        let odd = fixture.leased_one_by(&fixture.worker).await;
        assert_eq!(fixture.finished(&odd, b"%PDF moved by a hair").await.unwrap(), AWAITS);
        let honest = fixture.leased_one_by(&second).await;
        let differs = fixture.finished(&honest, b"%PDF").await.unwrap();
        assert_eq!(
            differs,
            Finished::AwaitsAgreement { differs: true },
            "it is not known yet which one is right"
        );
        let decides = fixture.leased_one_by(&third).await;
        assert_eq!(fixture.finished(&decides, b"%PDF").await.unwrap(), Finished::NowByMajority);
        let agreed = body_digest(b"%PDF");
        let suspended =
            fixture.store.queue().refuse_outvoted(&decides.task, agreed, ENVIRONMENT).await.unwrap();
        let tokens: Vec<_> = suspended.into_iter().map(|name| name.token).collect();
        let expected = if number == 3 { vec![fixture.worker.token.clone()] } else { vec![] };
        assert_eq!(tokens, expected);
    }
    let refusals = fixture.rows("select distinct code, token_id from proof_refusals");
    assert_eq!(refusals, [format!("PRINT_DIFFERS|{}", fixture.worker.token)]);
}

#[tokio::test]
async fn a_print_without_a_second_worker_waits_and_ends_with_a_reason() {
    let fixture = agreed_scene(None, 100).await;
    let render = fixture.requested().await.render.name;
    let lease = fixture.leased_one_by(&fixture.worker).await;
    assert_eq!(fixture.finished(&lease, b"%PDF").await.unwrap(), AWAITS);
    assert_eq!(fixture.ended_without_agreement().await, Vec::<String>::new(), "it waits first");
    let second = fixture.another().await;
    fixture.store.workers().record(ENVIRONMENT, &second, 1).await.unwrap();
    fixture.let_time_pass();
    assert_eq!(fixture.ended_without_agreement().await, Vec::<String>::new(), "a second worker may print it");
    fixture.rows("delete from workers where name = 'another'");
    // One that may not print it is no second worker.
    fixture.requester_in("other").await;
    let limits = WorkerLimits { workspaces: vec!["other".parse().unwrap()], ..WorkerLimits::default() };
    let elsewhere = fixture.limited(limits).await;
    fixture.store.workers().record(ENVIRONMENT, &elsewhere, 1).await.unwrap();
    assert_eq!(fixture.ended_without_agreement().await, ["NO_SECOND_WORKER"]);
    let (state, _) = fixture.state(&render).await;
    assert!(
        matches!(&state, RenderState::Failed { reason, .. } if reason == "NO_SECOND_WORKER"),
        "{state:?}"
    );
    assert_eq!(fixture.rows("select count(*) from render_queue"), ["0"]);
    assert!(fixture.requested().await.is_new_task, "a later request prints it again");
}

#[tokio::test]
async fn prints_that_all_differ_end_with_a_reason() {
    let fixture = agreed_scene(None, 100).await;
    let render = fixture.requested().await.render.name;
    for (number, pdf) in [b"%PDF 1", b"%PDF 2", b"%PDF 3", b"%PDF 4", b"%PDF 5"].into_iter().enumerate() {
        let name = format!("worker {number}");
        let holder = chancery_testkit::database::worker(&fixture.store, &fixture.secrets.worker, &name).await;
        let lease = fixture.leased_one_by(&holder).await;
        let differs = number > 0;
        assert_eq!(fixture.finished(&lease, pdf).await.unwrap(), Finished::AwaitsAgreement { differs });
    }
    assert_eq!(fixture.ended_without_agreement().await, ["PRINTS_DIFFER"], "at once");
    let (state, _) = fixture.state(&render).await;
    assert!(matches!(&state, RenderState::Failed { reason, .. } if reason == "PRINTS_DIFFER"), "{state:?}");
}

#[tokio::test]
async fn a_task_that_was_printed_is_never_an_answer_of_failure_for_others() {
    let fixture = agreed_scene(None, 100).await;
    let render = fixture.requested().await.render.name;
    let second = fixture.another().await;
    let lease = fixture.leased_one_by(&fixture.worker).await;
    fixture.finished(&lease, b"%PDF").await.unwrap();
    let failure =
        AttemptFailure { reason: "TOO_MANY_PAGES".into(), message: String::new(), retryable: false };
    for _ in 0..4 {
        let lease = fixture.leased_one_by(&second).await;
        fixture.store.queue().fail_attempt(&lease, &failure).await.unwrap();
        fixture.rows("update render_queue set visible_at = clock_timestamp()");
    }
    let (state, _) = fixture.state(&render).await;
    assert!(matches!(&state, RenderState::Failed { reason, .. } if reason == "TOO_MANY_PAGES"), "{state:?}");
    assert_eq!(fixture.rows("select state from render_tasks"), ["DEAD"]);
    assert!(fixture.requested().await.is_new_task);
}

#[tokio::test]
async fn a_failure_for_good_is_not_left_to_a_worker_that_may_not_print_the_task() {
    let fixture = scene().await;
    fixture.requested().await;
    fixture.requester_in("other").await;
    let limits = WorkerLimits { workspaces: vec!["other".parse().unwrap()], ..WorkerLimits::default() };
    let elsewhere = fixture.limited(limits).await;
    fixture.store.workers().record(ENVIRONMENT, &elsewhere, 1).await.unwrap();
    let lease = fixture.leased_one_by(&fixture.worker).await;
    fixture.ended(&lease).await;
    assert_eq!(fixture.rows("select state from render_tasks"), ["FAILED"]);
}
