//! `WatchBriefs`: the current state first, then every change that its caller hears of, in the log's order, each once.
//! A watch reads the log behind the number that was heard of, so that it needs no memory of its own: a caller who reads
//! slowly holds up nobody but himself, and one who does not read at all is let go.

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

use crate::cache::Freshness;
use crate::rpc::cursors;
use crate::rpc::errors::{cursor_expired, invalid_cursor, invalid_field, slow_reader, status};
use crate::rpc::fields::{name, timestamp};

/// Entries of the log that are looked through in one statement.
const AT_ONCE: i64 = 500;

/// Entries that the caller does not hear of, after which he is told how far the watch has come.
const UNHEARD: i64 = 5000;

/// How often a watch looks by itself, should nothing wake it.
const POLL: Duration = Duration::from_secs(1);

/// After how long a caller who is told nothing is told that the watch is alive.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// How long a caller may leave what he is told unread, unless told.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// The most briefs that a watch can be limited to.
const NAMES: usize = 100;

type Answers = mpsc::Sender<Result<WatchBriefsResponse, Status>>;

/// One caller's watch.
pub(crate) struct Watch {
    store: Store,
    freshness: Freshness,
    principal: Principal,
    patience: Duration,
    workspace: ResourceId,
    names: Vec<BriefName>,
    begin: Begin,
    /// Everything up to here was told.
    told: Position,
}

/// What a watch begins with.
enum Begin {
    /// The current state.
    State,
    /// Changes from now on.
    Now,
    /// Changes after a cursor.
    Cursor,
}

impl Watch {
    /// As the request wants it.
    ///
    /// # Errors
    /// `INVALID_NAME`, `INVALID_FIELD`, `INVALID_CURSOR`, `CURSOR_EXPIRED`, `PERMISSION_DENIED`.
    pub(crate) async fn new(
        store: Store,
        freshness: Freshness,
        principal: Principal,
        patience: Duration,
        request: WatchBriefsRequest,
    ) -> Result<Self, Status> {
        let WorkspaceName { workspace } = name("parent", &request.parent)?;
        principal.access(&workspace).map_err(status)?;
        let names = names(&workspace, &request.names)?;
        let mut told = store.changes().position(&workspace).await.map_err(status)?;
        let begin = match (request.cursor.as_str(), request.skip_current_state) {
            ("", false) => Begin::State,
            ("", true) => Begin::Now,
            // Without a current state to skip: a client that sets the field once may keep it when it resumes.
            (cursor, _) => {
                let number = cursors::open("cursor", &workspace, cursor, &told)?;
                if number > told.number {
                    return Err(invalid_cursor("cursor", "it is of what has not happened"));
                }
                told.number = number;
                Begin::Cursor
            }
        };
        Ok(Self { store, freshness, principal, patience, workspace, names, begin, told })
    }

    /// Tells until the caller goes away.
    pub(crate) async fn run(mut self, answers: Answers) -> Result<(), Status> {
        match self.begin {
            Begin::State => self.tell_state(&answers).await?,
            Begin::Now => self.tell_checkpoint(&answers, true).await?,
            Begin::Cursor => {}
        }
        let mut moves = self.freshness.moves(&self.workspace);
        let mut last_told = Instant::now();
        loop {
            if self.tell_changes(&answers).await? {
                last_told = Instant::now();
            }
            if last_told.elapsed() >= KEEP_ALIVE {
                self.tell(&answers, Event::KeepAlive(KeepAlive {})).await?;
                last_told = Instant::now();
            }
            if let Some(moves) = &mut moves {
                // A watch that nothing wakes looks all the same. An error cannot be: the sender is kept for good.
                drop(tokio::time::timeout(POLL, moves.changed()).await);
            } else {
                tokio::time::sleep(POLL).await;
                moves = self.freshness.moves(&self.workspace);
            }
        }
    }

    async fn tell_state(&mut self, answers: &Answers) -> Result<(), Status> {
        let state = self.store.changes().watched_briefs(&self.principal, &self.workspace, &self.names).await;
        let (position, briefs) = state.map_err(status)?;
        self.told = position;
        for brief in briefs {
            let event = Event::Current(watched(&brief.brief, Some(brief.revision), Some(brief.edition)));
            self.send(answers, WatchBriefsResponse { cursor: String::new(), event: Some(event) }).await?;
        }
        self.tell_checkpoint(answers, true).await
    }

    /// Tells what happened since; whether there was something to tell.
    async fn tell_changes(&mut self, answers: &Answers) -> Result<bool, Status> {
        let log = self.log().await?;
        if log.epoch != self.told.epoch {
            return Err(cursor_expired("cursor"));
        }
        let (mut has_told, mut unheard) = (false, 0);
        while self.told.number < log.number {
            let (after, until) = (self.told.number, log.number);
            let stretch = self.store.changes().watched_changes(
                &self.principal,
                &self.workspace,
                &self.names,
                after,
                until,
                AT_ONCE,
            );
            let stretch = stretch.await.map_err(status)?;
            unheard += stretch.until - after;
            for change in stretch.changes {
                self.told.number = change.number;
                if let Some(event) = changed(change) {
                    self.tell(answers, Event::Change(event)).await?;
                    (has_told, unheard) = (true, 0);
                }
            }
            self.told.number = stretch.until;
            if unheard >= UNHEARD {
                self.tell_checkpoint(answers, false).await?;
                (has_told, unheard) = (true, 0);
            }
        }
        Ok(has_told)
    }

    /// How far the log has come: as it was heard of, or as the database says when nothing is heard.
    async fn log(&self) -> Result<Position, Status> {
        match self.freshness.heard(&self.workspace) {
            Some(heard) if self.freshness.is_fresh() => Ok(heard),
            _ => self.store.changes().position(&self.workspace).await.map_err(status),
        }
    }

    async fn tell_checkpoint(&self, answers: &Answers, end_of_current_state: bool) -> Result<(), Status> {
        self.tell(answers, Event::Checkpoint(Checkpoint { end_of_current_state })).await
    }

    /// Tells something that is true up to where the watch has come.
    async fn tell(&self, answers: &Answers, event: Event) -> Result<(), Status> {
        let cursor = cursors::seal(&self.workspace, &self.told)?;
        self.send(answers, WatchBriefsResponse { cursor, event: Some(event) }).await
    }

    async fn send(&self, answers: &Answers, answer: WatchBriefsResponse) -> Result<(), Status> {
        match tokio::time::timeout(self.patience, answers.reserve()).await {
            Ok(Ok(place)) => {
                place.send(Ok(answer));
                Ok(())
            }
            // The caller went away: nobody hears this.
            Ok(Err(_)) => Err(Status::cancelled("the caller went away")),
            Err(_) => Err(slow_reader(&self.last_cursor(&answer)?)),
        }
    }

    /// The cursor of before an answer that could not be told. While the current state is told there is none.
    fn last_cursor(&self, untold: &WatchBriefsResponse) -> Result<String, Status> {
        match untold.event {
            Some(Event::Current(_)) => Ok(String::new()),
            Some(Event::Change(_)) => {
                let before = Position { number: self.told.number - 1, ..self.told.clone() };
                cursors::seal(&self.workspace, &before)
            }
            _ => cursors::seal(&self.workspace, &self.told),
        }
    }
}

fn names(workspace: &ResourceId, given: &[String]) -> Result<Vec<BriefName>, Status> {
    if given.len() > NAMES {
        return Err(invalid_field("names", format!("{} briefs, over {NAMES}", given.len())));
    }
    let parse = |(index, text): (usize, &String)| {
        let field = format!("names[{index}]");
        let brief: BriefName = name(&field, text)?;
        if brief.workspace == *workspace {
            Ok(brief)
        } else {
            Err(invalid_field(&field, "all briefs are of the parent's workspace"))
        }
    };
    given.iter().enumerate().map(parse).collect()
}

fn watched(brief: &BriefName, revision: Option<u32>, edition: Option<WatchedEdition>) -> WatchedBrief {
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

/// The change as it is told; none for kinds that are nothing to watches.
fn changed(change: WatchedChange) -> Option<BriefChange> {
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
        brief: Some(watched(&change.brief, change.revision, change.edition)),
        time: Some(timestamp(change.recorded_at)),
    })
}
