//! `ListActors` and `GetActor`: one entry for an actor of several briefs.

use chancery_proto::brief::v1::{AsOfClock, GetActorRequest, ListActorsRequest};
use chancery_proto::errors::v1::Reason;
use chancery_testkit::status_refusals::{refused, refused_at};
use tonic::Code;

use crate::knowledge::scene::{MARCH, PARENT, actor_ids, actors, moment};
use crate::scene::Scene;

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
