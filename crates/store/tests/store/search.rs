//! Search and actor names beyond the public API.

use chancery_brief::marking::Scheme;
use chancery_proto::brief::v1::{Actor, ActorKind, BriefContent, LocalizedText};
use chancery_store::filter::Filter;
use chancery_store::knowledge::{NamedActor, STATEMENT_FIELDS};
use chancery_store::{Search, StoreError};

use crate::fixture::{Fixture, brief_name, content, document, person};

fn everything() -> Filter {
    Filter::parse("", &STATEMENT_FIELDS, Scheme::Tlp).unwrap()
}

/// The number of statements and titles that a query finds.
async fn found(fixture: &Fixture, clearance: &str, query: &str) -> u32 {
    let (query, filter) = (query.parse().unwrap(), everything());
    let search = Search { query: &query, language: None, filter: &filter, after: None, limit: 10 };
    fixture
        .store
        .search_index()
        .search(&person(clearance), &"default".parse().unwrap(), &search)
        .await
        .unwrap()
        .total
}

#[tokio::test]
async fn withdrawn_and_deleted_briefs_are_not_found_and_the_previous_revision_is() {
    let fixture = Fixture::new().await;
    let mut second = content("Two");
    second.sections[0].heading = "Otherwise".into();
    fixture.published("b1", content("One")).await;
    fixture
        .store
        .briefs()
        .import(&person("TLP:RED"), &brief_name("b1"), &[document(2, second)])
        .await
        .unwrap();
    assert_eq!((found(&fixture, "TLP:RED", "one").await, found(&fixture, "TLP:RED", "two").await), (0, 1));
    fixture.rows(
        "update revisions set withdrawn_at = clock_timestamp(), withdrawn_by = 'x', withdraw_reason = 'x'
        where revision = 2",
    );
    fixture.rows("select settle_current(brief_key) from briefs");
    assert_eq!((found(&fixture, "TLP:RED", "one").await, found(&fixture, "TLP:RED", "two").await), (1, 0));
    assert_eq!(found(&fixture, "TLP:RED", "community").await, 1);
    assert_eq!(found(&fixture, "TLP:GREEN", "community").await, 0);
    fixture.rows(
        "update briefs set deleted_at = clock_timestamp(), deleted_by = 'x', purge_at = clock_timestamp()",
    );
    fixture.rows("select settle_current(brief_key) from briefs");
    assert_eq!(found(&fixture, "TLP:RED", "one OR two OR community").await, 0);
    assert_eq!(fixture.rows("select count(*) from search_entries"), ["0"]);
}

#[tokio::test]
async fn words_of_another_workspace_are_not_found_even_under_the_same_mark() {
    let fixture = Fixture::new().await;
    fixture.published("b1", content("One")).await;
    assert_eq!(found(&fixture, "TLP:RED", "community").await, 1);
    fixture.rows(
        "insert into workspaces (workspace_id, uid, display_name, scheme, policy)
        values ('elsewhere', replace(gen_random_uuid()::text, '-', ''), 'E', 'tlp', 'omit')",
    );
    fixture.rows("update search_entries set workspace_id = 'elsewhere'");
    assert_eq!(found(&fixture, "TLP:RED", "community").await, 0);
}

/// The example brief of DESIGN: two states, and a person with names in four languages.
fn with_actors() -> BriefContent {
    let label = |language: &str, text: &str| LocalizedText { language: language.into(), text: text.into() };
    let actor = |id: &str, name: &str, kind: ActorKind, labels: Vec<LocalizedText>| Actor {
        id: id.into(),
        name: name.into(),
        kind: kind.into(),
        labels,
        ..Actor::default()
    };
    let mut content = content("Names");
    content.actors = vec![
        Actor {
            short_name: "Russia".into(),
            ..actor("russia", "Russian Federation", ActorKind::State, vec![label("ru", "Россия")])
        },
        actor("iran", "Iran", ActorKind::State, vec![label("fa", "ایران"), label("ru", "Иран")]),
        actor(
            "khamenei",
            "Ali Khamenei",
            ActorKind::Person,
            vec![label("ru", "Али Хаменеи"), label("fa", "علی خامنه‌ای"), label("ar", "علي خامنئي")],
        ),
        actor("erdogan", "Recep Tayyip Erdoğan", ActorKind::Person, vec![]),
        Actor { marking: "TLP:RED".into(), ..actor("agent", "Rasputin", ActorKind::Person, vec![]) },
    ];
    content
}

async fn named(fixture: &Fixture, clearance: &str, name: &str) -> Vec<NamedActor> {
    let workspace = "default".parse().unwrap();
    fixture.store.knowledge().actors_named(&person(clearance), &workspace, name, "").await.unwrap()
}

#[tokio::test]
async fn actors_are_found_by_any_name_with_a_letter_wrong() {
    let fixture = Fixture::new().await;
    fixture.published("b1", with_actors()).await;
    for (name, actor, label) in [
        ("Rusia", "russia", "Russia"),
        ("russian federaton", "russia", "Russian Federation"),
        ("РОССИЯ", "russia", "Россия"),
        ("Хаменеи", "khamenei", "Али Хаменеи"),
        ("Хоменеи", "khamenei", "Али Хаменеи"),
        ("خامنه\u{200c}اي", "khamenei", "علی خامنه‌ای"),
        ("خامنهای", "khamenei", "علی خامنه‌ای"),
        ("علي خامنه اي", "khamenei", "علی خامنه‌ای"),
        ("Khameini", "khamenei", "Ali Khamenei"),
        ("ايران", "iran", "ایران"),
        ("erdogan", "erdogan", "Recep Tayyip Erdoğan"),
    ] {
        let found = named(&fixture, "TLP:CLEAR", name).await;
        let first = found.first().unwrap_or_else(|| panic!("{name} finds nobody"));
        assert_eq!((first.entry.actor.id.as_str(), first.matched_label.as_str()), (actor, label), "{name}");
        assert!(found.windows(2).all(|pair| pair[0].similarity_permille >= pair[1].similarity_permille));
    }
    assert_eq!(named(&fixture, "TLP:CLEAR", "iran").await[0].similarity_permille, 1000);
    assert_eq!(named(&fixture, "TLP:CLEAR", "Zimbabwe").await, []);
}

#[tokio::test]
async fn a_withheld_actor_is_not_found_by_its_name() {
    let fixture = Fixture::new().await;
    fixture.published("b1", with_actors()).await;
    assert_eq!(named(&fixture, "TLP:AMBER", "Rasputin").await, []);
    assert_eq!(named(&fixture, "TLP:RED", "Rasputin").await[0].entry.actor.id, "agent");
}

#[tokio::test]
async fn names_are_looked_up_among_those_that_a_filter_lets_through() {
    let fixture = Fixture::new().await;
    fixture.published("b1", with_actors()).await;
    let workspace = "default".parse().unwrap();
    let reader = person("TLP:RED");
    for (filter, found) in [("id != iran", 0), ("kind = ACTOR_KIND_STATE", 1), ("brief = b2", 0)] {
        let named =
            fixture.store.knowledge().actors_named(&reader, &workspace, "iran", filter).await.unwrap();
        assert_eq!(named.iter().filter(|named| named.entry.actor.id == "iran").count(), found, "{filter}");
    }
    let refusal = fixture.store.knowledge().actors_named(&reader, &workspace, "iran", "colour = red").await;
    assert!(matches!(refusal, Err(StoreError::InvalidFilter(_))), "{refusal:?}");
}

#[tokio::test]
async fn texts_without_a_name_are_rejected() {
    let fixture = Fixture::new().await;
    let workspace = "default".parse().unwrap();
    for name in ["", "   ", "%_", "a\0b", &"x".repeat(201)] {
        let refusal = fixture.store.knowledge().actors_named(&person("TLP:RED"), &workspace, name, "").await;
        assert!(matches!(refusal, Err(StoreError::InvalidField { field: "query", .. })), "{name}");
    }
}
