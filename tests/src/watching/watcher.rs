//! Somebody who watches, over whatever happens to his connection.

use std::time::Duration;

use chancery_client::Client;
use chancery_proto::brief::v1::watch_briefs_response::Event;
use chancery_proto::brief::v1::{WatchBriefsRequest, WatchBriefsResponse};
use tokio::sync::watch;
use tonic::Streaming;

use crate::WORKSPACE;

/// The slow watcher rests after so many changes, for longer than the server's patience.
const REST: (usize, Duration) = (700, Duration::from_millis(1500));

/// Nothing more comes after so long without anything, once the writers are done.
const QUIET: Duration = Duration::from_secs(4);

/// What a watcher heard.
#[derive(Debug)]
pub(super) struct Heard {
    pub(super) name: String,
    /// Briefs and revisions, in the order in which they were told.
    pub(super) changes: Vec<(String, u32)>,
    /// How often the watch had to begin anew.
    pub(super) begun_anew: u32,
}

pub(super) struct Watcher {
    client: Client,
    is_slow: bool,
    heard: Heard,
    cursor: String,
    answers: Option<Streaming<WatchBriefsResponse>>,
}

impl Watcher {
    /// Begins with what happens from now on; what is told of before the first checkpoint is nothing.
    pub(super) async fn begin(name: &str, client: Client, is_slow: bool) -> Self {
        let heard = Heard { name: name.to_owned(), changes: Vec::new(), begun_anew: 0 };
        let request =
            WatchBriefsRequest { parent: WORKSPACE.into(), skip_current_state: true, ..Default::default() };
        let opened = client.briefs().watch_briefs(request).await;
        let mut answers = opened.unwrap_or_else(|status| panic!("{name}: {status}")).into_inner();
        let first = answers.message().await.unwrap_or_else(|status| panic!("{name}: {status}"));
        let cursor = first.map(|answer| answer.cursor).unwrap_or_default();
        assert!(!cursor.is_empty(), "{name}: a watch begins with a checkpoint");
        Self { client, is_slow, heard, cursor, answers: Some(answers) }
    }

    /// Watches until the writers are done and nothing more comes.
    pub(super) async fn run(mut self, mut is_done: watch::Receiver<bool>) -> Heard {
        loop {
            let done = *is_done.borrow();
            tokio::select! {
                answer = self.next() => self.hear(answer).await,
                _ = is_done.changed(), if !done => {}
                () = tokio::time::sleep(QUIET), if done => return self.heard,
            }
        }
    }

    /// The next answer; none when the watch broke off.
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
            self.heard.begun_anew += 1;
            return;
        };
        self.cursor = answer.cursor;
        if let Some(Event::Change(change)) = answer.event {
            let revision = change.brief.unwrap_or_default().revision;
            let mut segments = revision.split('/').skip(3).step_by(2);
            let brief = segments.next().unwrap_or_default().to_owned();
            let number = segments.next().and_then(|number| number.parse().ok()).unwrap_or_default();
            self.heard.changes.push((brief, number));
            if self.is_slow && self.heard.changes.len().is_multiple_of(REST.0) {
                tokio::time::sleep(REST.1).await;
            }
        }
    }
}
