//! A Postgres with fsync on, and services on separate databases.

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

pub(crate) struct Postgres {
    pub(crate) folder: PathBuf,
    server: PrivatePostgres,
}

impl Postgres {
    pub(crate) fn start(folder: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let data = DataDir::Preferred(folder.join("postgres"));
        let server = block_in_place(|| PrivatePostgres::start(Options::durable(data).fresh(true)))?;
        Ok(Self { folder: folder.to_owned(), server })
    }
}

pub(crate) struct Installation {
    pub(crate) service: Service,
    pub(crate) token: String,
    pub(crate) database_url: String,
    pub(crate) psql: Psql,
}

impl Installation {
    pub(crate) async fn start(
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
            folder,
            environment: environment.collect(),
        })
        .await?;
        let token = std::fs::read_to_string(tokens.join("admin.token"))?.trim().to_owned();
        let psql = postgres.server.psql().on_database(name);
        Ok(Self { service, token, database_url, psql })
    }

    pub(crate) async fn client(&self) -> anyhow::Result<Client> {
        let config = ClientConfig::new(self.service.url()).with_token(&self.token);
        Ok(Client::connect(config).await?)
    }

    /// Imports a brief and returns its name.
    pub(crate) async fn import(&self, document: RevisionDocument) -> anyhow::Result<String> {
        let name = format!("{WORKSPACE}/briefs/{}", document.brief_id);
        self.client().await?.import_brief(import(vec![document])).await?;
        Ok(name)
    }
}
