//! The health service's state: serving while Postgres is available, not serving otherwise.

use chancery_store::{DatabaseMonitor, DatabaseState};
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

/// Service names for health checks; the empty name covers all services.
const SERVICES: [&str; 6] = [
    "",
    "chancery.admin.v1.AdminService",
    "chancery.brief.v1.BriefService",
    "chancery.brief.v1.KnowledgeService",
    "chancery.render.v1.RenderService",
    "chancery.worker.v1.RenderWorkerService",
];

/// Health-check name for liveness: serving while the process runs, regardless of Postgres.
pub const LIVENESS: &str = "liveness";

/// Reports everything as serving, [`LIVENESS`] included.
pub(crate) async fn report_started(health: &HealthReporter) {
    report(health, ServingStatus::Serving).await;
    health.set_service_status(LIVENESS, ServingStatus::Serving).await;
}

/// Reports the status of all services. [`LIVENESS`] keeps its own.
pub(crate) async fn report(health: &HealthReporter, status: ServingStatus) {
    for name in SERVICES {
        health.set_service_status(name, status).await;
    }
}

/// Ends all health watches, which would otherwise hold up the drain until its timeout.
pub(crate) async fn end_watches(health: &mut HealthReporter) {
    for name in SERVICES.into_iter().chain([LIVENESS]) {
        health.clear_service_status(name).await;
    }
}

/// Reports each change of the database's state to the health service and the log, until it is aborted.
pub(crate) async fn follow_database(mut monitor: DatabaseMonitor, health: HealthReporter) {
    loop {
        match monitor.changed().await {
            DatabaseState::Lost(reason) => {
                tracing::error!(reason, "lost Postgres: not serving; calls fail with UNAVAILABLE");
                report(&health, ServingStatus::NotServing).await;
            }
            DatabaseState::Available => {
                tracing::info!("Postgres is available again: serving");
                report(&health, ServingStatus::Serving).await;
            }
        }
    }
}
