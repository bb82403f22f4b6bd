//! Connection pools in which a cancelled call frees its connection at once.
//!
//! A call's future is dropped when its caller cancels, disconnects or reaches its deadline, possibly in the middle of a
//! statement. sqlx's own pool then keeps the connection's slot occupied until the statement ends. These pools cancel
//! the statement instead: see [`super::interrupted`].

use std::fmt;
use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use async_stream::try_stream;
use deadpool::Runtime;
use deadpool::managed::{self, Object, PoolError, QueueMode, TimeoutType};
use sqlx::postgres::{PgRow, PgStatement, PgTypeInfo, Postgres};
use sqlx::{AssertSqlSafe, Describe, Execute, Executor, SqlSafeStr as _, SqlStr};
use tokio_stream::StreamExt as _;

use super::availability::{Availability, unavailable};
use super::connect::Connector;
use super::connection::{BoxFuture, BoxStream, PgConnection, Step};
use super::interrupted::Interrupted;
use super::manager::{self, Manager};
use super::transaction::Transaction as AnyTransaction;

/// Maximum wait for a free connection, and for a new one, before the call fails as unavailable.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// Maximum idle time of a connection before it is closed.
const MAX_IDLE: Duration = Duration::from_mins(10);

/// A pool of connections to one database. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Pool {
    connections: managed::Pool<Manager>,
    interrupted: Option<Arc<Interrupted>>,
    availability: Availability,
}

/// A transaction that owns its pooled connection.
pub(crate) type Transaction = AnyTransaction<PooledConnection>;

impl Pool {
    /// Creates a pool of at most `size` connections, opened on demand. Without `interrupted`, dropping a call in the
    /// middle of a statement closes its connection.
    pub(super) fn new(
        connector: Arc<Connector>,
        availability: Availability,
        size: usize,
        interrupted: Option<Arc<Interrupted>>,
    ) -> Self {
        let manager = Manager::new(connector, availability.clone());
        let connections = managed::Pool::builder(manager)
            .max_size(size)
            .wait_timeout(Some(ACQUIRE_TIMEOUT))
            .create_timeout(Some(ACQUIRE_TIMEOUT))
            .recycle_timeout(Some(manager::PING_TIMEOUT))
            .queue_mode(QueueMode::Lifo)
            .runtime(Runtime::Tokio1)
            .build()
            .expect("timeouts have a runtime");
        Self { connections, interrupted, availability }
    }

    /// Acquires a connection, which returns to the pool when dropped.
    pub(crate) async fn acquire(&self) -> sqlx::Result<PooledConnection> {
        if self.availability.is_lost() {
            return Err(unavailable());
        }
        let object = tokio::select! {
            biased;
            object = self.connections.get() => object.map_err(refused)?,
            lost = self.availability.lost() => return Err(lost),
        };
        Ok(PooledConnection { object: Some(object), interrupted: self.interrupted.clone() })
    }

    /// Begins a transaction on a connection of its own.
    pub(crate) async fn begin(&self) -> sqlx::Result<Transaction> {
        Transaction::begin(self.acquire().await?, None).await
    }

    /// Begins a transaction as [`Self::begin`] does, with a statement instead of `BEGIN`.
    pub(crate) async fn begin_with(&self, statement: &'static str) -> sqlx::Result<Transaction> {
        let statement = AssertSqlSafe(statement).into_sql_str();
        Transaction::begin(self.acquire().await?, Some(statement)).await
    }

    /// Closes connections that have been idle too long.
    pub(super) fn close_idle(&self) {
        self.connections.retain(|_, metrics| metrics.last_used() < MAX_IDLE);
    }

    /// Drops all idle connections, none of which can be trusted after a loss of Postgres.
    pub(super) fn forget_idle(&self) {
        self.connections.retain(|_, _| false);
    }

    /// Closes idle connections now, and the others as they are released.
    pub(super) async fn close(&self) {
        let removed = self.connections.retain(|_, _| false).removed;
        self.connections.close();
        for connection in removed {
            // Best effort: the server may be gone.
            let _ = tokio::time::timeout(manager::PING_TIMEOUT, connection.close()).await;
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("status", &self.connections.status()).finish_non_exhaustive()
    }
}

/// Converts deadpool's error to the driver's.
fn refused(error: PoolError<sqlx::Error>) -> sqlx::Error {
    match error {
        PoolError::Backend(error) => error,
        PoolError::Timeout(TimeoutType::Create) => connect_timed_out(),
        PoolError::Timeout(_) => sqlx::Error::PoolTimedOut,
        PoolError::Closed | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
            sqlx::Error::PoolClosed
        }
    }
}

/// Returns the error for a server that accepts a connection but does not respond.
pub(super) fn connect_timed_out() -> sqlx::Error {
    let message = "the server did not complete the connection in time";
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, message))
}

/// A connection of a [`Pool`].
pub(crate) struct PooledConnection {
    /// `None` only during the drop.
    object: Option<Object<Manager>>,
    interrupted: Option<Arc<Interrupted>>,
}

impl Deref for PooledConnection {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        self.object.as_ref().expect("the connection is there until it is dropped")
    }
}

impl DerefMut for PooledConnection {
    fn deref_mut(&mut self) -> &mut PgConnection {
        self.object.as_mut().expect("the connection is there until it is dropped")
    }
}

impl fmt::Debug for PooledConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PooledConnection").field(&self.object.as_deref()).finish()
    }
}

impl Drop for PooledConnection {
    fn drop(&mut self) {
        let Some(mut object) = self.object.take() else { return };
        if object.must_close {
            drop(Object::take(object));
            return;
        }
        // Ready without any traffic unless a statement is in flight.
        let settled = pin!(object.settle()).poll(&mut Context::from_waker(Waker::noop()));
        match (settled, &self.interrupted) {
            (Poll::Ready(Ok(())), _) => drop(object),
            (Poll::Ready(Err(_)), _) | (Poll::Pending, None) => drop(Object::take(object)),
            (Poll::Pending, Some(interrupted)) => interrupted.finish(object),
        }
    }
}

impl<'p> Executor<'p> for &'p Pool {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, sqlx::Result<Step>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        Box::pin(try_stream! {
            let mut connection = self.acquire().await?;
            let mut steps = connection.fetch_many(query);
            while let Some(step) = steps.try_next().await? {
                yield step;
            }
        })
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, sqlx::Result<Option<PgRow>>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        Box::pin(async move { self.acquire().await?.fetch_optional(query).await })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, sqlx::Result<PgStatement>>
    where
        'p: 'e,
    {
        Box::pin(async move { self.acquire().await?.prepare_with(sql, parameters).await })
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, sqlx::Result<Describe<Postgres>>>
    where
        'p: 'e,
    {
        Box::pin(async move { self.acquire().await?.describe(sql).await })
    }
}
