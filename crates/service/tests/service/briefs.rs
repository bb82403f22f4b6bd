use chancery_proto::brief::v1::{
    BriefDraft, BriefRevision, BriefState, CreateBriefRequest, ExportBriefRequest, ExportFormat,
    GetBriefDraftRequest, GetBriefRequest, GetBriefRevisionRequest, ListBriefRevisionsRequest,
    ListBriefsRequest, PublishBriefRequest, RevisionDocument, UpdateBriefDraftRequest,
};
use chancery_proto::errors::v1::Reason;
use chancery_testkit::imports::{document, import};
use chancery_testkit::status_refusals::{refused, refused_at};
use prost_types::Timestamp;
use tonic::Code;
use tonic_types::StatusExt;

use crate::scene::{Scene, content, shown};

const BRIEF: &str = "workspaces/default/briefs/b1";

fn get(name: &str) -> GetBriefRequest {
    GetBriefRequest { name: name.into(), if_none_match: String::new(), ..GetBriefRequest::default() }
}

#[tokio::test]
async fn a_brief_goes_from_draft_to_revisions() {
    let scene = Scene::new().await;
    let mut admin = scene.briefs(&scene.admin);
    let parent = "workspaces/default".to_owned();
    let request = CreateBriefRequest {
        parent,
        brief_id: "b1".into(),
        content: Some(content("One")),
        ..CreateBriefRequest::default()
    };
    let made = admin.create_brief(request.clone()).await.unwrap().into_inner();
    assert_eq!((made.name.as_str(), made.state()), (BRIEF, BriefState::Draft));
    refused(admin.create_brief(request).await, Code::AlreadyExists, Reason::AlreadyExists);
    refused(admin.get_brief(get(BRIEF)).await, Code::NotFound, Reason::NotPublished);

    let name = format!("{BRIEF}/draft");
    let draft =
        admin.get_brief_draft(GetBriefDraftRequest { name: name.clone() }).await.unwrap().into_inner();
    let publish = PublishBriefRequest {
        name: BRIEF.into(),
        etag: draft.etag.clone(),
        ..PublishBriefRequest::default()
    };
    let first = admin.publish_brief(publish.clone()).await.unwrap().into_inner();
    assert_eq!((first.number, first.title.as_str(), first.marking.as_str()), (1, "One", "TLP:RED"));
    let again = admin.publish_brief(publish).await.unwrap().into_inner();
    assert!(again.cursor != first.cursor, "cursors do not even reveal that nothing changed");
    assert!(!first.cursor.is_empty());
    assert_eq!(BriefRevision { cursor: first.cursor.clone(), ..again }, first);

    let edited =
        BriefDraft { name, etag: draft.etag, content: Some(content("Two")), ..BriefDraft::default() };
    let update = UpdateBriefDraftRequest { draft: Some(edited), ..UpdateBriefDraftRequest::default() };
    let written = admin.update_brief_draft(update.clone()).await.unwrap().into_inner();
    assert_eq!(written.base_revision, 1);
    refused(admin.update_brief_draft(update).await, Code::Aborted, Reason::StaleEtag);
    let publish =
        PublishBriefRequest { name: BRIEF.into(), etag: written.etag, ..PublishBriefRequest::default() };
    assert_eq!(admin.publish_brief(publish).await.unwrap().into_inner().number, 2);
}

#[tokio::test]
async fn each_caller_reads_their_own_edition_everywhere() {
    let scene = Scene::new().await;
    scene.published("b1", content("One")).await;
    let (mut clear, mut red) = (scene.reader("TLP:CLEAR").await, scene.reader("TLP:RED").await);
    let low = clear.get_brief(get(BRIEF)).await.unwrap().into_inner();
    let high = red.get_brief(get(BRIEF)).await.unwrap().into_inner();
    assert_eq!(shown(low.content.as_ref().unwrap()), ["open"]);
    assert_eq!(shown(high.content.as_ref().unwrap()), ["open", "secret"]);
    assert_ne!((&low.etag, &low.edition_digest), (&high.etag, &high.edition_digest));

    let name = format!("{BRIEF}/revisions/1");
    let revision = clear
        .get_brief_revision(GetBriefRevisionRequest { name, ..GetBriefRevisionRequest::default() })
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (revision.edition_digest, revision.content),
        (low.edition_digest.clone(), low.content.clone())
    );

    let export = ExportBriefRequest {
        name: BRIEF.into(),
        format: ExportFormat::Json.into(),
        ..ExportBriefRequest::default()
    };
    let exported = clear.export_brief(export).await.unwrap().into_inner();
    assert!(exported.documents.is_empty() && !exported.json_documents[0].contains("secret"));
    let document: RevisionDocument = chancery_proto::json::from_str(&exported.json_documents[0]).unwrap();
    assert_eq!((document.digest, document.content), (low.edition_digest, low.content));

    let list = ListBriefsRequest { parent: "workspaces/default".into(), ..ListBriefsRequest::default() };
    let listed = clear.list_briefs(list).await.unwrap().into_inner().briefs;
    assert_eq!(listed[0].content.as_ref().unwrap().marking, "TLP:CLEAR");
    assert!(listed[0].content.as_ref().unwrap().sections.is_empty());
    let list = ListBriefRevisionsRequest { parent: BRIEF.into(), ..ListBriefRevisionsRequest::default() };
    let listed = clear.list_brief_revisions(list).await.unwrap().into_inner().revisions;
    assert_eq!((listed[0].marking.as_str(), &listed[0].content), ("TLP:CLEAR", &None));
}

#[tokio::test]
async fn a_current_etag_returns_name_and_etag_only() {
    let scene = Scene::new().await;
    scene.published("b1", content("One")).await;
    let mut reader = scene.reader("TLP:CLEAR").await;
    let etag = reader.get_brief(get(BRIEF)).await.unwrap().into_inner().etag;
    let request = GetBriefRequest { if_none_match: etag.clone(), ..get(BRIEF) };
    let unchanged = reader.get_brief(request.clone()).await.unwrap().into_inner();
    assert_eq!((unchanged.etag.as_str(), unchanged.content), (etag.as_str(), None));
    let second = import(vec![document("b1", 2, content("Two"))]);
    scene.briefs(&scene.admin).import_brief(second).await.unwrap();
    assert_eq!(reader.get_brief(request).await.unwrap().into_inner().content.unwrap().title, "Two");
}

#[tokio::test]
async fn import_errors_name_the_field() {
    let scene = Scene::new().await;
    let mut admin = scene.briefs(&scene.admin);
    let mut broken = content("One");
    broken.sections[0].heading.clear();
    let documents = vec![document("b1", 1, content("One")), document("b1", 2, broken)];
    let field = "documents[1].content.sections[0].heading";
    refused_at(admin.import_brief(import(documents)).await, Reason::InvalidContent, field);

    let documents = vec![document("b1", 1, content("One")), document("b2", 2, content("Two"))];
    refused_at(admin.import_brief(import(documents)).await, Reason::InvalidField, "documents[1].brief_id");
    refused_at(admin.import_brief(import(vec![])).await, Reason::InvalidField, "documents");
    let zero = import(vec![document("b1", 0, content("One"))]);
    refused_at(admin.import_brief(zero).await, Reason::InvalidField, "documents[0].revision");
    let publish_time = Some(Timestamp { seconds: 0, nanos: -1 });
    let untimely = RevisionDocument { publish_time, ..document("b1", 1, content("One")) };
    refused_at(
        admin.import_brief(import(vec![untimely])).await,
        Reason::InvalidField,
        "documents[0].publish_time",
    );
    let unlike = RevisionDocument { digest: "0".repeat(64), ..document("b1", 1, content("One")) };
    refused(admin.import_brief(import(vec![unlike])).await, Code::InvalidArgument, Reason::DigestMismatch);
    let gap = import(vec![document("b1", 3, content("One"))]);
    refused(admin.import_brief(gap).await, Code::FailedPrecondition, Reason::RevisionGap);

    let answer =
        admin.import_brief(import(vec![document("b1", 1, content("One"))])).await.unwrap().into_inner();
    assert_eq!((answer.written_revisions, answer.skipped_revisions), (vec![1], vec![]));
    let answer =
        admin.import_brief(import(vec![document("b1", 1, content("One"))])).await.unwrap().into_inner();
    assert_eq!((answer.written_revisions, answer.skipped_revisions), (vec![], vec![1]));
    let other = import(vec![document("b1", 1, content("Other"))]);
    refused(admin.import_brief(other).await, Code::AlreadyExists, Reason::RevisionDiffers);
}

#[tokio::test]
async fn invalid_content_is_reported_by_field() {
    let scene = Scene::new().await;
    scene.published("b1", content("One")).await;
    let mut admin = scene.briefs(&scene.admin);
    let mut broken = content("One");
    broken.title.clear();
    let (parent, brief_id) = ("workspaces/default".to_owned(), "b2".to_owned());
    let create = CreateBriefRequest {
        parent,
        brief_id,
        content: Some(broken.clone()),
        ..CreateBriefRequest::default()
    };
    let status = refused(admin.create_brief(create).await, Code::InvalidArgument, Reason::InvalidContent);
    let violations = status.get_details_bad_request().unwrap().field_violations;
    assert!(violations.iter().any(|violation| violation.field == "content.title"), "{violations:?}");

    let name = format!("{BRIEF}/draft");
    let draft = BriefDraft { name, etag: "0".repeat(32), content: Some(broken), ..BriefDraft::default() };
    let update = UpdateBriefDraftRequest { draft: Some(draft.clone()), ..UpdateBriefDraftRequest::default() };
    refused_at(admin.update_brief_draft(update).await, Reason::InvalidContent, "draft.content.title");
    let no_etag = BriefDraft { etag: String::new(), ..draft };
    let update = UpdateBriefDraftRequest { draft: Some(no_etag), ..UpdateBriefDraftRequest::default() };
    refused_at(admin.update_brief_draft(update).await, Reason::InvalidField, "draft.etag");
}

#[tokio::test]
async fn malformed_names_are_rejected_before_any_lookup() {
    let scene = Scene::new().await;
    let mut admin = scene.briefs(&scene.admin);
    for name in
        ["", "b1", "workspaces/default/briefs/B1", "workspaces/default/briefs/b1/", "workspaces/../briefs/b1"]
    {
        refused_at(admin.get_brief(get(name)).await, Reason::InvalidName, "name");
    }
    let list = ListBriefsRequest { parent: "default".into(), ..ListBriefsRequest::default() };
    refused_at(admin.list_briefs(list).await, Reason::InvalidName, "parent");
    let name = format!("{BRIEF}/revisions/0");
    refused_at(
        admin
            .get_brief_revision(GetBriefRevisionRequest { name, ..GetBriefRevisionRequest::default() })
            .await,
        Reason::InvalidName,
        "name",
    );
    let parent = "workspaces/default".to_owned();
    let create = CreateBriefRequest {
        parent,
        brief_id: "x".into(),
        content: Some(content("One")),
        ..CreateBriefRequest::default()
    };
    refused_at(admin.create_brief(create).await, Reason::InvalidName, "brief_id");
}
