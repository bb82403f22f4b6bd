//! Idempotency of writes to briefs.

use std::collections::BTreeSet;

use chancery_proto::brief::v1::upload_attachment_request::Part;
use chancery_proto::brief::v1::{
    AttachmentHeader, Brief, BriefDraft, BriefRevision, CreateBriefRequest, DeleteBriefRequest,
    GetBriefDraftRequest, ImportBriefRequest, PublishBriefRequest, PurgeBriefRevisionRequest,
    UndeleteBriefRequest, UpdateBriefDraftRequest, UploadAttachmentRequest, WithdrawBriefRevisionRequest,
};
use chancery_proto::errors::v1::Reason;
use chancery_testkit::imports::{document, import};
use chancery_testkit::status_refusals::{refused, refused_at};
use tonic::Code;

use crate::scene::{Briefs, Scene, content};

const BRIEF: &str = "workspaces/default/briefs/b1";

fn create(id: &str, title: &str) -> CreateBriefRequest {
    CreateBriefRequest {
        parent: "workspaces/default".into(),
        brief_id: "b1".into(),
        content: Some(content(title)),
        request_id: id.into(),
    }
}

async fn draft(caller: &mut Briefs) -> BriefDraft {
    let request = GetBriefDraftRequest { name: format!("{BRIEF}/draft") };
    caller.get_brief_draft(request).await.unwrap().into_inner()
}

fn update(id: &str, etag: &str, title: &str) -> UpdateBriefDraftRequest {
    let name = format!("{BRIEF}/draft");
    let draft = BriefDraft { name, etag: etag.into(), content: Some(content(title)), ..Default::default() };
    UpdateBriefDraftRequest { draft: Some(draft), request_id: id.into() }
}

fn publish(id: &str, etag: &str) -> PublishBriefRequest {
    PublishBriefRequest { name: BRIEF.into(), etag: etag.into(), request_id: id.into(), ..Default::default() }
}

#[tokio::test]
async fn a_repeated_write_takes_effect_once_and_returns_the_same_response() {
    let scene = Scene::new().await;
    let mut admin = scene.briefs(&scene.admin);
    let made = admin.create_brief(create("a", "One")).await.unwrap().into_inner();
    let again = admin.create_brief(create("a", "One")).await.unwrap().into_inner();
    assert_eq!(Brief { cursor: made.cursor.clone(), ..again }, made);
    refused_at(admin.create_brief(create("a", "Two")).await, Reason::RequestIdReused, "request_id");
    refused_at(admin.create_brief(create("a b", "One")).await, Reason::InvalidField, "request_id");
    refused(admin.create_brief(create("b", "One")).await, Code::AlreadyExists, Reason::AlreadyExists);
    // A rejected reuse had no effect.
    refused(admin.create_brief(create("b", "One")).await, Code::AlreadyExists, Reason::AlreadyExists);

    // The etag is stale by now; the stored response is returned all the same.
    let etag = draft(&mut admin).await.etag;
    let written = admin.update_brief_draft(update("a", &etag, "Two")).await.unwrap().into_inner();
    let again = admin.update_brief_draft(update("a", &etag, "Two")).await.unwrap().into_inner();
    assert_eq!(BriefDraft { cursor: written.cursor.clone(), ..again }, written);
    assert_eq!(draft(&mut admin).await.etag, written.etag);

    let first = admin.publish_brief(publish("a", &written.etag)).await.unwrap().into_inner();
    admin.update_brief_draft(update("b", &written.etag, "Three")).await.unwrap();
    let again = admin.publish_brief(publish("a", &written.etag)).await.unwrap().into_inner();
    assert_eq!(BriefRevision { cursor: first.cursor.clone(), ..again }, first);

    let documents = vec![document("b1", 2, content("Four"))];
    let request = ImportBriefRequest { request_id: "a".into(), ..import(documents) };
    for _ in 0..2 {
        let imported = admin.import_brief(request.clone()).await.unwrap().into_inner();
        assert_eq!((imported.written_revisions, imported.skipped_revisions.len()), (vec![2], 0));
    }
    let other =
        ImportBriefRequest { request_id: "a".into(), ..import(vec![document("b1", 3, content("5"))]) };
    refused_at(admin.import_brief(other).await, Reason::RequestIdReused, "request_id");
}

#[tokio::test]
async fn repeated_lifecycle_calls_take_effect_once() {
    let scene = Scene::new().await;
    let documents = vec![document("b1", 1, content("One")), document("b1", 2, content("Two"))];
    let mut admin = scene.briefs(&scene.admin);
    admin.import_brief(import(documents)).await.unwrap();

    let delete = DeleteBriefRequest { name: BRIEF.into(), request_id: "a".into(), ..Default::default() };
    let undelete = UndeleteBriefRequest { name: BRIEF.into(), request_id: "a".into() };
    let deleted = admin.delete_brief(delete.clone()).await.unwrap().into_inner();
    admin.undelete_brief(undelete.clone()).await.unwrap();
    // Both were executed before, in this order: neither is executed again.
    let again = admin.delete_brief(delete).await.unwrap().into_inner();
    assert_eq!(again.delete_time, deleted.delete_time);
    admin.undelete_brief(undelete).await.unwrap();
    assert_eq!(draft(&mut admin).await.base_revision, 2);

    let name = format!("{BRIEF}/revisions/2");
    let withdraw =
        WithdrawBriefRevisionRequest { name: name.clone(), reason: "Wrong.".into(), request_id: "a".into() };
    let withdrawn = admin.withdraw_brief_revision(withdraw.clone()).await.unwrap().into_inner();
    let purge = PurgeBriefRevisionRequest { name, reason: "Wrong.".into(), request_id: "a".into() };
    let purged = admin.purge_brief_revision(purge.clone()).await.unwrap().into_inner();
    // A new withdrawal of a purged revision would be rejected; the repeated one returns its stored response.
    let again = admin.withdraw_brief_revision(withdraw.clone()).await.unwrap().into_inner();
    assert_eq!(again.withdraw_time, withdrawn.withdraw_time);
    let again = admin.purge_brief_revision(purge).await.unwrap().into_inner();
    assert_eq!(again.purge_time, purged.purge_time);
    let other = WithdrawBriefRevisionRequest { reason: "Another.".into(), ..withdraw };
    refused_at(admin.withdraw_brief_revision(other).await, Reason::RequestIdReused, "request_id");
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_publishes_with_one_request_id_return_one_revision() {
    let scene = Scene::new().await;
    let mut admin = scene.briefs(&scene.admin);
    admin.create_brief(create("", "One")).await.unwrap();
    for round in 1..4_u32 {
        let etag = draft(&mut admin).await.etag;
        let title = format!("Round {round}");
        let etag = admin.update_brief_draft(update("", &etag, &title)).await.unwrap().into_inner().etag;
        let calls: Vec<_> = (0..8)
            .map(|_| {
                let (mut admin, etag) = (admin.clone(), etag.clone());
                let id = format!("round-{round}");
                tokio::spawn(async move {
                    admin.publish_brief(publish(&id, &etag)).await.unwrap().into_inner().number
                })
            })
            .collect();
        let mut numbers = BTreeSet::new();
        for call in calls {
            numbers.insert(call.await.unwrap());
        }
        assert_eq!(numbers, BTreeSet::from([round]));
    }
}

#[tokio::test]
async fn a_repeated_upload_must_have_the_same_bytes() {
    const LOGO: &[u8] = br#"<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="5" height="5"/></svg>"#;
    let scene = Scene::new().await;
    let mut admin = scene.briefs(&scene.admin);
    let upload = |id: &str, bytes: &[u8]| {
        let header = AttachmentHeader {
            parent: "workspaces/default".into(),
            media_type: "image/svg+xml".into(),
            request_id: id.into(),
            ..AttachmentHeader::default()
        };
        let parts = [Part::Header(header), Part::Data(bytes.to_vec().into())];
        tokio_stream::iter(parts.map(|part| UploadAttachmentRequest { part: Some(part) }))
    };
    let first = admin.upload_attachment(upload("a", LOGO)).await.unwrap().into_inner();
    assert_eq!(admin.upload_attachment(upload("a", LOGO)).await.unwrap().into_inner(), first);
    let other = String::from_utf8(LOGO.to_vec()).unwrap().replace("\"5\"", "\"6\"");
    let answer = admin.upload_attachment(upload("a", other.as_bytes())).await;
    refused_at(answer, Reason::RequestIdReused, "request_id");
    refused_at(admin.upload_attachment(upload("a b", LOGO)).await, Reason::InvalidField, "request_id");
}
