//! A watcher that reconnects after every interruption.

use std::time::Duration;

use chancery_client::Client;
use chancery_proto::brief::v1::watch_briefs_response::Event;
use chancery_proto::brief::v1::{WatchBriefsRequest, WatchBriefsResponse};
use chancery_testkit::WORKSPACE;
use tokio::sync::watch;
use tonic::Streaming;

/// The slow watcher pauses after this number of changes, for longer than the server's timeout.
const REST: (usize, Duration) = (700, Duration::from_millis(1500));

/// How long a silence must last, once the writers are done, to be the end.
const QUIET: Duration = Duration::from_secs(4);

/// The changes that a watcher received.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) name: String,
    /// Briefs and revisions, in the order of delivery.
    pub(super) changes: Vec<(String, u32)>,
    /// How often the watch was restarted from its cursor.
    pub(super) restarts: u32,
}

pub(super) struct Watcher {
    client: Client,
    is_slow: bool,
    received: Received,
    cursor: String,
    answers: Option<Streaming<WatchBriefsResponse>>,
}

impl Watcher {
    /// Starts a watch at the first checkpoint; changes before it are ignored.
    pub(super) async fn begin(name: &str, client: Client, is_slow: bool) -> Self {
        let received = Received { name: name.to_owned(), changes: Vec::new(), restarts: 0 };
        let request =
            WatchBriefsRequest { parent: WORKSPACE.into(), skip_current_state: true, ..Default::default() };
        let opened = client.briefs().watch_briefs(request).await;
        let mut answers = opened.unwrap_or_else(|status| panic!("{name}: {status}")).into_inner();
        let first = answers.message().await.unwrap_or_else(|status| panic!("{name}: {status}"));
        let cursor = first.map(|answer| answer.cursor).unwrap_or_default();
        assert!(!cursor.is_empty(), "{name}: a watch begins with a checkpoint");
        Self { client, is_slow, received, cursor, answers: Some(answers) }
    }

    /// Watches until the writers are done and no more changes arrive.
    pub(super) async fn run(mut self, mut is_done: watch::Receiver<bool>) -> Received {
        loop {
            let done = *is_done.borrow();
            tokio::select! {
                answer = self.next() => self.hear(answer).await,
                _ = is_done.changed(), if !done => {}
                () = tokio::time::sleep(QUIET), if done => return self.received,
            }
        }
    }

    /// The next message; none when the watch broke.
    async fn next(&mut self) -> Option<WatchBriefsResponse> {
        if self.answers.is_none() {
            let request = WatchBriefsRequest {
                parent: WORKSPACE.into(),
                cursor: self.cursor.clone(),
                ..Default::default()
            };
            match self.client.briefs().watch_briefs(request).await {
                Ok(answers) => self.answers = Some(answers.into_inner()),
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        self.answers.as_mut()?.message().await.ok().flatten()
    }

    async fn hear(&mut self, answer: Option<WatchBriefsResponse>) {
        let Some(answer) = answer else {
            self.answers = None;
            self.received.restarts += 1;
            return;
        };
        self.cursor = answer.cursor;
        if let Some(Event::Change(change)) = answer.event {
            let revision = change.brief.unwrap_or_default().revision;
            let mut segments = revision.split('/').skip(3).step_by(2);
            let brief = segments.next().unwrap_or_default().to_owned();
            let number = segments.next().and_then(|number| number.parse().ok()).unwrap_or_default();
            self.received.changes.push((brief, number));
            if self.is_slow && self.received.changes.len().is_multiple_of(REST.0) {
                tokio::time::sleep(REST.1).await;
            }
        }
    }
}
