//! Health follows the database: without it the service is up and serves nothing.

use chancery_store::{DatabaseMonitor, DatabaseState};
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

use crate::server::announce;

/// Reports each change of the database's state to the health service and to the log, until it is aborted.
pub(crate) async fn follow(mut monitor: DatabaseMonitor, health: HealthReporter) {
    loop {
        match monitor.changed().await {
            DatabaseState::Lost(reason) => {
                tracing::error!(reason, "Postgres is lost: not serving, and calls fail as unavailable");
                announce(&health, ServingStatus::NotServing).await;
            }
            DatabaseState::Available => {
                tracing::info!("Postgres answers again: serving");
                announce(&health, ServingStatus::Serving).await;
            }
        }
    }
}
