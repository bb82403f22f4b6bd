use chancery_brief::digest::Digest;
use chancery_store::{Imported, StoreError};
use chancery_testkit::files;

use crate::fixture::{
    Fixture, brief_name, canonical, content, content_at, document, in_workspace, person, revision_name,
};

#[tokio::test]
async fn importing_twice_changes_nothing() {
    let fixture = Fixture::new().await;
    let documents = [document(1, content("One")), document(2, content("Two"))];
    let (admin, brief) = (person("TLP:RED"), brief_name("b1"));
    let (first, _) = fixture.store.briefs().import(&admin, &brief, &documents).await.unwrap();
    assert_eq!(first, Imported { written: vec![1, 2], skipped: vec![] });
    let before = fixture.rows("select brief_key, revision, digest, recorded_at from revisions order by 2");
    let draft = fixture.store.briefs().draft(&admin, &brief).await.unwrap();

    let (second, _) = fixture.store.briefs().import(&admin, &brief, &documents).await.unwrap();
    assert_eq!(second, Imported { written: vec![], skipped: vec![1, 2] });
    assert_eq!(
        fixture.rows("select brief_key, revision, digest, recorded_at from revisions order by 2"),
        before
    );
    assert_eq!(fixture.store.briefs().draft(&admin, &brief).await.unwrap(), draft);
    assert_eq!(fixture.rows("select count(*) from change_log where workspace_id = 'default'"), ["2"]);
}

#[tokio::test]
async fn a_gap_is_refused_and_nothing_is_written() {
    let fixture = Fixture::new().await;
    let (admin, brief) = (person("TLP:RED"), brief_name("b1"));
    let documents = [document(2, content("Two"))];
    let refused = fixture.store.briefs().import(&admin, &brief, &documents).await.unwrap_err();
    assert!(matches!(refused, StoreError::RevisionGap { newest: 0, given: 2 }), "{refused}");
    let documents = [document(1, content("One")), document(3, content("Three"))];
    let refused = fixture.store.briefs().import(&admin, &brief, &documents).await.unwrap_err();
    assert!(matches!(refused, StoreError::RevisionGap { newest: 1, given: 3 }), "{refused}");
    assert_eq!(fixture.rows("select count(*) from briefs"), ["0"]);
}

#[tokio::test]
async fn a_revision_that_differs_from_the_stored_one_is_refused_with_all_that_came_with_it() {
    let fixture = Fixture::new().await;
    let (admin, brief) = (person("TLP:RED"), brief_name("b1"));
    fixture.published("b1", content("One")).await;
    let documents = [document(1, content("Another one")), document(2, content("Two"))];
    let refused = fixture.store.briefs().import(&admin, &brief, &documents).await.unwrap_err();
    assert!(matches!(refused, StoreError::RevisionDiffers { number: 1 }), "{refused}");
    assert_eq!(fixture.rows("select count(*) from revisions"), ["1"]);
}

#[tokio::test]
async fn a_stated_digest_must_be_that_of_the_content() {
    let fixture = Fixture::new().await;
    let (admin, brief) = (person("TLP:RED"), brief_name("b1"));
    let mut wrong = document(1, content("One"));
    wrong.digest = Some(Digest([7; 32]));
    let refused =
        fixture.store.briefs().import(&admin, &brief, std::slice::from_ref(&wrong)).await.unwrap_err();
    let StoreError::DigestMismatch { document_index: 0, number: 1, computed } = refused else {
        panic!("{refused}")
    };
    wrong.digest = Some(computed.parse().unwrap());
    fixture.store.briefs().import(&admin, &brief, &[wrong]).await.unwrap();
}

#[tokio::test]
async fn an_export_at_full_clearance_is_imported_as_equal() {
    let fixture = Fixture::new().await;
    let (admin, brief) = (person("TLP:RED"), brief_name("b1"));
    fixture.published("b1", content("One")).await;
    let exported = fixture.store.briefs().editions(&admin, &brief, usize::MAX).await.unwrap();
    let mut again = document(1, exported[0].content().unwrap());
    again.digest = Some(exported[0].digest);
    let (imported, _) = fixture.store.briefs().import(&admin, &brief, &[again]).await.unwrap();
    assert_eq!(imported.skipped, [1]);
}

#[tokio::test]
async fn an_unedited_draft_follows_an_import_and_an_edited_one_does_not() {
    let fixture = Fixture::new().await;
    let (admin, brief) = (person("TLP:RED"), brief_name("b1"));
    fixture.published("b1", content("One")).await;
    fixture.store.briefs().import(&admin, &brief, &[document(2, content("Two"))]).await.unwrap();
    let followed = fixture.store.briefs().draft(&admin, &brief).await.unwrap();
    assert_eq!((followed.content.title.as_str(), followed.base_revision), ("Two", 2));

    let edited = canonical(&content("Mine"));
    fixture.store.briefs().update_draft(&admin, &brief, &followed.etag, &edited).await.unwrap();
    fixture.store.briefs().import(&admin, &brief, &[document(3, content("Three"))]).await.unwrap();
    let kept = fixture.store.briefs().draft(&admin, &brief).await.unwrap();
    assert_eq!((kept.content.title.as_str(), kept.base_revision), ("Mine", 2));
}

#[tokio::test]
async fn imports_above_the_clearance_or_over_unreadable_revisions_are_refused() {
    let fixture = Fixture::new().await;
    let (green, brief) = (person("TLP:GREEN"), brief_name("b1"));
    let refused =
        fixture.store.briefs().import(&green, &brief, &[document(1, content("One"))]).await.unwrap_err();
    assert!(matches!(refused, StoreError::ClearanceTooLow(_)), "{refused}");

    fixture.published("b1", content("One")).await;
    let harmless = document(2, content_at("Two", "TLP:CLEAR"));
    let refused = fixture.store.briefs().import(&green, &brief, &[harmless]).await.unwrap_err();
    assert!(matches!(refused, StoreError::ClearanceTooLow(_)), "{refused}");

    fixture.published("hidden", content_at("Hidden", "TLP:RED")).await;
    let harmless = document(1, content_at("Mine", "TLP:CLEAR"));
    let refused =
        fixture.store.briefs().import(&green, &brief_name("hidden"), &[harmless]).await.unwrap_err();
    assert!(matches!(refused, StoreError::Forbidden(_)), "{refused}");
}

#[tokio::test]
async fn another_workspace_is_forbidden_whether_its_brief_is_there_or_not() {
    let fixture = Fixture::new().await;
    fixture.published("b1", content("One")).await;
    let stranger = in_workspace("elsewhere", chancery_store::Role::Admin, "TLP:RED");
    for brief in ["b1", "b2"] {
        let refused = fixture.store.briefs().newest_edition(&stranger, &brief_name(brief)).await.unwrap_err();
        assert!(matches!(refused, StoreError::Forbidden(_)), "{refused}");
        let refused =
            fixture.store.briefs().import(&stranger, &brief_name(brief), &[document(1, content("X"))]).await;
        assert!(matches!(refused.unwrap_err(), StoreError::Forbidden(_)));
    }
}

#[tokio::test]
async fn the_sample_brief_imports_and_keeps_its_times() {
    let fixture = Fixture::new().await;
    let sample = files::revision("russia-iran", 1);
    let published_at =
        time::OffsetDateTime::from_unix_timestamp(sample.publish_time.unwrap().seconds).unwrap();
    let mut given = document(1, sample.content.unwrap());
    given.published_at = Some(published_at);
    given.creator.clone_from(&sample.creator);
    let (admin, brief) = (person("TLP:RED"), brief_name("russia-iran"));
    fixture.store.briefs().import(&admin, &brief, &[given]).await.unwrap();
    let edition = fixture.store.briefs().edition(&admin, &revision_name("russia-iran", 1)).await.unwrap();
    assert_eq!((edition.published_at, edition.creator), (published_at, sample.creator));
    assert!(edition.recorded_at > published_at);
}
