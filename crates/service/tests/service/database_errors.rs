//! Log lines of database errors and of calls that end early.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chancery_postgres::{TestDatabase, TestServer};
use chancery_proto::admin::v1::admin_service_client::AdminServiceClient;
use chancery_proto::admin::v1::{ApiToken, CreateApiTokenRequest, Role};
use chancery_proto::brief::v1::ListBriefsRequest;
use chancery_proto::errors::v1::Reason;
use chancery_store::{DatabaseSettings, FirstSecrets};
use chancery_testkit::status_refusals::refused;
use prost::Message as _;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStderr};
use tonic::{Code, Status};

use crate::cancelled_calls::{TableLock, list};
use crate::process::serving;
use crate::raw_codec::framed;
use crate::scene::{Scene, bearer, channel, new_installation};

/// A service process and its log.
struct LoggedService {
    _child: Child,
    log: BufReader<ChildStderr>,
    listen: SocketAddr,
    ready_file: PathBuf,
}

impl LoggedService {
    async fn start(url: &str, name: &str) -> Self {
        let ready_file = std::env::temp_dir().join(format!("chancery-{name}-{}.json", std::process::id()));
        let (child, log) = serving(url, &ready_file).await;
        let ready = std::fs::read_to_string(&ready_file).unwrap();
        let ready: serde_json::Value = serde_json::from_str(&ready).unwrap();
        let listen = ready["listen"].as_str().unwrap().parse().unwrap();
        Self { _child: child, log, listen, ready_file }
    }

    /// Reads lines up to and including the first that contains all parts.
    async fn lines_until(&mut self, parts: &[&str]) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            let read = tokio::time::timeout(Duration::from_secs(10), self.log.read_line(&mut line)).await;
            assert_ne!(read.unwrap_or_else(|_| panic!("no line with {parts:?} in {lines:#?}")).unwrap(), 0);
            let is_last = parts.iter().all(|part| line.contains(part));
            lines.push(line);
            if is_last {
                return lines;
            }
        }
    }

    async fn make_token(&self, secrets: &FirstSecrets, display_name: &str) -> Result<(), Status> {
        let admin = bearer(secrets.admin.reveal());
        let mut admins = AdminServiceClient::with_interceptor(channel(self.listen), admin);
        let api_token = ApiToken {
            display_name: display_name.into(),
            roles: vec![Role::Reader.into()],
            clearance: "TLP:CLEAR".into(),
            ..ApiToken::default()
        };
        let request = CreateApiTokenRequest {
            parent: "workspaces/default".into(),
            api_token: Some(api_token),
            ..Default::default()
        };
        admins.create_api_token(request).await.map(|_| ())
    }
}

impl Drop for LoggedService {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.ready_file);
    }
}

/// Returns the line of the failed statement among the lines up to the call's own.
fn only_failure(lines: &[String], sqlstate: &str) -> String {
    let found: Vec<_> = lines.iter().filter(|line| line.contains(sqlstate)).collect();
    assert_eq!(found.len(), 1, "{lines:#?}");
    assert!(lines.iter().all(|line| !line.contains("Hunter Two")), "the log has a bound value: {lines:#?}");
    found[0].clone()
}

#[tokio::test]
async fn a_read_only_database_is_logged_once_with_its_sqlstate_and_statement() {
    let server = TestServer::connect().unwrap();
    let (database, secrets) = new_installation(&server).await;
    // A copied template counts as restored, so its log begins a new epoch, which a read-only database could not store.
    DatabaseSettings::of_url(database.url())
        .connect("test")
        .await
        .unwrap()
        .changes()
        .log_heads()
        .await
        .unwrap();
    let name = database.name().to_owned();
    let read_only = format!("alter database {name} set default_transaction_read_only = on");
    database.psql().rows(&read_only).unwrap();
    let mut service = LoggedService::start(database.url(), "read-only").await;
    let status =
        refused(service.make_token(&secrets, "Hunter Two").await, Code::Unavailable, Reason::Unavailable);
    assert_eq!(status.message(), "the database is unavailable");
    let lines = service.lines_until(&["\"call\"", "CreateApiToken"]).await;
    let failure = only_failure(&lines, "25006");
    assert!(failure.contains("read-only transaction") && failure.contains("token_creation::"), "{failure}");
}

#[tokio::test]
async fn a_missing_privilege_is_logged_once_with_its_sqlstate_and_statement() {
    let server = TestServer::connect().unwrap();
    let (database, secrets) = new_installation(&server).await;
    let role = RestrictedRole::new(&database);
    let mut service = LoggedService::start(&role.url, "privilege").await;
    refused(service.make_token(&secrets, "Hunter Two").await, Code::Internal, Reason::Internal);
    let lines = service.lines_until(&["\"call\"", "CreateApiToken"]).await;
    let failure = only_failure(&lines, "42501");
    assert!(failure.contains("permission denied for table api_tokens"), "{failure}");
    assert!(failure.contains("token_creation::") && failure.contains("incident"), "{failure}");
}

/// Creates a role with all privileges but to create tokens.
struct RestrictedRole<'a> {
    database: &'a TestDatabase,
    url: String,
    name: String,
}

impl<'a> RestrictedRole<'a> {
    fn new(database: &'a TestDatabase) -> Self {
        let name = format!("role_{}", database.name());
        for statement in [
            format!("create role {name} login"),
            format!("grant select, insert, update, delete on all tables in schema public to {name}"),
            format!("grant usage on all sequences in schema public to {name}"),
            format!("revoke insert on api_tokens from {name}"),
        ] {
            database.psql().rows(&statement).unwrap();
        }
        let url = database.url().replacen("://chancery@", &format!("://{name}@"), 1);
        Self { database, url, name }
    }
}

impl Drop for RestrictedRole<'_> {
    fn drop(&mut self) {
        let _ = self.database.psql().rows(&format!("drop owned by {}", self.name));
        let _ = self.database.psql().rows(&format!("drop role {}", self.name));
    }
}

/// Makes a call with a deadline of 300 ms by gRPC-Web, because tonic's client would end the call before the server does.
async fn expired_over_http1(service: SocketAddr, token: &str) -> String {
    let message =
        ListBriefsRequest { parent: "workspaces/default".into(), ..Default::default() }.encode_to_vec();
    let body = framed(&message);
    let head = format!(
        "POST /chancery.brief.v1.BriefService/ListBriefs HTTP/1.1\r\nhost: {service}\r\nconnection: close\r\n\
         content-type: application/grpc-web+proto\r\naccept: application/grpc-web+proto\r\n\
         authorization: Bearer {token}\r\ngrpc-timeout: 300m\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = tokio::net::TcpStream::connect(service).await.unwrap();
    stream.write_all(&[head.as_bytes(), &body].concat()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// Returns the details of a response's status as text.
fn reason_in(answer: &str) -> String {
    let (_, details) = answer.split_once("grpc-status-details-bin:").expect("details");
    let encoded: String = details.trim_start().chars().take_while(|letter| !letter.is_whitespace()).collect();
    let bytes = STANDARD_NO_PAD.decode(encoded.trim_end_matches('=')).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_and_abandoned_calls_are_logged_with_method_and_duration() {
    let server = TestServer::connect().unwrap();
    let (database, secrets) = new_installation(&server).await;
    let mut service = LoggedService::start(database.url(), "ended-early").await;
    let lock = TableLock::hold(&database, "briefs");
    let briefs = || Scene::briefs_at(service.listen, secrets.admin.reveal());
    let begun = Instant::now();
    let answer = expired_over_http1(service.listen, secrets.admin.reveal()).await;
    assert!(answer.contains("grpc-status:4") || answer.contains("grpc-status: 4"), "{answer}");
    assert!(reason_in(&answer).contains("DEADLINE_EXCEEDED"), "{answer}");
    assert!(begun.elapsed() < Duration::from_secs(3));
    let abandoned = tokio::spawn(list(briefs(), Duration::from_mins(1)));
    tokio::time::sleep(Duration::from_millis(300)).await;
    abandoned.abort();
    let expired = service.lines_until(&["\"call\"", "ListBriefs"]).await.pop().unwrap();
    assert!(expired.contains("\"DEADLINE_EXCEEDED\"") && expired.contains("milliseconds"), "{expired}");
    let cancelled = service.lines_until(&["\"call\"", "ListBriefs"]).await.pop().unwrap();
    assert!(cancelled.contains("\"CANCELLED\"") && cancelled.contains("milliseconds"), "{cancelled}");
    drop(lock);
}
