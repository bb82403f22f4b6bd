//! A download that a caller may interrupt and resume.

use std::time::Duration;

use chancery_client::Client;
use chancery_proto::render::v1::{Artifact, DownloadRenderRequest, DownloadRenderResponse};
use chancery_testkit::pdf;
use tokio::time::{sleep, timeout};
use tonic::Status;

use super::history::Event;

/// How long a slow reader takes for each piece.
const SLOW: Duration = Duration::from_millis(300);

/// The state of a download.
#[derive(Debug, Default)]
pub(crate) struct Download {
    name: String,
    is_slow: bool,
    artifact: Option<Artifact>,
    bytes: Vec<u8>,
}

impl Download {
    /// Starts a download of a render. A slow one drops part of its bytes and disconnects, once.
    pub(crate) fn new(name: &str, is_slow: bool) -> Self {
        Self { name: name.to_owned(), is_slow, ..Self::default() }
    }

    /// Returns whether every announced byte has arrived.
    pub(crate) fn is_whole(&self) -> bool {
        self.artifact.as_ref().is_some_and(|artifact| artifact.size_bytes <= self.bytes.len() as u64)
    }

    /// Returns whether anything has arrived.
    pub(crate) fn is_begun(&self) -> bool {
        self.artifact.is_some()
    }

    /// Appends the next piece.
    pub(crate) fn take(&mut self, piece: &DownloadRenderResponse) {
        if self.artifact.is_none() {
            self.artifact.clone_from(&piece.artifact);
        }
        self.bytes.extend_from_slice(&piece.data);
    }

    /// Adopts the result of another download.
    pub(crate) fn take_whole(&mut self, artifact: &Artifact, bytes: &[u8]) {
        self.artifact = Some(artifact.clone());
        self.bytes = bytes.to_vec();
    }

    /// Reads one stream from the current offset.
    pub(crate) async fn go_on(&mut self, client: &Client, patience: Duration) -> Result<(), Status> {
        let silent = |_| Status::deadline_exceeded("the caller's deadline passed");
        let read_offset = i64::try_from(self.bytes.len()).unwrap_or(i64::MAX);
        let request = DownloadRenderRequest { name: self.name.clone(), read_offset };
        let mut renders = client.renders();
        let opened = timeout(patience, renders.download_render(request)).await;
        let mut pieces = opened.map_err(silent)??.into_inner();
        while let Some(piece) = timeout(patience, pieces.message()).await.map_err(silent)?? {
            self.take(&piece);
            if std::mem::take(&mut self.is_slow) {
                sleep(SLOW).await;
                self.bytes.truncate(self.bytes.len() / 2);
                return Ok(());
            }
        }
        Ok(())
    }

    /// Returns the download as an event of the history.
    pub(crate) fn event(&self) -> Event {
        let artifact = self.artifact.clone().unwrap_or_default();
        let arrived = pdf::sha256(&self.bytes);
        Event::Downloaded {
            announced: artifact.sha256,
            arrived,
            size: artifact.size_bytes,
            bytes: self.bytes.len() as u64,
        }
    }
}
