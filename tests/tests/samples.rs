//! Every sample brief is imported through the service, queued and printed by a worker.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use chancery_testkit::{Stack, WORKSPACE, files, pdf};
use chancery_tests::print;

#[tokio::test]
async fn every_sample_is_imported_and_printed() {
    let samples = ["amber", "russia-iran", "russia-iran-fa", "russia-iran-ru", "scripts", "suez-2021"];
    assert_eq!(folders_with_revisions(), samples, "each sample is in the list");
    let stack = Stack::start().await;
    let admin = stack.admin().await;
    for folder in samples {
        let documents = files::revisions(folder);
        let name = format!("{WORKSPACE}/briefs/{}", documents[0].brief_id);
        let answer = stack.import(documents).await;
        assert_eq!(answer.name, name);
        let (render, bytes, _) = print(&admin, &name).await;
        assert_eq!(render.warnings, [""; 0], "{folder}");
        // The worker has verified the text; crates/print/tests/proof checks these samples with other programs.
        let file = stack.folder().join(format!("{folder}.pdf"));
        std::fs::write(&file, &bytes).unwrap();
        pdf::assert_sound(&file);
    }
}

fn folders_with_revisions() -> Vec<String> {
    let entries =
        std::fs::read_dir(files::root().join("examples")).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<String> = entries
        .filter(|path| path.join("revision-1.json").exists())
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    folders.sort();
    folders
}
