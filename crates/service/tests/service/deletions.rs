use chancery_proto::admin::v1::Role;
use chancery_proto::brief::v1::{
    Brief, BriefState, CreateBriefRequest, DeleteBriefRequest, DiffBriefRevisionsRequest, ExportBriefRequest,
    GetBriefDraftRequest, GetBriefRequest, GetBriefRevisionRequest, ListBriefRevisionsRequest,
    ListBriefsRequest, UndeleteBriefRequest, WithdrawBriefRevisionRequest,
};
use chancery_proto::errors::v1::Reason;
use chancery_testkit::imports::{document, import};
use chancery_testkit::status_refusals::refused;
use tonic::{Code, Status};

use crate::scene::{Briefs, Scene, content};

const BRIEF: &str = "workspaces/default/briefs/b1";

fn delete() -> DeleteBriefRequest {
    DeleteBriefRequest { name: BRIEF.into(), ..DeleteBriefRequest::default() }
}

fn undelete() -> UndeleteBriefRequest {
    UndeleteBriefRequest { name: BRIEF.into(), ..UndeleteBriefRequest::default() }
}

async fn get(caller: &mut Briefs) -> Result<Brief, Status> {
    let request = GetBriefRequest { name: BRIEF.into(), ..GetBriefRequest::default() };
    Ok(caller.get_brief(request).await?.into_inner())
}

#[tokio::test]
async fn a_deleted_brief_returns_its_envelope_and_undelete_restores_it() {
    let scene = Scene::new().await;
    let documents = vec![document("b1", 1, content("One")), document("b1", 2, content("Two"))];
    let mut admin = scene.briefs(&scene.admin);
    admin.import_brief(import(documents)).await.unwrap();
    let mut reader = scene.reader("TLP:CLEAR").await;
    let before = get(&mut reader).await.unwrap();

    let deleted = admin.delete_brief(delete()).await.unwrap().into_inner();
    assert_eq!((deleted.state(), deleted.content.is_none()), (BriefState::Deleted, true));
    let kept = deleted.purge_time.unwrap().seconds - deleted.delete_time.unwrap().seconds;
    assert_eq!(kept, 30 * 24 * 3600);
    let seen = get(&mut reader).await.unwrap();
    assert_eq!(seen, Brief { cursor: String::new(), ..deleted.clone() });
    assert_ne!(seen.etag, before.etag);

    let revision = GetBriefRevisionRequest { name: format!("{BRIEF}/revisions/1"), ..Default::default() };
    refused(reader.get_brief_revision(revision).await, Code::NotFound, Reason::NotFound);
    let list = ListBriefRevisionsRequest { parent: BRIEF.into(), ..Default::default() };
    refused(reader.list_brief_revisions(list).await, Code::NotFound, Reason::NotFound);
    let export = ExportBriefRequest { name: BRIEF.into(), ..Default::default() };
    refused(reader.export_brief(export).await, Code::NotFound, Reason::NotFound);
    let diff = DiffBriefRevisionsRequest { name: BRIEF.into(), ..Default::default() };
    refused(reader.diff_brief_revisions(diff).await, Code::NotFound, Reason::NotFound);
    let list = ListBriefsRequest { parent: "workspaces/default".into(), ..Default::default() };
    assert!(reader.list_briefs(list.clone()).await.unwrap().into_inner().briefs.is_empty());

    let back = admin.undelete_brief(undelete()).await.unwrap().into_inner();
    assert_eq!((back.state(), back.newest_revision), (BriefState::Published, 2));
    assert_eq!(get(&mut reader).await.unwrap(), before);
    assert_eq!(reader.list_briefs(list).await.unwrap().into_inner().briefs.len(), 1);
    refused(admin.undelete_brief(undelete()).await, Code::AlreadyExists, Reason::NotDeleted);
}

#[tokio::test]
async fn writes_to_a_deleted_brief_are_rejected() {
    let scene = Scene::new().await;
    scene.published("b1", content("One")).await;
    let mut admin = scene.briefs(&scene.admin);
    admin.delete_brief(delete()).await.unwrap();
    let is_deleted = |answer: Result<(), Status>| {
        refused(answer, Code::FailedPrecondition, Reason::BriefDeleted);
    };
    let draft = GetBriefDraftRequest { name: format!("{BRIEF}/draft") };
    is_deleted(admin.get_brief_draft(draft).await.map(drop));
    is_deleted(admin.import_brief(import(vec![document("b1", 2, content("Two"))])).await.map(drop));
    let withdraw = WithdrawBriefRevisionRequest {
        name: format!("{BRIEF}/revisions/1"),
        reason: "Wrong.".into(),
        ..Default::default()
    };
    is_deleted(admin.withdraw_brief_revision(withdraw).await.map(drop));
    refused(admin.delete_brief(delete()).await, Code::NotFound, Reason::NotFound);
    // Its id stays reserved during the undelete window.
    let create = CreateBriefRequest {
        parent: "workspaces/default".into(),
        brief_id: "b1".into(),
        content: Some(content("Mine")),
        ..Default::default()
    };
    refused(admin.create_brief(create).await, Code::AlreadyExists, Reason::AlreadyExists);
}

#[tokio::test]
async fn deleting_requires_a_publisher_who_sees_all_of_the_brief_and_its_etag() {
    let scene = Scene::new().await;
    scene.published("b1", content("One")).await;
    let author = scene.token("default", &[Role::Author, Role::Reader], "TLP:RED").await;
    refused(
        scene.briefs(&author).delete_brief(delete()).await,
        Code::PermissionDenied,
        Reason::PermissionDenied,
    );
    let low = scene.token("default", &[Role::Publisher], "TLP:AMBER").await;
    refused(scene.briefs(&low).delete_brief(delete()).await, Code::PermissionDenied, Reason::ClearanceTooLow);

    let mut admin = scene.briefs(&scene.admin);
    let stale = DeleteBriefRequest { etag: "0".repeat(64), ..delete() };
    refused(admin.delete_brief(stale).await, Code::Aborted, Reason::StaleEtag);
    let etag = get(&mut admin).await.unwrap().etag;
    admin.delete_brief(DeleteBriefRequest { etag, ..delete() }).await.unwrap();
    refused(
        scene.briefs(&low).undelete_brief(undelete()).await,
        Code::PermissionDenied,
        Reason::ClearanceTooLow,
    );
}

#[tokio::test]
async fn a_caller_without_an_edition_cannot_observe_a_deletion() {
    let scene = Scene::new().await;
    let mut closed = content("One");
    closed.default_marking = "TLP:RED".into();
    closed.sections[0].blocks.clear();
    scene.published("b1", closed).await;
    let mut reader = scene.reader("TLP:GREEN").await;
    let mut publisher = scene.briefs(&scene.token("default", &[Role::Publisher], "TLP:GREEN").await);
    let before = refused(get(&mut reader).await, Code::NotFound, Reason::NotFound);
    scene.briefs(&scene.admin).delete_brief(delete()).await.unwrap();
    let after = refused(get(&mut reader).await, Code::NotFound, Reason::NotFound);
    assert_eq!(before.message(), after.message());
    refused(publisher.delete_brief(delete()).await, Code::NotFound, Reason::NotFound);
    refused(publisher.undelete_brief(undelete()).await, Code::NotFound, Reason::NotFound);
}
