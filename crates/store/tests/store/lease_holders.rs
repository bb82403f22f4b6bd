//! Leases are bound to the token that took them, and tokens of workers to their limits and enrolment.

use chancery_brief::digest::body_digest;
use chancery_brief::marking::Scheme;
use chancery_proto::render::v1::{RenderOptions, RenderPhase, RenderPriority::Normal};
use chancery_store::{AttemptFailure, Finished, Lease, LeaseHolder, Role, StoreError, WorkerLimits};
use chancery_testkit::database;
use chancery_testkit::print_environment::ENVIRONMENT;

use crate::fixture::{Fixture, operator, person};
use crate::queue_scene::{Requester, scene, source, staged};

impl Fixture {
    /// Checks that every statement of a worker refuses a lease.
    async fn refuses(&self, stolen: &Lease, digest: chancery_brief::digest::Digest) {
        let queue = self.store.queue();
        let failure = AttemptFailure { reason: "R".into(), message: String::new(), retryable: false };
        let artifact = staged("0", b"%PDF stolen");
        for answer in [
            queue.render_input(stolen).await.map(drop),
            queue.report_progress(stolen, RenderPhase::Layout, 7).await,
            self.store.artifacts().stage(stolen, ENVIRONMENT).await.map(drop),
            queue.finish_task(stolen, &artifact).await.map(drop),
            queue.fail_attempt(stolen, &failure).await,
        ] {
            assert!(matches!(answer, Err(StoreError::LeaseLost)), "{answer:?}");
        }
        assert_eq!(queue.renew_leases(std::slice::from_ref(stolen)).await.unwrap(), []);
        assert_eq!(queue.release_leases(std::slice::from_ref(stolen)).await.unwrap(), Vec::<String>::new());
        assert_eq!(queue.earlier_outcome(stolen, digest).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_lease_is_of_no_use_without_its_secret_and_to_another_token() {
    let fixture = scene().await;
    fixture.requested().await;
    let lease = fixture.leased_one().await;
    let mut message = lease.to_message();
    assert_eq!(message.secret.len(), 16);
    let another = fixture.another().await;
    let of_another = Lease::from_message(message.clone(), &another.token);
    message.secret = vec![0; 16].into();
    let guessed = Lease::from_message(message.clone(), &lease.token);
    message.secret = Vec::new().into();
    let without = Lease::from_message(message, &lease.token);
    let digest = body_digest(b"%PDF");
    for stolen in [&of_another, &guessed, &without] {
        fixture.refuses(stolen, digest).await;
    }
    assert_eq!(fixture.finished(&lease, b"%PDF").await.unwrap(), Finished::Now);
    for stolen in [&of_another, &guessed, &without] {
        fixture.refuses(stolen, digest).await;
    }
    assert_eq!(fixture.store.queue().earlier_outcome(&lease, digest).await.unwrap(), Some(Finished::Before));
}

#[tokio::test]
async fn secrets_differ_between_leases_and_are_not_shown() {
    let fixture = scene().await;
    fixture.requested().await;
    let first = fixture.leased_one().await;
    fixture.let_leases_run_out();
    let second = fixture.leased_one().await;
    assert_ne!(first.secret, second.secret);
    assert!(format!("{first:?}").contains("LeaseSecret(…)"));
}

#[tokio::test]
async fn revoking_and_suspending_a_token_end_its_leases_at_once() {
    for revoked in [true, false] {
        for enroller in [true, false] {
            let fixture = scene().await;
            fixture.requested().await;
            let lease = fixture.leased_one().await;
            let access = fixture.store.access();
            let all = "select token_id from api_tokens where (enrolled_by is null) = {} and roles <@ '{worker,enroller}'";
            let id = fixture.rows(&all.replace("{}", &enroller.to_string())).remove(0);
            let name = format!("workspaces/system/apiTokens/{id}").parse().unwrap();
            if revoked {
                access.revoke_token(&operator(), &name, false).await.unwrap();
            } else {
                access.suspend_token(&operator(), &name, Some("Looks odd.")).await.unwrap();
            }
            fixture.refuses_all_but_release(&lease).await;
            assert_eq!(fixture.leased_by(&fixture.worker).await, []);
            let released = fixture.store.queue().release_leases_of_token(&name.token).await.unwrap();
            assert_eq!(
                released,
                std::slice::from_ref(&lease.task),
                "no attempt is charged, and others print it"
            );
            assert_eq!(fixture.rows("select attempts, crashes from render_tasks"), ["0|0"]);
            if !revoked {
                let resumed = access.suspend_token(&operator(), &name, None).await.unwrap();
                assert_eq!(resumed.suspension, None);
                assert_eq!(fixture.leased_by(&fixture.worker).await.len(), 1);
            }
        }
    }
}

impl Fixture {
    async fn refuses_all_but_release(&self, lease: &Lease) {
        let queue = self.store.queue();
        for answer in [
            queue.render_input(lease).await.map(drop),
            self.store.artifacts().stage(lease, ENVIRONMENT).await.map(drop),
            queue.finish_task(lease, &staged("0", b"%PDF")).await.map(drop),
        ] {
            assert!(matches!(answer, Err(StoreError::LeaseLost)), "{answer:?}");
        }
        assert_eq!(queue.renew_leases(std::slice::from_ref(lease)).await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_worker_gets_tasks_of_its_workspaces_and_markings_only() {
    let fixture = scene().await;
    let there = fixture.requester_in("other").await;
    let theirs = fixture.queued(&there, 0, Normal).await;
    let red = fixture.requested().await.render.task;
    let options = RenderOptions { recipient: "Press".into(), ..RenderOptions::default() };
    let open = fixture.store.renders().create(&person("TLP:CLEAR"), &source("b1"), &options).await.unwrap();
    let open = open.render.task;
    let tlp = |label| vec![(Scheme::Tlp, Scheme::Tlp.rank(label).unwrap())];
    let us = vec![(Scheme::Us, Scheme::Us.highest())];
    let workspaces = |ids: &[&str]| ids.iter().map(|id| id.parse().unwrap()).collect();
    for (limits, expected) in [
        (WorkerLimits { workspaces: workspaces(&["other"]), ..WorkerLimits::default() }, vec![&theirs]),
        (WorkerLimits { highest_markings: tlp("TLP:GREEN"), ..WorkerLimits::default() }, vec![&open]),
        (WorkerLimits { highest_markings: us, ..WorkerLimits::default() }, vec![]),
        (
            WorkerLimits { workspaces: workspaces(&["default", "other"]), highest_markings: tlp("TLP:RED") },
            vec![&theirs, &red, &open],
        ),
    ] {
        let holder = fixture.limited(limits.clone()).await;
        let leases = fixture.leased_by(&holder).await;
        let mut tasks: Vec<&String> = leases.iter().map(|lease| &lease.task).collect();
        let mut expected = expected;
        tasks.sort_unstable();
        expected.sort_unstable();
        assert_eq!(tasks, expected, "{limits:?}");
        fixture.store.queue().release_leases(&leases).await.unwrap();
    }
}

#[tokio::test]
async fn a_task_that_a_worker_had_before_is_left_to_the_others_for_a_while() {
    for ending in ["expires", "is given back"] {
        let fixture = scene().await;
        fixture.requested().await;
        let (first, second) = (&fixture.worker, &fixture.another().await);
        fixture.store.workers().record(ENVIRONMENT, second, 4).await.unwrap();
        let lease = fixture.leased_by(first).await.pop().unwrap();
        if ending == "expires" {
            fixture.let_leases_run_out();
        } else {
            fixture.store.queue().release_leases(&[lease]).await.unwrap();
        }
        assert_eq!(fixture.leased_by(first).await, [], "{ending}");
        let lease = fixture.leased_by(second).await.pop().unwrap_or_else(|| panic!("{ending}"));
        fixture.store.queue().release_leases(&[lease]).await.unwrap();
        // Both have had it, and it is given to either.
        let lease = fixture.leased_by(first).await.pop().unwrap_or_else(|| panic!("{ending}"));
        fixture.store.queue().release_leases(&[lease]).await.unwrap();

        // A third is there, but takes no tasks.
        let third = database::worker(&fixture.store, &fixture.secrets.worker, "third").await;
        fixture.store.workers().record(ENVIRONMENT, &third, 0).await.unwrap();
        fixture.rows("update render_queue set visible_at = clock_timestamp()");
        assert_eq!(fixture.leased_by(first).await, [], "{ending}");
        fixture.rows("update render_queue set visible_at = clock_timestamp() - interval '11 seconds'");
        assert_eq!(fixture.leased_by(first).await.len(), 1, "{ending}");
    }
}

#[tokio::test]
async fn a_task_that_is_given_back_again_and_again_is_paused() {
    let fixture = scene().await;
    fixture.requested().await;
    for release in 1..=6 {
        let lease = fixture.leased_one().await;
        fixture.store.queue().release_leases(&[lease]).await.unwrap();
        let pause = "select round(extract(epoch from visible_at - clock_timestamp())) from render_queue";
        let pause: f64 = fixture.rows(pause)[0].parse().unwrap();
        let expected = [0.0, 0.0, 0.0, 1.0, 2.0, 4.0][release - 1];
        assert!((pause - expected).abs() < 0.6, "release {release}: {pause}");
        fixture.rows("update render_queue set visible_at = clock_timestamp()");
    }
}

#[tokio::test]
async fn only_a_valid_enrolment_token_enrols_and_each_process_gets_a_token_of_its_own() {
    let fixture = scene().await;
    let access = fixture.store.access();
    let enroller = access.principal_of_secret(&fixture.secrets.worker).await.unwrap().unwrap();
    let key = body_digest(b"a key");
    let first = access.enroll_worker(&enroller, "w", Some(key)).await.unwrap();
    let second = access.enroll_worker(&enroller, "w", None).await.unwrap();
    assert_ne!(first.name, second.name);
    let principal = access.principal_of_secret(&first.secret).await.unwrap().unwrap();
    assert!(principal.roles.holds(Role::Worker) && !principal.roles.holds(Role::Enroller));
    assert_eq!(principal.certificate_key, Some(key));
    let refused = access.enroll_worker(&principal, "w", None).await;
    assert!(matches!(refused, Err(StoreError::Forbidden(_))), "a worker's token enrols no other");

    // A worker's calls extend its token.
    fixture.rows("update api_tokens set expires_at = clock_timestamp() + interval '1 minute' where enrolled_by is not null");
    let holder = LeaseHolder { token: first.name.token.clone(), worker: "w".into() };
    fixture.store.workers().record(ENVIRONMENT, &holder, 1).await.unwrap();
    let left = "select count(*) from api_tokens where expires_at > clock_timestamp() + interval '55 minutes'";
    assert_eq!(fixture.rows(left), ["1"]);

    fixture.rows(
        "insert into api_tokens (token_id, workspace_id, display_name, roles, secret_sha256, created_by, expires_at,
            enrolled_by)
        select lpad(to_hex(n), 32, '0'), 'system', 'w', '{worker}', sha256(convert_to(n::text, 'UTF8')), 'x',
            clock_timestamp() + interval '50 minutes', (select token_id from api_tokens where roles = '{enroller}')
        from generate_series(1, 1000) n",
    );
    let full = access.enroll_worker(&enroller, "w", None).await;
    assert!(matches!(full, Err(StoreError::LimitExceeded(_))), "{full:?}");
    fixture.rows(
        "update api_tokens set expires_at = clock_timestamp() - interval '8 days' where created_by = 'x'",
    );
    assert_eq!(access.delete_expired_enrolments().await.unwrap(), 1000);
    access.enroll_worker(&enroller, "w", None).await.unwrap();

    fixture.rows("update api_tokens set revoked_at = clock_timestamp() where roles = '{enroller}'");
    assert!(matches!(access.enroll_worker(&enroller, "w", None).await, Err(StoreError::Forbidden(_))));
    assert!(access.principal_of_secret(&second.secret).await.unwrap().is_none(), "they end with it");
}

#[tokio::test]
async fn an_upload_counts_as_finished_for_its_own_lease_only() {
    let fixture = scene().await;
    let requester = Requester::here();
    fixture.queued(&requester, 1, Normal).await;
    let lease = fixture.leased_one().await;
    fixture.finished(&lease, b"%PDF").await.unwrap();
    let digest = body_digest(b"%PDF");
    assert_eq!(fixture.store.queue().earlier_outcome(&lease, digest).await.unwrap(), Some(Finished::Before));
    let ahead = Lease { epoch: lease.epoch + 1, ..lease.clone() };
    assert_eq!(fixture.store.queue().earlier_outcome(&ahead, digest).await.unwrap(), None);
}
