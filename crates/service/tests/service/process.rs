use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use chancery_postgres::TestServer;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use crate::scene::new_installation;

pub(crate) fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chancery-service"));
    command.env_remove("DATABASE_URL").stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// Starts the service, and reads its log until it is serving.
pub(crate) async fn serving(
    url: &str,
    ready_file: &PathBuf,
) -> (Child, BufReader<tokio::process::ChildStderr>) {
    let mut command = binary();
    command
        .args(["--listen", "127.0.0.1:0", "--worker-listen", "127.0.0.1:0", "--ready-file"])
        .arg(ready_file);
    let mut child = command.env("DATABASE_URL", url).spawn().unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("\"serving\"") {
        line.clear();
        assert_ne!(log.read_line(&mut line).await.unwrap(), 0, "the service exited");
        assert!(serde_json::from_str::<serde_json::Value>(&line).is_ok(), "{line}");
    }
    (child, log)
}

#[tokio::test]
async fn the_process_reports_its_addresses_passes_a_probe_and_stops_cleanly() {
    let server = TestServer::connect().unwrap();
    let (database, _) = new_installation(&server).await;
    let ready_file = std::env::temp_dir().join(format!("chancery-ready-{}.json", std::process::id()));
    let (mut child, mut log) = serving(database.url(), &ready_file).await;
    let ready: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&ready_file).unwrap()).unwrap();
    let listen = ready["listen"].as_str().unwrap().to_owned();
    assert!(listen.starts_with("127.0.0.1:") && ready["worker_listen"].is_string());

    let probe = binary().args(["probe", "--listen", &listen]).status().await.unwrap();
    assert!(probe.success());

    let pid = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().await.unwrap().success());
    let ended = tokio::time::timeout(Duration::from_secs(30), child.wait()).await.unwrap().unwrap();
    let mut rest = String::new();
    log.read_to_string(&mut rest).await.unwrap();
    assert_eq!(ended.code(), Some(0), "{rest}");
    assert!(rest.contains("SIGTERM") && rest.contains("stopped"), "{rest}");
    let probe = binary().args(["probe", "--listen", &listen]).status().await.unwrap();
    assert!(!probe.success());
    std::fs::remove_file(ready_file).unwrap();
}

#[tokio::test]
async fn a_signal_before_serving_stops_the_process_cleanly() {
    // A database that accepts the connection and never responds keeps the service connecting.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://chancery@{}/chancery?sslmode=disable", silent.local_addr().unwrap());
    let child = binary().env("DATABASE_URL", url).spawn().unwrap();
    let connection = silent.accept().await.unwrap();
    let pid = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().await.unwrap().success());
    let ended = tokio::time::timeout(Duration::from_secs(30), child.wait_with_output()).await;
    let ended = ended.unwrap().unwrap();
    drop(connection);
    let log = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(0), "{log}");
    assert!(log.contains("stopped before serving"), "{log}");
}

#[tokio::test]
async fn a_schema_that_was_never_migrated_is_refused_with_what_to_do() {
    let server = TestServer::connect().unwrap();
    let database = server.empty_database().unwrap();
    let ended = binary().env("DATABASE_URL", database.url()).output().await.unwrap();
    let log = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(!ended.status.success() && log.contains("chancery migrate"), "{log}");
}

#[tokio::test]
async fn an_unknown_flag_is_rejected() {
    let ended = binary().arg("--lisen=127.0.0.1:1").output().await.unwrap();
    assert_eq!(ended.status.code(), Some(2));
}

/// Sets the soft limit of open files of a running process (prlimit(1)).
async fn limit_files(process: u32, files: &str) {
    let arguments = ["--pid", &process.to_string(), &format!("--nofile={files}:")];
    assert!(Command::new("prlimit").args(arguments).status().await.unwrap().success());
}

#[tokio::test]
async fn a_service_that_runs_out_of_open_files_says_so_and_serves_again() {
    let server = TestServer::connect().unwrap();
    let (database, _) = new_installation(&server).await;
    let folder = tempfile::tempdir().unwrap();
    let ready_file = folder.path().join("ready.json");
    let (child, mut log) = serving(database.url(), &ready_file).await;
    let process = child.id().unwrap();
    let ready: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&ready_file).unwrap()).unwrap();
    let address = ready["listen"].as_str().unwrap().to_owned();
    let health = || async {
        let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
        HealthClient::new(endpoint.connect().await.unwrap())
    };
    let mut before = health().await;
    before.check(HealthCheckRequest::default()).await.unwrap();
    limit_files(process, "5").await;
    let waiting = TcpStream::connect(&address).await.unwrap();
    let mut line = String::new();
    while !line.contains("cannot accept connections") {
        line.clear();
        let read = tokio::time::timeout(Duration::from_secs(10), log.read_line(&mut line)).await;
        assert_ne!(read.expect("a line about it").unwrap(), 0, "the service exited");
    }
    before.check(HealthCheckRequest::default()).await.expect("open connections are served");
    limit_files(process, "1000").await;
    drop(waiting);
    health().await.check(HealthCheckRequest::default()).await.expect("new connections are served again");
}
