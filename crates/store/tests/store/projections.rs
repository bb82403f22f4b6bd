use std::collections::BTreeSet;

use chancery_brief::marking::Scheme;
use chancery_proto::brief::v1::{BriefContent, RevisionDocument};

use crate::place::{Place, brief_name, content, document, person, revision_name};

/// The ids that rows of a table show to a clearance.
fn shown(place: &Place, table: &str, id: &str, rank: i16) -> BTreeSet<String> {
    place.rows(&format!("select {id} from {table} where visible_from <= {rank}")).into_iter().collect()
}

fn ids<'a, T: 'a>(parts: &'a [T], id: impl Fn(&'a T) -> &'a String) -> BTreeSet<String> {
    parts.iter().map(|part| id(part).clone()).collect()
}

/// Every row is there for exactly the clearances whose edition holds the part.
async fn agree(place: &Place, brief: &str, number: u32) {
    for rank in Scheme::Tlp.ranks() {
        let reader = person(Scheme::Tlp.label(rank));
        let edition = place.store.edition(&reader, &revision_name(brief, number)).await;
        let content = edition.map_or_else(|_| BriefContent::default(), |edition| edition.content().unwrap());
        let rank = i16::from(rank);
        assert_eq!(shown(place, "actors", "actor_id", rank), ids(&content.actors, |actor| &actor.id));
        let relationships = ids(&content.relationships, |relationship| &relationship.id);
        assert_eq!(shown(place, "relationships", "relationship_id", rank), relationships);
        assert_eq!(shown(place, "events", "event_id", rank), ids(&content.events, |event| &event.id));
        assert_eq!(shown(place, "sources", "source_id", rank), ids(&content.sources, |source| &source.id));
        let text = chancery_proto::json::to_string_pretty(&content);
        let statements = shown(place, "statements", "statement_id", rank);
        assert!(statements.iter().all(|id| text.contains(&format!("\"id\": \"{id}\""))), "{statements:?}");
        let cited: usize = shown(place, "part_references", "from_id || role || to_id", rank).len();
        assert!(cited == 0 || !statements.is_empty());
    }
}

#[tokio::test]
async fn projections_show_each_clearance_what_its_edition_holds() {
    let place = Place::new().await;
    place.published("b1", content("One")).await;
    agree(&place, "b1", 1).await;
    let rows = place.rows("select statement_id, visible_from from statements order by position");
    assert_eq!(rows, ["open|0", "held|2", "secret|4"]);
    assert_eq!(place.rows("select source_id, visible_from from sources"), ["informant|4"]);
    let references = place.rows("select from_id, role, to_id, visible_from from part_references");
    assert_eq!(references, ["secret|citations|informant|4"]);
}

#[tokio::test]
async fn projections_of_the_sample_briefs_agree_with_their_editions() {
    let place = Place::new().await;
    for text in [
        include_str!("../../../../examples/russia-iran/revision-1.json"),
        include_str!("../../../../examples/amber/revision-1.json"),
    ] {
        let sample: RevisionDocument = chancery_proto::json::from_str(text).unwrap();
        let given = document(1, sample.content.unwrap());
        place.rows("truncate briefs cascade");
        let name = brief_name(&sample.brief_id);
        place.store.import(&person("TLP:RED"), &name, &[given]).await.unwrap();
        agree(&place, &sample.brief_id, 1).await;
        assert_ne!(place.rows("select count(*) from statements"), ["0"]);
    }
}
