//! A workspace demands that two workers print the same bytes before a PDF is delivered.

use std::time::Duration;

use chancery_proto::admin::v1::admin_service_client::AdminServiceClient;
use chancery_proto::admin::v1::{PrintAgreement, UpdateWorkspaceRequest, Workspace};
use chancery_proto::errors::v1::Reason;
use chancery_proto::render::v1::{GetRenderRequest, Render, RenderState, RenderWaitingReason};
use chancery_proto::worker::v1::Lease;
use chancery_testkit::status_refusals::refused_at;
use tonic::Status;

use crate::queue_scene::{QueueScene, Workers, acquire, header, pdf};
use crate::scene::{bearer, channel};

impl QueueScene {
    async fn demand(&self, from_marking: &str, percent: i32) -> Result<Workspace, Status> {
        let agreement = PrintAgreement { from_marking: from_marking.to_owned(), percent };
        let workspace = Workspace {
            name: "workspaces/default".into(),
            print_agreement: Some(agreement),
            ..Workspace::default()
        };
        let request = UpdateWorkspaceRequest { workspace: Some(workspace), update_mask: None };
        let mut admin =
            AdminServiceClient::with_interceptor(channel(self.running.listen), bearer(&self.admin));
        Ok(admin.update_workspace(request).await?.into_inner())
    }

    async fn render(&self, render: &Render) -> Render {
        let request = GetRenderRequest { name: render.name.clone() };
        self.renders.clone().get_render(request).await.unwrap().into_inner()
    }
}

async fn leased_by(workers: &mut Workers, wait: u64) -> Option<Lease> {
    let leases = workers.acquire_leases(acquire(wait)).await.unwrap().into_inner().leases;
    leases.into_iter().next().and_then(|acquired| acquired.lease)
}

#[tokio::test]
async fn a_pdf_is_delivered_once_a_second_worker_printed_the_same_bytes() {
    // The tests' environment is not the service's own, so that any bytes are accepted.
    let mut scene = QueueScene::new().await;
    let set = scene.demand("TLP:CLEAR", 0).await.unwrap().print_agreement.unwrap();
    assert_eq!((set.from_marking.as_str(), set.percent), ("TLP:CLEAR", 0));
    let (render, lease) = scene.begun().await;
    // A second worker waits for tasks, and is woken by the first print.
    let mut second = scene.another_worker().await;
    let waiting = tokio::spawn(async move { (leased_by(&mut second, 20).await, second) });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let answer = scene.uploaded(header(&lease, &pdf()), &pdf()).await.unwrap();
    assert!(answer.awaits_agreement && !answer.already_finished);
    let again = scene.uploaded(header(&lease, &pdf()), &pdf()).await.unwrap();
    assert!(again.awaits_agreement, "a repetition gets the same answer");
    let (second_lease, second) = waiting.await.unwrap();
    assert_ne!(scene.render(&render).await.state(), RenderState::Succeeded);
    assert_eq!(leased_by(&mut scene.workers.clone(), 0).await, None);

    let second_lease = second_lease.unwrap();
    scene.workers = second;
    let answer = scene.uploaded(header(&second_lease, &pdf()), &pdf()).await.unwrap();
    assert!(!answer.awaits_agreement);
    assert_eq!(scene.render(&render).await.state(), RenderState::Succeeded);
    let staged = scene.database.psql().rows("select count(*) from artifact_blobs").unwrap();
    assert_eq!(staged, ["1"], "the bytes of the first print are not kept");
}

#[tokio::test]
async fn without_a_second_worker_the_render_says_what_it_waits_for_and_then_fails() {
    let scene = QueueScene::with(&["--second-worker-wait", "2"]).await;
    scene.demand("", 100).await.unwrap();
    let (render, lease) = scene.begun().await;
    scene.uploaded(header(&lease, &pdf()), &pdf()).await.unwrap();
    let waiting = scene.render(&render).await;
    assert_eq!(waiting.state(), RenderState::Queued);
    assert_eq!(waiting.waiting_reason(), RenderWaitingReason::SecondWorker);
    let failed = loop {
        let render = scene.render(&render).await;
        if render.state() == RenderState::Failed {
            break render;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    assert_eq!(failed.failure.unwrap().reason, "NO_SECOND_WORKER");
}

#[tokio::test]
async fn an_agreement_that_cannot_be_is_refused_with_its_field() {
    let scene = QueueScene::new().await;
    for (from, percent, field) in [
        ("SECRET", 0, "workspace.print_agreement.from_marking"),
        ("tlp:clear", 0, "workspace.print_agreement.from_marking"),
        ("", 101, "workspace.print_agreement.percent"),
        ("", -1, "workspace.print_agreement.percent"),
    ] {
        refused_at(scene.demand(from, percent).await, Reason::InvalidField, field);
    }
}
