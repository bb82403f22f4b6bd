//! Hits are in the newest revision visible to the caller.

use chancery_proto::brief::v1::{BriefKind, SearchBriefsRequest, SearchBriefsResponse};
use chancery_testkit::content::{marked, statement};
use chancery_testkit::imports::{document, import};
use prost::Message as _;

use crate::scene::Scene;
use crate::search::scene::{brief, ids, request, rich, search};

#[tokio::test]
async fn a_word_of_a_withheld_statement_matches_and_counts_nothing() {
    let scene = Scene::new().await;
    scene.published("b1", rich(BriefKind::Country, "The zirconium is oil for them.")).await;
    let mut clear = scene.reader("TLP:CLEAR").await;
    for query in ["zirconium", "zirc*", "zirconium OR uranium", "\"zirconium is oil\""] {
        assert_eq!(search(&mut clear, query).await, SearchBriefsResponse::default(), "{query}");
    }
    let answer = search(&mut clear, "oil").await;
    let bytes = answer.encode_to_vec();
    let holds = |word: &str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
    assert!(holds("iran") && !holds("zirconium") && !holds("courier") && !holds("TLP:RED"));
    assert_eq!(ids(&search(&mut scene.reader("TLP:RED").await, "zirconium").await), ["s3"]);
}

#[tokio::test]
async fn only_the_newest_revision_visible_to_the_caller_is_found() {
    let scene = Scene::new().await;
    let first = brief("en", "One", vec![statement("s1", "Zinc was here.")]);
    let mut second = brief("en", "Two", vec![marked("s1", "Tin is here.", "TLP:AMBER")]);
    second.default_marking = "TLP:AMBER".into();
    let documents = vec![document("b1", 1, first), document("b1", 2, second)];
    scene.briefs(&scene.admin).import_brief(import(documents)).await.unwrap();
    let mut amber = scene.reader("TLP:AMBER").await;
    assert_eq!(search(&mut amber, "zinc").await.total_size, 0);
    assert_eq!(ids(&search(&mut amber, "tin").await), ["s1"]);
    // For callers without the second revision, the first is the newest.
    let mut clear = scene.reader("TLP:CLEAR").await;
    assert_eq!(ids(&search(&mut clear, "zinc").await), ["s1"]);
    assert_eq!(search(&mut clear, "tin").await.total_size, 0);
}

#[tokio::test]
async fn a_search_with_a_writes_cursor_finds_the_write() {
    let scene = Scene::new().await;
    let mut admin = scene.briefs(&scene.admin);
    let written = vec![document("b1", 1, brief("en", "#", vec![statement("s1", "Molybdenum.")]))];
    let cursor = admin.import_brief(import(written)).await.unwrap().into_inner().cursor;
    assert!(!cursor.is_empty());
    let search_request = SearchBriefsRequest { at_least: cursor, ..request("molybdenum") };
    assert_eq!(ids(&admin.search_briefs(search_request).await.unwrap().into_inner()), ["s1"]);
}
