//! Ends statements whose callers are gone, and gives their connections back.
//!
//! The statement is cancelled by `pg_cancel_backend` from another connection: sqlx keeps the secret that a cancel request
//! of the protocol needs to itself. Nobody else can use the connection meanwhile, so the cancellation cannot hit another
//! caller's statement. A connection that does not settle soon is closed; the server then ends the statement by itself
//! (`client_connection_check_interval`).

use std::time::Duration;

use deadpool::managed::Object;
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::pool::{Manager, Pool};

/// A statement that ends within this time is left to end: most drops meet one that is nearly done, or a rollback.
const GRACE: Duration = Duration::from_millis(5);

/// How long a cancelled statement may take to end before its connection is closed instead.
const CANCEL_TIMEOUT: Duration = Duration::from_millis(500);

/// Cancels statements.
#[derive(Debug)]
pub(super) struct Interrupted {
    /// The connections that cancellations are sent on.
    control: Pool,
}

impl Interrupted {
    pub(super) fn new(control: Pool) -> Self {
        Self { control }
    }

    /// Gives a connection back once the server has ended what was asked on it.
    pub(super) fn finish(&self, object: Object<Manager>) {
        // On a runtime that ends, the connection is closed.
        let Ok(runtime) = Handle::try_current() else { return drop(Object::take(object)) };
        runtime.spawn(finish(self.control.clone(), object));
    }
}

async fn finish(control: Pool, mut object: Object<Manager>) {
    match timeout(GRACE, object.settle()).await {
        Ok(Ok(())) => return,
        Ok(Err(_)) => return drop(Object::take(object)),
        Err(_) => {}
    }
    let is_settled = matches!(timeout(CANCEL_TIMEOUT, cancel(&control, &mut object)).await, Ok(Ok(())));
    if !is_settled {
        drop(Object::take(object));
    }
}

async fn cancel(control: &Pool, object: &mut Object<Manager>) -> sqlx::Result<()> {
    sqlx::query("-- interrupted::cancel\nselect pg_cancel_backend($1)")
        .bind(object.backend())
        .execute(control)
        .await?;
    object.settle().await?;
    // Where the cancellation met the rollback instead of the statement, a transaction is still open, and this fails.
    sqlx::raw_sql("-- interrupted::cancel\nselect 1").execute(&mut **object).await?;
    Ok(())
}
