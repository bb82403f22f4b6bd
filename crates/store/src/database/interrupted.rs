//! Ends statements whose callers are gone, and gives their connections back.
//!
//! The statement is cancelled by `pg_cancel_backend` from another connection: sqlx keeps the secret that a cancel request
//! of the protocol needs to itself. Nobody else can use the connection meanwhile, so the cancellation cannot hit another
//! caller's statement. A connection that does not settle soon is closed; the server then ends the statement by itself
//! (`client_connection_check_interval`).

use std::time::Duration;

use deadpool::managed::Object;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::manager::Manager;

/// A statement that ends within this time is left to end: most drops meet one that is nearly done, or a rollback.
const GRACE: Duration = Duration::from_millis(5);

/// How long a cancelled statement may take to end before its connection is closed instead.
pub(super) const CANCEL_TIMEOUT: Duration = Duration::from_millis(500);

/// Cancels statements.
#[derive(Debug)]
pub(super) struct Interrupted {
    cancellations: mpsc::UnboundedSender<Cancellation>,
}

/// A statement to cancel, by its server process, and who waits for that.
pub(super) type Cancellation = (i32, oneshot::Sender<()>);

impl Interrupted {
    /// Returns the canceller and the channel of its requests, which [`super::cancellations::send`] drains.
    pub(super) fn new() -> (Self, mpsc::UnboundedReceiver<Cancellation>) {
        let (cancellations, receiver) = mpsc::unbounded_channel();
        (Self { cancellations }, receiver)
    }

    /// Gives a connection back once the server has ended what was asked on it.
    pub(super) fn finish(&self, object: Object<Manager>) {
        // On a runtime that ends, the connection is closed.
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

/// True once the statement has ended and the connection is as good as new.
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
    // Where the cancellation met the rollback instead of the statement, the transaction is still open and this fails.
    sqlx::raw_sql("-- interrupted::cancel\nselect 1").execute(&mut **object).await.is_ok()
}
