//! Cancels statements on the server, from a connection of the control pool.

use tokio::sync::mpsc;
use tokio::time::timeout;

use super::interrupted::{CANCEL_TIMEOUT, Cancellation};
use super::pool::Pool;

/// Maximum number of statements that one query cancels.
const BATCH: usize = 64;

/// Cancels all waiting statements with one query. Under many short deadlines, one query per cancellation would cost a
/// round trip each.
pub(super) async fn send(control: Pool, mut receiver: mpsc::UnboundedReceiver<Cancellation>) {
    let mut gathered = Vec::new();
    while receiver.recv_many(&mut gathered, BATCH).await > 0 {
        let backends: Vec<i32> = gathered.iter().map(|(backend, _)| *backend).collect();
        let sent = sqlx::query!(
            "-- database::cancellations::send
            select pg_cancel_backend(backend) from unnest($1::int4[]) as interrupted (backend)",
            &backends
        )
        .fetch_all(&control);
        let is_sent = matches!(timeout(CANCEL_TIMEOUT, sent).await, Ok(Ok(_)));
        for (_, done) in gathered.drain(..) {
            if is_sent {
                // The connection may have been closed in the meantime.
                let _ = done.send(());
            }
        }
    }
}
