//! `ListEvents` and `ListSources`.

use crate::knowledge::scene::{events, owned, sources};
use crate::scene::Scene;

#[tokio::test]
async fn events_are_listed_in_order_of_time() {
    let (_scene, mut all, _open) = Scene::of_knowledge().await;
    let mut ids = async |filter: &str, order_by: &str| {
        let mut request = events(filter);
        request.order_by = order_by.into();
        let found = all.list_events(request).await.unwrap().into_inner().events.into_iter();
        found.map(|entry| entry.event.unwrap().id).collect::<Vec<_>>()
    };
    assert_eq!(ids("", "").await, ["visit", "talks", "deal", "some-day"]);
    assert_eq!(ids("", "brief desc").await, ["visit", "talks", "some-day", "deal"]);
    assert_eq!(ids("date : 2022-11", "").await, ["talks", "deal"]);
    assert_eq!(ids("date < 2022", "").await, ["visit"]);
    assert_eq!(ids("actor : russia AND NOT date : 2022", "").await, ["some-day"]);
    assert_eq!(ids("type = PLOVER_TYPE_AGREE AND precision = DATE_PRECISION_DAY", "").await, ["deal"]);
    assert_eq!(ids("source : report OR title : visit", "").await, ["visit", "deal"]);
    assert_eq!(ids("marking = TLP:RED", "").await, ["talks"]);
}

#[tokio::test]
async fn sources_are_listed_with_their_citation_counts() {
    let (_scene, mut all, _open) = Scene::of_knowledge().await;
    let mut cited = async |filter: &str, order_by: &str| {
        let mut request = sources(filter);
        request.order_by = order_by.into();
        let found = all.list_sources(request).await.unwrap().into_inner().sources.into_iter();
        found.map(|entry| (entry.source.unwrap().id, entry.citing_statements)).collect::<Vec<_>>()
    };
    assert_eq!(cited("", "").await, owned(&[("report", 2), ("talk", 1), ("paper", 1)]));
    assert_eq!(cited("", "title").await, owned(&[("report", 2), ("talk", 1), ("paper", 1)]));
    assert_eq!(cited("", "date desc").await, owned(&[("report", 2), ("paper", 1), ("talk", 1)]));
    assert_eq!(cited("url : EXAMPLE.org AND brief = levant", "").await, owned(&[("paper", 1)]));
    assert_eq!(
        cited("type = SOURCE_TYPE_NEWS AND reliability = SOURCE_RELIABILITY_B", "").await,
        owned(&[("report", 2)])
    );
    assert_eq!(cited("publisher : agency AND date : 2022", "").await, owned(&[("report", 2)]));
    assert_eq!(cited("short_title : AGENCY", "").await, owned(&[("report", 2)]));
    assert_eq!(cited("short_title = \"\" AND brief = levant", "").await, owned(&[("paper", 1)]));
    assert_eq!(cited("accessed : 2023-03-15", "").await, owned(&[("report", 2)]));
    assert_eq!(cited("accessed < 2023-03", "").await, vec![]);
}
