//! Pages of hits, and the limit of a thousand.

use chancery_proto::brief::v1::{SearchBriefsRequest, SearchDimension, SearchHit};
use chancery_proto::errors::v1::Reason;
use chancery_testkit::content::statement;
use chancery_testkit::status_refusals::refused_at;

use crate::scene::Scene;
use crate::search::scene::{brief, facet, request, search};

/// Publishes briefs of a hundred statements each that contain "copper".
async fn copper(scene: &Scene, hundreds: usize) {
    for brief_number in 0..hundreds {
        let statements = (0..100)
            .map(|number| statement(format!("s{number}"), format!("Copper is number {number}.")))
            .collect();
        scene.published(&format!("b{brief_number}"), brief("en", "Metals", statements)).await;
    }
}

#[tokio::test]
async fn more_than_a_thousand_matches_are_marked_as_truncated() {
    let scene = Scene::new().await;
    copper(&scene, 10).await;
    let mut reader = scene.reader("TLP:CLEAR").await;
    let answer = search(&mut reader, "copper").await;
    assert_eq!((answer.total_size, answer.truncated, answer.hits.len()), (1000, false, 20));
    let extra = brief("en", "One more", vec![statement("s1", "Copper again.")]);
    scene.published("more", extra).await;
    let answer = search(&mut reader, "copper").await;
    assert_eq!((answer.total_size, answer.truncated), (1000, true));
    assert_eq!(facet(&answer, SearchDimension::BriefKind), [("BRIEF_KIND_THEMATIC", 1000)]);
    assert_eq!(search(&mut reader, "copper \"number 7\"").await.total_size, 10);
}

#[tokio::test]
async fn pages_have_no_gaps_and_no_repeats() {
    let scene = Scene::new().await;
    copper(&scene, 2).await;
    let mut reader = scene.reader("TLP:CLEAR").await;
    let whole = SearchBriefsRequest { page_size: 1000, ..request("copper") };
    let whole = reader.search_briefs(whole).await.unwrap().into_inner();
    assert_eq!(whole.hits.len(), 100);
    let mut seen = Vec::new();
    let mut search_request = SearchBriefsRequest { page_size: 33, ..request("copper") };
    loop {
        let page = reader.search_briefs(search_request.clone()).await.unwrap().into_inner();
        assert_eq!((page.total_size, page.facets.is_empty()), (200, !search_request.page_token.is_empty()));
        let place = |hit: SearchHit| (hit.rank_e6, hit.revision, hit.statement.unwrap().id);
        seen.extend(page.hits.into_iter().map(place));
        if page.next_page_token.is_empty() {
            break;
        }
        search_request.page_token = page.next_page_token;
    }
    assert_eq!(seen.len(), 200);
    assert!(seen.windows(2).all(|pair| pair[0].0 >= pair[1].0));
    let distinct: std::collections::BTreeSet<_> = seen.iter().collect();
    assert_eq!(distinct.len(), 200);
    // Equal ranks are ordered by brief, then in reading order.
    assert_eq!((seen[0].1.as_str(), seen[0].2.as_str()), ("workspaces/default/briefs/b0/revisions/1", "s0"));
    assert_eq!(seen[1].2, "s1");
}

#[tokio::test]
async fn a_page_token_of_another_search_is_rejected() {
    let scene = Scene::new().await;
    copper(&scene, 1).await;
    let mut reader = scene.reader("TLP:CLEAR").await;
    let token = search(&mut reader, "copper").await.next_page_token;
    let with = |search_request: SearchBriefsRequest| SearchBriefsRequest {
        page_token: token.clone(),
        ..search_request
    };
    reader.search_briefs(with(request("copper"))).await.unwrap();
    let filtered = SearchBriefsRequest { filter: "brief = b0".into(), ..request("copper") };
    let spoken = SearchBriefsRequest { language: "en".into(), ..request("copper") };
    for other in [request("number"), filtered, spoken] {
        let refusal = reader.search_briefs(with(other)).await;
        refused_at(refusal, Reason::InvalidPageToken, "page_token");
    }
    let refusal =
        reader.search_briefs(SearchBriefsRequest { page_token: "AAAA".into(), ..request("copper") }).await;
    refused_at(refusal, Reason::InvalidPageToken, "page_token");
}
