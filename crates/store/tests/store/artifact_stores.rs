//! What every store of PDFs' bytes must do, told once and run on each of them.

use std::sync::Arc;

use chancery_artifacts::{ArtifactLocation, ObjectStores};
use chancery_s3_server::S3Server;
use chancery_store::{Artifact, CHUNK, Finished, Lease, RenderState, Result, Store, StoreError};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::place::{Place, content, person};
use crate::queue_scene::{ENVIRONMENT, scene, staged};

/// Bytes that differ from place to place.
fn pdf(size: usize) -> Vec<u8> {
    (0..size).map(|index| u8::try_from((index * 31 + index / 251) % 253).unwrap()).collect()
}

/// Where the bytes are, and how to look at them there.
enum At {
    Postgres,
    Folder(TempDir),
    Memory,
    S3(S3Server),
}

/// A place whose PDFs are kept somewhere.
struct Kept {
    place: Place,
    at: At,
}

impl Kept {
    async fn new(at: At) -> Self {
        let mut place = scene().await;
        let (url, environment) = match &at {
            At::Postgres => ("postgres".to_owned(), Vec::new()),
            At::Folder(folder) => (format!("file://{}", folder.path().display()), Vec::new()),
            At::Memory => ("memory:///".to_owned(), Vec::new()),
            At::S3(server) => (format!("s3://{}/some/prefix", S3Server::BUCKET), server.environment()),
        };
        let setting: ArtifactLocation = url.parse().unwrap();
        let opener = Arc::new(ObjectStores::new(environment));
        place.store = place.store.clone().with_artifacts(setting.url(), opener).await.unwrap();
        let kept = Self { place, at };
        assert_eq!(kept.held(), 0, "the probe takes away what it wrote");
        kept
    }

    fn store(&self) -> &Store {
        &self.place.store
    }

    /// How many blobs the store holds, parts of blobs included. Memory cannot be looked into.
    fn held(&self) -> usize {
        match &self.at {
            At::Postgres => {
                self.place.rows("select count(distinct blob_id) from artifact_chunks")[0].parse().unwrap()
            }
            At::Folder(folder) => std::fs::read_dir(folder.path()).unwrap().count(),
            At::Memory => 0,
            At::S3(server) => server.object_count(),
        }
    }

    fn assert_held(&self, blobs: usize) {
        if !matches!(self.at, At::Memory) {
            assert_eq!(self.held(), blobs);
        }
    }

    /// Leases of renders of that many briefs.
    async fn leases(&self, count: u32) -> Vec<Lease> {
        for number in 0..count {
            let brief = format!("brief-{number}");
            self.place.published(&brief, content(&format!("Number {number}"))).await;
            self.place.requested_by(&person("TLP:RED"), &brief).await.unwrap();
        }
        let leases = self.place.leased(count).await;
        assert_eq!(leases.len(), count as usize);
        leases
    }

    async fn uploaded(&self, lease: &Lease, bytes: &[u8]) -> String {
        let blob = self.store().stage_artifact(lease, ENVIRONMENT).await.unwrap();
        let mut upload = self.store().begin_upload(&blob).await.unwrap();
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
            self.place.rows("select 'workspaces/default/renders/' || render_id from renders order by 1")
        {
            let render = self.store().render(&person("TLP:RED"), &name.parse().unwrap()).await.unwrap();
            if let RenderState::Succeeded { artifact: Some(artifact), .. } = render.state {
                artifacts.push(artifact);
            }
        }
        artifacts
    }

    async fn whole(&self, artifact: &Artifact) -> Result<Vec<u8>> {
        let reading = self.store().open_artifact(artifact).await?;
        let mut bytes = Vec::new();
        while (bytes.len() as u64) < artifact.size_bytes {
            bytes.extend_from_slice(&reading.read(bytes.len() as u64).await?);
        }
        Ok(bytes)
    }

    fn let_blobs_age(&self) {
        self.place.rows("update artifact_blobs set created_at = created_at - interval '2 hours'");
    }

    async fn sweep(&self) -> u64 {
        let swept = self.store().sweep_staged().await.unwrap();
        self.store().delete_discarded().await.unwrap();
        assert_eq!(self.place.rows("select count(*) from artifact_discards"), ["0"]);
        swept
    }
}

async fn every_range_of_every_size_is_the_bytes_themselves(kept: Kept) {
    const MIB: usize = 1024 * 1024;
    let sizes = [1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7, 8 * MIB, 8 * MIB + 1];
    let leases = kept.leases(7).await;
    for (size, lease) in sizes.into_iter().zip(leases) {
        let whole = pdf(size);
        assert_eq!(kept.place.finished(&lease, &whole).await.unwrap(), Finished::Now);
    }
    let artifacts = kept.artifacts().await;
    assert_eq!(artifacts.len(), sizes.len());
    for artifact in artifacts {
        let size = usize::try_from(artifact.size_bytes).unwrap();
        let whole = pdf(size);
        assert!(kept.whole(&artifact).await.unwrap() == whole, "{size} bytes");
        let reading = kept.store().open_artifact(&artifact).await.unwrap();
        // Those of the database's chunks, of reads and of parts.
        for boundary in (0..=size).step_by(CHUNK).filter(|at| *at < 4 * CHUNK || at % MIB == 0).chain([size])
        {
            for offset in boundary.saturating_sub(1)..(boundary + 2).min(size) {
                let piece = reading.read(offset as u64).await.unwrap();
                let held = !piece.is_empty() && whole[offset..].starts_with(&piece);
                assert!(held, "from {offset} of {size} bytes");
            }
        }
    }
}

async fn the_same_bytes_twice_are_kept_once(kept: Kept) {
    for lease in kept.leases(2).await {
        assert_eq!(kept.place.finished(&lease, b"%PDF the same").await.unwrap(), Finished::Now);
    }
    kept.let_blobs_age();
    assert_eq!(kept.sweep().await, 1);
    kept.assert_held(1);
    let artifacts = kept.artifacts().await;
    assert_eq!((artifacts.len(), &artifacts[0]), (2, &artifacts[1]));
    assert_eq!(kept.whole(&artifacts[0]).await.unwrap(), b"%PDF the same");
}

async fn concurrent_uploads_of_the_same_bytes_all_succeed_and_are_kept_once(kept: Kept) {
    let kept = Arc::new(kept);
    let mut uploads = JoinSet::new();
    for lease in kept.leases(4).await {
        let kept = Arc::clone(&kept);
        uploads.spawn(async move { kept.place.finished(&lease, &pdf(CHUNK + 1)).await.unwrap() });
    }
    assert_eq!(uploads.join_all().await, [Finished::Now; 4]);
    assert_eq!(kept.place.rows("select count(*) from artifacts"), ["1"]);
    kept.let_blobs_age();
    assert_eq!(kept.sweep().await, 3);
    kept.assert_held(1);
    for artifact in kept.artifacts().await {
        assert!(kept.whole(&artifact).await.unwrap() == pdf(CHUNK + 1));
    }
}

async fn an_aborted_upload_leaves_nothing(kept: Kept) {
    let lease = kept.leases(1).await.remove(0);
    // Nothing; less than a part; more than one.
    for size in [0, 10, 9 * 1024 * 1024] {
        let blob = kept.store().stage_artifact(&lease, ENVIRONMENT).await.unwrap();
        let mut upload = kept.store().begin_upload(&blob).await.unwrap();
        for piece in pdf(size).chunks(CHUNK) {
            upload.write(piece.to_vec().into()).await.unwrap();
        }
        upload.abort().await.unwrap();
        kept.store().discard_staged(&blob).await.unwrap();
        kept.assert_held(0);
        for table in ["artifact_blobs", "artifact_chunks", "artifact_discards"] {
            assert_eq!(kept.place.rows(&format!("select count(*) from {table}")), ["0"], "{table}");
        }
    }
    kept.place.finished(&lease, b"%PDF").await.unwrap();
}

async fn the_sweep_takes_only_what_is_old_and_nothing_refers_to(kept: Kept) {
    let leases = kept.leases(2).await;
    kept.place.finished(&leases[0], b"%PDF that counts").await.unwrap();
    kept.uploaded(&leases[1], b"%PDF that came to nothing").await;
    kept.let_blobs_age();
    let young = kept.uploaded(&leases[1], b"%PDF that may still count").await;
    kept.assert_held(3);
    assert_eq!(kept.sweep().await, 1);
    kept.assert_held(2);
    let counts = staged(&young, b"%PDF that may still count");
    assert_eq!(kept.store().finish_task(&leases[1], &counts).await.unwrap(), Finished::Now);
    let mut read = Vec::new();
    for artifact in kept.artifacts().await {
        read.push(String::from_utf8(kept.whole(&artifact).await.unwrap()).unwrap());
    }
    read.sort();
    assert_eq!(read, ["%PDF that counts", "%PDF that may still count"]);
}

async fn a_pdf_that_is_being_finished_loses_no_bytes_to_the_sweep(kept: Kept) {
    let kept = Arc::new(kept);
    let mut waiting = Vec::new();
    for (number, lease) in kept.leases(24).await.into_iter().enumerate() {
        let bytes = format!("%PDF {number}").into_bytes();
        waiting.push((kept.uploaded(&lease, &bytes).await, lease, bytes));
    }
    kept.let_blobs_age();
    let mut racers = JoinSet::new();
    for (blob, lease, bytes) in waiting {
        let kept = Arc::clone(&kept);
        racers.spawn(async move { kept.store().finish_task(&lease, &staged(&blob, &bytes)).await.is_ok() });
    }
    for _ in 0..4 {
        let kept = Arc::clone(&kept);
        racers.spawn(async move {
            // The foreign key refuses a sweep that comes too late for its rows; the next one passes them over.
            kept.store().sweep_staged().await.ok();
            kept.store().delete_discarded().await.is_err()
        });
    }
    let finished = racers.join_all().await.into_iter().filter(|done| *done).count();
    let artifacts = kept.artifacts().await;
    assert_eq!(artifacts.len(), finished);
    for artifact in &artifacts {
        assert!(kept.whole(artifact).await.unwrap().starts_with(b"%PDF "));
    }
    kept.sweep().await;
    kept.assert_held(finished);
}

async fn reading_what_was_deleted_is_a_clear_error(kept: Kept) {
    let lease = kept.leases(1).await.remove(0);
    kept.place.finished(&lease, b"%PDF").await.unwrap();
    let artifact = kept.artifacts().await.remove(0);
    let reading = kept.store().open_artifact(&artifact).await.unwrap();
    kept.place.rows("update render_tasks set artifact_digest = null; delete from artifacts");
    kept.let_blobs_age();
    assert_eq!(kept.sweep().await, 1);
    kept.assert_held(0);
    for error in [reading.read(0).await.unwrap_err(), kept.whole(&artifact).await.unwrap_err()] {
        assert!(matches!(error, StoreError::ArtifactMissing(_)), "{error}");
        assert!(error.to_string().contains("bytes of a PDF are gone"), "{error}");
    }
}

/// Whoever drops a blob's row, by whatever statement: the bytes are found.
async fn bytes_whose_row_was_dropped_by_hand_are_deleted(kept: Kept) {
    let lease = kept.leases(1).await.remove(0);
    kept.uploaded(&lease, b"%PDF").await;
    kept.assert_held(1);
    kept.place.rows("delete from artifact_blobs");
    kept.sweep().await;
    kept.assert_held(0);
}

macro_rules! tests_on {
    ($store:ident, $at:expr, $($behaviour:ident)*) => {
        mod $store {
            use super::*;

            $(
                #[tokio::test]
                async fn $behaviour() {
                    super::$behaviour(Kept::new($at).await).await;
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
    the_same_bytes_twice_are_kept_once
    concurrent_uploads_of_the_same_bytes_all_succeed_and_are_kept_once
    an_aborted_upload_leaves_nothing
    the_sweep_takes_only_what_is_old_and_nothing_refers_to
    a_pdf_that_is_being_finished_loses_no_bytes_to_the_sweep
    reading_what_was_deleted_is_a_clear_error
    bytes_whose_row_was_dropped_by_hand_are_deleted
}

#[tokio::test]
async fn after_a_change_of_the_setting_older_pdfs_are_read_and_deleted_where_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut kept = Kept::new(At::Postgres).await;
    let leases = kept.leases(3).await;
    kept.place.finished(&leases[0], b"%PDF in Postgres").await.unwrap();
    let opener = Arc::new(ObjectStores::new([]));
    let url = format!("file://{}", folder.path().display());
    kept.place.store = kept.place.store.clone().with_artifacts(Some(&url), opener.clone()).await.unwrap();
    kept.place.finished(&leases[1], b"%PDF in a folder").await.unwrap();
    kept.uploaded(&leases[2], b"%PDF that came to nothing").await;
    kept.place.store = Store::clone(kept.store()).with_artifacts(Some("memory:///"), opener).await.unwrap();
    kept.place.finished(&leases[2], b"%PDF in memory").await.unwrap();
    let mut read = Vec::new();
    for artifact in kept.artifacts().await {
        read.push(String::from_utf8(kept.whole(&artifact).await.unwrap()).unwrap());
    }
    read.sort();
    assert_eq!(read, ["%PDF in Postgres", "%PDF in a folder", "%PDF in memory"]);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2);
    kept.let_blobs_age();
    assert_eq!(kept.sweep().await, 1);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
}

#[tokio::test]
async fn what_a_crashed_process_left_in_a_folder_goes_with_its_row() {
    let kept = Kept::new(At::Folder(tempfile::tempdir().unwrap())).await;
    let lease = kept.leases(1).await.remove(0);
    let blob = kept.store().stage_artifact(&lease, ENVIRONMENT).await.unwrap();
    let At::Folder(folder) = &kept.at else { panic!() };
    std::fs::write(folder.path().join(format!("{blob}.pdf#1")), b"half of a PDF").unwrap();
    kept.let_blobs_age();
    assert_eq!(kept.sweep().await, 1);
    kept.assert_held(0);
}

#[tokio::test]
async fn a_store_that_is_away_holds_up_neither_the_sweep_nor_the_other_stores() {
    let server = S3Server::start();
    let opener = Arc::new(ObjectStores::new(server.environment()));
    let mut kept = Kept::new(At::Folder(tempfile::tempdir().unwrap())).await;
    let lease = kept.leases(1).await.remove(0);
    kept.uploaded(&lease, b"%PDF in a folder").await;
    let bucket = format!("s3://{}/", S3Server::BUCKET);
    kept.place.store = kept.place.store.clone().with_artifacts(Some(&bucket), opener).await.unwrap();
    let blob = kept.uploaded(&lease, b"%PDF in a bucket").await;
    drop(server);
    kept.let_blobs_age();
    assert_eq!(kept.store().sweep_staged().await.unwrap(), 2);
    let away = kept.store().delete_discarded().await.unwrap_err();
    assert!(matches!(away, StoreError::ArtifactStoreUnavailable(_)), "{away}");
    kept.assert_held(0);
    assert_eq!(kept.place.rows("select blob_id from artifact_discards"), [blob]);
}
