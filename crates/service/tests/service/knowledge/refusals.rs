//! Invalid filters, orders, page tokens and fields.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chancery_proto::brief::v1::trace_impact_request::Target;
use chancery_proto::brief::v1::{
    AsOfClock, AsOfMoment, GetActorRequest, ListRelationshipsRequest, ListStatementsRequest,
    TraceImpactRequest,
};
use chancery_proto::errors::v1::Reason;
use chancery_testkit::status_refusals::{refused, refused_at};
use prost_types::Timestamp;
use tonic::Code;

use crate::knowledge::scene::{
    FAR, actors, around, events, moment, relationships, sources, statement_ids, statements, trace,
};
use crate::scene::Scene;

#[tokio::test]
async fn invalid_filters_are_rejected_by_field() {
    let (_scene, mut all, _open) = Scene::of_knowledge().await;
    let terms = vec!["id = lead"; 10_000].join(" OR ");
    let deep = format!("{}id = lead{}", "(".repeat(17), ")".repeat(17));
    let endless = format!("{}id = lead{}", "(".repeat(100_000), ")".repeat(100_000));
    for filter in [
        "author = me",
        "type = FACT",
        "low_percent = many",
        "low_percent = 101",
        "marking >= SECRET",
        "period : soon",
        "publish_time > yesterday",
        "actor = iran",
        "id = lead id = drones",
        "lead",
        "text = \"a\0\"",
        terms.as_str(),
        deep.as_str(),
        endless.as_str(),
    ] {
        refused_at(all.list_statements(statements(filter)).await, Reason::InvalidFilter, "filter");
    }
    refused_at(all.list_actors(actors("role = x")).await, Reason::InvalidFilter, "filter");
    refused_at(all.list_events(events("period : 2024")).await, Reason::InvalidFilter, "filter");
    refused_at(all.list_sources(sources("cited > 1")).await, Reason::InvalidFilter, "filter");
    refused_at(
        all.list_relationships(relationships("symmetric = yes")).await,
        Reason::InvalidFilter,
        "filter",
    );
    let walk = ListRelationshipsRequest { filter: "weight > 1".into(), ..around("russia", 1) };
    refused_at(all.list_relationships(walk).await, Reason::InvalidFilter, "filter");

    let status = all.list_statements(statements("id = lead AND author = me")).await.unwrap_err();
    assert!(status.message().starts_with("filter: at byte 14, \"author\": unknown field"), "{status:?}");
    for order_by in ["text", "brief, brief", "brief up", "brief,"] {
        let request = ListStatementsRequest { order_by: order_by.into(), ..statements("") };
        refused_at(all.list_statements(request).await, Reason::InvalidOrderBy, "order_by");
    }
}

#[tokio::test]
async fn a_page_token_is_bound_to_its_list_filter_order_and_moment() {
    let (_scene, mut all, _open) = Scene::of_knowledge().await;
    let first = ListStatementsRequest { page_size: 1, ..statements("") };
    let token = all.list_statements(first.clone()).await.unwrap().into_inner().next_page_token;
    // The last statement's position counts withheld parts, so the token hides it.
    let decoded = URL_SAFE_NO_PAD.decode(&token).unwrap();
    assert!(!decoded.windows(4).any(|four| four == b"arms"));
    let next = ListStatementsRequest { page_token: token.clone(), ..first };
    assert_eq!(statement_ids(all.list_statements(next.clone()).await.unwrap().get_ref()), ["kj-text"]);
    for foreign in [
        ListStatementsRequest { filter: "id != x".into(), ..next.clone() },
        ListStatementsRequest { order_by: "brief".into(), ..next.clone() },
        ListStatementsRequest { as_of: Some(moment(FAR, AsOfClock::Recorded)), ..next.clone() },
        ListStatementsRequest { page_token: format!("{token}A"), ..next.clone() },
        ListStatementsRequest { page_token: "x".repeat(100_000), ..next },
    ] {
        refused_at(all.list_statements(foreign).await, Reason::InvalidPageToken, "page_token");
    }
    let mut others = events("");
    others.page_token = token;
    refused_at(all.list_events(others).await, Reason::InvalidPageToken, "page_token");
}

#[tokio::test]
async fn other_invalid_fields_are_rejected_by_name() {
    let (_scene, mut all, _open) = Scene::of_knowledge().await;
    let parent = |parent: &str| ListStatementsRequest { parent: parent.into(), ..statements("") };
    refused_at(all.list_statements(parent("")).await, Reason::InvalidName, "parent");
    refused(
        all.list_statements(parent("workspaces/others")).await,
        Code::PermissionDenied,
        Reason::PermissionDenied,
    );
    let size = ListStatementsRequest { page_size: -1, ..statements("") };
    refused_at(all.list_statements(size).await, Reason::InvalidField, "page_size");
    let timeless = ListStatementsRequest { as_of: Some(AsOfMoment::default()), ..statements("") };
    refused_at(all.list_statements(timeless).await, Reason::InvalidField, "as_of.time");
    let mut clock = statements("");
    clock.as_of = Some(AsOfMoment { time: Some(Timestamp::default()), clock: 7 });
    refused_at(all.list_statements(clock).await, Reason::InvalidField, "as_of.clock");
    let cursor = ListStatementsRequest { at_least: "nonsense".into(), ..statements("") };
    refused_at(all.list_statements(cursor).await, Reason::InvalidCursor, "at_least");

    refused_at(all.list_relationships(around("russia", 5)).await, Reason::InvalidField, "depth");
    refused_at(all.list_relationships(around("russia", -1)).await, Reason::InvalidField, "depth");
    refused_at(all.list_relationships(around("two words", 1)).await, Reason::InvalidName, "around");
    let ordered = ListRelationshipsRequest { order_by: "brief".into(), ..around("russia", 1) };
    refused_at(all.list_relationships(ordered).await, Reason::InvalidField, "order_by");
    let flat = ListRelationshipsRequest { depth: 1, ..relationships("") };
    refused_at(all.list_relationships(flat).await, Reason::InvalidField, "depth");

    let actor =
        GetActorRequest { name: "workspaces/default/actors/a b".into(), ..GetActorRequest::default() };
    refused_at(all.get_actor(actor).await, Reason::InvalidName, "name");
    let nothing = TraceImpactRequest { target: None, ..trace("arms", Target::SourceId(String::new())) };
    refused_at(all.trace_impact(nothing).await, Reason::InvalidField, "target");
    let empty = trace("arms", Target::SourceId(String::new()));
    refused_at(all.trace_impact(empty).await, Reason::InvalidName, "source_id");
}
