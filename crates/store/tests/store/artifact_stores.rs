//! The contract of artifact stores, run against each implementation.

use std::sync::Arc;

use chancery_artifacts::{ArtifactLocation, ObjectStores};
use chancery_s3_server::S3Server;
use chancery_store::{Artifact, CHUNK, Finished, Lease, RenderState, Result, Store, StoreError};
use chancery_testkit::print_environment::ENVIRONMENT;
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::fixture::{Fixture, content, person};
use crate::queue_scene::{scene, staged};

/// Bytes that differ at every position.
fn pdf(size: usize) -> Vec<u8> {
    (0..size).map(|index| u8::try_from((index * 31 + index / 251) % 253).unwrap()).collect()
}

/// The location of the bytes, and how to inspect it.
enum At {
    Postgres,
    Folder(TempDir),
    Memory,
    S3(S3Server),
}

/// A fixture whose PDFs are in a given store.
struct StoreUnderTest {
    fixture: Fixture,
    at: At,
}

impl StoreUnderTest {
    async fn new(at: At) -> Self {
        let mut fixture = scene().await;
        let (url, environment) = match &at {
            At::Postgres => ("postgres".to_owned(), Vec::new()),
            At::Folder(folder) => (format!("file://{}", folder.path().display()), Vec::new()),
            At::Memory => ("memory:///".to_owned(), Vec::new()),
            At::S3(server) => (format!("s3://{}/some/prefix", S3Server::BUCKET), server.environment()),
        };
        let setting: ArtifactLocation = url.parse().unwrap();
        let opener = Arc::new(ObjectStores::new(environment));
        fixture.store = fixture.store.clone().with_artifacts(setting.url(), opener).await.unwrap();
        let under_test = Self { fixture, at };
        assert_eq!(under_test.blob_count(), 0, "the probe takes away what it wrote");
        under_test
    }

    fn store(&self) -> &Store {
        &self.fixture.store
    }

    /// Counts the store's blobs, including partial ones. The memory store cannot be inspected.
    fn blob_count(&self) -> usize {
        match &self.at {
            At::Postgres => {
                self.fixture.rows("select count(distinct blob_id) from artifact_chunks")[0].parse().unwrap()
            }
            At::Folder(folder) => std::fs::read_dir(folder.path()).unwrap().count(),
            At::Memory => 0,
            At::S3(server) => server.object_count(),
        }
    }

    fn assert_blobs(&self, blobs: usize) {
        if !matches!(self.at, At::Memory) {
            assert_eq!(self.blob_count(), blobs);
        }
    }

    /// Leases renders of that many briefs.
    async fn leases(&self, count: u32) -> Vec<Lease> {
        for number in 0..count {
            let brief = format!("brief-{number}");
            self.fixture.published(&brief, content(&format!("Number {number}"))).await;
            self.fixture.requested_by(&person("TLP:RED"), &brief).await.unwrap();
        }
        let leases = self.fixture.leased(count).await;
        assert_eq!(leases.len(), count as usize);
        leases
    }

    async fn uploaded(&self, lease: &Lease, bytes: &[u8]) -> String {
        let blob = self.store().artifacts().stage(lease, ENVIRONMENT).await.unwrap();
        let mut upload = self.store().artifacts().begin_upload(&blob).await.unwrap();
        for piece in bytes.chunks(CHUNK) {
            upload.write(piece.to_vec().into()).await.unwrap();
        }
        upload.finish().await.unwrap();
        blob
    }

    /// The PDF of each render that has one.
    async fn artifacts(&self) -> Vec<Artifact> {
        let mut artifacts = Vec::new();
        for name in
            self.fixture.rows("select 'workspaces/default/renders/' || render_id from renders order by 1")
        {
            let render =
                self.store().renders().get(&person("TLP:RED"), &name.parse().unwrap()).await.unwrap();
            if let RenderState::Succeeded { artifact: Some(artifact), .. } = render.state {
                artifacts.push(artifact);
            }
        }
        artifacts
    }

    async fn whole(&self, artifact: &Artifact) -> Result<Vec<u8>> {
        let reading = self.store().artifacts().open(artifact).await?;
        let mut bytes = Vec::new();
        while (bytes.len() as u64) < artifact.size_bytes {
            bytes.extend_from_slice(&reading.read(bytes.len() as u64).await?);
        }
        Ok(bytes)
    }

    fn let_blobs_age(&self) {
        self.fixture.rows("update artifact_blobs set created_at = created_at - interval '2 hours'");
    }

    async fn sweep(&self) -> u64 {
        let swept = self.store().artifacts().sweep_staged().await.unwrap();
        self.store().artifacts().delete_discarded().await.unwrap();
        assert_eq!(self.fixture.rows("select count(*) from artifact_discards"), ["0"]);
        swept
    }
}

async fn every_range_of_every_size_is_the_bytes_themselves(under_test: StoreUnderTest) {
    const MIB: usize = 1024 * 1024;
    let sizes = [1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7, 8 * MIB, 8 * MIB + 1];
    let leases = under_test.leases(7).await;
    for (size, lease) in sizes.into_iter().zip(leases) {
        let whole = pdf(size);
        assert_eq!(under_test.fixture.finished(&lease, &whole).await.unwrap(), Finished::Now);
    }
    let artifacts = under_test.artifacts().await;
    assert_eq!(artifacts.len(), sizes.len());
    for artifact in artifacts {
        let size = usize::try_from(artifact.size_bytes).unwrap();
        let whole = pdf(size);
        assert!(under_test.whole(&artifact).await.unwrap() == whole, "{size} bytes");
        let reading = under_test.store().artifacts().open(&artifact).await.unwrap();
        // Chunk sizes of the database, of reads and of multipart uploads.
        for boundary in (0..=size).step_by(CHUNK).filter(|at| *at < 4 * CHUNK || at % MIB == 0).chain([size])
        {
            for offset in boundary.saturating_sub(1)..(boundary + 2).min(size) {
                let piece = reading.read(offset as u64).await.unwrap();
                let blob_count = !piece.is_empty() && whole[offset..].starts_with(&piece);
                assert!(blob_count, "from {offset} of {size} bytes");
            }
        }
    }
}

async fn equal_bytes_are_stored_once(under_test: StoreUnderTest) {
    for lease in under_test.leases(2).await {
        assert_eq!(under_test.fixture.finished(&lease, b"%PDF the same").await.unwrap(), Finished::Now);
    }
    under_test.let_blobs_age();
    assert_eq!(under_test.sweep().await, 1);
    under_test.assert_blobs(1);
    let artifacts = under_test.artifacts().await;
    assert_eq!((artifacts.len(), &artifacts[0]), (2, &artifacts[1]));
    assert_eq!(under_test.whole(&artifacts[0]).await.unwrap(), b"%PDF the same");
}

async fn concurrent_uploads_of_equal_bytes_succeed_and_are_stored_once(under_test: StoreUnderTest) {
    let under_test = Arc::new(under_test);
    let mut uploads = JoinSet::new();
    for lease in under_test.leases(4).await {
        let under_test = Arc::clone(&under_test);
        uploads.spawn(async move { under_test.fixture.finished(&lease, &pdf(CHUNK + 1)).await.unwrap() });
    }
    assert_eq!(uploads.join_all().await, [Finished::Now; 4]);
    assert_eq!(under_test.fixture.rows("select count(*) from artifacts"), ["1"]);
    under_test.let_blobs_age();
    assert_eq!(under_test.sweep().await, 3);
    under_test.assert_blobs(1);
    for artifact in under_test.artifacts().await {
        assert!(under_test.whole(&artifact).await.unwrap() == pdf(CHUNK + 1));
    }
}

async fn an_aborted_upload_leaves_nothing(under_test: StoreUnderTest) {
    let lease = under_test.leases(1).await.remove(0);
    // Empty; smaller than a part; larger than a part.
    for size in [0, 10, 9 * 1024 * 1024] {
        let blob = under_test.store().artifacts().stage(&lease, ENVIRONMENT).await.unwrap();
        let mut upload = under_test.store().artifacts().begin_upload(&blob).await.unwrap();
        for piece in pdf(size).chunks(CHUNK) {
            upload.write(piece.to_vec().into()).await.unwrap();
        }
        upload.abort().await.unwrap();
        under_test.store().artifacts().discard_staged(&blob).await.unwrap();
        under_test.assert_blobs(0);
        for table in ["artifact_blobs", "artifact_chunks", "artifact_discards"] {
            assert_eq!(under_test.fixture.rows(&format!("select count(*) from {table}")), ["0"], "{table}");
        }
    }
    under_test.fixture.finished(&lease, b"%PDF").await.unwrap();
}

async fn the_sweep_deletes_only_old_unreferenced_bytes(under_test: StoreUnderTest) {
    let leases = under_test.leases(2).await;
    under_test.fixture.finished(&leases[0], b"%PDF that counts").await.unwrap();
    under_test.uploaded(&leases[1], b"%PDF that came to nothing").await;
    under_test.let_blobs_age();
    let young = under_test.uploaded(&leases[1], b"%PDF that may still count").await;
    under_test.assert_blobs(3);
    assert_eq!(under_test.sweep().await, 1);
    under_test.assert_blobs(2);
    let counts = staged(&young, b"%PDF that may still count");
    assert_eq!(under_test.store().queue().finish_task(&leases[1], &counts).await.unwrap(), Finished::Now);
    let mut read = Vec::new();
    for artifact in under_test.artifacts().await {
        read.push(String::from_utf8(under_test.whole(&artifact).await.unwrap()).unwrap());
    }
    read.sort();
    assert_eq!(read, ["%PDF that counts", "%PDF that may still count"]);
}

async fn a_pdf_that_is_being_finished_loses_no_bytes_to_the_sweep(under_test: StoreUnderTest) {
    let under_test = Arc::new(under_test);
    let mut waiting = Vec::new();
    for (number, lease) in under_test.leases(24).await.into_iter().enumerate() {
        let bytes = format!("%PDF {number}").into_bytes();
        waiting.push((under_test.uploaded(&lease, &bytes).await, lease, bytes));
    }
    under_test.let_blobs_age();
    let mut racers = JoinSet::new();
    for (blob, lease, bytes) in waiting {
        let under_test = Arc::clone(&under_test);
        racers.spawn(async move {
            under_test.store().queue().finish_task(&lease, &staged(&blob, &bytes)).await.is_ok()
        });
    }
    for _ in 0..4 {
        let under_test = Arc::clone(&under_test);
        racers.spawn(async move {
            // The foreign key stops a sweep that is too late for its rows; the next sweep skips them.
            under_test.store().artifacts().sweep_staged().await.ok();
            under_test.store().artifacts().delete_discarded().await.is_err()
        });
    }
    let finished = racers.join_all().await.into_iter().filter(|done| *done).count();
    let artifacts = under_test.artifacts().await;
    assert_eq!(artifacts.len(), finished);
    for artifact in &artifacts {
        assert!(under_test.whole(artifact).await.unwrap().starts_with(b"%PDF "));
    }
    under_test.sweep().await;
    under_test.assert_blobs(finished);
}

async fn reading_deleted_bytes_is_a_clear_error(under_test: StoreUnderTest) {
    let lease = under_test.leases(1).await.remove(0);
    under_test.fixture.finished(&lease, b"%PDF").await.unwrap();
    let artifact = under_test.artifacts().await.remove(0);
    let reading = under_test.store().artifacts().open(&artifact).await.unwrap();
    under_test.fixture.rows("update render_tasks set artifact_digest = null; delete from artifacts");
    under_test.let_blobs_age();
    assert_eq!(under_test.sweep().await, 1);
    under_test.assert_blobs(0);
    for error in [reading.read(0).await.unwrap_err(), under_test.whole(&artifact).await.unwrap_err()] {
        assert!(matches!(error, StoreError::ArtifactMissing(_)), "{error}");
        assert!(error.to_string().contains("bytes of a PDF are missing"), "{error}");
    }
}

/// However a blob's row is deleted, its bytes are found and deleted.
async fn bytes_whose_row_was_dropped_by_hand_are_deleted(under_test: StoreUnderTest) {
    let lease = under_test.leases(1).await.remove(0);
    under_test.uploaded(&lease, b"%PDF").await;
    under_test.assert_blobs(1);
    under_test.fixture.rows("delete from artifact_blobs");
    under_test.sweep().await;
    under_test.assert_blobs(0);
}

macro_rules! tests_on {
    ($store:ident, $at:expr, $($behaviour:ident)*) => {
        mod $store {
            use super::*;

            $(
                #[tokio::test]
                async fn $behaviour() {
                    super::$behaviour(StoreUnderTest::new($at).await).await;
                }
            )*
        }
    };
}

macro_rules! on_each_store {
    ($($behaviour:ident)*) => {
        tests_on! { postgres, At::Postgres, $($behaviour)* }
        tests_on! { folder, At::Folder(tempfile::tempdir().unwrap()), $($behaviour)* }
        tests_on! { memory, At::Memory, $($behaviour)* }
        tests_on! { s3, At::S3(S3Server::start()), $($behaviour)* }
    };
}

on_each_store! {
    every_range_of_every_size_is_the_bytes_themselves
    equal_bytes_are_stored_once
    concurrent_uploads_of_equal_bytes_succeed_and_are_stored_once
    an_aborted_upload_leaves_nothing
    the_sweep_deletes_only_old_unreferenced_bytes
    a_pdf_that_is_being_finished_loses_no_bytes_to_the_sweep
    reading_deleted_bytes_is_a_clear_error
    bytes_whose_row_was_dropped_by_hand_are_deleted
}

#[tokio::test]
async fn after_a_change_of_the_setting_older_pdfs_are_read_and_deleted_where_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut under_test = StoreUnderTest::new(At::Postgres).await;
    let leases = under_test.leases(3).await;
    under_test.fixture.finished(&leases[0], b"%PDF in Postgres").await.unwrap();
    let opener = Arc::new(ObjectStores::new([]));
    let url = format!("file://{}", folder.path().display());
    under_test.fixture.store =
        under_test.fixture.store.clone().with_artifacts(Some(&url), opener.clone()).await.unwrap();
    under_test.fixture.finished(&leases[1], b"%PDF in a folder").await.unwrap();
    under_test.uploaded(&leases[2], b"%PDF that came to nothing").await;
    under_test.fixture.store =
        Store::clone(under_test.store()).with_artifacts(Some("memory:///"), opener).await.unwrap();
    under_test.fixture.finished(&leases[2], b"%PDF in memory").await.unwrap();
    let mut read = Vec::new();
    for artifact in under_test.artifacts().await {
        read.push(String::from_utf8(under_test.whole(&artifact).await.unwrap()).unwrap());
    }
    read.sort();
    assert_eq!(read, ["%PDF in Postgres", "%PDF in a folder", "%PDF in memory"]);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2);
    under_test.let_blobs_age();
    assert_eq!(under_test.sweep().await, 1);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
}

#[tokio::test]
async fn leftovers_of_a_crashed_process_are_deleted_with_their_row() {
    let under_test = StoreUnderTest::new(At::Folder(tempfile::tempdir().unwrap())).await;
    let lease = under_test.leases(1).await.remove(0);
    let blob = under_test.store().artifacts().stage(&lease, ENVIRONMENT).await.unwrap();
    let At::Folder(folder) = &under_test.at else { panic!() };
    std::fs::write(folder.path().join(format!("{blob}.pdf#1")), b"half of a PDF").unwrap();
    under_test.let_blobs_age();
    assert_eq!(under_test.sweep().await, 1);
    under_test.assert_blobs(0);
}

#[tokio::test]
async fn a_store_that_is_away_holds_up_neither_the_sweep_nor_the_other_stores() {
    let server = S3Server::start();
    let opener = Arc::new(ObjectStores::new(server.environment()));
    let mut under_test = StoreUnderTest::new(At::Folder(tempfile::tempdir().unwrap())).await;
    let lease = under_test.leases(1).await.remove(0);
    under_test.uploaded(&lease, b"%PDF in a folder").await;
    let bucket = format!("s3://{}/", S3Server::BUCKET);
    under_test.fixture.store =
        under_test.fixture.store.clone().with_artifacts(Some(&bucket), opener).await.unwrap();
    let blob = under_test.uploaded(&lease, b"%PDF in a bucket").await;
    drop(server);
    under_test.let_blobs_age();
    assert_eq!(under_test.store().artifacts().sweep_staged().await.unwrap(), 2);
    let away = under_test.store().artifacts().delete_discarded().await.unwrap_err();
    assert!(matches!(away, StoreError::ArtifactStoreUnavailable(_)), "{away}");
    under_test.assert_blobs(0);
    assert_eq!(under_test.fixture.rows("select blob_id from artifact_discards"), [blob]);
}
