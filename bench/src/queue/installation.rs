//! A Postgres with fsync on, a service process, and one brief.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, ensure};
use chancery_cli::processes::{Service, ServiceSettings};
use chancery_client::{Client, ClientConfig};
use chancery_postgres::{DataDir, Options, PrivatePostgres, Psql};
use chancery_proto::brief::v1::ImportBriefRequest;
use chancery_proto::render::v1::{CreateRenderRequest, RenderOptions};
use chancery_store::{DatabaseSettings, LeaseHolder, Principal, Secret, Store};
use chancery_testkit::WORKSPACE;
use chancery_testkit::command::Command;
use chancery_testkit::files;
use chancery_testkit::programs::own_binary;
use tokio::task::block_in_place;

const DATABASE: &str = "chancery";

/// The system under test.
pub(crate) struct Installation {
    pub(crate) service: Service,
    pub(crate) store: Store,
    pub(crate) secret: Secret,
    pub(crate) principal: Principal,
    /// A worker for statements without a service.
    pub(crate) worker: LeaseHolder,
    pub(crate) psql: Psql,
    pub(crate) folder: PathBuf,
    /// Makes each render a separate print.
    copies: AtomicUsize,
    _postgres: PrivatePostgres,
}

impl Installation {
    pub(crate) async fn start(folder: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let data = DataDir::Preferred(folder.join("postgres"));
        let postgres = block_in_place(|| PrivatePostgres::start(Options::durable(data).fresh(true)))?;
        postgres.create_database(DATABASE)?;
        let url = postgres.url_of(DATABASE);
        let tokens = folder.join("tokens");
        let migrate = Command::new(["migrate".into(), "--init".into(), tokens.clone()]);
        let migrated = migrate.env("DATABASE_URL", &url).run().await;
        ensure!(migrated.code == 0, "migrating: {}", migrated.stderr);
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let service = Service::start(&ServiceSettings {
            binary: own_binary("chancery-service"),
            database_url: url.clone(),
            database_password_file: None,
            listen: anywhere,
            worker_listen: anywhere,
            folder: folder.to_owned(),
            environment: Vec::new(),
        })
        .await?;
        let store = DatabaseSettings::of_url(&url).connect("chancery-bench").await?;
        let token = std::fs::read_to_string(tokens.join("admin.token"))?;
        let secret = Secret::parse(token.trim()).context("invalid admin token")?;
        let principal = store.access().principal_of_secret(&secret).await?.context("unknown admin token")?;
        let enroller = std::fs::read_to_string(folder.join("tokens").join("worker.token"))?;
        let enroller = Secret::parse(enroller.trim()).context("the worker token is malformed")?;
        let enroller =
            store.access().principal_of_secret(&enroller).await?.context("unknown worker token")?;
        let token = store.access().enroll_worker(&enroller, "bench", None).await?.name.token;
        let worker = LeaseHolder { token, worker: "bench".to_owned() };
        let installation = Self {
            service,
            store,
            secret,
            principal,
            worker,
            psql: postgres.psql().on_database(DATABASE),
            folder: folder.to_owned(),
            copies: AtomicUsize::new(0),
            _postgres: postgres,
        };
        let documents = files::revisions("amber");
        let request =
            ImportBriefRequest { parent: WORKSPACE.to_owned(), documents, ..ImportBriefRequest::default() };
        installation.client().await?.import_brief(request).await?;
        Ok(installation)
    }

    /// Connects as a caller.
    pub(crate) async fn client(&self) -> anyhow::Result<Client> {
        let config = ClientConfig::new(self.service.url()).with_token(self.secret.reveal());
        Ok(Client::connect(config).await?)
    }

    pub(crate) fn worker_token_file(&self) -> PathBuf {
        self.folder.join("tokens").join("worker.token")
    }

    /// Builds a request that has not been made before.
    pub(crate) fn request(&self) -> CreateRenderRequest {
        let copy = self.copies.fetch_add(1, Ordering::Relaxed);
        let recipient = format!("Copy {copy}");
        CreateRenderRequest {
            parent: WORKSPACE.to_owned(),
            source: format!("{WORKSPACE}/briefs/amber-demo"),
            options: Some(RenderOptions { recipient, ..RenderOptions::default() }),
            ..CreateRenderRequest::default()
        }
    }
}
