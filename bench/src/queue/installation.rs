//! A Postgres with fsync on, a service process, and one brief.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use chancery_bench::installation::{self, Postgres};
use chancery_cli::processes::Service;
use chancery_client::Client;
use chancery_postgres::Psql;
use chancery_proto::brief::v1::ImportBriefRequest;
use chancery_proto::render::v1::{CreateRenderRequest, RenderOptions};
use chancery_store::{DatabaseSettings, LeaseHolder, Principal, Secret, Store};
use chancery_testkit::WORKSPACE;
use chancery_testkit::files;

const DATABASE: &str = "chancery";

/// The system under test.
pub(crate) struct Installation {
    pub(crate) store: Store,
    pub(crate) principal: Principal,
    /// A worker for statements without a service.
    pub(crate) worker: LeaseHolder,
    /// Makes each render a separate print.
    copies: AtomicUsize,
    base: installation::Installation,
    _postgres: Postgres,
}

impl Installation {
    pub(crate) async fn start(folder: &Path) -> anyhow::Result<Self> {
        let postgres = Postgres::start(folder)?;
        let base = installation::Installation::start(&postgres, DATABASE, &[]).await?;
        let store = DatabaseSettings::of_url(&base.database_url).connect("chancery-bench").await?;
        let secret = Secret::parse(&base.token).context("invalid admin token")?;
        let principal = store.access().principal_of_secret(&secret).await?.context("unknown admin token")?;
        let enroller = std::fs::read_to_string(base.worker_token_file())?;
        let enroller = Secret::parse(enroller.trim()).context("the worker token is malformed")?;
        let enroller =
            store.access().principal_of_secret(&enroller).await?.context("unknown worker token")?;
        let token = store.access().enroll_worker(&enroller, "bench", None).await?.name.token;
        let worker = LeaseHolder { token, worker: "bench".to_owned() };
        let installation =
            Self { store, principal, worker, copies: AtomicUsize::new(0), base, _postgres: postgres };
        let documents = files::revisions("amber");
        let request =
            ImportBriefRequest { parent: WORKSPACE.to_owned(), documents, ..ImportBriefRequest::default() };
        installation.client().await?.import_brief(request).await?;
        Ok(installation)
    }

    /// Connects as a caller.
    pub(crate) async fn client(&self) -> anyhow::Result<Client> {
        self.base.client().await
    }

    /// The service's process.
    pub(crate) fn service(&self) -> &Service {
        &self.base.service
    }

    /// Queries the database.
    pub(crate) fn psql(&self) -> &Psql {
        &self.base.psql
    }

    /// Folder of the logs.
    pub(crate) fn folder(&self) -> PathBuf {
        self.base.folder.clone()
    }

    pub(crate) fn worker_token_file(&self) -> PathBuf {
        self.base.worker_token_file()
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
