use std::time::Duration;

use chancery_proto::admin::v1::{ApiToken, CreateApiTokenRequest, RevokeApiTokenRequest, Role};
use chancery_proto::brief::v1::watch_briefs_response::Event;
use chancery_proto::brief::v1::{
    BriefContent, DeleteBriefRequest, GetBriefRequest, UndeleteBriefRequest, WatchBriefsRequest,
    WatchBriefsResponse, WithdrawBriefRevisionRequest,
};
use chancery_proto::errors::v1::Reason;
use chancery_proto::status::reason_of;
use chancery_testkit::imports::{document, import};
use chancery_testkit::status_refusals::{refused, refused_at};
use tonic::{Code, Status, Streaming};
use tonic_types::StatusExt;

use crate::scene::{Briefs, Scene, content};

const BRIEF: &str = "workspaces/default/briefs/b1";

fn watch(cursor: &str) -> WatchBriefsRequest {
    WatchBriefsRequest { parent: "workspaces/default".into(), cursor: cursor.into(), ..Default::default() }
}

fn from_now() -> WatchBriefsRequest {
    WatchBriefsRequest { skip_current_state: true, ..watch("") }
}

async fn begin(briefs: &Briefs, request: WatchBriefsRequest) -> Streaming<WatchBriefsResponse> {
    briefs.clone().watch_briefs(request).await.unwrap().into_inner()
}

/// Returns the next event as text.
async fn next(answers: &mut Streaming<WatchBriefsResponse>) -> Result<(String, String), Status> {
    let waited = tokio::time::timeout(Duration::from_secs(20), answers.message()).await;
    let answer = waited.expect("an event arrives")?.expect("a watch does not end on its own");
    let event = match answer.event.unwrap() {
        Event::Current(brief) => format!("is {} {}", tail(&brief.revision), brief.title),
        Event::Change(change) => {
            let (kind, brief) = (change.kind(), change.brief.unwrap());
            format!(
                "{kind:?} {} {}",
                tail(if brief.revision.is_empty() { &brief.name } else { &brief.revision }),
                brief.title
            )
        }
        Event::Checkpoint(_) => "checkpoint".to_owned(),
        Event::KeepAlive(_) => "alive".to_owned(),
    };
    Ok((event.trim_end().to_owned(), answer.cursor))
}

fn tail(name: &str) -> &str {
    name.trim_start_matches("workspaces/default/briefs/")
}

async fn publish(scene: &Scene, brief: &str, number: u32, content: BriefContent) -> String {
    let request = import(vec![document(brief, number, content)]);
    scene.briefs(&scene.admin).import_brief(request).await.unwrap().into_inner().cursor
}

/// Builds content that differs only in its highest-marked sentence.
fn hidden_change(title: &str) -> BriefContent {
    let mut content = content(title);
    let Some(chancery_proto::brief::v1::block::Kind::Paragraph(paragraph)) =
        &mut content.sections[0].blocks[0].kind
    else {
        panic!("the content has a paragraph")
    };
    paragraph.statements[1].text = "Named persons read this.".into();
    content
}

#[tokio::test]
async fn a_watch_sends_the_current_state_and_then_every_change_in_order() {
    let scene = Scene::new().await;
    publish(&scene, "b2", 1, content("Two")).await;
    publish(&scene, "b1", 1, content("One")).await;
    let reader = scene.reader("TLP:RED").await;
    let mut answers = begin(&reader, watch("")).await;
    let state = [next(&mut answers).await.unwrap(), next(&mut answers).await.unwrap()];
    assert_eq!(
        state.each_ref().map(|(event, _)| event.as_str()),
        ["is b1/revisions/1 One", "is b2/revisions/1 Two"]
    );
    assert!(state.iter().all(|(_, cursor)| cursor.is_empty()));
    let (event, from) = next(&mut answers).await.unwrap();
    assert_eq!(event, "checkpoint");

    let mut admin = scene.briefs(&scene.admin);
    let mut events = Vec::new();
    publish(&scene, "b1", 2, content("One again")).await;
    events.push(next(&mut answers).await.unwrap());
    let name = format!("{BRIEF}/revisions/2");
    let request = WithdrawBriefRevisionRequest { name, reason: "Wrong.".into(), ..Default::default() };
    admin.withdraw_brief_revision(request).await.unwrap();
    events.push(next(&mut answers).await.unwrap());
    admin.delete_brief(DeleteBriefRequest { name: BRIEF.into(), ..Default::default() }).await.unwrap();
    events.push(next(&mut answers).await.unwrap());
    admin.undelete_brief(UndeleteBriefRequest { name: BRIEF.into(), ..Default::default() }).await.unwrap();
    events.push(next(&mut answers).await.unwrap());
    let expected = [
        "Published b1/revisions/2 One again",
        "Withdrawn b1/revisions/2 One again",
        "Deleted b1",
        "Undeleted b1",
    ];
    let (words, cursors): (Vec<_>, Vec<_>) = events.into_iter().unzip();
    assert_eq!(words, expected);
    // Each cursor resumes with exactly the events after it.
    let mut again = begin(&reader, watch(&from)).await;
    assert_eq!(next(&mut again).await.unwrap().0, expected[0]);
    for (place, cursor) in cursors[..3].iter().enumerate() {
        let mut again = begin(&reader, watch(cursor)).await;
        assert_eq!(next(&mut again).await.unwrap().0, expected[place + 1]);
    }
}

#[tokio::test]
async fn a_change_outside_the_callers_edition_sends_no_event() {
    let scene = Scene::new().await;
    publish(&scene, "b1", 1, content("One")).await;
    let (low, high) = (scene.reader("TLP:CLEAR").await, scene.reader("TLP:RED").await);
    let (mut low, mut high) = (begin(&low, from_now()).await, begin(&high, from_now()).await);
    assert_eq!(next(&mut low).await.unwrap().0, "checkpoint");
    assert_eq!(next(&mut high).await.unwrap().0, "checkpoint");
    publish(&scene, "b1", 2, hidden_change("One")).await;
    publish(&scene, "b1", 3, content("Three")).await;
    assert_eq!(next(&mut high).await.unwrap().0, "Published b1/revisions/2 One");
    assert_eq!(next(&mut high).await.unwrap().0, "Published b1/revisions/3 Three");
    assert_eq!(next(&mut low).await.unwrap().0, "Published b1/revisions/3 Three");
}

#[tokio::test]
async fn a_watch_of_named_briefs_reports_only_those() {
    let scene = Scene::new().await;
    let reader = scene.reader("TLP:RED").await;
    let names = vec![BRIEF.to_owned()];
    let mut answers = begin(&reader, WatchBriefsRequest { names, ..from_now() }).await;
    assert_eq!(next(&mut answers).await.unwrap().0, "checkpoint");
    publish(&scene, "b2", 1, content("Two")).await;
    publish(&scene, "b1", 1, content("One")).await;
    assert_eq!(next(&mut answers).await.unwrap().0, "Published b1/revisions/1 One");
}

#[tokio::test]
async fn an_idle_watch_sends_keep_alives() {
    let scene = Scene::new().await;
    let reader = scene.reader("TLP:RED").await;
    let mut answers = begin(&reader, from_now()).await;
    assert_eq!(next(&mut answers).await.unwrap().0, "checkpoint");
    let (event, cursor) = next(&mut answers).await.unwrap();
    assert_eq!(event, "alive");
    publish(&scene, "b1", 1, content("One")).await;
    let mut again = begin(&reader, watch(&cursor)).await;
    assert_eq!(next(&mut again).await.unwrap().0, "Published b1/revisions/1 One");
}

#[tokio::test]
async fn a_slow_readers_watch_ends_with_a_cursor_that_resumes_without_gaps_or_repeats() {
    let scene = Scene::new().await;
    let replica = scene.replica(&["--watch-timeout", "100"]).await;
    let token = scene.token("default", &[Role::Reader], "TLP:RED").await;
    let slow = Scene::narrow_briefs_at(replica.listen, &token);
    let mut answers = begin(&slow, from_now()).await;
    assert_eq!(next(&mut answers).await.unwrap().0, "checkpoint");
    // More than connection and server buffer for a caller who does not read.
    let long = "word ".repeat(55);
    let many: u32 = 400;
    let titles: Vec<_> =
        (1..=many).map(|number| document("b1", number, content(&format!("{number} {long}")))).collect();
    for some in titles.chunks(100) {
        scene.briefs(&scene.admin).import_brief(import(some.to_vec())).await.unwrap();
    }
    let mut received = Vec::new();
    let mut dropped = 0;
    while received.len() < many as usize {
        match next(&mut answers).await {
            Ok((event, _)) => received.push(event.split(' ').nth(1).unwrap().to_owned()),
            Err(status) => {
                assert_eq!(
                    (status.code(), reason_of(&status)),
                    (Code::ResourceExhausted, Some(Reason::SlowReader))
                );
                assert!(status.get_details_retry_info().is_some());
                let cursor = status.get_details_error_info().unwrap().metadata["cursor"].clone();
                answers = begin(&slow, watch(&cursor)).await;
                dropped += 1;
            }
        }
    }
    let expected: Vec<_> = (1..=many).map(|number| format!("b1/revisions/{number}")).collect();
    assert_eq!(received, expected);
    assert!(dropped > 0, "the reader was never too slow");
}

#[tokio::test]
async fn a_watch_ends_when_its_token_is_revoked() {
    let scene = Scene::new().await;
    let mut admin = scene.admins(&scene.admin);
    let api_token = ApiToken {
        display_name: "Desk".into(),
        roles: vec![Role::Reader.into()],
        clearance: "TLP:RED".into(),
        ..ApiToken::default()
    };
    let request = CreateApiTokenRequest {
        parent: "workspaces/default".into(),
        api_token: Some(api_token),
        ..Default::default()
    };
    let made = admin.create_api_token(request).await.unwrap().into_inner();
    let reader = scene.briefs(&made.secret);
    let mut answers = begin(&reader, from_now()).await;
    assert_eq!(next(&mut answers).await.unwrap().0, "checkpoint");
    let name = made.api_token.unwrap().name;
    admin.revoke_api_token(RevokeApiTokenRequest { name, ..Default::default() }).await.unwrap();
    publish(&scene, "b1", 1, content("One")).await;
    let ended = tokio::time::timeout(Duration::from_secs(5), answers.message())
        .await
        .expect("the watch ends before the timeout");
    refused(ended, Code::Unauthenticated, Reason::Unauthenticated);
}

#[tokio::test]
async fn a_watch_that_skipped_the_current_state_resumes_with_the_same_request_and_a_cursor() {
    let scene = Scene::new().await;
    let cursor = publish(&scene, "b1", 1, content("One")).await;
    publish(&scene, "b1", 2, content("Two")).await;
    let reader = scene.reader("TLP:RED").await;
    let resumed = WatchBriefsRequest { cursor, ..from_now() };
    let mut answers = begin(&reader, resumed).await;
    assert_eq!(next(&mut answers).await.unwrap().0, "Published b1/revisions/2 Two");
}

#[tokio::test]
async fn foreign_future_and_forged_cursors_are_rejected() {
    let scene = Scene::new().await;
    let cursor = publish(&scene, "b1", 1, content("One")).await;
    let mut reader = scene.reader("TLP:RED").await;
    for cursor in ["x", &"A".repeat(70), &cursor[1..], &"A".repeat(200_000)] {
        refused_at(reader.watch_briefs(watch(cursor)).await, Reason::InvalidCursor, "cursor");
        let request =
            GetBriefRequest { name: BRIEF.into(), at_least: cursor.to_owned(), ..Default::default() };
        refused_at(reader.get_brief(request).await, Reason::InvalidCursor, "at_least");
    }
    // Ahead of the log: the test sets the log back in the database.
    scene.rows("update change_counters set last_number = 0 where workspace_id = 'default'");
    scene.rows("delete from change_log where workspace_id = 'default'");
    refused_at(reader.watch_briefs(watch(&cursor)).await, Reason::InvalidCursor, "cursor");
    let names = vec![BRIEF.to_owned(); 101];
    refused_at(
        reader.watch_briefs(WatchBriefsRequest { names, ..from_now() }).await,
        Reason::InvalidField,
        "names",
    );
    let names = vec!["workspaces/other/briefs/b1".to_owned()];
    let elsewhere = WatchBriefsRequest { names, ..from_now() };
    refused_at(reader.watch_briefs(elsewhere).await, Reason::InvalidField, "names[0]");
}

#[tokio::test]
async fn a_restore_expires_old_cursors_and_new_ones_work() {
    let scene = Scene::new().await;
    let cursor = publish(&scene, "b1", 1, content("One")).await;
    let restored = scene.restored_elsewhere(&[]).await;
    let token = &scene.admin;
    let mut there = Scene::briefs_at(restored.running.listen, token);
    let answer = there.watch_briefs(watch(&cursor)).await;
    refused(answer, Code::FailedPrecondition, Reason::CursorExpired);
    let request = GetBriefRequest { name: BRIEF.into(), at_least: cursor.clone(), ..Default::default() };
    refused(there.get_brief(request).await, Code::FailedPrecondition, Reason::CursorExpired);
    let request = import(vec![document("b1", 2, content("Two"))]);
    let new = there.import_brief(request).await.unwrap().into_inner().cursor;
    publish(&scene, "b1", 2, content("Another")).await;
    let request = GetBriefRequest { name: BRIEF.into(), at_least: new.clone(), ..Default::default() };
    assert_eq!(there.get_brief(request).await.unwrap().into_inner().newest_revision, 2);
    // On the original database, the cursors remain valid.
    let mut answers = begin(&scene.briefs(token), watch(&cursor)).await;
    assert_eq!(next(&mut answers).await.unwrap().0, "Published b1/revisions/2 Another");
}
