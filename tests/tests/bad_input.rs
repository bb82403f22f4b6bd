//! Invalid calls: each is refused with its code, its reason and the path of the field, and changes nothing.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use chancery_client::Client;
use chancery_proto::admin::v1::{ApiToken, CreateApiTokenRequest, RevokeApiTokenRequest, Role};
use chancery_proto::brief::v1::{
    BriefContent, CreateBriefRequest, ExportBriefRequest, GetBriefDraftRequest, GetBriefRequest,
    GetBriefRevisionRequest, ListBriefRevisionsRequest, ListBriefsRequest, PublishBriefRequest,
    RevisionDocument, UpdateBriefDraftRequest,
};
use chancery_proto::errors::v1::Reason;
use chancery_proto::render::v1::{
    CreateRenderRequest, DownloadRenderRequest, GetRenderRequest, RenderOptions, WaitRenderRequest,
};
use chancery_testkit::imports::import;
use chancery_testkit::refusals::{refused, refused_at};
use chancery_testkit::status_refusals;
use chancery_testkit::{Stack, WORKSPACE, files};
use chancery_tests::{RUSSIA_IRAN, print, render_of};
use tonic::Code;

use Code::{
    Aborted, AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, OutOfRange, PermissionDenied,
};

const MISSING_RENDER: &str = "workspaces/default/renders/00000000000000000000000000000000";

fn get(name: &str) -> GetBriefRequest {
    GetBriefRequest { name: name.into(), ..Default::default() }
}

fn small(change: impl FnOnce(&mut BriefContent)) -> RevisionDocument {
    let mut documents = files::revisions("amber");
    let mut document = documents.remove(0);
    document.brief_id = "small".into();
    change(document.content.as_mut().unwrap());
    document
}

async fn stack_with_the_brief() -> (Stack, Client) {
    let stack = Stack::without_worker().await;
    stack.import(files::revisions("russia-iran")).await;
    let admin = stack.admin().await;
    (stack, admin)
}

#[tokio::test]
async fn a_text_of_ten_megabytes_is_refused_with_its_path() {
    let (stack, admin) = stack_with_the_brief().await;
    let before = stack.content();
    // One text alone is too long; with 10 MiB and more, the content as a whole is.
    for (bytes, path) in
        [(10_000_000, "documents[0].content.bluf[0].text"), (10 * 1024 * 1024, "documents[0].content")]
    {
        let document = small(|content| content.bluf[0].text = "x".repeat(bytes));
        let answer = admin.import_brief(import(vec![document])).await;
        refused_at(answer, InvalidArgument, Reason::InvalidContent, path);
    }
    assert_eq!(stack.content(), before);
}

#[tokio::test]
async fn every_write_method_refuses_invalid_content_with_its_path() {
    let (stack, admin) = stack_with_the_brief().await;
    let before = stack.content();
    let bad = small(|content| content.title.clear()).content;
    let create = CreateBriefRequest {
        parent: WORKSPACE.into(),
        brief_id: "other".into(),
        content: bad.clone(),
        ..CreateBriefRequest::default()
    };
    let title = "content.title";
    refused_at(admin.create_brief(create).await, InvalidArgument, Reason::InvalidContent, title);
    let draft = GetBriefDraftRequest { name: format!("{RUSSIA_IRAN}/draft") };
    let mut draft = admin.get_brief_draft(draft).await.unwrap();
    draft.content = bad;
    let update = UpdateBriefDraftRequest { draft: Some(draft), ..UpdateBriefDraftRequest::default() };
    let title = "draft.content.title";
    refused_at(admin.update_brief_draft(update).await, InvalidArgument, Reason::InvalidContent, title);
    let documents =
        vec![small(|_| ()), RevisionDocument { revision: 2, ..small(|content| content.title.clear()) }];
    let title = "documents[1].content.title";
    refused_at(admin.import_brief(import(documents)).await, InvalidArgument, Reason::InvalidContent, title);
    assert_eq!(stack.content(), before);
}

#[tokio::test]
async fn an_import_is_all_or_nothing() {
    let (stack, admin) = stack_with_the_brief().await;
    let before = stack.content();
    let mut documents = files::revisions("russia-iran");
    let newest = documents.last().unwrap().clone();
    let send = |documents| admin.import_brief(import(documents));

    // A third revision whose stated digest belongs to another one.
    let stated = RevisionDocument { revision: 3, digest: "0".repeat(64), ..newest.clone() };
    refused(send(vec![stated]).await, InvalidArgument, Reason::DigestMismatch);
    let gap = RevisionDocument { revision: 4, ..newest.clone() };
    refused(send(vec![gap.clone()]).await, FailedPrecondition, Reason::RevisionGap);
    // The third revision is valid; the fifth leaves a gap, so neither is written.
    let third = RevisionDocument { revision: 3, ..newest.clone() };
    let fifth = RevisionDocument { revision: 5, ..newest.clone() };
    refused(send(vec![third, fifth]).await, FailedPrecondition, Reason::RevisionGap);
    documents[0].content.as_mut().unwrap().title.push('!');
    refused(send(documents).await, AlreadyExists, Reason::RevisionDiffers);
    assert_eq!(stack.content(), before);
}

#[tokio::test]
async fn an_import_without_documents_or_with_two_briefs_or_without_a_number_is_refused() {
    let (stack, admin) = stack_with_the_brief().await;
    let before = stack.content();
    let send = |documents| admin.import_brief(import(documents));
    refused(send(vec![]).await, InvalidArgument, Reason::InvalidField);
    let other = RevisionDocument { brief_id: "other".into(), revision: 2, ..small(|_| ()) };
    refused(send(vec![small(|_| ()), other]).await, InvalidArgument, Reason::InvalidField);
    let unnumbered = RevisionDocument { revision: 0, ..small(|_| ()) };
    refused(send(vec![unnumbered]).await, InvalidArgument, Reason::InvalidField);
    let unnamed = RevisionDocument { brief_id: "No Name".into(), ..small(|_| ()) };
    refused(send(vec![unnamed]).await, InvalidArgument, Reason::InvalidName);
    let empty = RevisionDocument { content: None, ..small(|_| ()) };
    refused(send(vec![empty]).await, InvalidArgument, Reason::InvalidField);
    assert_eq!(stack.content(), before);
}

#[tokio::test]
async fn missing_resources_are_not_found() {
    let (stack, admin) = stack_with_the_brief().await;
    let before = stack.content();
    let absent = "workspaces/default/briefs/absent";
    refused(admin.get_brief(get(absent)).await, NotFound, Reason::NotFound);
    let revision = GetBriefRevisionRequest {
        name: format!("{RUSSIA_IRAN}/revisions/3"),
        ..GetBriefRevisionRequest::default()
    };
    refused(admin.get_brief_revision(revision).await, NotFound, Reason::NotFound);
    refused(admin.all_revisions(absent).await, NotFound, Reason::NotFound);
    let export = ExportBriefRequest { name: absent.into(), ..Default::default() };
    refused(admin.export_brief(export).await, NotFound, Reason::NotFound);
    let draft = GetBriefDraftRequest { name: format!("{absent}/draft") };
    refused(admin.get_brief_draft(draft).await, NotFound, Reason::NotFound);
    for source in [absent.to_owned(), format!("{RUSSIA_IRAN}/revisions/3")] {
        refused(admin.create_render(render_of(&source)).await, NotFound, Reason::NotFound);
    }
    let render = GetRenderRequest { name: MISSING_RENDER.into() };
    refused(admin.get_render(render).await, NotFound, Reason::NotFound);
    let token =
        RevokeApiTokenRequest { name: MISSING_RENDER.replace("renders", "apiTokens"), ..Default::default() };
    refused(admin.revoke_api_token(token).await, NotFound, Reason::NotFound);
    assert_eq!(stack.content(), before);
}

#[tokio::test]
async fn a_malformed_name_is_refused_with_the_path_of_its_field() {
    let (stack, admin) = stack_with_the_brief().await;
    let before = stack.content();
    for name in [
        "",
        "russia-iran",
        "workspaces/default/briefs/",
        "workspaces/default/briefs/Russia",
        "workspaces/../x",
    ] {
        let (code, reason) = (InvalidArgument, Reason::InvalidName);
        refused_at(admin.get_brief(get(name)).await, code, reason, "name");
        let request = GetBriefRevisionRequest { name: name.into(), ..GetBriefRevisionRequest::default() };
        refused_at(admin.get_brief_revision(request).await, code, reason, "name");
        let request = ExportBriefRequest { name: name.into(), ..Default::default() };
        refused_at(admin.export_brief(request).await, code, reason, "name");
        refused_at(
            admin.get_brief_draft(GetBriefDraftRequest { name: name.into() }).await,
            code,
            reason,
            "name",
        );
        refused_at(admin.get_render(GetRenderRequest { name: name.into() }).await, code, reason, "name");
        let request = ListBriefRevisionsRequest { parent: name.into(), ..Default::default() };
        refused_at(admin.list_brief_revisions(request).await, code, reason, "parent");
        let request = CreateRenderRequest { source: name.into(), ..render_of(RUSSIA_IRAN) };
        refused_at(admin.create_render(request).await, code, reason, "source");
        let request = CreateRenderRequest { parent: name.into(), ..render_of(RUSSIA_IRAN) };
        refused_at(admin.create_render(request).await, code, reason, "parent");
        let request =
            PublishBriefRequest { name: name.into(), etag: "x".into(), ..PublishBriefRequest::default() };
        refused_at(admin.publish_brief(request).await, code, reason, "name");
    }
    assert_eq!(stack.content(), before);
}

#[tokio::test]
async fn a_stale_etag_is_aborted_and_an_empty_one_is_refused() {
    let (stack, admin) = stack_with_the_brief().await;
    let draft = GetBriefDraftRequest { name: format!("{RUSSIA_IRAN}/draft") };
    let first = admin.get_brief_draft(draft).await.unwrap();
    let mut changed = first.clone();
    changed.content.as_mut().unwrap().subtitle = "Changed".into();
    let update = |draft| {
        admin.update_brief_draft(UpdateBriefDraftRequest {
            draft: Some(draft),
            ..UpdateBriefDraftRequest::default()
        })
    };
    let second = update(changed.clone()).await.unwrap();
    assert_ne!(second.etag, first.etag);

    let before = stack.content();
    refused(update(changed.clone()).await, Aborted, Reason::StaleEtag);
    changed.etag.clear();
    let empty = update(changed).await;
    refused_at(empty, InvalidArgument, Reason::InvalidField, "draft.etag");
    let publish = |etag: &str| {
        admin.publish_brief(PublishBriefRequest {
            name: RUSSIA_IRAN.into(),
            etag: etag.into(),
            ..PublishBriefRequest::default()
        })
    };
    refused(publish(&first.etag).await, Aborted, Reason::StaleEtag);
    refused_at(publish("").await, InvalidArgument, Reason::InvalidField, "etag");
    assert_eq!(stack.content(), before);
    assert_eq!(publish(&second.etag).await.unwrap().number, 3);
}

#[tokio::test]
async fn a_download_outside_the_file_is_refused() {
    let mut stack = Stack::without_worker().await;
    stack.import(files::revisions("amber")).await;
    let admin = stack.admin().await;
    let brief = "workspaces/default/briefs/amber-demo";
    let queued = admin.create_render(render_of(brief)).await.unwrap();
    let mut renders = admin.renders();
    let mut download = async |name: &str, read_offset| {
        let request = DownloadRenderRequest { name: name.into(), read_offset };
        let mut pieces = renders.download_render(request).await?.into_inner();
        while pieces.message().await?.is_some() {}
        Ok(())
    };
    status_refusals::refused(download(&queued.name, 0).await, FailedPrecondition, Reason::RenderNotFinished);
    status_refusals::refused(download(MISSING_RENDER, 0).await, NotFound, Reason::NotFound);
    stack.add_worker();
    let (render, bytes, _) = print(&admin, brief).await;
    let size = i64::try_from(bytes.len()).unwrap();
    status_refusals::refused(download(&render.name, size + 1).await, OutOfRange, Reason::OffsetOutOfRange);
    status_refusals::refused(download(&render.name, i64::MAX).await, OutOfRange, Reason::OffsetOutOfRange);
    status_refusals::refused(download(&render.name, -1).await, InvalidArgument, Reason::InvalidField);
}

#[tokio::test]
async fn page_tokens_page_sizes_times_and_enum_numbers_are_checked() {
    let (stack, admin) = stack_with_the_brief().await;
    let before = stack.content();
    let list = |page_size, token: &str| ListBriefsRequest {
        parent: WORKSPACE.into(),
        page_size,
        page_token: token.into(),
        ..ListBriefsRequest::default()
    };
    let (code, field) = (InvalidArgument, Reason::InvalidField);
    refused(admin.list_briefs(list(0, "nonsense")).await, code, Reason::InvalidPageToken);
    refused_at(admin.list_briefs(list(-1, "")).await, code, field, "page_size");
    let options = RenderOptions { paper: 99, ..Default::default() };
    let request = CreateRenderRequest { options: Some(options), ..render_of(RUSSIA_IRAN) };
    refused_at(admin.create_render(request).await, code, field, "options.paper");
    let request = WaitRenderRequest {
        name: MISSING_RENDER.into(),
        timeout: Some(prost_types::Duration { seconds: -1, nanos: 0 }),
    };
    refused_at(admin.wait_render(request).await, code, field, "timeout");
    let export = ExportBriefRequest { name: RUSSIA_IRAN.into(), format: 99, ..ExportBriefRequest::default() };
    refused_at(admin.export_brief(export).await, code, field, "format");
    let mut document = small(|_| ());
    document.publish_time = Some(prost_types::Timestamp { seconds: i64::MAX, nanos: 0 });
    let path = "documents[0].publish_time";
    refused_at(admin.import_brief(import(vec![document])).await, code, field, path);
    assert_eq!(stack.content(), before);
}

#[tokio::test]
async fn an_existing_or_malformed_id_creates_no_brief() {
    let (stack, admin) = stack_with_the_brief().await;
    let before = stack.content();
    let create = |brief_id: &str| CreateBriefRequest {
        parent: WORKSPACE.into(),
        brief_id: brief_id.into(),
        content: small(|_| ()).content,
        ..CreateBriefRequest::default()
    };
    refused(admin.create_brief(create("russia-iran")).await, AlreadyExists, Reason::AlreadyExists);
    for id in ["", "R", "russia_iran", "-x", &"x".repeat(64)] {
        refused_at(admin.create_brief(create(id)).await, InvalidArgument, Reason::InvalidName, "brief_id");
    }
    let empty = CreateBriefRequest { content: None, ..create("other") };
    refused_at(admin.create_brief(empty).await, InvalidArgument, Reason::InvalidField, "content");
    assert_eq!(stack.content(), before);
}

#[tokio::test]
async fn a_token_cannot_exceed_the_rights_of_its_creator() {
    let stack = Stack::without_worker().await;
    let admin = stack.admin().await;
    let before = stack.content();
    let token = |roles: &[Role], clearance: &str| CreateApiTokenRequest {
        parent: WORKSPACE.into(),
        api_token: Some(ApiToken {
            display_name: "another caller".into(),
            roles: roles.iter().map(|role| i32::from(*role)).collect(),
            clearance: clearance.into(),
            ..Default::default()
        }),
        ..Default::default()
    };
    for (roles, clearance, path) in [
        (&[][..], "TLP:CLEAR", "api_token.roles"),
        (&[Role::Reader], "SECRET", "api_token.clearance"),
        (&[Role::Reader], "", "api_token.clearance"),
    ] {
        let answer = admin.create_api_token(token(roles, clearance)).await;
        refused_at(answer, InvalidArgument, Reason::InvalidField, path);
    }
    let system = CreateApiTokenRequest { parent: "workspaces/system".into(), ..token(&[Role::Operator], "") };
    refused(admin.create_api_token(system).await, PermissionDenied, Reason::PermissionDenied);
    assert_eq!(stack.content(), before);

    let low = stack.caller("low", &[Role::Admin], "TLP:GREEN").await.client;
    let before = stack.content();
    let higher = low.create_api_token(token(&[Role::Reader], "TLP:RED")).await.unwrap_err();
    assert_eq!(higher.refusal().unwrap().code, PermissionDenied, "{higher}");
    assert_eq!(stack.content(), before);
}
