//! Lists by filter, order, view and mask, and batches.

use chancery_proto::brief::v1::{
    BatchGetBriefsRequest, Brief, BriefContent, BriefKind, BriefState, BriefView, DeleteBriefRequest,
    GetBriefRequest, GetBriefRevisionRequest, ListBriefsRequest, Place, PlaceKind,
};
use chancery_proto::errors::v1::Reason;
use chancery_testkit::imports::{document, import};
use chancery_testkit::status_refusals::{refused, refused_at};
use prost_types::FieldMask;
use tonic::{Code, Status};

use crate::scene::{Briefs, Scene, content, shown};

fn list() -> ListBriefsRequest {
    ListBriefsRequest { parent: "workspaces/default".into(), ..ListBriefsRequest::default() }
}

fn filtered(filter: &str) -> ListBriefsRequest {
    ListBriefsRequest { filter: filter.into(), ..list() }
}

fn mask(paths: &[&str]) -> FieldMask {
    FieldMask { paths: paths.iter().map(|path| (*path).to_owned()).collect() }
}

fn name(id: &str) -> String {
    format!("workspaces/default/briefs/{id}")
}

async fn listed(caller: &mut Briefs, request: ListBriefsRequest) -> Result<Vec<Brief>, Status> {
    Ok(caller.list_briefs(request).await?.into_inner().briefs)
}

async fn ids(caller: &mut Briefs, request: ListBriefsRequest) -> String {
    let found = listed(caller, request).await.unwrap();
    let ids: Vec<_> = found.iter().map(|brief| brief.name.rsplit('/').next().unwrap().to_owned()).collect();
    ids.join(" ")
}

fn closed(title: &str) -> BriefContent {
    let mut closed = content(title);
    closed.default_marking = "TLP:RED".into();
    closed.sections[0].blocks.clear();
    closed
}

/// Publishes three briefs at the lowest marking, and one at the highest.
async fn scene() -> Scene {
    let scene = Scene::new().await;
    let region = Place {
        id: "middle-east".into(),
        name: "Middle East".into(),
        kind: PlaceKind::Region.into(),
        ..Place::default()
    };
    let arms = BriefContent {
        kind: BriefKind::Relationship.into(),
        tags: vec!["arms".into(), "trade".into()],
        regions: vec!["middle-east".into()],
        places: vec![region],
        ..content("Zeta")
    };
    let russian = BriefContent { language: "ru".into(), tags: vec!["trade".into()], ..content("Alpha") };
    for (id, content) in [("b1", arms), ("b2", russian), ("b3", content("Mid")), ("hidden", closed("Hidden"))]
    {
        scene.published(id, content).await;
    }
    scene
}

#[tokio::test]
async fn lists_are_filtered_and_ordered_by_each_callers_editions() {
    let scene = scene().await;
    let mut reader = scene.reader("TLP:CLEAR").await;
    let mut admin = scene.briefs(&scene.admin);
    assert_eq!(ids(&mut reader, list()).await, "b1 b2 b3");
    assert_eq!(ids(&mut admin, list()).await, "b1 b2 b3 hidden");
    for (filter, expected) in [
        ("kind = BRIEF_KIND_RELATIONSHIP", "b1"),
        ("language = ru", "b2"),
        ("tags : trade", "b1 b2"),
        ("tags : trade AND NOT regions : middle-east", "b2"),
        ("title : \"ET\"", "b1"),
        ("id = b3 OR id = hidden", "b3"),
        ("publish_time > 2020-01-01 AND create_time > 2020-01-01 AND record_time > 2020-01-01", "b1 b2 b3"),
        ("publish_time < 2020-01-01", ""),
        // The edition's own banner.
        ("marking = TLP:CLEAR", "b1 b2 b3"),
        ("marking > TLP:CLEAR", ""),
    ] {
        assert_eq!(ids(&mut reader, filtered(filter)).await, expected, "{filter}");
    }
    assert_eq!(ids(&mut admin, filtered("marking = TLP:RED")).await, "b1 b2 b3 hidden");
    for (order_by, expected) in [
        ("title", "b2 b3 b1"),
        ("title desc", "b1 b3 b2"),
        ("create_time desc", "b3 b2 b1"),
        ("publish_time, id desc", "b1 b2 b3"),
    ] {
        let request = ListBriefsRequest { order_by: order_by.into(), ..list() };
        assert_eq!(ids(&mut reader, request.clone()).await, expected, "{order_by}");
        // Pages of one brief give the same list.
        let (mut page, mut one_by_one) = (ListBriefsRequest { page_size: 1, ..request }, Vec::new());
        loop {
            let answer = reader.list_briefs(page.clone()).await.unwrap().into_inner();
            one_by_one
                .extend(answer.briefs.iter().map(|brief| brief.name.rsplit('/').next().unwrap().to_owned()));
            page.page_token = answer.next_page_token;
            if page.page_token.is_empty() {
                break;
            }
        }
        assert_eq!(one_by_one.join(" "), expected, "{order_by}");
    }
}

#[tokio::test]
async fn invalid_filters_orders_and_tokens_are_rejected() {
    let scene = scene().await;
    let mut reader = scene.reader("TLP:CLEAR").await;
    for filter in
        ["nothing = 1", "kind = 7", "tags = trade", "publish_time > yesterday", "title", "id = b1 id = b2"]
    {
        refused_at(listed(&mut reader, filtered(filter)).await, Reason::InvalidFilter, "filter");
    }
    let order = ListBriefsRequest { order_by: "marking".into(), ..list() };
    refused_at(listed(&mut reader, order).await, Reason::InvalidOrderBy, "order_by");
    let first = ListBriefsRequest { page_size: 1, ..list() };
    let page_token = reader.list_briefs(first.clone()).await.unwrap().into_inner().next_page_token;
    for other in [
        ListBriefsRequest { filter: "id = b1".into(), page_token: page_token.clone(), ..first.clone() },
        ListBriefsRequest { order_by: "title".into(), page_token: page_token.clone(), ..first.clone() },
        ListBriefsRequest { show_deleted: true, page_token: page_token.clone(), ..first.clone() },
    ] {
        refused_at(listed(&mut reader, other).await, Reason::InvalidPageToken, "page_token");
    }
}

#[tokio::test]
async fn deleted_briefs_are_listed_as_envelopes_for_callers_who_had_an_edition() {
    let scene = scene().await;
    let mut reader = scene.reader("TLP:CLEAR").await;
    let mut admin = scene.briefs(&scene.admin);
    for id in ["b2", "hidden"] {
        admin.delete_brief(DeleteBriefRequest { name: name(id), ..Default::default() }).await.unwrap();
    }
    let all = ListBriefsRequest { show_deleted: true, ..list() };
    assert_eq!(ids(&mut reader, list()).await, "b1 b3");
    assert_eq!(ids(&mut reader, all.clone()).await, "b1 b2 b3");
    assert_eq!(ids(&mut admin, all.clone()).await, "b1 b2 b3 hidden");
    let found = listed(&mut reader, ListBriefsRequest { view: BriefView::Full.into(), ..all.clone() }).await;
    let deleted = &found.unwrap()[1];
    assert_eq!((deleted.state(), &deleted.content), (BriefState::Deleted, &None));
    let got = reader.get_brief(GetBriefRequest { name: name("b2"), ..Default::default() }).await.unwrap();
    assert_eq!(*deleted, got.into_inner());
    // Its content is not searchable.
    let by_tag = ListBriefsRequest { filter: "tags : trade".into(), ..all };
    assert_eq!(ids(&mut reader, by_tag).await, "b1");
}

#[tokio::test]
async fn views_and_masks_return_the_fields_that_they_name() {
    let scene = scene().await;
    let mut reader = scene.reader("TLP:CLEAR").await;
    let full = GetBriefRequest { name: name("b1"), ..GetBriefRequest::default() };
    let whole = reader.get_brief(full.clone()).await.unwrap().into_inner();
    assert_eq!(shown(whole.content.as_ref().unwrap()), ["open"]);

    let basic = GetBriefRequest { view: BriefView::Basic.into(), ..full.clone() };
    let basic = reader.get_brief(basic).await.unwrap().into_inner();
    let in_list = listed(&mut reader, filtered("id = b1")).await.unwrap().remove(0);
    assert_eq!(basic, in_list);
    assert!(basic.content.unwrap().sections.is_empty());
    let request = ListBriefsRequest { view: BriefView::Full.into(), ..filtered("id = b1") };
    assert_eq!(listed(&mut reader, request).await.unwrap(), std::slice::from_ref(&whole));

    let title = GetBriefRequest { read_mask: Some(mask(&["content.title", "uid"])), ..full };
    let title = reader.get_brief(title).await.unwrap().into_inner();
    let content = BriefContent { title: "Zeta".into(), ..BriefContent::default() };
    let expected = Brief {
        name: whole.name.clone(),
        etag: whole.etag.clone(),
        uid: whole.uid.clone(),
        content: Some(content),
        ..Brief::default()
    };
    assert_eq!(title, expected);
    let request =
        ListBriefsRequest { read_mask: Some(mask(&["content.title", "uid"])), ..filtered("id = b1") };
    assert_eq!(listed(&mut reader, request).await.unwrap(), [expected]);

    let revision = GetBriefRevisionRequest {
        name: format!("{}/revisions/1", name("b1")),
        view: BriefView::Basic.into(),
        ..GetBriefRevisionRequest::default()
    };
    let basic = reader.get_brief_revision(revision.clone()).await.unwrap().into_inner();
    assert_eq!((basic.number, basic.content.as_ref().unwrap().sections.len()), (1, 0));
    let masked = GetBriefRevisionRequest { read_mask: Some(mask(&["title"])), ..revision };
    let masked = reader.get_brief_revision(masked).await.unwrap().into_inner();
    assert_eq!((masked.title.as_str(), masked.number, masked.content), ("Zeta", 0, None));
}

#[tokio::test]
async fn masks_with_unknown_paths_are_rejected_by_name() {
    let scene = scene().await;
    let mut reader = scene.reader("TLP:CLEAR").await;
    let many: Vec<&str> = vec!["name"; 65];
    let bad = [&["content.nothing"][..], &["*"], &["content.sections.id"], &["etag.x"], &[""], &many];
    for paths in bad {
        let get = GetBriefRequest { name: name("b1"), read_mask: Some(mask(paths)), ..Default::default() };
        refused_at(reader.get_brief(get).await, Reason::InvalidField, "read_mask");
        let request = ListBriefsRequest { read_mask: Some(mask(paths)), ..list() };
        refused_at(listed(&mut reader, request).await, Reason::InvalidField, "read_mask");
        let batch = BatchGetBriefsRequest { read_mask: Some(mask(paths)), ..batch(&["b1"]) };
        refused_at(reader.batch_get_briefs(batch).await, Reason::InvalidField, "read_mask");
        let revision = GetBriefRevisionRequest {
            name: format!("{}/revisions/1", name("b1")),
            read_mask: Some(mask(paths)),
            ..Default::default()
        };
        refused_at(reader.get_brief_revision(revision).await, Reason::InvalidField, "read_mask");
    }
    let view = ListBriefsRequest { view: 9, ..list() };
    refused_at(listed(&mut reader, view).await, Reason::InvalidField, "view");
}

fn batch(ids: &[&str]) -> BatchGetBriefsRequest {
    BatchGetBriefsRequest {
        parent: "workspaces/default".into(),
        names: ids.iter().map(|id| name(id)).collect(),
        ..BatchGetBriefsRequest::default()
    }
}

#[tokio::test]
async fn a_batch_returns_each_brief_as_get_brief_does_in_request_order() {
    let scene = scene().await;
    let mut reader = scene.reader("TLP:CLEAR").await;
    let answer = reader.batch_get_briefs(batch(&["b3", "b1", "b3"])).await.unwrap().into_inner();
    let mut alone = Vec::new();
    for id in ["b3", "b1", "b3"] {
        let get = GetBriefRequest { name: name(id), ..GetBriefRequest::default() };
        alone.push(reader.get_brief(get).await.unwrap().into_inner());
    }
    assert_eq!((answer.briefs, answer.unreachable.len()), (alone, 0));
    let basic = BatchGetBriefsRequest { view: BriefView::Basic.into(), ..batch(&["b1"]) };
    let basic = reader.batch_get_briefs(basic).await.unwrap().into_inner().briefs;
    assert!(basic[0].content.as_ref().unwrap().sections.is_empty());

    // Invisible and missing briefs are indistinguishable.
    let some = batch(&["b1", "hidden", "never"]);
    refused(reader.batch_get_briefs(some.clone()).await, Code::NotFound, Reason::NotFound);
    let partial = BatchGetBriefsRequest { return_partial_success: true, ..some };
    let answer = reader.batch_get_briefs(partial).await.unwrap().into_inner();
    assert_eq!(answer.briefs.len(), 1);
    assert_eq!(answer.unreachable, [name("hidden"), name("never")]);
}

#[tokio::test]
async fn a_batch_is_bounded_and_limited_to_one_workspace() {
    let scene = scene().await;
    let mut reader = scene.reader("TLP:CLEAR").await;
    let many: Vec<&str> = vec!["b1"; 101];
    let huge: Vec<&str> = vec!["b1"; 5_000];
    for wrong in [&[][..], &many, &huge] {
        refused_at(reader.batch_get_briefs(batch(wrong)).await, Reason::InvalidField, "names");
    }
    let foreign = "workspaces/other/briefs/b1".to_owned();
    let names = vec![name("b1"), foreign];
    let request = BatchGetBriefsRequest { names, return_partial_success: true, ..batch(&[]) };
    refused_at(reader.batch_get_briefs(request).await, Reason::InvalidField, "names[1]");
    let request = BatchGetBriefsRequest { names: vec!["b1".into()], ..batch(&[]) };
    refused_at(reader.batch_get_briefs(request).await, Reason::InvalidName, "names[0]");

    let mut long = content("Long");
    long.change_summary = "x".repeat(1000);
    let paragraph = long.sections[0].blocks[0].clone();
    for number in 0..400 {
        let mut block = paragraph.clone();
        if let Some(chancery_proto::brief::v1::block::Kind::Paragraph(paragraph)) = &mut block.kind {
            paragraph.statements.truncate(1);
            paragraph.statements[0].id = format!("s{number}");
            paragraph.statements[0].text = "A long sentence, again and again. ".repeat(25).trim().into();
        }
        long.sections[0].blocks.push(block);
    }
    scene.briefs(&scene.admin).import_brief(import(vec![document("long", 1, long)])).await.unwrap();
    let heavy: Vec<&str> = vec!["long"; 60];
    let answer = reader.batch_get_briefs(batch(&heavy)).await;
    refused(answer, Code::ResourceExhausted, Reason::LimitExceeded);
    let titles = BatchGetBriefsRequest { read_mask: Some(mask(&["content.title"])), ..batch(&heavy) };
    assert_eq!(reader.batch_get_briefs(titles).await.unwrap().into_inner().briefs.len(), 60);
}
