//! Cancels statements on the server, from a connection of the control pool.

use tokio::sync::mpsc;
use tokio::time::timeout;

use super::interrupted::{CANCEL_TIMEOUT, Cancellation};
use super::pool::Pool;

/// Statements that are cancelled by one statement, at most.
const BATCH: usize = 64;

/// Sends what has gathered in one statement: under many short deadlines each cancellation would else cost a round trip.
pub(super) async fn send(control: Pool, mut receiver: mpsc::UnboundedReceiver<Cancellation>) {
    let mut gathered = Vec::new();
    while receiver.recv_many(&mut gathered, BATCH).await > 0 {
        let backends: Vec<i32> = gathered.iter().map(|(backend, _)| *backend).collect();
        let sent = sqlx::query!(
            "-- interrupted::send_cancellations
            select pg_cancel_backend(backend) from unnest($1::int4[]) as interrupted (backend)",
            &backends
        )
        .fetch_all(&control);
        let is_sent = matches!(timeout(CANCEL_TIMEOUT, sent).await, Ok(Ok(_)));
        for (_, done) in gathered.drain(..) {
            if is_sent {
                // Its connection may have been closed meanwhile.
                let _ = done.send(());
            }
        }
    }
}
