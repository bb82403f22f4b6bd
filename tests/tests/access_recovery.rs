//! Getting in again when no token works: tokens issued with access to the database alone, and the restore of a dump.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use chancery_client::{Client, ClientConfig};
use chancery_postgres::{TestDatabase, TestServer};
use chancery_proto::admin::v1::{GetQueueStatsRequest, ListApiTokensRequest, Role};
use chancery_proto::brief::v1::GetBriefRequest;
use chancery_proto::errors::v1::Reason;
use chancery_testkit::programs::own_binary;
use chancery_testkit::refusals::refused;
use chancery_testkit::{Command, Stack, files, pdf};
use chancery_tests::RUSSIA_IRAN;
use tonic::Code::{FailedPrecondition, Unauthenticated};

/// `chancery token issue` on a database, with more arguments.
fn issue(database: &TestDatabase, arguments: &[&str]) -> Command {
    Command::new(["token", "issue"].iter().chain(arguments)).env("DATABASE_URL", database.url())
}

async fn client(url: String, token: &str) -> Client {
    Client::connect(ClientConfig::new(url).with_token(token.trim())).await.unwrap()
}

fn get() -> GetBriefRequest {
    GetBriefRequest { name: RUSSIA_IRAN.into(), ..Default::default() }
}

#[tokio::test]
async fn a_token_issued_from_the_database_works_at_once_and_is_audited() {
    let stack = Stack::without_worker().await;
    stack.import(files::revisions("russia-iran")).await;
    let ran = issue(stack.database(), &[]).run().await.exits(0);
    let admin = client(stack.url(), &ran.stdout).await;
    admin.get_brief(get()).await.unwrap();
    let tokens = admin
        .all_api_tokens(ListApiTokensRequest { parent: "workspaces/default".into(), ..Default::default() })
        .await
        .unwrap();
    let issued = tokens.last().unwrap();
    assert_eq!((issued.clearance.as_str(), issued.roles().next()), ("TLP:RED", Some(Role::Admin)));
    assert!(ran.stderr.contains(&issued.name) && ran.stderr.contains("TLP:RED"), "{}", ran.stderr);
    assert!(!ran.stderr.contains(ran.stdout.trim()), "the secret is on standard output alone");

    let arguments = ["--workspace", "system", "--role", "operator", "--name", "on call", "--json"];
    let ran = issue(stack.database(), &arguments).run().await.exits(0).json();
    let operator = client(stack.url(), ran["secret"].as_str().unwrap()).await;
    operator.get_queue_stats(GetQueueStatsRequest::default()).await.unwrap();
    let logged =
        "select workspace_id, kind, target, subject from change_log where kind = 'token_created' order by 1";
    let logged = stack.database().psql().rows(logged).unwrap();
    let name = ran["apiToken"]["name"].as_str().unwrap();
    assert_eq!(logged.len(), 2, "{logged:?}");
    for (line, target) in logged.iter().zip([issued.name.as_str(), name]) {
        let workspace = target.split('/').nth(1).unwrap();
        let expected = format!("{workspace}|token_created|{target}|chancery token issue (database role ");
        assert!(line.starts_with(&expected), "{line} and {expected}");
    }
}

#[tokio::test]
async fn a_secret_goes_into_a_new_private_file() {
    let stack = Stack::without_worker().await;
    let file = stack.folder().join("new/reader.token");
    let path = file.to_str().unwrap();
    let arguments = ["--role", "reader", "--clearance", "TLP:GREEN", "-o", path];
    let ran = issue(stack.database(), &arguments).run().await.exits(0);
    assert!(ran.stdout.contains(path) && !ran.stdout.contains("chy_"), "{}", ran.stdout);
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let secret = std::fs::read_to_string(&file).unwrap();
    let reader = client(stack.url(), &secret).await;
    reader.all_briefs("workspaces/default").await.unwrap();

    // An existing file stays as it is, and no token is issued.
    let before = stack.content();
    let again = issue(stack.database(), &arguments).run().await.exits(1);
    assert!(again.stderr.contains("already exists"), "{}", again.stderr);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), secret);
    assert_eq!(stack.content(), before);
}

#[tokio::test]
async fn a_token_whose_secret_cannot_be_written_is_not_issued() {
    let stack = Stack::without_worker().await;
    let before = stack.content();
    for json in [&[][..], &["--json"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let ran = std::process::Command::new(own_binary("chancery"))
            .args(["token", "issue"].iter().chain(json))
            .env("DATABASE_URL", stack.database().url())
            .stdout(full)
            .output()
            .unwrap();
        assert_eq!(ran.status.code(), Some(1), "{ran:?}");
        assert!(String::from_utf8_lossy(&ran.stderr).contains("standard output"), "{ran:?}");
    }
    assert_eq!(stack.content(), before);
}

#[tokio::test]
async fn what_cannot_be_issued_is_refused_with_its_cure() {
    let stack = Stack::without_worker().await;
    let before = stack.content();
    for (arguments, named, remedy) in [
        (&["--workspace", "nowhere"][..], "--workspace: there is no workspace nowhere", "default, system"),
        (&["--role", "operator"], "--role", "workspace system"),
        (&["--workspace", "system", "--role", "reader"], "--role", "worker, operator and enroller"),
        (&["--workspace", "system", "--clearance", "TLP:RED"], "--clearance", "must be empty"),
        (&["--clearance", "SECRET"], "--clearance", "TLP:CLEAR, TLP:GREEN"),
        (&["--role", "reader"], "--clearance: is required", "TLP:CLEAR, TLP:GREEN"),
        (&["--name", " "], "--name", "1 to 200"),
        (&["--expires", "2001-01-01T00:00:00Z"], "--expires", "in the past"),
    ] {
        let ran = issue(stack.database(), arguments).run().await.exits(1);
        assert!(ran.stderr.contains(named) && ran.stderr.contains(remedy), "{arguments:?}: {}", ran.stderr);
        assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
        assert_eq!(ran.stdout, "");
        let json = issue(stack.database(), &[arguments, &["--json"]].concat()).run().await.exits(1).error();
        assert_eq!(
            (json["code"].as_str(), json["reason"].as_str()),
            (Some("INVALID_ARGUMENT"), Some("INVALID_FIELD"))
        );
    }
    assert_eq!(stack.content(), before);
    let psql = stack.database().psql();
    psql.rows("update projection_version set version = version + 1").unwrap();
    let newer = issue(stack.database(), &[]).run().await.exits(1);
    assert!(newer.stderr.contains("newer than this build"), "{}", newer.stderr);
    psql.rows("update projection_version set version = 0").unwrap();
    let older = issue(stack.database(), &[]).run().await.exits(1);
    assert!(older.stderr.contains("run `chancery migrate`"), "{}", older.stderr);

    let server = TestServer::connect().unwrap();
    let empty = server.empty_database().unwrap();
    let ran = issue(&empty, &["--json"]).run().await.exits(1);
    assert_eq!(ran.error()["reason"], "SCHEMA");
    assert!(ran.stderr.contains("run `chancery migrate`"), "{}", ran.stderr);
    let nobody = issue(&empty, &[]).env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing");
    let ran = nobody.run().await.exits(1);
    assert!(
        ran.stderr.starts_with("error: cannot connect to database") && ran.stdout.is_empty(),
        "{}",
        ran.stderr
    );
}

#[tokio::test]
async fn the_settings_of_the_database_come_from_files_too() {
    let stack = Stack::without_worker().await;
    let url = stack.folder().join("database.url");
    std::fs::write(&url, format!("{}\n", stack.database().url())).unwrap();
    let ran = Command::new(["token", "issue"]).env("DATABASE_URL_FILE", &url).run().await.exits(0);
    assert!(ran.stdout.starts_with("chy_"));
    let ran = Command::new(["token", "issue", "--database", stack.database().url()]).run().await.exits(0);
    assert!(ran.stdout.starts_with("chy_"));
}

/// The procedure of docs/OPERATIONS.md, "Restoring a backup".
#[tokio::test]
async fn a_dump_is_restored_into_a_new_database_and_people_get_in_again() {
    let mut stack = Stack::start().await;
    stack.import(files::revisions("russia-iran")).await;
    let before = stack.folder().join("before.pdf");
    let render = |path: &Path| {
        ["render", "russia-iran", "-o"]
            .map(str::to_owned)
            .into_iter()
            .chain([path.display().to_string()])
            .collect::<Vec<_>>()
    };
    let arguments = render(&before);
    stack.command(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).run().await.exits(0);
    let cursor = stack.import(files::revisions("amber")).await.cursor;
    let dump = stack.folder().join("chancery.dump");
    stack.database().psql().dump(&dump).unwrap();

    let server = TestServer::connect().unwrap();
    let database = server.empty_database().unwrap();
    database.psql().restore(&dump).unwrap();
    let tokens = stack.folder().join("new-tokens");
    let migrate = Command::new(["migrate", "--init", tokens.to_str().unwrap()]);
    let ran = migrate.env("DATABASE_URL", database.url()).run().await.exits(0);
    assert!(ran.stdout.contains("no tokens were written; `chancery token issue`"), "{}", ran.stdout);
    assert!(!tokens.exists());
    // The secrets of the original are lost; nobody needs them.
    for (file, arguments) in [
        ("admin", &["--workspace", "default"][..]),
        ("operator", &["--workspace", "system"]),
        ("worker", &["--workspace", "system", "--role", "worker"]),
    ] {
        let file = tokens.join(format!("{file}.token"));
        let arguments = [arguments, &["-o", file.to_str().unwrap()]].concat();
        issue(&database, &arguments).run().await.exits(0);
    }
    for worker in stack.workers() {
        worker.stop().await.unwrap();
    }
    let service = stack.replica(database.url(), &[]).await;
    let admin = stack.client_of(service.url(), &tokens.join("admin.token")).await;
    let old = stack.client_of(service.url(), &stack.token_file("admin")).await;
    old.get_brief(get()).await.unwrap();
    admin.get_brief(get()).await.unwrap();
    let stale = GetBriefRequest { at_least: cursor, ..get() };
    refused(admin.get_brief(stale).await, FailedPrecondition, Reason::CursorExpired);
    let unknown = client(service.url(), &format!("chy_{}", "A".repeat(43))).await;
    refused(unknown.get_brief(get()).await, Unauthenticated, Reason::Unauthenticated);

    // The PDF came with the dump, and the new worker token prints.
    let worker = chancery_cli::processes::start_worker(&chancery_cli::processes::WorkerSettings {
        binary: chancery_testkit::programs::own_binary("chancery-worker"),
        server: service.worker_url(),
        token_file: tokens.join("worker.token"),
        folder: stack.folder(),
        number: 9,
        environment: Vec::new(),
    });
    let worker = worker.unwrap();
    let after = stack.folder().join("after.pdf");
    let second = stack.folder().join("amber.pdf");
    for (brief, file) in [("russia-iran", &after), ("amber-demo", &second)] {
        let ran = Command::new(["render", brief, "-o", file.to_str().unwrap()])
            .env("CHANCERY_SERVER", service.url())
            .env("CHANCERY_TOKEN_FILE", tokens.join("admin.token"));
        ran.run().await.exits(0);
    }
    assert_eq!(std::fs::read(&before).unwrap(), std::fs::read(&after).unwrap());
    pdf::assert_sound(&second);
    let verify = Command::new(["verify"]).env("DATABASE_URL", database.url()).run().await.exits(0);
    assert_eq!(verify.stdout, "no findings\n");
    drop(worker);
}
