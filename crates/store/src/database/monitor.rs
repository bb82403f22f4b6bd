//! Watches whether Postgres answers.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::Database;
use super::connection::PgConnection;
use crate::Store;

/// The pause between two probes.
const PROBE_INTERVAL: Duration = Duration::from_millis(400);

/// How long a probe may take, a new connection included. Together with [`PROBE_INTERVAL`] a loss is known in 1.5 s.
const PROBE_TIMEOUT: Duration = Duration::from_secs(1);

/// How often idle connections are looked through.
const IDLE_CHECK: Duration = Duration::from_mins(1);

/// Whether Postgres answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseState {
    /// It answers.
    Available,
    /// It does not, for this reason: calls fail at once.
    Lost(String),
}

/// Probes Postgres on a connection of its own, which no call can take. While Postgres is lost, every statement of the
/// store fails at once.
#[derive(Debug)]
pub struct DatabaseMonitor {
    database: Database,
    connection: Option<PgConnection>,
    idle_checked: Instant,
}

impl Store {
    /// Watches the store's database. One monitor a process.
    pub fn monitor(&self) -> DatabaseMonitor {
        DatabaseMonitor { database: self.database.clone(), connection: None, idle_checked: Instant::now() }
    }
}

impl DatabaseMonitor {
    /// Probes until the state changes, and returns the new one. At first Postgres counts as available.
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

    /// One question, on the connection of the last one or on a new one.
    async fn probe(&mut self) -> Result<(), String> {
        let begun = Instant::now();
        let answer = timeout(PROBE_TIMEOUT, self.ask()).await;
        if matches!(answer, Ok(Ok(()))) {
            return Ok(());
        }
        self.connection = None;
        // A probe that starves on a busy machine is no loss while other statements are answered.
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
                // The connection alone may have ended: a new one tells.
                Err(_) => self.connection = None,
            }
        }
        let mut connection = self.database.connector.connect(&self.database.availability).await?;
        connection.raw_ping().await?;
        self.connection = Some(connection);
        Ok(())
    }
}
