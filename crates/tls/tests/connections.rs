//! Connections between a listener and a client, over TCP on this machine.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chancery_testkit::certificates::{Authority, Issued};
use chancery_tls::{
    ClientFiles, ClientTls, Connector, IdentityFiles, PlainText, Protocols, ReloadCounts, ServerFiles,
    ServerTls, TlsError, explain, unencrypted,
};
use hyper_util::rt::TokioIo;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tower::Service as _;

const TIMEOUT: Duration = Duration::from_secs(5);

/// Files of a listener and its clients, and their authority.
struct Scene {
    folder: TempDir,
    authority: Authority,
}

impl Scene {
    fn new() -> Self {
        let scene = Self { folder: tempfile::tempdir().unwrap(), authority: Authority::new("Right") };
        std::fs::write(scene.path().join("authority.pem"), scene.authority.pem()).unwrap();
        scene.issue("server").write(scene.path(), "server");
        scene
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A certificate that names this machine.
    fn issue(&self, common_name: &str) -> Issued {
        self.authority.issue(common_name, &["127.0.0.1", "localhost"])
    }

    fn identity(&self, name: &str) -> IdentityFiles {
        let file = |ending: &str| self.path().join(format!("{name}.{ending}"));
        IdentityFiles { certificate: file("pem"), key: file("key") }
    }

    fn server_files(&self, asks_clients: bool) -> ServerFiles {
        let client_authorities = asks_clients.then(|| self.path().join("authority.pem"));
        ServerFiles { identity: self.identity("server"), client_authorities }
    }

    fn server(&self) -> Result<ServerTls, TlsError> {
        ServerTls::read(&self.server_files(false), Protocols::Http2)
    }

    fn client(&self, identity: Option<&str>) -> Arc<ClientTls> {
        let authorities = Some(self.path().join("authority.pem"));
        let identity = identity.map(|name| self.identity(name));
        Arc::new(ClientTls::read(&ClientFiles { authorities, identity }).unwrap())
    }
}

/// A listener that answers each connection with "hello".
async fn listen(tls: Option<Arc<ServerTls>>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let tls = tls.clone();
            tokio::spawn(answer(stream, tls));
        }
    });
    address
}

async fn answer(mut stream: TcpStream, tls: Option<Arc<ServerTls>>) {
    let Some(tls) = tls else { return stream.write_all(b"hello").await.unwrap() };
    if let Ok(mut stream) = tls.accept(stream).await {
        // A client that was refused has gone.
        let _ = stream.write_all(b"hello").await;
        let _ = stream.shutdown().await;
    }
}

/// Connects and reads the listener's answer, or returns the explained failure.
async fn call(connector: &Connector, url: &str) -> Result<String, String> {
    let mut connector = connector.clone();
    std::future::poll_fn(|context| connector.poll_ready(context)).await.unwrap();
    let stream = connector.call(url.parse().unwrap()).await.map_err(|error| explain(&*error))?;
    let mut answer = String::new();
    let read = TokioIo::new(stream).read_to_string(&mut answer).await;
    read.map_err(|error| explain(&error))?;
    Ok(answer)
}

fn secure(tls: Arc<ClientTls>) -> Connector {
    Connector::new(Some(tls), PlainText::ThisMachine, TIMEOUT)
}

/// This machine's address on its network, where others reach it.
fn outer_address() -> IpAddr {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
    // Sends nothing: finds the address that packets to this one would leave from.
    socket.connect("192.0.2.1:9").expect("this machine has a network");
    socket.local_addr().unwrap().ip()
}

#[tokio::test]
async fn a_client_trusts_the_authority_that_it_names_and_no_other() {
    let scene = Scene::new();
    let address = listen(Some(Arc::new(scene.server().unwrap()))).await;
    let url = format!("https://{address}");
    assert_eq!(call(&secure(scene.client(None)), &url).await.unwrap(), "hello");
    let by_name = format!("https://localhost:{}", address.port());
    assert_eq!(call(&secure(scene.client(None)), &by_name).await.unwrap(), "hello");

    let other = Authority::new("Other").pem();
    let other = secure(Arc::new(ClientTls::trusting(Some(other.as_bytes())).unwrap()));
    let refused = call(&other, &url).await.unwrap_err();
    assert!(refused.contains("UnknownIssuer") && refused.contains("--ca-file"), "{refused}");
    assert_eq!(call(&secure(Arc::new(ClientTls::trusting_anyone())), &url).await.unwrap(), "hello");
}

#[tokio::test]
async fn a_certificate_of_another_host_and_an_expired_one_are_refused() {
    let scene = Scene::new();
    scene.authority.issue("other", &["briefs.example"]).write(scene.path(), "server");
    let address = listen(Some(Arc::new(scene.server().unwrap()))).await;
    let refused = call(&secure(scene.client(None)), &format!("https://{address}")).await.unwrap_err();
    assert!(refused.contains("not valid for name") && refused.contains("briefs.example"), "{refused}");

    scene.authority.issue_expired("old", &["127.0.0.1"]).write(scene.path(), "server");
    let address = listen(Some(Arc::new(scene.server().unwrap()))).await;
    let refused = call(&secure(scene.client(None)), &format!("https://{address}")).await.unwrap_err();
    assert!(refused.contains("expired"), "{refused}");
}

#[tokio::test]
async fn tls_without_tls_at_the_other_end_is_explained() {
    let scene = Scene::new();
    let plain = listen(None).await;
    let refused = call(&secure(scene.client(None)), &format!("https://{plain}")).await.unwrap_err();
    assert!(refused.contains("no TLS on this port"), "{refused}");
}

#[tokio::test]
async fn unencrypted_connections_stay_on_this_machine_unless_allowed() {
    let here = listen(None).await;
    let cautious = Connector::new(None, PlainText::ThisMachine, TIMEOUT);
    assert_eq!(call(&cautious, &format!("http://{here}")).await.unwrap(), "hello");
    assert_eq!(call(&cautious, &format!("http://localhost:{}", here.port())).await.unwrap(), "hello");

    let outside = TcpListener::bind((outer_address(), 0)).await.unwrap();
    let url = format!("http://{}", outside.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = outside.accept().await {
            let _ = stream.write_all(b"hello").await;
        }
    });
    let refused = call(&cautious, &url).await.unwrap_err();
    assert!(refused.contains("another machine") && refused.contains("--insecure"), "{refused}");
    let mut connector = cautious.clone();
    std::future::poll_fn(|context| connector.poll_ready(context)).await.unwrap();
    let error = connector.call(url.parse().unwrap()).await.unwrap_err();
    assert!(unencrypted(&*error).is_some());
    let trusting = Connector::new(None, PlainText::Anywhere, TIMEOUT);
    assert_eq!(call(&trusting, &url).await.unwrap(), "hello");
}

#[tokio::test]
async fn a_listener_that_asks_for_certificates_accepts_those_of_its_authorities_only() {
    let scene = Scene::new();
    scene.issue("worker").write(scene.path(), "worker");
    Authority::new("Other").issue("stranger", &[]).write(scene.path(), "stranger");
    let server = ServerTls::read(&scene.server_files(true), Protocols::Http2).unwrap();
    let url = format!("https://{}", listen(Some(Arc::new(server))).await);
    assert_eq!(call(&secure(scene.client(Some("worker"))), &url).await.unwrap(), "hello");
    let without = call(&secure(scene.client(None)), &url).await.unwrap_err();
    assert!(without.contains("requires a certificate"), "{without}");
    let stranger = call(&secure(scene.client(Some("stranger"))), &url).await.unwrap_err();
    assert!(stranger.contains("does not trust the authority"), "{stranger}");
}

/// The clock is virtual: it jumps ahead while everything waits.
#[tokio::test(start_paused = true)]
async fn a_changed_certificate_is_used_and_a_broken_one_is_not() {
    let scene = Scene::new();
    let server = Arc::new(scene.server().unwrap());
    let following = Arc::clone(&server);
    tokio::spawn(async move { following.follow().await });
    let first = server.expiry();
    let counts = |used, refused| ReloadCounts { used, refused };
    let wait = || tokio::time::sleep(Duration::from_secs(20));

    wait().await;
    assert_eq!(server.reloads(), counts(0, 0), "files that do not change are not used again");
    scene.authority.issue("longer", &["127.0.0.1"]).write(scene.path(), "server");
    wait().await;
    assert_eq!(server.reloads(), counts(1, 0));
    assert!(server.expiry() >= first);
    let current = server.expiry();

    let certificate = scene.identity("server").certificate;
    let good = std::fs::read_to_string(&certificate).unwrap();
    let breakages: [&dyn Fn(); 7] = [
        &|| std::fs::write(&certificate, &good[..good.len() / 2]).unwrap(),
        &|| std::fs::write(&certificate, "").unwrap(),
        &|| std::fs::remove_file(&certificate).unwrap(),
        &|| std::fs::write(&certificate, scene.issue("other key").certificate).unwrap(),
        &|| drop(scene.authority.issue_expired("old", &["127.0.0.1"]).write(scene.path(), "server")),
        &|| drop(scene.authority.issue_early("early", &["127.0.0.1"]).write(scene.path(), "server")),
        &|| drop(scene.authority.issue_for_clients("other", &["127.0.0.1"]).write(scene.path(), "server")),
    ];
    for (number, breakage) in (1..).zip(breakages) {
        breakage();
        wait().await;
        assert_eq!(server.reloads(), counts(1, number));
        assert_eq!(server.expiry(), current, "the old certificate stays in use");
    }
    scene.issue("new").write(scene.path(), "server");
    wait().await;
    assert_eq!(server.reloads(), counts(2, 7));
}

#[tokio::test(start_paused = true)]
async fn a_clients_certificate_stays_if_servers_would_refuse_its_replacement() {
    let scene = Scene::new();
    scene.authority.issue_for_clients("worker", &[]).write(scene.path(), "worker");
    let client = scene.client(Some("worker"));
    let following = Arc::clone(&client);
    tokio::spawn(async move { following.follow().await });
    let replacements = [
        scene.authority.issue_expired("worker", &[]),
        scene.authority.issue_early("worker", &[]),
        scene.authority.issue_for_servers("worker", &[]),
    ];
    for (refused, replacement) in (1..).zip(replacements) {
        replacement.write(scene.path(), "worker");
        tokio::time::sleep(Duration::from_secs(20)).await;
        assert_eq!(client.reloads(), ReloadCounts { used: 0, refused });
    }
    // An expired certificate is replaced by any.
    scene.authority.issue_expired("worker", &[]).write(scene.path(), "worker");
    let client = scene.client(Some("worker"));
    let following = Arc::clone(&client);
    tokio::spawn(async move { following.follow().await });
    scene.authority.issue_early("worker", &[]).write(scene.path(), "worker");
    tokio::time::sleep(Duration::from_secs(20)).await;
    assert_eq!(client.reloads(), ReloadCounts { used: 1, refused: 0 });
}

#[tokio::test]
async fn new_connections_use_a_clients_changed_files() {
    tokio::time::pause();
    let scene = Scene::new();
    let client = scene.client(None);
    let following = Arc::clone(&client);
    tokio::spawn(async move { following.follow().await });
    tokio::time::sleep(Duration::from_secs(20)).await;
    let other = Authority::new("Other");
    std::fs::write(scene.path().join("authority.pem"), other.pem()).unwrap();
    other.issue("server", &["127.0.0.1"]).write(scene.path(), "server");
    tokio::time::sleep(Duration::from_secs(20)).await;
    assert_eq!(client.reloads(), ReloadCounts { used: 1, refused: 0 });
    tokio::time::resume();
    let url = format!("https://{}", listen(Some(Arc::new(scene.server().unwrap()))).await);
    assert_eq!(call(&secure(client), &url).await.unwrap(), "hello");
}

#[test]
fn files_that_cannot_be_used_are_named_with_the_reason() {
    let scene = Scene::new();
    let IdentityFiles { certificate, key } = scene.identity("server");
    let (good, good_key) =
        (std::fs::read_to_string(&certificate).unwrap(), std::fs::read_to_string(&key).unwrap());
    let mut cases: Vec<(String, String, &str)> = vec![
        (String::new(), good_key.clone(), "server.pem has no certificate"),
        (good_key.clone(), good_key.clone(), "server.pem has no certificate"),
        (
            good[..good.len() / 2].to_owned(),
            good_key.clone(),
            "server.pem: a PEM section has no -----END line",
        ),
        (good.clone(), String::new(), "server.key has no private key"),
        (good.clone(), good.clone(), "server.key has no private key"),
        (good.clone(), scene.issue("other").key, "does not belong to the certificate"),
        (good.clone(), good_key.replace("PRIVATE", "ENCRYPTED PRIVATE"), "is encrypted"),
        (
            good.clone(),
            "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END EC PRIVATE KEY-----\n".into(),
            "is encrypted",
        ),
        ("x".repeat(2 << 20), good_key.clone(), "larger than 1 MiB"),
    ];
    let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    cases.push((damaged.to_owned(), good_key.clone(), "server.pem: not an X.509 certificate"));
    for (certificate_text, key_text, expected) in cases {
        std::fs::write(&certificate, certificate_text).unwrap();
        std::fs::write(&key, key_text).unwrap();
        let message = scene.server().unwrap_err().to_string();
        assert!(message.contains(expected) && !message.contains('\n'), "{expected:?} in {message}");
    }
    std::fs::remove_file(&certificate).unwrap();
    let message = scene.server().unwrap_err().to_string();
    assert!(message.contains("could not read") && message.contains("No such file"), "{message}");
    std::fs::create_dir(&certificate).unwrap();
    let message = scene.server().unwrap_err().to_string();
    assert!(message.contains("not a regular file"), "{message}");
    let message = ClientTls::trusting(Some(b"nothing")).unwrap_err().to_string();
    assert!(message.contains("the authorities to trust has no certificate"), "{message}");
}
