//! Uploading, downloading and listing images. An upload is buffered in memory, because the image's digest becomes its name
//! and the whole file is checked before it is stored; the number of concurrent uploads is therefore limited.

use std::sync::Arc;
use std::time::Duration;

use chancery_brief::digest::{Digest, body_digest};
use chancery_brief::marking::{Rank, Scheme};
use chancery_images::{ImageError, ImageReport, MAX_FILE_BYTES, MediaType, MediaTypeError};
use chancery_proto::brief::v1::get_attachment_response::Part as ResponsePart;
use chancery_proto::brief::v1::upload_attachment_request::Part;
use chancery_proto::brief::v1::{
    Attachment, AttachmentHeader, AttachmentWarning, GetAttachmentResponse, ListAttachmentsRequest,
    ListAttachmentsResponse, UploadAttachmentRequest,
};
use chancery_proto::names::{AttachmentName, ResourceId, Sha256Id, WorkspaceName};
use chancery_store::{self as store, CHUNK, IdempotencyKey, NewAttachment, Principal, Store};
use prost::bytes::Bytes;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;
use tonic::{Status, Streaming};

use crate::rpc::errors::{busy, invalid_field, invalid_image, invalid_page_token, status};
use crate::rpc::fields::{name, timestamp};
use crate::rpc::idempotency::write_id;
use crate::rpc::pagination::Page;
use crate::rpc::response_streams::send_attachment;

/// Maximum number of concurrent uploads.
const MAX_UPLOADS: usize = 8;

/// Maximum time between two messages of an upload.
const MESSAGE_TIMEOUT: Duration = Duration::from_secs(30);

/// Receives uploads, a limited number at a time. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct UploadLimiter {
    permits: Arc<Semaphore>,
}

struct Header {
    workspace: ResourceId,
    media_type: MediaType,
    marking: Rank,
    digest: Option<Digest>,
    request_id: String,
    /// The header as received, without its `request_id`.
    message: AttachmentHeader,
}

impl UploadLimiter {
    pub(crate) fn new() -> Self {
        Self { permits: Arc::new(Semaphore::new(MAX_UPLOADS)) }
    }

    /// Handles `UploadAttachment`.
    pub(crate) async fn receive(
        &self,
        store: &Store,
        principal: &Principal,
        mut parts: Streaming<UploadAttachmentRequest>,
    ) -> Result<Attachment, Status> {
        let header = match next(&mut parts).await? {
            Some(Part::Header(header)) => Header::decode(header, principal)?,
            _ => return Err(invalid_field("header", "must be the first message")),
        };
        let _permit =
            self.permits.try_acquire().map_err(|_| busy("too many concurrent uploads; retry later"))?;
        let bytes = collect(&mut parts).await?;
        let (bytes, checked) = store::check_image(bytes).await.map_err(status)?;
        let report = checked.map_err(|error| invalid_image(&error))?;
        header.check(&report, &bytes)?;
        let attachment = NewAttachment { marking: header.marking, report: &report, bytes: &bytes };
        let write = header.write_id(&bytes)?;
        let stored =
            store.attachments().put_once(principal, &header.workspace, &attachment, write.as_ref()).await;
        Ok(attachment_message(&stored.map_err(status)?))
    }
}

/// Collects the file's bytes up to the size limit.
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
    let message = timeout(MESSAGE_TIMEOUT, parts.message()).await;
    let message = message.map_err(|_| Status::deadline_exceeded("the upload stalled"))??;
    match message {
        None => Ok(None),
        Some(UploadAttachmentRequest { part: Some(part) }) => Ok(Some(part)),
        Some(UploadAttachmentRequest { part: None }) => Err(invalid_field("part", "required")),
    }
}

fn data_of(part: Part) -> Result<Bytes, Status> {
    match part {
        Part::Data(data) if data.len() <= CHUNK => Ok(data),
        Part::Data(_) => Err(invalid_field("data", "must be at most 256 KiB")),
        Part::Header(_) => Err(invalid_field("header", "must be sent only once, as the first message")),
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

    /// Returns the idempotency key. Its digest covers the file's bytes, whether or not the header states their SHA-256.
    fn write_id(&self, bytes: &[u8]) -> Result<Option<IdempotencyKey>, Status> {
        let sha256 = body_digest(bytes).to_string();
        let request = AttachmentHeader { sha256, ..self.message.clone() };
        write_id("UploadAttachment", self.request_id.clone(), &request)
    }

    /// Checks the file against the header.
    fn check(&self, found: &ImageReport, bytes: &[u8]) -> Result<(), Status> {
        if found.media_type != self.media_type {
            let description = format!("the file is {}: state that type", found.media_type.as_str());
            return Err(invalid_field("header.media_type", description));
        }
        let digest = body_digest(bytes);
        if self.digest.is_some_and(|stated| stated != digest) {
            return Err(invalid_field("header.sha256", format!("the file has the SHA-256 {digest}")));
        }
        Ok(())
    }
}

fn marking(scheme: Scheme, label: &str) -> Result<Rank, Status> {
    if label.is_empty() {
        return Ok(scheme.lowest());
    }
    let unknown = || {
        let description = format!(
            "{label:?} is not a marking of the workspace; expected one of {}",
            scheme.labels().join(", ")
        );
        invalid_field("header.marking", description)
    };
    scheme.rank(label).ok_or_else(unknown)
}

/// Sends an image's metadata, then its bytes.
pub(crate) async fn send(
    store: Store,
    attachment: store::Attachment,
    messages: mpsc::Sender<Result<GetAttachmentResponse, Status>>,
) -> Result<(), Status> {
    let response = |part| GetAttachmentResponse { part: Some(part) };
    let first = response(ResponsePart::Attachment(attachment_message(&attachment)));
    let name: AttachmentName = attachment.name;
    if messages.send(Ok(first)).await.is_err() {
        return Ok(());
    }
    send_attachment(&store, &name, &messages, |data| response(ResponsePart::Data(data))).await
}

/// Handles `ListAttachments`.
pub(crate) async fn list(
    store: &Store,
    principal: &Principal,
    request: &ListAttachmentsRequest,
) -> Result<ListAttachmentsResponse, Status> {
    let WorkspaceName { workspace } = name("parent", &request.parent)?;
    let page = Page::read(format!("attachments of {workspace}"), request.page_size, &request.page_token)?;
    let after = page.after.as_deref().map(str::parse::<Sha256Id>).transpose();
    let after = after.map_err(|_| invalid_page_token())?;
    let listed = store.attachments().list(principal, &workspace, after.as_ref(), page.limit()).await;
    let mut found = listed.map_err(status)?;
    let next_page_token = page.cut(&mut found, |attachment| attachment.name.digest.to_string());
    let attachments = found.iter().map(attachment_message).collect();
    Ok(ListAttachmentsResponse { attachments, next_page_token })
}

fn attachment_message(attachment: &store::Attachment) -> Attachment {
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

const _: () = assert!(CHUNK <= 256 * 1024, "brief_service.proto promises chunks of at most 256 KiB");
