use chancery_brief::digest::{body_bytes, body_digest};
use chancery_proto::brief::v1::{Brief, BriefContent};
use chancery_store::{BriefListQuery, ListedBrief, Principal, StoreError};
use prost::Message as _;

use crate::fixture::{Fixture, brief_name, content, content_at, document, person, revision_name};

fn statements(content: &BriefContent) -> Vec<String> {
    let blocks = content.sections.iter().flat_map(|section| &section.blocks);
    let paragraphs = blocks.filter_map(|block| match &block.kind {
        Some(chancery_proto::brief::v1::block::Kind::Paragraph(paragraph)) => Some(paragraph),
        _ => None,
    });
    paragraphs.flat_map(|paragraph| &paragraph.statements).map(|statement| statement.id.clone()).collect()
}

#[tokio::test]
async fn each_clearance_reads_its_own_edition() {
    let fixture = Fixture::new().await;
    fixture.published("b1", content("One")).await;
    let read = async |clearance: &str| {
        let brief = fixture.read(&person(clearance), "b1").await;
        let content = brief.content.unwrap();
        assert_eq!(body_digest(&body_bytes("b1", 1, &content)).to_string(), brief.edition_digest);
        (statements(&content), content)
    };
    let (seen, clear) = read("TLP:CLEAR").await;
    assert_eq!(seen, ["open"]);
    assert_eq!((clear.marking.as_str(), clear.sources.len()), ("TLP:CLEAR", 0));
    assert_eq!(read("TLP:GREEN").await.0, ["open"]);
    let (seen, amber) = read("TLP:AMBER+STRICT").await;
    assert_eq!(seen, ["open", "held"]);
    assert_eq!((amber.marking.as_str(), amber.sources.len()), ("TLP:AMBER", 0));
    let (seen, whole) = read("TLP:RED").await;
    assert_eq!(seen, ["open", "held", "secret"]);
    assert_eq!((whole.marking.as_str(), whole.sources.len()), ("TLP:RED", 1));
}

#[tokio::test]
async fn an_invisible_newer_revision_changes_nothing_for_the_caller() {
    let fixture = Fixture::new().await;
    let (admin, green, brief) = (person("TLP:RED"), person("TLP:GREEN"), brief_name("b1"));
    fixture.published("b1", content("One")).await;
    let before = fixture.store.briefs().newest_edition(&green, &brief).await.unwrap();
    let closed = document(2, content_at("Two", "TLP:RED"));
    fixture.store.briefs().import(&admin, &brief, &[closed]).await.unwrap();

    assert_eq!(fixture.store.briefs().newest_edition(&green, &brief).await.unwrap(), before);
    assert_eq!(fixture.read(&admin, "b1").await.newest_revision, 2);
    let hidden = fixture.store.briefs().edition(&green, &revision_name("b1", 2)).await.unwrap_err();
    assert!(matches!(hidden, StoreError::NotFound(_)), "{hidden}");
    let listed = fixture.store.briefs().list_revisions(&green, &brief, None, 10).await.unwrap();
    assert_eq!(listed.iter().map(|revision| revision.revision).collect::<Vec<_>>(), [1]);
    assert_eq!(fixture.store.briefs().editions(&green, &brief, usize::MAX).await.unwrap().len(), 1);
    assert_eq!(fixture.store.briefs().editions(&admin, &brief, usize::MAX).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_brief_above_the_callers_clearance_does_not_exist_for_them() {
    let fixture = Fixture::new().await;
    fixture.published("hidden", content_at("Hidden", "TLP:RED")).await;
    fixture.published("open", content("Open")).await;
    let (amber, brief) = (person("TLP:AMBER"), brief_name("hidden"));
    for missing in [
        fixture.store.briefs().newest_edition(&amber, &brief).await.unwrap_err(),
        fixture.store.briefs().edition(&amber, &revision_name("hidden", 1)).await.unwrap_err(),
        fixture.store.briefs().editions(&amber, &brief, usize::MAX).await.unwrap_err(),
        fixture.store.briefs().list_revisions(&amber, &brief, None, 10).await.unwrap_err(),
        fixture.store.briefs().newest_edition(&amber, &brief_name("never-made")).await.unwrap_err(),
    ] {
        assert!(matches!(missing, StoreError::NotFound(_)), "{missing}");
    }
    assert_eq!(listed(&fixture, &amber, None, 10).await.0, ["workspaces/default/briefs/open"]);
}

#[tokio::test]
async fn lists_go_on_after_the_last_item_of_a_page() {
    let fixture = Fixture::new().await;
    for id in ["b3", "b1", "b2"] {
        fixture.published(id, content(id)).await;
    }
    let (first, last) = listed(&fixture, &person("TLP:RED"), None, 2).await;
    assert_eq!(first, ["workspaces/default/briefs/b1", "workspaces/default/briefs/b2"]);
    let (second, _) = listed(&fixture, &person("TLP:RED"), last.as_deref(), 2).await;
    assert_eq!(second, ["workspaces/default/briefs/b3"]);
}

/// Names of a page, and the page key of its last brief.
async fn listed(
    fixture: &Fixture,
    principal: &Principal,
    after: Option<&str>,
    limit: i64,
) -> (Vec<String>, Option<String>) {
    let workspace = "default".parse().unwrap();
    let query =
        BriefListQuery { workspace: &workspace, filter: "", order_by: "", show_deleted: false, after, limit };
    let found = fixture.store.briefs().list(principal, &query).await.unwrap();
    let name = |brief: &ListedBrief| Brief::decode(brief.envelope.as_slice()).unwrap().name;
    (found.iter().map(name).collect(), found.last().map(|brief| brief.page_key.clone()))
}

#[tokio::test]
async fn an_export_over_the_limit_is_refused_before_it_is_read() {
    let fixture = Fixture::new().await;
    fixture.published("b1", content("One")).await;
    let refused =
        fixture.store.briefs().editions(&person("TLP:RED"), &brief_name("b1"), 10).await.unwrap_err();
    assert!(matches!(refused, StoreError::LimitExceeded(_)), "{refused}");
}
