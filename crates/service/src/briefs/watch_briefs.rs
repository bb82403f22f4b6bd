//! `WatchBriefs`: sends the current state, then each change that is visible to the caller, once and in the log's order.
//!
//! A watch reads changes from the log in the database, from its own position up to the log's, so that it buffers nothing. A
//! caller who reads slowly delays only their own watch; a watch whose caller does not read is ended with `SLOW_READER`.

use std::time::Duration;

use chancery_proto::brief::v1::watch_briefs_response::Event;
use chancery_proto::brief::v1::{
    BriefChange, BriefChangeKind, Checkpoint, KeepAlive, WatchBriefsRequest, WatchBriefsResponse,
    WatchedBrief,
};
use chancery_proto::names::{BriefName, ResourceId, RevisionNumber, WorkspaceName};
use chancery_store::{ImportRecord, Position, Principal, Store, WatchedChange, WatchedEdition};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tonic::Status;

use crate::cache::Cache;
use crate::rpc::cursors;
use crate::rpc::errors::{cursor_expired, invalid_cursor, invalid_field, slow_reader, status};
use crate::rpc::fields::{name, timestamp};

/// Maximum number of log entries read by one statement.
const LOG_BATCH: i64 = 500;

/// Number of consecutive entries invisible to the caller after which a checkpoint is sent.
const CHECKPOINT_INTERVAL: i64 = 5000;

/// Time after which a watch reads the log's position without a wake-up.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// Time without events after which a keep-alive is sent.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(10);

/// Default time after which a watch whose caller does not read is ended.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_mins(1);

/// Maximum number of briefs that a watch can be limited to.
const MAX_NAMES: usize = 100;

type Messages = mpsc::Sender<Result<WatchBriefsResponse, Status>>;

/// One caller's watch.
pub(crate) struct Watch {
    store: Store,
    cache: Cache,
    principal: Principal,
    timeout: Duration,
    workspace: ResourceId,
    names: Vec<BriefName>,
    start: Start,
    /// The log's position up to which everything was sent.
    sent: Position,
}

/// The start of a watch.
enum Start {
    /// The current state.
    State,
    /// Changes after the current position.
    Now,
    /// Changes after a cursor.
    Cursor,
}

impl Watch {
    /// Checks the request.
    ///
    /// # Errors
    /// `INVALID_NAME`, `INVALID_FIELD`, `INVALID_CURSOR`, `CURSOR_EXPIRED`, `PERMISSION_DENIED`.
    pub(crate) async fn new(
        store: Store,
        cache: Cache,
        principal: Principal,
        timeout: Duration,
        request: WatchBriefsRequest,
    ) -> Result<Self, Status> {
        let WorkspaceName { workspace } = name("parent", &request.parent)?;
        principal.access(&workspace).map_err(status)?;
        let names = names(&workspace, &request.names)?;
        let mut sent = store.changes().position(&workspace).await.map_err(status)?;
        let start = match (request.cursor.as_str(), request.skip_current_state) {
            ("", false) => Start::State,
            ("", true) => Start::Now,
            // `skip_current_state` has no effect here, so that a client may leave it set when it resumes.
            (cursor, _) => {
                let number = cursors::open("cursor", &workspace, cursor, &sent)?;
                if number > sent.number {
                    return Err(invalid_cursor(
                        "cursor",
                        "is ahead of the change log; send a cursor from a response",
                    ));
                }
                sent.number = number;
                Start::Cursor
            }
        };
        Ok(Self { store, cache, principal, timeout, workspace, names, start, sent })
    }

    /// Sends events until the caller disconnects.
    pub(crate) async fn run(mut self, messages: Messages) -> Result<(), Status> {
        match self.start {
            Start::State => self.send_state(&messages).await?,
            Start::Now => self.send_checkpoint(&messages, true).await?,
            Start::Cursor => {}
        }
        let mut log_number = self.cache.subscribe(&self.workspace);
        let mut last_sent = Instant::now();
        loop {
            if self.send_changes(&messages).await? {
                last_sent = Instant::now();
            }
            if last_sent.elapsed() >= KEEP_ALIVE_INTERVAL {
                self.send_event(&messages, Event::KeepAlive(KeepAlive {})).await?;
                last_sent = Instant::now();
            }
            if let Some(log_number) = &mut log_number {
                // Polls on a timeout. The receiver cannot fail: the cache never drops a sender.
                drop(tokio::time::timeout(POLL_INTERVAL, log_number.changed()).await);
            } else {
                tokio::time::sleep(POLL_INTERVAL).await;
                log_number = self.cache.subscribe(&self.workspace);
            }
        }
    }

    async fn send_state(&mut self, messages: &Messages) -> Result<(), Status> {
        let state = self.store.changes().watched_briefs(&self.principal, &self.workspace, &self.names).await;
        let (position, briefs) = state.map_err(status)?;
        self.sent = position;
        for brief in briefs {
            let event =
                Event::Current(watched_brief(&brief.brief, Some(brief.revision), Some(brief.edition)));
            self.send(messages, WatchBriefsResponse { cursor: String::new(), event: Some(event) }).await?;
        }
        self.send_checkpoint(messages, true).await
    }

    /// Sends the changes since the watch's position, and returns whether there were any.
    async fn send_changes(&mut self, messages: &Messages) -> Result<bool, Status> {
        let log = self.log_position().await?;
        if log.epoch != self.sent.epoch {
            return Err(cursor_expired("cursor"));
        }
        let (mut has_sent, mut invisible) = (false, 0);
        while self.sent.number < log.number {
            let (after, until) = (self.sent.number, log.number);
            let batch = self.store.changes().watched_changes(
                &self.principal,
                &self.workspace,
                &self.names,
                after,
                until,
                LOG_BATCH,
            );
            let batch = batch.await.map_err(status)?;
            invisible += batch.until - after;
            for change in batch.changes {
                self.sent.number = change.number;
                if let Some(event) = change_event(change) {
                    self.send_event(messages, Event::Change(event)).await?;
                    (has_sent, invisible) = (true, 0);
                }
            }
            self.sent.number = batch.until;
            if invisible >= CHECKPOINT_INTERVAL {
                self.send_checkpoint(messages, false).await?;
                (has_sent, invisible) = (true, 0);
            }
        }
        Ok(has_sent)
    }

    /// Returns the log's position, from the cache while that is fresh, else from the database.
    async fn log_position(&self) -> Result<Position, Status> {
        match self.cache.known_position(&self.workspace) {
            Some(known) if self.cache.is_fresh() => Ok(known),
            _ => self.store.changes().position(&self.workspace).await.map_err(status),
        }
    }

    async fn send_checkpoint(&self, messages: &Messages, end_of_current_state: bool) -> Result<(), Status> {
        self.send_event(messages, Event::Checkpoint(Checkpoint { end_of_current_state })).await
    }

    /// Sends an event with the cursor of the watch's position.
    async fn send_event(&self, messages: &Messages, event: Event) -> Result<(), Status> {
        let cursor = cursors::seal(&self.workspace, &self.sent)?;
        self.send(messages, WatchBriefsResponse { cursor, event: Some(event) }).await
    }

    async fn send(&self, messages: &Messages, message: WatchBriefsResponse) -> Result<(), Status> {
        match tokio::time::timeout(self.timeout, messages.reserve()).await {
            Ok(Ok(permit)) => {
                permit.send(Ok(message));
                Ok(())
            }
            // The caller disconnected, so that the status goes nowhere.
            Ok(Err(_)) => Err(Status::cancelled("the caller disconnected")),
            Err(_) => Err(slow_reader(&self.cursor_before(&message)?)),
        }
    }

    /// Returns the cursor from which to resume after a message could not be sent: none during the current state.
    fn cursor_before(&self, unsent: &WatchBriefsResponse) -> Result<String, Status> {
        match unsent.event {
            Some(Event::Current(_)) => Ok(String::new()),
            Some(Event::Change(_)) => {
                let before = Position { number: self.sent.number - 1, ..self.sent.clone() };
                cursors::seal(&self.workspace, &before)
            }
            _ => cursors::seal(&self.workspace, &self.sent),
        }
    }
}

fn names(workspace: &ResourceId, given: &[String]) -> Result<Vec<BriefName>, Status> {
    if given.len() > MAX_NAMES {
        return Err(invalid_field("names", format!("must be at most {MAX_NAMES}, has {}", given.len())));
    }
    let parse = |(index, text): (usize, &String)| {
        let field = format!("names[{index}]");
        let brief: BriefName = name(&field, text)?;
        if brief.workspace == *workspace {
            Ok(brief)
        } else {
            Err(invalid_field(&field, "must be a brief of the parent's workspace"))
        }
    };
    given.iter().enumerate().map(parse).collect()
}

fn watched_brief(brief: &BriefName, revision: Option<u32>, edition: Option<WatchedEdition>) -> WatchedBrief {
    let revision =
        revision.map(|number| brief.revision(RevisionNumber(number)).to_string()).unwrap_or_default();
    let name = brief.to_string();
    let Some(edition) = edition else { return WatchedBrief { name, revision, ..WatchedBrief::default() } };
    WatchedBrief {
        name,
        revision,
        edition_digest: edition.digest.to_string(),
        title: edition.title,
        marking: edition.marking,
        publish_time: Some(timestamp(edition.published_at)),
        import_record: edition.import.as_ref().map(ImportRecord::to_message),
    }
}

/// Converts a change to its event; `None` for kinds that watches do not report.
fn change_event(change: WatchedChange) -> Option<BriefChange> {
    let kind = match change.kind.as_str() {
        "revision_published" => BriefChangeKind::Published,
        "revision_withdrawn" => BriefChangeKind::Withdrawn,
        "revision_purged" => BriefChangeKind::Purged,
        "brief_deleted" => BriefChangeKind::Deleted,
        "brief_undeleted" => BriefChangeKind::Undeleted,
        "brief_expunged" => BriefChangeKind::Expunged,
        _ => return None,
    };
    Some(BriefChange {
        kind: kind.into(),
        brief: Some(watched_brief(&change.brief, change.revision, change.edition)),
        time: Some(timestamp(change.recorded_at)),
    })
}
