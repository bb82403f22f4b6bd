//! The process: database, listeners, services, and the way down.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chancery_artifacts::{ArtifactLocation, ObjectStores};
use chancery_proto::MESSAGE_LIMIT;
use chancery_proto::admin::v1::admin_service_server::AdminServiceServer;
use chancery_proto::brief::v1::brief_service_server::BriefServiceServer;
use chancery_proto::brief::v1::knowledge_service_server::KnowledgeServiceServer;
use chancery_proto::descriptors::FILE_DESCRIPTOR_SET;
use chancery_proto::render::v1::render_service_server::RenderServiceServer;
use chancery_proto::worker::v1::render_worker_service_server::RenderWorkerServiceServer;
use chancery_store::{Store, StoreError};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic_health::ServingStatus;
use tonic_health::pb::FILE_DESCRIPTOR_SET as HEALTH_DESCRIPTOR_SET;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService};
use tonic_web::GrpcWebLayer;
use tower::ServiceBuilder;

use crate::admin::service::Admin;
use crate::auth::identity::{Authority, IdentityLayer};
use crate::background::starved_queues;
use crate::background::sweeps;
use crate::background::wakeups::Wakeups;
use crate::briefs::get_brief::HotBriefs;
use crate::briefs::service::Briefs;
use crate::briefs::watch;
use crate::cache;
use crate::cache::Freshness;
use crate::config::Config;
use crate::knowledge::service::Knowledge;
use crate::observability::call_log::{CallLayer, Limits};
use crate::observability::database_health;
use crate::renders::service::Renders;
use crate::shutdown;
use crate::shutdown::Shutdown;
use crate::shutdown::StopSignals;
use crate::shutdown::Trigger;
use crate::workers::service::RenderWorkers;

/// How often an idle connection is asked whether it is alive, and how long it has to answer.
const KEEPALIVE: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(10));

/// Why the service does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The database cannot be used: see [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store of PDFs' bytes did not take, give back or delete what was tried.
    #[error("the artifact store {place} (--artifacts): {source}")]
    Artifacts {
        /// What the setting says.
        place: ArtifactLocation,
        /// Why.
        source: StoreError,
    },
    /// The address cannot be listened on.
    #[error("listening on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The ready file cannot be written.
    #[error("the ready file: {0}")]
    ReadyFile(io::Error),
    /// Reflection or a listener failed.
    #[error("the gRPC server: {0}")]
    Grpc(#[from] Box<dyn std::error::Error + Send + Sync>),
}

/// Serves until SIGTERM or SIGINT, then lets calls end and returns. Before it serves, a signal ends it at once.
///
/// # Errors
/// [`ServeError`], before anything is served or when a listener fails.
pub async fn run(config: Config, mut signals: StopSignals) -> Result<(), ServeError> {
    let mut running = tokio::select! {
        running = begin(&config) => running?,
        signal = signals.received() => {
            tracing::info!(signal, "stopped before serving");
            return Ok(());
        }
    };
    tokio::select! {
        signal = signals.received() => {
            tracing::info!(signal, "stopping");
            running.stop().await;
            Ok(())
        }
        failed = running.failed() => Err(failed),
    }
}

/// Begins to serve, and says so.
async fn begin(config: &Config) -> Result<Running, ServeError> {
    let store = config.database.connect("chancery-service").await?.with_lease_times(config.lease_times());
    let running = start(config, store).await?;
    if let Some(path) = &config.ready_file {
        running.write_ready_file(path).map_err(ServeError::ReadyFile)?;
    }
    tracing::info!(listen = %running.listen, worker_listen = %running.worker_listen, "serving");
    Ok(running)
}

/// Begins to serve.
///
/// # Errors
/// [`ServeError`] when the schema is not the one that this build knows, the artifact store does not work, or an address
/// is taken.
pub async fn start(config: &Config, store: Store) -> Result<Running, ServeError> {
    store.check_schema().await?;
    let store = with_artifacts(store, &config.artifacts).await?.with_queue_limit(config.max_queued);
    let (public, listen) = bind(config.listen).await?;
    let (workers, worker_listen) = bind(config.worker_listen).await?;
    let (trigger, shutdown) = shutdown::channel();
    let (wakeups, exchange) = Wakeups::new();
    tokio::spawn(exchange.run(store.clone(), shutdown.clone()));
    let freshness = Freshness::new(store.clone(), config.brief_cache());
    cache::begin(&freshness).await?;
    tokio::spawn(cache::follow(freshness.clone(), wakeups.clone(), shutdown.clone()));
    tokio::spawn(sweeps::run(store.clone(), config.artifact_age(), shutdown.clone()));
    tokio::spawn(starved_queues::run(store.clone(), shutdown.clone()));
    let health = HealthReporter::new();
    announce(&health, ServingStatus::Serving).await;
    health.set_service_status(LIVENESS, ServingStatus::Serving).await;
    let database_health = tokio::spawn(database_health::follow(store.monitor(), health.clone()));
    let health_server = HealthServer::new(HealthService::from_health_reporter(health.clone()));
    let public_routes = with_reflection(public_services(config, &store, &freshness, &wakeups, &shutdown))
        .map_err(|error| ServeError::Grpc(Box::new(error)))?
        .add_service(health_server.clone());
    let worker_routes = worker_services(&store, &wakeups, &shutdown).add_service(health_server);

    let calls = CallLayer::new(Limits { max_calls: config.max_calls, call_timeout: config.call_timeout });
    let identity = IdentityLayer::new(Authority::new(store, freshness), wakeups);
    let mut listeners = JoinSet::new();
    let layers =
        ServiceBuilder::new().layer(GrpcWebLayer::new()).layer(calls.clone()).layer(identity.clone());
    let server = builder().accept_http1(true).layer(layers.into_inner()).add_routes(public_routes);
    let end = shutdown.clone();
    listeners.spawn(async move {
        server.serve_with_incoming_shutdown(public, async move { end.begun().await }).await
    });
    let layers = ServiceBuilder::new().layer(calls).layer(identity);
    let server = builder().layer(layers.into_inner()).add_routes(worker_routes);
    let end = shutdown.clone();
    listeners.spawn(async move {
        server.serve_with_incoming_shutdown(workers, async move { end.begun().await }).await
    });
    let drain_timeout = config.drain_timeout;
    Ok(Running { listen, worker_listen, listeners, trigger, health, database_health, drain_timeout })
}

async fn with_artifacts(store: Store, place: &ArtifactLocation) -> Result<Store, ServeError> {
    let store = store.with_artifacts(place.url(), Arc::new(ObjectStores::of_process())).await;
    store.map_err(|source| ServeError::Artifacts { place: place.clone(), source })
}

/// A service that runs.
#[derive(Debug)]
pub struct Running {
    /// Where callers reach it.
    pub listen: SocketAddr,
    /// Where workers reach it.
    pub worker_listen: SocketAddr,
    listeners: JoinSet<Result<(), tonic::transport::Error>>,
    trigger: Trigger,
    health: HealthReporter,
    database_health: JoinHandle<()>,
    drain_timeout: Duration,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.database_health.abort();
    }
}

impl Running {
    /// Says that it is not serving, ends long polls and streams, lets calls end for as long as the settings allow, and
    /// cuts off what is left.
    pub async fn stop(mut self) {
        // Before the announcement, which it could contradict.
        self.database_health.abort();
        let _ = (&mut self.database_health).await;
        announce(&self.health, ServingStatus::NotServing).await;
        self.trigger.begin();
        // Ends the watches of health, which would otherwise hold the drain until its limit.
        for name in SERVICES.into_iter().chain([LIVENESS]) {
            self.health.clear_service_status(name).await;
        }
        let drained = tokio::time::timeout(self.drain_timeout, async {
            while self.listeners.join_next().await.is_some() {}
        });
        if drained.await.is_err() {
            tracing::warn!("calls were still under way at the end of the drain timeout: they are cut off");
            self.listeners.shutdown().await;
        }
        tracing::info!("stopped");
    }

    /// Returns when a listener ends by itself.
    async fn failed(&mut self) -> ServeError {
        match self.listeners.join_next().await {
            Some(Ok(Err(error))) => ServeError::Grpc(Box::new(error)),
            Some(Err(error)) => ServeError::Grpc(Box::new(error)),
            Some(Ok(Ok(()))) | None => ServeError::Grpc("a listener ended".into()),
        }
    }

    /// Written whole or not at all: whoever waits for the file can read it as soon as it is there.
    fn write_ready_file(&self, path: &Path) -> io::Result<()> {
        let ready = serde_json::json!({
            "listen": self.listen.to_string(),
            "worker_listen": self.worker_listen.to_string(),
        });
        let unfinished = path.with_extension("unfinished");
        std::fs::write(&unfinished, format!("{ready}\n"))?;
        std::fs::rename(&unfinished, path)
    }
}

/// The services as health checks know them; the empty name stands for all.
const SERVICES: [&str; 6] = [
    "",
    "chancery.admin.v1.AdminService",
    "chancery.brief.v1.BriefService",
    "chancery.brief.v1.KnowledgeService",
    "chancery.render.v1.RenderService",
    "chancery.worker.v1.RenderWorkerService",
];

/// The name under which health checks learn whether the process works, whatever the state of Postgres.
pub const LIVENESS: &str = "liveness";

/// A service that takes and gives messages up to the limit that the protos state.
macro_rules! limited {
    ($service:expr) => {
        $service.max_decoding_message_size(MESSAGE_LIMIT).max_encoding_message_size(MESSAGE_LIMIT)
    };
}

/// The services of the public listener, without reflection and health.
fn public_services(
    config: &Config,
    store: &Store,
    freshness: &Freshness,
    wakeups: &Wakeups,
    shutdown: &Shutdown,
) -> Routes {
    let patience = config.watch_patience.unwrap_or(watch::PATIENCE);
    let briefs = Arc::new(Briefs::new(store.clone(), freshness.clone(), patience, shutdown.clone()));
    let hot = HotBriefs::new(limited!(BriefServiceServer::from_arc(Arc::clone(&briefs))), briefs);
    let admin = AdminServiceServer::new(Admin::new(store.clone(), freshness.clone(), wakeups.clone()));
    let renders = RenderServiceServer::new(Renders::new(store.clone(), wakeups.clone(), shutdown.clone()));
    let knowledge = KnowledgeServiceServer::new(Knowledge::new(store.clone(), freshness.clone()));
    Routes::default()
        .add_service(hot)
        .add_service(limited!(knowledge))
        .add_service(limited!(admin))
        .add_service(limited!(renders))
}

/// The services of the workers' listener, without health.
fn worker_services(store: &Store, wakeups: &Wakeups, shutdown: &Shutdown) -> Routes {
    let workers = RenderWorkers::new(store.clone(), wakeups.clone(), shutdown.clone());
    Routes::default().add_service(limited!(RenderWorkerServiceServer::new(workers)))
}

/// Reflection in both versions: grpcurl and others still ask for v1alpha.
fn with_reflection(routes: Routes) -> Result<Routes, tonic_reflection::server::Error> {
    let builder = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(HEALTH_DESCRIPTOR_SET)
    };
    Ok(routes.add_service(builder().build_v1()?).add_service(builder().build_v1alpha()?))
}

/// Sets the state of all services; [`LIVENESS`] keeps its own.
pub(crate) async fn announce(health: &HealthReporter, status: ServingStatus) {
    for name in SERVICES {
        health.set_service_status(name, status).await;
    }
}

async fn bind(address: SocketAddr) -> Result<(TcpIncoming, SocketAddr), ServeError> {
    let refused = |source| ServeError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let bound = listener.local_addr().map_err(refused)?;
    Ok((TcpIncoming::from(listener).with_nodelay(Some(true)), bound))
}

fn builder() -> Server {
    Server::builder().http2_keepalive_interval(Some(KEEPALIVE.0)).http2_keepalive_timeout(Some(KEEPALIVE.1))
}
