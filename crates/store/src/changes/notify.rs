//! Hints that something changed, between the processes that share the database. Hints only: whoever waits also
//! looks by himself from time to time.

use sqlx::postgres::PgListener;

use crate::changes::Changes;
use crate::error::Result;

/// The channel of tasks that were queued.
const QUEUE: &str = "render_queue";

/// The channel of tasks whose state changed.
const STATE: &str = "render_state";

/// The channel of changes that were logged.
const LOG: &str = "change_log";

/// What a hint is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Hint {
    /// A task waits for a worker.
    Queued(String),
    /// A task's state changed.
    Changed(String),
    /// Some workspace's change log moved on.
    Logged,
}

/// Hears hints, of this process too. When the connection breaks it comes back by itself.
#[derive(Debug)]
pub struct Hints(PgListener);

impl Hints {
    /// The next hint; none when some may have been missed because the connection had to be made anew.
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
    /// Begins to hear hints, on a connection of its own.
    pub async fn listen(self) -> Result<Hints> {
        let mut listener = self.database.listener().await?;
        listener.listen_all([QUEUE, STATE, LOG]).await?;
        Ok(Hints(listener))
    }

    /// Sends hints. To be called after the commit of what they are about.
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
            "-- wakeups::send_hints
            select pg_notify(channel, task) from unnest($1::text[], $2::text[]) as hint (channel, task)",
            &channels,
            &tasks
        )
        .execute(&self.database.change_log)
        .await?;
        Ok(())
    }
}
