//! A connection that fails its statements when Postgres is lost, and whose errors name the statement.

use std::fmt;
use std::pin::{Pin, pin};

use async_stream::try_stream;
use sqlx::postgres::{PgArguments, PgQueryResult, PgRow, PgStatement, PgTypeInfo, Postgres};
use sqlx::{Connection as _, Describe, Either, Execute, Executor, SqlStr};
use tokio_stream::{Stream, StreamExt as _};

use super::availability::Availability;
use super::statement_error::with_statement;

/// A boxed future, as sqlx's traits return it.
pub(super) type BoxFuture<'e, T> = Pin<Box<dyn Future<Output = T> + Send + 'e>>;

/// A boxed stream, as sqlx's traits return it.
pub(super) type BoxStream<'e, T> = Pin<Box<dyn Stream<Item = T> + Send + 'e>>;

/// One item in a statement's result stream.
pub(super) type Step = Either<PgQueryResult, PgRow>;

/// A connection to Postgres.
pub(crate) struct PgConnection {
    raw: sqlx::PgConnection,
    /// The pid of the server process, by which another connection cancels its statement.
    backend: i32,
    availability: Availability,
    /// Set while this process does not know the connection's state: the connection is closed instead of reused.
    pub(super) must_close: bool,
    /// Set when a rollback is queued behind a statement that may be in flight.
    pub(super) rolls_back: bool,
}

impl PgConnection {
    pub(super) fn new(raw: sqlx::PgConnection, backend: i32, availability: Availability) -> Self {
        Self { raw, backend, availability, must_close: false, rolls_back: false }
    }

    /// Returns the driver's connection, for the migrator.
    pub(crate) fn raw_mut(&mut self) -> &mut sqlx::PgConnection {
        &mut self.raw
    }

    pub(super) fn backend(&self) -> i32 {
        self.backend
    }

    /// Makes the pool close the connection on release instead of reusing it.
    pub(crate) fn close_when_released(&mut self) {
        self.must_close = true;
    }

    /// Pings the server.
    pub(super) async fn ping(&mut self) -> sqlx::Result<()> {
        let Self { raw, availability, .. } = self;
        unless_lost(availability, raw.ping()).await
    }

    /// Pings the server as [`Self::ping`] does, but also while Postgres is lost, to detect its return.
    pub(super) async fn raw_ping(&mut self) -> sqlx::Result<()> {
        self.raw.ping().await
    }

    /// Reads the remaining responses to earlier statements. Ready at once, without any traffic, when there are none.
    pub(super) async fn settle(&mut self) -> sqlx::Result<()> {
        loop {
            // Each error ends one statement; the next iteration reads the responses after it.
            match self.raw.flush().await {
                Err(sqlx::Error::Database(_)) => {}
                other => return other,
            }
        }
    }

    /// Runs an action on the driver's connection, unless Postgres is lost.
    pub(super) async fn drive<T>(
        &mut self,
        action: impl AsyncFnOnce(&mut sqlx::PgConnection) -> sqlx::Result<T>,
    ) -> sqlx::Result<T> {
        let Self { raw, availability, .. } = self;
        unless_lost(availability, action(raw)).await
    }

    /// Closes the connection in an orderly way.
    pub(super) async fn close(self) -> sqlx::Result<()> {
        self.raw.close().await
    }
}

impl fmt::Debug for PgConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PgConnection").field("backend", &self.backend).finish_non_exhaustive()
    }
}

/// Returns the future's result, or an error as soon as Postgres is lost.
async fn unless_lost<T>(
    availability: &Availability,
    answer: impl Future<Output = sqlx::Result<T>>,
) -> sqlx::Result<T> {
    tokio::select! {
        biased;
        answer = answer => {
            note(availability, &answer);
            answer
        }
        lost = availability.lost() => Err(lost),
    }
}

/// Records a response. An error reported by Postgres is a response too.
fn note<T>(availability: &Availability, answer: &sqlx::Result<T>) {
    if matches!(answer, Ok(_) | Err(sqlx::Error::Database(_))) {
        availability.note_answer();
    }
}

/// A query decomposed into parts that it owns, so that its text is available after its execution.
struct OwnedQuery {
    sql: SqlStr,
    statement: Option<PgStatement>,
    arguments: Option<PgArguments>,
    is_persistent: bool,
}

impl OwnedQuery {
    fn of<'q>(mut query: impl Execute<'q, Postgres>) -> sqlx::Result<Self> {
        let statement = query.statement().cloned();
        let arguments = query.take_arguments().map_err(sqlx::Error::Encode)?;
        let is_persistent = query.persistent();
        Ok(Self { sql: query.sql(), statement, arguments, is_persistent })
    }
}

impl Execute<'_, Postgres> for OwnedQuery {
    fn sql(self) -> SqlStr {
        self.sql
    }

    fn statement(&self) -> Option<&PgStatement> {
        self.statement.as_ref()
    }

    fn take_arguments(&mut self) -> Result<Option<PgArguments>, sqlx::error::BoxDynError> {
        Ok(self.arguments.take())
    }

    fn persistent(&self) -> bool {
        self.is_persistent
    }
}

impl<'c> Executor<'c> for &'c mut PgConnection {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, sqlx::Result<Step>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let query = OwnedQuery::of(query);
        Box::pin(try_stream! {
            let query = query?;
            let sql = query.sql.clone();
            let PgConnection { raw, availability, .. } = self;
            let mut steps = raw.fetch_many(query);
            let mut lost = pin!(availability.lost());
            loop {
                let step = tokio::select! {
                    biased;
                    step = steps.try_next() => step,
                    lost = &mut lost => Err(lost),
                };
                note(availability, &step);
                match step.map_err(|error| with_statement(error, sql.as_str()))? {
                    Some(step) => yield step,
                    None => break,
                }
            }
        })
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, sqlx::Result<Option<PgRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let query = OwnedQuery::of(query);
        Box::pin(async move {
            let query = query?;
            let sql = query.sql.clone();
            let PgConnection { raw, availability, .. } = self;
            let found = unless_lost(availability, raw.fetch_optional(query)).await;
            found.map_err(|error| with_statement(error, sql.as_str()))
        })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, sqlx::Result<PgStatement>>
    where
        'c: 'e,
    {
        self.raw.prepare_with(sql, parameters)
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, sqlx::Result<Describe<Postgres>>>
    where
        'c: 'e,
    {
        self.raw.describe(sql)
    }
}
