//! Renders compared with a chosen revision, and their render input.

use chancery_proto::admin::v1::Role;
use chancery_proto::brief::v1::{
    BriefContent, Change, ChangeKind, PurgeBriefRevisionRequest, RevisionBody, WithdrawBriefRevisionRequest,
};
use chancery_proto::errors::v1::Reason;
use chancery_proto::render::v1::render_service_client::RenderServiceClient;
use chancery_proto::render::v1::{CreateRenderRequest, Render, RenderOptions};
use chancery_proto::worker::v1::get_render_input_response::Part;
use chancery_proto::worker::v1::{GetRenderInputRequest, RenderInputManifest};
use chancery_testkit::imports::{document, import};
use chancery_testkit::status_refusals::{refused, refused_at};
use prost::Message as _;
use tonic::{Code, Status};

use crate::queue_scene::{QueueScene, Renders, create, header};
use crate::scene::{bearer, channel, content, token};

const BRIEF: &str = "workspaces/default/briefs/b1";
/// A text withheld from TLP:CLEAR.
const HIDDEN: &str = "xylohidden";

fn revision(number: u32) -> String {
    format!("{BRIEF}/revisions/{number}")
}

fn change(statement_id: &str, kind: ChangeKind, was: &str, now: &str, marking: &str) -> Change {
    Change {
        statement_id: statement_id.into(),
        kind: kind.into(),
        was: was.into(),
        now: now.into(),
        marking: marking.into(),
        ..Change::default()
    }
}

fn with_changes(title: &str, changes: Vec<Change>) -> BriefContent {
    BriefContent { changes, ..content(title) }
}

/// Publishes four revisions. The first change of the open statement has an open text; the secret statement changes in
/// revision 2.
async fn scene() -> QueueScene {
    let scene = QueueScene::new().await;
    let (updated, quantified) = (ChangeKind::Updated, ChangeKind::Quantified);
    let second = vec![
        change("open", updated, "It was one.", "It was two.", "TLP:CLEAR"),
        change("secret", updated, HIDDEN, HIDDEN, "TLP:RED"),
    ];
    let fourth = vec![change("open", quantified, "It was two.", "It is four.", "TLP:CLEAR")];
    let documents = vec![
        document("b1", 2, with_changes("Two", second)),
        document("b1", 3, content("Three")),
        document("b1", 4, with_changes("Four", fourth)),
    ];
    scene.briefs.clone().import_brief(import(documents)).await.unwrap();
    scene
}

/// Creates a caller with the render role and a clearance.
async fn renderer(scene: &QueueScene, clearance: &str) -> Renders {
    let roles = [Role::Reader, Role::Renderer];
    let secret = token(scene.running.listen, &scene.admin, &roles, clearance).await;
    RenderServiceClient::with_interceptor(channel(scene.running.listen), bearer(&secret))
}

async fn compared(renders: &Renders, source: &str, compare_to: &str) -> Result<Render, Status> {
    let options = RenderOptions { compare_to: compare_to.into(), ..RenderOptions::default() };
    let request = CreateRenderRequest { options: Some(options), ..create(source) };
    Ok(renders.clone().create_render(request).await?.into_inner())
}

/// Returns the next task's manifest and compared edition, and finishes the task.
async fn input(scene: &QueueScene) -> (RenderInputManifest, BriefContent) {
    let lease = scene.leased().await;
    let request = GetRenderInputRequest { lease: Some(lease.clone()) };
    let mut parts = scene.workers.clone().get_render_input(request).await.unwrap().into_inner();
    let (mut manifest, mut comparison) = (RenderInputManifest::default(), Vec::new());
    while let Some(part) = parts.message().await.unwrap() {
        match part.part.unwrap() {
            Part::Manifest(sent) => manifest = sent,
            Part::Comparison(piece) => comparison.extend_from_slice(&piece),
            Part::Edition(_) | Part::Blob(_) => {}
        }
    }
    let pdf = format!("%PDF {}", lease.task);
    scene.uploaded(header(&lease, pdf.as_bytes()), pdf.as_bytes()).await.unwrap();
    let body = RevisionBody::decode(comparison.as_slice()).unwrap();
    (manifest, body.content.unwrap_or_default())
}

#[tokio::test]
async fn changes_since_the_chosen_revision_are_combined_at_the_callers_clearance() {
    let scene = scene().await;
    let clear = renderer(&scene, "TLP:CLEAR").await;
    let render = compared(&clear, "b1", &revision(1)).await.unwrap();
    assert_eq!(render.options.unwrap().compare_to, revision(1));
    let (manifest, comparison) = input(&scene).await;
    assert_eq!((manifest.comparison_revision, comparison.title.as_str()), (1, "One"));
    assert_eq!(manifest.combined_edition_digests.len(), 3);
    let [change] = manifest.combined_changes.as_slice() else { panic!("{manifest:?}") };
    assert_eq!((change.was.as_str(), change.now.as_str()), ("It was one.", "It is four."));
    assert_eq!(change.kind(), ChangeKind::Quantified);
    // Nothing that is withheld from this clearance reaches the printer.
    let bytes = manifest.encode_to_vec();
    assert!(!bytes.windows(HIDDEN.len()).any(|window| window == HIDDEN.as_bytes()));

    let red = renderer(&scene, "TLP:RED").await;
    compared(&red, "b1", &revision(1)).await.unwrap();
    let (manifest, _) = input(&scene).await;
    assert_eq!(manifest.combined_changes.len(), 2);
    // The higher clearance's render is not found at the lower one.
    let parent = "workspaces/default".to_owned();
    let list = chancery_proto::render::v1::ListRendersRequest { parent, ..Default::default() };
    let listed = clear.clone().list_renders(list).await.unwrap().into_inner().renders;
    assert_eq!(listed.len(), 1);
}

#[tokio::test]
async fn naming_the_parent_revision_shares_the_default_render() {
    let scene = scene().await;
    let plain = compared(&scene.renders, "b1", "").await.unwrap();
    let (manifest, _) = input(&scene).await;
    assert_eq!((manifest.comparison_revision, manifest.combined_changes.len()), (3, 0));
    assert!(manifest.combined_edition_digests.is_empty());
    let named = compared(&scene.renders, "b1", &revision(3)).await.unwrap();
    assert_eq!(named.artifact.map(|artifact| artifact.sha256), {
        let get = chancery_proto::render::v1::GetRenderRequest { name: plain.name };
        let plain = scene.renders.clone().get_render(get).await.unwrap().into_inner();
        plain.artifact.map(|artifact| artifact.sha256)
    });
    // Another revision is another render.
    let further = compared(&scene.renders, "b1", &revision(2)).await.unwrap();
    assert!(further.artifact.is_none());
}

#[tokio::test]
async fn only_an_earlier_revision_of_the_same_brief_can_be_compared() {
    let scene = scene().await;
    scene.briefs.clone().import_brief(import(vec![document("b2", 1, content("Other"))])).await.unwrap();
    let wrong = ["1", "workspaces/default/briefs/b1", "workspaces/default/briefs/b1/revisions/0"];
    let names = [revision(4), revision(5), revision(4_000_000_000)];
    let others = ["b2", "none"].map(|brief| format!("workspaces/default/briefs/{brief}/revisions/1"));
    let elsewhere = "workspaces/other/briefs/b1/revisions/1".to_owned();
    for name in wrong.map(str::to_owned).into_iter().chain(names).chain(others).chain([elsewhere]) {
        let answer = compared(&scene.renders, "b1", &name).await;
        refused_at(answer, Reason::InvalidField, "options.compare_to");
    }
    // The same holds for a render of a named revision.
    let answer = compared(&scene.renders, "b1/revisions/2", &revision(2)).await;
    let status = answer.unwrap_err();
    assert!(status.message().contains("expected revision 1"), "{status:?}");
    compared(&scene.renders, "b1/revisions/2", &revision(1)).await.unwrap();
}

#[tokio::test]
async fn hidden_and_purged_revisions_get_the_same_not_found_error() {
    let scene = QueueScene::new().await;
    let mut hidden = content("Two");
    hidden.default_marking = "TLP:RED".into();
    hidden.sections[0].blocks.clear();
    let documents = vec![
        document("b1", 2, hidden),
        document("b1", 3, content("Three")),
        document(
            "b1",
            4,
            with_changes(
                "Four",
                vec![change("open", ChangeKind::Updated, "As in three.", "As in four.", "TLP:CLEAR")],
            ),
        ),
    ];
    scene.briefs.clone().import_brief(import(documents)).await.unwrap();
    let purge = PurgeBriefRevisionRequest {
        name: revision(3),
        reason: "A spill.".into(),
        ..PurgeBriefRevisionRequest::default()
    };
    scene.briefs.clone().purge_brief_revision(purge).await.unwrap();
    let clear = renderer(&scene, "TLP:CLEAR").await;
    let mut answers = Vec::new();
    for number in [2, 3] {
        let answer = compared(&clear, "b1", &revision(number)).await;
        let status = refused(answer, Code::NotFound, Reason::NotFound);
        answers.push((status.message().replace(&number.to_string(), "N"), status.code()));
        assert_eq!(status.details().len(), {
            let other = compared(&clear, "b1/revisions/2", "").await.unwrap_err();
            other.details().len()
        });
    }
    assert_eq!(answers[0], answers[1]);
    // A quote of a missing revision is not passed off as revision 1's, and the missing ones leave nothing else.
    compared(&clear, "b1", &revision(1)).await.unwrap();
    let (manifest, _) = input(&scene).await;
    assert_eq!((manifest.comparison_revision, manifest.combined_edition_digests.len()), (1, 1));
    let [change] = manifest.combined_changes.as_slice() else { panic!("{manifest:?}") };
    assert_eq!((change.was.as_str(), change.now.as_str()), ("", "As in four."));
}

#[tokio::test]
async fn a_withdrawn_revision_can_be_compared_and_its_reason_is_printed() {
    let scene = scene().await;
    for number in [1, 4] {
        let withdraw = WithdrawBriefRevisionRequest {
            name: revision(number),
            reason: format!("Figure {number} was wrong."),
            ..WithdrawBriefRevisionRequest::default()
        };
        scene.briefs.clone().withdraw_brief_revision(withdraw).await.unwrap();
    }
    compared(&scene.renders, "b1/revisions/4", &revision(1)).await.unwrap();
    let (manifest, _) = input(&scene).await;
    assert!(manifest.withdrawn && manifest.comparison_revision == 1);
    assert_eq!(manifest.withdraw_reason, "Figure 4 was wrong.");
    compared(&scene.renders, "b1", "").await.unwrap();
    let (manifest, _) = input(&scene).await;
    assert_eq!((manifest.revision, manifest.withdraw_reason.as_str()), (3, ""));
}

#[tokio::test]
async fn too_many_revisions_to_combine_are_rejected_with_a_remedy() {
    let scene = QueueScene::new().await;
    for first in [2, 52] {
        let documents =
            (first..first + 50).map(|number| document("b1", number, content(&format!("No. {number}"))));
        scene.briefs.clone().import_brief(import(documents.collect())).await.unwrap();
    }
    compared(&scene.renders, "b1", &revision(1)).await.unwrap();
    scene.briefs.clone().import_brief(import(vec![document("b1", 102, content("Last"))])).await.unwrap();
    let answer = compared(&scene.renders, "b1", &revision(1)).await;
    let status = refused(answer, Code::ResourceExhausted, Reason::LimitExceeded);
    assert!(status.message().contains("options.compare_to") && status.message().contains("a later revision"));
    compared(&scene.renders, "b1", &revision(2)).await.unwrap();
}
