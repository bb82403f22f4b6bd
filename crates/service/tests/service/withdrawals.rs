use chancery_proto::admin::v1::Role;
use chancery_proto::brief::v1::{
    BriefRevision, ExportBriefRequest, GetBriefRequest, GetBriefRevisionRequest, ListBriefRevisionsRequest,
    ListBriefsRequest, RevisionState, WithdrawBriefRevisionRequest,
};
use chancery_proto::errors::v1::Reason;
use chancery_testkit::imports::{document, import};
use chancery_testkit::status_refusals::{refused, refused_at};
use tonic::{Code, Status};

use crate::scene::{Briefs, Scene, content, shown};

const BRIEF: &str = "workspaces/default/briefs/b1";

fn withdraw(number: u32) -> WithdrawBriefRevisionRequest {
    WithdrawBriefRevisionRequest {
        name: format!("{BRIEF}/revisions/{number}"),
        reason: "A date was wrong.".into(),
        ..WithdrawBriefRevisionRequest::default()
    }
}

async fn newest(caller: &mut Briefs) -> Result<(u32, String), Status> {
    let request = GetBriefRequest { name: BRIEF.into(), ..GetBriefRequest::default() };
    let brief = caller.get_brief(request).await?.into_inner();
    Ok((brief.newest_revision, brief.content.unwrap().title))
}

async fn revision(caller: &mut Briefs, number: u32) -> Result<BriefRevision, Status> {
    let name = format!("{BRIEF}/revisions/{number}");
    let request = GetBriefRevisionRequest { name, ..GetBriefRevisionRequest::default() };
    Ok(caller.get_brief_revision(request).await?.into_inner())
}

/// Publishes two revisions at the lowest marking, and a third at the highest.
async fn scene() -> Scene {
    let scene = Scene::new().await;
    let mut closed = content("Three");
    closed.default_marking = "TLP:RED".into();
    closed.sections[0].blocks[0].kind = None;
    closed.sections[0].blocks.clear();
    let documents =
        vec![document("b1", 1, content("One")), document("b1", 2, content("Two")), document("b1", 3, closed)];
    scene.briefs(&scene.admin).import_brief(import(documents)).await.unwrap();
    scene
}

#[tokio::test]
async fn a_withdrawn_revision_is_returned_by_its_name_only() {
    let scene = scene().await;
    let mut admin = scene.briefs(&scene.admin);
    let mut reader = scene.reader("TLP:CLEAR").await;
    assert_eq!(newest(&mut reader).await.unwrap(), (2, "Two".into()));
    let withdrawn = admin.withdraw_brief_revision(withdraw(2)).await.unwrap().into_inner();
    assert!(withdrawn.withdraw_time.is_some() && !withdrawn.cursor.is_empty());
    assert_eq!((withdrawn.deliveries.len(), withdrawn.total_deliveries), (0, 0));

    assert_eq!(newest(&mut reader).await.unwrap(), (1, "One".into()));
    assert_eq!(newest(&mut admin).await.unwrap(), (3, "Three".into()));
    let named = revision(&mut reader, 2).await.unwrap();
    assert_eq!(
        (named.state(), named.withdraw_reason.as_str()),
        (RevisionState::Withdrawn, "A date was wrong.")
    );
    assert_eq!(named.withdraw_time, withdrawn.withdraw_time);
    assert_eq!(shown(named.content.as_ref().unwrap()), ["open"]);
    assert_eq!(revision(&mut reader, 1).await.unwrap().state(), RevisionState::Published);

    let list = ListBriefRevisionsRequest { parent: BRIEF.into(), ..ListBriefRevisionsRequest::default() };
    let listed = reader.list_brief_revisions(list).await.unwrap().into_inner().revisions;
    let states: Vec<_> = listed.iter().map(|found| (found.number, found.state())).collect();
    assert_eq!(states, [(2, RevisionState::Withdrawn), (1, RevisionState::Published)]);
    let list = ListBriefsRequest { parent: "workspaces/default".into(), ..ListBriefsRequest::default() };
    let listed = reader.list_briefs(list).await.unwrap().into_inner().briefs;
    assert_eq!(listed[0].newest_revision, 1);

    // A repeated withdrawal has no effect.
    let again = WithdrawBriefRevisionRequest { reason: "Another.".into(), ..withdraw(2) };
    let again = admin.withdraw_brief_revision(again).await.unwrap().into_inner();
    assert_eq!(again.withdraw_time, withdrawn.withdraw_time);
    assert_eq!(revision(&mut reader, 2).await.unwrap().withdraw_reason, "A date was wrong.");
}

#[tokio::test]
async fn all_withdrawn_is_reported_only_to_callers_who_had_an_edition() {
    let scene = scene().await;
    let mut admin = scene.briefs(&scene.admin);
    let mut reader = scene.reader("TLP:CLEAR").await;
    for number in [2, 1] {
        admin.withdraw_brief_revision(withdraw(number)).await.unwrap();
    }
    refused(newest(&mut reader).await, Code::NotFound, Reason::AllWithdrawn);
    assert_eq!(newest(&mut admin).await.unwrap().0, 3);
    admin.withdraw_brief_revision(withdraw(3)).await.unwrap();
    refused(newest(&mut admin).await, Code::NotFound, Reason::AllWithdrawn);
    // A later revision becomes the newest.
    admin.import_brief(import(vec![document("b1", 4, content("Four"))])).await.unwrap();
    assert_eq!(newest(&mut reader).await.unwrap(), (4, "Four".into()));
}

#[tokio::test]
async fn a_withdrawal_is_invisible_without_an_edition() {
    let scene = scene().await;
    let mut reader = scene.reader("TLP:CLEAR").await;
    let before = reader
        .get_brief(GetBriefRequest { name: BRIEF.into(), ..GetBriefRequest::default() })
        .await
        .unwrap()
        .into_inner();
    scene.briefs(&scene.admin).withdraw_brief_revision(withdraw(3)).await.unwrap();
    let after = reader
        .get_brief(GetBriefRequest { name: BRIEF.into(), ..GetBriefRequest::default() })
        .await
        .unwrap()
        .into_inner();
    assert_eq!(before, after);
    refused(revision(&mut reader, 3).await, Code::NotFound, Reason::NotFound);
}

#[tokio::test]
async fn withdrawing_requires_a_publisher_who_sees_all_of_the_revision() {
    let scene = scene().await;
    let author = scene.token("default", &[Role::Author, Role::Reader], "TLP:RED").await;
    let answer = scene.briefs(&author).withdraw_brief_revision(withdraw(1)).await;
    refused(answer, Code::PermissionDenied, Reason::PermissionDenied);
    let mut low = scene.briefs(&scene.token("default", &[Role::Publisher], "TLP:AMBER").await);
    refused(low.withdraw_brief_revision(withdraw(1)).await, Code::PermissionDenied, Reason::ClearanceTooLow);
    refused(low.withdraw_brief_revision(withdraw(3)).await, Code::NotFound, Reason::NotFound);
    refused(low.withdraw_brief_revision(withdraw(4)).await, Code::NotFound, Reason::NotFound);
}

#[tokio::test]
async fn a_withdrawal_requires_a_reason() {
    let scene = scene().await;
    let mut admin = scene.briefs(&scene.admin);
    for reason in ["", " \n", "a\0b", "b\u{202e}a", "\u{2067}a\nb\u{2069}", &"x".repeat(1001)] {
        let request = WithdrawBriefRevisionRequest { reason: reason.into(), ..withdraw(1) };
        refused_at(admin.withdraw_brief_revision(request).await, Reason::InvalidField, "reason");
    }
    let request = WithdrawBriefRevisionRequest { name: BRIEF.into(), ..withdraw(1) };
    refused_at(admin.withdraw_brief_revision(request).await, Reason::InvalidName, "name");
    assert_eq!(revision(&mut admin, 1).await.unwrap().state(), RevisionState::Published);
}

#[tokio::test]
async fn exports_and_imports_preserve_a_withdrawal() {
    let scene = scene().await;
    let mut admin = scene.briefs(&scene.admin);
    admin.withdraw_brief_revision(withdraw(2)).await.unwrap();
    let request = ExportBriefRequest { name: BRIEF.into(), ..ExportBriefRequest::default() };
    let mut documents = admin.export_brief(request).await.unwrap().into_inner().documents;
    assert_eq!(documents[1].withdraw_reason, "A date was wrong.");
    assert!(documents[1].withdraw_time.is_some() && documents[0].withdraw_time.is_none());
    for document in &mut documents {
        document.brief_id = "copy".into();
        document.digest.clear();
    }
    documents.truncate(2);
    admin.import_brief(import(documents.clone())).await.unwrap();
    let name = "workspaces/default/briefs/copy".to_owned();
    let request = GetBriefRevisionRequest { name: format!("{name}/revisions/2"), ..Default::default() };
    let copied = admin.get_brief_revision(request).await.unwrap().into_inner();
    assert_eq!(copied.withdraw_time, documents[1].withdraw_time);
    assert_eq!(
        (copied.state(), copied.withdraw_reason.as_str()),
        (RevisionState::Withdrawn, "A date was wrong.")
    );
    let newest = admin.get_brief(GetBriefRequest { name, ..Default::default() }).await.unwrap().into_inner();
    assert_eq!(newest.newest_revision, 1);

    documents[0].brief_id = "other".into();
    documents[0].withdraw_time = documents[1].withdraw_time;
    let answer = admin.import_brief(import(vec![documents[0].clone()])).await;
    refused_at(answer, Reason::InvalidField, "documents[0].withdraw_reason");
    documents[0].withdraw_time = None;
    documents[0].withdraw_reason = "Because.".into();
    let answer = admin.import_brief(import(vec![documents[0].clone()])).await;
    refused_at(answer, Reason::InvalidField, "documents[0].withdraw_time");
}
