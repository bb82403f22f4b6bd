//! Publishing: its strict options, declared changes and figures without data.

use chancery_proto::admin::v1::Role;
use chancery_proto::brief::v1::{
    Actor, ActorKind, Block, BriefContent, BriefDraft, Change, ChangeKind, CreateBriefRequest,
    DiffBriefRevisionsRequest, DifferenceKind, Event, Figure, FigureKind, GetBriefRequest, LintBriefRequest,
    PublishBriefRequest, Relationship, RelationshipPolarity, StatementType, UpdateBriefDraftRequest,
    WithdrawBriefRevisionRequest, block::Kind,
};
use chancery_proto::errors::v1::Reason;
use chancery_testkit::imports::{document, import};
use chancery_testkit::status_refusals::refused;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::scene::{self, Briefs, Scene};

pub(crate) const BRIEF: &str = "workspaces/default/briefs/b1";

/// Returns content without a warning: its statements make no claim that needs a source.
pub(crate) fn content(title: &str) -> BriefContent {
    let mut content = scene::content(title);
    if let Some(Kind::Paragraph(paragraph)) = &mut content.sections[0].blocks[0].kind {
        paragraph.statements.iter_mut().for_each(|statement| statement.set_type(StatementType::Narrative));
    }
    content
}

pub(crate) fn draft_name() -> String {
    format!("{BRIEF}/draft")
}

pub(crate) fn reworded(text: &str) -> BriefContent {
    let mut content = content("One");
    if let Some(Kind::Paragraph(paragraph)) = &mut content.sections[0].blocks[0].kind {
        paragraph.statements[0].text = text.into();
    }
    content
}

/// Builds a forecast without citations and without a deadline.
pub(crate) fn bold() -> BriefContent {
    let mut content = reworded("It will rain.");
    if let Some(Kind::Paragraph(paragraph)) = &mut content.sections[0].blocks[0].kind {
        paragraph.statements[0].r#type = StatementType::Forecast.into();
    }
    content
}

pub(crate) async fn created(scene: &Scene) -> (Briefs, String) {
    let mut admin = scene.briefs(&scene.admin);
    let create = CreateBriefRequest {
        parent: "workspaces/default".into(),
        brief_id: "b1".into(),
        content: Some(content("One")),
        ..CreateBriefRequest::default()
    };
    admin.create_brief(create).await.unwrap();
    let draft = chancery_proto::brief::v1::GetBriefDraftRequest { name: draft_name() };
    let etag = admin.get_brief_draft(draft).await.unwrap().into_inner().etag;
    (admin, etag)
}

pub(crate) async fn edited(caller: &mut Briefs, etag: &str, content: BriefContent) -> String {
    let draft =
        BriefDraft { name: draft_name(), etag: etag.into(), content: Some(content), ..Default::default() };
    let request = UpdateBriefDraftRequest { draft: Some(draft), ..Default::default() };
    caller.update_brief_draft(request).await.unwrap().into_inner().etag
}

pub(crate) fn publish(etag: &str) -> PublishBriefRequest {
    PublishBriefRequest { name: BRIEF.into(), etag: etag.into(), ..PublishBriefRequest::default() }
}

pub(crate) fn violations(status: &Status) -> Vec<(String, String)> {
    let failure = status.get_details_precondition_failure().unwrap();
    failure.violations.into_iter().map(|found| (found.r#type, found.subject)).collect()
}

#[tokio::test]
async fn undeclared_changes_are_reported_and_rejected_on_request() {
    let scene = Scene::new().await;
    let (mut admin, etag) = created(&scene).await;
    let first = admin.publish_brief(publish(&etag)).await.unwrap().into_inner();
    assert!(first.undeclared_changes.is_empty());
    let etag = edited(&mut admin, &etag, reworded("This may be known to all.")).await;
    let strict = PublishBriefRequest { require_declared_changes: true, ..publish(&etag) };
    let status = refused(
        admin.publish_brief(strict.clone()).await,
        Code::FailedPrecondition,
        Reason::UndeclaredChanges,
    );
    assert_eq!(violations(&status), [("UNDECLARED_CHANGE".into(), "open".into())]);
    let second = admin.publish_brief(publish(&etag)).await.unwrap().into_inner();
    assert_eq!(second.number, 2);
    let reported = &second.undeclared_changes;
    assert_eq!((reported.len(), reported[0].part_id.as_str()), (1, "open"));
    assert_eq!(reported[0].kinds().collect::<Vec<_>>(), [DifferenceKind::Reworded]);
    // A repeated request reports them again.
    let again = admin.publish_brief(publish(&etag)).await.unwrap().into_inner();
    assert_eq!((again.number, &again.undeclared_changes), (2, reported));

    let mut declared = reworded("This may be known to everyone.");
    declared.changes = vec![Change {
        statement_id: "open".into(),
        kind: ChangeKind::Corrected.into(),
        why: "A word.".into(),
        ..Change::default()
    }];
    let etag = edited(&mut admin, &etag, declared).await;
    let strict = PublishBriefRequest { require_declared_changes: true, ..publish(&etag) };
    let third = admin.publish_brief(strict).await.unwrap().into_inner();
    assert_eq!((third.number, third.undeclared_changes.len()), (3, 0));
}

#[tokio::test]
async fn a_draft_equal_to_a_withdrawn_revision_is_published_as_a_new_one() {
    let scene = Scene::new().await;
    let (mut admin, etag) = created(&scene).await;
    admin.publish_brief(publish(&etag)).await.unwrap();
    let withdraw = WithdrawBriefRevisionRequest {
        name: format!("{BRIEF}/revisions/1"),
        reason: "Too early.".into(),
        ..Default::default()
    };
    admin.withdraw_brief_revision(withdraw).await.unwrap();
    assert_eq!(admin.publish_brief(publish(&etag)).await.unwrap().into_inner().number, 2);
}

#[tokio::test]
async fn the_etags_of_create_brief_publish_the_draft() {
    let scene = Scene::new().await;
    let mut admin = scene.briefs(&scene.admin);
    let create = |id: &str| CreateBriefRequest {
        parent: "workspaces/default".into(),
        brief_id: id.into(),
        content: Some(content("One")),
        ..CreateBriefRequest::default()
    };
    let publish = |id: &str, etag: &str| PublishBriefRequest {
        name: format!("workspaces/default/briefs/{id}"),
        etag: etag.into(),
        ..PublishBriefRequest::default()
    };
    // By the draft's etag, and by the brief's own, which many clients send.
    let by_draft = admin.create_brief(create("by-draft")).await.unwrap().into_inner();
    let request = publish("by-draft", &by_draft.draft_etag);
    assert_eq!(admin.publish_brief(request).await.unwrap().into_inner().number, 1);
    let by_brief = admin.create_brief(create("by-brief")).await.unwrap().into_inner();
    let request = publish("by-brief", &by_brief.etag);
    assert_eq!(admin.publish_brief(request).await.unwrap().into_inner().number, 1);
    // Not after a later write to the draft: the etags of CreateBrief's response are the created draft's.
    let third = admin.create_brief(create("written")).await.unwrap().into_inner();
    let draft = BriefDraft {
        name: "workspaces/default/briefs/written/draft".into(),
        etag: third.draft_etag.clone(),
        content: Some(content("Two")),
        ..BriefDraft::default()
    };
    let update = UpdateBriefDraftRequest { draft: Some(draft), ..UpdateBriefDraftRequest::default() };
    let written = admin.update_brief_draft(update).await.unwrap().into_inner();
    for etag in [&third.etag, &third.draft_etag] {
        let answer = admin.publish_brief(publish("written", etag)).await;
        let status = refused(answer, Code::Aborted, Reason::StaleEtag);
        assert!(status.message().contains("GetBriefDraft"), "{status}");
    }
    let request = publish("written", &written.etag);
    assert_eq!(admin.publish_brief(request).await.unwrap().into_inner().title, "Two");
    // A published brief's etag is its edition's; the error names the draft's.
    let get = GetBriefRequest { name: "workspaces/default/briefs/written".into(), ..Default::default() };
    let read = admin.get_brief(get).await.unwrap().into_inner();
    assert!(read.draft_etag.is_empty());
    let status =
        refused(admin.publish_brief(publish("written", &read.etag)).await, Code::Aborted, Reason::StaleEtag);
    assert!(status.message().contains("draft_etag"), "{status}");
}

fn change_of(part_id: &str, marking: &str) -> Change {
    Change {
        part_id: part_id.into(),
        kind: ChangeKind::Withdrawn.into(),
        marking: marking.into(),
        ..Change::default()
    }
}

/// Returns the path and message of each field violation.
fn fields(status: &Status) -> Vec<(String, String)> {
    let request = status.get_details_bad_request().unwrap();
    request.field_violations.into_iter().map(|found| (found.field, found.description)).collect()
}

#[tokio::test]
async fn a_change_must_name_a_part_of_the_revision_or_its_predecessor() {
    let scene = Scene::new().await;
    let (mut admin, etag) = created(&scene).await;
    let mut with_event = content("One");
    with_event.events = vec![Event { id: "ev-1".into(), title: "An event".into(), ..Event::default() }];
    let etag = edited(&mut admin, &etag, with_event).await;
    // Nothing is published yet, so nothing earlier can have changed.
    let mut declared = content("Two");
    declared.changes = vec![change_of("ev-1", "")];
    let draft = |etag: &str, content: &BriefContent| {
        let content = Some(content.clone());
        let draft = BriefDraft { name: draft_name(), etag: etag.into(), content, ..Default::default() };
        UpdateBriefDraftRequest { draft: Some(draft), ..Default::default() }
    };
    let refusal = refused(
        admin.update_brief_draft(draft(&etag, &declared)).await,
        Code::InvalidArgument,
        Reason::InvalidContent,
    );
    let reported = fields(&refusal);
    assert_eq!(reported[0].0, "draft.content.changes[0].part_id");
    assert!(reported[0].1.starts_with("UNKNOWN_REFERENCE: "), "{reported:?}");

    admin.publish_brief(publish(&etag)).await.unwrap();
    // The new title is a change, too, of what belongs to the brief as a whole.
    let etag = edited(&mut admin, &etag, declared.clone()).await;
    let strict = PublishBriefRequest { require_declared_changes: true, ..publish(&etag) };
    let status =
        refused(admin.publish_brief(strict).await, Code::FailedPrecondition, Reason::UndeclaredChanges);
    assert_eq!(violations(&status), [("UNDECLARED_CHANGE".into(), "front_matter".into())]);
    declared.changes.push(change_of("front_matter", ""));
    let etag = edited(&mut admin, &etag, declared.clone()).await;
    let strict = PublishBriefRequest { require_declared_changes: true, ..publish(&etag) };
    let second = admin.publish_brief(strict).await.unwrap().into_inner();
    assert_eq!((second.number, second.undeclared_changes.len()), (2, 0));
    // By the next revision the part no longer exists in the predecessor.
    declared.title = "Three".into();
    let lint = LintBriefRequest { name: draft_name(), content: Some(declared.clone()) };
    let reported = admin.lint_brief(lint).await.unwrap().into_inner();
    assert_eq!((reported.total_violations, reported.violations[0].path.as_str()), (1, "changes[0].part_id"));
    refused(
        admin.update_brief_draft(draft(&etag, &declared)).await,
        Code::InvalidArgument,
        Reason::InvalidContent,
    );
    let import = import(vec![document("b1", 3, declared)]);
    let refusal = refused(admin.import_brief(import).await, Code::InvalidArgument, Reason::InvalidContent);
    assert_eq!(fields(&refusal)[0].0, "documents[0].content.changes[0].part_id");
}

#[tokio::test]
async fn a_change_reveals_no_withheld_part_to_lower_clearances_or_authors() {
    let scene = Scene::new().await;
    let mut first = content("One");
    first.events = vec![
        Event {
            id: "ev-1".into(),
            title: "An event".into(),
            marking: "TLP:AMBER".into(),
            ..Event::default()
        },
        Event { id: "ev-2".into(), title: "A secret".into(), marking: "TLP:RED".into(), ..Event::default() },
    ];
    scene.published("b1", first).await;
    // A draft within the clearance of an AMBER author.
    let mut second = content("Two");
    if let Some(Kind::Paragraph(paragraph)) = &mut second.sections[0].blocks[0].kind {
        paragraph.statements.truncate(1);
    }
    let mut admin = scene.briefs(&scene.admin);
    let get = chancery_proto::brief::v1::GetBriefDraftRequest { name: draft_name() };
    let etag = admin.get_brief_draft(get).await.unwrap().into_inner().etag;
    let etag = edited(&mut admin, &etag, second.clone()).await;
    let token = scene.token("default", &[Role::Author], "TLP:AMBER").await;
    let mut author = scene.briefs(&token);
    let mut violation_of = async |part_id: &str, marking: &str| {
        let mut content = second.clone();
        content.changes = vec![change_of(part_id, marking)];
        let lint = LintBriefRequest { name: draft_name(), content: Some(content) };
        let violations = author.lint_brief(lint).await.unwrap().into_inner().violations;
        violations.into_iter().next().map(|violation| (violation.path, violation.code, violation.message))
    };
    let (path, code, _) = violation_of("ev-1", "TLP:GREEN").await.unwrap();
    assert_eq!((path.as_str(), code.as_str()), ("changes[0].marking", "MARKING_TOO_LOW"));
    assert_eq!(violation_of("ev-1", "TLP:AMBER").await, None);
    let hidden = violation_of("ev-2", "TLP:AMBER").await.unwrap();
    let missing = violation_of("ev-9", "TLP:AMBER").await.unwrap();
    assert_eq!((hidden.0, hidden.1, hidden.2.replace("ev-2", "ev-9")), missing);
    drop(etag);
}

#[tokio::test]
async fn an_undeclared_change_of_polarity_is_rejected_until_a_change_names_the_relationship() {
    let scene = Scene::new().await;
    let (mut admin, etag) = created(&scene).await;
    let tied = |polarity: RelationshipPolarity, changes: Vec<Change>| {
        let mut content = content("One");
        let actor = |id: &str| {
            let mut actor = Actor { id: id.into(), name: id.into(), ..Actor::default() };
            actor.set_kind(ActorKind::State);
            actor
        };
        content.actors = vec![actor("here"), actor("there")];
        let mut tie = Relationship {
            id: "tie".into(),
            from_id: "here".into(),
            to_id: "there".into(),
            r#type: "trades-with".into(),
            ..Relationship::default()
        };
        tie.set_polarity(polarity);
        content.relationships = vec![tie];
        content.changes = changes;
        content
    };
    let etag = edited(&mut admin, &etag, tied(RelationshipPolarity::Supportive, vec![])).await;
    admin.publish_brief(publish(&etag)).await.unwrap();
    let etag = edited(&mut admin, &etag, tied(RelationshipPolarity::Adverse, vec![])).await;
    let strict = PublishBriefRequest { require_declared_changes: true, ..publish(&etag) };
    let status =
        refused(admin.publish_brief(strict).await, Code::FailedPrecondition, Reason::UndeclaredChanges);
    assert_eq!(violations(&status), [("UNDECLARED_CHANGE".into(), "tie".into())]);
    let etag =
        edited(&mut admin, &etag, tied(RelationshipPolarity::Adverse, vec![change_of("tie", "")])).await;
    let strict = PublishBriefRequest { require_declared_changes: true, ..publish(&etag) };
    admin.publish_brief(strict).await.unwrap();
    let request = DiffBriefRevisionsRequest { name: BRIEF.into(), ..Default::default() };
    let found = scene.reader("TLP:CLEAR").await.diff_brief_revisions(request).await.unwrap().into_inner();
    let [tie] = found.differences.as_slice() else { panic!("{found:?}") };
    assert_eq!(
        (tie.id.as_str(), tie.declared, tie.fields.as_slice()),
        ("tie", true, &["polarity".to_owned()][..])
    );
}

#[tokio::test]
async fn a_figure_without_visible_data_is_omitted_without_a_trace() {
    let scene = Scene::new().await;
    let timeline = |events: Vec<Event>| {
        let mut content = content("One");
        let mut figure = Figure { title: "What happened".into(), ..Figure::default() };
        figure.set_kind(FigureKind::Timeline);
        let kind = Some(Kind::Figure(figure));
        content.sections[0].blocks.push(Block { kind, ..Block::default() });
        content.events = events;
        content
    };
    let secret =
        Event { id: "ev-1".into(), title: "A meeting".into(), marking: "TLP:RED".into(), ..Event::default() };
    scene.published("withheld", timeline(vec![secret])).await;
    scene.published("missing", timeline(vec![])).await;
    let read = async |brief: &str, clearance: &str| {
        let name = format!("workspaces/default/briefs/{brief}");
        let request = GetBriefRequest { name, ..GetBriefRequest::default() };
        let brief = scene.reader(clearance).await.get_brief(request).await.unwrap().into_inner();
        brief.content.unwrap()
    };
    let figures = |content: &BriefContent| {
        let blocks = content.sections.iter().flat_map(|section| &section.blocks);
        blocks.filter(|block| matches!(block.kind, Some(Kind::Figure(_)))).count()
    };
    let (withheld, missing) = (read("withheld", "TLP:CLEAR").await, read("missing", "TLP:CLEAR").await);
    assert_eq!(figures(&withheld), 0);
    assert_eq!(withheld, missing);
    assert_eq!(figures(&read("withheld", "TLP:RED").await), 1);
    assert_eq!(figures(&read("missing", "TLP:RED").await), 0);
    // The author's draft keeps the block, and lint reports it.
    let name = "workspaces/default/briefs/missing/draft".to_owned();
    let mut admin = scene.briefs(&scene.admin);
    let draft = chancery_proto::brief::v1::GetBriefDraftRequest { name: name.clone() };
    let draft = admin.get_brief_draft(draft).await.unwrap().into_inner().content.unwrap();
    assert_eq!(figures(&draft), 1);
    let reported = admin.lint_brief(LintBriefRequest { name, content: None }).await.unwrap().into_inner();
    let remark = reported.warnings.iter().find(|found| found.code == "BLOCK_WITHOUT_DATA").unwrap();
    assert_eq!(remark.part_id, "body");
    assert!(remark.message.contains("sections[0].blocks[1]"), "{}", remark.message);
}
