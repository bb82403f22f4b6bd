//! A running service with a brief `b1`, a caller, and a worker that the test controls.

use std::time::Duration;

use chancery_brief::digest::body_digest;
use chancery_brief::glyph_coverage::GlyphCoverage;
use chancery_postgres::{TestDatabase, TestServer};
use chancery_proto::brief::v1::brief_service_client::BriefServiceClient;
use chancery_proto::render::v1::render_service_client::RenderServiceClient;
use chancery_proto::render::v1::{CreateRenderRequest, Render};
use chancery_proto::worker::v1::render_worker_service_client::RenderWorkerServiceClient;
use chancery_proto::worker::v1::upload_artifact_request::Part;
use chancery_proto::worker::v1::{
    AcquireLeasesRequest, ArtifactHeader, Lease, UploadArtifactRequest, UploadArtifactResponse,
};
use chancery_service::config::CommandLine;
use chancery_service::server::{self, Running};
use chancery_store::{LeaseHolder, Secret, Store};
use chancery_testkit::database;
use chancery_testkit::imports::{document, import};
use chancery_testkit::print_environment::ENVIRONMENT;
use clap::Parser;
use tonic::Status;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;

use crate::scene::{Bearer, Briefs, bearer, channel, content, new_installation};

pub(crate) type Renders = RenderServiceClient<InterceptedService<Channel, Bearer>>;
pub(crate) type Workers = RenderWorkerServiceClient<InterceptedService<Channel, Bearer>>;

/// A service, and a store on the same database for operations without an RPC.
pub(crate) struct QueueScene {
    pub(crate) store: Store,
    pub(crate) renders: Renders,
    pub(crate) workers: Workers,
    pub(crate) briefs: Briefs,
    pub(crate) admin: String,
    pub(crate) operator: String,
    /// The token that `workers` calls with.
    pub(crate) worker: LeaseHolder,
    pub(crate) enroller: Secret,
    pub(crate) running: Running,
    pub(crate) database: TestDatabase,
    _server: TestServer,
}

impl QueueScene {
    pub(crate) async fn new() -> Self {
        Self::with(&[]).await
    }

    /// Starts a scene with an artifact store, by its URL.
    pub(crate) async fn keeping_pdfs_at(artifacts: &str) -> Self {
        Self::with(&["--artifacts", artifacts]).await
    }

    /// Starts a scene with additional flags for the service.
    pub(crate) async fn with(flags: &[&str]) -> Self {
        let server = TestServer::connect().unwrap();
        let (database, secrets) = new_installation(&server).await;
        let store = database::connect(&database).await;
        store.renders().set_print_environment(ENVIRONMENT, &GlyphCoverage::default()).await.unwrap();
        let listen = ["chancery-service", "--listen", "127.0.0.1:0", "--worker-listen", "127.0.0.1:0"];
        let database_url = ["--database-url", database.url()];
        let flags = listen.into_iter().chain(database_url).chain(flags.iter().copied());
        let config = CommandLine::try_parse_from(flags).unwrap().config;
        let running = server::start(&config, store.clone()).await.unwrap();
        let admin = secrets.admin.reveal().to_owned();
        let renders = RenderServiceClient::with_interceptor(channel(running.listen), bearer(&admin));
        let own = database::enrolled(&store, &secrets.worker, "test").await;
        let worker = LeaseHolder { token: own.name.token.clone(), worker: "test".into() };
        let authorization = bearer(own.secret.reveal());
        let workers =
            RenderWorkerServiceClient::with_interceptor(channel(running.worker_listen), authorization);
        let mut briefs = BriefServiceClient::with_interceptor(channel(running.listen), bearer(&admin));
        briefs.import_brief(import(vec![document("b1", 1, content("One"))])).await.unwrap();
        let operator = secrets.operator.reveal().to_owned();
        let enroller = secrets.worker;
        Self {
            store,
            renders,
            workers,
            worker,
            enroller,
            briefs,
            admin,
            operator,
            running,
            database,
            _server: server,
        }
    }

    /// Enrols another worker process.
    pub(crate) async fn another_worker(&self) -> Workers {
        let enrolled = database::enrolled(&self.store, &self.enroller, "another").await;
        self.workers_with(enrolled.secret.reveal())
    }

    /// Connects to the workers' listener with a token.
    pub(crate) fn workers_with(&self, token: &str) -> Workers {
        RenderWorkerServiceClient::with_interceptor(channel(self.running.worker_listen), bearer(token))
    }

    pub(crate) async fn requested(&self) -> Render {
        self.renders.clone().create_render(create("b1")).await.unwrap().into_inner()
    }

    pub(crate) async fn leased(&self) -> Lease {
        let answer = self.workers.clone().acquire_leases(acquire(20)).await.unwrap().into_inner();
        answer.leases.into_iter().next().unwrap().lease.unwrap()
    }

    /// Requests a render, and leases its task.
    pub(crate) async fn begun(&self) -> (Render, Lease) {
        let render = self.requested().await;
        (render, self.leased().await)
    }

    /// Uploads in chunks of an odd size.
    pub(crate) async fn uploaded(
        &self,
        header: ArtifactHeader,
        pdf: &[u8],
    ) -> Result<UploadArtifactResponse, Status> {
        let data = pdf.chunks(99_991).map(|piece| Part::Data(piece.to_vec().into()));
        let parts: Vec<UploadArtifactRequest> = std::iter::once(Part::Header(header))
            .chain(data)
            .map(|part| UploadArtifactRequest { part: Some(part) })
            .collect();
        let answer = self.workers.clone().upload_artifact(tokio_stream::iter(parts)).await?;
        Ok(answer.into_inner())
    }

    pub(crate) fn let_leases_run_out(&self) {
        let statement = "update render_queue set visible_at = clock_timestamp() - interval '1 second'";
        self.database.psql().rows(statement).unwrap();
    }
}

pub(crate) fn create(source: &str) -> CreateRenderRequest {
    CreateRenderRequest {
        parent: "workspaces/default".into(),
        source: format!("workspaces/default/briefs/{source}"),
        ..Default::default()
    }
}

pub(crate) fn acquire(seconds: u64) -> AcquireLeasesRequest {
    AcquireLeasesRequest {
        worker: "test".into(),
        environment: Some(ENVIRONMENT.to_message()),
        max_leases: 1,
        wait: Some(Duration::from_secs(seconds).try_into().unwrap()),
    }
}

pub(crate) fn header(lease: &Lease, pdf: &[u8]) -> ArtifactHeader {
    ArtifactHeader {
        lease: Some(lease.clone()),
        sha256: body_digest(pdf).to_string(),
        size_bytes: pdf.len() as u64,
        pages: 3,
        environment: Some(ENVIRONMENT.to_message()),
        ..ArtifactHeader::default()
    }
}

/// Returns bytes of several chunks.
pub(crate) fn pdf() -> Vec<u8> {
    (0..700_001_u32).map(|index| u8::try_from(index * 31 % 251).unwrap()).collect()
}
