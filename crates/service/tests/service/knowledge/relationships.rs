//! `ListRelationships`: by field, and around a part.

use chancery_proto::brief::v1::ListRelationshipsRequest;

use crate::knowledge::scene::{Knowledge, around, owned, relationships};
use crate::scene::Scene;

async fn ties(client: &mut Knowledge, request: ListRelationshipsRequest) -> (Vec<(String, i32)>, bool) {
    let answer = client.list_relationships(request).await.unwrap().into_inner();
    assert_eq!(answer.next_page_token, "");
    let ties = answer.relationships.into_iter();
    (ties.map(|tie| (tie.relationship.unwrap().id, tie.depth)).collect(), answer.truncated)
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
