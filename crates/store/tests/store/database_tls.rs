//! TLS to Postgres, against a dedicated server on a dedicated address.

use std::fs::{self, Permissions};
use std::net::Ipv4Addr;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process;

use chancery_postgres::{DataDir, Halt, Options, PrivatePostgres};
use chancery_store::{DatabaseSettings, StoreError};
use chancery_testkit::certificates::Authority;
use tempfile::TempDir;

/// A server with TLS, and the files that its clients need.
struct TlsServer {
    postgres: PrivatePostgres,
    address: Ipv4Addr,
    folder: TempDir,
}

impl TlsServer {
    /// A server whose certificate names `named`, or its own address; without a certificate it does not offer TLS.
    fn start(number: u8, with_tls: bool, named: Option<Ipv4Addr>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        let data = DataDir::Exactly(folder.path().join("postgres"));
        let options = Options { lingers: false, ..Options::disposable(data) };
        let postgres = PrivatePostgres::start(options).unwrap();
        let [_, _, high, low] = process::id().to_be_bytes();
        let address = Ipv4Addr::new(127, 100 + number, high, low.max(2));
        let server = Self { postgres, address, folder };
        let (right, wrong) = (Authority::new("Right"), Authority::new("Wrong"));
        server.write("right.pem", &right.pem());
        server.write("wrong.pem", &wrong.pem());
        right.issue("chancery", &[]).write(server.folder.path(), "client");
        if with_tls {
            let issued = right.issue("server", &[&named.unwrap_or(address).to_string()]);
            server.write_to_data("server.crt", &issued.certificate);
            server.write_to_data("server.key", &issued.key);
            server.write_to_data("clients.crt", &right.pem());
            server.set("ssl", "on");
            server.set("ssl_ca_file", "clients.crt");
        }
        server.set("listen_addresses", &address.to_string());
        server.restart();
        server
    }

    fn set(&self, name: &str, value: &str) {
        self.postgres.psql().rows(&format!("alter system set {name} = '{value}'")).unwrap();
    }

    fn restart(&self) {
        self.postgres.halt(Halt::Fast).unwrap();
        self.postgres.resume().unwrap();
    }

    fn data(&self) -> PathBuf {
        self.postgres.folder().join("data")
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn write_to_data(&self, name: &str, text: &str) {
        let path = self.data().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        let owner = fs::metadata(self.data()).unwrap();
        chown(&path, Some(owner.uid()), Some(owner.gid())).unwrap();
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn url(&self, query: &str) -> String {
        format!("postgres://chancery@{}:5432/postgres?{query}", self.address)
    }

    /// Counts a store's encrypted connections, or returns the reason for having none.
    async fn encrypted(&self, settings: &DatabaseSettings) -> Result<bool, String> {
        let store = match settings.connect("tls test").await {
            Ok(store) => store,
            Err(StoreError::Connect(message) | StoreError::Settings(message)) => return Err(message),
            Err(other) => panic!("{other:?}"),
        };
        let mut hints = store.changes().listen().await.unwrap();
        let sessions = "select s.ssl from pg_stat_ssl s join pg_stat_activity a using (pid) \
                        where a.application_name = 'tls test'";
        let rows = self.postgres.psql().rows(sessions).unwrap();
        assert_eq!(rows.len(), 2, "one connection for calls and one that listens");
        assert!(rows.windows(2).all(|pair| pair[0] == pair[1]), "{rows:?}");
        // The listener uses TLS too.
        store.changes().notify(&[chancery_store::Hint::Logged]).await.unwrap();
        assert_eq!(hints.next().await.unwrap(), Some(chancery_store::Hint::Logged));
        drop(hints);
        store.close().await;
        let is_encrypted = rows[0] == "t";
        let others = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'tls test'";
        self.postgres.psql().rows(others).unwrap();
        Ok(is_encrypted)
    }

    async fn encrypted_at(&self, query: &str) -> Result<bool, String> {
        self.encrypted(&DatabaseSettings::of_url(&self.url(query))).await
    }
}

fn mentions(answer: Result<bool, String>, parts: &[&str]) {
    let message = answer.unwrap_err();
    assert!(!message.contains('\n'), "the message is not a single line: {message}");
    for part in parts {
        assert!(message.contains(part), "no {part:?} in: {message}");
    }
}

#[tokio::test]
async fn every_tls_mode_does_what_libpq_documents() {
    let server = TlsServer::start(1, true, None);
    for (mode, is_encrypted) in [("disable", false), ("allow", false), ("prefer", true), ("require", true)] {
        assert_eq!(server.encrypted_at(&format!("sslmode={mode}")).await, Ok(is_encrypted), "{mode}");
    }
    let right = format!("sslrootcert={}", server.file("right.pem"));
    let wrong = format!("sslrootcert={}", server.file("wrong.pem"));
    for mode in ["verify-ca", "verify-full"] {
        assert_eq!(server.encrypted_at(&format!("sslmode={mode}&{right}")).await, Ok(true), "{mode}");
        mentions(
            server.encrypted_at(&format!("sslmode={mode}&{wrong}")).await,
            &["UnknownIssuer", "sslrootcert", "--database-ssl-root-cert"],
        );
    }
    // As in libpq, a given root certificate is verified against.
    mentions(server.encrypted_at(&format!("sslmode=require&{wrong}")).await, &["UnknownIssuer"]);
    mentions(server.encrypted_at("sslmode=verify-full").await, &["UnknownIssuer", "sslrootcert"]);
}

#[tokio::test]
async fn settings_override_the_url_and_an_invalid_file_is_named() {
    let server = TlsServer::start(2, true, None);
    let settings = DatabaseSettings {
        database_ssl_mode: Some("verify-full".into()),
        database_ssl_root_cert: Some(server.file("right.pem").into()),
        ..DatabaseSettings::of_url(&server.url("sslmode=disable"))
    };
    assert_eq!(server.encrypted(&settings).await, Ok(true));
    mentions(
        server.encrypted_at("sslmode=verify-full&sslrootcert=/no/such.pem").await,
        &["sslrootcert", "/no/such.pem"],
    );
    let no_pem = server.write("no.pem", "not PEM").display().to_string();
    mentions(
        server.encrypted_at(&format!("sslmode=verify-ca&sslrootcert={no_pem}")).await,
        &["no PEM", &no_pem],
    );
    mentions(server.encrypted_at("sslmode=yes").await, &["sslmode", "verify-full"]);
    let half = format!("sslmode=require&sslcert={}", server.file("client.pem"));
    mentions(server.encrypted_at(&half).await, &["sslkey"]);
}

#[tokio::test]
async fn a_certificate_for_another_name_passes_verify_ca_only() {
    let server = TlsServer::start(3, true, Some(Ipv4Addr::new(10, 0, 0, 1)));
    let right = format!("sslrootcert={}", server.file("right.pem"));
    mentions(
        server.encrypted_at(&format!("sslmode=verify-full&{right}")).await,
        &["does not name", "verify-ca", &server.address.to_string()],
    );
    assert_eq!(server.encrypted_at(&format!("sslmode=verify-ca&{right}")).await, Ok(true));
}

#[tokio::test]
async fn a_server_that_demands_tls_or_a_client_certificate_gets_it() {
    let server = TlsServer::start(4, true, None);
    let rules = "local all all trust\nhostssl all all 127.0.0.0/8 trust\n";
    server.write_to_data("pg_hba.conf", rules);
    server.restart();
    mentions(server.encrypted_at("sslmode=disable").await, &["requires TLS", "sslmode=require", "28000"]);
    for mode in ["allow", "prefer", "require"] {
        assert_eq!(server.encrypted_at(&format!("sslmode={mode}")).await, Ok(true), "{mode}");
    }
    server.write_to_data("pg_hba.conf", "local all all trust\nhostssl all all 127.0.0.0/8 cert\n");
    server.restart();
    mentions(server.encrypted_at("sslmode=require").await, &["sslcert", "sslkey"]);
    let files = format!("sslcert={}&sslkey={}", server.file("client.pem"), server.file("client.key"));
    assert_eq!(server.encrypted_at(&format!("sslmode=require&{files}")).await, Ok(true));
}

#[tokio::test]
async fn without_tls_at_the_server_prefer_connects_and_require_says_why_not() {
    let server = TlsServer::start(5, false, None);
    assert_eq!(server.encrypted_at("sslmode=prefer").await, Ok(false));
    mentions(
        server.encrypted_at("sslmode=require").await,
        &["does not support TLS", "ssl = on", "sslmode=prefer"],
    );
    // TLS does not apply to the socket, whatever the mode.
    let socket = format!("{}&sslmode=require", server.postgres.url());
    assert_eq!(server.encrypted(&DatabaseSettings::of_url(&socket)).await, Ok(false));
    assert!(Path::new(&server.data()).exists());
}

#[tokio::test]
async fn an_unreachable_server_is_reported_with_its_address() {
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("postgres://chancery:hunter2@{unused}/briefs?sslmode=prefer");
    let refused = DatabaseSettings::of_url(&url).connect("test").await.unwrap_err().to_string();
    assert!(refused.contains(&unused.to_string()) && refused.contains("refused"), "{refused}");
    assert!(refused.contains("briefs") && !refused.contains("hunter2"), "{refused}");
}
