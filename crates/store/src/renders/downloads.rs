//! Downloads of renders' PDFs.

use chancery_proto::names::RenderName;

use crate::access::principal::Principal;
use crate::artifacts::artifact::Artifact;
use crate::error::{Result, StoreError};
use crate::renders::Renders;
use crate::renders::render::{Render, RenderState};

/// A download that is about to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Download {
    /// The render.
    pub render: Render,
    /// The PDF.
    pub artifact: Artifact,
    /// The first byte to send.
    pub offset: u64,
    /// The number of the record of its beginning.
    begun_as: i64,
}

impl Renders<'_> {
    /// Opens a PDF for sending from an offset, and records the delivery before the first byte is sent, so that no
    /// delivery goes unrecorded.
    ///
    /// # Errors
    /// [`StoreError::CopyOfAnother`] for a copy with a recipient or watermark that another caller requested, unless the
    /// principal is a publisher; [`StoreError::NotFound`]; errors of a render without a PDF, or without this offset.
    pub async fn open_download(
        self,
        principal: &Principal,
        name: &RenderName,
        offset: u64,
    ) -> Result<Download> {
        let render = self.get(principal, name).await?;
        self.begin_download(principal, render, offset).await
    }

    /// Begins a download as [`Self::open_download`] does, for a render that was just read for this principal.
    pub async fn begin_download(
        self,
        principal: &Principal,
        render: Render,
        offset: u64,
    ) -> Result<Download> {
        if render.hides_recipient {
            return Err(StoreError::CopyOfAnother);
        }
        let artifact = match &render.state {
            RenderState::Succeeded { artifact: Some(artifact), .. } => artifact.clone(),
            RenderState::Succeeded { artifact: None, .. } => {
                return Err(StoreError::ArtifactExpired);
            }
            RenderState::Failed { reason, message, .. } => {
                return Err(StoreError::RenderFailed { reason: reason.clone(), message: message.clone() });
            }
            RenderState::Cancelled { .. } => return Err(StoreError::RenderCancelled),
            RenderState::Queued | RenderState::Running { .. } => return Err(StoreError::RenderNotFinished),
        };
        if offset > artifact.size_bytes {
            return Err(StoreError::OffsetOutOfRange { offset, size: artifact.size_bytes });
        }
        let mut download = Download { render, artifact, offset, begun_as: 0 };
        download.begun_as = self.artifacts.record_delivery(principal, &download, None).await?;
        Ok(download)
    }

    /// Refines the error of reading a download: the PDF may have expired in the meantime.
    pub async fn download_failed(
        self,
        principal: &Principal,
        download: &Download,
        error: StoreError,
    ) -> StoreError {
        let StoreError::ArtifactMissing(_) = error else { return error };
        match self.get(principal, &download.render.name).await {
            Ok(Render { state: RenderState::Succeeded { artifact: None, .. }, .. }) => {
                StoreError::ArtifactExpired
            }
            _ => error,
        }
    }

    /// Records that the last byte of a download was sent.
    pub async fn complete_download(self, principal: &Principal, download: &Download) -> Result<()> {
        self.artifacts.record_delivery(principal, download, Some(download.begun_as)).await.map(drop)
    }
}
