//! Lists of callers with different clearances.

use chancery_proto::brief::v1::{GetActorRequest, RelationshipPolarity};
use chancery_proto::errors::v1::Reason;
use chancery_testkit::status_refusals::{refused, refused_at};
use tonic::Code;

use crate::knowledge::scene::{PARENT, actor_ids, actors, events, found, relationships, sources};
use crate::scene::Scene;

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
