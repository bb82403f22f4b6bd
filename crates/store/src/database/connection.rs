//! A connection whose statements end when Postgres is lost, and whose errors name their statement.

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

/// What one step of a statement yields.
pub(super) type Step = Either<PgQueryResult, PgRow>;

/// A connection to Postgres.
pub(crate) struct PgConnection {
    raw: sqlx::PgConnection,
    /// The server process behind the connection, by which another connection cancels its statement.
    backend: i32,
    availability: Availability,
    /// Set while the connection's state is unknown to this process: it is closed instead of lent again.
    pub(super) must_close: bool,
    /// Set when a rollback was queued behind a statement that may be in flight.
    pub(super) rolls_back: bool,
}

impl PgConnection {
    pub(super) fn new(raw: sqlx::PgConnection, backend: i32, availability: Availability) -> Self {
        Self { raw, backend, availability, must_close: false, rolls_back: false }
    }

    /// The driver's connection, for the migrator.
    pub(crate) fn raw_mut(&mut self) -> &mut sqlx::PgConnection {
        &mut self.raw
    }

    pub(super) fn backend(&self) -> i32 {
        self.backend
    }

    /// Closes the connection when it is given back, instead of lending it again.
    pub(crate) fn close_when_released(&mut self) {
        self.must_close = true;
    }

    /// Asks the server whether it is there.
    pub(super) async fn ping(&mut self) -> sqlx::Result<()> {
        let Self { raw, availability, .. } = self;
        unless_lost(availability, raw.ping()).await
    }

    /// As [`Self::ping`], also while Postgres is lost: this is how its return is noticed.
    pub(super) async fn raw_ping(&mut self) -> sqlx::Result<()> {
        self.raw.ping().await
    }

    /// Reads the rest of what was asked on this connection. Ready at once, without asking the server, when the server has
    /// answered everything.
    pub(super) async fn settle(&mut self) -> sqlx::Result<()> {
        loop {
            // Each error is the end of one statement; the next call reads on after it.
            match self.raw.flush().await {
                Err(sqlx::Error::Database(_)) => {}
                other => return other,
            }
        }
    }

    /// Drives something on the driver's connection, unless Postgres is lost.
    pub(super) async fn drive<T>(
        &mut self,
        action: impl AsyncFnOnce(&mut sqlx::PgConnection) -> sqlx::Result<T>,
    ) -> sqlx::Result<T> {
        let Self { raw, availability, .. } = self;
        unless_lost(availability, action(raw)).await
    }

    /// Says goodbye to the server.
    pub(super) async fn close(self) -> sqlx::Result<()> {
        self.raw.close().await
    }
}

impl fmt::Debug for PgConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PgConnection").field("backend", &self.backend).finish_non_exhaustive()
    }
}

/// The future's result, or an error as soon as Postgres is lost.
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

/// An error that Postgres answered is an answer too.
fn note<T>(availability: &Availability, answer: &sqlx::Result<T>) {
    if matches!(answer, Ok(_) | Err(sqlx::Error::Database(_))) {
        availability.note_answer();
    }
}

/// A query that was taken apart, so that its text outlives its execution.
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
