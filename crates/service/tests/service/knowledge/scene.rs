//! Two briefs that share an actor and a source, readers of different clearances, and requests.

use chancery_proto::MESSAGE_LIMIT;
use chancery_proto::admin::v1::Role;
use chancery_proto::brief::v1::knowledge_service_client::KnowledgeServiceClient;
use chancery_proto::brief::v1::trace_impact_request::Target;
use chancery_proto::brief::v1::{
    ActorEntry, AsOfClock, AsOfMoment, BriefContent, ListActorsRequest, ListEventsRequest,
    ListRelationshipsRequest, ListSourcesRequest, ListStatementsRequest, ListStatementsResponse,
    TraceImpactRequest,
};
use prost_types::Timestamp;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;

use crate::scene::{Bearer, Scene, bearer};

pub(crate) type Knowledge = KnowledgeServiceClient<InterceptedService<Channel, Bearer>>;

pub(crate) const PARENT: &str = "workspaces/default";

/// Returns the name of the first revision of a brief.
pub(crate) fn revision(brief: &str) -> String {
    format!("{PARENT}/briefs/{brief}/revisions/1")
}

impl Scene {
    pub(crate) async fn knowledge(&self, roles: &[Role], clearance: &str) -> Knowledge {
        let token = self.token("default", roles, clearance).await;
        KnowledgeServiceClient::with_interceptor(self.channel(), bearer(&token))
            .max_decoding_message_size(MESSAGE_LIMIT)
    }

    /// Starts a scene with both briefs, and readers of the highest and the lowest clearance.
    pub(crate) async fn of_knowledge() -> (Self, Knowledge, Knowledge) {
        let scene = Self::new().await;
        scene.published("arms", arms()).await;
        scene.published("levant", levant()).await;
        let all = scene.knowledge(&[Role::Reader], "TLP:RED").await;
        let open = scene.knowledge(&[Role::Reader], "TLP:CLEAR").await;
        (scene, all, open)
    }
}

pub(crate) fn statements(filter: &str) -> ListStatementsRequest {
    ListStatementsRequest { parent: PARENT.into(), filter: filter.into(), ..ListStatementsRequest::default() }
}

pub(crate) fn actors(filter: &str) -> ListActorsRequest {
    ListActorsRequest { parent: PARENT.into(), filter: filter.into(), ..ListActorsRequest::default() }
}

pub(crate) fn relationships(filter: &str) -> ListRelationshipsRequest {
    ListRelationshipsRequest {
        parent: PARENT.into(),
        filter: filter.into(),
        ..ListRelationshipsRequest::default()
    }
}

pub(crate) fn events(filter: &str) -> ListEventsRequest {
    ListEventsRequest { parent: PARENT.into(), filter: filter.into(), ..ListEventsRequest::default() }
}

pub(crate) fn sources(filter: &str) -> ListSourcesRequest {
    ListSourcesRequest { parent: PARENT.into(), filter: filter.into(), ..ListSourcesRequest::default() }
}

/// Returns the ids of a page's statements.
pub(crate) fn statement_ids(page: &ListStatementsResponse) -> Vec<String> {
    page.statements.iter().map(|entry| entry.statement.as_ref().unwrap().id.clone()).collect()
}

pub(crate) fn parsed(text: &str) -> BriefContent {
    chancery_proto::json::from_str(text).unwrap()
}

/// Builds a brief with statements `lead`, `kj-text`, `drones`, and `secret` at the highest marking.
pub(crate) fn arms() -> BriefContent {
    parsed(
        r#"{
        "kind": "BRIEF_KIND_RELATIONSHIP", "title": "Russia and Iran", "language": "en",
        "bluf": [{"id": "lead", "text": "They work together.", "type": "STATEMENT_TYPE_ASSESSMENT",
            "likelihood": {"term": "LIKELIHOOD_TERM_ICD203_VERY_LIKELY"}, "confidence": {"level": "CONFIDENCE_LEVEL_HIGH"},
            "actorIds": ["russia", "iran"], "citations": [{"sourceId": "report"}]}],
        "keyJudgments": [{"id": "kj", "restsOn": ["drones"], "statements": [{"id": "kj-text",
            "text": "The tie will hold.", "type": "STATEMENT_TYPE_FORECAST", "horizon": "2027",
            "likelihood": {"term": "LIKELIHOOD_TERM_ICD203_LIKELY"}}]}],
        "sections": [{"id": "body", "heading": "Arms", "domain": "arms", "blocks": [{"paragraph": {"statements": [
            {"id": "drones", "text": "Iran sold drones at 100% of the price.", "type": "STATEMENT_TYPE_FACT",
                "domain": "arms", "actorIds": ["iran", "russia"], "placeIds": ["tehran"], "topics": ["drones"],
                "period": {"edtf": "2022-09/.."}, "citations": [{"sourceId": "report"}]},
            {"id": "secret", "text": "An agent said so.", "type": "STATEMENT_TYPE_FACT", "marking": "TLP:RED",
                "actorIds": ["agent", "iran"], "period": {"edtf": "2021"}, "citations": [{"sourceId": "talk"}]}
        ]}}]}],
        "domains": [{"id": "arms", "name": "Arms", "section": "body"}],
        "factors": [{"id": "factor", "kind": "FACTOR_KIND_DRIVER", "text": "Isolation", "statementIds": ["drones"]}],
        "actors": [
            {"id": "russia", "name": "Russian Federation", "kind": "ACTOR_KIND_STATE", "countryCode": "RUS"},
            {"id": "iran", "name": "Islamic Republic of Iran", "kind": "ACTOR_KIND_STATE", "countryCode": "IRN"},
            {"id": "agent", "name": "An agent", "kind": "ACTOR_KIND_PERSON", "marking": "TLP:RED"}],
        "places": [{"id": "tehran", "name": "Tehran", "kind": "PLACE_KIND_CAPITAL"}],
        "relationships": [
            {"id": "supply", "fromId": "iran", "toId": "russia", "type": "supplies-weapons-to", "domain": "arms",
                "period": {"edtf": "2022/.."}, "statementIds": ["drones"],
                "polarity": "RELATIONSHIP_POLARITY_SUPPORTIVE"},
            {"id": "reports", "fromId": "agent", "toId": "iran", "type": "reports-on", "marking": "TLP:RED",
                "statementIds": ["secret"], "polarity": "RELATIONSHIP_POLARITY_ADVERSE"}],
        "events": [
            {"id": "deal", "title": "The deal", "date": "2022-11-05", "precision": "DATE_PRECISION_DAY",
                "type": "PLOVER_TYPE_AGREE", "actorIds": ["iran", "russia"], "statementIds": ["drones"],
                "sourceIds": ["report"]},
            {"id": "some-day", "title": "Some day", "actorIds": ["russia"]},
            {"id": "talks", "title": "Talks", "date": "2022", "actorIds": ["russia"], "marking": "TLP:RED"}],
        "sources": [
            {"id": "report", "title": "A report", "publisher": "An agency", "url": "https://example.org/report",
                "date": "2022-12", "type": "SOURCE_TYPE_NEWS", "reliability": "SOURCE_RELIABILITY_B",
                "shortTitle": "Agency 2022", "accessed": "2023-03"},
            {"id": "talk", "title": "A talk", "marking": "TLP:RED"}],
        "scenarios": [
            {"id": "more", "set": "trade", "title": "It grows", "percent": 60, "statementIds": ["drones"]},
            {"id": "less", "set": "trade", "title": "It ends", "percent": 40}],
        "indicators": [{"id": "flights", "text": "Flights", "statementIds": ["kj-text"]}],
        "assumptions": [{"id": "isolation", "text": "Sanctions stay", "statementIds": ["drones"]}],
        "dissents": [{"id": "doubt", "text": "It is small", "statementIds": ["lead"]}]
    }"#,
    )
}

/// Builds a brief whose source has another id and the same URL, and whose actor `iran` is the same one.
pub(crate) fn levant() -> BriefContent {
    parsed(
        r#"{
        "kind": "BRIEF_KIND_COUNTRY", "title": "Syria", "language": "en",
        "sections": [{"id": "body", "heading": "Supply", "blocks": [{"paragraph": {"statements": [
            {"id": "corridor", "text": "The corridor is used.", "type": "STATEMENT_TYPE_FACT", "actorIds": ["iran", "syria"],
                "period": {"edtf": "2019/2020"}, "citations": [{"sourceId": "paper"}]}]}}]}],
        "actors": [
            {"id": "iran", "name": "Iran", "kind": "ACTOR_KIND_STATE", "countryCode": "IRN"},
            {"id": "syria", "name": "Syria", "kind": "ACTOR_KIND_STATE", "countryCode": "SYR"},
            {"id": "militia", "name": "A militia", "kind": "ACTOR_KIND_NON_STATE_GROUP"}],
        "relationships": [
            {"id": "backs", "fromId": "iran", "toId": "syria", "type": "backs", "symmetric": true,
                "status": "RELATIONSHIP_STATUS_WEAKENED"},
            {"id": "hosts", "fromId": "syria", "toId": "militia", "type": "hosts"}],
        "events": [{"id": "visit", "title": "A visit", "date": "2020-02/2020-03", "actorIds": ["syria"]}],
        "sources": [{"id": "paper", "title": "The same report", "url": "https://example.org/report"}]
    }"#,
    )
}

/// Returns a moment on a clock.
pub(crate) fn moment(seconds: i64, clock: AsOfClock) -> AsOfMoment {
    AsOfMoment { time: Some(Timestamp { seconds, nanos: 0 }), clock: clock.into() }
}

/// 1 January, 1 March and 1 June 2025.
pub(crate) const JANUARY: i64 = 1_735_689_600;
pub(crate) const MARCH: i64 = 1_740_787_200;
pub(crate) const JUNE: i64 = 1_748_736_000;
/// 2100.
pub(crate) const FAR: i64 = 4_102_444_800;

/// Returns a request for the relationships around a part.
pub(crate) fn around(id: &str, depth: i32) -> ListRelationshipsRequest {
    ListRelationshipsRequest { around: id.into(), depth, ..relationships("") }
}

/// Returns the ids of actors.
pub(crate) fn actor_ids(entries: &[ActorEntry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.actor.as_ref().unwrap().id.as_str()).collect()
}

/// Returns ids and numbers with owned ids.
pub(crate) fn owned(ties: &[(&str, i32)]) -> Vec<(String, i32)> {
    ties.iter().map(|(id, depth)| ((*id).to_owned(), *depth)).collect()
}

/// Returns a request that traces the impact of a target in a brief.
pub(crate) fn trace(brief: &str, target: Target) -> TraceImpactRequest {
    let brief = format!("{PARENT}/briefs/{brief}");
    TraceImpactRequest { brief, target: Some(target), ..TraceImpactRequest::default() }
}

/// Returns the ids of the statements that a filter finds.
pub(crate) async fn found(client: &mut Knowledge, filter: &str) -> Vec<String> {
    statement_ids(client.list_statements(statements(filter)).await.unwrap().get_ref())
}
