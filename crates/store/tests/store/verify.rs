use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chancery_proto::brief::v1::BriefContent;
use chancery_store::{FindingCode, VerifyEvent, VerifyOptions};
use chancery_testkit::files;

use crate::fixture::{Fixture, brief_name, content, content_at, document, person};
use crate::queue_scene::scene;

const EVERYTHING: VerifyOptions = VerifyOptions { artifacts: true };

/// The lines that a verification reports.
pub(crate) async fn findings(fixture: &Fixture) -> Vec<String> {
    let mut found = Vec::new();
    let collect = |event| {
        if let VerifyEvent::Found(finding) = event {
            found.push(finding.to_string());
        }
    };
    fixture.store.integrity().verify(EVERYTHING, collect).await.unwrap();
    found
}

/// A fixture with two briefs, one of which has every kind of row, an image and a PDF.
pub(crate) async fn full() -> Fixture {
    let fixture = scene().await;
    fixture
        .store
        .briefs()
        .import(&person("TLP:RED"), &brief_name("b1"), &[document(2, content("Two"))])
        .await
        .unwrap();
    fixture.requested().await;
    fixture.finished(&fixture.leased_one().await, b"%PDF").await.unwrap();
    let sample = files::revision("russia-iran", 1);
    let name = brief_name(&sample.brief_id);
    fixture
        .store
        .briefs()
        .import(&person("TLP:RED"), &name, &[document(1, sample.content.unwrap())])
        .await
        .unwrap();
    fixture
}

#[tokio::test]
async fn intact_data_gives_no_findings() {
    let fixture = full().await;
    assert_eq!(findings(&fixture).await, Vec::<String>::new());
    let closed = document(3, content_at("Three", "TLP:AMBER"));
    fixture.store.briefs().import(&person("TLP:RED"), &brief_name("b1"), &[closed]).await.unwrap();
    assert_eq!(findings(&fixture).await, Vec::<String>::new());
    for table in
        ["statements", "actors", "actor_labels", "relationships", "events", "sources", "part_references"]
    {
        assert_ne!(fixture.rows(&format!("select count(*) from {table}")), ["0"], "{table}");
    }
}

/// Damages data with a statement, expects exactly these lines, and restores the data.
async fn expect(fixture: &Fixture, damage: &str, expected: &[&str]) {
    let (undo, damage) = damage.split_once("UNDO ").map_or(("", damage), |(damage, undo)| (undo, damage));
    assert!(!undo.is_empty(), "{damage}");
    fixture.rows(damage);
    let found = findings(fixture).await;
    assert_eq!(found, expected, "{damage}");
    fixture.rows(undo);
    assert_eq!(findings(fixture).await, Vec::<String>::new(), "{undo}");
}

#[tokio::test]
async fn every_kind_of_damage_to_a_revision_is_found_and_named() {
    let fixture = full().await;
    let b1 = "brief_key = (select brief_key from briefs where brief_id = 'b1')";
    fixture.rows("create table kept as select * from revisions");
    fixture.rows("create table kept_editions as select * from editions");
    let put_back = "update revisions r set body = k.body, digest = k.digest, content_digest = k.content_digest, \
        floor = k.floor, title = k.title, current_until = k.current_until, redaction_version = k.redaction_version, \
        projection_version = k.projection_version \
        from kept k where (k.brief_key, k.revision) = (r.brief_key, r.revision)";
    let cases: [(&str, &str); 7] = [
        (
            "body = set_byte(body, 20, get_byte(body, 20) # 1)",
            "BODY_DIGEST workspaces/default/briefs/b1/revisions/1: its bytes have SHA-256 ",
        ),
        (
            "body = 'nonsense', digest = sha256('nonsense'::bytea)",
            "BODY_NOT_CANONICAL workspaces/default/briefs/b1/revisions/1: failed to decode Protobuf message: ",
        ),
        (
            "content_digest = sha256(''::bytea)",
            "REVISION_DIFFERS workspaces/default/briefs/b1/revisions/1: content_digest",
        ),
        ("title = 'Other'", "REVISION_DIFFERS workspaces/default/briefs/b1/revisions/1: title"),
        (
            "current_until = 3",
            "CURRENT_UNTIL workspaces/default/briefs/b1/revisions/1: it is recorded as the newest up to rank 3, \
             expected 0",
        ),
        (
            "redaction_version = 77",
            "EDITION_OUTDATED workspaces/default/briefs/b1/revisions/1: its editions have redaction version 77, expected 2",
        ),
        (
            "projection_version = 0",
            "PROJECTION_OUTDATED workspaces/default/briefs/b1/revisions/1: its projections have version 0, expected ",
        ),
    ];
    for (damage, expected) in cases {
        fixture.rows(&format!("update revisions set {damage} where {b1} and revision = 1"));
        let found = findings(&fixture).await;
        assert!(found.len() == 1 && found[0].starts_with(expected), "{damage}: {found:#?}");
        fixture.rows(put_back);
        assert_eq!(findings(&fixture).await, Vec::<String>::new());
    }
    let name = "workspaces/default/briefs/b1/revisions/2";
    let edition = format!("{b1} and revision = 2 and from_rank = 2");
    for column in
        ["body = 'x'", "digest = sha256('x'::bytea)", "title = 'x'", "summary = 'x'", "envelope = 'x'"]
    {
        fixture.rows(&format!("update editions set {column} where {edition}"));
        let column = column.split(' ').next().unwrap();
        let expected = format!("EDITION_DIFFERS {name}: edition from rank 2: {column}");
        assert_eq!(findings(&fixture).await, [expected]);
        fixture.rows(&format!("delete from editions where {edition}"));
        let expected = format!("EDITION_MISSING {name}: edition from rank 2");
        assert_eq!(findings(&fixture).await, [expected]);
        fixture.rows(&format!("insert into editions select * from kept_editions where {edition}"));
        assert_eq!(findings(&fixture).await, Vec::<String>::new());
    }
    let extra = format!(
        "insert into editions select brief_key, revision, 3, body, digest, content_digest, marking, title, change_summary, \
         summary, workspace_id, brief_id, until_rank, 0, envelope from kept_editions where {edition}"
    );
    fixture.rows(&extra);
    assert_eq!(findings(&fixture).await, [format!("EDITION_EXTRA {name}: edition from rank 3")]);
    fixture.rows(&format!("delete from editions where {b1} and revision = 2 and from_rank = 3"));
    fixture
        .rows(&format!("update editions set until_rank = 15 where {b1} and revision = 2 and from_rank = 4"));
    let expected = format!("EDITION_DIFFERS {name}: edition from rank 4: until_rank");
    assert_eq!(findings(&fixture).await, [expected]);
}

#[tokio::test]
async fn every_kind_of_damage_to_projections_is_found_named_and_repaired() {
    let fixture = full().await;
    let name = "workspaces/default/briefs/b1/revisions/2";
    let b1 = "brief_key = (select brief_key from briefs where brief_id = 'b1') and revision = 2";
    let cases = [
        (
            format!("delete from statements where {b1} and statement_id = 'held'"),
            format!("PROJECTION_MISSING {name}: statements \"held\" from rank 2"),
        ),
        (
            format!("update statements set text = 'x', marking = 0 where {b1} and statement_id = 'held'"),
            format!("PROJECTION_DIFFERS {name}: statements \"held\" from rank 2: marking, text"),
        ),
        (
            format!("update search_entries set words = '' where {b1} and statement_id = 'held'"),
            format!("PROJECTION_DIFFERS {name}: search_entries \"held\" from rank 2: words"),
        ),
        (
            format!("delete from search_entries where {b1} and statement_id = 'held'"),
            format!("PROJECTION_MISSING {name}: search_entries \"held\" from rank 2"),
        ),
        (
            format!("update statements set current_until = 1 where {b1} and statement_id = 'held'"),
            format!("PROJECTION_DIFFERS {name}: statements \"held\" from rank 2: current_until"),
        ),
        (
            format!("update sources set statement_id = 'x' where {b1}").replace("statement_id", "source_id"),
            format!("PROJECTION_MISSING {name}: sources \"informant\" from rank 4"),
        ),
        (
            format!("update part_references set until_rank = 9 where {b1}"),
            format!(
                "PROJECTION_DIFFERS {name}: part_references \"1 secret citations informant\" from rank 4: until_rank"
            ),
        ),
    ];
    for (damage, expected) in cases {
        fixture.rows(&damage);
        let found = findings(&fixture).await;
        assert!(found.contains(&expected), "{damage}: {found:#?}");
        fixture
            .store
            .integrity()
            .reindex(&chancery_store::ReindexScope::All { from: None }, |_| ())
            .await
            .unwrap();
        assert_eq!(findings(&fixture).await, Vec::<String>::new());
    }
    for table in
        ["statements", "actors", "actor_labels", "relationships", "events", "sources", "part_references"]
    {
        let key = "brief_key = (select brief_key from briefs where brief_id <> 'b1')";
        let count: usize =
            fixture.rows(&format!("select count(*) from {table} where {key}"))[0].parse().unwrap();
        fixture.rows(&format!("delete from {table} where {key}"));
        let found = findings(&fixture).await;
        let start = format!("PROJECTION_MISSING workspaces/default/briefs/russia-iran/revisions/1: {table} ");
        assert_eq!(found.iter().filter(|line| line.starts_with(&start)).count(), count, "{found:#?}");
        // Search entries are deleted with their statements.
        let is_due = |line: &String| line.starts_with(&start) || line.contains(": search_entries ");
        assert!(found.iter().all(is_due), "{found:#?}");
        fixture
            .store
            .integrity()
            .reindex(&chancery_store::ReindexScope::All { from: None }, |_| ())
            .await
            .unwrap();
    }
    let extra = "insert into actor_labels (workspace_id, brief_key, revision, actor_id, from_rank, until_rank, current_until, \
        language, label) select workspace_id, brief_key, 1, 'nobody', 0, 16, 0, 'en', 'Nobody' from briefs where brief_id = 'b1'";
    fixture.rows(extra);
    let found = findings(&fixture).await;
    let expected = "PROJECTION_EXTRA workspaces/default/briefs/b1/revisions/1: actor_labels \"nobody en Nobody\" from rank 0";
    assert!(found.iter().any(|line| line == expected), "{found:#?}");
    fixture
        .store
        .integrity()
        .reindex(&chancery_store::ReindexScope::All { from: None }, |_| ())
        .await
        .unwrap();
    assert_eq!(findings(&fixture).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_missing_revision_is_found() {
    let fixture = full().await;
    let first = "brief_key = (select brief_key from briefs where brief_id = 'b1') and revision = 1";
    for table in ["render_queue", "render_attempts", "render_deliveries", "renders", "render_tasks"] {
        fixture.rows(&format!("truncate {table} cascade"));
    }
    for table in ["statements", "sources", "part_references", "editions", "revisions"] {
        fixture.rows(&format!("delete from {table} where {first}"));
    }
    let expected = "REVISION_MISSING workspaces/default/briefs/b1: revision 1 is missing before revision 2";
    assert_eq!(findings(&fixture).await, [expected]);
}

#[tokio::test]
async fn damaged_drafts_attachments_logs_and_pdfs_are_found() {
    let fixture = full().await;
    let b1 = "brief_key = (select brief_key from briefs where brief_id = 'b1')";
    let draft = "workspaces/default/briefs/b1/draft";
    fixture.rows("create table kept as select * from drafts");
    let undo = "update drafts d set content = k.content, floor = k.floor from kept k where k.brief_key = d.brief_key";
    let damage = format!("update drafts set content = 'x' where {b1} UNDO {undo}");
    let line = format!(
        "DRAFT_DAMAGED {draft}: the stored bytes do not decode as content: failed to decode Protobuf message: \
        buffer underflow"
    );
    fixture.rows(damage.split(" UNDO ").next().unwrap());
    let found = findings(&fixture).await;
    assert!(found.len() == 1 && found[0].starts_with(&line[..60]), "{found:#?}");
    fixture.rows(undo);
    expect(
        &fixture,
        &format!("update drafts set floor = 1 where {b1} UNDO {undo}"),
        &[&format!("DRAFT_DAMAGED {draft}: floor")],
    )
    .await;

    let number = "(select max(number) from change_log where workspace_id = 'default')";
    expect(
        &fixture,
        &format!(
            "update change_log set number = number + 2 where workspace_id = 'default' and number = {number} \
             UNDO update change_log set number = number - 2 where workspace_id = 'default' and number = {number}"
        ),
        &[
            "CHANGE_COUNTER workspaces/default: its counter is 3, but its newest change is 5",
            "CHANGE_MISSING workspaces/default: changes 3 to 4 are missing",
        ],
    )
    .await;
    fixture.rows("delete from change_log where workspace_id = 'default' and number = 2");
    assert_eq!(findings(&fixture).await, ["CHANGE_MISSING workspaces/default: change 2 is missing"]);
    fixture.rows("insert into change_log (workspace_id, number, kind, target, subject) values ('default', 2, 'x', 'x', 'x')");

    let digest = fixture.rows("select encode(digest, 'hex') from artifacts").pop().unwrap();
    let artifact = format!("workspaces/default/artifacts/{digest}");
    fixture.rows("update artifact_chunks set bytes = '%PDG'");
    let found = findings(&fixture).await;
    let start = format!("ARTIFACT_DIGEST {artifact}: its bytes have SHA-256 ");
    assert!(found.len() == 1 && found[0].starts_with(&start), "{found:#?}");
    let mut without = Vec::new();
    fixture
        .store
        .integrity()
        .verify(VerifyOptions { artifacts: false }, |event| without.push(event))
        .await
        .unwrap();
    assert!(!without.iter().any(|event| matches!(event, VerifyEvent::Found(_))));
    fixture.rows("delete from artifact_chunks");
    let found = findings(&fixture).await;
    assert!(
        found.len() == 1 && found[0].starts_with(&format!("ARTIFACT_UNREADABLE {artifact}: ")),
        "{found:#?}"
    );
    fixture.rows("update artifact_chunks set bytes = '%PDF'");

    fixture.rows(
        "insert into attachments (workspace_id, digest, media_type, marking, width, height, size_bytes, bytes, created_by)
        values ('default', sha256('b'::bytea), 'image/png', 0, 1, 1, 1, 'a', 'x')",
    );
    let name =
        "workspaces/default/attachments/3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d";
    let found = findings(&fixture).await;
    let expected = format!(
        "ATTACHMENT_DIGEST {name}: its bytes have SHA-256 \
        ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    );
    assert!(found.contains(&expected), "{found:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_writes_give_no_findings() {
    let fixture = Arc::new(scene().await);
    let done = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let (fixture, done) = (Arc::clone(&fixture), Arc::clone(&done));
            tokio::spawn(async move {
                let mut number = 0;
                while !done.load(Ordering::Relaxed) {
                    number += 1;
                    // Alternates between all and few clearances, so that each change affects the newest editions.
                    let marking = ["TLP:CLEAR", "TLP:AMBER", "TLP:GREEN"][number as usize % 3];
                    let title = format!("Title {writer} {number}");
                    let content: BriefContent =
                        if number % 2 == 0 { content(&title) } else { content_at(&title, marking) };
                    let name = brief_name(&format!("writer-{writer}"));
                    let next = document(number, content);
                    fixture.store.briefs().import(&person("TLP:RED"), &name, &[next]).await.unwrap();
                }
                number
            })
        })
        .collect();
    for _ in 0..3 {
        assert_eq!(findings(&fixture).await, Vec::<String>::new());
    }
    done.store(true, Ordering::Relaxed);
    for writer in writers {
        assert!(writer.await.unwrap() > 5);
    }
    assert_eq!(findings(&fixture).await, Vec::<String>::new());
}

#[test]
fn finding_codes_are_distinct() {
    let mut words: Vec<&str> = FindingCode::ALL.iter().map(|code| code.as_str()).collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), FindingCode::ALL.len());
}
