//! Pools of connections that a cancelled call leaves free at once.
//!
//! A call's future is dropped when its caller cancels, disconnects or runs out of time, possibly in the middle of a
//! statement. sqlx's own pool then waits for the statement's end with the connection's slot taken. These pools cancel the
//! statement instead: see [`super::interrupted`].

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

/// How long a caller waits for a free connection, and for a new one, before the call fails as unavailable.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// Connections that were unused for this long are closed.
const MAX_IDLE: Duration = Duration::from_mins(10);

/// Connections to one database. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Pool {
    connections: managed::Pool<Manager>,
    interrupted: Option<Arc<Interrupted>>,
    availability: Availability,
}

/// A transaction on a pooled connection of its own.
pub(crate) type Transaction = AnyTransaction<PooledConnection>;

impl Pool {
    /// At most `size` connections, opened when they are first needed. Without `interrupted`, a statement that its caller
    /// dropped costs the connection.
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

    /// A connection; it goes back to the pool when it is dropped.
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

    /// As [`Self::begin`], with another statement than `BEGIN`.
    pub(crate) async fn begin_with(&self, statement: &'static str) -> sqlx::Result<Transaction> {
        let statement = AssertSqlSafe(statement).into_sql_str();
        Transaction::begin(self.acquire().await?, Some(statement)).await
    }

    /// Closes connections that are idle for long.
    pub(super) fn close_idle(&self) {
        self.connections.retain(|_, metrics| metrics.last_used() < MAX_IDLE);
    }

    /// Forgets the idle connections: after a loss of Postgres none of them is believed.
    pub(super) fn forget_idle(&self) {
        self.connections.retain(|_, _| false);
    }

    /// Closes the idle connections, and each other one when it is given back.
    pub(super) async fn close(&self) {
        let removed = self.connections.retain(|_, _| false).removed;
        self.connections.close();
        for connection in removed {
            // A server that is gone needs no goodbye.
            let _ = tokio::time::timeout(manager::PING_TIMEOUT, connection.close()).await;
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("status", &self.connections.status()).finish_non_exhaustive()
    }
}

/// deadpool's error as the driver would say it.
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

/// The error of a server that accepts a connection and says nothing.
pub(super) fn connect_timed_out() -> sqlx::Error {
    let message = "the server did not complete the connection in time";
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, message))
}

/// A connection of a [`Pool`].
pub(crate) struct PooledConnection {
    /// None only while it is dropped.
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
        // Without a statement in flight this is ready without any traffic.
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
