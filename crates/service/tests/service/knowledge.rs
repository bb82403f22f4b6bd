use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chancery_proto::admin::v1::Role;
use chancery_proto::brief::v1::{
    ActorEntry, AsOfClock, AsOfMoment, Change, ChangeKind, GetActorRequest, ListActorsRequest,
    ListRelationshipsRequest, ListStatementsRequest, PartKind, RelationshipPolarity, TraceImpactRequest,
    TraceImpactResponse, trace_impact_request::Target,
};
use chancery_proto::errors::v1::Reason;
use chancery_testkit::imports::{document, import};
use chancery_testkit::status_refusals::{refused, refused_at};
use prost_types::Timestamp;
use tonic::Code;

use crate::knowledge_scene::{
    Knowledge, PARENT, actors, arms, events, relationships, revision, sources, statement_ids, statements,
};
use crate::scene::Scene;

async fn found(client: &mut Knowledge, filter: &str) -> Vec<String> {
    statement_ids(client.list_statements(statements(filter)).await.unwrap().get_ref())
}

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
async fn lists_show_each_clearance_its_own_editions() {
    let (_scene, _all, mut open) = Scene::of_knowledge().await;
    assert_eq!(found(&mut open, "").await, ["lead", "kj-text", "drones", "corridor"]);
    for hidden in ["id = secret", "actor : agent", "source : talk", "marking = TLP:RED", "text : agent"] {
        assert_eq!(found(&mut open, hidden).await, Vec::<String>::new(), "{hidden}");
    }
    let shown = open.list_actors(actors("")).await.unwrap().into_inner().actors;
    assert_eq!(actor_ids(&shown), ["iran", "militia", "russia", "syria"]);
    let ties = open.list_relationships(relationships("")).await.unwrap().into_inner().relationships;
    assert!(ties.iter().all(|tie| tie.relationship.as_ref().unwrap().id != "reports") && ties.len() == 3);
    let events = open.list_events(events("")).await.unwrap().into_inner().events;
    assert!(events.iter().all(|event| event.event.as_ref().unwrap().id != "talks") && events.len() == 3);
    let sources = open.list_sources(sources("")).await.unwrap().into_inner().sources;
    assert_eq!(sources.len(), 2);
    let agent = GetActorRequest { name: format!("{PARENT}/actors/agent"), ..GetActorRequest::default() };
    refused(open.get_actor(agent).await, Code::NotFound, Reason::NotFound);
    let iran = GetActorRequest { name: format!("{PARENT}/actors/iran"), ..GetActorRequest::default() };
    assert_eq!(open.get_actor(iran).await.unwrap().into_inner().statement_count, 3);
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

fn actor_ids(entries: &[ActorEntry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.actor.as_ref().unwrap().id.as_str()).collect()
}

#[tokio::test]
async fn an_actor_in_two_briefs_is_one_entry() {
    let (_scene, mut all, _open) = Scene::of_knowledge().await;
    let listed = all.list_actors(actors("")).await.unwrap().into_inner().actors;
    assert_eq!(actor_ids(&listed), ["agent", "iran", "militia", "russia", "syria"]);
    let iran = &listed[1];
    // The entry shows the brief that was published last.
    assert_eq!((iran.name.as_str(), iran.brief_count), ("workspaces/default/actors/iran", 2));
    assert_eq!(iran.actor.as_ref().unwrap().name, "Iran");
    for (filter, expected) in [
        ("brief = arms", vec!["agent", "iran", "russia"]),
        ("kind = ACTOR_KIND_STATE AND country_code != SYR", vec!["iran", "russia"]),
        ("name : islamic", vec!["iran"]),
        ("marking = TLP:RED", vec!["agent"]),
        ("id = syria", vec!["syria"]),
    ] {
        let found = all.list_actors(actors(filter)).await.unwrap().into_inner().actors;
        assert_eq!(actor_ids(&found), expected, "{filter}");
    }
    let mut request = actors("");
    (request.order_by, request.page_size) = ("name desc".into(), 3);
    let first = all.list_actors(request.clone()).await.unwrap().into_inner();
    assert_eq!(actor_ids(&first.actors), ["syria", "russia", "iran"]);
    request.page_token = first.next_page_token;
    let rest = all.list_actors(request).await.unwrap().into_inner();
    assert_eq!((actor_ids(&rest.actors), rest.next_page_token.as_str()), (vec!["agent", "militia"], ""));

    let request = GetActorRequest { name: format!("{PARENT}/actors/iran"), ..GetActorRequest::default() };
    let iran = all.get_actor(request).await.unwrap().into_inner();
    let names: Vec<(&str, &str)> = iran
        .appearances
        .iter()
        .map(|found| (found.brief_title.as_str(), found.actor.as_ref().unwrap().name.as_str()))
        .collect();
    assert_eq!(names, [("Syria", "Iran"), ("Russia and Iran", "Islamic Republic of Iran")]);
    assert_eq!((iran.statement_count, iran.relationship_count, iran.event_count), (4, 3, 1));
    let nobody = GetActorRequest { name: format!("{PARENT}/actors/nobody"), ..GetActorRequest::default() };
    refused(all.get_actor(nobody).await, Code::NotFound, Reason::NotFound);
}

#[tokio::test]
async fn actors_are_found_by_misspelled_names() {
    let (_scene, mut all, mut open) = Scene::of_knowledge().await;
    let named = |query: &str| ListActorsRequest { query: query.into(), ..actors("") };
    let found = all.list_actors(named("Irann")).await.unwrap().into_inner();
    assert_eq!((actor_ids(&found.actors)[0], found.next_page_token.as_str()), ("iran", ""));
    let iran = &found.actors[0];
    assert_eq!(
        (iran.matched_label.as_str(), iran.brief_count, iran.name.as_str()),
        ("Iran", 2, "workspaces/default/actors/iran")
    );
    assert!((500..1000).contains(&iran.similarity_permille), "{iran:?}");
    let exact = all.list_actors(named("IRAN")).await.unwrap().into_inner();
    assert_eq!(exact.actors[0].similarity_permille, 1000);
    let agent = all.list_actors(named("agent")).await.unwrap().into_inner();
    assert_eq!(actor_ids(&agent.actors), ["agent"]);
    assert!(open.list_actors(named("agent")).await.unwrap().into_inner().actors.is_empty());
    let filtered = ListActorsRequest { filter: "kind = ACTOR_KIND_PERSON".into(), ..named("iran") };
    assert!(all.list_actors(filtered).await.unwrap().into_inner().actors.is_empty());

    let ordered = ListActorsRequest { order_by: "id".into(), ..named("iran") };
    refused_at(all.list_actors(ordered).await, Reason::InvalidField, "order_by");
    let then = ListActorsRequest { as_of: Some(moment(MARCH, AsOfClock::Published)), ..named("iran") };
    refused_at(all.list_actors(then).await, Reason::InvalidField, "as_of");
    let mut plain = actors("");
    plain.page_size = 1;
    let page_token = all.list_actors(plain).await.unwrap().into_inner().next_page_token;
    let paged = ListActorsRequest { page_token, page_size: 1, ..named("iran") };
    refused_at(all.list_actors(paged).await, Reason::InvalidPageToken, "page_token");
    for query in ["!", "a\0", &"a".repeat(201)] {
        refused_at(all.list_actors(named(query)).await, Reason::InvalidField, "query");
    }
}

async fn ties(client: &mut Knowledge, request: ListRelationshipsRequest) -> (Vec<(String, i32)>, bool) {
    let answer = client.list_relationships(request).await.unwrap().into_inner();
    assert_eq!(answer.next_page_token, "");
    let ties = answer.relationships.into_iter();
    (ties.map(|tie| (tie.relationship.unwrap().id, tie.depth)).collect(), answer.truncated)
}

fn around(id: &str, depth: i32) -> ListRelationshipsRequest {
    ListRelationshipsRequest { around: id.into(), depth, ..relationships("") }
}

fn owned(ties: &[(&str, i32)]) -> Vec<(String, i32)> {
    ties.iter().map(|(id, depth)| ((*id).to_owned(), *depth)).collect()
}

#[tokio::test]
async fn relationships_are_filtered_by_their_fields() {
    let (_scene, mut all, _open) = Scene::of_knowledge().await;
    for (filter, expected) in [
        ("", vec!["supply", "reports", "backs", "hosts"]),
        ("from = iran", vec!["supply", "backs"]),
        ("to = iran", vec!["reports"]),
        ("end : syria", vec!["backs", "hosts"]),
        ("type = hosts OR symmetric = true", vec!["backs", "hosts"]),
        ("status = RELATIONSHIP_STATUS_ACTIVE AND domain = arms", vec!["supply"]),
        ("status = RELATIONSHIP_STATUS_WEAKENED", vec!["backs"]),
        ("period : 2030", vec!["supply"]),
        ("polarity = RELATIONSHIP_POLARITY_SUPPORTIVE", vec!["supply"]),
        ("polarity != RELATIONSHIP_POLARITY_SUPPORTIVE", vec!["reports", "backs", "hosts"]),
        ("polarity = RELATIONSHIP_POLARITY_ADVERSE AND end : iran", vec!["reports"]),
        ("marking = TLP:RED", vec!["reports"]),
    ] {
        let found: Vec<String> =
            ties(&mut all, relationships(filter)).await.0.into_iter().map(|(id, _)| id).collect();
        assert_eq!(found, expected, "{filter}");
    }
}

#[tokio::test]
async fn relationships_around_a_part_come_nearest_first_within_the_depth() {
    let (_scene, mut all, mut open) = Scene::of_knowledge().await;
    let one = owned(&[("supply", 1)]);
    assert_eq!(ties(&mut all, around("russia", 0)).await, (one, false));
    let two = owned(&[("supply", 1), ("reports", 2), ("backs", 2)]);
    assert_eq!(ties(&mut all, around("russia", 2)).await, (two, false));
    let three = owned(&[("supply", 1), ("reports", 2), ("backs", 2), ("hosts", 3)]);
    assert_eq!(ties(&mut all, around("russia", 4)).await, (three.clone(), false));
    let open_ties = owned(&[("supply", 1), ("backs", 2), ("hosts", 3)]);
    assert_eq!(ties(&mut open, around("russia", 4)).await, (open_ties, false));

    let few = ListRelationshipsRequest { page_size: 2, ..around("russia", 4) };
    assert_eq!(ties(&mut all, few).await, (three[..2].to_vec(), true));
    let few = ListRelationshipsRequest { page_size: 4, ..around("russia", 4) };
    assert_eq!(ties(&mut all, few).await, (three, false));
    let filtered = ListRelationshipsRequest { filter: "-type = backs".into(), ..around("russia", 4) };
    assert_eq!(ties(&mut all, filtered).await, (owned(&[("supply", 1), ("reports", 2)]), false));
    assert_eq!(ties(&mut all, around("nobody", 4)).await, (vec![], false));
}

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

#[tokio::test]
async fn new_fields_are_returned_as_written_to_callers_who_see_the_part() {
    let (_scene, mut all, mut open) = Scene::of_knowledge().await;
    let ties =
        all.list_relationships(relationships("brief = arms")).await.unwrap().into_inner().relationships;
    let polarities: Vec<_> =
        ties.iter().map(|entry| entry.relationship.as_ref().unwrap().polarity()).collect();
    assert_eq!(polarities, [RelationshipPolarity::Supportive, RelationshipPolarity::Adverse]);
    let found = all.list_sources(sources("id = report")).await.unwrap().into_inner().sources;
    let report = found[0].source.as_ref().unwrap();
    assert_eq!((report.short_title.as_str(), report.accessed.as_str()), ("Agency 2022", "2023-03"));
    let hidden = relationships("polarity = RELATIONSHIP_POLARITY_ADVERSE");
    assert!(open.list_relationships(hidden).await.unwrap().into_inner().relationships.is_empty());
    let unknown = relationships("polarity = HOSTILE");
    refused_at(all.list_relationships(unknown).await, Reason::InvalidFilter, "filter");
}

#[tokio::test]
async fn a_declared_change_is_traced_from_the_changed_part() {
    let scene = Scene::new().await;
    let mut content = arms();
    let change = |part_id: &str, marking: &str| Change {
        part_id: part_id.into(),
        kind: ChangeKind::Updated.into(),
        now: format!("{part_id} differs."),
        marking: marking.into(),
        ..Change::default()
    };
    content.changes = vec![change("report", ""), change("supply", ""), change("talk", "")];
    scene.published("arms", content).await;
    let mut all = scene.knowledge(&[Role::Reader], "TLP:RED").await;
    let of = |answer: &TraceImpactResponse| -> Vec<(String, String)> {
        let changes = answer.parts.iter().filter(|part| part.kind() == PartKind::Change);
        changes.map(|part| (part.id.clone(), part.text.clone())).collect()
    };
    let traced =
        all.trace_impact(trace("arms", Target::SourceId("report".into()))).await.unwrap().into_inner();
    // The relationship is supported by a statement that cites the report.
    let changed = |id: &str| (id.to_owned(), format!("{id} differs."));
    assert_eq!(of(&traced), [changed("report"), changed("supply")]);
    let traced = all.trace_impact(trace("arms", Target::RelationshipId("supply".into()))).await.unwrap();
    assert_eq!(of(traced.get_ref()), [changed("supply")]);
    // The change of a withheld source is withheld with it.
    let mut open = scene.knowledge(&[Role::Reader], "TLP:CLEAR").await;
    let traced = open.trace_impact(trace("arms", Target::SourceId("talk".into()))).await;
    refused(traced, Code::NotFound, Reason::NotFound);
}

fn moment(seconds: i64, clock: AsOfClock) -> AsOfMoment {
    AsOfMoment { time: Some(Timestamp { seconds, nanos: 0 }), clock: clock.into() }
}

/// 1 January, 1 March and 1 June 2025.
const JANUARY: i64 = 1_735_689_600;
const MARCH: i64 = 1_740_787_200;
const JUNE: i64 = 1_748_736_000;
/// 2100.
const FAR: i64 = 4_102_444_800;

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
    let mut all = scene.knowledge(&[chancery_proto::admin::v1::Role::Reader], "TLP:RED").await;
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

fn trace(brief: &str, target: Target) -> TraceImpactRequest {
    let brief = format!("{PARENT}/briefs/{brief}");
    TraceImpactRequest { brief, target: Some(target), ..TraceImpactRequest::default() }
}

/// Returns the ids, distances and direct supports of the impacted parts.
fn parts(answer: &TraceImpactResponse) -> Vec<(&str, i32, Vec<&str>)> {
    let parts = answer.parts.iter();
    parts
        .map(|part| (part.id.as_str(), part.distance, part.via_ids.iter().map(String::as_str).collect()))
        .collect()
}

#[tokio::test]
async fn impact_of_a_source_is_traced_in_every_brief_that_cites_it() {
    let (_scene, mut all, _open) = Scene::of_knowledge().await;
    let answer =
        all.trace_impact(trace("arms", Target::SourceId("report".into()))).await.unwrap().into_inner();
    assert_eq!(
        parts(&answer),
        [
            ("drones", 1, vec!["report"]),
            ("lead", 1, vec!["report"]),
            ("deal", 1, vec!["drones", "report"]),
            ("kj", 2, vec!["drones", "kj-text"]),
            ("factor", 2, vec!["drones"]),
            ("supply", 2, vec!["drones"]),
            ("more", 2, vec!["drones"]),
            ("isolation", 2, vec!["drones"]),
            ("doubt", 2, vec!["lead"]),
            ("kj-text", 3, vec!["kj"]),
            ("flights", 4, vec!["kj-text"]),
            ("corridor", 1, vec!["paper"]),
        ]
    );
    assert_eq!(answer.revisions, [revision("arms"), revision("levant")]);
    assert!(!answer.truncated && answer.deliveries.is_empty() && answer.total_deliveries == 0);
    let text = |id: &str| answer.parts.iter().find(|part| part.id == id).unwrap();
    assert_eq!((text("kj").text.as_str(), text("kj").kind()), ("The tie will hold.", PartKind::KeyJudgment));
    assert_eq!(text("supply").text, "iran supplies-weapons-to russia");
    assert_eq!((text("more").text.as_str(), text("more").kind()), ("It grows", PartKind::Scenario));
    assert_eq!(
        (text("corridor").text.as_str(), &text("corridor").revision),
        ("The corridor is used.", &revision("levant"))
    );
}

#[tokio::test]
async fn impact_of_a_statement_or_relationship_is_traced_in_its_brief() {
    let (_scene, mut all, _open) = Scene::of_knowledge().await;
    let statement = trace("arms", Target::StatementId("lead".into()));
    let answer = all.trace_impact(statement).await.unwrap().into_inner();
    assert_eq!(parts(&answer), [("doubt", 1, vec!["lead"])]);
    assert_eq!(answer.revisions, [revision("arms")]);
    let tie = trace("arms", Target::RelationshipId("reports".into()));
    let answer = all.trace_impact(tie).await.unwrap().into_inner();
    assert_eq!(parts(&answer), [("secret", 1, vec!["reports"])]);
    let tie = trace("arms", Target::RelationshipId("supply".into()));
    let answer = all.trace_impact(tie).await.unwrap().into_inner();
    let near: Vec<&str> =
        answer.parts.iter().filter(|part| part.distance < 3).map(|part| part.id.as_str()).collect();
    assert_eq!(near, ["drones", "kj", "factor", "deal", "more", "isolation"]);
}

#[tokio::test]
async fn tracing_reveals_no_withheld_part() {
    let (_scene, mut all, mut open) = Scene::of_knowledge().await;
    for target in [
        Target::SourceId("talk".into()),
        Target::StatementId("secret".into()),
        Target::RelationshipId("reports".into()),
    ] {
        assert!(all.trace_impact(trace("arms", target.clone())).await.is_ok());
        let hidden =
            refused(open.trace_impact(trace("arms", target.clone())).await, Code::NotFound, Reason::NotFound);
        let id = match target {
            Target::SourceId(_) => Target::SourceId("nothing".into()),
            Target::StatementId(_) => Target::StatementId("nothing".into()),
            Target::RelationshipId(_) => Target::RelationshipId("nothing".into()),
        };
        let nothing = refused(open.trace_impact(trace("arms", id)).await, Code::NotFound, Reason::NotFound);
        let message = hidden.message().replace("talk", "?").replace("secret", "?").replace("reports", "?");
        assert_eq!(message, nothing.message().replace("nothing", "?"));
    }
    let other = trace("nothing", Target::SourceId("report".into()));
    refused(open.trace_impact(other).await, Code::NotFound, Reason::NotFound);
}

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
async fn every_read_accepts_a_writes_cursor() {
    let scene = Scene::new().await;
    let import = import(vec![document("arms", 1, arms())]);
    let cursor = scene.briefs(&scene.admin).import_brief(import).await.unwrap().into_inner().cursor;
    assert_ne!(cursor, "");
    let mut all = scene.knowledge(&[chancery_proto::admin::v1::Role::Reader], "TLP:RED").await;
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
