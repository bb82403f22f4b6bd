//! The observations across clearances that docs/GUARANTEES.md lists: each is shown here to be possible.

use chancery_proto::admin::v1::Role;
use chancery_proto::brief::v1::{
    AttachmentHeader, BriefContent, CreateBriefRequest, DeleteBriefRequest, GetBriefDraftRequest,
    GetBriefRequest, ListBriefRevisionsRequest, ListBriefsRequest, WithdrawBriefRevisionRequest,
};
use chancery_proto::errors::v1::Reason;
use chancery_testkit::imports::{document, import};
use chancery_testkit::status_refusals::refused;
use tonic::{Code, Status};

use crate::attachments;
use crate::scene::{Briefs, Scene, content};

const AUTHOR: [Role; 2] = [Role::Reader, Role::Author];
const PARENT: &str = "workspaces/default";

/// Returns an author with the lowest clearance.
async fn low(scene: &Scene) -> Briefs {
    scene.briefs(&scene.token("default", &AUTHOR, "TLP:CLEAR").await)
}

/// Builds content without any part for the lowest clearance.
fn hidden() -> BriefContent {
    let mut hidden = content("Hidden");
    hidden.default_marking = "TLP:RED".into();
    hidden.sections.clear();
    hidden
}

/// Builds content at the lowest marking.
fn open() -> BriefContent {
    let mut open = content("Open");
    if let Some(chancery_proto::brief::v1::block::Kind::Paragraph(paragraph)) =
        &mut open.sections[0].blocks[0].kind
    {
        paragraph.statements.truncate(1);
    }
    open
}

#[tokio::test]
async fn gaps_in_ids_and_revision_numbers_are_observable() {
    let scene = Scene::new().await;
    for brief in ["report-1", "report-3"] {
        scene.published(brief, open()).await;
    }
    scene.published("report-2", hidden()).await;
    let again = BriefContent { subtitle: "Again".into(), ..open() };
    let documents = vec![document("report-1", 2, hidden()), document("report-1", 3, again)];
    scene.briefs(&scene.admin).import_brief(import(documents)).await.unwrap();
    let mut low = low(&scene).await;
    let request = ListBriefsRequest { parent: PARENT.into(), ..ListBriefsRequest::default() };
    let listed = low.list_briefs(request).await.unwrap().into_inner().briefs;
    let ids: Vec<&str> = listed.iter().map(|brief| brief.name.rsplit('/').next().unwrap()).collect();
    assert_eq!(ids, ["report-1", "report-3"]);
    let parent = format!("{PARENT}/briefs/report-1");
    let request = ListBriefRevisionsRequest { parent, ..ListBriefRevisionsRequest::default() };
    let revisions = low.list_brief_revisions(request).await.unwrap().into_inner().revisions;
    let names: Vec<&str> = revisions.iter().map(|one| one.name.rsplit('/').next().unwrap()).collect();
    assert_eq!(names, ["3", "1"]);
    assert!(revisions.iter().all(|revision| revision.publish_time.is_some()));
}

#[tokio::test]
async fn an_author_can_observe_that_an_id_is_taken() {
    let scene = Scene::new().await;
    scene.published("hidden", hidden()).await;
    let mut low = low(&scene).await;
    let create = |id: &str| CreateBriefRequest {
        parent: PARENT.into(),
        brief_id: id.into(),
        content: Some(open()),
        ..CreateBriefRequest::default()
    };
    refused(low.create_brief(create("hidden")).await, Code::PermissionDenied, Reason::PermissionDenied);
    low.create_brief(create("free")).await.unwrap();
}

#[tokio::test]
async fn an_author_can_observe_that_a_draft_has_parts_above_their_clearance() {
    let scene = Scene::new().await;
    scene.published("mixed", content("Mixed")).await;
    scene.published("open", open()).await;
    let mut low = low(&scene).await;
    let draft = |id: &str| GetBriefDraftRequest { name: format!("{PARENT}/briefs/{id}/draft") };
    refused(low.get_brief_draft(draft("mixed")).await, Code::PermissionDenied, Reason::ClearanceTooLow);
    low.get_brief_draft(draft("open")).await.unwrap();
}

#[tokio::test]
async fn an_author_can_observe_that_an_image_they_have_is_stored_above_their_clearance() {
    let scene = Scene::new().await;
    let low = low(&scene).await;
    upload(
        &scene.briefs(&scene.admin),
        "TLP:RED",
        b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
    )
    .await
    .unwrap();
    let taken =
        upload(&low, "TLP:CLEAR", b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>").await;
    refused(taken, Code::PermissionDenied, Reason::PermissionDenied);
    upload(&low, "TLP:CLEAR", b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9' />")
        .await
        .unwrap();
}

#[tokio::test]
async fn a_publisher_can_observe_that_a_brief_has_parts_above_their_clearance() {
    let scene = Scene::new().await;
    scene.published("mixed", content("Mixed")).await;
    scene.published("open", open()).await;
    let token = scene.token("default", &[Role::Reader, Role::Publisher], "TLP:CLEAR").await;
    let mut low = scene.briefs(&token);
    let withdraw = |id: &str| WithdrawBriefRevisionRequest {
        name: format!("{PARENT}/briefs/{id}/revisions/1"),
        reason: "A mistake".into(),
        ..WithdrawBriefRevisionRequest::default()
    };
    let answer = low.withdraw_brief_revision(withdraw("mixed")).await;
    refused(answer, Code::PermissionDenied, Reason::ClearanceTooLow);
    let delete = |id: &str, etag: &str| DeleteBriefRequest {
        name: format!("{PARENT}/briefs/{id}"),
        etag: etag.into(),
        ..DeleteBriefRequest::default()
    };
    refused(low.delete_brief(delete("mixed", "")).await, Code::PermissionDenied, Reason::ClearanceTooLow);
    // A stale etag does not reveal it: it gets the same error.
    for id in ["mixed", "open"] {
        refused(low.delete_brief(delete(id, "stale")).await, Code::Aborted, Reason::StaleEtag);
    }
    low.withdraw_brief_revision(withdraw("open")).await.unwrap();
    low.delete_brief(delete("open", "")).await.unwrap();
}

#[tokio::test]
async fn authors_can_observe_the_newest_revision_number_and_readers_the_creation_time() {
    let scene = Scene::new().await;
    let mut admin = scene.briefs(&scene.admin);
    admin.import_brief(import(vec![document("b1", 1, hidden())])).await.unwrap();
    admin.import_brief(import(vec![document("b1", 2, open())])).await.unwrap();
    let roles = [Role::Reader, Role::Author, Role::Publisher];
    let mut low = scene.briefs(&scene.token("default", &roles, "TLP:CLEAR").await);
    let draft = GetBriefDraftRequest { name: format!("{PARENT}/briefs/b1/draft") };
    assert_eq!(low.get_brief_draft(draft).await.unwrap().into_inner().base_revision, 2);
    let gap = low.import_brief(import(vec![document("b1", 4, open())])).await;
    let refusal = refused(gap, Code::FailedPrecondition, Reason::RevisionGap);
    assert!(refusal.message().contains("revision 3"), "{refusal}");
    let get = GetBriefRequest { name: format!("{PARENT}/briefs/b1"), ..GetBriefRequest::default() };
    assert!(low.get_brief(get).await.unwrap().into_inner().create_time.is_some());
}

async fn upload(briefs: &Briefs, marking: &str, bytes: &[u8]) -> Result<(), Status> {
    let header = AttachmentHeader {
        parent: PARENT.into(),
        media_type: "image/svg+xml".into(),
        marking: marking.into(),
        ..AttachmentHeader::default()
    };
    attachments::upload(briefs, header, bytes).await.map(drop)
}
