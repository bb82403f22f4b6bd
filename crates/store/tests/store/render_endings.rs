use chancery_store::{AttemptFailure, RenderFilter, RenderState, RenderStateKind, StoreError};

use crate::fixture::{Fixture, content, in_workspace, person};
use crate::queue_scene::{scene, source, staged};
use chancery_proto::names::RenderName;
use chancery_proto::render::v1::{RenderOptions, RenderPhase};
use chancery_store::Role;
use chancery_testkit::print_environment::ENVIRONMENT;

async fn state(fixture: &Fixture, name: &RenderName) -> RenderState {
    fixture.store.renders().get(&person("TLP:RED"), name).await.unwrap().state
}

async fn cancelled(fixture: &Fixture, name: &RenderName) {
    let render = fixture.store.renders().cancel(&person("TLP:RED"), name, None).await.unwrap();
    assert!(matches!(render.state, RenderState::Cancelled { .. }), "{render:?}");
}

#[tokio::test]
async fn a_task_ends_with_the_last_render_that_waits_for_it() {
    let fixture = scene().await;
    let first = fixture.requested().await.render;
    let second = fixture.requested().await.render;
    cancelled(&fixture, &first.name).await;
    assert_eq!(fixture.rows("select state, epoch from render_tasks"), ["QUEUED|0"]);
    assert!(matches!(state(&fixture, &second.name).await, RenderState::Queued));
    cancelled(&fixture, &second.name).await;
    assert_eq!(fixture.rows("select state, epoch from render_tasks"), ["CANCELLED|1"]);
    assert_eq!(fixture.rows("select count(*) from render_queue"), ["0"]);
    assert_eq!(fixture.leased(9).await, []);
    // A new request gets its own task.
    let third = fixture.requested().await;
    assert!(third.is_new_task);
    assert!(matches!(state(&fixture, &first.name).await, RenderState::Cancelled { .. }));
}

#[tokio::test]
async fn the_worker_of_a_cancelled_task_loses_its_lease() {
    let fixture = scene().await;
    let name = fixture.requested().await.render.name;
    let lease = fixture.leased_one().await;
    let blob = fixture.store.artifacts().stage(&lease, ENVIRONMENT).await.unwrap();
    cancelled(&fixture, &name).await;
    let store = &fixture.store;
    let failure = AttemptFailure { reason: "R".into(), message: String::new(), retryable: true };
    for refused in [
        store.queue().report_progress(&lease, RenderPhase::Layout, 7).await,
        store.queue().finish_task(&lease, &staged(&blob, b"%PDF")).await.map(drop),
        store.queue().fail_attempt(&lease, &failure).await,
    ] {
        assert!(matches!(refused, Err(StoreError::LeaseLost)), "{refused:?}");
    }
    assert_eq!(store.queue().renew_leases(std::slice::from_ref(&lease)).await.unwrap(), []);
    assert_eq!(
        fixture.rows("select event, epoch from render_attempts order by 1"),
        ["CANCELLED|1", "LEASED|1"]
    );
}

#[tokio::test]
async fn cancelling_again_changes_nothing_and_an_ended_render_cannot_be() {
    let fixture = scene().await;
    let first = fixture.requested().await.render;
    let second = fixture.requested().await.render;
    cancelled(&fixture, &first.name).await;
    let before = fixture.rows("select * from renders order by render_id");
    cancelled(&fixture, &first.name).await;
    assert_eq!(fixture.rows("select * from renders order by render_id"), before);
    fixture.finished(&fixture.leased_one().await, b"%PDF").await.unwrap();
    let refused = fixture.store.renders().cancel(&person("TLP:RED"), &second.name, None).await.unwrap_err();
    assert!(matches!(refused, StoreError::RenderEnded), "{refused}");
    // A cancelled render stays cancelled, although others have the PDF.
    cancelled(&fixture, &first.name).await;
    let refused =
        fixture.store.renders().open_download(&person("TLP:RED"), &first.name, 0).await.unwrap_err();
    assert!(matches!(refused, StoreError::RenderCancelled), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_meets_a_cancel_never_waits_for_a_cancelled_task() {
    let fixture = scene().await;
    for _ in 0..25 {
        let name = fixture.requested().await.render.name;
        let (canceller, requester) = (fixture.store.clone(), fixture.store.clone());
        let cancel =
            tokio::spawn(async move { canceller.renders().cancel(&person("TLP:RED"), &name, None).await });
        let request = tokio::spawn(async move {
            let options = RenderOptions::default();
            requester.renders().create(&person("TLP:RED"), &source("b1"), &options).await
        });
        cancel.await.unwrap().unwrap();
        let joined = request.await.unwrap().unwrap().render;
        assert!(matches!(state(&fixture, &joined.name).await, RenderState::Queued));
        cancelled(&fixture, &joined.name).await;
    }
    assert_eq!(fixture.rows("select count(*) from render_queue"), ["0"]);
}

#[tokio::test]
async fn only_an_ended_render_is_deleted_and_its_deliveries_stay() {
    let fixture = scene().await;
    let admin = person("TLP:RED");
    let name = fixture.requested().await.render.name;
    let other = fixture.requested().await.render.name;
    let refused = fixture.store.renders().delete(&admin, &name, None).await.unwrap_err();
    assert!(matches!(refused, StoreError::RenderNotFinished), "{refused}");
    fixture.finished(&fixture.leased_one().await, b"%PDF").await.unwrap();
    fixture.store.renders().open_download(&admin, &name, 0).await.unwrap();
    fixture.store.renders().delete(&admin, &name, None).await.unwrap();
    for refused in [
        fixture.store.renders().get(&admin, &name).await.map(drop),
        fixture.store.renders().delete(&admin, &name, None).await,
        fixture.store.renders().cancel(&admin, &name, None).await.map(drop),
    ] {
        assert!(matches!(refused, Err(StoreError::NotFound(_))), "{refused:?}");
    }
    assert_eq!(fixture.rows("select render_id from render_deliveries"), [name.render.as_str()]);
    fixture.store.renders().open_download(&admin, &other, 0).await.unwrap();
}

#[tokio::test]
async fn a_render_that_the_caller_may_not_see_is_neither_cancelled_nor_deleted_nor_listed() {
    let fixture = scene().await;
    let name = fixture.requested().await.render.name;
    let amber = person("TLP:AMBER");
    for refused in [
        fixture.store.renders().cancel(&amber, &name, None).await.map(drop),
        fixture.store.renders().delete(&amber, &name, None).await,
    ] {
        assert!(matches!(refused, Err(StoreError::NotFound(_))), "{refused:?}");
    }
    let stranger = in_workspace("elsewhere", Role::Admin, "TLP:RED");
    for refused in [
        fixture.store.renders().cancel(&stranger, &name, None).await.map(drop),
        fixture.store.renders().delete(&stranger, &name, None).await,
        listed(&fixture, &stranger, &RenderFilter::default()).await.map(drop),
    ] {
        assert!(matches!(refused, Err(StoreError::Forbidden(_))), "{refused:?}");
    }
    assert_eq!(listed(&fixture, &amber, &RenderFilter::default()).await.unwrap(), []);
    assert_eq!(listed(&fixture, &person("TLP:RED"), &RenderFilter::default()).await.unwrap(), [name]);
}

async fn listed(
    fixture: &Fixture,
    principal: &chancery_store::Principal,
    filter: &RenderFilter,
) -> chancery_store::Result<Vec<RenderName>> {
    let workspace = "default".parse().unwrap();
    let list = fixture.store.renders().list(principal, &workspace, filter, None, 1000).await?;
    Ok(list.renders.into_iter().map(|render| render.name).collect())
}

#[tokio::test]
async fn lists_are_newest_first_and_match_their_filter() {
    let fixture = scene().await;
    fixture.published("b2", content("Two")).await;
    let admin = person("TLP:RED");
    let done = fixture.requested().await.render.name;
    fixture.finished(&fixture.leased_one().await, b"%PDF").await.unwrap();
    let waiting = fixture.requested_by(&admin, "b2").await.unwrap().render.name;
    let given_up = fixture.requested_by(&admin, "b2").await.unwrap().render.name;
    cancelled(&fixture, &given_up).await;

    let all = listed(&fixture, &admin, &RenderFilter::default()).await.unwrap();
    assert_eq!(all, [given_up.clone(), waiting.clone(), done.clone()]);
    for (state, expected) in [
        (RenderStateKind::Queued, vec![waiting.clone()]),
        (RenderStateKind::Running, vec![]),
        (RenderStateKind::Succeeded, vec![done.clone()]),
        (RenderStateKind::Failed, vec![]),
        (RenderStateKind::Cancelled, vec![given_up.clone()]),
    ] {
        let filter = RenderFilter { state: Some(state), brief: None };
        assert_eq!(listed(&fixture, &admin, &filter).await.unwrap(), expected, "{state:?}");
    }
    let brief = Some("workspaces/default/briefs/b2".parse().unwrap());
    let filter = RenderFilter { state: None, brief };
    assert_eq!(listed(&fixture, &admin, &filter).await.unwrap(), [given_up, waiting]);
}

#[tokio::test]
async fn a_page_of_a_rare_state_looks_through_a_bounded_number_and_says_where_to_go_on() {
    let fixture = scene().await;
    fixture.requested().await;
    fixture.rows(
        "insert into renders (workspace_id, task_id, brief_id, revision, visible_from, edition_digest, options,
            created_by, created_at, cancelled_at)
        select workspace_id, task_id, brief_id, revision, visible_from, edition_digest, options, created_by,
            created_at + make_interval(secs => n), created_at
        from renders, generate_series(1, 10000) n",
    );
    let (admin, workspace) = (person("TLP:RED"), "default".parse().unwrap());
    let filter = RenderFilter { state: Some(RenderStateKind::Queued), brief: None };
    let page = fixture.store.renders().list(&admin, &workspace, &filter, None, 10).await.unwrap();
    assert_eq!(page.renders.len(), 0);
    let next = fixture.store.renders().list(&admin, &workspace, &filter, page.scanned_to, 10).await.unwrap();
    assert_eq!((next.renders.len(), next.scanned_to), (1, None));
}
