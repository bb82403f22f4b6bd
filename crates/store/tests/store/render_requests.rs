use std::collections::BTreeSet;

use chancery_brief::glyph_coverage::GlyphCoverage;
use chancery_proto::render::v1::{Paper, RenderOptions};
use chancery_proto::worker::v1::RenderInputManifest;
use chancery_store::{RenderState, Role, StoreError};
use chancery_testkit::print_environment::ENVIRONMENT;

use crate::fixture::{
    Fixture, brief_name, content, content_at, document, in_workspace, person, revision_name,
};
use crate::queue_scene::{scene, source};

async fn manifest(fixture: &Fixture) -> RenderInputManifest {
    let lease = fixture.leased_one().await;
    fixture.store.queue().render_input(&lease).await.unwrap().manifest
}

#[tokio::test]
async fn an_equal_request_joins_the_task_and_later_finds_it_finished() {
    let fixture = scene().await;
    let first = fixture.requested().await;
    let second = fixture.requested().await;
    assert!(first.is_new_task && !second.is_new_task);
    assert_eq!(first.render.task, second.render.task);
    assert_ne!(first.render.name, second.render.name);

    fixture.finished(&fixture.leased_one().await, b"%PDF").await.unwrap();
    let third = fixture.requested().await;
    assert!(!third.is_new_task && third.render.task == first.render.task);
    for name in [&first.render.name, &second.render.name, &third.render.name] {
        let render = fixture.store.renders().get(&person("TLP:RED"), name).await.unwrap();
        assert!(matches!(render.state, RenderState::Succeeded { artifact: Some(_), .. }), "{render:?}");
    }
    assert_eq!(fixture.rows("select count(*) from render_queue"), ["0"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixteen_equal_requests_at_once_one_queues_the_task() {
    let fixture = scene().await;
    let requests: Vec<_> = (0..16)
        .map(|_| {
            let store = fixture.store.clone();
            tokio::spawn(async move {
                store.renders().create(&person("TLP:RED"), &source("b1"), &RenderOptions::default()).await
            })
        })
        .collect();
    let (mut tasks, mut names, mut queued) = (BTreeSet::new(), BTreeSet::new(), 0);
    for request in requests {
        let requested = request.await.unwrap().unwrap();
        tasks.insert(requested.render.task);
        names.insert(requested.render.name);
        queued += u32::from(requested.is_new_task);
    }
    assert_eq!((tasks.len(), names.len(), queued), (1, 16, 1));
    assert_eq!(fixture.rows("select count(*) from render_tasks"), ["1"]);
    assert_eq!(fixture.rows("select count(*) from render_queue"), ["1"]);
}

#[tokio::test]
async fn renders_with_equal_inputs_share_a_task() {
    let fixture = scene().await;
    let red = fixture.requested().await.render;
    let clear = fixture.requested_by(&person("TLP:CLEAR"), "b1").await.unwrap().render;
    let green = fixture.requested_by(&person("TLP:GREEN"), "b1").await.unwrap().render;
    assert_ne!(red.task, clear.task);
    // Both read the same edition.
    assert_eq!(clear.task, green.task);
    let letter = RenderOptions { paper: Paper::Letter.into(), ..RenderOptions::default() };
    let letter = fixture.store.renders().create(&person("TLP:RED"), &source("b1"), &letter).await.unwrap();
    assert_ne!(letter.render.task, red.task);
    let a4 = RenderOptions { paper: Paper::A4.into(), ..RenderOptions::default() };
    let a4 = fixture.store.renders().create(&person("TLP:RED"), &source("b1"), &a4).await.unwrap();
    assert_eq!(a4.render.task, red.task);
}

#[tokio::test]
async fn a_render_does_not_exist_for_callers_who_may_not_read_its_edition() {
    let fixture = scene().await;
    let name = fixture.requested().await.render.name;
    fixture.finished(&fixture.leased_one().await, b"%PDF").await.unwrap();
    let amber = person("TLP:AMBER");
    for refused in [
        fixture.store.renders().get(&amber, &name).await.unwrap_err(),
        fixture.store.renders().open_download(&amber, &name, 0).await.unwrap_err(),
    ] {
        assert!(matches!(refused, StoreError::NotFound(_)), "{refused}");
    }
    let stranger = in_workspace("elsewhere", Role::Admin, "TLP:RED");
    for refused in [
        fixture.store.renders().get(&stranger, &name).await.unwrap_err(),
        fixture.requested_by(&stranger, "b1").await.unwrap_err(),
    ] {
        assert!(matches!(refused, StoreError::Forbidden(_)), "{refused}");
    }
    // A higher clearance than the edition's own sees it as well.
    let clear = fixture.requested_by(&person("TLP:CLEAR"), "b1").await.unwrap().render;
    fixture.store.renders().get(&amber, &clear.name).await.unwrap();
    assert_eq!(fixture.rows("select count(*) from render_deliveries"), ["0"]);
}

#[tokio::test]
async fn without_an_edition_or_an_environment_there_is_no_render() {
    let fixture = Fixture::new().await;
    fixture.published("b1", content_at("One", "TLP:AMBER")).await;
    let refused = fixture.requested_by(&person("TLP:RED"), "b1").await.unwrap_err();
    assert!(matches!(refused, StoreError::NoPrintEnvironment), "{refused}");
    fixture.store.renders().set_print_environment(ENVIRONMENT, &GlyphCoverage::default()).await.unwrap();
    for (clearance, path) in [("TLP:GREEN", "b1"), ("TLP:RED", "b2"), ("TLP:RED", "b1/revisions/2")] {
        let refused = fixture.requested_by(&person(clearance), path).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotFound(_)), "{refused}");
    }
}

#[tokio::test]
async fn the_input_is_exactly_what_the_manifest_lists_for_the_clearance() {
    let fixture = scene().await;
    let (admin, brief) = (person("TLP:RED"), brief_name("b1"));
    fixture.store.briefs().import(&admin, &brief, &[document(2, content("Two"))]).await.unwrap();
    fixture
        .store
        .briefs()
        .import(&admin, &brief, &[document(3, content_at("Three", "TLP:RED"))])
        .await
        .unwrap();
    let amber = person("TLP:AMBER");
    let edition =
        async |number| fixture.store.briefs().edition(&amber, &revision_name("b1", number)).await.unwrap();

    fixture.requested_by(&amber, "b1").await.unwrap();
    let lease = fixture.leased_one().await;
    let input = fixture.store.queue().render_input(&lease).await.unwrap();
    let newest = input.manifest;
    assert_eq!(input.comparison.unwrap(), edition(1).await.body);
    assert_eq!(input.edition, edition(2).await.body);
    assert_eq!(newest.edition_digest, edition(2).await.digest.to_string());
    assert_eq!(newest.comparison_edition_digest, edition(1).await.digest.to_string());
    // Revision 3 is not visible to this clearance.
    assert_eq!((newest.revision, newest.superseded_by), (2, 0));
    assert_eq!((newest.workspace.as_str(), newest.marking_scheme.as_str()), ("workspaces/default", "tlp"));

    fixture.requested_by(&amber, "b1/revisions/1").await.unwrap();
    let older = manifest(&fixture).await;
    assert_eq!((older.revision, older.superseded_by), (1, 2));
    assert_eq!(older.comparison_edition_digest, "");
    fixture.requested_by(&admin, "b1/revisions/1").await.unwrap();
    assert_eq!(manifest(&fixture).await.superseded_by, 3);
}

#[tokio::test]
async fn a_new_environment_is_a_new_task() {
    let fixture = scene().await;
    let old = fixture.requested().await.render;
    let mut next = ENVIRONMENT;
    next.fonts_digest.0[0] = 9;
    fixture.store.renders().set_print_environment(next, &GlyphCoverage::default()).await.unwrap();
    fixture.store.renders().set_print_environment(next, &GlyphCoverage::default()).await.unwrap();
    assert_eq!(fixture.store.renders().active_print_environment().await.unwrap(), Some(next));
    let new = fixture.requested().await.render;
    assert_ne!(old.task, new.task);
    let leases = fixture.leased(9).await;
    assert_eq!(leases.iter().map(|lease| &lease.task).collect::<Vec<_>>(), [&old.task]);
}
