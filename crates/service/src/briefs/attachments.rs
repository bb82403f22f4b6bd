//! Images on their way in and out. An image is held in memory while it comes in, because its digest decides its name
//! and its header whether it is kept: so only a few come in at a time.

use std::sync::Arc;
use std::time::Duration;

use chancery_brief::digest::{Digest, body_digest};
use chancery_brief::marking::{Rank, Scheme};
use chancery_images::{ImageError, ImageReport, MAX_FILE_BYTES, MediaType, MediaTypeError};
use chancery_proto::brief::v1::get_attachment_response::Part as AnswerPart;
use chancery_proto::brief::v1::upload_attachment_request::Part;
use chancery_proto::brief::v1::{
    Attachment, AttachmentHeader, AttachmentWarning, GetAttachmentResponse, UploadAttachmentRequest,
};
use chancery_proto::names::{AttachmentName, ResourceId, WorkspaceName};
use chancery_store::{self as store, CHUNK, IdempotencyKey, NewAttachment, Principal, Store};
use prost::bytes::Bytes;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;
use tonic::{Status, Streaming};

use crate::rpc::errors::{busy, invalid_field, invalid_image, status};
use crate::rpc::fields::{name, timestamp};
use crate::rpc::idempotency::write_id;
use crate::rpc::response_streams::send_attachment;

/// How many images come in at a time.
const UPLOADS: usize = 8;

/// How long the next piece may take.
const PIECE_TIMEOUT: Duration = Duration::from_secs(30);

/// Takes images in. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Intake {
    places: Arc<Semaphore>,
}

struct Header {
    workspace: ResourceId,
    media_type: MediaType,
    marking: Rank,
    digest: Option<Digest>,
    request_id: String,
    /// As it came, without the id.
    message: AttachmentHeader,
}

impl Intake {
    pub(crate) fn new() -> Self {
        Self { places: Arc::new(Semaphore::new(UPLOADS)) }
    }

    /// Takes one image to its end.
    pub(crate) async fn receive(
        &self,
        store: &Store,
        principal: &Principal,
        mut parts: Streaming<UploadAttachmentRequest>,
    ) -> Result<Attachment, Status> {
        let header = match next(&mut parts).await? {
            Some(Part::Header(header)) => Header::decode(header, principal)?,
            _ => return Err(invalid_field("header", "comes first")),
        };
        let _place = self.places.try_acquire().map_err(|_| busy("too many images are coming in"))?;
        let bytes = collect(&mut parts).await?;
        let (bytes, checked) = store::check_image(bytes).await.map_err(status)?;
        let report = checked.map_err(|error| invalid_image(&error))?;
        header.check(&report, &bytes)?;
        let new = NewAttachment { marking: header.marking, report: &report, bytes: &bytes };
        let write = header.write_id(&bytes)?;
        let kept = store.attachments().put_once(principal, &header.workspace, &new, write.as_ref()).await;
        let kept = kept.map_err(status)?;
        Ok(attachment_message(&kept))
    }
}

/// All pieces, as long as they are an image's at most.
async fn collect(parts: &mut Streaming<UploadAttachmentRequest>) -> Result<Vec<u8>, Status> {
    let mut bytes = Vec::new();
    while let Some(part) = next(parts).await? {
        let data = data_of(part)?;
        if bytes.len() + data.len() > MAX_FILE_BYTES {
            return Err(invalid_image(&ImageError::TooManyBytes { limit: MAX_FILE_BYTES }));
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

async fn next(parts: &mut Streaming<UploadAttachmentRequest>) -> Result<Option<Part>, Status> {
    let message = timeout(PIECE_TIMEOUT, parts.message()).await;
    let message = message.map_err(|_| Status::deadline_exceeded("the upload stands still"))??;
    match message {
        None => Ok(None),
        Some(UploadAttachmentRequest { part: Some(part) }) => Ok(Some(part)),
        Some(UploadAttachmentRequest { part: None }) => Err(invalid_field("part", "required")),
    }
}

fn data_of(part: Part) -> Result<Bytes, Status> {
    match part {
        Part::Data(data) if data.len() <= CHUNK => Ok(data),
        Part::Data(_) => Err(invalid_field("data", "at most 256 KiB")),
        Part::Header(_) => Err(invalid_field("header", "comes once, first")),
    }
}

impl Header {
    fn decode(mut header: AttachmentHeader, principal: &Principal) -> Result<Self, Status> {
        let request_id = std::mem::take(&mut header.request_id);
        let WorkspaceName { workspace } = name("header.parent", &header.parent)?;
        let scheme = principal.access(&workspace).map_err(status)?.scheme;
        let media_type = header.media_type.parse();
        let digest = match header.sha256.as_str() {
            "" => None,
            text => Some(
                text.parse::<Digest>().map_err(|error| invalid_field("header.sha256", error.to_string()))?,
            ),
        };
        Ok(Self {
            workspace,
            media_type: media_type
                .map_err(|error: MediaTypeError| invalid_field("header.media_type", error.to_string()))?,
            marking: marking(scheme, &header.marking)?,
            digest,
            request_id,
            message: header,
        })
    }

    /// The id of the write: of a header, and of bytes whether it names their digest or not.
    fn write_id(&self, bytes: &[u8]) -> Result<Option<IdempotencyKey>, Status> {
        let sha256 = body_digest(bytes).to_string();
        let request = AttachmentHeader { sha256, ..self.message.clone() };
        write_id("UploadAttachment", self.request_id.clone(), &request)
    }

    /// Whether the bytes are what was announced.
    fn check(&self, found: &ImageReport, bytes: &[u8]) -> Result<(), Status> {
        if found.media_type != self.media_type {
            let description = format!("the bytes are {}", found.media_type.as_str());
            return Err(invalid_field("header.media_type", description));
        }
        let digest = body_digest(bytes);
        if self.digest.is_some_and(|stated| stated != digest) {
            return Err(invalid_field("header.sha256", format!("the bytes have the SHA-256 {digest}")));
        }
        Ok(())
    }
}

fn marking(scheme: Scheme, label: &str) -> Result<Rank, Status> {
    if label.is_empty() {
        return Ok(scheme.lowest());
    }
    let refuse = || {
        let description = format!("{label:?} is not one of {}", scheme.labels().join(", "));
        invalid_field("header.marking", description)
    };
    scheme.rank(label).ok_or_else(refuse)
}

/// What is known of an image, then its bytes.
pub(crate) async fn send(
    store: Store,
    attachment: store::Attachment,
    answers: mpsc::Sender<Result<GetAttachmentResponse, Status>>,
) -> Result<(), Status> {
    let answer = |part| GetAttachmentResponse { part: Some(part) };
    let first = answer(AnswerPart::Attachment(attachment_message(&attachment)));
    let name: AttachmentName = attachment.name;
    if answers.send(Ok(first)).await.is_err() {
        return Ok(());
    }
    send_attachment(&store, &name, &answers, |data| answer(AnswerPart::Data(data))).await
}

/// What is known of an image, as the wire has it.
pub(crate) fn attachment_message(attachment: &store::Attachment) -> Attachment {
    Attachment {
        name: attachment.name.to_string(),
        media_type: attachment.media_type.as_str().to_owned(),
        size_bytes: attachment.size_bytes,
        width: attachment.width,
        height: attachment.height,
        marking: attachment.marking.to_owned(),
        create_time: Some(timestamp(attachment.created_at)),
        warnings: attachment.warnings.iter().map(warning_message).collect(),
    }
}

fn warning_message(warning: &store::AttachmentWarning) -> AttachmentWarning {
    AttachmentWarning { code: warning.code.clone(), text: warning.text.clone() }
}

const _: () = assert!(CHUNK <= 256 * 1024, "brief_service.proto promises pieces of at most 256 KiB");
