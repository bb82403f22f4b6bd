//! Whether Postgres answers at present, as the monitor sees it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::watch;

/// Shared by the monitor, which writes it, and by every connection, which gives up once Postgres is lost. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Availability(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    is_lost: watch::Sender<bool>,
    made: Instant,
    /// Milliseconds from `made` to the last answer of the server to any statement.
    last_answer: AtomicU64,
}

impl Availability {
    /// Available until the monitor says otherwise. A process without a monitor learns of a loss from its own statements.
    pub(crate) fn new() -> Self {
        let shared = Shared {
            is_lost: watch::Sender::new(false),
            made: Instant::now(),
            last_answer: AtomicU64::new(0),
        };
        Self(Arc::new(shared))
    }

    /// Whether the monitor has lost Postgres.
    pub(crate) fn is_lost(&self) -> bool {
        *self.0.is_lost.borrow()
    }

    /// Records what the monitor found.
    pub(crate) fn set_lost(&self, is_lost: bool) {
        self.0.is_lost.send_replace(is_lost);
    }

    /// Returns once Postgres is lost.
    pub(crate) async fn lost(&self) -> sqlx::Error {
        let mut is_lost = self.0.is_lost.subscribe();
        if is_lost.wait_for(|is_lost| *is_lost).await.is_err() {
            // The sender lives as long as `self`.
            std::future::pending::<()>().await;
        }
        unavailable()
    }

    /// Records that the server answered a statement, with rows or with an error.
    pub(crate) fn note_answer(&self) {
        self.0.last_answer.store(self.elapsed_millis(), Ordering::Relaxed);
    }

    /// The time since the server last answered any statement.
    pub(crate) fn since_last_answer(&self) -> Duration {
        let millis = self.elapsed_millis().saturating_sub(self.0.last_answer.load(Ordering::Relaxed));
        Duration::from_millis(millis)
    }

    fn elapsed_millis(&self) -> u64 {
        u64::try_from(self.0.made.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// The error of a statement while Postgres is lost. Its kind tells it from the errors of a connection, which are logged
/// one by one; the monitor logs the loss once.
pub(crate) fn unavailable() -> sqlx::Error {
    sqlx::Error::Io(io::Error::new(
        io::ErrorKind::HostUnreachable,
        "Postgres does not answer the health probe",
    ))
}

/// Whether an error is [`unavailable`].
pub(crate) fn is_unavailable(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Io(error)
        if error.kind() == io::ErrorKind::HostUnreachable && error.raw_os_error().is_none())
}
