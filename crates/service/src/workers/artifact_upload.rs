//! An upload, staged as it arrives: the store holds a part of it in memory, never all of a large PDF.

use std::time::Duration;

use chancery_brief::digest::Digest;
use chancery_proto::names::PartId;
use chancery_proto::render::v1::PrintWarning;
use chancery_proto::worker::v1::upload_artifact_request::Part;
use chancery_proto::worker::v1::{ArtifactHeader, UploadArtifactRequest};
use chancery_store::{
    ArtifactUpload, CHUNK, Finished, Lease, PrintEnvironment, StagedArtifact, Store, StoreError,
    UNCLASSIFIED_WARNING,
};
use prost::bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tokio::time::timeout;
use tonic::{Status, Streaming};

use crate::rpc::errors::{internal, invalid_field, status};
use crate::workers::service::{digest, environment, lease};

/// The largest PDF, in bytes.
const SIZE_LIMIT: u64 = 256 * 1024 * 1024;

/// The most pages that a worker may speak of.
pub(crate) const PAGES_LIMIT: u32 = 100_000;
/// The most warnings about one PDF, the most characters of a warning's text, and the most of its code.
const MAX_WARNINGS: usize = 1_000;
const MAX_WARNING_TEXT: usize = 500;
const MAX_WARNING_CODE: usize = 63;

/// How long the next piece may take.
const PIECE_TIMEOUT: Duration = Duration::from_secs(30);

/// How long an upload may take altogether: far less than bytes that nothing refers to are kept before they are swept.
const UPLOAD_TIMEOUT: Duration = Duration::from_mins(10);

/// A finished upload.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) task: String,
    pub(crate) finished: Finished,
}

struct Header {
    lease: Lease,
    digest: Digest,
    size_bytes: u64,
    pages: u32,
    environment: PrintEnvironment,
    warnings: Vec<PrintWarning>,
}

/// Takes an upload and finishes its task. Bytes that are not what the header announced leave the lease unharmed.
pub(crate) async fn receive(
    store: &Store,
    parts: Streaming<UploadArtifactRequest>,
) -> Result<Received, Status> {
    // A task of its own: when the worker goes away half way, what it sent is still taken back.
    let store = store.clone();
    tokio::spawn(async move { take(&store, parts).await }).await.map_err(|error| internal(&error))?
}

async fn take(store: &Store, mut parts: Streaming<UploadArtifactRequest>) -> Result<Received, Status> {
    let header = match next(&mut parts).await? {
        Some(Part::Header(header)) => Header::decode(header)?,
        _ => return Err(invalid_field("header", "comes first")),
    };
    let task = header.lease.task.clone();
    if store.queue().is_finished_by(&header.lease, header.digest).await.map_err(status)? {
        return Ok(Received { task, finished: Finished::Before });
    }
    let blob = store.artifacts().stage(&header.lease, header.environment).await.map_err(status)?;
    stage(store, parts, &header, &blob).await?;
    let finished = finish(store, header, &blob).await;
    if !matches!(finished, Ok(Finished::Now)) {
        // What is not dropped now is swept later.
        store.artifacts().discard_staged(&blob).await.ok();
    }
    Ok(Received { task, finished: finished? })
}

async fn finish(store: &Store, header: Header, blob: &str) -> Result<Finished, Status> {
    let artifact = StagedArtifact {
        blob: blob.to_owned(),
        digest: header.digest,
        size_bytes: header.size_bytes,
        pages: header.pages,
        warnings: header.warnings,
    };
    store.queue().finish_task(&header.lease, &artifact).await.map_err(status)
}

/// Stages all bytes, or takes back what came. When the store does not say whether it has them, they are left to the
/// sweep: an answer that was lost may still come true.
async fn stage(
    store: &Store,
    parts: Streaming<UploadArtifactRequest>,
    header: &Header,
    blob: &str,
) -> Result<(), Status> {
    let mut upload = store.artifacts().begin_upload(blob).await.map_err(status)?;
    let written = timeout(UPLOAD_TIMEOUT, write(parts, header, upload.as_mut())).await;
    let written = written.unwrap_or_else(|_| Err(Status::deadline_exceeded("the upload takes too long")));
    if written.is_ok() {
        return upload.finish().await.map_err(status);
    }
    if upload.abort().await.is_ok() {
        store.artifacts().discard_staged(blob).await.ok();
    }
    written
}

/// Writes the bytes as they come, and compares them with the header before they count.
async fn write(
    mut parts: Streaming<UploadArtifactRequest>,
    header: &Header,
    upload: &mut dyn ArtifactUpload,
) -> Result<(), Status> {
    let (mut hash, mut size) = (Sha256::new(), 0_u64);
    while let Some(part) = next(&mut parts).await? {
        let data = data_of(part)?;
        size += data.len() as u64;
        if size > header.size_bytes {
            return Err(mismatch(format!("more than {} bytes", header.size_bytes)));
        }
        hash.update(&data);
        upload.write(data).await.map_err(status)?;
    }
    if size != header.size_bytes {
        return Err(mismatch(format!("{size} bytes instead of {}", header.size_bytes)));
    }
    if Digest(hash.finalize().into()) != header.digest {
        return Err(mismatch("their SHA-256 is another".to_owned()));
    }
    Ok(())
}

async fn next(parts: &mut Streaming<UploadArtifactRequest>) -> Result<Option<Part>, Status> {
    let message = timeout(PIECE_TIMEOUT, parts.message()).await;
    let message = message.map_err(|_| Status::deadline_exceeded("the upload stands still"))??;
    match message {
        None => Ok(None),
        Some(UploadArtifactRequest { part: Some(part) }) => Ok(Some(part)),
        Some(UploadArtifactRequest { part: None }) => Err(invalid_field("part", "required")),
    }
}

fn data_of(part: Part) -> Result<Bytes, Status> {
    match part {
        Part::Data(data) if data.len() <= CHUNK => Ok(data),
        Part::Data(_) => Err(invalid_field("data", "at most 256 KiB")),
        Part::Header(_) => Err(invalid_field("header", "comes once, first")),
    }
}

fn mismatch(what: String) -> Status {
    status(StoreError::UploadMismatch(what))
}

/// The warnings of a header, within their limits. A worker of an earlier version sends texts only.
fn warnings(texts: Vec<String>, classified: Vec<PrintWarning>) -> Result<Vec<PrintWarning>, Status> {
    let is_too_long = |text: &String| text.chars().count() > MAX_WARNING_TEXT;
    if texts.len() > MAX_WARNINGS || texts.iter().any(is_too_long) {
        return Err(invalid_field("header.warnings", "at most 1,000 of at most 500 characters"));
    }
    if classified.is_empty() {
        let warning =
            |text| PrintWarning { code: UNCLASSIFIED_WARNING.to_owned(), text, ..Default::default() };
        return Ok(texts.into_iter().map(warning).collect());
    }
    if classified.len() > MAX_WARNINGS {
        return Err(invalid_field("header.print_warnings", "at most 1,000 warnings"));
    }
    for (index, warning) in classified.iter().enumerate() {
        let refuse = |field: &str, description: &str| {
            Err(invalid_field(&format!("header.print_warnings[{index}].{field}"), description))
        };
        let PrintWarning { code, part_id, text } = warning;
        if !is_code(code) {
            return refuse("code", "upper snake case such as MISSING_GLYPH, at most 63 characters");
        }
        if !part_id.is_empty() && part_id.parse::<PartId>().is_err() {
            return refuse("part_id", "empty, or the id of a part: [A-Za-z][A-Za-z0-9-]{0,62}");
        }
        if text.is_empty() || is_too_long(text) {
            return refuse("text", "1 to 500 characters");
        }
    }
    Ok(classified)
}

fn is_code(code: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=MAX_WARNING_CODE).contains(&code.len())
        && code.bytes().all(is_allowed)
        && code.starts_with(|first: char| first.is_ascii_uppercase())
}

impl Header {
    fn decode(header: ArtifactHeader) -> Result<Self, Status> {
        if !(1..=SIZE_LIMIT).contains(&header.size_bytes) {
            return Err(invalid_field("header.size_bytes", "from 1 byte to 256 MiB"));
        }
        if !(1..=PAGES_LIMIT).contains(&header.pages) {
            return Err(invalid_field("header.pages", "from 1 to 100,000"));
        }
        let warnings = warnings(header.warnings, header.print_warnings)?;
        Ok(Self {
            lease: lease("header.lease", header.lease)?,
            digest: digest("header.sha256", &header.sha256)?,
            size_bytes: header.size_bytes,
            pages: header.pages,
            environment: environment("header.environment", header.environment)?,
            warnings,
        })
    }
}
