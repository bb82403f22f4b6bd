//! From a request to a proven PDF: create, follow to the end, download, compare.

use std::fmt::Write as _;

use chancery_proto::render::v1::{
    Artifact, CreateRenderRequest, DownloadRenderRequest, Render, RenderState, WatchRenderRequest,
};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout};
use tonic::Status;

use crate::channel::Client;
use crate::error::Error;

/// What a caller who waits for a PDF may want to show.
#[derive(Debug, Clone, Copy)]
pub enum RenderEvent<'a> {
    /// The render's state changed. The first event is its state right after the request.
    State(&'a Render),
    /// So many bytes of so many have arrived.
    Downloaded {
        /// Bytes so far.
        bytes: u64,
        /// Bytes in all.
        total: u64,
    },
}

impl Client {
    /// Requests a PDF, follows the render to its end and writes the bytes, whose SHA-256 is compared with the announced
    /// one. Broken streams are opened again: the watch from the state of that moment, the download at the next byte.
    ///
    /// # Errors
    /// [`Error::RenderFailed`] when there will be no PDF; [`Error::Damaged`] when other bytes arrived than announced,
    /// in which case the writer has got some of them.
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

    /// Follows a render from the state that the caller knows to its end.
    pub async fn follow_render(
        &self,
        known: Render,
        mut on_state: impl FnMut(&Render),
    ) -> Result<Render, Error> {
        let limit = self.deadlines.render;
        let deadline = Instant::now() + limit;
        let mut last = known;
        let mut failed = 0;
        while !has_ended(&last) {
            let timed_out = || Error::TimedOut { what: last.name.clone(), limit };
            let left = deadline.checked_duration_since(Instant::now()).ok_or_else(timed_out)?;
            let mut heard = false;
            let watched = self.watch_once(&mut last, |render| {
                heard = true;
                on_state(render);
            });
            // The time being over ends the loop above; the stream's own end is told apart here.
            let ended = timeout(left, watched).await.unwrap_or(Ok(()));
            failed = if heard { 0 } else { failed + 1 };
            let status =
                ended.err().unwrap_or_else(|| Status::unavailable("the watch ended before the render"));
            if has_ended(&last) {
                break;
            }
            self.pause_or_fail(failed, &status).await?;
        }
        Ok(last)
    }

    /// Writes a finished render's bytes and compares their SHA-256 with the announced one. `on_bytes` gets the bytes so
    /// far and in all.
    pub async fn download_render<W: AsyncWrite + Unpin>(
        &self,
        name: &str,
        writer: &mut W,
        mut on_bytes: impl FnMut(u64, u64),
    ) -> Result<Artifact, Error> {
        let mut download = Download::default();
        let mut failed = 0;
        loop {
            let before = download.bytes;
            let broken = match self.download_once(name, &mut download, writer, &mut on_bytes).await {
                Ok(()) => Status::unavailable("the download ended before the file"),
                Err(Interrupted::Final(error)) => return Err(error),
                Err(Interrupted::Broken(status)) => status,
            };
            if download.is_whole() {
                writer.flush().await?;
                return download.proven();
            }
            failed = if download.bytes > before { 0 } else { failed + 1 };
            self.pause_or_fail(failed, &broken).await?;
        }
    }

    /// One stream of states, until it ends or falls silent.
    async fn watch_once(&self, last: &mut Render, mut on_state: impl FnMut(&Render)) -> Result<(), Status> {
        let request = WatchRenderRequest { name: last.name.clone() };
        let silence = self.deadlines.silence;
        let opened = timeout(silence, async { self.renders().watch_render(request).await });
        let mut states = opened.await.map_err(|_| silent())??.into_inner();
        while let Some(render) = timeout(silence, states.message()).await.map_err(|_| silent())?? {
            on_state(&render);
            *last = render;
        }
        Ok(())
    }

    /// One stream of bytes from where the download stands.
    async fn download_once<W: AsyncWrite + Unpin>(
        &self,
        name: &str,
        download: &mut Download,
        writer: &mut W,
        on_bytes: &mut impl FnMut(u64, u64),
    ) -> Result<(), Interrupted> {
        let read_offset = i64::try_from(download.bytes).unwrap_or(i64::MAX);
        let request = DownloadRenderRequest { name: name.to_owned(), read_offset };
        let silence = self.deadlines.silence;
        let opened = timeout(silence, async { self.renders().download_render(request).await });
        let mut pieces = opened.await.map_err(|_| silent())??.into_inner();
        while let Some(piece) = timeout(silence, pieces.message()).await.map_err(|_| silent())?? {
            download.take(piece.artifact, piece.offset, &piece.data)?;
            writer.write_all(&piece.data).await.map_err(Error::from)?;
            on_bytes(download.bytes, download.total());
        }
        Ok(())
    }
}

/// Why a stream of bytes ended early.
enum Interrupted {
    /// The connection broke: the next stream goes on.
    Broken(Status),
    /// Going on would not help.
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

/// How far a download is.
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

    fn is_whole(&self) -> bool {
        self.artifact.as_ref().is_some_and(|artifact| artifact.size_bytes == self.bytes)
    }

    /// Takes the next piece; refuses a gap, an overlap, another file, or more than was announced.
    fn take(&mut self, artifact: Option<Artifact>, offset: u64, data: &[u8]) -> Result<(), Error> {
        if let Some(artifact) = artifact {
            match &self.artifact {
                Some(known) if *known != artifact => {
                    return Err(damaged("the SHA-256 of the PDF", &known.sha256, &artifact.sha256));
                }
                _ => self.artifact = Some(artifact),
            }
        }
        if offset != self.bytes {
            return Err(damaged("the offset of a piece", &self.bytes, &offset));
        }
        self.hash.update(data);
        self.bytes += data.len() as u64;
        if self.artifact.is_some() && self.bytes > self.total() {
            return Err(damaged("the size of the PDF", &self.total(), &self.bytes));
        }
        Ok(())
    }

    /// The artifact, if the bytes are the announced ones.
    fn proven(self) -> Result<Artifact, Error> {
        let found = hexadecimal(&self.hash.finalize());
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

/// A digest as the service writes it.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn has_ended(render: &Render) -> bool {
    matches!(render.state(), RenderState::Succeeded | RenderState::Failed | RenderState::Cancelled)
}

/// Why an ended render has no PDF: a reason, and a message for people.
fn failure_of(render: &Render) -> Option<(String, String)> {
    match render.state() {
        RenderState::Failed => {
            let failure = render.failure.clone().unwrap_or_default();
            Some((failure.reason, failure.message))
        }
        RenderState::Cancelled => Some(("RENDER_CANCELLED".to_owned(), "it was cancelled".to_owned())),
        _ => None,
    }
}

pub(crate) fn silent() -> Status {
    Status::unavailable("nothing was heard on the stream")
}

#[cfg(test)]
mod tests {
    use super::{Artifact, Download};

    /// Of "abc" (FIPS 180-4).
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn artifact(sha256: &str) -> Artifact {
        Artifact { sha256: sha256.into(), size_bytes: 3, ..Default::default() }
    }

    #[test]
    fn a_download_in_pieces_is_proven_by_its_digest() {
        let mut download = Download::default();
        download.take(Some(artifact(ABC)), 0, b"a").unwrap();
        assert!(!download.is_whole());
        download.take(Some(artifact(ABC)), 1, b"bc").unwrap();
        assert!(download.is_whole());
        assert_eq!(download.proven().unwrap().sha256, ABC);
    }

    #[test]
    fn other_bytes_than_announced_are_an_error() {
        let mut download = Download::default();
        download.take(Some(artifact(ABC)), 0, b"abd").unwrap();
        assert!(download.proven().is_err());
    }

    #[test]
    fn a_gap_an_overlap_another_file_and_a_surplus_are_errors() {
        for (given, offset, data) in
            [(None, 2, "c"), (None, 0, "a"), (Some(artifact("other")), 1, "b"), (None, 1, "bcd")]
        {
            let mut download = Download::default();
            download.take(Some(artifact(ABC)), 0, b"a").unwrap();
            assert!(download.take(given, offset, data.as_bytes()).is_err(), "{offset} {data}");
        }
    }
}
