//! For any brief, every clearance gets exactly the parts of its edition, and traces lead to nothing else.

use std::collections::BTreeSet;

use chancery_brief::arbitrary::canonical;
use chancery_brief::marking::Scheme;
use chancery_brief::part_texts::part_texts;
use chancery_brief::reading_order;
use chancery_proto::brief::v1::BriefContent;
use chancery_proto::names::ResourceId;
use chancery_store::knowledge::{GraphQuery, ImpactTarget, KnowledgeQuery};
use chancery_store::{Principal, StoreError};
use proptest::prelude::Strategy;
use proptest::test_runner::{Config, TestRunner};

use crate::fixture::{Fixture, brief_name, document, person, revision_name};

fn everything(workspace: &ResourceId) -> KnowledgeQuery<'_> {
    KnowledgeQuery { workspace, filter: "", order_by: "brief", as_of: None, after: None, limit: 1000 }
}

/// The lists, in the order of the edition.
async fn lists_agree(fixture: &Fixture, reader: &Principal, edition: &BriefContent) {
    let workspace = "default".parse().unwrap();
    let query = everything(&workspace);
    let statements = fixture.store.knowledge().list_statements(reader, &query).await.unwrap();
    let expected = reading_order::statements(edition);
    assert_eq!(statements.iter().map(|found| &found.part).collect::<Vec<_>>(), expected);
    let relationships = fixture.store.knowledge().list_relationships(reader, &query).await.unwrap();
    assert!(relationships.iter().map(|found| &found.part).eq(&edition.relationships));
    let events = fixture.store.knowledge().list_events(reader, &query).await.unwrap();
    assert!(events.iter().map(|found| &found.part).eq(&edition.events));
    let sources = fixture.store.knowledge().list_sources(reader, &query).await.unwrap();
    assert!(sources.iter().map(|found| &found.part).eq(&edition.sources));
    for found in &sources {
        let cites = |id: &str| {
            expected.iter().filter(|part| part.citations.iter().any(|one| one.source_id == id)).count()
        };
        assert_eq!(usize::try_from(found.citing_statements).unwrap(), cites(&found.part.id));
    }
    let actors = KnowledgeQuery { order_by: "id", ..query };
    let actors = fixture.store.knowledge().list_actors(reader, &actors).await.unwrap();
    let mut expected = edition.actors.clone();
    expected.sort_by(|left, right| left.id.cmp(&right.id));
    assert!(actors.iter().map(|found| &found.actor).eq(&expected));
    for actor in &edition.actors {
        let around = GraphQuery {
            workspace: &workspace,
            id: &actor.id,
            depth: 1,
            filter: "",
            as_of: None,
            limit: 1000,
        };
        let ties = fixture.store.knowledge().relationship_graph(reader, &around).await.unwrap().edges;
        let ends = edition.relationships.iter().filter(|tie| [&tie.from_id, &tie.to_id].contains(&&actor.id));
        assert!(ties.iter().map(|tie| &tie.relationship).eq(ends));
    }
}

/// From each part of the whole brief, the reader either does not learn that it exists, or reaches only parts of their
/// edition.
async fn traces_agree(fixture: &Fixture, reader: &Principal, whole: &BriefContent, edition: &BriefContent) {
    let texts = part_texts(edition);
    let statements: BTreeSet<&str> =
        reading_order::statements(edition).into_iter().map(|part| part.id.as_str()).collect();
    let sources: BTreeSet<&str> = edition.sources.iter().map(|part| part.id.as_str()).collect();
    let ties: BTreeSet<&str> = edition.relationships.iter().map(|part| part.id.as_str()).collect();
    let every_statement = reading_order::statements(whole);
    let targets = every_statement
        .iter()
        .map(|part| (ImpactTarget::Statement(&part.id), statements.contains(part.id.as_str())));
    let targets = targets.chain(
        whole.sources.iter().map(|part| (ImpactTarget::Source(&part.id), sources.contains(part.id.as_str()))),
    );
    let targets = targets.chain(
        whole
            .relationships
            .iter()
            .map(|part| (ImpactTarget::Relationship(&part.id), ties.contains(part.id.as_str()))),
    );
    for (target, is_seen) in targets {
        match fixture.store.knowledge().trace_impact(reader, &brief_name("b1"), target).await {
            Err(StoreError::NotFound(_)) => assert!(!is_seen, "{target:?}"),
            Err(error) => panic!("{target:?}: {error}"),
            Ok(impact) => {
                assert!(is_seen, "{target:?}");
                for part in impact.parts {
                    assert_eq!(
                        texts.get(&(part.kind, part.id.clone())),
                        Some(&part.text),
                        "{target:?}: {part:?}"
                    );
                    assert!(part.distance > 0 && !part.via_ids.is_empty());
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_clearance_gets_exactly_the_parts_of_its_edition() {
    let fixture = Fixture::new().await;
    let handle = tokio::runtime::Handle::current();
    let briefs = canonical().prop_filter("the workspace's scheme", |brief| brief.scheme() == Scheme::Tlp);
    let agree = async |content: &BriefContent| {
        fixture.rows("truncate briefs cascade");
        let document = document(1, content.clone());
        fixture.store.briefs().import(&person("TLP:RED"), &brief_name("b1"), &[document]).await.unwrap();
        for rank in Scheme::Tlp.ranks() {
            let reader = person(Scheme::Tlp.label(rank));
            let edition = fixture.store.briefs().edition(&reader, &revision_name("b1", 1)).await;
            let edition = edition.map_or_else(|_| BriefContent::default(), |found| found.content().unwrap());
            lists_agree(&fixture, &reader, &edition).await;
            traces_agree(&fixture, &reader, content, &edition).await;
        }
    };
    tokio::task::block_in_place(|| {
        let mut runner =
            TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
        runner
            .run(&briefs, |brief| {
                handle.block_on(agree(brief.content()));
                Ok(())
            })
            .unwrap();
    });
}
