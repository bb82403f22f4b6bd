//! The server: starts the database connection, background tasks and listeners, routes calls, and stops them.

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
use tonic_health::ServingStatus;
use tonic_health::pb::FILE_DESCRIPTOR_SET as HEALTH_DESCRIPTOR_SET;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService};
use tonic_web::GrpcWebLayer;
use tower::ServiceBuilder;

use crate::admin::service::Admin;
use crate::admission::Admission;
use crate::auth::identity::IdentityLayer;
use crate::auth::token_resolver::TokenResolver;
use crate::background::wakeups::Wakeups;
use crate::background::{starved_queues, sweeps, unconfirmed_prints};
use crate::briefs::get_brief::{GET_BRIEF, GetBriefRoute};
use crate::briefs::service::Briefs;
use crate::briefs::watch_briefs;
use crate::cache::{Cache, invalidation};
use crate::config::Config;
use crate::knowledge::service::Knowledge;
use crate::listener::open_files;
use crate::listener::{ConnectionCounts, Listener, ListenerError, OpenConnections};
use crate::observability::call_log::CallLayer;
use crate::observability::metrics::{CallMetrics, Metrics};
use crate::observability::{health, metrics_listener};
use crate::renders::service::Renders;
use crate::shutdown::{self, Shutdown, StopSignals, Trigger};
use crate::workers::proofs::{ProofCounts, ProofPolicy, Proofs};
use crate::workers::service::RenderWorkers;

/// Time between two pings of an idle connection, and the timeout of a ping.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(30);
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(10);

/// Maximum size of a call's headers. A token and metadata of gRPC need less than one KiB.
const MAX_HEADER_BYTES: u32 = 16 * 1024;

/// Maximum number of streams that a connection may have open and reset at once before it is closed.
const MAX_RESETS: usize = 128;

/// An error that keeps the service from running.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The database cannot be used: see [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A trial write, read or delete in the artifact store failed.
    #[error("the artifact store {place} (--artifacts): {source}")]
    Artifacts {
        /// The setting's value.
        place: ArtifactLocation,
        /// The failure.
        source: StoreError,
    },
    /// The fonts that PDFs are proven with cannot be read.
    #[error("the folder of fonts (--fonts): {0}")]
    Fonts(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A listener cannot be opened.
    #[error(transparent)]
    Listen(#[from] ListenerError),
    /// The ready file cannot be written.
    #[error("could not write the file of --ready-file: {0}")]
    ReadyFile(io::Error),
    /// Reflection or a listener failed.
    #[error("the gRPC server failed: {0}")]
    Grpc(#[from] Box<dyn std::error::Error + Send + Sync>),
}

/// Serves until SIGTERM or SIGINT, then drains calls in flight and returns. A signal before the service is ready stops it
/// at once.
///
/// # Errors
/// [`ServeError`], before anything is served or if a listener fails.
pub async fn run(config: Config, mut signals: StopSignals) -> Result<(), ServeError> {
    let mut running = tokio::select! {
        running = connect_and_start(&config) => running?,
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
        error = running.failed() => Err(error),
    }
}

/// Connects to the database, starts to serve, and reports that the service is ready.
async fn connect_and_start(config: &Config) -> Result<Running, ServeError> {
    let store = config.database.connect("chancery-service").await?.with_lease_times(config.lease_times());
    let running = start(config, store).await?;
    if let Some(path) = &config.ready_file {
        running.write_ready_file(path).map_err(ServeError::ReadyFile)?;
    }
    tracing::info!(listen = %running.listen, worker_listen = %running.worker_listen, "serving");
    Ok(running)
}

/// Starts to serve.
///
/// # Errors
/// [`ServeError`] if the schema is not this build's, the artifact store does not work, or an address cannot be bound.
pub async fn start(config: &Config, store: Store) -> Result<Running, ServeError> {
    store.check_schema().await?;
    let store = with_artifacts(store, &config.artifacts).await?.with_queue_limit(config.max_queued);
    let connections = &config.connections;
    let (public_limits, worker_limits) = connections.limits(open_files::raise_limit());
    if public_limits.total < connections.max_connections as usize {
        tracing::warn!(
            max_connections = connections.max_connections,
            possible = public_limits.total,
            "the limit of open files allows fewer connections than --max-connections: raise it (ulimit -n, LimitNOFILE)"
        );
    }
    let public = Listener::bind(config.listen, &connections.public(), public_limits).await?;
    let workers = Listener::bind(config.worker_listen, &connections.workers(), worker_limits).await?;
    let (listen, worker_listen) = (public.address, workers.address);
    let connections = [public.connections(), workers.connections()];
    let (trigger, shutdown) = shutdown::channel();
    let (wakeups, hints) = Wakeups::new();
    tokio::spawn(hints.run(store.clone(), shutdown.clone()));
    let cache = Cache::new(store.clone(), config.brief_cache_bytes());
    invalidation::check_logs(&cache).await?;
    tokio::spawn(invalidation::run(cache.clone(), wakeups.clone(), shutdown.clone()));
    tokio::spawn(sweeps::run(store.clone(), config.artifact_age(), shutdown.clone()));
    tokio::spawn(starved_queues::run(store.clone(), shutdown.clone()));
    let second_worker_wait = config.second_worker_wait;
    tokio::spawn(unconfirmed_prints::run(
        store.clone(),
        wakeups.clone(),
        second_worker_wait,
        shutdown.clone(),
    ));
    let health = HealthReporter::new();
    health::report_started(&health).await;
    let database_health = tokio::spawn(health::follow_database(store.monitor(), health.clone()));
    let health_server = HealthServer::new(HealthService::from_health_reporter(health.clone()));
    let public_routes = with_reflection(public_services(config, &store, &cache, &wakeups, &shutdown))
        .map_err(|error| ServeError::Grpc(Box::new(error)))?
        .add_service(health_server.clone());
    let proofs = proofs(config, &store).await?;
    let worker_routes = worker_services(&store, &wakeups, &proofs, &shutdown).add_service(health_server);

    let call_metrics = CallMetrics::new();
    let calls =
        CallLayer::new(config.calls.call_timeout, config.calls.max_failed_calls, call_metrics.clone());
    let tokens = TokenResolver::new(store, cache);
    // Each listener has permits of its own, so that callers cannot keep workers from their work.
    let identity = || {
        let calls = &config.calls;
        let admission = Admission::new(
            calls.limits(),
            calls.unread_responses(),
            calls.max_percent_per_token,
            calls.max_failed_calls,
            call_metrics.slowed(),
        );
        IdentityLayer::new(tokens.clone(), wakeups.clone(), admission, config.calls.max_unknown_tokens)
    };
    let metrics =
        Metrics::new(&call_metrics, [public.measured("public"), workers.measured("workers")], proofs.clone());
    let metrics_listen = serve_metrics(config, metrics).await?;
    let mut listeners = JoinSet::new();
    let layers = ServiceBuilder::new().layer(GrpcWebLayer::new()).layer(calls.clone()).layer(identity());
    let server = builder(config).accept_http1(true).layer(layers.into_inner()).add_routes(public_routes);
    let end = shutdown.clone();
    listeners.spawn(async move {
        server.serve_with_incoming_shutdown(public.accept(), async move { end.begun().await }).await
    });
    let layers = ServiceBuilder::new().layer(calls).layer(identity());
    let server = builder(config).layer(layers.into_inner()).add_routes(worker_routes);
    let end = shutdown.clone();
    listeners.spawn(async move {
        server.serve_with_incoming_shutdown(workers.accept(), async move { end.begun().await }).await
    });
    let drain_timeout = config.drain_timeout;
    Ok(Running {
        listen,
        worker_listen,
        metrics_listen: metrics_listen.as_ref().map(|served| served.address),
        metrics: metrics_listen.map(|served| served.task),
        connections,
        proofs,
        listeners,
        trigger,
        health,
        database_health,
        drain_timeout,
    })
}

/// A listener for metrics.
struct MetricsListener {
    address: SocketAddr,
    task: JoinHandle<()>,
}

/// Serves metrics where the settings say so. A failure of the listener later is logged only.
async fn serve_metrics(config: &Config, metrics: Metrics) -> Result<Option<MetricsListener>, ServeError> {
    let Some(address) = config.metrics_listen.0 else { return Ok(None) };
    let failed = |source| ListenerError::Address { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    tracing::info!(%address, "serving metrics");
    let task = tokio::spawn(async move {
        if let Err(error) = metrics_listener::serve(listener, Arc::new(metrics)).await {
            tracing::error!(%error, "the listener for metrics failed");
        }
    });
    Ok(Some(MetricsListener { address, task }))
}

/// Reads the fonts that PDFs are proven with, and warns if the installation prints with others.
async fn proofs(config: &Config, store: &Store) -> Result<Proofs, ServeError> {
    let folder = config.fonts.clone();
    // A folder of fonts is read with blocking calls.
    let fonts = tokio::task::spawn_blocking(move || chancery_fonts::read(folder.as_deref())).await;
    let fonts = fonts.map_err(|error| ServeError::Fonts(error.into()))?;
    let proofs = Proofs::new(config.proof, fonts.map_err(|error| ServeError::Fonts(error.into()))?)?;
    let active = store.renders().active_print_environment().await?;
    if config.proof != ProofPolicy::Off && active.is_some_and(|active| active != proofs.environment()) {
        tracing::warn!(
            "the active print environment is not this service's: the PDFs of its workers are not proven; run `chancery \
             migrate` of this version, and give both the same --fonts"
        );
    }
    Ok(proofs)
}

async fn with_artifacts(store: Store, place: &ArtifactLocation) -> Result<Store, ServeError> {
    let store = store.with_artifacts(place.url(), Arc::new(ObjectStores::of_process())).await;
    store.map_err(|source| ServeError::Artifacts { place: place.clone(), source })
}

/// A running service.
#[derive(Debug)]
pub struct Running {
    /// Address of the public listener.
    pub listen: SocketAddr,
    /// Address of the workers' listener.
    pub worker_listen: SocketAddr,
    /// Address of the listener for metrics, if there is one.
    pub metrics_listen: Option<SocketAddr>,
    metrics: Option<JoinHandle<()>>,
    connections: [OpenConnections; 2],
    proofs: Proofs,
    listeners: JoinSet<Result<(), tonic::transport::Error>>,
    trigger: Trigger,
    health: HealthReporter,
    database_health: JoinHandle<()>,
    drain_timeout: Duration,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.database_health.abort();
        if let Some(metrics) = &self.metrics {
            metrics.abort();
        }
    }
}

impl Running {
    /// Returns the counts of the connections to the public and to the workers' listener.
    pub fn connections(&self) -> [ConnectionCounts; 2] {
        self.connections.each_ref().map(OpenConnections::counts)
    }

    /// Returns the counts of proofs of uploaded PDFs.
    pub fn proofs(&self) -> ProofCounts {
        self.proofs.counts()
    }

    /// Reports that it is not serving, ends long polls and streams, drains calls in flight within the drain timeout, and
    /// cuts off the rest.
    pub async fn stop(mut self) {
        // Before the report, which it could overwrite.
        self.database_health.abort();
        let _ = (&mut self.database_health).await;
        health::report(&self.health, ServingStatus::NotServing).await;
        self.trigger.begin();
        health::end_watches(&mut self.health).await;
        let drained = tokio::time::timeout(self.drain_timeout, async {
            while self.listeners.join_next().await.is_some() {}
        });
        if drained.await.is_err() {
            tracing::warn!("the drain timeout passed; cutting off the calls still in flight");
            self.listeners.shutdown().await;
        }
        tracing::info!("stopped");
    }

    /// Waits until a listener fails.
    async fn failed(&mut self) -> ServeError {
        match self.listeners.join_next().await {
            Some(Ok(Err(error))) => ServeError::Grpc(Box::new(error)),
            Some(Err(error)) => ServeError::Grpc(Box::new(error)),
            Some(Ok(Ok(()))) | None => ServeError::Grpc("a listener ended".into()),
        }
    }

    /// Writes the file atomically, so that a process that waits for it can read it as soon as it exists.
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

/// Sets both message limits of a service to the documented one.
macro_rules! limited {
    ($service:expr) => {
        $service.max_decoding_message_size(MESSAGE_LIMIT).max_encoding_message_size(MESSAGE_LIMIT)
    };
}

/// Routes the public listener's services, without reflection and health.
///
/// `GetBrief` has a route of its own beside its service's: [`GetBriefRoute`] responds with encoded bytes from the cache.
fn public_services(
    config: &Config,
    store: &Store,
    cache: &Cache,
    wakeups: &Wakeups,
    shutdown: &Shutdown,
) -> Routes {
    let watch_timeout = config.watch_timeout.unwrap_or(watch_briefs::DEFAULT_TIMEOUT);
    let briefs = Briefs::new(store.clone(), cache.clone(), watch_timeout, shutdown.clone());
    let admin = Admin::new(store.clone(), cache.clone(), wakeups.clone());
    let renders = Renders::new(store.clone(), wakeups.clone(), shutdown.clone());
    let knowledge = Knowledge::new(store.clone(), cache.clone());
    let services = Routes::default()
        .add_service(limited!(BriefServiceServer::new(briefs)))
        .add_service(limited!(KnowledgeServiceServer::new(knowledge)))
        .add_service(limited!(AdminServiceServer::new(admin)))
        .add_service(limited!(RenderServiceServer::new(renders)));
    let get_brief = GetBriefRoute::new(store.clone(), cache.clone());
    services.into_axum_router().route_service(GET_BRIEF, get_brief).into()
}

/// Routes the workers' service, without health.
fn worker_services(store: &Store, wakeups: &Wakeups, proofs: &Proofs, shutdown: &Shutdown) -> Routes {
    let workers = RenderWorkers::new(store.clone(), wakeups.clone(), proofs.clone(), shutdown.clone());
    Routes::default().add_service(limited!(RenderWorkerServiceServer::new(workers)))
}

/// Adds reflection in both versions; grpcurl and other tools still use v1alpha.
fn with_reflection(routes: Routes) -> Result<Routes, tonic_reflection::server::Error> {
    let builder = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(HEALTH_DESCRIPTOR_SET)
    };
    Ok(routes.add_service(builder().build_v1()?).add_service(builder().build_v1alpha()?))
}

fn builder(config: &Config) -> Server {
    Server::builder()
        .http2_keepalive_interval(Some(KEEPALIVE_INTERVAL))
        .http2_keepalive_timeout(Some(KEEPALIVE_TIMEOUT))
        .max_concurrent_streams(config.calls.max_streams_per_connection)
        .http2_max_header_list_size(MAX_HEADER_BYTES)
        // tonic's defaults here are no limits.
        .http2_max_pending_accept_reset_streams(Some(MAX_RESETS))
        .http2_max_local_error_reset_streams(Some(MAX_RESETS))
}
