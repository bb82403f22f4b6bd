//! Idempotency of render requests.

use std::collections::BTreeSet;

use chancery_brief::glyph_coverage::GlyphCoverage;
use chancery_proto::errors::v1::Reason;
use chancery_proto::render::v1::render_brief_response::Event;
use chancery_proto::render::v1::{
    CancelRenderRequest, CreateRenderRequest, DeleteRenderRequest, RenderBriefRequest, RenderPriority,
    RenderState,
};
use chancery_testkit::imports::{document, import};
use chancery_testkit::print_environment::ENVIRONMENT;
use chancery_testkit::status_refusals::{refused, refused_at};
use tonic::Code;

use crate::queue_scene::{QueueScene, create, header};
use crate::scene::content;

const ID: &str = "7b0c9a52-0f0a-4c8e-9d43-5f4f0a4f1c11";

fn identified(id: &str) -> CreateRenderRequest {
    CreateRenderRequest { request_id: id.into(), ..create("b1") }
}

fn count(scene: &QueueScene, table: &str) -> String {
    scene.database.psql().rows(&format!("select count(*) from {table}")).unwrap().concat()
}

#[tokio::test]
async fn a_repeated_request_returns_the_current_state_of_the_first_render() {
    let scene = QueueScene::new().await;
    let mut renders = scene.renders.clone();
    let first = renders.create_render(identified(ID)).await.unwrap().into_inner();
    assert_eq!(renders.create_render(identified(ID)).await.unwrap().into_inner(), first);
    // Joined requests are idempotent as well, and each id is independent.
    let joined = renders.create_render(identified("joined")).await.unwrap().into_inner();
    assert_ne!(joined.name, first.name);
    assert_eq!(renders.create_render(identified("joined")).await.unwrap().into_inner(), joined);
    assert_eq!(count(&scene, "renders"), "2");

    // Later changes do not matter: a newer revision, and no print environment.
    let lease = scene.leased().await;
    scene.uploaded(header(&lease, b"%PDF"), b"%PDF").await.unwrap();
    scene.briefs.clone().import_brief(import(vec![document("b1", 2, content("Two"))])).await.unwrap();
    scene.database.psql().rows("update print_environments set active = false").unwrap();
    let again = renders.create_render(identified(ID)).await.unwrap().into_inner();
    assert_eq!(
        (&again.name, &again.revision, again.state()),
        (&first.name, &first.revision, RenderState::Succeeded)
    );
    refused(renders.create_render(create("b1")).await, Code::FailedPrecondition, Reason::NoPrintEnvironment);
    scene.store.renders().set_print_environment(ENVIRONMENT, &GlyphCoverage::default()).await.unwrap();
    let new = renders.create_render(create("b1")).await.unwrap().into_inner();
    assert_ne!(new.revision, again.revision);
}

#[tokio::test]
async fn a_request_id_reused_for_another_request_is_rejected() {
    let scene = QueueScene::new().await;
    let mut renders = scene.renders.clone();
    let render = renders.create_render(identified(ID)).await.unwrap().into_inner();
    let urgent = CreateRenderRequest { priority: RenderPriority::Interactive.into(), ..identified(ID) };
    let nowhere = CreateRenderRequest { source: create("b2").source, ..identified(ID) };
    for other in [urgent, nowhere] {
        refused_at(renders.create_render(other).await, Reason::RequestIdReused, "request_id");
    }
    refused_at(renders.create_render(identified("a b")).await, Reason::InvalidField, "request_id");
    assert_eq!(count(&scene, "renders"), "1");
    // The id is independent of other methods.
    let cancel = CancelRenderRequest { name: render.name, request_id: ID.into() };
    renders.cancel_render(cancel.clone()).await.unwrap();
    let other =
        CancelRenderRequest { name: format!("workspaces/default/renders/{}", "0".repeat(32)), ..cancel };
    refused_at(renders.cancel_render(other).await, Reason::RequestIdReused, "request_id");
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_calls_with_one_request_id_return_one_render() {
    let scene = QueueScene::new().await;
    for id in ["queued", "joined"] {
        let calls: Vec<_> = (0..12)
            .map(|_| {
                let mut renders = scene.renders.clone();
                tokio::spawn(
                    async move { renders.create_render(identified(id)).await.unwrap().into_inner().name },
                )
            })
            .collect();
        let mut names = BTreeSet::new();
        for call in calls {
            names.insert(call.await.unwrap());
        }
        assert_eq!(names.len(), 1, "{id}");
    }
    assert_eq!((count(&scene, "renders"), count(&scene, "render_tasks")), ("2".into(), "1".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_concurrent_requests_with_one_request_id_one_is_rejected() {
    let scene = QueueScene::new().await;
    for round in 0..8 {
        let calls = [RenderPriority::Normal, RenderPriority::Bulk].map(|priority| {
            let mut renders = scene.renders.clone();
            let id = format!("round-{round}");
            let options = Some(chancery_proto::render::v1::RenderOptions {
                recipient: format!("{round} {priority:?}"),
                ..Default::default()
            });
            let request = CreateRenderRequest { options, ..identified(&id) };
            tokio::spawn(async move { renders.create_render(request).await.map(drop) })
        });
        let mut done = 0;
        for call in calls {
            match call.await.unwrap() {
                Ok(()) => done += 1,
                refusal => refused_at(refusal, Reason::RequestIdReused, "request_id"),
            }
        }
        assert_eq!(done, 1);
    }
    assert_eq!((count(&scene, "renders"), count(&scene, "render_tasks")), ("8".into(), "8".into()));
}

#[tokio::test]
async fn repeated_cancels_and_deletes_succeed_without_effect() {
    let scene = QueueScene::new().await;
    let mut renders = scene.renders.clone();
    let name = scene.requested().await.name;
    let delete = DeleteRenderRequest { name: name.clone(), request_id: ID.into() };
    // A rejected reuse had no effect.
    refused(renders.delete_render(delete.clone()).await, Code::FailedPrecondition, Reason::RenderNotFinished);
    let cancel = CancelRenderRequest { name, request_id: ID.into() };
    let cancelled = renders.cancel_render(cancel.clone()).await.unwrap().into_inner();
    assert_eq!(renders.cancel_render(cancel).await.unwrap().into_inner(), cancelled);
    for _ in 0..2 {
        renders.delete_render(delete.clone()).await.unwrap();
    }
    let other = DeleteRenderRequest { request_id: "other".into(), ..delete };
    refused(renders.delete_render(other).await, Code::NotFound, Reason::NotFound);
}

#[tokio::test]
async fn a_repeated_render_brief_continues_with_the_same_render() {
    let scene = QueueScene::new().await;
    let CreateRenderRequest { parent, source, .. } = create("b1");
    let request = RenderBriefRequest { parent, source, request_id: ID.into(), ..Default::default() };
    let mut broken = scene.renders.clone().render_brief(request.clone()).await.unwrap().into_inner();
    let Some(Event::Render(first)) = broken.message().await.unwrap().unwrap().event else {
        panic!("a state")
    };
    drop(broken);
    let lease = scene.leased().await;
    scene.uploaded(header(&lease, b"%PDF"), b"%PDF").await.unwrap();
    let mut again = scene.renders.clone().render_brief(request).await.unwrap().into_inner();
    let Some(Event::Render(second)) = again.message().await.unwrap().unwrap().event else {
        panic!("a state")
    };
    assert_eq!((second.name.as_str(), second.state()), (first.name.as_str(), RenderState::Succeeded));
    let Some(Event::Chunk(chunk)) = again.message().await.unwrap().unwrap().event else { panic!("bytes") };
    assert_eq!(chunk.data, b"%PDF"[..]);
}

#[tokio::test]
async fn request_ids_expire_after_a_day() {
    let scene = QueueScene::new().await;
    let mut renders = scene.renders.clone();
    let first = renders.create_render(identified(ID)).await.unwrap().into_inner();
    let age = |hours: u32| {
        let statement =
            format!("update request_ids set created_at = clock_timestamp() - interval '{hours} hours'");
        scene.database.psql().rows(&statement).unwrap();
    };
    age(23);
    assert_eq!(scene.store.changes().delete_expired_request_ids().await.unwrap(), 0);
    assert_eq!(renders.create_render(identified(ID)).await.unwrap().into_inner(), first);
    age(25);
    assert_eq!(scene.store.changes().delete_expired_request_ids().await.unwrap(), 1);
    assert_ne!(renders.create_render(identified(ID)).await.unwrap().into_inner().name, first.name);
}
