//! Rejected and abandoned uploads to a folder.

use std::time::Duration;

use chancery_proto::errors::v1::Reason;
use chancery_proto::worker::v1::upload_artifact_request::Part;
use chancery_proto::worker::v1::{ArtifactHeader, UploadArtifactRequest};
use chancery_testkit::status_refusals::refused;
use tempfile::TempDir;
use tokio_stream::StreamExt;
use tonic::Code;

use crate::queue_scene::{QueueScene, header, pdf};

async fn scene() -> (TempDir, QueueScene) {
    let folder = tempfile::tempdir().unwrap();
    let scene = QueueScene::keeping_pdfs_at(&format!("file://{}", folder.path().display())).await;
    (folder, scene)
}

/// Counts the files in the folder, and the rows that refer to files.
fn held(folder: &TempDir, scene: &QueueScene) -> (usize, Vec<String>) {
    let rows = "select (select count(*) from artifact_blobs) + (select count(*) from artifact_discards)";
    (std::fs::read_dir(folder).unwrap().count(), scene.database.psql().rows(rows).unwrap())
}

#[tokio::test]
async fn rejected_uploads_leave_no_bytes_behind() {
    let (folder, scene) = scene().await;
    let (_, lease) = scene.begun().await;
    // Larger than one part, so that some bytes are written before the upload ends.
    let long: Vec<u8> = pdf().into_iter().cycle().take(9 * 1024 * 1024).collect();
    for bytes in [pdf(), long] {
        let good = header(&lease, &bytes);
        let other_digest = ArtifactHeader { sha256: "0".repeat(64), ..good.clone() };
        let too_short = ArtifactHeader { size_bytes: bytes.len() as u64 + 1, ..good.clone() };
        for wrong in [other_digest, too_short] {
            refused(scene.uploaded(wrong, &bytes).await, Code::InvalidArgument, Reason::InvalidField);
            assert_eq!(held(&folder, &scene), (0, vec!["0".to_owned()]));
        }
        let piece = Part::Data(vec![b' '; 200_000].into());
        let endless = tokio_stream::iter(std::iter::repeat(piece));
        let parts = tokio_stream::iter([Part::Header(good)]).chain(endless);
        let parts = parts.map(|part| UploadArtifactRequest { part: Some(part) });
        let refusal = scene.workers.clone().upload_artifact(parts).await;
        refused(refusal, Code::InvalidArgument, Reason::InvalidField);
        assert_eq!(held(&folder, &scene), (0, vec!["0".to_owned()]));
    }
    scene.uploaded(header(&lease, &pdf()), &pdf()).await.unwrap();
    assert_eq!(held(&folder, &scene), (1, vec!["1".to_owned()]));
}

#[tokio::test]
async fn the_bytes_of_an_abandoned_upload_are_deleted() {
    let (folder, scene) = scene().await;
    let (_, lease) = scene.begun().await;
    let long: Vec<u8> = pdf().into_iter().cycle().take(9 * 1024 * 1024).collect();
    let mut workers = scene.workers.clone();
    let pieces: Vec<Part> = long.chunks(200_000).map(|piece| Part::Data(piece.to_vec().into())).collect();
    let unfinished = [Part::Header(header(&lease, &[long.clone(), long].concat()))].into_iter().chain(pieces);
    let parts = tokio_stream::iter(unfinished).chain(tokio_stream::pending());
    let parts = parts.map(|part| UploadArtifactRequest { part: Some(part) });
    let upload = tokio::spawn(async move { workers.upload_artifact(parts).await });
    until(|| held(&folder, &scene).0 == 1, "the first part is not written").await;
    upload.abort();
    until(|| held(&folder, &scene) == (0, vec!["0".to_owned()]), "something is left").await;
    scene.uploaded(header(&lease, &pdf()), &pdf()).await.unwrap();
}

async fn until(so: impl Fn() -> bool, otherwise: &str) {
    let waited = tokio::time::timeout(Duration::from_secs(20), async {
        while !so() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert!(waited.await.is_ok(), "{otherwise}");
}
