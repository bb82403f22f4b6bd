use chancery_proto::errors::v1::Reason;
use chancery_proto::render::v1::{
    CancelRenderRequest, DeleteRenderRequest, GetRenderRequest, ListRendersRequest, RenderState,
    WatchRenderRequest,
};
use chancery_proto::worker::v1::RenewLeasesRequest;
use chancery_testkit::status_refusals::{refused, refused_at};
use tokio_stream::StreamExt;
use tonic::Code;

use crate::queue_scene::{QueueScene, header};

fn cancel(name: &str) -> CancelRenderRequest {
    CancelRenderRequest { name: name.into(), ..Default::default() }
}

fn delete(name: &str) -> DeleteRenderRequest {
    DeleteRenderRequest { name: name.into(), ..Default::default() }
}

fn list(page_size: i32, page_token: &str) -> ListRendersRequest {
    let parent = "workspaces/default".into();
    ListRendersRequest { parent, page_size, page_token: page_token.into(), ..Default::default() }
}

#[tokio::test]
async fn a_cancel_ends_the_watch_and_revokes_the_lease() {
    let scene = QueueScene::new().await;
    let (render, lease) = scene.begun().await;
    let watch = WatchRenderRequest { name: render.name.clone() };
    let states = scene.renders.clone().watch_render(watch).await.unwrap().into_inner();
    let ended = scene.renders.clone().cancel_render(cancel(&render.name)).await.unwrap().into_inner();
    assert_eq!((ended.state(), ended.end_time.is_some()), (RenderState::Cancelled, true));
    let states: Vec<_> = states.map(|render| render.unwrap().state()).collect().await;
    assert_eq!(states.last(), Some(&RenderState::Cancelled));

    let renew = RenewLeasesRequest { leases: vec![lease.clone()] };
    assert_eq!(scene.workers.clone().renew_leases(renew).await.unwrap().into_inner().renewed, []);
    let late = scene.uploaded(header(&lease, b"%PDF"), b"%PDF").await;
    refused(late, Code::Aborted, Reason::LeaseLost);
    let again = scene.renders.clone().cancel_render(cancel(&render.name)).await.unwrap().into_inner();
    assert_eq!(again, ended);
}

#[tokio::test]
async fn finished_renders_cannot_be_cancelled_nor_unfinished_ones_deleted() {
    let scene = QueueScene::new().await;
    let mut renders = scene.renders.clone();
    let (render, lease) = scene.begun().await;
    let early = renders.delete_render(delete(&render.name)).await;
    refused(early, Code::FailedPrecondition, Reason::RenderNotFinished);
    scene.uploaded(header(&lease, b"%PDF"), b"%PDF").await.unwrap();
    let late = renders.cancel_render(cancel(&render.name)).await;
    refused(late, Code::FailedPrecondition, Reason::RenderEnded);
    renders.delete_render(delete(&render.name)).await.unwrap();
    let deleted = renders.get_render(GetRenderRequest { name: render.name.clone() }).await;
    refused(deleted, Code::NotFound, Reason::NotFound);
    refused(renders.delete_render(delete(&render.name)).await, Code::NotFound, Reason::NotFound);
}

#[tokio::test]
async fn pages_of_renders_contain_each_render_once() {
    let scene = QueueScene::new().await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.insert(0, scene.requested().await.name);
    }
    let (mut found, mut token) = (Vec::new(), String::new());
    loop {
        let page = scene.renders.clone().list_renders(list(2, &token)).await.unwrap().into_inner();
        found.extend(page.renders.into_iter().map(|render| render.name));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(found, made);
}

#[tokio::test]
async fn malformed_render_lists_and_foreign_renders_are_rejected() {
    let scene = QueueScene::new().await;
    let mut renders = scene.renders.clone();
    let name = scene.requested().await.name;
    scene.requested().await;
    let token = renders.list_renders(list(1, "")).await.unwrap().into_inner().next_page_token;
    let state = RenderState::Queued.into();
    let of_another_query = ListRendersRequest { state, ..list(1, &token) };
    refused_at(renders.list_renders(of_another_query).await, Reason::InvalidPageToken, "page_token");
    for tampered in [format!("{token}A"), token.replace(&token[20..24], "AAAA"), "***".to_owned()] {
        let refused = renders.list_renders(list(1, &tampered)).await;
        refused_at(refused, Reason::InvalidPageToken, "page_token");
    }
    refused_at(renders.list_renders(list(-1, "")).await, Reason::InvalidField, "page_size");
    let future = ListRendersRequest { state: 99, ..list(1, "") };
    refused_at(renders.list_renders(future).await, Reason::InvalidField, "state");
    for (brief, reason) in [("b1", Reason::InvalidName), ("workspaces/other/briefs/b1", Reason::InvalidField)]
    {
        let wrong = ListRendersRequest { brief: brief.into(), ..list(1, "") };
        refused_at(renders.list_renders(wrong).await, reason, "brief");
    }
    let elsewhere = name.replace("workspaces/default", "workspaces/other");
    let theirs = renders.cancel_render(cancel(&elsewhere)).await;
    refused(theirs, Code::PermissionDenied, Reason::PermissionDenied);
    let theirs = renders.delete_render(delete(&elsewhere)).await;
    refused(theirs, Code::PermissionDenied, Reason::PermissionDenied);
    refused_at(renders.cancel_render(cancel("renders/1")).await, Reason::InvalidName, "name");
}
