//! Expiry of PDFs.

use std::time::Duration;

use chancery_proto::names::RenderName;
use chancery_store::{CHUNK, RenderState, StoreError};
use chancery_testkit::print_environment::ENVIRONMENT;

use crate::fixture::{Fixture, content, person};
use crate::queue_scene::scene;

const WEEK: Duration = Duration::from_hours(7 * 24);

/// Moves everything recorded so far some days into the past.
fn days_pass(fixture: &Fixture, days: u32) {
    fixture.rows(&format!(
        "update artifacts set finished_at = finished_at - interval '{days} days';
        update renders set created_at = created_at - interval '{days} days'"
    ));
}

async fn printed(fixture: &Fixture, pdf: &[u8]) -> RenderName {
    let name = fixture.requested().await.render.name;
    fixture.finished(&fixture.leased_one().await, pdf).await.unwrap();
    name
}

async fn is_there(fixture: &Fixture, name: &RenderName) -> bool {
    match fixture.store.renders().get(&person("TLP:RED"), name).await.unwrap().state {
        RenderState::Succeeded { artifact, .. } => artifact.is_some(),
        state => panic!("{state:?}"),
    }
}

#[tokio::test]
async fn an_expired_pdf_leaves_its_render_and_deliveries_and_is_printed_again() {
    let fixture = scene().await;
    let name = printed(&fixture, &vec![b'%'; 2 * CHUNK]).await;
    fixture.store.renders().open_download(&person("TLP:RED"), &name, 0).await.unwrap();
    days_pass(&fixture, 6);
    assert_eq!(fixture.store.artifacts().expire(WEEK).await.unwrap(), 0);
    days_pass(&fixture, 2);
    assert_eq!(fixture.store.artifacts().expire(WEEK).await.unwrap(), 1);
    assert!(!is_there(&fixture, &name).await);
    let refused = fixture.store.renders().open_download(&person("TLP:RED"), &name, 0).await.unwrap_err();
    assert!(matches!(refused, StoreError::ArtifactExpired), "{refused}");
    let left = "select (select count(*) from artifacts), (select count(*) from artifact_blobs), \
         (select count(*) from artifact_chunks), (select count(*) from render_deliveries)";
    assert_eq!(fixture.rows(left), ["0|0|0|1"]);

    let again = fixture.requested().await;
    assert!(again.is_new_task);
    assert_eq!(fixture.rows("select max(generation) from render_tasks"), ["2"]);
    fixture.finished(&fixture.leased_one().await, b"%PDF").await.unwrap();
    assert!(is_there(&fixture, &again.render.name).await && !is_there(&fixture, &name).await);
}

#[tokio::test]
async fn a_pdf_lives_on_from_its_last_request_and_from_its_last_print() {
    let fixture = scene().await;
    let name = printed(&fixture, b"%PDF").await;
    days_pass(&fixture, 6);
    // Joins the task, which still has its PDF.
    assert!(!fixture.requested().await.is_new_task);
    days_pass(&fixture, 6);
    assert_eq!(fixture.store.artifacts().expire(WEEK).await.unwrap(), 0);
    // Another print yields the same bytes; its render has been deleted since.
    fixture.published("b2", content("Two")).await;
    let other = fixture.requested_by(&person("TLP:RED"), "b2").await.unwrap().render;
    fixture.finished(&fixture.leased_one().await, b"%PDF").await.unwrap();
    fixture.store.renders().delete(&person("TLP:RED"), &other.name, None).await.unwrap();
    days_pass(&fixture, 2);
    assert_eq!(fixture.store.artifacts().expire(WEEK).await.unwrap(), 0);
    assert!(is_there(&fixture, &name).await);
    days_pass(&fixture, 6);
    assert_eq!(fixture.store.artifacts().expire(WEEK).await.unwrap(), 1);
}

/// A sweep, a finish with the same bytes, and requests for the old PDF run concurrently. In any order, every render
/// that reports a PDF has one, or reports that it has expired.
#[tokio::test(flavor = "multi_thread")]
async fn pdfs_finished_or_requested_during_a_sweep_are_not_lost() {
    let fixture = scene().await;
    fixture.published("b2", content("Two")).await;
    for round in 0..12_u8 {
        fixture.rows("delete from renders; delete from render_queue; delete from render_attempts; delete from render_tasks; delete from artifacts");
        let old = printed(&fixture, &[round]).await;
        let new = fixture.requested_by(&person("TLP:RED"), "b2").await.unwrap().render.name;
        days_pass(&fixture, 8);
        fixture.rows(&format!(
            "update renders set created_at = clock_timestamp() where render_id = '{}'",
            new.render
        ));
        let lease = fixture.leased_one().await;
        let blob = fixture.store.artifacts().stage(&lease, ENVIRONMENT).await.unwrap();
        let (caller, pdf) = (person("TLP:RED"), [round]);
        let (swept, finished, requested) = tokio::join!(
            fixture.store.artifacts().expire(WEEK),
            fixture.finished_from(&lease, &blob, &pdf),
            fixture.requested_by(&caller, "b1"),
        );
        let (expired, requested) = (swept.unwrap(), requested.unwrap());
        finished.unwrap();
        assert!(is_there(&fixture, &new).await, "round {round}");
        fixture.store.renders().open_download(&person("TLP:RED"), &new, 0).await.unwrap();
        assert_eq!(is_there(&fixture, &old).await, expired == 0, "round {round}");
        if !requested.is_new_task {
            assert!(is_there(&fixture, &requested.render.name).await, "round {round}");
        }
        let dangling = "select count(*) from artifacts a left join artifact_blobs b using (blob_id) where b.blob_id is null";
        assert_eq!(fixture.rows(dangling), ["0"]);
    }
}
