//! Uploaded PDFs are proven against the input of their tasks before these are finished: what a hostile worker sends is
//! delivered to nobody.

use std::collections::HashSet;
use std::ops::ControlFlow;

use chancery_brief::glyph_coverage::GlyphCoverage;
use chancery_print::{Fonts, Limits, NO_IMAGES, TaskInput};
use chancery_proto::admin::v1::admin_service_client::AdminServiceClient;
use chancery_proto::admin::v1::{InvalidateArtifactRequest, ListProofRefusalsRequest};
use chancery_proto::errors::v1::Reason;
use chancery_proto::render::v1::{CreateRenderRequest, DownloadRenderRequest, GetRenderRequest, Render};
use chancery_proto::render::v1::{RenderOptions, RenderState};
use chancery_proto::worker::v1::get_render_input_response::Part;
use chancery_proto::worker::v1::{
    AcquireLeasesRequest, ArtifactHeader, GetRenderInputRequest, Lease, RenderInputManifest,
};
use chancery_store::{Hint, Hints, PrintEnvironment};
use chancery_testkit::status_refusals::{refused, refused_at};
use prost::bytes::{Bytes, BytesMut};
use tonic::Code;

use crate::queue_scene::{QueueScene, Workers, acquire, create, header};
use crate::scene::{Admins, bearer, channel};

/// The environment of this build's printer.
fn environment() -> PrintEnvironment {
    PrintEnvironment {
        printer_version: chancery_print::environment::environment().printer_version.parse().unwrap(),
        fonts_digest: Fonts::default().digest().parse().unwrap(),
    }
}

/// The input of a task.
struct Input {
    manifest: RenderInputManifest,
    edition: Bytes,
}

/// A printed file.
struct File {
    bytes: Vec<u8>,
    pages: u32,
}

impl Input {
    /// Prints as an honest worker does.
    fn printed(&self) -> File {
        let task = TaskInput::decode(&self.manifest, &self.edition, None, &NO_IMAGES).unwrap();
        let options = task.options().unwrap();
        let proceed = &mut |_| ControlFlow::Continue(());
        let printed =
            chancery_print::print(&task.edition(), &options, &Limits::default(), &Fonts::default(), proceed);
        let printed = printed.unwrap();
        File { bytes: printed.bytes, pages: printed.pages }
    }
}

impl QueueScene {
    /// A scene whose active print environment is this build's.
    async fn printing(flags: &[&str]) -> Self {
        let scene = Self::with(flags).await;
        scene.store.renders().set_print_environment(environment(), &GlyphCoverage::default()).await.unwrap();
        scene
    }

    async fn leased_by(&self, workers: &Workers) -> Lease {
        // Another worker is not waited for, and neither is the pause after a failure.
        let now = "update render_queue set visible_at = clock_timestamp() - interval '1 minute'";
        self.database.psql().rows(now).unwrap();
        let request = AcquireLeasesRequest { environment: Some(environment().to_message()), ..acquire(20) };
        let leases = workers.clone().acquire_leases(request).await.unwrap().into_inner().leases;
        leases.into_iter().next().unwrap().lease.unwrap()
    }

    async fn input(&self, lease: &Lease) -> Input {
        let request = GetRenderInputRequest { lease: Some(lease.clone()) };
        let mut parts = self.workers.clone().get_render_input(request).await.unwrap().into_inner();
        let (mut manifest, mut edition) = (None, BytesMut::new());
        while let Some(message) = parts.message().await.unwrap() {
            match message.part.unwrap() {
                Part::Manifest(given) => manifest = Some(given),
                Part::Edition(bytes) => edition.extend_from_slice(&bytes),
                Part::Comparison(_) | Part::Blob(_) => {}
            }
        }
        Input { manifest: manifest.unwrap(), edition: edition.freeze() }
    }

    fn header_of(lease: &Lease, file: &File) -> ArtifactHeader {
        ArtifactHeader {
            pages: file.pages,
            environment: Some(environment().to_message()),
            ..header(lease, &file.bytes)
        }
    }

    async fn state(&self, render: &Render) -> RenderState {
        let request = GetRenderRequest { name: render.name.clone() };
        self.renders.clone().get_render(request).await.unwrap().into_inner().state()
    }

    fn operations(&self) -> Admins {
        AdminServiceClient::with_interceptor(channel(self.running.listen), bearer(&self.operator))
    }
}

/// Files that a hostile worker could send for a task, by what is wrong with them.
fn forgeries(input: &Input) -> Vec<(&'static str, File)> {
    let honest = input.printed();
    let with = |bytes: Vec<u8>| File { bytes, pages: honest.pages };
    let mut flipped = honest.bytes.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    let cut = honest.bytes[..honest.bytes.len() - 1].to_vec();
    let longer = [honest.bytes.clone(), b"\n%more".to_vec()].concat();
    // The print of the same brief for another recipient.
    let options = RenderOptions { recipient: "Another desk".into(), ..RenderOptions::default() };
    let manifest = RenderInputManifest { options: Some(options), ..input.manifest.clone() };
    let other = Input { manifest, edition: input.edition.clone() }.printed();
    vec![
        ("a program", with(b"MZ\x90\0".to_vec())),
        ("junk", with(vec![b'%'; 3_000])),
        ("a flipped bit", with(flipped)),
        ("a cut file", with(cut)),
        ("something after the end", with(longer)),
        ("the copy of another", other),
        ("another number of pages", File { bytes: honest.bytes.clone(), pages: honest.pages + 1 }),
    ]
}

#[tokio::test]
async fn an_honest_print_is_proven_and_delivered() {
    let scene = QueueScene::printing(&[]).await;
    let render = scene.requested().await;
    let lease = scene.leased_by(&scene.workers).await;
    let file = scene.input(&lease).await.printed();
    scene.uploaded(QueueScene::header_of(&lease, &file), &file.bytes).await.unwrap();
    assert_eq!(scene.state(&render).await, RenderState::Succeeded);
    assert_eq!(scene.running.proofs().proven, 1);
    assert_eq!(scene.database.psql().rows("select proven from render_tasks").unwrap(), ["t"]);
    // A repeated upload is answered without another proof.
    let again = scene.uploaded(QueueScene::header_of(&lease, &file), &file.bytes).await.unwrap();
    assert!(again.already_finished && scene.running.proofs().proven == 1);
}

#[tokio::test]
async fn a_forged_file_is_refused_and_the_task_printed_by_another_worker() {
    let scene = QueueScene::printing(&[]).await;
    let render = scene.requested().await;
    let lease = scene.leased_by(&scene.workers).await;
    let input = scene.input(&lease).await;
    let forgeries = forgeries(&input);
    let mut next = Some(lease);
    for (what, file) in &forgeries {
        let workers = scene.another_worker().await;
        let lease = match next.take() {
            Some(lease) => lease,
            None => scene.leased_by(&scene.workers).await,
        };
        drop(workers);
        let answer = scene.uploaded(QueueScene::header_of(&lease, file), &file.bytes).await;
        refused(answer, Code::FailedPrecondition, Reason::PdfNotProven);
        assert_eq!(scene.state(&render).await, RenderState::Queued, "{what}");
        // Neither the suspension nor the limit of attempts is tested here.
        let reset = "update api_tokens set suspended_at = null, suspension_reason = ''; \
                     update render_tasks set attempts = 0";
        scene.database.psql().rows(reset).unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
    }
    let honest = scene.another_worker().await;
    let lease = scene.leased_by(&honest).await;
    let file = input.printed();
    let header = QueueScene::header_of(&lease, &file);
    let parts = [
        chancery_proto::worker::v1::upload_artifact_request::Part::Header(header),
        chancery_proto::worker::v1::upload_artifact_request::Part::Data(file.bytes.clone().into()),
    ]
    .map(|part| chancery_proto::worker::v1::UploadArtifactRequest { part: Some(part) });
    honest.clone().upload_artifact(tokio_stream::iter(parts)).await.unwrap();
    assert_eq!(scene.state(&render).await, RenderState::Succeeded);

    let listed = scene.operations().list_proof_refusals(ListProofRefusalsRequest::default()).await;
    let refusals = listed.unwrap().into_inner().refusals;
    assert_eq!(refusals.len(), forgeries.len());
    assert_eq!(refusals[0].code, "PAGES_DIFFER");
    assert!(
        refusals.iter().all(|refusal| refusal.worker == "test" && !refusal.message.contains("Another desk"))
    );
}

#[tokio::test]
async fn a_worker_that_forges_three_files_is_suspended() {
    let scene = QueueScene::printing(&[]).await;
    scene.requested().await;
    let junk = File { bytes: b"MZ".to_vec(), pages: 1 };
    for _ in 0..3 {
        let lease = scene.leased_by(&scene.workers).await;
        let answer = scene.uploaded(QueueScene::header_of(&lease, &junk), &junk.bytes).await;
        refused(answer, Code::FailedPrecondition, Reason::PdfNotProven);
    }
    let refused_soon = async {
        while scene.workers.clone().acquire_leases(acquire(0)).await.is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(5), refused_soon).await.unwrap();
}

/// Waits until each of these hints was received.
async fn received<const N: usize>(hints: &mut Hints, expected: [Hint; N]) {
    let mut missing = HashSet::from(expected);
    let all = async {
        while !missing.is_empty() {
            if let Some(hint) = hints.next().await.unwrap() {
                missing.remove(&hint);
            }
        }
    };
    let in_time = tokio::time::timeout(std::time::Duration::from_secs(5), all).await.is_ok();
    assert!(in_time, "not received: {missing:?}");
}

#[tokio::test]
async fn refused_tasks_and_those_of_a_suspended_worker_wake_workers_and_watchers() {
    let scene = QueueScene::printing(&[]).await;
    let mut hints = scene.store.changes().listen().await.unwrap();
    let junk = File { bytes: b"MZ".to_vec(), pages: 1 };
    let (changed, queued) =
        (|lease: &Lease| Hint::Changed(lease.task.clone()), |lease: &Lease| Hint::Queued(lease.task.clone()));
    scene.requested().await;
    let mut leased = scene.leased_by(&scene.workers).await;
    received(&mut hints, [queued(&leased), changed(&leased)]).await;
    for _ in 0..2 {
        let answer = scene.uploaded(QueueScene::header_of(&leased, &junk), &junk.bytes).await;
        refused(answer, Code::FailedPrecondition, Reason::PdfNotProven);
        received(&mut hints, [queued(&leased), changed(&leased)]).await;
        leased = scene.leased_by(&scene.workers).await;
        received(&mut hints, [changed(&leased)]).await;
    }
    // A task that the worker still prints when its third file is refused.
    let options = RenderOptions { recipient: "Another desk".into(), ..RenderOptions::default() };
    let request = CreateRenderRequest { options: Some(options), ..create("b1") };
    scene.renders.clone().create_render(request).await.unwrap();
    let request = AcquireLeasesRequest { environment: Some(environment().to_message()), ..acquire(20) };
    let answer = scene.workers.clone().acquire_leases(request).await.unwrap().into_inner();
    let other = answer.leases.into_iter().next().unwrap().lease.unwrap();
    received(&mut hints, [queued(&other), changed(&other)]).await;

    let answer = scene.uploaded(QueueScene::header_of(&leased, &junk), &junk.bytes).await;
    refused(answer, Code::FailedPrecondition, Reason::PdfNotProven);
    let expected = [queued(&leased), changed(&leased), queued(&other), changed(&other)];
    received(&mut hints, expected).await;
}

#[tokio::test]
async fn files_of_other_print_environments_are_accepted_unproven_or_refused_by_the_policy() {
    for (policy, accepted) in [("where-known", true), ("off", true), ("required", false)] {
        let scene = QueueScene::with(&["--proof", policy]).await;
        let render = scene.requested().await;
        let lease = scene.leased().await;
        let answer = scene.uploaded(header(&lease, b"%PDF"), b"%PDF").await;
        if accepted {
            answer.unwrap();
            assert_eq!(scene.state(&render).await, RenderState::Succeeded);
            assert_eq!(scene.database.psql().rows("select proven from render_tasks").unwrap(), ["f"]);
            assert_eq!(scene.running.proofs().not_covered, 1);
        } else {
            let status = refused(answer, Code::FailedPrecondition, Reason::PdfNotProven);
            assert!(status.message().contains("OTHER_ENVIRONMENT"), "{status}");
        }
    }
}

#[tokio::test]
async fn an_operator_deletes_a_pdf_that_must_not_be_delivered() {
    let scene = QueueScene::new().await;
    let options = RenderOptions { recipient: "Desk".into(), ..RenderOptions::default() };
    let request = CreateRenderRequest { options: Some(options), ..create("b1") };
    let render = scene.renders.clone().create_render(request).await.unwrap().into_inner();
    let lease = scene.leased().await;
    scene.uploaded(header(&lease, b"%PDF forged"), b"%PDF forged").await.unwrap();
    let sha256 = header(&lease, b"%PDF forged").sha256;
    let request = |sha256: &str, reason: &str| InvalidateArtifactRequest {
        sha256: sha256.into(),
        reason: reason.into(),
    };
    let mut operators = scene.operations();
    refused_at(operators.invalidate_artifact(request("x", "r")).await, Reason::InvalidField, "sha256");
    refused_at(operators.invalidate_artifact(request(&sha256, " ")).await, Reason::InvalidField, "reason");
    let deleted = operators.invalidate_artifact(request(&sha256, "Forged.")).await.unwrap().into_inner();
    assert_eq!(deleted.render_tasks, [format!("renderTasks/{}", lease.task)]);
    let download = DownloadRenderRequest { name: render.name, read_offset: 0 };
    let answer =
        async { scene.renders.clone().download_render(download).await?.into_inner().message().await };
    refused(answer.await, Code::FailedPrecondition, Reason::ArtifactExpired);
    let again = operators.invalidate_artifact(request(&sha256, "Forged.")).await;
    refused(again, Code::NotFound, Reason::NotFound);
}
