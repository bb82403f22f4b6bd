//! Cancels statements whose callers have gone, and returns their connections to the pool.
//!
//! `pg_cancel_backend` cancels the statement from another connection, because sqlx does not expose the secret that a
//! protocol-level cancel request needs. Until the cancellation is done nothing else can use the connection, so it
//! cannot hit another caller's statement. A connection that does not settle in time is closed; the server then ends the
//! statement by itself (`client_connection_check_interval`).

use std::time::Duration;

use deadpool::managed::Object;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::manager::Manager;

/// Grace period before a statement is cancelled: most dropped statements are nearly done, or are rollbacks.
const GRACE: Duration = Duration::from_millis(5);

/// Maximum time for a cancelled statement to end; after that the connection is closed.
pub(super) const CANCEL_TIMEOUT: Duration = Duration::from_millis(500);

/// Cancels abandoned statements.
#[derive(Debug)]
pub(super) struct Interrupted {
    cancellations: mpsc::UnboundedSender<Cancellation>,
}

/// The pid of the server process to cancel, and the channel that reports it done.
pub(super) type Cancellation = (i32, oneshot::Sender<()>);

impl Interrupted {
    /// Returns the canceller and the channel of its requests, which [`super::cancellations::send`] drains.
    pub(super) fn new() -> (Self, mpsc::UnboundedReceiver<Cancellation>) {
        let (cancellations, receiver) = mpsc::unbounded_channel();
        (Self { cancellations }, receiver)
    }

    /// Returns a connection to the pool once the server has ended its statement.
    pub(super) fn finish(&self, object: Object<Manager>) {
        // The runtime is shutting down: close the connection.
        let Ok(runtime) = Handle::try_current() else { return drop(Object::take(object)) };
        runtime.spawn(finish(self.cancellations.clone(), object));
    }
}

async fn finish(cancellations: mpsc::UnboundedSender<Cancellation>, mut object: Object<Manager>) {
    match timeout(GRACE, object.settle()).await {
        Ok(Ok(())) => return,
        Ok(Err(_)) => return drop(Object::take(object)),
        Err(_) => {}
    }
    let is_settled = timeout(CANCEL_TIMEOUT, cancel(&cancellations, &mut object)).await;
    if is_settled != Ok(true) {
        drop(Object::take(object));
    }
}

/// Returns true once the statement has ended and the connection can be reused.
async fn cancel(cancellations: &mpsc::UnboundedSender<Cancellation>, object: &mut Object<Manager>) -> bool {
    let (done, is_done) = oneshot::channel();
    if cancellations.send((object.backend(), done)).is_err() || is_done.await.is_err() {
        return false;
    }
    if object.settle().await.is_err() {
        return false;
    }
    if !object.rolls_back {
        return true;
    }
    // If the cancellation hit the rollback instead of the statement, the transaction is still open and this fails.
    sqlx::raw_sql("-- database::interrupted::cancel\nselect 1").execute(&mut **object).await.is_ok()
}
