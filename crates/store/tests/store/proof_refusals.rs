//! Uploaded files that were refused: the next attempt, suspensions, PDFs that are deleted, and failed tasks.

use chancery_brief::digest::body_digest;
use chancery_proto::names::{ApiTokenName, TaskName};
use chancery_store::{
    AttemptFailure, DeadTaskFilter, Lease, LeaseHolder, PrintEnvironment, ProofFinding, RenderState,
    StoreError, TaskState,
};
use chancery_testkit::database;
use chancery_testkit::print_environment::ENVIRONMENT;

use crate::fixture::{Fixture, operator, person};
use crate::queue_scene::scene;

fn finding() -> ProofFinding {
    ProofFinding { code: "NOT_A_PDF".into(), message: "at byte 0".into() }
}

impl Fixture {
    async fn leased_with(&self, holder: &LeaseHolder) -> Lease {
        // At once, whether or not this worker had the task before.
        self.rows("update render_queue set visible_at = clock_timestamp() - interval '1 minute'");
        let acquired = self.store.queue().acquire_leases(ENVIRONMENT, holder, 1).await.unwrap();
        acquired.leases.into_iter().next().expect("a task is queued").lease
    }

    async fn refused(&self, holder: &LeaseHolder, environment: PrintEnvironment) -> Vec<ApiTokenName> {
        let lease = self.leased_with(holder).await;
        self.store.queue().refuse_artifact(&lease, environment, &finding()).await.unwrap()
    }

    fn token_name(holder: &LeaseHolder) -> ApiTokenName {
        format!("workspaces/system/apiTokens/{}", holder.token).parse().unwrap()
    }
}

#[tokio::test]
async fn a_refused_file_ends_the_attempt_and_the_third_suspends_its_token() {
    let fixture = scene().await;
    let render = fixture.requested().await.render;
    assert_eq!(fixture.refused(&fixture.worker, ENVIRONMENT).await, []);
    let state = fixture.store.renders().get(&person("TLP:RED"), &render.name).await.unwrap().state;
    assert_eq!(state, RenderState::Queued, "it is printed again");
    // Refusals of another build are counted by themselves.
    let other = PrintEnvironment { printer_version: body_digest(b"other"), ..ENVIRONMENT };
    assert_eq!(fixture.refused(&fixture.worker, other).await, []);
    assert_eq!(fixture.refused(&fixture.worker, ENVIRONMENT).await, []);
    let name = Fixture::token_name(&fixture.worker);
    assert_eq!(fixture.refused(&fixture.worker, ENVIRONMENT).await, std::slice::from_ref(&name));

    let refusals = fixture.store.queue().list_proof_refusals(&operator(), None, 10).await.unwrap();
    assert_eq!(refusals.len(), 4);
    let newest = &refusals[0];
    assert_eq!((&newest.token, newest.worker.as_str(), &newest.finding), (&name, "worker", &finding()));
    assert_eq!(newest.task.to_string(), format!("renderTasks/{}", render.task));
    let older =
        fixture.store.queue().list_proof_refusals(&operator(), Some(newest.number), 10).await.unwrap();
    assert_eq!(older, refusals[1..]);
    let refused = fixture.store.queue().list_proof_refusals(&person("TLP:RED"), None, 10).await;
    assert!(matches!(refused, Err(StoreError::Forbidden(_))));
    let log = "select subject from change_log where kind = 'token_suspended'";
    assert_eq!(fixture.rows(log), ["proof of uploaded PDFs"]);

    // Once it is resumed, the count restarts.
    fixture.store.access().suspend_token(&operator(), &name, None).await.unwrap();
    assert_eq!(fixture.refused(&fixture.worker, ENVIRONMENT).await, []);
}

#[tokio::test]
async fn three_suspended_workers_suspend_their_enrolment_token() {
    let fixture = scene().await;
    let mut suspended = Vec::new();
    for number in 0..3 {
        let holder = database::worker(&fixture.store, &fixture.secrets.worker, &format!("w{number}")).await;
        fixture.published(&format!("brief-{number}"), crate::fixture::content("Another")).await;
        fixture.requested_by(&person("TLP:RED"), &format!("brief-{number}")).await.unwrap();
        for _ in 0..3 {
            suspended = fixture.refused(&holder, ENVIRONMENT).await;
        }
        assert_eq!(suspended[0], Fixture::token_name(&holder));
        assert_eq!(suspended.len(), if number == 2 { 2 } else { 1 });
    }
    let access = fixture.store.access();
    let enroller = access.principal_of_secret(&fixture.secrets.worker).await.unwrap();
    assert!(enroller.is_none(), "{suspended:?}");
    // Once it is resumed, those of before do not count.
    access.suspend_token(&operator(), &suspended[1], None).await.unwrap();
    let holder = database::worker(&fixture.store, &fixture.secrets.worker, "w3").await;
    fixture.published("brief-3", crate::fixture::content("Another")).await;
    fixture.requested_by(&person("TLP:RED"), "brief-3").await.unwrap();
    for _ in 0..3 {
        suspended = fixture.refused(&holder, ENVIRONMENT).await;
    }
    assert_eq!(suspended, [Fixture::token_name(&holder)]);
}

#[tokio::test]
async fn a_lease_that_is_lost_is_not_refused_for_its_file() {
    let fixture = scene().await;
    fixture.requested().await;
    let lease = fixture.leased_one().await;
    let guessed = Lease { epoch: lease.epoch + 1, ..lease };
    let answer = fixture.store.queue().refuse_artifact(&guessed, ENVIRONMENT, &finding()).await;
    assert!(matches!(answer, Err(StoreError::LeaseLost)));
    assert_eq!(fixture.rows("select count(*) from proof_refusals"), ["0"]);
}

#[tokio::test]
async fn an_invalidated_pdf_is_delivered_no_more_and_printed_anew() {
    let fixture = scene().await;
    let render = fixture.requested().await.render;
    fixture.finished(&fixture.leased_one().await, b"%PDF forged").await.unwrap();
    let digest = body_digest(b"%PDF forged");
    let artifacts = fixture.store.artifacts();
    let refused = artifacts.invalidate(&person("TLP:RED"), digest, "Forged.").await;
    assert!(matches!(refused, Err(StoreError::Forbidden(_))));
    let tasks = artifacts.invalidate(&operator(), digest, "Forged.").await.unwrap();
    assert_eq!(tasks, [format!("renderTasks/{}", render.task).parse::<TaskName>().unwrap()]);
    let by = person("TLP:RED");
    let download = fixture.store.renders().open_download(&by, &render.name, 0).await;
    assert!(matches!(download, Err(StoreError::ArtifactExpired)));
    assert!(matches!(
        artifacts.invalidate(&operator(), digest, "Forged.").await,
        Err(StoreError::NotFound(_))
    ));
    assert!(fixture.requested().await.is_new_task);
    let log = "select target from change_log where kind = 'artifact_invalidated'";
    assert_eq!(fixture.rows(log), [format!("{digest}: Forged.")]);
    assert_eq!(fixture.rows("select count(*) from artifact_blobs"), ["0"]);
}

#[tokio::test]
async fn a_failed_task_is_listed_on_request_and_can_be_requeued() {
    let fixture = scene().await;
    fixture.requested().await;
    let poison = AttemptFailure { reason: "POISON".into(), message: String::new(), retryable: false };
    fixture.store.queue().fail_attempt(&fixture.leased_one().await, &poison).await.unwrap();
    let listed = async |with_failed| {
        let filter = DeadTaskFilter { with_failed, ..DeadTaskFilter::default() };
        fixture.store.queue().list_dead_tasks(&operator(), &filter, None, 10).await.unwrap()
    };
    assert_eq!(listed(false).await, []);
    let failed = listed(true).await.pop().unwrap();
    assert_eq!((failed.state, failed.reason.as_str()), (TaskState::Failed, "POISON"));
    let requeued = fixture.store.queue().requeue_task(&operator(), &failed.name).await.unwrap();
    assert!(requeued.is_new && requeued.task.state == TaskState::Queued);
    // The next request joins the new task.
    assert!(!fixture.requested().await.is_new_task);
    fixture.finished(&fixture.leased_one().await, b"%PDF").await.unwrap();
}

#[tokio::test]
async fn a_failure_for_good_is_confirmed_by_another_live_worker() {
    let fixture = scene().await;
    let render = fixture.requested().await.render;
    let another = database::worker(&fixture.store, &fixture.secrets.worker, "another").await;
    for holder in [&fixture.worker, &another] {
        fixture.store.workers().record(ENVIRONMENT, holder, 1).await.unwrap();
    }
    let failure =
        |reason: &str| AttemptFailure { reason: reason.into(), message: String::new(), retryable: false };
    let state = async || fixture.store.renders().get(&person("TLP:RED"), &render.name).await.unwrap().state;
    let fail = async |holder: &LeaseHolder, reason: &str| {
        let lease = fixture.leased_with(holder).await;
        fixture.store.queue().fail_attempt(&lease, &failure(reason)).await.unwrap();
    };
    // One worker alone is not believed, however often it says so, and neither are two that disagree.
    fail(&fixture.worker, "POISON").await;
    assert_eq!(state().await, RenderState::Queued);
    fail(&fixture.worker, "POISON").await;
    assert_eq!(state().await, RenderState::Queued);
    fail(&another, "TOO_MANY_PAGES").await;
    assert_eq!(state().await, RenderState::Queued);
    fail(&another, "POISON").await;
    assert!(matches!(state().await, RenderState::Failed { reason, .. } if reason == "POISON"));
}

#[tokio::test]
async fn a_failure_for_good_of_the_only_worker_is_believed() {
    for other in ["none", "drained", "revoked", "gone"] {
        let fixture = scene().await;
        let render = fixture.requested().await.render;
        let another = database::worker(&fixture.store, &fixture.secrets.worker, "another").await;
        if other != "none" {
            fixture.store.workers().record(ENVIRONMENT, &another, 1).await.unwrap();
        }
        match other {
            "drained" => fixture.rows("update workers set drained_at = clock_timestamp()"),
            "revoked" => fixture.rows(&format!(
                "update api_tokens set revoked_at = clock_timestamp() where token_id = '{}'",
                another.token
            )),
            "gone" => fixture.rows("update workers set last_seen = clock_timestamp() - interval '2 minutes'"),
            _ => Vec::new(),
        };
        let lease = fixture.leased_with(&fixture.worker).await;
        let failure = AttemptFailure { reason: "R".into(), message: String::new(), retryable: false };
        fixture.store.queue().fail_attempt(&lease, &failure).await.unwrap();
        let state = fixture.store.renders().get(&person("TLP:RED"), &render.name).await.unwrap().state;
        assert!(matches!(state, RenderState::Failed { .. }), "{other}: {state:?}");
    }
}
