//! The query language: phrases, prefixes, exclusions, filters, and what is malformed.

use chancery_proto::brief::v1::{BriefKind, SearchBriefsRequest, SearchDimension};
use chancery_proto::errors::v1::Reason;
use chancery_testkit::status_refusals::{refused, refused_at};
use tonic::Code;

use crate::scene::Scene;
use crate::search::scene::{facet, finds, highlighted, reading, request, rich, search};

#[tokio::test]
async fn phrases_prefixes_and_exclusions_are_supported() {
    let statements = [
        ("s1", "Gas exports to Europe fell."),
        ("s2", "Europe exports gas turbines."),
        ("s3", "A U.S.-led coalition met; policies of governments differed."),
    ];
    let (_scene, mut reader) = reading("en", &statements).await;
    finds(
        &mut reader,
        &[
            ("gas", &["s1", "s2"]),
            ("\"gas exports\"", &["s1"]),
            ("gas -turbines", &["s1"]),
            ("gas -\"gas exports\"", &["s2"]),
            ("turb*", &["s2"]),
            ("\"gas turb*\"", &["s2"]),
            ("\"gas turb\"*", &["s2"]),
            ("th*", &[]),
            ("governme*", &["s3"]),
            ("policie*", &["s3"]),
            ("\"of governmen*\"", &["s3"]),
            ("coalitions*", &["s3"]),
            ("U.S.-led", &["s3"]),
            ("\"led coalition\"", &["s3"]),
            ("fell OR coalition", &["s1", "s3"]),
            ("'; drop table statements; --", &[]),
            ("exports <-> | ! & ( :* gas", &["s1", "s2"]),
        ],
    )
    .await;
    let answer = search(&mut reader, "governme* coalit*").await;
    assert_eq!(highlighted(&answer.hits[0]), ["coalition", "governments"]);
}

#[tokio::test]
async fn a_filter_narrows_hits_and_counts() {
    let scene = Scene::new().await;
    scene.published("b1", rich(BriefKind::Country, "Oil is bought in secret.")).await;
    scene.published("b2", rich(BriefKind::Event, "Nothing here.")).await;
    let mut reader = scene.reader("TLP:CLEAR").await;
    let filtered = |filter: &str| SearchBriefsRequest { filter: filter.into(), ..request("oil") };
    for (filter, found) in [
        ("brief = b2", 2),
        ("type = STATEMENT_TYPE_FORECAST", 2),
        ("likelihood = LIKELIHOOD_TERM_ICD203_LIKELY AND kind = BRIEF_KIND_EVENT", 1),
        ("actor:russia", 2),
        ("domain = energy AND NOT brief = b1", 1),
        ("horizon = 2026", 2),
        ("marking > TLP:GREEN", 0),
    ] {
        let answer = reader.search_briefs(filtered(filter)).await.unwrap().into_inner();
        assert_eq!(answer.total_size, found, "{filter}");
        let counted: i32 = facet(&answer, SearchDimension::BriefKind).iter().map(|value| value.1).sum();
        assert_eq!(counted, found, "{filter}");
    }
    let refusal = reader.search_briefs(filtered("colour = red")).await;
    refused_at(refusal, Reason::InvalidFilter, "filter");
}

#[tokio::test]
async fn malformed_queries_are_rejected_by_field() {
    let (scene, mut reader) = reading("en", &[("s1", "Words.")]).await;
    let long = "copper ".repeat(30_000);
    let many = "a ".repeat(33);
    for query in
        ["", " ", "***", "-", "&|!()", "\"\"", "-copper", "a\0b", "\"open", "OR a", "a OR", &long, &many]
    {
        let refusal = reader.search_briefs(request(query)).await;
        refused_at(refusal, Reason::InvalidQuery, "query");
    }
    let search_request = request("copper");
    let refusal =
        reader.search_briefs(SearchBriefsRequest { language: "e n".into(), ..search_request.clone() }).await;
    refused_at(refusal, Reason::InvalidField, "language");
    let refusal = reader.search_briefs(SearchBriefsRequest { page_size: -1, ..search_request.clone() }).await;
    refused_at(refusal, Reason::InvalidField, "page_size");
    let refusal = reader
        .search_briefs(SearchBriefsRequest { parent: "default".into(), ..search_request.clone() })
        .await;
    refused_at(refusal, Reason::InvalidName, "parent");
    let refusal =
        reader.search_briefs(SearchBriefsRequest { at_least: "zzz".into(), ..search_request.clone() }).await;
    refused_at(refusal, Reason::InvalidCursor, "at_least");
    let elsewhere = SearchBriefsRequest { parent: "workspaces/elsewhere".into(), ..search_request.clone() };
    refused(reader.search_briefs(elsewhere).await, Code::PermissionDenied, Reason::PermissionDenied);
    let worker = scene.briefs(&scene.worker).search_briefs(search_request).await;
    refused(worker, Code::PermissionDenied, Reason::PermissionDenied);
}
