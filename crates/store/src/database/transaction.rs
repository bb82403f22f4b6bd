//! Transactions on connections of the pools.

use std::ops::{Deref, DerefMut};

use sqlx::SqlStr;
use sqlx::postgres::PgTransactionManager;
use sqlx_core::transaction::TransactionManager as _;

use super::connection::PgConnection;
use super::statement_error::with_statement;

/// A transaction, which rolls back when it is dropped before [`Self::commit`].
#[derive(Debug)]
pub(crate) struct Transaction<C: DerefMut<Target = PgConnection>> {
    connection: C,
    is_open: bool,
}

impl PgConnection {
    /// Begins a transaction that ends before the connection is used otherwise.
    pub(crate) async fn begin(&mut self) -> sqlx::Result<Transaction<&mut PgConnection>> {
        Transaction::begin(self, None).await
    }
}

impl<C: DerefMut<Target = PgConnection>> Transaction<C> {
    /// Begins a transaction, by a statement other than `BEGIN` where one is given.
    pub(super) async fn begin(mut connection: C, statement: Option<SqlStr>) -> sqlx::Result<Self> {
        // Dropped in the middle of this, nobody would know that a transaction is open.
        let before = std::mem::replace(&mut connection.must_close, true);
        let begun = connection.drive(async |raw| PgTransactionManager::begin(raw, statement).await).await;
        begun.map_err(|error| with_statement(error, "-- begin"))?;
        connection.must_close = before;
        Ok(Self { connection, is_open: true })
    }

    /// Makes the changes permanent.
    pub(crate) async fn commit(mut self) -> sqlx::Result<()> {
        let done = self.connection.drive(async |raw| PgTransactionManager::commit(raw).await).await;
        done.map_err(|error| with_statement(error, "-- commit"))?;
        self.is_open = false;
        Ok(())
    }

    /// Undoes the changes.
    pub(crate) async fn rollback(mut self) -> sqlx::Result<()> {
        let done = self.connection.drive(async |raw| PgTransactionManager::rollback(raw).await).await;
        done.map_err(|error| with_statement(error, "-- rollback"))?;
        self.is_open = false;
        Ok(())
    }
}

impl<C: DerefMut<Target = PgConnection>> Deref for Transaction<C> {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl<C: DerefMut<Target = PgConnection>> DerefMut for Transaction<C> {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}

impl<C: DerefMut<Target = PgConnection>> Drop for Transaction<C> {
    fn drop(&mut self) {
        if self.is_open {
            // Queued behind the statement in flight, if any; sent when the connection is given back.
            self.connection.rolls_back = true;
            PgTransactionManager::start_rollback(self.connection.raw_mut());
        }
    }
}
