use chancery_proto::errors::v1::Reason;
use chancery_proto::render::v1::RenderPhase;
use chancery_proto::worker::v1::get_render_input_response::Part;
use chancery_proto::worker::v1::upload_artifact_request::Part as UploadPart;
use chancery_proto::worker::v1::{
    AcquireLeasesRequest, ArtifactHeader, FailRenderRequest, GetRenderInputRequest, Lease, PrintEnvironment,
    ReleaseLeasesRequest, RenewLeasesRequest, ReportProgressRequest, UploadArtifactRequest,
};
use chancery_testkit::print_environment::ENVIRONMENT;
use chancery_testkit::status_refusals::{refused, refused_at};
use tonic::Code;

use crate::queue_scene::{QueueScene, acquire, header, pdf};

fn progress(lease: &Lease, phase: RenderPhase) -> ReportProgressRequest {
    ReportProgressRequest { lease: Some(lease.clone()), phase: phase.into(), pages: 4 }
}

fn failure(lease: &Lease, reason: &str) -> FailRenderRequest {
    FailRenderRequest {
        lease: Some(lease.clone()),
        reason: reason.into(),
        message: String::new(),
        retryable: true,
    }
}

#[tokio::test]
async fn the_render_input_is_the_manifest_and_then_its_edition() {
    let scene = QueueScene::new().await;
    let (render, lease) = scene.begun().await;
    let request = GetRenderInputRequest { lease: Some(lease) };
    let mut parts = scene.workers.clone().get_render_input(request).await.unwrap().into_inner();
    let Some(Part::Manifest(manifest)) = parts.message().await.unwrap().unwrap().part else { panic!() };
    let mut edition = Vec::new();
    while let Some(answer) = parts.message().await.unwrap() {
        let Some(Part::Edition(piece)) = answer.part else { panic!() };
        edition.extend_from_slice(&piece);
    }
    assert_eq!(manifest.edition_digest, render.edition_digest);
    assert_eq!(chancery_brief::digest::body_digest(&edition).to_string(), render.edition_digest);
    assert_eq!(manifest.environment, Some(ENVIRONMENT.to_message()));
}

#[tokio::test]
async fn an_upload_that_differs_from_its_header_leaves_the_lease_valid() {
    let scene = QueueScene::new().await;
    let (_, lease) = scene.begun().await;
    let good = header(&lease, &pdf());
    let other_digest = ArtifactHeader { sha256: "0".repeat(64), ..good.clone() };
    let too_short = ArtifactHeader { size_bytes: 700_002, ..good.clone() };
    let too_long = ArtifactHeader { size_bytes: 500_000, ..good.clone() };
    for wrong in [other_digest, too_short, too_long] {
        refused(scene.uploaded(wrong, &pdf()).await, Code::InvalidArgument, Reason::InvalidField);
    }
    let chunks = scene.database.psql().rows("select count(*) from artifact_chunks").unwrap();
    assert_eq!(chunks, ["0"]);
    assert!(!scene.uploaded(good.clone(), &pdf()).await.unwrap().already_finished);
    assert!(scene.uploaded(good, &pdf()).await.unwrap().already_finished);
}

#[tokio::test]
async fn malformed_uploads_are_rejected_by_field() {
    let scene = QueueScene::new().await;
    let (_, lease) = scene.begun().await;
    let good = header(&lease, b"%PDF");
    let huge = ArtifactHeader { size_bytes: 256 * 1024 * 1024 + 1, ..good.clone() };
    let empty = ArtifactHeader { size_bytes: 0, ..good.clone() };
    let pageless = ArtifactHeader { pages: 0, ..good.clone() };
    let undigested = ArtifactHeader { sha256: "xyz".into(), ..good.clone() };
    let unleased = ArtifactHeader { lease: None, ..good.clone() };
    for (wrong, field) in [
        (huge, "header.size_bytes"),
        (empty, "header.size_bytes"),
        (pageless, "header.pages"),
        (undigested, "header.sha256"),
        (unleased, "header.lease"),
    ] {
        refused_at(scene.uploaded(wrong, b"%PDF").await, Reason::InvalidField, field);
    }
    let big = vec![0; 256 * 1024 + 1];
    let parts = [UploadPart::Header(header(&lease, &big)), UploadPart::Data(big.into())];
    let parts = parts.map(|part| UploadArtifactRequest { part: Some(part) });
    let refusal = scene.workers.clone().upload_artifact(tokio_stream::iter(parts)).await;
    refused_at(refusal, Reason::InvalidField, "data");
    let headless = [UploadArtifactRequest { part: Some(UploadPart::Data(b"%PDF".to_vec().into())) }];
    let refusal = scene.workers.clone().upload_artifact(tokio_stream::iter(headless)).await;
    refused_at(refusal, Reason::InvalidField, "header");
    let mut other = ENVIRONMENT.to_message();
    other.fonts_digest = "9".repeat(64);
    let strange = ArtifactHeader { environment: Some(other), ..good.clone() };
    let refusal = scene.uploaded(strange, b"%PDF").await;
    refused(refusal, Code::FailedPrecondition, Reason::WrongPrintEnvironment);
    scene.uploaded(good, b"%PDF").await.unwrap();
}

#[tokio::test]
async fn every_call_with_a_stale_lease_gets_lease_lost() {
    let scene = QueueScene::new().await;
    let (_, stale) = scene.begun().await;
    scene.let_leases_run_out();
    let current = scene.leased().await;
    let mut workers = scene.workers.clone();
    let request = GetRenderInputRequest { lease: Some(stale.clone()) };
    refused(workers.get_render_input(request).await, Code::Aborted, Reason::LeaseLost);
    let reported = workers.report_progress(progress(&stale, RenderPhase::Write)).await;
    refused(reported, Code::Aborted, Reason::LeaseLost);
    refused(workers.fail_render(failure(&stale, "R")).await, Code::Aborted, Reason::LeaseLost);
    let uploaded = scene.uploaded(header(&stale, b"%PDF"), b"%PDF").await;
    refused(uploaded, Code::Aborted, Reason::LeaseLost);
    let renewal = RenewLeasesRequest { leases: vec![stale.clone(), current.clone()] };
    let renewal = workers.renew_leases(renewal).await.unwrap().into_inner();
    assert_eq!((renewal.renewed, renewal.lost), (vec![current.clone()], vec![stale.clone()]));
    workers.release_leases(ReleaseLeasesRequest { leases: vec![stale] }).await.unwrap();
    workers.report_progress(progress(&current, RenderPhase::Layout)).await.unwrap();
}

#[tokio::test]
async fn invalid_worker_requests_are_rejected() {
    let scene = QueueScene::new().await;
    let (_, lease) = scene.begun().await;
    let mut workers = scene.workers.clone();
    for max_leases in [0, 65] {
        let request = AcquireLeasesRequest { max_leases, ..acquire(0) };
        refused_at(workers.acquire_leases(request).await, Reason::InvalidField, "max_leases");
    }
    let environment = Some(PrintEnvironment { printer_version: "1".into(), fonts_digest: "2".repeat(64) });
    let request = AcquireLeasesRequest { environment, ..acquire(0) };
    refused_at(workers.acquire_leases(request).await, Reason::InvalidField, "environment.printer_version");
    refused_at(workers.acquire_leases(acquire(61)).await, Reason::InvalidField, "wait");
    let beyond = ReportProgressRequest { pages: 100_001, ..progress(&lease, RenderPhase::Write) };
    refused_at(workers.report_progress(beyond).await, Reason::InvalidField, "pages");
    let unknown = ReportProgressRequest { phase: 99, ..progress(&lease, RenderPhase::Write) };
    refused_at(workers.report_progress(unknown).await, Reason::InvalidField, "phase");
    refused_at(workers.fail_render(failure(&lease, "no reason")).await, Reason::InvalidField, "reason");
    for count in [65, 3_000] {
        let many = RenewLeasesRequest { leases: vec![lease.clone(); count] };
        refused_at(workers.renew_leases(many).await, Reason::InvalidField, "leases");
    }
}

#[tokio::test]
async fn a_lease_of_an_unknown_task_is_lost_and_other_tasks_are_unaffected() {
    let scene = QueueScene::new().await;
    let (_, lease) = scene.begun().await;
    let elsewhere = Lease { task: "0".repeat(32), ..lease.clone() };
    let ahead = Lease { epoch: lease.epoch + 1, ..lease.clone() };
    let mut workers = scene.workers.clone();
    for wrong in [elsewhere, ahead] {
        let request = GetRenderInputRequest { lease: Some(wrong.clone()) };
        refused(workers.get_render_input(request).await, Code::Aborted, Reason::LeaseLost);
        refused(workers.fail_render(failure(&wrong, "R")).await, Code::Aborted, Reason::LeaseLost);
        let uploaded = scene.uploaded(header(&wrong, b"%PDF"), b"%PDF").await;
        refused(uploaded, Code::Aborted, Reason::LeaseLost);
    }
    scene.uploaded(header(&lease, b"%PDF"), b"%PDF").await.unwrap();
}

#[tokio::test]
async fn an_oversized_upload_ends_at_the_first_excess_byte() {
    let scene = QueueScene::new().await;
    let (_, lease) = scene.begun().await;
    let piece = UploadPart::Data(vec![0; 100_000].into());
    let parts = std::iter::once(UploadPart::Header(header(&lease, &vec![0; 250_000])))
        .chain(std::iter::repeat(piece));
    let endless = parts.map(|part| UploadArtifactRequest { part: Some(part) });
    let refusal = scene.workers.clone().upload_artifact(tokio_stream::iter(endless)).await;
    refused(refusal, Code::InvalidArgument, Reason::InvalidField);
    scene.uploaded(header(&lease, &pdf()), &pdf()).await.unwrap();
}

#[tokio::test]
async fn a_waiting_worker_gets_a_task_once_it_is_queued_and_nothing_on_a_timeout() {
    let scene = QueueScene::new().await;
    let nothing = scene.workers.clone().acquire_leases(acquire(0)).await.unwrap().into_inner();
    assert_eq!(nothing.leases, []);
    let mut workers = scene.workers.clone();
    let waiting =
        tokio::spawn(async move { workers.acquire_leases(acquire(60)).await.unwrap().into_inner() });
    scene.requested().await;
    let acquired = waiting.await.unwrap().leases.pop().unwrap();
    assert_eq!((acquired.attempt, acquired.time_to_live.unwrap().seconds), (1, 30));
    workers_give_it_back(&scene, acquired.lease.unwrap()).await;
}

async fn workers_give_it_back(scene: &QueueScene, lease: Lease) {
    let request = ReleaseLeasesRequest { leases: vec![lease.clone()] };
    scene.workers.clone().release_leases(request).await.unwrap();
    assert!(scene.leased().await.epoch > lease.epoch);
}
