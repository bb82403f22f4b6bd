//! Differences between two revisions, at each caller's clearance.

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::part_difference::Part;
use chancery_proto::brief::v1::{
    BriefContent, Change, ChangeKind, DiffBriefRevisionsRequest, DiffBriefRevisionsResponse, DifferenceKind,
    Paragraph,
};
use chancery_proto::errors::v1::Reason;
use chancery_testkit::imports::{document, import};
use chancery_testkit::status_refusals::{refused, refused_at};
use prost::Message as _;
use tonic::Code;

use crate::scene::{Briefs, Scene, content};

const BRIEF: &str = "workspaces/default/briefs/b1";

fn request(from_revision: u32, to_revision: u32) -> DiffBriefRevisionsRequest {
    DiffBriefRevisionsRequest {
        name: BRIEF.into(),
        from_revision,
        to_revision,
        ..DiffBriefRevisionsRequest::default()
    }
}

async fn diff(briefs: &mut Briefs, from: u32, to: u32) -> DiffBriefRevisionsResponse {
    briefs.diff_brief_revisions(request(from, to)).await.unwrap().into_inner()
}

fn paragraph(content: &mut BriefContent) -> &mut Paragraph {
    match &mut content.sections[0].blocks[0].kind {
        Some(Kind::Paragraph(paragraph)) => paragraph,
        _ => panic!("the content begins with a paragraph"),
    }
}

/// Publishes two revisions: the open sentence changes with a declared change, the secret one without.
async fn two_revisions(scene: &Scene) {
    let first = content("One");
    let mut second = first.clone();
    for statement in &mut paragraph(&mut second).statements {
        statement.text = statement.text.replace("This", "That");
    }
    second.changes =
        vec![Change { statement_id: "open".into(), kind: ChangeKind::Updated.into(), ..Change::default() }];
    let documents = vec![document("b1", 1, first), document("b1", 2, second)];
    scene.briefs(&scene.admin).import_brief(import(documents)).await.unwrap();
}

#[tokio::test]
async fn changed_words_are_reported_with_their_positions() {
    let scene = Scene::new().await;
    two_revisions(&scene).await;
    let mut red = scene.reader("TLP:RED").await;
    let answer = diff(&mut red, 0, 0).await;
    assert_eq!(answer.from_revision, format!("{BRIEF}/revisions/1"));
    assert_eq!(answer.to_revision, format!("{BRIEF}/revisions/2"));
    let ids: Vec<_> = answer.differences.iter().map(|one| (one.id.as_str(), one.declared)).collect();
    assert_eq!(ids, [("open", true), ("secret", false)]);
    let open = &answer.differences[0];
    assert_eq!(open.kinds, [DifferenceKind::Reworded as i32]);
    let [words] = open.replacements.as_slice() else { panic!("{open:?}") };
    assert_eq!((words.before_start, words.before_end, words.after_start, words.after_end), (0, 4, 0, 4));
    let Some(Part::Statement(pair)) = &open.part else { panic!("{open:?}") };
    assert_eq!(pair.after.as_ref().unwrap().text, "That may be known to all readers.");
    assert_eq!(diff(&mut red, 1, 2).await, answer);
}

#[tokio::test]
async fn a_change_of_a_withheld_sentence_is_withheld() {
    let scene = Scene::new().await;
    two_revisions(&scene).await;
    let answer = diff(&mut scene.reader("TLP:CLEAR").await, 0, 0).await;
    assert_eq!(answer.differences.len(), 1);
    let bytes = answer.encode_to_vec();
    let holds = |word: &str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
    assert!(holds("open") && !holds("secret") && !holds("named persons"));
}

#[tokio::test]
async fn everything_in_a_first_revision_counts_as_added() {
    let scene = Scene::new().await;
    scene.published("b1", content("One")).await;
    let answer = diff(&mut scene.reader("TLP:RED").await, 0, 0).await;
    assert_eq!((answer.from_revision.as_str(), answer.from_edition_digest.as_str()), ("", ""));
    assert!(answer.differences.iter().all(|one| one.kinds == [DifferenceKind::Added as i32]));
    let ids: Vec<_> = answer.differences.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["front_matter", "body", "open", "secret"]);
}

#[tokio::test]
async fn revisions_that_cannot_be_compared_are_rejected_by_field() {
    let scene = Scene::new().await;
    two_revisions(&scene).await;
    let mut reader = scene.reader("TLP:RED").await;
    for (from, to) in [(2, 2), (3, 2), (2, 0)] {
        let refusal = reader.diff_brief_revisions(request(from, to)).await;
        refused_at(refusal, Reason::InvalidField, "from_revision");
    }
    refused(reader.diff_brief_revisions(request(1, 9)).await, Code::NotFound, Reason::NotFound);
    let unnamed = DiffBriefRevisionsRequest { name: "b1".into(), ..request(0, 0) };
    refused_at(reader.diff_brief_revisions(unnamed).await, Reason::InvalidName, "name");
    let elsewhere =
        DiffBriefRevisionsRequest { name: "workspaces/default/briefs/none".into(), ..request(0, 0) };
    refused(reader.diff_brief_revisions(elsewhere).await, Code::NotFound, Reason::NotFound);
}
