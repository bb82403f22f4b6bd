//! The listeners' connections: encryption, limits, and callers that hold them.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chancery_proto::brief::v1::brief_service_client::BriefServiceClient;
use chancery_proto::brief::v1::{GetBriefRequest, ListBriefsRequest};
use chancery_proto::worker::v1::render_worker_service_client::RenderWorkerServiceClient;
use chancery_proto::worker::v1::{AcquireLeasesRequest, EnrollWorkerRequest};
use chancery_service::server::Running;
use chancery_testkit::certificates::{Authority, Issued};
use chancery_tls::{ClientFiles, ClientTls, Connector, IdentityFiles, PlainText};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint, Error};
use tonic::{Code, Request};

use crate::process::binary;
use crate::scene::{Bearer, Scene, bearer, channel, content, new_installation};

const TIMEOUT: Duration = Duration::from_secs(5);

/// An authority, and a folder with its certificate and those that it issued.
struct Certificates {
    folder: TempDir,
    authority: Authority,
}

impl Certificates {
    fn new() -> Self {
        let own = Self { folder: tempfile::tempdir().unwrap(), authority: Authority::new("Right") };
        std::fs::write(own.path("authority.pem"), own.authority.pem()).unwrap();
        own.issue("server");
        own
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn issue(&self, name: &str) -> Issued {
        let issued = self.authority.issue(name, &["127.0.0.1"]);
        issued.write(self.folder.path(), name);
        issued
    }

    fn client(&self, identity: Option<&str>) -> Arc<ClientTls> {
        let identity = identity.map(|name| IdentityFiles {
            certificate: self.path(&format!("{name}.pem")),
            key: self.path(&format!("{name}.key")),
        });
        let files = ClientFiles { authorities: Some(self.path("authority.pem")), identity };
        Arc::new(ClientTls::read(&files).unwrap())
    }

    /// Starts a service that accepts only workers with a certificate of this authority.
    async fn replica_for_workers(&self, scene: &Scene) -> Running {
        let (certificate, key) = (self.text("server.pem"), self.text("server.key"));
        let authority = self.text("authority.pem");
        let flags = [
            ["--worker-tls-certificate", &certificate],
            ["--worker-tls-key", &key],
            ["--worker-client-ca", &authority],
        ];
        scene.replica(flags.as_flattened()).await
    }
}

async fn connect(address: SocketAddr, tls: Arc<ClientTls>) -> Result<Channel, Error> {
    let endpoint = Endpoint::from_shared(format!("https://{address}")).unwrap();
    endpoint.connect_with_connector(Connector::new(Some(tls), PlainText::ThisMachine, TIMEOUT)).await
}

#[tokio::test]
async fn an_encrypted_listener_serves_those_who_trust_its_authority() {
    let scene = Scene::new().await;
    scene.published("one", content("Encrypted")).await;
    let files = Certificates::new();
    let flags = ["--tls-certificate", &files.text("server.pem"), "--tls-key", &files.text("server.key")];
    let running = scene.replica(&flags).await;

    let channel = connect(running.listen, files.client(None)).await.unwrap();
    let mut briefs = BriefServiceClient::with_interceptor(channel, bearer(&scene.admin));
    let name = "workspaces/default/briefs/one".to_owned();
    let request = GetBriefRequest { name: name.clone(), ..GetBriefRequest::default() };
    assert_eq!(briefs.get_brief(request.clone()).await.unwrap().into_inner().name, name);

    let unencrypted = Scene::briefs_at(running.listen, &scene.admin).get_brief(request).await;
    assert!(unencrypted.is_err());
    assert!(running.connections()[0].failed_handshakes > 0);

    for arguments in [&flags[..], &[]] {
        let mut probe = binary();
        let probed = probe.args(["probe", "--listen", &running.listen.to_string()]).args(arguments);
        assert_eq!(probed.status().await.unwrap().success(), !arguments.is_empty());
    }
    running.stop().await;
}

#[tokio::test]
async fn workers_need_a_certificate_where_one_is_asked_for() {
    let scene = Scene::new().await;
    let files = Certificates::new();
    files.issue("worker");
    let running = files.replica_for_workers(&scene).await;
    let acquire = async |identity| {
        let channel = connect(running.worker_listen, files.client(identity)).await.unwrap();
        let mut workers = RenderWorkerServiceClient::with_interceptor(channel, bearer(&scene.worker));
        let mut request = Request::new(AcquireLeasesRequest::default());
        request.set_timeout(Duration::from_secs(2));
        workers.acquire_leases(request).await.unwrap_err()
    };
    let with = acquire(Some("worker")).await;
    assert_eq!(with.code(), Code::InvalidArgument, "a worker with a certificate is heard: {with}");
    // With TLS 1.3 a client learns of the refusal only when it reads, so the call fails and not the connection.
    let without = acquire(None).await;
    assert_ne!(without.code(), Code::InvalidArgument, "a worker without one is not: {without}");
    running.stop().await;
}

#[tokio::test]
async fn a_workers_token_is_bound_to_the_key_of_the_certificate_that_it_enrolled_with() {
    let scene = Scene::new().await;
    let files = Certificates::new();
    files.issue("worker");
    files.issue("thief");
    let running = files.replica_for_workers(&scene).await;
    let connected = async |identity, token: &str| {
        let channel = connect(running.worker_listen, files.client(Some(identity))).await.unwrap();
        RenderWorkerServiceClient::with_interceptor(channel, bearer(token))
    };
    let mut enrolling = connected("worker", &scene.enroller).await;
    let own = enrolling.enroll_worker(EnrollWorkerRequest { worker: "w".into() }).await.unwrap().into_inner();
    for (identity, expected) in [
        ("thief", Code::Unauthenticated),
        ("worker", Code::InvalidArgument),
        ("thief", Code::Unauthenticated),
    ] {
        let mut workers = connected(identity, &own.secret).await;
        let answer = workers.acquire_leases(AcquireLeasesRequest::default()).await.unwrap_err();
        assert_eq!(answer.code(), expected, "{identity}: {answer}");
    }
    // On a listener without certificates, it is not the worker either.
    let plain = crate::scene::channel(scene.running.worker_listen);
    let mut workers = RenderWorkerServiceClient::with_interceptor(plain, bearer(&own.secret));
    let answer = workers.acquire_leases(AcquireLeasesRequest::default()).await.unwrap_err();
    assert_eq!(answer.code(), Code::Unauthenticated, "{answer}");
    running.stop().await;
}

#[tokio::test]
async fn an_unencrypted_listener_for_other_machines_needs_insecure() {
    let server = chancery_postgres::TestServer::connect().unwrap();
    let (database, _) = new_installation(&server).await;
    let start = |flags: &'static [&'static str]| {
        let mut command = binary();
        command.env("DATABASE_URL", database.url()).args(flags);
        command
    };
    for (flags, names) in [
        (&["--listen", "0.0.0.0:0"][..], "public listener at 0.0.0.0:0"),
        (&["--listen", "127.0.0.1:0", "--worker-listen", "[::]:0"], "workers' listener at [::]:0"),
    ] {
        let ended = timeout(Duration::from_secs(20), start(flags).output()).await.unwrap().unwrap();
        let log = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(!ended.status.success() && log.contains(names) && log.contains("--insecure"), "{log}");
    }
    let folder = tempfile::tempdir().unwrap();
    let ready = folder.path().join("ready");
    let mut allowed = start(&["--insecure", "--listen", "0.0.0.0:0", "--worker-listen", "0.0.0.0:0"]);
    let mut child = allowed.arg("--ready-file").arg(&ready).spawn().unwrap();
    timeout(Duration::from_secs(20), async {
        while !ready.exists() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
    .unwrap();
    child.kill().await.unwrap();
}

#[tokio::test]
async fn a_certificate_without_its_key_is_rejected() {
    for flags in [&["--tls-certificate", "a.pem"][..], &["--worker-client-ca", "a.pem"]] {
        assert_eq!(binary().args(flags).output().await.unwrap().status.code(), Some(2));
    }
}

/// A connection over which a call with a valid token came.
async fn proven(address: SocketAddr, token: &str) -> BriefServiceClient<InterceptedService<Channel, Bearer>> {
    let mut client = BriefServiceClient::with_interceptor(channel(address), bearer(token));
    client.list_briefs(list()).await.unwrap();
    client
}

fn list() -> ListBriefsRequest {
    ListBriefsRequest { parent: "workspaces/default".into(), ..ListBriefsRequest::default() }
}

#[tokio::test]
async fn connections_without_a_token_make_room_for_others() {
    let scene = Scene::new().await;
    let running = scene.replica(&["--max-connections", "6", "--max-connections-per-address", "4"]).await;
    let mut reader = proven(running.listen, &scene.admin).await;
    let mut silent = Vec::new();
    for _ in 0..3 {
        silent.push(established(running.listen).await);
    }
    // The address has no place left, then the listener.
    let from = |address: &str| {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(address.parse().unwrap()).unwrap();
        socket.connect(running.listen)
    };
    assert!(responds(TcpStream::connect(running.listen).await.unwrap()).await);
    timeout(TIMEOUT, read_to_close(&mut silent[0])).await.expect("the oldest is closed");
    let mut others = Vec::new();
    for address in ["127.0.0.2:0", "127.0.0.2:0", "127.0.0.3:0", "127.0.0.4:0"] {
        let mut other = from(address).await.unwrap();
        greet(&mut other).await.unwrap();
        others.push(other);
    }
    assert!(running.connections()[0].replaced >= 1);
    reader.list_briefs(list()).await.unwrap();
    let mut late = proven(running.listen, &scene.admin).await;
    late.list_briefs(list()).await.unwrap();
    reader.list_briefs(list()).await.expect("the connection with a token stays open");
    running.stop().await;
}

#[tokio::test]
async fn a_connection_that_reads_nothing_makes_room_too() {
    let scene = Scene::new().await;
    let running = scene.replica(&["--max-connections-per-address", "1"]).await;
    let mut deaf = established(running.listen).await;
    // Pings, until their answers fill all buffers and the service reads no more.
    let pings = b"\0\0\x08\x06\0\0\0\0\0\0\0\0\0\0\0\0\0".repeat(4096);
    while timeout(Duration::from_millis(500), deaf.write_all(&pings))
        .await
        .is_ok_and(|written| written.is_ok())
    {}
    let other = TcpStream::connect(running.listen).await.unwrap();
    assert!(responds(other).await);
    let closed = async { while deaf.write_all(&pings).await.is_ok() {} };
    timeout(TIMEOUT, closed).await.expect("it is closed though it does not read");
    running.stop().await;
}

#[tokio::test]
async fn one_address_cannot_take_all_connections() {
    let scene = Scene::new().await;
    let running = scene.replica(&["--max-connections", "6", "--max-connections-per-address", "4"]).await;
    let mut open = Vec::new();
    for _ in 0..4 {
        open.push(proven(running.listen, &scene.admin).await);
    }
    let mut refused = TcpStream::connect(running.listen).await.unwrap();
    assert_eq!(timeout(TIMEOUT, refused.read(&mut [0; 16])).await.unwrap().unwrap_or(0), 0, "closed");
    let other = TcpSocket::new_v4().unwrap();
    other.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let other = other.connect(running.listen).await.unwrap();
    assert!(responds(other).await, "another address is served");
    let counts = running.connections()[0];
    assert_eq!((counts.refused_address, counts.refused_total), (1, 0));
    drop(open);
    timeout(TIMEOUT, async {
        while running.connections()[0].open > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .expect("closed connections free their places");
    assert!(responds(TcpStream::connect(running.listen).await.unwrap()).await);
    running.stop().await;
}

/// A connection that has sent HTTP/2's preface and received the server's settings.
async fn established(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    greet(&mut stream).await.unwrap();
    stream
}

async fn responds(mut stream: TcpStream) -> bool {
    greet(&mut stream).await.is_ok()
}

/// Sends HTTP/2's preface with empty settings, and waits for the server's.
async fn greet(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await?;
    let mut frame = [0; 9];
    timeout(TIMEOUT, stream.read_exact(&mut frame)).await??;
    Ok(())
}

#[tokio::test]
async fn silent_connections_are_closed_and_others_are_not() {
    let scene = Scene::new().await;
    let files = Certificates::new();
    let flags = ["--tls-certificate", &files.text("server.pem"), "--tls-key", &files.text("server.key")];
    let encrypted = scene.replica(&flags).await;
    let mut greeted = established(scene.running.listen).await;
    let mut silent = [
        TcpStream::connect(scene.running.listen).await.unwrap(),
        TcpStream::connect(scene.running.worker_listen).await.unwrap(),
        TcpStream::connect(encrypted.listen).await.unwrap(),
    ];
    // A preface that never ends, a byte at a time.
    let mut slow = TcpStream::connect(scene.running.listen).await.unwrap();
    slow.write_all(b"PRI * HTTP").await.unwrap();
    for stream in silent.iter_mut().chain([&mut slow]) {
        let closed = timeout(Duration::from_secs(15), read_to_close(stream)).await;
        assert!(closed.is_ok(), "a silent connection stays open");
    }
    let mut byte = [0; 4096];
    let still_open =
        timeout(Duration::from_millis(500), async { while greeted.read(&mut byte).await.unwrap() > 0 {} });
    assert!(still_open.await.is_err(), "a connection that greeted stays open");
    encrypted.stop().await;
}

async fn read_to_close(stream: &mut TcpStream) {
    let mut bytes = [0; 4096];
    while stream.read(&mut bytes).await.is_ok_and(|read| read > 0) {}
}

#[tokio::test]
async fn a_connection_has_a_limited_number_of_streams() {
    let scene = Scene::new().await;
    let running = scene.replica(&["--max-streams-per-connection", "7"]).await;
    let mut stream = TcpStream::connect(running.listen).await.unwrap();
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    let mut settings = vec![0; 9];
    stream.read_exact(&mut settings).await.unwrap();
    let length = usize::from(settings[2]);
    let mut values = vec![0; length];
    stream.read_exact(&mut values).await.unwrap();
    // SETTINGS_MAX_CONCURRENT_STREAMS (RFC 9113, section 6.5.2).
    assert!(values.chunks(6).any(|setting| setting == [0, 3, 0, 0, 0, 7]), "{values:?}");
    drop(stream);
    running.stop().await;
}
