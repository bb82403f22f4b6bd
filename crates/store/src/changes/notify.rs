//! Notifications between the processes that share the database. They are hints that may be lost, so every waiter also
//! polls.

use sqlx::postgres::PgListener;

use crate::changes::Changes;
use crate::error::Result;

/// The channel for queued tasks.
const QUEUE: &str = "render_queue";

/// The channel for tasks whose state changed.
const STATE: &str = "render_state";

/// The channel for logged changes.
const LOG: &str = "change_log";

/// The subject of a notification.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Hint {
    /// A task was queued.
    Queued(String),
    /// A task's state changed.
    Changed(String),
    /// A workspace's change log has a new entry.
    Logged,
}

/// Receives notifications, including those of this process. Reconnects by itself.
#[derive(Debug)]
pub struct Hints(PgListener);

impl Hints {
    /// Returns the next notification; `None` when some may have been lost because of a reconnect.
    pub async fn next(&mut self) -> Result<Option<Hint>> {
        let notification = self.0.try_recv().await?;
        Ok(notification.and_then(|heard| {
            let task = heard.payload().to_owned();
            match heard.channel() {
                QUEUE => Some(Hint::Queued(task)),
                STATE => Some(Hint::Changed(task)),
                LOG => Some(Hint::Logged),
                _ => None,
            }
        }))
    }
}

impl Changes<'_> {
    /// Starts receiving notifications, on a dedicated connection.
    pub async fn listen(self) -> Result<Hints> {
        let mut listener = self.database.listener().await?;
        listener.listen_all([QUEUE, STATE, LOG]).await?;
        Ok(Hints(listener))
    }

    /// Sends notifications. Call it after the commit that they announce.
    pub async fn notify(self, hints: &[Hint]) -> Result<()> {
        let (channels, tasks): (Vec<String>, Vec<String>) = hints
            .iter()
            .map(|hint| match hint {
                Hint::Queued(task) => (QUEUE.to_owned(), task.clone()),
                Hint::Changed(task) => (STATE.to_owned(), task.clone()),
                Hint::Logged => (LOG.to_owned(), String::new()),
            })
            .unzip();
        sqlx::query!(
            "-- changes::notify::notify
            select pg_notify(channel, task) from unnest($1::text[], $2::text[]) as hint (channel, task)",
            &channels,
            &tasks
        )
        .execute(&self.database.change_log)
        .await?;
        Ok(())
    }
}
