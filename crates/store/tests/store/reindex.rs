use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use chancery_brief::digest::{body_bytes, body_digest, content_digest};
use chancery_postgres::{TestDatabase, TestServer};
use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{Block, Event, Figure, FigureKind};
use chancery_proto::render::v1::RenderOptions;
use chancery_store::{
    DatabaseSettings, FindingCode, ReindexEvent, ReindexScope, RenderState, Store, StoreError, VerifyEvent,
    VerifyOptions,
};

use crate::fixture::{Fixture, brief_name, content, document, person, revision_name};
use crate::queue_scene::source;
use crate::verify::{findings, full};

/// Everything that can be rebuilt.
const MADE: [&str; 10] = [
    "editions",
    "statements",
    "actors",
    "actor_labels",
    "relationships",
    "events",
    "sources",
    "part_references",
    "search_entries",
    "revision_attachments",
];

async fn reindexed(store: &Store, which: ReindexScope) -> Vec<ReindexEvent> {
    let mut events = Vec::new();
    store.integrity().reindex(&which, |step| events.push(step)).await.unwrap();
    events
}

fn everything(fixture: &Fixture) -> Vec<Vec<String>> {
    MADE.iter().map(|table| fixture.rows(&rows_of(table))).collect()
}

/// All rows of a table, without generated keys.
fn rows_of(table: &str) -> String {
    format!("select to_jsonb(t) - 'entry_key' from {table} t order by 1")
}

#[tokio::test]
async fn reindexing_makes_the_same_rows_and_leaves_editions_as_they_are() {
    let fixture = full().await;
    let before = everything(&fixture);
    let revisions = fixture.rows("select * from revisions order by 1, 2");
    for table in &MADE[1..] {
        fixture.rows(&format!("delete from {table}"));
    }
    fixture.rows("update revisions set current_until = 2, title = 'x', floor = 0");
    let events = reindexed(&fixture.store, ReindexScope::All { from: None }).await;
    assert_eq!(events[0], ReindexEvent::Total(3));
    assert_eq!(events.len(), 4);
    assert!(
        events[1..].iter().all(|step| matches!(step, ReindexEvent::Revision { rewritten: false, .. })),
        "{events:?}"
    );
    assert_eq!(everything(&fixture), before);
    assert_eq!(fixture.rows("select * from revisions order by 1, 2"), revisions);
}

#[tokio::test]
async fn reindexing_from_a_brief_on_leaves_those_before_it() {
    let fixture = full().await;
    let events = reindexed(&fixture.store, ReindexScope::All { from: Some(brief_name("bz")) }).await;
    assert_eq!(events.len(), 2, "{events:?}");
    assert!(
        matches!(&events[1], ReindexEvent::Revision { name, .. } if name.brief.as_str() == "russia-iran")
    );
}

#[tokio::test]
async fn a_damaged_edition_is_reported_and_left_unchanged() {
    let fixture = full().await;
    let first =
        "brief_key = (select brief_key from briefs where brief_id = 'b1') and revision = 1 and from_rank = 2";
    fixture.rows(&format!("update editions set body = 'x', digest = sha256('x'::bytea) where {first}"));
    let events = reindexed(&fixture.store, ReindexScope::All { from: None }).await;
    let damage: Vec<&ReindexEvent> =
        events.iter().filter(|step| matches!(step, ReindexEvent::Damage(_))).collect();
    let [ReindexEvent::Damage(finding)] = damage[..] else { panic!("{events:?}") };
    assert_eq!(finding.code, FindingCode::EditionDiffers);
    assert_eq!(finding.name, "workspaces/default/briefs/b1/revisions/1");
    assert_eq!(
        fixture.rows(&format!("select convert_from(body, 'UTF8') from editions where {first}")),
        ["x"]
    );

    fixture
        .rows(&format!("update revisions set body = 'x' where {}", first.split(" and from").next().unwrap()));
    fixture.rows("delete from statements");
    let events = reindexed(&fixture.store, ReindexScope::All { from: None }).await;
    let is_reported = |step: &ReindexEvent| matches!(step, ReindexEvent::Damage(damage) if damage.code == FindingCode::BodyDigest);
    assert_eq!(events.iter().filter(|step| is_reported(step)).count(), 1, "{events:?}");
    assert_eq!(
        fixture.rows(&format!("select convert_from(body, 'UTF8') from editions where {first}")),
        ["x"]
    );
    assert_eq!(fixture.rows("select distinct revision from statements order by 1"), ["1", "2"]);
}

#[tokio::test]
async fn editions_of_older_redaction_rules_are_rewritten_and_said_so() {
    let fixture = full().await;
    let before = everything(&fixture);
    let first = "brief_key = (select brief_key from briefs where brief_id = 'b1') and revision = 1";
    // A redaction version before the first.
    fixture.rows("alter table revisions drop constraint revisions_redaction_version_check");
    fixture.rows(&format!("update revisions set redaction_version = 0 where {first}"));
    fixture.rows(&format!(
        "update editions set body = 'x', digest = sha256('x'::bytea) where {first} and from_rank = 2"
    ));
    let events = reindexed(&fixture.store, ReindexScope::Outdated).await;
    assert_eq!(events.len(), 2, "{events:?}");
    assert!(matches!(&events[1], ReindexEvent::Revision { rewritten: true, .. }), "{events:?}");
    assert_eq!(everything(&fixture), before);
    assert_eq!(findings(&fixture).await, Vec::<String>::new());

    fixture.rows(&format!("update revisions set redaction_version = 99 where {first}"));
    let refused =
        fixture.store.integrity().reindex(&ReindexScope::All { from: None }, |_| ()).await.unwrap_err();
    assert!(matches!(refused, StoreError::Schema(_)), "{refused}");
    assert_eq!(everything(&fixture), before);
}

/// A brief whose timeline has withheld events only, as redaction version 1 stored it: the lower edition has the figure.
async fn with_an_empty_frame(fixture: &Fixture) {
    let mut figure = Figure { title: "What happened".into(), ..Figure::default() };
    figure.set_kind(FigureKind::Timeline);
    let block = Block { kind: Some(Kind::Figure(figure)), ..Block::default() };
    let mut old = content("Frame");
    old.sections[0].blocks.push(block.clone());
    let event =
        Event { id: "ev-1".into(), title: "A meeting".into(), marking: "TLP:RED".into(), ..Event::default() };
    old.events = vec![event];
    fixture.published("frame", old).await;
    let lower =
        fixture.store.briefs().edition(&person("TLP:CLEAR"), &revision_name("frame", 1)).await.unwrap();
    let mut stored = lower.content().unwrap();
    assert_eq!(stored.sections[0].blocks.len(), 1);
    stored.sections[0].blocks.push(block);
    let body = body_bytes("frame", 1, &stored);
    let (body_hex, digest) = (hex(&body), body_digest(&body));
    let content_digest = content_digest(&stored);
    fixture.rows(&format!(
        "update editions set body = '\\x{body_hex}', digest = '\\x{digest}', content_digest = '\\x{content_digest}'
        where brief_id = 'frame' and from_rank = 0"
    ));
    fixture.rows("update revisions set redaction_version = 1, projection_version = 1");
    fixture.rows("update projection_version set version = 1");
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        write!(text, "{byte:02x}").unwrap();
    }
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn editions_with_empty_frames_are_encoded_again_before_anything_is_served() {
    let fixture = Arc::new(full().await);
    with_an_empty_frame(&fixture).await;
    let reader = person("TLP:CLEAR");
    let old = fixture.store.briefs().edition(&reader, &revision_name("frame", 1)).await.unwrap();
    assert_eq!(old.content().unwrap().sections[0].blocks.len(), 2);
    let (queued, leased) = {
        let requested = fixture.requested_by(&reader, "frame").await.unwrap();
        let lease = fixture.leased_one().await;
        // Another print of the same edition is queued.
        let options = RenderOptions { recipient: "Two".into(), ..RenderOptions::default() };
        let other = fixture.store.renders().create(&reader, &source("frame"), &options).await.unwrap();
        ([requested.render, other.render], lease)
    };
    let kept = fixture.rows(
        "select digest from editions where brief_id <> 'frame' order by brief_key, revision, from_rank",
    );
    let outdated = findings(&fixture).await;
    assert!(outdated.iter().any(|found| found.starts_with("EDITION_OUTDATED")), "{outdated:?}");
    let refused = fixture.store.check_schema().await.unwrap_err();
    assert!(matches!(refused, StoreError::Schema(ref why) if why.contains("chancery migrate")), "{refused}");

    let mut runs = Vec::new();
    for _ in 0..3 {
        let fixture = Arc::clone(&fixture);
        runs.push(tokio::spawn(async move { reindexed(&fixture.store, ReindexScope::Outdated).await }));
    }
    let mut rewritten = 0;
    for run in runs {
        let events = run.await.unwrap();
        assert!(!events.iter().any(|step| matches!(step, ReindexEvent::Damage(_))), "{events:?}");
        let is_rewritten =
            |step: &&ReindexEvent| matches!(step, ReindexEvent::Revision { rewritten: true, .. });
        rewritten += events.iter().filter(is_rewritten).count();
    }
    assert_eq!(rewritten, 1);
    fixture.store.check_schema().await.unwrap();
    assert_eq!(findings(&fixture).await, Vec::<String>::new());
    assert_eq!(
        fixture.rows(
            "select digest from editions where brief_id <> 'frame' order by brief_key, revision, from_rank"
        ),
        kept,
        "editions that hold no such block keep their digests"
    );

    let new = fixture.store.briefs().edition(&reader, &revision_name("frame", 1)).await.unwrap();
    assert_eq!(new.content().unwrap().sections[0].blocks.len(), 1);
    assert_ne!(new.digest, old.digest);
    assert_eq!(fixture.read(&reader, "frame").await.etag, new.digest.to_string());
    // Prints of the old edition fail with a reason; a new request prints the new one.
    for render in &queued {
        let now = fixture.store.renders().get(&reader, &render.name).await.unwrap();
        let RenderState::Failed { reason, .. } = &now.state else { panic!("{now:?}") };
        assert_eq!(reason, "EDITION_REWRITTEN");
    }
    assert!(matches!(fixture.finished(&leased, b"%PDF").await, Err(StoreError::LeaseLost)));
    let again = fixture.requested_by(&reader, "frame").await.unwrap();
    assert!(again.is_new_task);
    assert_eq!(again.render.edition_digest, new.digest);
    let lease = fixture.leased_one().await;
    let input = fixture.store.queue().render_input(&lease).await.unwrap();
    assert_eq!(body_digest(&input.edition), new.digest);
}

#[tokio::test]
async fn projections_of_another_version_are_not_served() {
    let fixture = full().await;
    fixture.store.check_schema().await.unwrap();
    fixture.rows("update projection_version set version = version - 1");
    let refused = fixture.store.check_schema().await.unwrap_err();
    assert!(matches!(refused, StoreError::Schema(ref why) if why.contains("chancery migrate")), "{refused}");
    fixture.rows("update projection_version set version = version + 2");
    let refused = fixture.store.check_schema().await.unwrap_err();
    assert!(matches!(refused, StoreError::Schema(ref why) if why.contains("chancery reindex")), "{refused}");
    assert!(fixture.store.integrity().reindex(&ReindexScope::Outdated, |_| ()).await.is_err());
}

#[tokio::test]
async fn an_interrupted_run_resumes() {
    let fixture = full().await;
    fixture.rows("update revisions set projection_version = 0");
    fixture.rows("update projection_version set version = 0");
    fixture.rows("delete from statements");
    // A run that is interrupted before it records its end: it is dropped after the first revision.
    let mut seen = 0;
    let first = fixture.store.integrity().reindex(&ReindexScope::Outdated, |step| {
        if matches!(step, ReindexEvent::Revision { .. }) {
            seen += 1;
        }
        assert!(seen < 2, "ended");
    });
    let ended = std::panic::AssertUnwindSafe(first);
    assert!(futures_ended(ended).await);
    assert!(fixture.store.check_schema().await.is_err());
    let events = reindexed(&fixture.store, ReindexScope::Outdated).await;
    assert!(events[0] == ReindexEvent::Total(1) || events[0] == ReindexEvent::Total(2), "{events:?}");
    fixture.store.check_schema().await.unwrap();
    assert_eq!(findings(&fixture).await, Vec::<String>::new());
    assert_eq!(reindexed(&fixture.store, ReindexScope::Outdated).await, [ReindexEvent::Total(0)]);
}

/// Returns whether a future panicked.
async fn futures_ended<F: Future<Output = chancery_store::Result<()>>>(
    future: std::panic::AssertUnwindSafe<F>,
) -> bool {
    let mut future = Box::pin(future.0);
    std::future::poll_fn(move |context| {
        let polled = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| future.as_mut().poll(context)));
        match polled {
            Ok(std::task::Poll::Pending) => std::task::Poll::Pending,
            Ok(std::task::Poll::Ready(_)) => std::task::Poll::Ready(false),
            Err(_) => std::task::Poll::Ready(true),
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_at_once_and_writers_do_no_harm() {
    let fixture = Arc::new(full().await);
    let mut runs = Vec::new();
    for _ in 0..3 {
        let fixture = Arc::clone(&fixture);
        runs.push(tokio::spawn(async move {
            fixture.store.integrity().reindex(&ReindexScope::All { from: None }, |_| ()).await.unwrap();
        }));
    }
    let writing = Arc::clone(&fixture);
    runs.push(tokio::spawn(async move {
        for number in 3..20 {
            let next = document(number, content(&format!("Title {number}")));
            writing.store.briefs().import(&person("TLP:RED"), &brief_name("b1"), &[next]).await.unwrap();
        }
    }));
    for run in runs {
        run.await.unwrap();
    }
    assert_eq!(findings(&fixture).await, Vec::<String>::new());
}

/// The data kept from a database before the content service, by table and column.
const OLD: [(&str, &str); 6] = [
    ("workspaces", "workspace_id, uid, display_name, scheme, policy, created_at"),
    ("change_counters", "workspace_id, epoch, last_number"),
    ("briefs", "brief_key, workspace_id, brief_id, uid, created_at, created_by"),
    (
        "drafts",
        "brief_key, content, content_schema, etag, base_revision, edited, floor, highest, updated_at, updated_by",
    ),
    (
        "revisions",
        "brief_key, revision, body, digest, content_digest, content_schema, redaction_version, floor, highest, published_at, \
         creator, recorded_at, recorded_by",
    ),
    (
        "editions",
        "brief_key, revision, from_rank, body, digest, content_digest, marking, title, change_summary, summary",
    ),
];

/// Migrates a database to the last version before the content service.
async fn migrate_to_0007(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    for file in std::fs::read_dir(migrations).unwrap() {
        let file = file.unwrap();
        if file.file_name().to_str().is_some_and(|name| name < "0008") {
            std::fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
        }
    }
    let pool = sqlx::PgPool::connect(database.url()).await.unwrap();
    sqlx::migrate::Migrator::new(folder.path()).await.unwrap().run(&pool).await.unwrap();
    pool.close().await;
}

/// Statements that copy a fixture's data into a database before the content service.
fn export(fixture: &Fixture) -> String {
    let mut script = String::from("delete from change_counters; delete from workspaces;\n");
    for (table, columns) in OLD {
        let values: Vec<String> =
            columns.split(", ").map(|column| format!("quote_nullable({column})")).collect();
        let values = values.join(" || ', ' || ");
        let keys = fixture.rows(&format!("select {values} from {table}"));
        for row in keys {
            writeln!(script, "insert into {table} ({columns}) overriding system value values ({row});")
                .unwrap();
        }
    }
    // Every logged change concerned a revision or no content; only the former have an audience.
    let log = fixture.rows(
        "select quote_nullable(workspace_id) || ', ' || number || ', ' || quote_nullable(kind) || ', ' ||
            quote_nullable(target) || ', ' || case when kind = 'revision_published' then '0' else 'null' end || ', ' ||
            quote_nullable(subject) from change_log",
    );
    for row in log {
        let columns = "workspace_id, number, kind, target, visible_from, subject";
        writeln!(script, "insert into change_log ({columns}) values ({row});").unwrap();
    }
    script
}

/// Statements that write the importers of a fixture's revisions.
fn importers(fixture: &Fixture) -> String {
    let statements = fixture.rows(
        "select format('update revisions set importer = %L where brief_key = %s and revision = %s;',
            importer, brief_key, revision)
        from revisions where importer is not null",
    );
    statements.join("\n")
}

#[tokio::test]
async fn a_database_of_before_the_content_service_is_made_whole() {
    let fixture = full().await;
    let expected = everything(&fixture);
    let server = TestServer::connect().unwrap();
    let old = server.empty_database().unwrap();
    migrate_to_0007(&old).await;
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("old.sql");
    std::fs::write(&script, export(&fixture)).unwrap();
    old.psql().file(&script).unwrap();

    let store = DatabaseSettings::of_url(old.url()).connect("test").await.unwrap();
    store.migrate().await.unwrap();
    // Importers are the only column that the old schema lacks and that cannot be rebuilt.
    std::fs::write(&script, importers(&fixture)).unwrap();
    old.psql().file(&script).unwrap();
    let refused = store.check_schema().await.unwrap_err();
    assert!(matches!(refused, StoreError::Schema(ref why) if why.contains("chancery migrate")), "{refused}");
    let events = reindexed(&store, ReindexScope::Outdated).await;
    assert_eq!(events[0], ReindexEvent::Total(3));
    assert!(!events.iter().any(|step| matches!(step, ReindexEvent::Damage(_))), "{events:?}");
    store.check_schema().await.unwrap();
    let mut found = Vec::new();
    let report = |event| {
        if let VerifyEvent::Found(finding) = event {
            found.push(finding.to_string());
        }
    };
    store.integrity().verify(VerifyOptions { artifacts: true }, report).await.unwrap();
    assert_eq!(found, Vec::<String>::new());
    for (table, expected) in MADE.iter().zip(expected) {
        let rows = old.psql().rows(&rows_of(table)).unwrap();
        assert_eq!(rows, expected, "{table}");
    }
}
