//! Transactions.

use std::ops::{Deref, DerefMut};

use sqlx::SqlStr;
use sqlx::postgres::PgTransactionManager;
use sqlx_core::transaction::TransactionManager as _;

use super::connection::PgConnection;
use super::statement_error::with_statement;

/// A transaction, which rolls back when dropped before [`Self::commit`].
#[derive(Debug)]
pub(crate) struct Transaction<C: DerefMut<Target = PgConnection>> {
    connection: C,
    is_open: bool,
}

impl PgConnection {
    /// Begins a transaction that borrows the connection.
    pub(crate) async fn begin(&mut self) -> sqlx::Result<Transaction<&mut PgConnection>> {
        Transaction::begin(self, None).await
    }
}

impl<C: DerefMut<Target = PgConnection>> Transaction<C> {
    /// Begins a transaction, with `statement` instead of `BEGIN` where given.
    pub(super) async fn begin(mut connection: C, statement: Option<SqlStr>) -> sqlx::Result<Self> {
        // If the future is dropped in the middle of this, the connection may have an open transaction that nobody
        // tracks.
        let before = std::mem::replace(&mut connection.must_close, true);
        let begun = connection.drive(async |raw| PgTransactionManager::begin(raw, statement).await).await;
        begun.map_err(|error| with_statement(error, "-- begin"))?;
        connection.must_close = before;
        Ok(Self { connection, is_open: true })
    }

    /// Commits the transaction.
    pub(crate) async fn commit(mut self) -> sqlx::Result<()> {
        let done = self.connection.drive(async |raw| PgTransactionManager::commit(raw).await).await;
        done.map_err(|error| with_statement(error, "-- commit"))?;
        self.is_open = false;
        Ok(())
    }

    /// Rolls the transaction back.
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
            // The rollback is queued behind the statement in flight, if any, and sent when the connection is released.
            self.connection.rolls_back = true;
            PgTransactionManager::start_rollback(self.connection.raw_mut());
        }
    }
}
