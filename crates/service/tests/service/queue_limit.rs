//! The limit of a workspace's queue.

use std::time::Duration;

use chancery_proto::admin::v1::admin_service_client::AdminServiceClient;
use chancery_proto::admin::v1::{
    ApiToken, CreateApiTokenRequest, CreateWorkspaceRequest, MarkingScheme, Role, WithholdingPolicy,
    Workspace,
};
use chancery_proto::brief::v1::ImportBriefRequest;
use chancery_proto::brief::v1::brief_service_client::BriefServiceClient;
use chancery_proto::errors::v1::Reason;
use chancery_proto::render::v1::render_service_client::RenderServiceClient;
use chancery_proto::render::v1::{CreateRenderRequest, RenderOptions, RenderPriority};
use chancery_proto::status::reason_of;
use chancery_testkit::imports::document;
use chancery_testkit::status_refusals::{refused, refused_at};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::queue_scene::{QueueScene, Renders, create};
use crate::scene::{bearer, channel, content};

/// Builds a distinct render request for each number.
fn copy(number: usize) -> CreateRenderRequest {
    let options = RenderOptions { recipient: format!("Copy {number}"), ..RenderOptions::default() };
    CreateRenderRequest { options: Some(options), ..create("b1") }
}

fn queued(scene: &QueueScene, workspace: &str) -> Vec<String> {
    let count = format!("select count(*) from render_queue where workspace_id = '{workspace}'");
    scene.database.psql().rows(&count).unwrap()
}

/// Creates a caller of workspace `other`, with a brief `b1` there.
async fn stranger(scene: &QueueScene) -> Renders {
    let address = scene.running.listen;
    let mut admins = AdminServiceClient::with_interceptor(channel(address), bearer(&scene.operator));
    let workspace = Workspace {
        display_name: "Other".into(),
        marking_scheme: MarkingScheme::Tlp.into(),
        withholding_policy: WithholdingPolicy::Omit.into(),
        ..Workspace::default()
    };
    let request = CreateWorkspaceRequest {
        workspace_id: "other".into(),
        workspace: Some(workspace),
        ..Default::default()
    };
    admins.create_workspace(request).await.unwrap();
    let api_token = ApiToken {
        display_name: "Another caller".into(),
        roles: vec![Role::Admin.into()],
        clearance: "TLP:RED".into(),
        ..ApiToken::default()
    };
    let request = CreateApiTokenRequest {
        parent: "workspaces/other".into(),
        api_token: Some(api_token),
        ..Default::default()
    };
    let token = admins.create_api_token(request).await.unwrap().into_inner().secret;
    let mut briefs = BriefServiceClient::with_interceptor(channel(address), bearer(&token));
    let documents = vec![document("b1", 1, content("Theirs"))];
    let parent = "workspaces/other".into();
    briefs
        .import_brief(ImportBriefRequest { parent, documents, ..ImportBriefRequest::default() })
        .await
        .unwrap();
    RenderServiceClient::with_interceptor(channel(address), bearer(&token))
}

#[tokio::test]
async fn a_full_queue_rejects_new_renders_of_its_workspace_only() {
    let scene = QueueScene::with(&["--max-queued", "3"]).await;
    let mut renders = scene.renders.clone();
    for number in 0..3 {
        renders.create_render(copy(number)).await.unwrap();
    }
    let status = refused(renders.create_render(copy(3)).await, Code::ResourceExhausted, Reason::QueueFull);
    let pause = status.get_details_retry_info().unwrap().retry_delay.unwrap();
    assert!(pause >= Duration::from_secs(1), "{pause:?}");
    // Renders that join a queued task are accepted, with a higher priority too.
    let sooner = CreateRenderRequest { priority: RenderPriority::Interactive.into(), ..copy(1) };
    renders.create_render(sooner).await.unwrap();
    let theirs = CreateRenderRequest {
        parent: "workspaces/other".into(),
        source: "workspaces/other/briefs/b1".into(),
        ..CreateRenderRequest::default()
    };
    stranger(&scene).await.create_render(theirs).await.unwrap();
    assert_eq!((queued(&scene, "default"), queued(&scene, "other")), (vec!["3".into()], vec!["1".into()]));
}

#[tokio::test]
async fn an_unknown_priority_is_rejected() {
    let scene = QueueScene::new().await;
    let request = CreateRenderRequest { priority: 99, ..create("b1") };
    refused_at(scene.renders.clone().create_render(request).await, Reason::InvalidField, "priority");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_concurrent_renders_fill_the_queue_exactly_in_bounded_memory() {
    let scene = QueueScene::with(&["--max-queued", "50"]).await;
    let before = resident_megabytes();
    let calls: Vec<_> = (0..1000)
        .map(|number| {
            let mut renders = scene.renders.clone();
            tokio::spawn(async move { renders.create_render(copy(number)).await.map(drop) })
        })
        .collect();
    let mut taken = 0;
    for call in calls {
        match call.await.unwrap() {
            Ok(()) => taken += 1,
            Err(status) => assert!(says_when_to_come_again(&status), "{status:?}"),
        }
    }
    assert_eq!((taken, queued(&scene, "default")), (50, vec!["50".to_owned()]));
    // The figure includes the callers, which run in this process.
    let grown = resident_megabytes().saturating_sub(before);
    assert!(grown < 100, "{grown} MB more than before");
}

/// Returns whether the queue is full, or the limit on concurrent calls was reached.
fn says_when_to_come_again(status: &Status) -> bool {
    let is_known =
        matches!(reason_of(status), Some(Reason::QueueFull | Reason::LimitExceeded | Reason::Unavailable));
    is_known && status.get_details_retry_info().is_some()
}

fn resident_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}
