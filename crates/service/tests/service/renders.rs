use std::sync::Arc;
use std::time::Duration;

use chancery_proto::errors::v1::Reason;
use chancery_proto::render::v1::render_brief_response::Event;
use chancery_proto::render::v1::render_service_server::RenderService;
use chancery_proto::render::v1::{
    CreateRenderRequest, DownloadRenderRequest, GetRenderRequest, RenderBriefRequest, RenderOptions,
    RenderState, WaitRenderRequest, WatchRenderRequest,
};
use chancery_proto::worker::v1::{FailRenderRequest, Lease};
use chancery_service::background::wakeups::Wakeups;
use chancery_service::renders::service::Renders;
use chancery_service::shutdown;
use chancery_store::{AttemptFailure, Secret};
use chancery_testkit::print_environment::ENVIRONMENT;
use chancery_testkit::status_refusals::{refused, refused_at};
use tokio_stream::StreamExt;
use tonic::{Code, Request};

use crate::queue_scene::{QueueScene, create, header, pdf};

fn wait(name: &str, seconds: i64) -> WaitRenderRequest {
    let timeout = Some(prost_types::Duration { seconds, nanos: 0 });
    WaitRenderRequest { name: name.into(), timeout }
}

async fn downloaded(scene: &QueueScene, name: &str, read_offset: i64) -> Vec<u8> {
    let request = DownloadRenderRequest { name: name.into(), read_offset };
    let mut pieces = scene.renders.clone().download_render(request).await.unwrap().into_inner();
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.message().await.unwrap() {
        assert_eq!(piece.offset, u64::try_from(read_offset).unwrap() + bytes.len() as u64);
        assert!(piece.data.len() <= 256 * 1024);
        assert_eq!(piece.artifact.is_some(), bytes.is_empty());
        bytes.extend_from_slice(&piece.data);
    }
    bytes
}

#[tokio::test]
async fn a_render_goes_from_request_to_pdf() {
    let scene = QueueScene::new().await;
    let mut renders = scene.renders.clone();
    let (render, lease) = scene.begun().await;
    assert_eq!(render.state(), RenderState::Queued);
    assert_eq!(render.revision, "workspaces/default/briefs/b1/revisions/1");
    let get = GetRenderRequest { name: render.name.clone() };
    assert_eq!(renders.get_render(get).await.unwrap().into_inner().state(), RenderState::Running);

    let waiting = tokio::spawn({
        let (mut renders, name) = (renders.clone(), render.name.clone());
        async move { renders.wait_render(wait(&name, 60)).await.unwrap().into_inner() }
    });
    scene.uploaded(header(&lease, &pdf()), &pdf()).await.unwrap();
    let ended = waiting.await.unwrap();
    assert_eq!((ended.state(), ended.end_time.is_some()), (RenderState::Succeeded, true));
    assert_eq!(ended.artifact.as_ref().unwrap().size_bytes, 700_001);
    for offset in [0, 1, 262_144, 700_000, 700_001] {
        let rest = &pdf()[usize::try_from(offset).unwrap()..];
        assert_eq!(downloaded(&scene, &render.name, offset).await, rest, "from {offset}");
    }
    let again = scene.requested().await;
    assert_eq!((again.state(), again.artifact), (RenderState::Succeeded, ended.artifact));
}

#[tokio::test]
async fn render_brief_streams_the_states_and_then_the_bytes() {
    let scene = QueueScene::new().await;
    let CreateRenderRequest { parent, source, .. } = create("b1");
    let request = RenderBriefRequest { parent, source, ..Default::default() };
    let mut events = scene.renders.clone().render_brief(request).await.unwrap().into_inner();
    let lease = scene.leased().await;
    scene.uploaded(header(&lease, &pdf()), &pdf()).await.unwrap();
    let (mut states, mut bytes) = (Vec::new(), Vec::new());
    while let Some(answer) = events.message().await.unwrap() {
        match answer.event.unwrap() {
            Event::Render(render) => {
                assert!(bytes.is_empty());
                states.push(render.state());
            }
            Event::Chunk(chunk) => bytes.extend_from_slice(&chunk.data),
        }
    }
    assert_eq!(states.first(), Some(&RenderState::Queued));
    assert_eq!(states.last(), Some(&RenderState::Succeeded));
    assert_eq!(bytes, pdf());
}

#[tokio::test]
async fn a_failed_render_reports_its_reason() {
    let scene = QueueScene::new().await;
    let (render, lease) = scene.begun().await;
    let failure = FailRenderRequest {
        lease: Some(lease),
        reason: "TOO_MANY_PAGES".into(),
        message: "more than 2000 pages".into(),
        retryable: false,
    };
    scene.workers.clone().fail_render(failure).await.unwrap();
    let watch = WatchRenderRequest { name: render.name.clone() };
    let states = scene.renders.clone().watch_render(watch).await.unwrap().into_inner();
    let states: Vec<_> = states.map(Result::unwrap).collect().await;
    assert_eq!(states.len(), 1);
    assert_eq!(states[0].failure.as_ref().unwrap().reason, "TOO_MANY_PAGES");
    let request = DownloadRenderRequest { name: render.name, read_offset: 0 };
    let refusal = scene.renders.clone().download_render(request).await;
    refused(refusal, Code::FailedPrecondition, Reason::RenderFailed);
}

#[tokio::test]
async fn invalid_render_requests_are_rejected() {
    let scene = QueueScene::new().await;
    let mut renders = scene.renders.clone();
    let (render, lease) = scene.begun().await;
    let download = |name: &str, read_offset| DownloadRenderRequest { name: name.into(), read_offset };
    let early = renders.download_render(download(&render.name, 0)).await;
    refused(early, Code::FailedPrecondition, Reason::RenderNotFinished);
    scene.uploaded(header(&lease, b"%PDF"), b"%PDF").await.unwrap();

    let negative = renders.download_render(download(&render.name, -1)).await;
    refused_at(negative, Reason::InvalidField, "read_offset");
    let past = renders.download_render(download(&render.name, 5)).await;
    refused(past, Code::OutOfRange, Reason::OffsetOutOfRange);
    let name = renders.get_render(GetRenderRequest { name: "renders/1".into() }).await;
    refused_at(name, Reason::InvalidName, "name");
    let unknown = format!("workspaces/default/renders/{}", "0".repeat(32));
    let missing = renders.get_render(GetRenderRequest { name: unknown }).await;
    refused(missing, Code::NotFound, Reason::NotFound);
    let options = Some(RenderOptions { paper: 77, ..RenderOptions::default() });
    let paper = renders.create_render(CreateRenderRequest { options, ..create("b1") }).await;
    refused_at(paper, Reason::InvalidField, "options.paper");
    let elsewhere = CreateRenderRequest { parent: "workspaces/other".into(), ..create("b1") };
    refused_at(renders.create_render(elsewhere).await, Reason::InvalidField, "source");
    let nothing = renders.create_render(create("never-made")).await;
    refused(nothing, Code::NotFound, Reason::NotFound);
    refused_at(renders.wait_render(wait(&render.name, 61)).await, Reason::InvalidField, "timeout");
}

#[tokio::test]
async fn a_wait_that_times_out_returns_the_current_state() {
    let scene = QueueScene::new().await;
    let render = scene.requested().await;
    let waited = scene.renders.clone().wait_render(wait(&render.name, 0)).await.unwrap().into_inner();
    assert_eq!(waited, render);
}

/// All changes bypass the waiting service: it gets no hints from its own process, and none by NOTIFY, because its exchange of
/// hints does not run.
#[tokio::test]
async fn without_hints_waits_and_watches_still_end() {
    let scene = QueueScene::new().await;
    let (wakeups, _never_run) = Wakeups::new();
    let (_trigger, shutdown) = shutdown::channel();
    let deaf = Renders::new(scene.store.clone(), wakeups, shutdown);
    let secret = Secret::parse(&scene.admin).unwrap();
    let admin = scene.store.access().principal_of_secret(&secret).await.unwrap().unwrap();
    let source = create("b1").source.parse().unwrap();
    let requested = scene.store.renders().create(&admin, &source, &RenderOptions::default()).await.unwrap();
    let name = requested.render.name.to_string();

    let mut request = Request::new(WatchRenderRequest { name: name.clone() });
    request.extensions_mut().insert(Arc::new(admin.clone()));
    let watched = deaf.watch_render(request).await.unwrap().into_inner();
    let watching = tokio::spawn(watched.map(|render| render.unwrap().state()).collect::<Vec<_>>());
    let mut request = Request::new(wait(&name, 60));
    request.extensions_mut().insert(Arc::new(admin));
    let waiting = tokio::spawn(async move { deaf.wait_render(request).await.unwrap().into_inner() });

    let mut acquired = scene.store.queue().acquire_leases(ENVIRONMENT, &scene.worker, 1).await.unwrap();
    let lease = acquired.leases.pop().unwrap().lease;
    let failure = AttemptFailure { reason: "R".into(), message: String::new(), retryable: false };
    scene.store.queue().fail_attempt(&lease, &failure).await.unwrap();
    let limit = Duration::from_secs(15);
    let ended = tokio::time::timeout(limit, waiting).await.unwrap().unwrap();
    assert_eq!(ended.state(), RenderState::Failed);
    let states = tokio::time::timeout(limit, watching).await.unwrap().unwrap();
    assert_eq!((states.first(), states.last()), (Some(&RenderState::Queued), Some(&RenderState::Failed)));
}

#[tokio::test]
async fn a_render_whose_worker_vanished_is_printed_by_another_worker() {
    let scene = QueueScene::new().await;
    let (render, first) = scene.begun().await;
    scene.let_leases_run_out();
    let second: Lease = scene.leased().await;
    assert_eq!((&second.task, second.epoch > first.epoch), (&first.task, true));
    let late = scene.uploaded(header(&first, b"%PDF late"), b"%PDF late").await;
    refused(late, Code::Aborted, Reason::LeaseLost);
    scene.uploaded(header(&second, b"%PDF"), b"%PDF").await.unwrap();
    assert_eq!(downloaded(&scene, &render.name, 0).await, b"%PDF");
}

#[tokio::test]
async fn an_expired_pdf_is_reported_and_printed_again_on_request() {
    let scene = QueueScene::new().await;
    let mut renders = scene.renders.clone();
    let (render, lease) = scene.begun().await;
    scene.uploaded(header(&lease, &pdf()), &pdf()).await.unwrap();
    let get = GetRenderRequest { name: render.name.clone() };
    let fresh = renders.get_render(get.clone()).await.unwrap().into_inner();
    assert!(fresh.artifact.is_some() && !fresh.artifact_expired);
    let request = DownloadRenderRequest { name: render.name.clone(), read_offset: 0 };
    scene
        .database
        .psql()
        .rows(
            "update artifacts set finished_at = finished_at - interval '31 days';
        update renders set created_at = created_at - interval '31 days'",
        )
        .unwrap();
    assert_eq!(scene.store.artifacts().expire(Duration::from_hours(30 * 24)).await.unwrap(), 1);
    let expired = renders.get_render(get).await.unwrap().into_inner();
    assert_eq!(
        (expired.state(), expired.artifact, expired.artifact_expired),
        (RenderState::Succeeded, None, true)
    );
    refused(renders.download_render(request).await, Code::FailedPrecondition, Reason::ArtifactExpired);
    let again = scene.requested().await;
    assert_eq!(again.state(), RenderState::Queued);
}
