//! Tokens of worker processes: enrolment, leases that only their own token can use, and what ends with a token.

use std::time::{Duration, Instant};

use chancery_proto::admin::v1::admin_service_client::AdminServiceClient;
use chancery_proto::admin::v1::{
    ListApiTokensRequest, ResumeApiTokenRequest, RevokeApiTokenRequest, Role, SuspendApiTokenRequest,
};
use chancery_proto::errors::v1::Reason;
use chancery_proto::render::v1::render_service_client::RenderServiceClient;
use chancery_proto::render::v1::{GetRenderRequest, RenderState, WaitRenderRequest};
use chancery_proto::worker::v1::upload_artifact_request::Part;
use chancery_proto::worker::v1::{
    AcquireLeasesRequest, EnrollWorkerRequest, FailRenderRequest, GetRenderInputRequest, Lease,
    ReleaseLeasesRequest, RenewLeasesRequest, UploadArtifactRequest,
};
use chancery_testkit::status_refusals::{refused, refused_at};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Code;

use crate::queue_scene::{QueueScene, acquire, create, header};
use crate::scene::{Admins, bearer, channel, token};

/// Time within which everything of a token ends once it is revoked, and some for a busy machine.
const ENDED_WITHIN: Duration = Duration::from_secs(3);

impl QueueScene {
    fn admins(&self, token: &str) -> Admins {
        AdminServiceClient::with_interceptor(channel(self.running.listen), bearer(token))
    }

    fn worker_name(&self) -> String {
        format!("workspaces/system/apiTokens/{}", self.worker.token)
    }

    async fn revoke(&self, by: &str, name: String) {
        let request = RevokeApiTokenRequest { name, ..Default::default() };
        self.admins(by).revoke_api_token(request).await.unwrap();
    }
}

#[tokio::test]
async fn a_worker_exchanges_the_enrolment_token_for_one_of_its_own() {
    let scene = QueueScene::new().await;
    let mut enrolling = scene.workers_with(scene.enroller.reveal());
    for worker in ["", " ", "a\nb", "a\u{202e}b", "a\u{200b}b", &"x".repeat(201)] {
        let nameless = enrolling.enroll_worker(EnrollWorkerRequest { worker: worker.into() }).await;
        refused_at(nameless, Reason::InvalidField, "worker");
    }
    let request = EnrollWorkerRequest { worker: "host-1".into() };
    let own = enrolling.enroll_worker(request.clone()).await.unwrap().into_inner();
    assert!(own.secret.starts_with("chy_") && own.time_to_live.unwrap().seconds == 60 * 60);
    refused(enrolling.acquire_leases(acquire(0)).await, Code::PermissionDenied, Reason::PermissionDenied);
    let mut workers = scene.workers_with(&own.secret);
    refused(workers.enroll_worker(request).await, Code::PermissionDenied, Reason::PermissionDenied);
    scene.requested().await;
    assert_eq!(workers.acquire_leases(acquire(5)).await.unwrap().into_inner().leases.len(), 1);

    let list = |show_enrolled| ListApiTokensRequest {
        parent: "workspaces/system".into(),
        show_enrolled,
        ..Default::default()
    };
    let mut operators = scene.admins(&scene.operator);
    let people = operators.list_api_tokens(list(false)).await.unwrap().into_inner().api_tokens;
    assert!(people.iter().all(|token| token.enrolled_by.is_empty()));
    let all = operators.list_api_tokens(list(true)).await.unwrap().into_inner().api_tokens;
    let found = all.iter().find(|token| token.name == own.api_token).unwrap();
    assert_eq!((found.display_name.as_str(), found.roles().next()), ("host-1", Some(Role::Worker)));
    assert!(people.iter().any(|token| token.name == found.enrolled_by && token.name == found.creator));
    assert!(found.expire_time.is_some() && !found.certificate_bound);
}

#[tokio::test]
async fn a_stolen_lease_is_of_no_use_to_another_worker() {
    let scene = QueueScene::new().await;
    let (render, lease) = scene.begun().await;
    let next = Lease { epoch: lease.epoch + 1, ..lease.clone() };
    let guessed = Lease { secret: vec![0; 16].into(), ..lease.clone() };
    let thief = scene.another_worker().await;
    for (mut workers, stolen) in [
        (thief.clone(), &lease),
        (thief, &next),
        (scene.workers.clone(), &guessed),
        (scene.workers.clone(), &next),
    ] {
        let input = workers.get_render_input(GetRenderInputRequest { lease: Some(stolen.clone()) }).await;
        refused(input, Code::Aborted, Reason::LeaseLost);
        let claim = FailRenderRequest {
            lease: Some(stolen.clone()),
            reason: "REVISION_PURGED".into(),
            ..FailRenderRequest::default()
        };
        refused_at(workers.fail_render(claim).await, Reason::InvalidField, "reason");
        let poison = FailRenderRequest {
            lease: Some(stolen.clone()),
            reason: "TOO_MANY_PAGES".into(),
            message: "Poisoned.".into(),
            retryable: false,
        };
        refused(workers.fail_render(poison).await, Code::Aborted, Reason::LeaseLost);
        let parts = [
            UploadArtifactRequest { part: Some(Part::Header(header(stolen, b"MZ"))) },
            UploadArtifactRequest { part: Some(Part::Data(b"MZ".to_vec().into())) },
        ];
        refused(workers.upload_artifact(tokio_stream::iter(parts)).await, Code::Aborted, Reason::LeaseLost);
        let leases = vec![stolen.clone()];
        let renewal = workers.renew_leases(RenewLeasesRequest { leases: leases.clone() }).await;
        assert_eq!(renewal.unwrap().into_inner().renewed, []);
        workers.release_leases(ReleaseLeasesRequest { leases }).await.unwrap();
    }
    let render = scene.renders.clone().get_render(GetRenderRequest { name: render.name }).await.unwrap();
    assert_eq!(render.into_inner().state(), RenderState::Running, "it is still being printed");
}

#[tokio::test]
async fn revocation_ends_a_workers_poll_and_its_lease_within_a_second() {
    let scene = QueueScene::new().await;
    let (render, lease) = scene.begun().await;
    let mut polling = scene.workers.clone();
    let poll = tokio::spawn(async move { polling.acquire_leases(acquire(60)).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let revoked_at = Instant::now();
    scene.revoke(&scene.operator, scene.worker_name()).await;
    refused(poll.await.unwrap(), Code::Unauthenticated, Reason::Unauthenticated);
    assert!(revoked_at.elapsed() < ENDED_WITHIN, "{:?}", revoked_at.elapsed());
    let late = scene.uploaded(header(&lease, b"%PDF"), b"%PDF").await;
    refused(late, Code::Unauthenticated, Reason::Unauthenticated);
    // Its task is free for others at once.
    let another = scene.another_worker().await;
    let request = AcquireLeasesRequest { worker: "another".into(), ..acquire(5) };
    let leases = another.clone().acquire_leases(request).await.unwrap().into_inner().leases;
    assert_eq!(leases[0].lease.as_ref().unwrap().task, lease.task);
    let render = scene.renders.clone().get_render(GetRenderRequest { name: render.name }).await.unwrap();
    assert_eq!(render.into_inner().state(), RenderState::Running);
}

#[tokio::test]
async fn revocation_ends_an_upload_that_has_begun() {
    let scene = QueueScene::new().await;
    let (_, lease) = scene.begun().await;
    let (parts, body) = tokio::sync::mpsc::channel(4);
    let mut workers = scene.workers.clone();
    let upload = tokio::spawn(async move { workers.upload_artifact(ReceiverStream::new(body)).await });
    let pdf = b"%PDF and more";
    parts.send(UploadArtifactRequest { part: Some(Part::Header(header(&lease, pdf))) }).await.unwrap();
    parts.send(UploadArtifactRequest { part: Some(Part::Data(pdf[..4].to_vec().into())) }).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let revoked_at = Instant::now();
    scene.revoke(&scene.operator, scene.worker_name()).await;
    refused(upload.await.unwrap(), Code::Unauthenticated, Reason::Unauthenticated);
    assert!(revoked_at.elapsed() < ENDED_WITHIN, "{:?}", revoked_at.elapsed());
    drop(parts);
}

#[tokio::test]
async fn revocation_ends_a_callers_wait() {
    let scene = QueueScene::new().await;
    let render = scene.renders.clone().create_render(create("b1")).await.unwrap().into_inner();
    let secret = token(scene.running.listen, &scene.admin, &[Role::Renderer], "TLP:RED").await;
    let mut renders = RenderServiceClient::with_interceptor(channel(scene.running.listen), bearer(&secret));
    let request =
        WaitRenderRequest { name: render.name, timeout: Some(Duration::from_mins(1).try_into().unwrap()) };
    let waiting = tokio::spawn(async move { renders.wait_render(request).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let list = ListApiTokensRequest { parent: "workspaces/default".into(), ..Default::default() };
    let listed = scene.admins(&scene.admin).list_api_tokens(list).await.unwrap().into_inner();
    let revoked_at = Instant::now();
    scene.revoke(&scene.admin, listed.api_tokens.last().unwrap().name.clone()).await;
    refused(waiting.await.unwrap(), Code::Unauthenticated, Reason::Unauthenticated);
    assert!(revoked_at.elapsed() < ENDED_WITHIN, "{:?}", revoked_at.elapsed());
}

#[tokio::test]
async fn suspending_an_enrolment_token_stops_its_workers_until_it_is_resumed() {
    let scene = QueueScene::new().await;
    let (_, lease) = scene.begun().await;
    let list = ListApiTokensRequest { parent: "workspaces/system".into(), ..Default::default() };
    let mut operators = scene.admins(&scene.operator);
    let listed = operators.list_api_tokens(list).await.unwrap().into_inner().api_tokens;
    let enroller = listed.into_iter().find(|token| token.roles().any(|role| role == Role::Enroller)).unwrap();
    let name = enroller.name;
    for reason in ["", &"x".repeat(501), "a\u{202e}b", "a\u{7}b"] {
        let request = SuspendApiTokenRequest { name: name.clone(), reason: reason.into() };
        refused_at(operators.suspend_api_token(request).await, Reason::InvalidField, "reason");
    }
    let suspend = SuspendApiTokenRequest { name: name.clone(), reason: "A host was broken into.".into() };
    let suspended = operators.suspend_api_token(suspend).await.unwrap().into_inner();
    assert_eq!(suspended.suspension_reason, "A host was broken into.");
    let until_refused = async {
        while scene.workers.clone().acquire_leases(acquire(0)).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(ENDED_WITHIN, until_refused).await.unwrap();
    let late = scene.uploaded(header(&lease, b"%PDF"), b"%PDF").await;
    refused(late, Code::Unauthenticated, Reason::Unauthenticated);
    let enrolling = scene.workers_with(scene.enroller.reveal());
    let answer = enrolling.clone().enroll_worker(EnrollWorkerRequest { worker: "w".into() }).await;
    refused(answer, Code::Unauthenticated, Reason::Unauthenticated);
    let resumed = operators.resume_api_token(ResumeApiTokenRequest { name }).await.unwrap().into_inner();
    assert!(resumed.suspend_time.is_none() && resumed.suspension_reason.is_empty());
    // Services remember tokens that they refused for two seconds.
    let until_accepted = async {
        while scene.workers.clone().acquire_leases(acquire(0)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), until_accepted).await.unwrap();
}
