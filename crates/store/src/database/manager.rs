//! Opens the connections of a pool, and checks those that were used before.

use std::sync::Arc;
use std::time::Duration;

use deadpool::managed::{self, Metrics, RecycleError, RecycleResult};

use super::availability::Availability;
use super::connect::Connector;
use super::connection::PgConnection;

/// Maximum idle time after which a connection is reused without a ping, which takes as long as a small query. A
/// connection that broke in that time fails its call as unavailable, as one that breaks during a call does.
const TRUSTED_IDLE: Duration = Duration::from_millis(500);

/// Timeout of a ping.
pub(super) const PING_TIMEOUT: Duration = Duration::from_secs(1);

/// Maximum age of a connection, which bounds the memory that its server process accumulates.
const MAX_AGE: Duration = Duration::from_mins(30);

/// Opens connections, and checks idle ones before reuse.
pub(super) struct Manager {
    connector: Arc<Connector>,
    availability: Availability,
}

impl Manager {
    pub(super) const fn new(connector: Arc<Connector>, availability: Availability) -> Self {
        Self { connector, availability }
    }
}

impl managed::Manager for Manager {
    type Type = PgConnection;
    type Error = sqlx::Error;

    async fn create(&self) -> sqlx::Result<PgConnection> {
        // Boxed, because otherwise every future that acquires a connection would be as large as one that opens it.
        Box::pin(self.connector.connect(&self.availability)).await
    }

    async fn recycle(&self, connection: &mut PgConnection, metrics: &Metrics) -> RecycleResult<sqlx::Error> {
        if metrics.age() > MAX_AGE {
            return Err(RecycleError::message("the connection has reached its maximum age"));
        }
        connection.rolls_back = false;
        if metrics.last_used() >= TRUSTED_IDLE {
            Box::pin(connection.ping()).await?;
        }
        Ok(())
    }
}
