//! `ListStatements`: entries of all briefs, by field and in any order.

use chancery_proto::brief::v1::ListStatementsRequest;

use crate::knowledge::scene::{found, revision, statement_ids, statements};
use crate::scene::Scene;

#[tokio::test]
async fn statements_of_all_briefs_are_listed_with_their_revisions_and_holders() {
    let (_scene, mut all, _open) = Scene::of_knowledge().await;
    let page = all.list_statements(statements("")).await.unwrap().into_inner();
    assert_eq!(statement_ids(&page), ["lead", "kj-text", "drones", "secret", "corridor"]);
    let places: Vec<(&str, &str, &str)> = page
        .statements
        .iter()
        .map(|entry| (entry.revision.as_str(), entry.brief_title.as_str(), entry.holder_id.as_str()))
        .collect();
    let (arms, levant) = (revision("arms"), revision("levant"));
    assert_eq!(places[0], (arms.as_str(), "Russia and Iran", ""));
    assert_eq!(places[1], (arms.as_str(), "Russia and Iran", "kj"));
    assert_eq!(places[4], (levant.as_str(), "Syria", "body"));
    let drones = page.statements[2].statement.as_ref().unwrap();
    assert_eq!(drones.text, "Iran sold drones at 100% of the price.");
    assert_eq!(drones.citations[0].source_id, "report");
    assert!(page.statements[0].publish_time.is_some() && page.next_page_token.is_empty());
}

#[tokio::test]
async fn statements_are_found_by_each_of_their_fields() {
    let (_scene, mut all, _open) = Scene::of_knowledge().await;
    for (filter, expected) in [
        ("brief = levant", vec!["corridor"]),
        ("kind = BRIEF_KIND_COUNTRY", vec!["corridor"]),
        ("language = en AND id = lead", vec!["lead"]),
        ("text : \"100%\"", vec!["drones"]),
        ("text : AGENT", vec!["secret"]),
        ("type = STATEMENT_TYPE_FORECAST", vec!["kj-text"]),
        ("status = STATEMENT_STATUS_ACTIVE AND brief = levant", vec!["corridor"]),
        ("likelihood = LIKELIHOOD_TERM_ICD203_VERY_LIKELY", vec!["lead"]),
        ("low_percent >= 55", vec!["lead", "kj-text"]),
        ("high_percent < 95", vec!["kj-text"]),
        ("confidence = CONFIDENCE_LEVEL_HIGH", vec!["lead"]),
        ("marking > TLP:CLEAR", vec!["secret"]),
        ("domain = arms", vec!["drones"]),
        ("actor : iran AND -actor : russia", vec!["secret", "corridor"]),
        ("place : tehran", vec!["drones"]),
        ("source : report OR source : paper", vec!["lead", "drones", "corridor"]),
        ("topic : drones", vec!["drones"]),
        ("period : 2020", vec!["corridor"]),
        ("period : 2024", vec!["drones"]),
        ("period < 2022", vec!["secret", "corridor"]),
        ("horizon <= 2027", vec!["kj-text"]),
        ("publish_time > 2020-01-01 AND record_time > 2020-01-01 AND id = lead", vec!["lead"]),
        ("publish_time < 2020-01-01", vec![]),
        (
            "actor : iran AND (type = STATEMENT_TYPE_FACT OR id = lead) AND NOT id = secret",
            vec!["lead", "drones", "corridor"],
        ),
    ] {
        assert_eq!(found(&mut all, filter).await, expected, "{filter}");
    }
}

#[tokio::test]
async fn pages_cover_a_list_exactly_once_in_any_order() {
    let (_scene, mut all, _open) = Scene::of_knowledge().await;
    for (order_by, expected) in [
        ("", ["lead", "kj-text", "drones", "secret", "corridor"]),
        ("brief desc", ["corridor", "secret", "drones", "kj-text", "lead"]),
        ("period", ["corridor", "secret", "drones", "lead", "kj-text"]),
        ("high_percent", ["kj-text", "lead", "drones", "secret", "corridor"]),
        ("high_percent desc, brief", ["lead", "kj-text", "drones", "secret", "corridor"]),
    ] {
        let mut request = ListStatementsRequest { order_by: order_by.into(), page_size: 2, ..statements("") };
        let mut ids = Vec::new();
        loop {
            let page = all.list_statements(request.clone()).await.unwrap().into_inner();
            assert!(page.statements.len() <= 2);
            ids.extend(statement_ids(&page));
            request.page_token = page.next_page_token;
            if request.page_token.is_empty() {
                break;
            }
        }
        assert_eq!(ids, expected, "{order_by}");
    }
}
