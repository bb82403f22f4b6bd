//! Reads as of a moment, and reads at least as new as a write.

use chancery_proto::admin::v1::Role;
use chancery_proto::brief::v1::trace_impact_request::Target;
use chancery_proto::brief::v1::{
    AsOfClock, AsOfMoment, GetActorRequest, ListRelationshipsRequest, ListStatementsRequest,
    TraceImpactRequest,
};
use chancery_proto::errors::v1::Reason;
use chancery_testkit::imports::{document, import};
use chancery_testkit::status_refusals::{refused, refused_at};
use prost_types::Timestamp;
use tonic::Code;

use crate::knowledge::scene::{
    FAR, JANUARY, JUNE, MARCH, PARENT, arms, around, moment, revision, statement_ids, statements, trace,
};
use crate::scene::Scene;

#[tokio::test]
async fn as_of_reads_use_either_clock() {
    let scene = Scene::new().await;
    let at = |number, seconds| {
        let mut content = arms();
        content.bluf[0].text = format!("Revision {number}.");
        let mut document = document("arms", number, content);
        document.publish_time = Some(Timestamp { seconds, nanos: 0 });
        document
    };
    scene.briefs(&scene.admin).import_brief(import(vec![at(1, JANUARY), at(2, JUNE)])).await.unwrap();
    let mut all = scene.knowledge(&[Role::Reader], "TLP:RED").await;
    let mut held = async |as_of: Option<AsOfMoment>| {
        let request = ListStatementsRequest { as_of, ..statements("id = lead") };
        let page = all.list_statements(request).await.unwrap().into_inner();
        page.statements.into_iter().map(|entry| entry.statement.unwrap().text).collect::<Vec<_>>()
    };
    assert_eq!(held(None).await, ["Revision 2."]);
    assert_eq!(held(Some(moment(JANUARY - 1, AsOfClock::Published))).await, Vec::<String>::new());
    assert_eq!(held(Some(moment(JANUARY, AsOfClock::Published))).await, ["Revision 1."]);
    assert_eq!(held(Some(moment(MARCH, AsOfClock::Unspecified))).await, ["Revision 1."]);
    assert_eq!(held(Some(moment(JUNE, AsOfClock::Published))).await, ["Revision 2."]);
    assert_eq!(held(Some(moment(JUNE, AsOfClock::Recorded))).await, Vec::<String>::new());
    assert_eq!(held(Some(moment(FAR, AsOfClock::Recorded))).await, ["Revision 2."]);

    let get = GetActorRequest { name: format!("{PARENT}/actors/iran"), ..GetActorRequest::default() };
    let get = GetActorRequest { as_of: Some(moment(MARCH, AsOfClock::Published)), ..get };
    let iran = all.get_actor(get.clone()).await.unwrap().into_inner();
    assert_eq!((iran.appearances[0].revision.clone(), iran.statement_count), (revision("arms"), 3));
    let get = GetActorRequest { as_of: Some(moment(JANUARY - 1, AsOfClock::Published)), ..get };
    refused(all.get_actor(get).await, Code::NotFound, Reason::NotFound);
    let walk =
        ListRelationshipsRequest { as_of: Some(moment(MARCH, AsOfClock::Published)), ..around("russia", 1) };
    let found = all.list_relationships(walk).await.unwrap().into_inner().relationships;
    assert_eq!(found[0].revision, revision("arms"));
}

#[tokio::test]
async fn every_read_accepts_a_writes_cursor() {
    let scene = Scene::new().await;
    let import = import(vec![document("arms", 1, arms())]);
    let cursor = scene.briefs(&scene.admin).import_brief(import).await.unwrap().into_inner().cursor;
    assert_ne!(cursor, "");
    let mut all = scene.knowledge(&[Role::Reader], "TLP:RED").await;
    let list = ListStatementsRequest { at_least: cursor.clone(), ..statements("id = lead") };
    assert_eq!(statement_ids(all.list_statements(list).await.unwrap().get_ref()), ["lead"]);
    let target = trace("arms", Target::StatementId("lead".into()));
    let traced = TraceImpactRequest { at_least: cursor.clone(), ..target.clone() };
    assert_eq!(all.trace_impact(traced).await.unwrap().into_inner().parts.len(), 1);
    let altered = format!("A{}", &cursor[1..]);
    let altered = if altered == cursor { format!("B{}", &cursor[1..]) } else { altered };
    let traced = TraceImpactRequest { at_least: altered.clone(), ..target };
    refused_at(all.trace_impact(traced).await, Reason::InvalidCursor, "at_least");
    let name = format!("{PARENT}/actors/iran");
    let actor = GetActorRequest { name, at_least: altered, ..GetActorRequest::default() };
    refused_at(all.get_actor(actor).await, Reason::InvalidCursor, "at_least");
}
