use chancery_proto::admin::v1::Role;
use chancery_proto::brief::v1::brief_service_client::BriefServiceClient;
use chancery_proto::brief::v1::{
    Actor, ActorKind, BriefContent, BriefRevision, Change, ChangeKind, DeleteBriefRequest,
    DiffBriefRevisionsRequest, ExportBriefRequest, GetBriefRequest, GetBriefRevisionRequest,
    ListBriefRevisionsRequest, LocalizedText, PurgeBriefRevisionRequest, RevisionState,
    WithdrawBriefRevisionRequest, block::Kind,
};
use chancery_proto::errors::v1::Reason;
use chancery_proto::render::v1::{
    CreateRenderRequest, DownloadRenderRequest, GetRenderRequest, RenderOptions, RenderState,
};
use chancery_proto::worker::v1::{FailRenderRequest, GetRenderInputRequest, Lease};
use chancery_testkit::imports::{document, import};
use chancery_testkit::status_refusals::{refused, refused_at};
use tempfile::TempDir;
use tonic::{Code, Status};

use crate::queue_scene::{QueueScene, acquire, create, header};
use crate::scene::{Briefs, bearer, channel, content};

const BRIEF: &str = "workspaces/default/briefs/b1";
const CANARY: &str = "xylocanary";

fn purge(number: u32) -> PurgeBriefRevisionRequest {
    PurgeBriefRevisionRequest {
        name: format!("{BRIEF}/revisions/{number}"),
        reason: "It names a source.".into(),
        ..PurgeBriefRevisionRequest::default()
    }
}

/// Builds content with the canary in every field that a table stores.
fn spilled() -> BriefContent {
    let mut spilled = content(&format!("Title {CANARY}"));
    spilled.change_summary = format!("Summary {CANARY}");
    spilled.tags = vec![CANARY.into()];
    let label = LocalizedText { language: "en".into(), text: format!("Actor {CANARY}") };
    spilled.actors = vec![Actor {
        id: format!("a-{CANARY}"),
        name: format!("Actor {CANARY}"),
        kind: ActorKind::Organisation.into(),
        labels: vec![label],
        ..Actor::default()
    }];
    if let Some(Kind::Paragraph(paragraph)) = &mut spilled.sections[0].blocks[0].kind {
        paragraph.statements[0].text = format!("The {CANARY} sings.");
        paragraph.statements[0].actor_ids = vec![format!("a-{CANARY}")];
    }
    spilled
}

/// Returns the tables with a row that contains the canary, as text or bytes.
fn tables_with_it(scene: &QueueScene) -> Vec<String> {
    let hex = CANARY.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let statement = format!(
        "select c.relname from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
            and (xpath('/row/n/text()', query_to_xml(format(
                'select count(*) as n from %I t where t::text ilike ''%%{CANARY}%%'' or t::text ilike ''%%{hex}%%''',
                c.relname), false, true, '')))[1]::text <> '0' order by 1"
    );
    let lines = scene.database.psql().rows(&statement.replace('\n', " ")).unwrap();
    lines.into_iter().filter(|line| !line.is_empty()).collect()
}

fn files_with_it(folder: &TempDir) -> usize {
    let files = std::fs::read_dir(folder).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
    files.filter(|bytes| bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes())).count()
}

fn pdf(of: &str) -> Vec<u8> {
    format!("%PDF-1.7 {of}").into_bytes()
}

async fn requested(scene: &QueueScene, revision: u32, recipient: &str) -> String {
    let options = Some(RenderOptions { recipient: recipient.into(), ..RenderOptions::default() });
    let request = CreateRenderRequest { options, ..create(&format!("b1/revisions/{revision}")) };
    scene.renders.clone().create_render(request).await.unwrap().into_inner().name
}

async fn printed(scene: &QueueScene, revision: u32, recipient: &str, bytes: &[u8]) -> String {
    let name = requested(scene, revision, recipient).await;
    let lease = scene.leased().await;
    let mut header = header(&lease, bytes);
    if revision == 2 {
        header.warnings = vec![format!("{CANARY} has no glyph")];
    }
    scene.uploaded(header, bytes).await.unwrap();
    name
}

async fn state(scene: &QueueScene, render: &str) -> (RenderState, bool) {
    let request = GetRenderRequest { name: render.into() };
    let render = scene.renders.clone().get_render(request).await.unwrap().into_inner();
    (render.state(), render.artifact.is_some())
}

async fn revision(caller: &mut Briefs, number: u32) -> Result<BriefRevision, Status> {
    let name = format!("{BRIEF}/revisions/{number}");
    let request = GetBriefRevisionRequest { name, ..GetBriefRevisionRequest::default() };
    Ok(caller.get_brief_revision(request).await?.into_inner())
}

async fn download(scene: &QueueScene, render: &str) -> Result<usize, Status> {
    let request = DownloadRenderRequest { name: render.into(), read_offset: 0 };
    let mut pieces = scene.renders.clone().download_render(request).await?.into_inner();
    let mut length = 0;
    while let Some(piece) = pieces.message().await? {
        length += piece.data.len();
    }
    Ok(length)
}

fn input(lease: &Lease) -> GetRenderInputRequest {
    GetRenderInputRequest { lease: Some(lease.clone()) }
}

/// Publishes three revisions, of which the second contains the canary.
async fn scene(keeping: &TempDir) -> QueueScene {
    let scene = QueueScene::keeping_pdfs_at(&format!("file://{}", keeping.path().display())).await;
    let documents = vec![document("b1", 2, spilled()), document("b1", 3, content("Three"))];
    scene.briefs.clone().import_brief(import(documents)).await.unwrap();
    scene
}

/// Builds the declared change of revision 2, with the canary.
fn spilled_change() -> Change {
    Change {
        statement_id: "open".into(),
        kind: ChangeKind::Updated.into(),
        now: format!("The {CANARY} sings."),
        why: format!("It is a {CANARY}."),
        ..Change::default()
    }
}

#[tokio::test]
async fn a_purge_removes_the_revisions_quotes_from_comparisons_across_it() {
    let folder = tempfile::tempdir().unwrap();
    let scene = QueueScene::keeping_pdfs_at(&format!("file://{}", folder.path().display())).await;
    let second = BriefContent { changes: vec![spilled_change()], ..spilled() };
    let documents = vec![document("b1", 2, second), document("b1", 3, content("Three"))];
    scene.briefs.clone().import_brief(import(documents)).await.unwrap();
    let requested = async || {
        let compare_to = format!("{BRIEF}/revisions/1");
        let options = Some(RenderOptions { compare_to, ..RenderOptions::default() });
        let request = CreateRenderRequest { options, ..create("b1/revisions/3") };
        scene.renders.clone().create_render(request).await.unwrap().into_inner().name
    };
    let printed = requested().await;
    let lease = scene.leased().await;
    let bytes = pdf(&format!("changed to {CANARY}"));
    scene.uploaded(header(&lease, &bytes), &bytes).await.unwrap();
    assert!(tables_with_it(&scene).contains(&"render_tasks".to_owned()));

    scene.briefs.clone().purge_brief_revision(purge(2)).await.unwrap();
    assert_eq!(tables_with_it(&scene), Vec::<String>::new());
    assert_eq!(files_with_it(&folder), 0);
    assert_eq!(state(&scene, &printed).await, (RenderState::Succeeded, false));
    // A new render compares with the remaining revisions.
    let again = requested().await;
    let lease = scene.leased().await;
    let mut parts = scene.workers.clone().get_render_input(input(&lease)).await.unwrap().into_inner();
    while let Some(part) = parts.message().await.unwrap() {
        assert!(!format!("{part:?}").contains(CANARY));
    }
    assert_eq!(state(&scene, &again).await, (RenderState::Running, false));
}

#[tokio::test]
async fn after_a_purge_no_table_and_no_pdf_has_the_content() {
    let folder = tempfile::tempdir().unwrap();
    let scene = scene(&folder).await;
    let of_it = printed(&scene, 2, "first", &pdf(CANARY)).await;
    let compared = printed(&scene, 3, "first", &pdf(&format!("was {CANARY}"))).await;
    let harmless = printed(&scene, 1, "first", &pdf("harmless")).await;
    assert!(tables_with_it(&scene).len() > 5, "{:?}", tables_with_it(&scene));
    assert_eq!(files_with_it(&folder), 2);
    assert_eq!(download(&scene, &of_it).await.unwrap(), pdf(CANARY).len());

    // One failed with a message that quotes it; one is being printed; one is queued.
    let dead = requested(&scene, 2, "dead").await;
    let lease = scene.leased().await;
    let failure = FailRenderRequest {
        lease: Some(lease),
        reason: "MISSING_TEXT".into(),
        message: format!("{CANARY} is missing"),
        retryable: false,
    };
    scene.workers.clone().fail_render(failure).await.unwrap();
    let running = requested(&scene, 2, "second").await;
    let lease = scene.leased().await;
    scene.workers.clone().get_render_input(input(&lease)).await.unwrap();
    let queued = requested(&scene, 2, "third").await;

    let mut briefs = scene.briefs.clone();
    let purged = briefs.purge_brief_revision(purge(2)).await.unwrap().into_inner();
    assert_eq!((purged.purged_pdfs, purged.total_deliveries), (2, 1));
    assert_eq!((purged.deliveries[0].render.as_str(), purged.deliveries[0].complete), (of_it.as_str(), true));
    assert_eq!(tables_with_it(&scene), Vec::<String>::new());
    assert_eq!(files_with_it(&folder), 0);

    for render in [&of_it, &compared] {
        assert_eq!(state(&scene, render).await, (RenderState::Succeeded, false));
        refused(download(&scene, render).await, Code::FailedPrecondition, Reason::ArtifactExpired);
    }
    for render in [&dead, &running, &queued] {
        assert_eq!(state(&scene, render).await, (RenderState::Failed, false));
    }
    assert_eq!(download(&scene, &harmless).await.unwrap(), pdf("harmless").len());
    // The running task cannot finish, and the queued one cannot start.
    let late = scene.uploaded(header(&lease, &pdf(CANARY)), &pdf(CANARY)).await;
    refused(late, Code::Aborted, Reason::LeaseLost);
    let answer = scene.workers.clone().get_render_input(input(&lease)).await;
    refused(answer.map(drop), Code::Aborted, Reason::LeaseLost);
    let none = scene.workers.clone().acquire_leases(acquire(0)).await.unwrap().into_inner();
    assert!(none.leases.is_empty());
    assert_eq!((tables_with_it(&scene).len(), files_with_it(&folder)), (0, 0));
    let again = scene.renders.clone().create_render(create("b1/revisions/2")).await;
    refused(again, Code::FailedPrecondition, Reason::RevisionPurged);
    // The later revision is printed again, compared with the remaining ones.
    let reprinted = printed(&scene, 3, "first", &pdf("reprinted")).await;
    assert_eq!(download(&scene, &reprinted).await.unwrap(), pdf("reprinted").len());
}

#[tokio::test]
async fn a_purge_deletes_stored_and_staged_bytes_in_the_database() {
    let scene = QueueScene::new().await;
    scene.briefs.clone().import_brief(import(vec![document("b1", 2, spilled())])).await.unwrap();
    printed(&scene, 2, "first", &pdf(CANARY)).await;
    requested(&scene, 2, "second").await;
    let lease = scene.leased().await;
    let lease = chancery_store::Lease::from_message(lease, &scene.worker.token);
    let blob = scene
        .store
        .artifacts()
        .stage(&lease, chancery_testkit::print_environment::ENVIRONMENT)
        .await
        .unwrap();
    let mut upload = scene.store.artifacts().begin_upload(&blob).await.unwrap();
    upload.write(vec![b'x'; 300_000].into()).await.unwrap();
    assert_eq!(scene.database.psql().rows("select count(*) from artifact_chunks").unwrap(), ["2"]);
    // The draft follows the newest revision, so it is corrected first.
    let corrected = import(vec![document("b1", 3, content("Three"))]);
    scene.briefs.clone().import_brief(corrected).await.unwrap();
    scene.briefs.clone().purge_brief_revision(purge(2)).await.unwrap();
    assert_eq!(tables_with_it(&scene), Vec::<String>::new());
    for table in ["artifact_chunks", "artifact_blobs", "artifacts"] {
        let count = scene.database.psql().rows(&format!("select count(*) from {table}")).unwrap();
        assert_eq!(count, ["0"], "{table}");
    }
    assert!(upload.write(vec![b'x'; 300_000].into()).await.is_err());
}

#[tokio::test]
async fn a_purged_revision_keeps_number_times_and_digest() {
    let folder = tempfile::tempdir().unwrap();
    let scene = scene(&folder).await;
    let mut admin = scene.briefs.clone();
    let before = revision(&mut admin, 2).await.unwrap();
    let purged = admin.purge_brief_revision(purge(2)).await.unwrap().into_inner();
    let left = revision(&mut admin, 2).await.unwrap();
    let expected = BriefRevision {
        state: RevisionState::Purged.into(),
        purge_time: purged.purge_time,
        purge_reason: "It names a source.".into(),
        marking: String::new(),
        title: String::new(),
        change_summary: String::new(),
        content: None,
        ..before
    };
    assert_eq!(left, expected);
    let list = ListBriefRevisionsRequest { parent: BRIEF.into(), ..Default::default() };
    let listed = admin.list_brief_revisions(list).await.unwrap().into_inner().revisions;
    assert_eq!((listed.len(), &listed[1]), (3, &expected));

    let export = |name: String| ExportBriefRequest { name, ..ExportBriefRequest::default() };
    let answer = admin.export_brief(export(format!("{BRIEF}/revisions/2"))).await;
    refused(answer, Code::FailedPrecondition, Reason::RevisionPurged);
    let whole = admin.export_brief(export(BRIEF.into())).await.unwrap().into_inner().documents;
    assert_eq!(whole.iter().map(|document| document.revision).collect::<Vec<_>>(), [1, 3]);
    let diff = |from_revision, to_revision| DiffBriefRevisionsRequest {
        name: BRIEF.into(),
        from_revision,
        to_revision,
        ..DiffBriefRevisionsRequest::default()
    };
    for (from, to) in [(2, 3), (1, 2)] {
        let answer = admin.diff_brief_revisions(diff(from, to)).await;
        refused(answer, Code::FailedPrecondition, Reason::RevisionPurged);
    }
    let newest = admin.diff_brief_revisions(diff(0, 0)).await.unwrap().into_inner();
    assert!(newest.from_revision.ends_with("/1") && newest.to_revision.ends_with("/3"), "{newest:?}");
    let withdraw = WithdrawBriefRevisionRequest {
        name: format!("{BRIEF}/revisions/2"),
        reason: "Wrong.".into(),
        ..WithdrawBriefRevisionRequest::default()
    };
    let answer = admin.withdraw_brief_revision(withdraw).await;
    refused(answer, Code::FailedPrecondition, Reason::RevisionPurged);

    // A repeated purge has no effect, and the number is not reused.
    let again = admin.purge_brief_revision(purge(2)).await.unwrap().into_inner();
    assert_eq!((again.purge_time, again.purged_pdfs), (purged.purge_time, 0));
    admin.purge_brief_revision(purge(3)).await.unwrap();
    let get = GetBriefRequest { name: BRIEF.into(), ..GetBriefRequest::default() };
    assert_eq!(admin.get_brief(get.clone()).await.unwrap().into_inner().newest_revision, 1);
    admin.import_brief(import(vec![document("b1", 4, content("Four"))])).await.unwrap();
    assert_eq!(admin.get_brief(get).await.unwrap().into_inner().newest_revision, 4);
}

async fn with(scene: &QueueScene, roles: &[Role], clearance: &str) -> Briefs {
    let token = crate::scene::token(scene.running.listen, &scene.admin, roles, clearance).await;
    BriefServiceClient::with_interceptor(channel(scene.running.listen), bearer(&token))
}

#[tokio::test]
async fn purging_requires_an_admin_who_sees_all_of_the_revision_and_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let scene = scene(&folder).await;
    let mut publisher = with(&scene, &[Role::Publisher], "TLP:RED").await;
    let answer = publisher.purge_brief_revision(purge(2)).await;
    refused(answer, Code::PermissionDenied, Reason::PermissionDenied);
    let mut low = with(&scene, &[Role::Admin], "TLP:AMBER").await;
    let answer = low.purge_brief_revision(purge(2)).await;
    refused(answer, Code::PermissionDenied, Reason::ClearanceTooLow);
    refused(low.purge_brief_revision(purge(9)).await, Code::NotFound, Reason::NotFound);
    let mut admin = scene.briefs.clone();
    for reason in ["", "\t", "a\u{7}b", &"x".repeat(1001)] {
        let request = PurgeBriefRevisionRequest { reason: reason.into(), ..purge(2) };
        refused_at(admin.purge_brief_revision(request).await, Reason::InvalidField, "reason");
    }
    assert_eq!(revision(&mut admin, 2).await.unwrap().state(), RevisionState::Published);
}

#[tokio::test]
async fn a_purge_is_invisible_without_an_edition_and_its_reason_to_readers() {
    let folder = tempfile::tempdir().unwrap();
    let scene = scene(&folder).await;
    let mut closed = content("Four");
    closed.default_marking = "TLP:RED".into();
    closed.sections[0].blocks.clear();
    let mut admin = scene.briefs.clone();
    admin.import_brief(import(vec![document("b1", 4, closed)])).await.unwrap();
    let mut reader = with(&scene, &[Role::Reader], "TLP:GREEN").await;
    let get = GetBriefRequest { name: BRIEF.into(), ..GetBriefRequest::default() };
    let list = ListBriefRevisionsRequest { parent: BRIEF.into(), ..Default::default() };
    let before = (
        reader.get_brief(get.clone()).await.unwrap().into_inner(),
        reader.list_brief_revisions(list.clone()).await.unwrap().into_inner(),
    );
    admin.purge_brief_revision(purge(4)).await.unwrap();
    let after = (
        reader.get_brief(get).await.unwrap().into_inner(),
        reader.list_brief_revisions(list).await.unwrap().into_inner(),
    );
    assert_eq!(before, after);
    refused(revision(&mut reader, 4).await, Code::NotFound, Reason::NotFound);
    admin.purge_brief_revision(purge(2)).await.unwrap();
    let seen = revision(&mut reader, 2).await.unwrap();
    assert_eq!((seen.state(), seen.purge_reason.as_str()), (RevisionState::Purged, ""));
    assert!(seen.purge_time.is_some());
}

#[tokio::test]
async fn a_deleted_brief_is_expunged_after_the_undelete_window_and_its_deliveries_remain() {
    let folder = tempfile::tempdir().unwrap();
    let scene = scene(&folder).await;
    let render = printed(&scene, 2, "first", &pdf(CANARY)).await;
    download(&scene, &render).await.unwrap();
    requested(&scene, 2, "second").await;
    let mut admin = scene.briefs.clone();
    let delete = DeleteBriefRequest { name: BRIEF.into(), ..DeleteBriefRequest::default() };
    admin.delete_brief(delete.clone()).await.unwrap();
    assert_eq!(scene.store.briefs().expunge_deleted().await.unwrap(), 0);
    assert_eq!(download(&scene, &render).await.unwrap(), pdf(CANARY).len());

    scene.database.psql().rows("update briefs set purge_at = clock_timestamp()").unwrap();
    assert_eq!(scene.store.briefs().expunge_deleted().await.unwrap(), 1);
    assert_eq!(scene.store.briefs().expunge_deleted().await.unwrap(), 0);
    scene.store.artifacts().delete_discarded().await.ok();
    assert_eq!(tables_with_it(&scene), Vec::<String>::new());
    for table in ["briefs", "drafts", "revisions", "editions", "renders", "render_tasks", "render_queue"] {
        let count = scene.database.psql().rows(&format!("select count(*) from {table}")).unwrap();
        assert_eq!(count, ["0"], "{table}");
    }
    let delivered = scene.database.psql().rows("select count(*) from render_deliveries").unwrap();
    assert_eq!(delivered, ["4"]);
    let logged = "select kind, audience from change_log where brief_id = 'b1' order by number desc limit 1";
    assert_eq!(scene.database.psql().rows(logged).unwrap(), ["brief_expunged|65535"]);
    refused(admin.delete_brief(delete).await, Code::NotFound, Reason::NotFound);
    // Its id is available again.
    admin.import_brief(import(vec![document("b1", 1, content("New"))])).await.unwrap();
}
