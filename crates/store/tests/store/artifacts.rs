use chancery_store::{CHUNK, Finished, RenderState, StoreError};
use chancery_testkit::print_environment::ENVIRONMENT;

use crate::fixture::{Fixture, content, person};
use crate::queue_scene::{scene, staged};

/// Bytes that differ between chunks and between positions.
fn pdf(size: usize) -> Vec<u8> {
    (0..size).map(|index| u8::try_from((index * 31 + index / CHUNK) % 251).unwrap()).collect()
}

async fn downloaded(fixture: &Fixture, name: &chancery_proto::names::RenderName, from: u64) -> Vec<u8> {
    let admin = person("TLP:RED");
    let download = fixture.store.renders().open_download(&admin, name, from).await.unwrap();
    let reading = fixture.store.artifacts().open(&download.artifact).await.unwrap();
    let mut bytes = Vec::new();
    while from + (bytes.len() as u64) < download.artifact.size_bytes {
        let offset = from + bytes.len() as u64;
        let piece = reading.read(offset).await.unwrap();
        assert!(!piece.is_empty());
        bytes.extend_from_slice(&piece);
    }
    fixture.store.renders().complete_download(&admin, &download).await.unwrap();
    bytes
}

#[tokio::test]
async fn a_download_from_any_offset_is_the_rest_of_the_bytes() {
    let fixture = scene().await;
    let name = fixture.requested().await.render.name;
    let whole = pdf(2 * CHUNK + 100);
    fixture.finished(&fixture.leased_one().await, &whole).await.unwrap();
    for offset in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, whole.len() - 1, whole.len()] {
        assert_eq!(downloaded(&fixture, &name, offset as u64).await, whole[offset..], "from {offset}");
    }
    let past = whole.len() as u64 + 1;
    let refused = fixture.store.renders().open_download(&person("TLP:RED"), &name, past).await.unwrap_err();
    assert!(matches!(refused, StoreError::OffsetOutOfRange { .. }), "{refused}");
}

#[tokio::test]
async fn deliveries_are_recorded_before_and_after() {
    let fixture = scene().await;
    let name = fixture.requested().await.render.name;
    fixture.finished(&fixture.leased_one().await, b"%PDF").await.unwrap();
    downloaded(&fixture, &name, 1).await;
    let rows =
        fixture.rows("select event, read_offset, brief_id, revision from render_deliveries order by 1");
    assert_eq!(rows, ["BEGUN|1|b1|1", "COMPLETED|1|b1|1"]);
    assert_eq!(fixture.rows("select distinct subject from render_deliveries"), [person("TLP:RED").subject]);
}

#[tokio::test]
async fn there_is_nothing_to_download_before_the_end_and_after_a_failure() {
    let fixture = scene().await;
    let name = fixture.requested().await.render.name;
    let admin = person("TLP:RED");
    let refused = fixture.store.renders().open_download(&admin, &name, 0).await.unwrap_err();
    assert!(matches!(refused, StoreError::RenderNotFinished), "{refused}");
    let failure = chancery_store::AttemptFailure {
        reason: "TOO_MANY_PAGES".into(),
        message: "more than 2000 pages".into(),
        retryable: false,
    };
    fixture.store.queue().fail_attempt(&fixture.leased_one().await, &failure).await.unwrap();
    let refused = fixture.store.renders().open_download(&admin, &name, 0).await.unwrap_err();
    assert!(matches!(refused, StoreError::RenderFailed { reason, .. } if reason == "TOO_MANY_PAGES"));
    assert_eq!(fixture.rows("select count(*) from render_deliveries"), ["0"]);
}

#[tokio::test]
async fn finishing_again_with_the_same_pdf_is_success_and_with_another_is_not() {
    let fixture = scene().await;
    let name = fixture.requested().await.render.name;
    let lease = fixture.leased_one().await;
    let blob = fixture.store.artifacts().stage(&lease, ENVIRONMENT).await.unwrap();
    assert_eq!(fixture.finished_from(&lease, &blob, b"%PDF").await.unwrap(), Finished::Now);
    let again = fixture.store.queue().finish_task(&lease, &staged(&blob, b"%PDF")).await.unwrap();
    assert_eq!(again, Finished::Before);
    let other = fixture.store.queue().finish_task(&lease, &staged(&blob, b"%PDF other")).await.unwrap_err();
    assert!(matches!(other, StoreError::LeaseLost), "{other}");
    let stage = fixture.store.artifacts().stage(&lease, ENVIRONMENT).await.unwrap_err();
    assert!(matches!(stage, StoreError::LeaseLost), "{stage}");
    assert_eq!(downloaded(&fixture, &name, 0).await, b"%PDF");
    let render = fixture.store.renders().get(&person("TLP:RED"), &name).await.unwrap();
    let RenderState::Succeeded { artifact: Some(artifact), warnings, .. } = render.state else { panic!() };
    assert_eq!((artifact.pages, warnings.len()), (3, 1));
}

#[tokio::test]
async fn equal_pdfs_of_two_tasks_are_stored_once_and_the_other_bytes_are_swept() {
    let fixture = scene().await;
    fixture.published("b2", content("Two")).await;
    let first = fixture.requested().await.render.name;
    let second = fixture.requested_by(&person("TLP:RED"), "b2").await.unwrap().render.name;
    for lease in fixture.leased(2).await {
        assert_eq!(fixture.finished(&lease, b"%PDF").await.unwrap(), Finished::Now);
    }
    assert_eq!(fixture.rows("select count(*) from artifacts"), ["1"]);
    assert_eq!(fixture.rows("select count(*) from artifact_blobs"), ["2"]);
    assert_eq!(
        fixture.store.artifacts().sweep_staged().await.unwrap(),
        0,
        "an upload may still be in flight"
    );
    fixture.rows("update artifact_blobs set created_at = created_at - interval '2 hours'");
    assert_eq!(fixture.store.artifacts().sweep_staged().await.unwrap(), 1);
    for name in [first, second] {
        assert_eq!(downloaded(&fixture, &name, 0).await, b"%PDF");
    }
}

#[tokio::test]
async fn discarding_leaves_the_lease_and_referenced_bytes() {
    let fixture = scene().await;
    fixture.requested().await;
    let lease = fixture.leased_one().await;
    let wrong = fixture.store.artifacts().stage(&lease, ENVIRONMENT).await.unwrap();
    let mut upload = fixture.store.artifacts().begin_upload(&wrong).await.unwrap();
    upload.write(b"wrong".as_slice().into()).await.unwrap();
    upload.finish().await.unwrap();
    fixture.store.artifacts().discard_staged(&wrong).await.unwrap();
    assert_eq!(fixture.rows("select count(*) from artifact_chunks"), ["0"]);
    let blob = fixture.store.artifacts().stage(&lease, ENVIRONMENT).await.unwrap();
    fixture.finished_from(&lease, &blob, b"%PDF").await.unwrap();
    fixture.store.artifacts().discard_staged(&blob).await.unwrap();
    assert_eq!(fixture.rows("select count(*) from artifact_chunks"), ["1"]);
}
