//! A Postgres with fsync on, and services on separate databases.

use std::ffi::OsStr;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::ensure;
use chancery_cli::processes::{Service, ServiceSettings};
use chancery_client::{Client, ClientConfig};
use chancery_postgres::{DataDir, Options, PrivatePostgres, Psql};
use chancery_proto::brief::v1::RevisionDocument;
use chancery_testkit::WORKSPACE;
use chancery_testkit::command::Command;
use chancery_testkit::imports::import;
use chancery_testkit::programs::own_binary;
use tokio::task::block_in_place;

/// A Postgres with fsync on.
pub struct Postgres {
    /// Folder of its data, and of the installations on it.
    pub folder: PathBuf,
    server: PrivatePostgres,
}

impl Postgres {
    /// Starts an empty one.
    ///
    /// # Errors
    /// The failure to create the folder or to start the server.
    pub fn start(folder: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let data = DataDir::Preferred(folder.join("postgres"));
        let server = block_in_place(|| PrivatePostgres::start(Options::durable(data).fresh(true)))?;
        Ok(Self { folder: folder.to_owned(), server })
    }
}

/// A service process on a database of its own.
pub struct Installation {
    /// The process.
    pub service: Service,
    /// Folder of its log and its first tokens.
    pub folder: PathBuf,
    /// The admin's token.
    pub token: String,
    /// URL of the database.
    pub database_url: String,
    /// Queries the database.
    pub psql: Psql,
    /// The authority of the listener's certificate, if it encrypts.
    authority: Option<PathBuf>,
}

/// A certificate for this machine, from a private authority.
pub struct Certificates {
    /// The certificate of a listener.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
    /// The authority to trust.
    pub authority: PathBuf,
}

impl Certificates {
    /// Issues a certificate with `chancery certificates`.
    ///
    /// # Errors
    /// The failure of the command.
    pub async fn issue(folder: &Path) -> anyhow::Result<Self> {
        let [authority, service, trust] = ["authority", "service", "trust"].map(|name| folder.join(name));
        let host = Ipv4Addr::LOCALHOST.to_string();
        let issue = Command::new([
            OsStr::new("certificates"),
            OsStr::new("--authority"),
            authority.as_os_str(),
            OsStr::new("--service"),
            service.as_os_str(),
            OsStr::new("--host"),
            OsStr::new(&host),
            OsStr::new("--trust"),
            trust.as_os_str(),
        ]);
        let issued = issue.run().await;
        ensure!(issued.code == 0, "issuing certificates: {}", issued.stderr);
        Ok(Self {
            certificate: service.join("server.pem"),
            key: service.join("server.key"),
            authority: trust.join("authority.pem"),
        })
    }
}

impl Installation {
    /// Migrates a new database and starts a service on it, with default settings but for `environment`.
    ///
    /// # Errors
    /// The failure of the migration, or the service's last log lines.
    pub async fn start(
        postgres: &Postgres,
        name: &str,
        environment: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        postgres.server.create_database(name)?;
        let database_url = postgres.server.url_of(name);
        let folder = postgres.folder.join(name);
        std::fs::create_dir_all(&folder)?;
        let tokens = folder.join("tokens");
        let migrate = Command::new(["migrate".into(), "--init".into(), tokens.clone()]);
        let migrated = migrate.env("DATABASE_URL", &database_url).run().await;
        ensure!(migrated.code == 0, "migrating: {}", migrated.stderr);
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let service = Service::start(&ServiceSettings {
            binary: own_binary("chancery-service"),
            database_url: database_url.clone(),
            database_password_file: None,
            listen: anywhere,
            worker_listen: anywhere,
            folder: folder.clone(),
            environment: environment.collect(),
        })
        .await?;
        let token = std::fs::read_to_string(tokens.join("admin.token"))?.trim().to_owned();
        let psql = postgres.server.psql().on_database(name);
        Ok(Self { service, folder, token, database_url, psql, authority: None })
    }

    /// As [`Installation::start`], with TLS on the public listener.
    ///
    /// # Errors
    /// As [`Installation::start`].
    pub async fn start_encrypted(
        postgres: &Postgres,
        name: &str,
        certificates: &Certificates,
    ) -> anyhow::Result<Self> {
        let (certificate, key) =
            (certificates.certificate.display().to_string(), certificates.key.display().to_string());
        let environment = [("CHANCERY_TLS_CERTIFICATE", &*certificate), ("CHANCERY_TLS_KEY", &*key)];
        let installation = Self::start(postgres, name, &environment).await?;
        Ok(Self { authority: Some(certificates.authority.clone()), ..installation })
    }

    /// Returns the public listener's URL.
    pub fn url(&self) -> String {
        let scheme = if self.authority.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.service.listen)
    }

    /// Returns the file of the authority to trust, if the public listener encrypts.
    pub fn authority(&self) -> Option<&Path> {
        self.authority.as_deref()
    }

    /// Returns the file with the secret that enrols workers.
    pub fn worker_token_file(&self) -> PathBuf {
        self.folder.join("tokens").join("worker.token")
    }

    /// Connects as the admin.
    ///
    /// # Errors
    /// The failure to connect.
    pub async fn client(&self) -> anyhow::Result<Client> {
        let mut config = ClientConfig::new(self.url()).with_token(&self.token);
        config.certificate_authority = self.authority.as_ref().map(std::fs::read).transpose()?;
        Ok(Client::connect(config).await?)
    }

    /// Imports a brief and returns its name.
    ///
    /// # Errors
    /// The refusal of the import.
    pub async fn import(&self, document: RevisionDocument) -> anyhow::Result<String> {
        let name = format!("{WORKSPACE}/briefs/{}", document.brief_id);
        self.client().await?.import_brief(import(vec![document])).await?;
        Ok(name)
    }
}
