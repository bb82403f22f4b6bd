//! Connections to Postgres: pools, transactions, availability, and cancellation of abandoned statements.
//!
//! Besides the main pool, a process has connections that calls cannot exhaust:
//!
//! | connections | for |
//! |---|---|
//! | `DATABASE_POOL_SIZE` (16) | calls and background work |
//! | 2 | following the change log, sending notifications |
//! | 2 | looking up the principals of API tokens |
//! | 1 | cancelling abandoned statements |
//! | 1 | LISTEN |
//! | 1 | the health probe |
//!
//! Connections are opened on demand, so that a command such as `chancery migrate` opens one.

pub(crate) mod availability;
mod cancellations;
mod connect;
mod connection;
mod interrupted;
mod manager;
mod monitor;
mod pool;
pub(crate) mod schema;
pub(crate) mod settings;
pub(crate) mod statement_error;
mod transaction;

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use tokio::time::Instant;

use self::availability::Availability;
use self::connect::Connector;
use self::interrupted::Interrupted;
use crate::error::{Result, StoreError};

pub(crate) use self::connection::PgConnection;
pub(crate) use self::pool::{Pool, Transaction};
pub(crate) use self::transaction::Transaction as AnyTransaction;

pub use self::monitor::{DatabaseMonitor, DatabaseState};

/// Connections for the change log.
const CHANGE_LOG_CONNECTIONS: usize = 2;

/// Connections for identity.
const IDENTITY_CONNECTIONS: usize = 2;

/// How long a starting process retries a server that refuses connections: both may be starting.
const STARTUP_PATIENCE: Duration = Duration::from_secs(5);

/// Timeout of the first connection.
const FIRST_CONNECTION: Duration = Duration::from_secs(10);

/// Pause between two attempts at the first connection.
const STARTUP_RETRY: Duration = Duration::from_millis(250);

/// Timeout of the listener's connection.
const LISTENER_TIMEOUT: Duration = Duration::from_secs(2);

/// All connections of a process to one database. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    /// The pool for calls and background work.
    pub(crate) calls: Pool,
    /// The pool for following the change log and sending notifications.
    pub(crate) change_log: Pool,
    /// The pool for looking up the principals of callers.
    pub(crate) identity: Pool,
    control: Pool,
    connector: Arc<Connector>,
    availability: Availability,
}

impl Database {
    /// Opens the first connection and keeps it for the first call.
    ///
    /// # Errors
    /// [`StoreError::Connect`], which says what is wrong and how to fix it.
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

    /// Opens a connection for LISTEN.
    pub(crate) async fn listener(&self) -> sqlx::Result<PgListener> {
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(LISTENER_TIMEOUT)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_lazy_with(self.connector.last_options());
        PgListener::connect_with(&pool).await
    }

    /// Closes idle connections now, and the others as they are released.
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

/// Returns whether the server may be starting: it refuses connections, has no socket yet, or reports that it starts.
fn may_be_starting(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => {
            matches!(error.kind(), std::io::ErrorKind::ConnectionRefused | std::io::ErrorKind::NotFound)
        }
        sqlx::Error::Database(refused) => refused.code().as_deref() == Some("57P03"),
        _ => false,
    }
}
