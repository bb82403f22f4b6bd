//! The availability of Postgres, as seen by the monitor.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::watch;

/// Shared by the monitor, which writes it, and by every connection, which fails its statements while Postgres is lost.
/// Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Availability(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    is_lost: watch::Sender<bool>,
    made: Instant,
    /// Milliseconds from `made` to the server's last response to any statement.
    last_answer: AtomicU64,
}

impl Availability {
    /// Starts as available. A process without a monitor learns of a loss from its own statements only.
    pub(crate) fn new() -> Self {
        let shared = Shared {
            is_lost: watch::Sender::new(false),
            made: Instant::now(),
            last_answer: AtomicU64::new(0),
        };
        Self(Arc::new(shared))
    }

    /// Returns whether the monitor has lost Postgres.
    pub(crate) fn is_lost(&self) -> bool {
        *self.0.is_lost.borrow()
    }

    /// Records the monitor's result.
    pub(crate) fn set_lost(&self, is_lost: bool) {
        self.0.is_lost.send_replace(is_lost);
    }

    /// Waits until Postgres is lost, and returns the error for statements.
    pub(crate) async fn lost(&self) -> sqlx::Error {
        let mut is_lost = self.0.is_lost.subscribe();
        if is_lost.wait_for(|is_lost| *is_lost).await.is_err() {
            // The sender lives as long as `self`.
            std::future::pending::<()>().await;
        }
        unavailable()
    }

    /// Records that the server responded to a statement, with rows or with an error.
    pub(crate) fn note_answer(&self) {
        self.0.last_answer.store(self.elapsed_millis(), Ordering::Relaxed);
    }

    /// Returns the time since the server last responded to any statement.
    pub(crate) fn since_last_answer(&self) -> Duration {
        let millis = self.elapsed_millis().saturating_sub(self.0.last_answer.load(Ordering::Relaxed));
        Duration::from_millis(millis)
    }

    fn elapsed_millis(&self) -> u64 {
        u64::try_from(self.0.made.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// Returns the error of every statement while Postgres is lost. Its kind distinguishes it from connection errors, which
/// are logged one by one; the monitor logs the loss once.
pub(crate) fn unavailable() -> sqlx::Error {
    sqlx::Error::Io(io::Error::new(
        io::ErrorKind::HostUnreachable,
        "Postgres does not answer the health probe",
    ))
}

/// Returns whether an error is [`unavailable`].
pub(crate) fn is_unavailable(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Io(error)
        if error.kind() == io::ErrorKind::HostUnreachable && error.raw_os_error().is_none())
}
