//! Calls that expire or whose caller disconnects: the statement is cancelled, the connection freed, and the call
//! logged.

use std::io::Write as _;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use chancery_postgres::TestDatabase;
use chancery_proto::admin::v1::ListApiTokensRequest;
use chancery_proto::brief::v1::{GetBriefRequest, ListBriefsRequest};
use chancery_proto::errors::v1::Reason;
use chancery_testkit::status_refusals::refused;
use tonic::{Code, Request, Status};

use crate::scene::{Briefs, Scene, content};

/// Maximum response time on a busy machine: below the 5 s timeout of waiting for a connection, and the 10 s lock
/// timeout.
const PROMPT: Duration = Duration::from_secs(3);

/// A session that locks a table against all readers until it is dropped.
pub(crate) struct TableLock {
    psql: Child,
    /// Closing psql's input ends psql, and its transaction with it.
    input: Option<ChildStdin>,
}

impl TableLock {
    pub(crate) fn hold(database: &TestDatabase, table: &str) -> Self {
        let mut command = Command::new("psql");
        command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-", database.url()]);
        let mut psql = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut input = psql.stdin.take().unwrap();
        input
            .write_all(format!("begin;\nlock table {table} in access exclusive mode;\n").as_bytes())
            .unwrap();
        let held = format!(
            "select 1 from pg_locks l join pg_database d on d.oid = l.database where d.datname = current_database()
             and relation = '{table}'::regclass and mode = 'AccessExclusiveLock' and granted"
        );
        let since = Instant::now();
        while database.psql().rows(&held).unwrap().is_empty() {
            assert!(since.elapsed() < Duration::from_secs(20), "the lock is not taken");
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { psql, input: Some(input) }
    }
}

impl Drop for TableLock {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.psql.wait();
    }
}

/// Counts the statements of this test's database that wait for a lock.
fn waiting(scene: &Scene) -> usize {
    let waiting =
        "select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    scene.rows(waiting).iter().filter(|row| !row.is_empty()).count()
}

/// Fails unless all statements of disconnected callers end soon.
async fn until_none_waits(scene: &Scene) {
    let since = Instant::now();
    while waiting(scene) > 0 {
        assert!(
            since.elapsed() < Duration::from_secs(2),
            "{} statements continue after their callers disconnected",
            waiting(scene)
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub(crate) async fn list(mut briefs: Briefs, patience: Duration) -> Result<(), Status> {
    let mut request =
        Request::new(ListBriefsRequest { parent: "workspaces/default".into(), ..Default::default() });
    request.set_timeout(patience);
    briefs.list_briefs(request).await.map(|_| ())
}

/// Makes a call that needs a connection of the main pool, but not the locked table. Fails if it has to wait for others.
async fn unrelated(scene: &Scene) {
    let request = ListApiTokensRequest { parent: "workspaces/default".into(), ..Default::default() };
    let mut admins = scene.admins(&scene.admin);
    let listed = tokio::time::timeout(PROMPT, admins.list_api_tokens(request)).await;
    listed.expect("an unrelated call returns").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_expired_calls_on_a_locked_table_free_their_connections() {
    let scene = Scene::new().await;
    let lock = TableLock::hold(&scene.database, "briefs");
    let begun = Instant::now();
    let calls: Vec<_> =
        (0..40).map(|_| tokio::spawn(list(scene.briefs(&scene.admin), Duration::from_secs(1)))).collect();
    for call in calls {
        // tonic's client has its own timer for the deadline, which reports CANCELLED.
        let status = call.await.unwrap().unwrap_err();
        assert!(matches!(status.code(), Code::DeadlineExceeded | Code::Cancelled), "{status:?}");
    }
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    for _ in 0..20 {
        unrelated(&scene).await;
    }
    until_none_waits(&scene).await;
    drop(lock);
    list(scene.briefs(&scene.admin), Duration::from_secs(5)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn repeated_short_deadlines_delay_neither_other_calls_nor_the_change_log() {
    let scene = Scene::new().await;
    scene.published("cached", content("Cached")).await;
    let mut reader = scene.briefs(&scene.admin);
    let get = || GetBriefRequest { name: "workspaces/default/briefs/cached".into(), ..Default::default() };
    reader.get_brief(get()).await.unwrap();
    let _lock = TableLock::hold(&scene.database, "briefs");
    let until = Instant::now() + Duration::from_secs(4);
    let callers: Vec<_> = (0..24)
        .map(|_| {
            let briefs = scene.briefs(&scene.admin);
            tokio::spawn(async move {
                while Instant::now() < until {
                    let _ = list(briefs.clone(), Duration::from_millis(50)).await;
                }
            })
        })
        .collect();
    while Instant::now() < until {
        unrelated(&scene).await;
        // Served from the cache, which is used only while change-log checks succeed.
        let answer = tokio::time::timeout(PROMPT, reader.get_brief(get())).await;
        answer.expect("the change log is processed").unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for caller in callers {
        caller.await.unwrap();
    }
    until_none_waits(&scene).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disconnected_callers_statement_is_cancelled() {
    let scene = Scene::new().await;
    let _lock = TableLock::hold(&scene.database, "briefs");
    let call = tokio::spawn(list(scene.briefs(&scene.admin), Duration::from_mins(1)));
    let since = Instant::now();
    while waiting(&scene) == 0 {
        assert!(since.elapsed() < Duration::from_secs(10), "the call does not wait");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    call.abort();
    until_none_waits(&scene).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_resolved_while_every_connection_for_calls_is_in_use() {
    let scene = Scene::new().await;
    // A token that is not cached yet.
    let fresh = scene.token("default", &[chancery_proto::admin::v1::Role::Reader], "TLP:CLEAR").await;
    let _lock = TableLock::hold(&scene.database, "briefs");
    let _calls: Vec<_> =
        (0..16).map(|_| tokio::spawn(list(scene.briefs(&scene.admin), Duration::from_secs(8)))).collect();
    let since = Instant::now();
    while waiting(&scene) < 16 {
        assert!(since.elapsed() < Duration::from_secs(10), "{} wait", waiting(&scene));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Resolved, and rejected for its role, without a connection of the main pool.
    let mut admins = scene.admins(&fresh);
    let request = ListApiTokensRequest { parent: "workspaces/default".into(), ..Default::default() };
    let answer = tokio::time::timeout(PROMPT, admins.list_api_tokens(request)).await;
    refused(
        answer.expect("resolving the token is not delayed"),
        Code::PermissionDenied,
        Reason::PermissionDenied,
    );
}
