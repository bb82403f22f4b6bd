use std::collections::BTreeSet;

use chancery_brief::marking::Scheme;
use chancery_brief::references::references;
use chancery_brief::{Canonical, reading_order};
use chancery_proto::brief::v1::BriefContent;
use chancery_store::ImportDocument;
use chancery_testkit::files;

use crate::fixture::{Fixture, brief_name, canonical, content, content_at, document, person, revision_name};

/// The ids of a table's rows visible to a clearance now.
fn shown(fixture: &Fixture, table: &str, id: &str, rank: i16) -> BTreeSet<String> {
    let seen = format!("from_rank <= {rank} and {rank} < least(until_rank, current_until)");
    fixture.rows(&format!("select {id} from {table} where {seen}")).into_iter().collect()
}

fn ids<T>(parts: &[T], id: impl Fn(&T) -> &String) -> BTreeSet<String> {
    parts.iter().map(|part| id(part).clone()).collect()
}

/// Every row is visible to exactly the clearances whose edition holds the part.
async fn agree(fixture: &Fixture, brief: &str, number: u32) {
    for rank in Scheme::Tlp.ranks() {
        let reader = person(Scheme::Tlp.label(rank));
        let edition = fixture.store.briefs().edition(&reader, &revision_name(brief, number)).await;
        let content = edition.map_or_else(|_| BriefContent::default(), |edition| edition.content().unwrap());
        let rank = i16::from(rank);
        assert_eq!(shown(fixture, "actors", "actor_id", rank), ids(&content.actors, |actor| &actor.id));
        let relationships = ids(&content.relationships, |relationship| &relationship.id);
        assert_eq!(shown(fixture, "relationships", "relationship_id", rank), relationships);
        assert_eq!(shown(fixture, "events", "event_id", rank), ids(&content.events, |event| &event.id));
        assert_eq!(shown(fixture, "sources", "source_id", rank), ids(&content.sources, |source| &source.id));
        let statements = reading_order::statements(&content);
        let expected = ids(&statements, |statement| &statement.id);
        let mut found = shown(fixture, "statements", "statement_id", rank);
        found.retain(|id| !id.is_empty() && !id.starts_with(':'));
        assert_eq!(found, expected);
        let canonical = edition_of(content);
        let expected = canonical
            .iter()
            .flat_map(references)
            .map(|found| format!("{}|{}|{}", found.from_id, found.role, found.to_id));
        let columns = "from_id || '|' || role || '|' || to_id";
        assert_eq!(shown(fixture, "part_references", columns, rank), expected.collect());
    }
}

fn edition_of(content: BriefContent) -> Option<Canonical> {
    (!content.title.is_empty()).then(|| Canonical::of_trusted(content, Scheme::Tlp).unwrap())
}

#[tokio::test]
async fn projections_show_each_clearance_exactly_its_edition() {
    let fixture = Fixture::new().await;
    fixture.published("b1", content("One")).await;
    agree(&fixture, "b1", 1).await;
    let rows = fixture
        .rows("select statement_id, from_rank, until_rank from statements where place > 1 order by position");
    assert_eq!(rows, ["open|0|16", "held|2|16", "secret|4|16"]);
    assert_eq!(fixture.rows("select source_id, from_rank from sources"), ["informant|4"]);
    let references = fixture.rows("select from_id, role, to_id, from_rank from part_references");
    assert_eq!(references, ["secret|citations|informant|4"]);
}

#[tokio::test]
async fn a_newer_revision_supersedes_the_older_one_for_those_who_see_it() {
    let fixture = Fixture::new().await;
    fixture.published("b1", content("One")).await;
    let closed = document(2, content_at("Two", "TLP:AMBER"));
    fixture.store.briefs().import(&person("TLP:RED"), &brief_name("b1"), &[closed]).await.unwrap();
    let rows = fixture.rows("select revision, current_until from revisions order by 1");
    assert_eq!(rows, ["1|2", "2|16"]);
    let rows = fixture.rows(
        "select revision, statement_id, from_rank, until_rank from search_entries where place > 1 order by 1, position",
    );
    assert_eq!(rows, ["1|open|0|2", "2|line|2|16"]);
    fixture
        .store
        .briefs()
        .import(&person("TLP:RED"), &brief_name("b1"), &[document(3, content("Three"))])
        .await
        .unwrap();
    let rows = fixture.rows("select revision, current_until from revisions order by 1");
    assert_eq!(rows, ["1|0", "2|0", "3|16"]);
    let before = fixture.rows("select * from editions order by 1, 2, 3");
    fixture.rows("select settle_current(brief_key) from briefs");
    assert_eq!(fixture.rows("select * from editions order by 1, 2, 3"), before);
}

#[tokio::test]
async fn projections_of_the_sample_briefs_agree_with_their_editions() {
    let fixture = Fixture::new().await;
    for folder in ["russia-iran", "amber"] {
        let sample = files::revision(folder, 1);
        let given = document(1, sample.content.unwrap());
        fixture.rows("truncate briefs cascade");
        let name = brief_name(&sample.brief_id);
        fixture.store.briefs().import(&person("TLP:RED"), &name, &[given]).await.unwrap();
        agree(&fixture, &sample.brief_id, 1).await;
        assert_ne!(fixture.rows("select count(*) from statements"), ["0"]);
    }
}

#[tokio::test]
async fn any_text_is_projected_as_one_item_of_a_list() {
    let fixture = Fixture::new().await;
    let items =
        ["", "a\u{1f}b", "a, b", "a \"quoted\" word", "{a,b}", "[\"a\"]", "a\\b", "NULL", "\u{e9}\u{1f310}"];
    let mut content = canonical(&content("One")).into_content();
    content.tags = items.map(str::to_owned).into();
    // Not validated, because no brief may contain an empty item or a control character.
    let content = Canonical::of_trusted(content, Scheme::Tlp).unwrap();
    let document = ImportDocument { content, ..document(1, self::content("One")) };
    fixture.store.briefs().import(&person("TLP:RED"), &brief_name("b1"), &[document]).await.unwrap();
    let [row] = &*fixture.rows("select to_json(topics) from statements where statement_id = ''") else {
        panic!("the title has one row");
    };
    assert_eq!(serde_json::from_str::<Vec<String>>(row).unwrap(), items);
    let empty = fixture
        .rows("select actor_ids, place_ids, source_ids, topics from statements where statement_id = 'open'");
    assert_eq!(empty, ["{}|{}|{}|{}"]);
}
