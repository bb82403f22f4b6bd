//! Monitors the availability of Postgres.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::Database;
use super::connection::PgConnection;
use crate::Store;

/// Pause between two probes.
const PROBE_INTERVAL: Duration = Duration::from_millis(400);

/// Timeout of a probe, including a new connection. With [`PROBE_INTERVAL`], a loss is detected within 1.5 s.
const PROBE_TIMEOUT: Duration = Duration::from_secs(1);

/// Interval at which connections that were idle too long are closed.
const IDLE_CHECK: Duration = Duration::from_mins(1);

/// The availability of Postgres.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseState {
    /// Postgres responds.
    Available,
    /// Postgres does not respond, for the given reason; calls fail at once.
    Lost(String),
}

/// Probes Postgres on a dedicated connection. While Postgres is lost, every statement of the store fails at once.
#[derive(Debug)]
pub struct DatabaseMonitor {
    database: Database,
    connection: Option<PgConnection>,
    idle_checked: Instant,
}

impl Store {
    /// Creates a monitor of the store's database. A process should have one.
    pub fn monitor(&self) -> DatabaseMonitor {
        DatabaseMonitor { database: self.database.clone(), connection: None, idle_checked: Instant::now() }
    }
}

impl DatabaseMonitor {
    /// Probes until the state changes, and returns the new state. The initial state is available.
    pub async fn changed(&mut self) -> DatabaseState {
        loop {
            sleep(PROBE_INTERVAL).await;
            if self.idle_checked.elapsed() >= IDLE_CHECK {
                self.idle_checked = Instant::now();
                self.database.pools().into_iter().for_each(super::Pool::close_idle);
            }
            let was_lost = self.database.availability.is_lost();
            match (self.probe().await, was_lost) {
                (Ok(()), true) => {
                    self.database.availability.set_lost(false);
                    return DatabaseState::Available;
                }
                (Err(reason), false) => {
                    self.database.availability.set_lost(true);
                    self.database.pools().into_iter().for_each(super::Pool::forget_idle);
                    return DatabaseState::Lost(reason);
                }
                _ => {}
            }
        }
    }

    /// Pings once, on the last probe's connection or on a new one.
    async fn probe(&mut self) -> Result<(), String> {
        let begun = Instant::now();
        let answer = timeout(PROBE_TIMEOUT, self.ask()).await;
        if matches!(answer, Ok(Ok(()))) {
            return Ok(());
        }
        self.connection = None;
        // On a busy machine a probe may starve. That is not a loss while other statements get responses.
        let others_are_answered = self.database.availability.since_last_answer() < begun.elapsed();
        match answer {
            Err(_) if others_are_answered => Ok(()),
            Err(_) => Err(format!("no answer within {} ms", PROBE_TIMEOUT.as_millis())),
            Ok(Err(error)) => Err(error.to_string()),
            Ok(Ok(())) => Ok(()),
        }
    }

    async fn ask(&mut self) -> sqlx::Result<()> {
        if let Some(connection) = &mut self.connection {
            match connection.raw_ping().await {
                Ok(()) => return Ok(()),
                // Perhaps only this connection ended: try a new one.
                Err(_) => self.connection = None,
            }
        }
        let mut connection = self.database.connector.connect(&self.database.availability).await?;
        connection.raw_ping().await?;
        self.connection = Some(connection);
        Ok(())
    }
}
