//! Images: sent in pieces, fetched in pieces, and proven by the digest that is their name.

use chancery_proto::brief::v1::get_attachment_response::Part as AnswerPart;
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
use crate::render::{damaged, hexadecimal, silent};

/// The largest piece of an upload.
const PIECE: usize = 256 * 1024;

impl Client {
    /// Uploads an image. Its SHA-256 goes along, so that what arrives is what was sent. The same image twice changes
    /// nothing, so this is tried again when the server cannot be reached.
    ///
    /// # Errors
    /// [`Error::Refused`] for bytes that are no image of the header's media type, and for a marking above the caller's
    /// clearance.
    pub async fn upload_attachment(
        &self,
        header: AttachmentHeader,
        bytes: impl Into<Bytes>,
    ) -> Result<Attachment, Error> {
        let bytes = bytes.into();
        let header = AttachmentHeader { sha256: hexadecimal(&Sha256::digest(&bytes)), ..header };
        let upload = |request: Request<(AttachmentHeader, Bytes)>| {
            let mut service = self.briefs();
            async move { service.upload_attachment(request.map(|(header, bytes)| pieces(header, bytes))).await }
        };
        self.call("upload_attachment", true, self.deadlines.import, (header, bytes), upload).await
    }

    /// An image: what is known of it, and its bytes.
    ///
    /// # Errors
    /// [`Error::Damaged`] when other bytes arrive than the name says.
    pub async fn download_attachment(&self, name: &str) -> Result<(Attachment, Vec<u8>), Error> {
        let fetched =
            self.fetch_attachment(name).await.map_err(|status| Error::of(&status, self.server()))?;
        let (attachment, bytes) = fetched;
        let announced = attachment.name.rsplit('/').next().unwrap_or_default().to_owned();
        let found = hexadecimal(&Sha256::digest(&bytes));
        if announced == found {
            Ok((attachment, bytes))
        } else {
            Err(damaged("the SHA-256 of the image", &announced, &found))
        }
    }

    async fn fetch_attachment(&self, name: &str) -> Result<(Attachment, Vec<u8>), Status> {
        let silence = self.deadlines.silence;
        let request = GetAttachmentRequest { name: name.to_owned() };
        let opened = timeout(silence, async { self.briefs().get_attachment(request).await });
        let mut parts = opened.await.map_err(|_| silent())??.into_inner();
        let (mut attachment, mut bytes) = (Attachment::default(), Vec::new());
        while let Some(answer) = timeout(silence, parts.message()).await.map_err(|_| silent())?? {
            match answer.part {
                Some(AnswerPart::Attachment(first)) => attachment = first,
                Some(AnswerPart::Data(data)) => bytes.extend_from_slice(&data),
                None => {}
            }
        }
        Ok((attachment, bytes))
    }
}

/// The header, then the bytes in pieces that share their memory.
fn pieces(header: AttachmentHeader, mut bytes: Bytes) -> impl Stream<Item = UploadAttachmentRequest> {
    let first = std::iter::once(Part::Header(header));
    let rest = std::iter::from_fn(move || {
        (!bytes.is_empty()).then(|| Part::Data(bytes.split_to(bytes.len().min(PIECE))))
    });
    tokio_stream::iter(first.chain(rest).map(|part| UploadAttachmentRequest { part: Some(part) }))
}
