//! Uploads and downloads of images, verified by the digest in their name.

use chancery_proto::brief::v1::get_attachment_response::Part as ResponsePart;
use chancery_proto::brief::v1::upload_attachment_request::Part;
use chancery_proto::brief::v1::{
    Attachment, AttachmentHeader, GetAttachmentRequest, UploadAttachmentRequest,
};
use sha2::{Digest, Sha256};
use tokio::time::timeout;
use tokio_stream::Stream;
use tonic::codegen::Bytes;
use tonic::{Request, Status};

use crate::channel::Client;
use crate::error::Error;
use crate::render::{damaged, stream_timed_out};

/// Maximum size of the data in one message of an upload.
const UPLOAD_CHUNK_BYTES: usize = 256 * 1024;

impl Client {
    /// Uploads an image with its SHA-256, which the server verifies. Retried when the server cannot be reached, because
    /// uploading an image twice has no further effect.
    ///
    /// # Errors
    /// [`Error::Refused`] for bytes that are not an image of the media type in the header, and for a marking above the
    /// caller's clearance.
    pub async fn upload_attachment(
        &self,
        header: AttachmentHeader,
        bytes: impl Into<Bytes>,
    ) -> Result<Attachment, Error> {
        let bytes = bytes.into();
        let header = AttachmentHeader { sha256: hex::encode(Sha256::digest(&bytes)), ..header };
        let upload = |request: Request<(AttachmentHeader, Bytes)>| {
            let mut service = self.briefs();
            async move {
                service.upload_attachment(request.map(|(header, bytes)| upload_messages(header, bytes))).await
            }
        };
        self.call("upload_attachment", true, self.deadlines.import, (header, bytes), upload).await
    }

    /// Downloads an image with its metadata.
    ///
    /// # Errors
    /// [`Error::Damaged`] if the bytes do not have the digest in the name.
    pub async fn download_attachment(&self, name: &str) -> Result<(Attachment, Vec<u8>), Error> {
        let fetched =
            self.fetch_attachment(name).await.map_err(|status| Error::of(&status, self.server()))?;
        let (attachment, bytes) = fetched;
        let announced = attachment.name.rsplit('/').next().unwrap_or_default().to_owned();
        let found = hex::encode(Sha256::digest(&bytes));
        if announced == found {
            Ok((attachment, bytes))
        } else {
            Err(damaged("the SHA-256 of the image", &announced, &found))
        }
    }

    async fn fetch_attachment(&self, name: &str) -> Result<(Attachment, Vec<u8>), Status> {
        let idle = self.deadlines.stream_idle;
        let request = GetAttachmentRequest { name: name.to_owned() };
        let opened = timeout(idle, async { self.briefs().get_attachment(request).await });
        let mut parts = opened.await.map_err(|_| stream_timed_out())??.into_inner();
        let (mut attachment, mut bytes) = (Attachment::default(), Vec::new());
        while let Some(response) = timeout(idle, parts.message()).await.map_err(|_| stream_timed_out())?? {
            match response.part {
                Some(ResponsePart::Attachment(first)) => attachment = first,
                Some(ResponsePart::Data(data)) => bytes.extend_from_slice(&data),
                None => {}
            }
        }
        Ok((attachment, bytes))
    }
}

/// Returns the messages of an upload: the header, then the bytes in chunks that share their memory.
fn upload_messages(
    header: AttachmentHeader,
    mut bytes: Bytes,
) -> impl Stream<Item = UploadAttachmentRequest> {
    let first = std::iter::once(Part::Header(header));
    let rest = std::iter::from_fn(move || {
        (!bytes.is_empty()).then(|| Part::Data(bytes.split_to(bytes.len().min(UPLOAD_CHUNK_BYTES))))
    });
    tokio_stream::iter(first.chain(rest).map(|part| UploadAttachmentRequest { part: Some(part) }))
}
