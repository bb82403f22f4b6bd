//! Connections to Postgres: how they are opened, shared, given back and watched.
//!
//! A process has a main pool for the statements of calls, and beside it connections that calls cannot use up:
//!
//! | connections | for |
//! |---|---|
//! | `DATABASE_POOL_SIZE` (16) | calls and background work |
//! | 2 | the change log: comparing its counters, sending hints |
//! | 2 | identity: principals of API tokens |
//! | 1 | cancelling statements of callers that are gone |
//! | 1 | LISTEN |
//! | 1 | the health probe |
//!
//! All but the first are opened when they are first needed, so that a command such as `chancery migrate` opens one.

mod availability;
mod cancellations;
mod connect;
mod connection;
mod interrupted;
mod manager;
mod monitor;
mod pool;
pub(crate) mod schema;
pub(crate) mod settings;
mod statement_error;
mod transaction;

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use tokio::time::Instant;

use self::availability::Availability;
use self::connect::Connector;
use self::interrupted::Interrupted;
use crate::error::{Result, StoreError};

pub(crate) use self::availability::is_unavailable;
pub(crate) use self::connection::PgConnection;
pub(crate) use self::pool::{Pool, Transaction};
pub(crate) use self::statement_error::StatementError;
pub(crate) use self::transaction::Transaction as AnyTransaction;

pub use self::monitor::{DatabaseMonitor, DatabaseState};

/// Connections for the change log.
const CHANGE_LOG_CONNECTIONS: usize = 2;

/// Connections for identity.
const IDENTITY_CONNECTIONS: usize = 2;

/// How long a starting process waits for a server that refuses connections: it may be starting too.
const STARTUP_PATIENCE: Duration = Duration::from_secs(5);

/// How long the server may take to complete the first connection.
const FIRST_CONNECTION: Duration = Duration::from_secs(10);

/// The pause between two tries of the first connection.
const STARTUP_RETRY: Duration = Duration::from_millis(250);

/// How long the listener waits for its connection.
const LISTENER_TIMEOUT: Duration = Duration::from_secs(2);

/// All connections of a process to one database. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    /// For the statements of calls.
    pub(crate) calls: Pool,
    /// For the change log's follower and the hints.
    pub(crate) change_log: Pool,
    /// For the principals of callers.
    pub(crate) identity: Pool,
    control: Pool,
    connector: Arc<Connector>,
    availability: Availability,
}

impl Database {
    /// Connects, and keeps the connection for the first call.
    ///
    /// # Errors
    /// [`StoreError::Connect`], which says what is wrong and how to mend it.
    pub(crate) async fn connect(options: PgConnectOptions, size: u32) -> Result<Self> {
        let connector = Arc::new(Connector::new(options.clone()));
        let availability = Availability::new();
        let pool =
            |size, interrupted| Pool::new(Arc::clone(&connector), availability.clone(), size, interrupted);
        let control = pool(1, None);
        let (interrupted, requests) = Interrupted::new();
        tokio::spawn(cancellations::send(control.clone(), requests));
        let interrupted = Some(Arc::new(interrupted));
        let size = usize::try_from(size.max(1)).unwrap_or(usize::MAX);
        let calls = pool(size, interrupted.clone());
        first_connection(&calls, &options).await?;
        Ok(Self {
            change_log: pool(CHANGE_LOG_CONNECTIONS, interrupted.clone()),
            identity: pool(IDENTITY_CONNECTIONS, interrupted),
            calls,
            control,
            connector,
            availability,
        })
    }

    /// A connection that listens.
    pub(crate) async fn listener(&self) -> sqlx::Result<PgListener> {
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(LISTENER_TIMEOUT)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_lazy_with(self.connector.last_options());
        PgListener::connect_with(&pool).await
    }

    /// Closes the connections that are not in use, and each other one when it is given back.
    pub(crate) async fn close(&self) {
        for pool in self.pools() {
            pool.close().await;
        }
    }

    fn pools(&self) -> [&Pool; 4] {
        [&self.calls, &self.change_log, &self.identity, &self.control]
    }
}

async fn first_connection(calls: &Pool, options: &PgConnectOptions) -> Result<()> {
    let begun = Instant::now();
    loop {
        let tried = tokio::time::timeout(FIRST_CONNECTION, calls.acquire()).await;
        let error = match tried {
            Ok(Ok(_connection)) => return Ok(()),
            Ok(Err(error)) => error,
            Err(_) => pool::connect_timed_out(),
        };
        if !may_be_starting(&error) || begun.elapsed() >= STARTUP_PATIENCE {
            return Err(StoreError::Connect(connect::explain(&error, options)));
        }
        tokio::time::sleep(STARTUP_RETRY).await;
    }
}

/// A server that starts refuses connections, has no socket yet, or says so.
fn may_be_starting(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => {
            matches!(error.kind(), std::io::ErrorKind::ConnectionRefused | std::io::ErrorKind::NotFound)
        }
        sqlx::Error::Database(refused) => refused.code().as_deref() == Some("57P03"),
        _ => false,
    }
}
