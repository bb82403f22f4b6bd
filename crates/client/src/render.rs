//! Rendering: requests a PDF, follows the render, downloads the file and verifies its digest.

use chancery_proto::render::v1::{
    Artifact, CreateRenderRequest, DownloadRenderRequest, Render, RenderState, WatchRenderRequest,
};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout};
use tonic::Status;

use crate::channel::Client;
use crate::error::Error;

/// Progress of [`Client::render_to`].
#[derive(Debug, Clone, Copy)]
pub enum RenderEvent<'a> {
    /// The state of the render changed. The first event is the state in the response to the request.
    State(&'a Render),
    /// Bytes were downloaded.
    Downloaded {
        /// Bytes so far.
        bytes: u64,
        /// Total bytes.
        total: u64,
    },
}

impl Client {
    /// Requests a PDF, follows the render to its end and writes the file, verifying its SHA-256. Reopens broken streams:
    /// the watch from the current state, the download from the next byte.
    ///
    /// # Errors
    /// [`Error::RenderFailed`] if the render fails or is cancelled; [`Error::Damaged`] if the bytes differ from those
    /// announced, in which case some of them have been written.
    pub async fn render_to<W: AsyncWrite + Unpin>(
        &self,
        request: CreateRenderRequest,
        writer: &mut W,
        mut on_event: impl FnMut(RenderEvent<'_>),
    ) -> Result<Render, Error> {
        let render = self.create_render(request).await?;
        on_event(RenderEvent::State(&render));
        let render = self.follow_render(render, |state| on_event(RenderEvent::State(state))).await?;
        if let Some((reason, message)) = failure_of(&render) {
            return Err(Error::RenderFailed { render: render.name, reason, message });
        }
        self.download_render(&render.name, writer, |bytes, total| {
            on_event(RenderEvent::Downloaded { bytes, total });
        })
        .await?;
        Ok(render)
    }

    /// Follows a render from a known state to its end.
    pub async fn follow_render(
        &self,
        known: Render,
        mut on_state: impl FnMut(&Render),
    ) -> Result<Render, Error> {
        let limit = self.deadlines.render;
        let deadline = Instant::now() + limit;
        let mut last = known;
        let mut failed = 0;
        while !is_finished(&last) {
            let timed_out = || Error::TimedOut { call: last.name.clone(), limit };
            let left = deadline.checked_duration_since(Instant::now()).ok_or_else(timed_out)?;
            let mut has_states = false;
            let watched = self.watch_once(&mut last, |render| {
                has_states = true;
                on_state(render);
            });
            // A timeout ends the loop at the check above.
            let result = timeout(left, watched).await.unwrap_or(Ok(()));
            failed = if has_states { 0 } else { failed + 1 };
            let status =
                result.err().unwrap_or_else(|| Status::unavailable("the watch ended before the render"));
            if is_finished(&last) {
                break;
            }
            self.wait_before_retry(failed, &status).await?;
        }
        Ok(last)
    }

    /// Downloads the PDF of a finished render and verifies its SHA-256. `on_bytes` receives the bytes so far and the total.
    pub async fn download_render<W: AsyncWrite + Unpin>(
        &self,
        name: &str,
        writer: &mut W,
        mut on_bytes: impl FnMut(u64, u64),
    ) -> Result<Artifact, Error> {
        let mut download = Download::default();
        let mut failed = 0;
        loop {
            let bytes_before = download.bytes;
            let status = match self.download_once(name, &mut download, writer, &mut on_bytes).await {
                Ok(()) => Status::unavailable("the download ended before the file"),
                Err(Interrupted::Final(error)) => return Err(error),
                Err(Interrupted::Broken(status)) => status,
            };
            if download.is_complete() {
                writer.flush().await?;
                return download.verify();
            }
            failed = if download.bytes > bytes_before { 0 } else { failed + 1 };
            self.wait_before_retry(failed, &status).await?;
        }
    }

    /// Reads one stream of states until it ends or times out.
    async fn watch_once(&self, last: &mut Render, mut on_state: impl FnMut(&Render)) -> Result<(), Status> {
        let request = WatchRenderRequest { name: last.name.clone() };
        let idle = self.deadlines.stream_idle;
        let opened = timeout(idle, async { self.renders().watch_render(request).await });
        let mut states = opened.await.map_err(|_| stream_timed_out())??.into_inner();
        while let Some(render) = timeout(idle, states.message()).await.map_err(|_| stream_timed_out())?? {
            on_state(&render);
            *last = render;
        }
        Ok(())
    }

    /// Reads one stream of bytes, starting at the offset of the download.
    async fn download_once<W: AsyncWrite + Unpin>(
        &self,
        name: &str,
        download: &mut Download,
        writer: &mut W,
        on_bytes: &mut impl FnMut(u64, u64),
    ) -> Result<(), Interrupted> {
        let read_offset = i64::try_from(download.bytes).unwrap_or(i64::MAX);
        let request = DownloadRenderRequest { name: name.to_owned(), read_offset };
        let idle = self.deadlines.stream_idle;
        let opened = timeout(idle, async { self.renders().download_render(request).await });
        let mut chunks = opened.await.map_err(|_| stream_timed_out())??.into_inner();
        while let Some(chunk) = timeout(idle, chunks.message()).await.map_err(|_| stream_timed_out())?? {
            download.add(chunk.artifact, chunk.offset, &chunk.data)?;
            writer.write_all(&chunk.data).await.map_err(Error::from)?;
            on_bytes(download.bytes, download.total());
        }
        Ok(())
    }
}

/// Why a stream of bytes ended early.
enum Interrupted {
    /// The connection broke; another stream can resume.
    Broken(Status),
    /// Resuming would not help.
    Final(Error),
}

impl From<Status> for Interrupted {
    fn from(status: Status) -> Self {
        Self::Broken(status)
    }
}

impl From<Error> for Interrupted {
    fn from(error: Error) -> Self {
        Self::Final(error)
    }
}

/// The state of a download.
#[derive(Default)]
struct Download {
    artifact: Option<Artifact>,
    bytes: u64,
    hash: Sha256,
}

impl Download {
    fn total(&self) -> u64 {
        self.artifact.as_ref().map_or(0, |artifact| artifact.size_bytes)
    }

    fn is_complete(&self) -> bool {
        self.artifact.as_ref().is_some_and(|artifact| artifact.size_bytes == self.bytes)
    }

    /// Adds the next chunk; fails on a gap, an overlap, another file, or more bytes than announced.
    fn add(&mut self, artifact: Option<Artifact>, offset: u64, data: &[u8]) -> Result<(), Error> {
        if let Some(artifact) = artifact {
            match &self.artifact {
                Some(known) if *known != artifact => {
                    return Err(damaged("the SHA-256 of the PDF", &known.sha256, &artifact.sha256));
                }
                _ => self.artifact = Some(artifact),
            }
        }
        if offset != self.bytes {
            return Err(damaged("the offset of a chunk", &self.bytes, &offset));
        }
        self.hash.update(data);
        self.bytes += data.len() as u64;
        if self.artifact.is_some() && self.bytes > self.total() {
            return Err(damaged("the size of the PDF", &self.total(), &self.bytes));
        }
        Ok(())
    }

    /// Verifies the digest and returns the artifact.
    fn verify(self) -> Result<Artifact, Error> {
        let found = hex::encode(self.hash.finalize());
        let artifact = self.artifact.unwrap_or_default();
        if artifact.sha256 == found {
            Ok(artifact)
        } else {
            Err(damaged("the SHA-256 of the PDF", &artifact.sha256, &found))
        }
    }
}

pub(crate) fn damaged(what: &'static str, announced: &impl ToString, found: &impl ToString) -> Error {
    Error::Damaged { what, announced: announced.to_string(), found: found.to_string() }
}

fn is_finished(render: &Render) -> bool {
    matches!(render.state(), RenderState::Succeeded | RenderState::Failed | RenderState::Cancelled)
}

/// Returns the reason and message of a failed or cancelled render.
fn failure_of(render: &Render) -> Option<(String, String)> {
    match render.state() {
        RenderState::Failed => {
            let failure = render.failure.clone().unwrap_or_default();
            Some((failure.reason, failure.message))
        }
        RenderState::Cancelled => {
            Some(("RENDER_CANCELLED".to_owned(), "the render was cancelled".to_owned()))
        }
        _ => None,
    }
}

pub(crate) fn stream_timed_out() -> Status {
    Status::unavailable("the stream timed out")
}

#[cfg(test)]
mod tests {
    use super::{Artifact, Download};

    /// SHA-256 of "abc" (FIPS 180-4).
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn artifact(sha256: &str) -> Artifact {
        Artifact { sha256: sha256.into(), size_bytes: 3, ..Default::default() }
    }

    #[test]
    fn a_download_in_chunks_is_verified_by_its_digest() {
        let mut download = Download::default();
        download.add(Some(artifact(ABC)), 0, b"a").unwrap();
        assert!(!download.is_complete());
        download.add(Some(artifact(ABC)), 1, b"bc").unwrap();
        assert!(download.is_complete());
        assert_eq!(download.verify().unwrap().sha256, ABC);
    }

    #[test]
    fn other_bytes_than_announced_are_an_error() {
        let mut download = Download::default();
        download.add(Some(artifact(ABC)), 0, b"abd").unwrap();
        assert!(download.verify().is_err());
    }

    #[test]
    fn a_gap_an_overlap_another_file_and_excess_bytes_are_errors() {
        for (given, offset, data) in
            [(None, 2, "c"), (None, 0, "a"), (Some(artifact("other")), 1, "b"), (None, 1, "bcd")]
        {
            let mut download = Download::default();
            download.add(Some(artifact(ABC)), 0, b"a").unwrap();
            assert!(download.add(given, offset, data.as_bytes()).is_err(), "{offset} {data}");
        }
    }
}
