//! The whole system over encrypted connections, with certificates of `chancery certificates`.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::fs;
use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use chancery_testkit::files::example;
use chancery_testkit::{Command, Stack};
use tokio::io::AsyncReadExt as _;

/// A folder's files with their contents, keys included.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

fn certificates(folder: &Path, host: &str) -> Command {
    let at = |name: &str| folder.join(name).display().to_string();
    let arguments = [
        "certificates".to_owned(),
        format!("--authority={}", at("authority")),
        format!("--service={}", at("server")),
        format!("--host={host}"),
        format!("--workers={}", at("worker")),
        format!("--trust={}", at("trust")),
    ];
    Command::new(arguments.map(PathBuf::from))
}

#[tokio::test]
async fn an_encrypted_stack_imports_and_prints() {
    let stack = Stack::encrypted().await;
    assert!(stack.url().starts_with("https://"));
    let example = example("russia-iran");
    stack.command(&["import", example.to_str().unwrap()]).run().await.exits(0);
    let pdf = stack.folder().join("brief.pdf");
    stack.command(&["render", "russia-iran", "-o", pdf.to_str().unwrap()]).run().await.exits(0);
    assert!(fs::read(&pdf).unwrap().starts_with(b"%PDF-"));

    for (url, named) in
        [(stack.url(), "UnknownIssuer"), (stack.url().replace("https", "http"), "could not connect")]
    {
        let stranger = Command::new(["list", "--json"])
            .env("CHANCERY_SERVER", &url)
            .env("CHANCERY_TOKEN_FILE", stack.token_file("admin"))
            .env("SSL_CERT_FILE", stack.folder().join("other/authority.pem"));
        certificates(&stack.folder().join("other"), "127.0.0.1").run().await.exits(0);
        let error = stranger.run().await.error();
        assert_eq!(error["reason"], "UNREACHABLE");
        assert!(error["message"].as_str().unwrap().contains(named), "{error}");
    }
}

#[tokio::test]
async fn certificates_are_kept_until_they_must_change() {
    let folder = tempfile::tempdir().unwrap();
    let outcomes = async |host: &str| {
        let report = certificates(folder.path(), host).run().await.exits(0).stdout;
        report.lines().map(|line| line.split(' ').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let of = |name: &str| contents(&folder.path().join(name));
    assert_eq!(outcomes("briefs.example").await, ["issued"; 3]);
    let (server, worker) = (of("server"), of("worker"));
    assert_eq!(outcomes("briefs.example").await, ["kept"; 3]);
    assert_eq!((of("server"), of("worker")), (server.clone(), worker.clone()), "no file is written again");

    assert_eq!(outcomes("other.example").await, ["kept", "issued", "kept"]);
    assert_ne!(of("server"), server);
    fs::write(folder.path().join("worker/worker.pem"), "damaged").unwrap();
    assert_eq!(outcomes("other.example").await, ["kept", "kept", "issued"]);
    fs::remove_dir_all(folder.path().join("authority")).unwrap();
    assert_eq!(outcomes("other.example").await, ["issued"; 3], "a new authority issues everything again");

    let names = |name: &str| of(name).into_iter().map(|(path, _)| path.file_name().unwrap().to_owned());
    assert_eq!(names("trust").collect::<Vec<_>>(), ["authority.pem"]);
    assert_eq!(names("server").collect::<Vec<_>>(), ["authority.pem", "server.key", "server.pem"]);
    for key in ["authority/authority.key", "server/server.key", "worker/worker.key"] {
        let mode = fs::metadata(folder.path().join(key)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{key}");
    }
}

#[tokio::test]
async fn certificates_of_impossible_hosts_and_damaged_authorities_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for host in ["", "a b", "-", "a..b", "*", "http://briefs.example", &"x".repeat(64)] {
        let refused = certificates(folder.path(), host).run().await;
        assert!(refused.code != 0 && refused.stderr.contains("is no host"), "{host:?}: {}", refused.stderr);
    }
    fs::write(folder.path().join("authority/authority.key"), "damaged").unwrap();
    let refused = certificates(folder.path(), "briefs.example").run().await;
    assert!(refused.code != 0 && refused.stderr.contains("the authority in"), "{}", refused.stderr);
}

#[tokio::test]
async fn a_token_is_not_sent_unencrypted_to_another_machine() {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
    // Sends nothing: finds this machine's address on its network.
    socket.connect("192.0.2.1:9").expect("this machine has a network");
    let outer: IpAddr = socket.local_addr().unwrap().ip();
    let listener = tokio::net::TcpListener::bind((outer, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, mut received) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = Vec::new();
            let _ = tokio::time::timeout(Duration::from_secs(2), stream.read_to_end(&mut bytes)).await;
            let _ = sender.send(bytes);
        }
    });
    let command = |insecure: &str| {
        Command::new(["list", "--json"])
            .env("CHANCERY_SERVER", format!("http://{address}"))
            .env("CHANCERY_TOKEN", "chy_0000000000000000000000000000000000000000000")
            .env("CHANCERY_INSECURE", insecure)
    };
    let error = command("false").run().await.error();
    assert_eq!(error["reason"], "UNENCRYPTED", "{error}");
    assert!(error["message"].as_str().unwrap().contains("another machine"), "{error}");
    assert!(received.recv().await.unwrap().is_empty(), "nothing was sent");
    let allowed = command("true").run().await;
    assert_ne!(allowed.code, 0);
    assert!(received.recv().await.unwrap().starts_with(b"PRI * HTTP/2"), "with --insecure it talks");
}

#[tokio::test]
async fn an_authority_with_the_key_of_another_is_refused_and_each_has_a_name_of_its_own() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for folder in [&one, &two] {
        certificates(folder.path(), "briefs.example").run().await.exits(0);
    }
    let file = |folder: &tempfile::TempDir, name: &str| folder.path().join("authority").join(name);
    assert_ne!(
        common_name(&fs::read_to_string(file(&one, "authority.pem")).unwrap()),
        common_name(&fs::read_to_string(file(&two, "authority.pem")).unwrap())
    );
    let key = one.path().join("server/server.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    certificates(one.path(), "briefs.example").run().await.exits(0);
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o640, "closed to all others");

    fs::copy(file(&two, "authority.key"), file(&one, "authority.key")).unwrap();
    let refused = certificates(one.path(), "third.example").run().await;
    assert!(refused.code != 0 && refused.stderr.contains("OTHER_KEY"), "{}", refused.stderr);
}

/// Returns the bytes of a certificate's common name, which the DER form has as they are.
fn common_name(certificate: &str) -> Vec<u8> {
    let base64: String = certificate.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = base64::engine::general_purpose::STANDARD.decode(base64).unwrap();
    let name = b"Chancery private authority ";
    let at = der.windows(name.len()).position(|window| window == name).unwrap();
    der[at..at + name.len() + 16].to_vec()
}

#[tokio::test]
async fn a_wrong_scheme_is_explained_and_empty_variables_are_not_set() {
    let stack = Stack::encrypted().await;
    let address = stack.url().trim_start_matches("https://").to_owned();
    let list = |server: &str| {
        Command::new(["list", "--json"])
            .env("CHANCERY_SERVER", server)
            .env("CHANCERY_TOKEN", "chy_0000000000000000000000000000000000000000000")
            .env("CHANCERY_CA_FILE", "")
            .env("CHANCERY_INSECURE", "")
    };
    let error = list(&format!("http://{address}")).run().await.error();
    assert!(error["message"].as_str().unwrap().contains("write https://"), "{error}");
    let with_authority = list(&format!("http://{address}")).env("CHANCERY_CA_FILE", "authority.pem");
    assert_eq!(with_authority.run().await.error()["reason"], "CA_FILE_WITHOUT_TLS");
    let error = list(&format!("https://user:secret@{address}")).run().await.error();
    assert_eq!(error["reason"], "INVALID_SERVER", "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
}
