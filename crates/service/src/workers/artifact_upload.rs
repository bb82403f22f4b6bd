//! `UploadArtifact`. Bytes are staged in the store as they arrive, so that a large PDF is never whole in memory.

use std::time::Duration;

use chancery_brief::digest::Digest;
use chancery_proto::errors::v1::Reason;
use chancery_proto::names::{ApiTokenName, GeneratedId, PartId};
use chancery_proto::render::v1::PrintWarning;
use chancery_proto::status::refusal;
use chancery_proto::worker::v1::upload_artifact_request::Part;
use chancery_proto::worker::v1::{ArtifactHeader, UploadArtifactRequest};
use chancery_store::{
    ArtifactUpload, CHUNK, Finished, Lease, PrintEnvironment, ProofFinding, StagedArtifact, Store,
    StoreError, UNCLASSIFIED_WARNING,
};
use prost::bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tokio::time::timeout;
use tonic::{Code, Status, Streaming};
use tonic_types::ErrorDetails;

use crate::background::wakeups::Wakeups;
use crate::rpc::errors::{internal, invalid_field, status};
use crate::rpc::fields::digest;
use crate::workers::messages::{MAX_PAGES, environment, is_upper_snake_case, lease};
use crate::workers::proofs::{Proofs, StagedFile, Verdict};
use crate::workers::untrusted_text::printable;

/// Maximum size of a PDF, in bytes.
const MAX_PDF_BYTES: u64 = 256 * 1024 * 1024;

/// Maximum number of warnings about a PDF, and maximum length of a warning's text in characters.
const MAX_WARNINGS: usize = 1_000;
const MAX_WARNING_TEXT: usize = 500;

/// Maximum time between two messages of an upload.
const MESSAGE_TIMEOUT: Duration = Duration::from_secs(30);

/// Maximum duration of an upload: far below the age at which staged bytes are swept.
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

/// Receives uploads. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct ArtifactUploads {
    pub(crate) store: Store,
    pub(crate) proofs: Proofs,
    pub(crate) wakeups: Wakeups,
}

impl ArtifactUploads {
    /// Receives an upload, and finishes its task. Bytes that do not match the header leave the lease as it is.
    pub(crate) async fn receive(
        &self,
        token: GeneratedId,
        parts: Streaming<UploadArtifactRequest>,
    ) -> Result<Received, Status> {
        // Spawned, so that staged bytes are discarded even if the worker disconnects.
        let this = self.clone();
        tokio::spawn(async move { this.receive_and_finish(&token, parts).await })
            .await
            .map_err(|error| internal(&error))?
    }

    async fn receive_and_finish(
        &self,
        token: &GeneratedId,
        mut parts: Streaming<UploadArtifactRequest>,
    ) -> Result<Received, Status> {
        let store = &self.store;
        let header = match next(&mut parts).await? {
            Some(Part::Header(header)) => Header::decode(header, token)?,
            _ => return Err(invalid_field("header", "must be the first message")),
        };
        let task = header.lease.task.clone();
        if let Some(finished) =
            store.queue().earlier_outcome(&header.lease, header.digest).await.map_err(status)?
        {
            return Ok(Received { task, finished });
        }
        let blob = store.artifacts().stage(&header.lease, header.environment).await.map_err(status)?;
        stage(store, parts, &header, &blob).await?;
        let finished = self.prove_and_finish(header, &blob).await;
        if !matches!(finished, Ok(Finished::Now | Finished::NowByMajority)) {
            // If this fails, a sweep deletes the bytes later.
            store.artifacts().discard_staged(&blob).await.ok();
        }
        Ok(Received { task, finished: finished? })
    }

    /// Finishes the task if the file is what its input must look like, and otherwise ends the attempt.
    async fn prove_and_finish(&self, header: Header, blob: &str) -> Result<Finished, Status> {
        let file = StagedFile {
            blob,
            size_bytes: header.size_bytes,
            pages: header.pages,
            environment: header.environment,
        };
        match self.proofs.prove(&self.store, &header.lease, file).await? {
            Verdict::Proven | Verdict::Reprinted => self.finish(header, blob, true).await,
            Verdict::NotCovered => self.finish(header, blob, false).await,
            Verdict::Refused(finding) => Err(self.refuse(&header, &finding).await?),
        }
    }

    /// Ends the attempt of a refused file, and returns the answer to its worker.
    async fn refuse(&self, header: &Header, finding: &ProofFinding) -> Result<Status, Status> {
        let Header { lease, environment, .. } = header;
        tracing::error!(
            task = %lease.task, epoch = lease.epoch, token = %lease.token, code = finding.code, message = finding.message,
            "refused an uploaded PDF: it is not what its input must look like"
        );
        let queue = self.store.queue();
        let suspended = queue.refuse_artifact(lease, *environment, finding).await.map_err(status)?;
        self.wakeups.task_requeued(&lease.task);
        self.release_suspended(&suspended).await.map_err(status)?;
        let message =
            format!("the PDF is not what its input must look like: {} {}", finding.code, finding.message);
        Ok(refusal(Code::FailedPrecondition, Reason::PdfNotProven, message, ErrorDetails::new()))
    }

    async fn finish(&self, header: Header, blob: &str, is_proven: bool) -> Result<Finished, Status> {
        let Header { lease, digest, size_bytes, pages, environment, warnings } = header;
        let artifact =
            StagedArtifact { blob: blob.to_owned(), digest, size_bytes, pages, warnings, is_proven };
        let finished = self.store.queue().finish_task(&lease, &artifact).await.map_err(status)?;
        if finished == (Finished::AwaitsAgreement { differs: true }) {
            tracing::error!(
                task = %lease.task, epoch = lease.epoch, token = %lease.token, %digest,
                "two workers printed different files: a third one decides"
            );
        }
        // The PDF counts whatever becomes of the record.
        if finished == Finished::NowByMajority
            && let Err(error) = self.refuse_outvoted(&lease.task, digest, environment).await
        {
            tracing::error!(%error, task = %lease.task, "could not record the prints that were outvoted");
        }
        Ok(finished)
    }

    /// Records the prints of a task that two workers did not print.
    async fn refuse_outvoted(
        &self,
        task: &str,
        agreed: Digest,
        environment: PrintEnvironment,
    ) -> Result<(), StoreError> {
        let suspended = self.store.queue().refuse_outvoted(task, agreed, environment).await?;
        self.release_suspended(&suspended).await
    }

    async fn release_suspended(&self, suspended: &[ApiTokenName]) -> Result<(), StoreError> {
        for token in suspended {
            tracing::error!(%token, "suspended a worker's token for the PDFs that were refused");
            for task in self.store.queue().release_leases_of_token(&token.token).await? {
                self.wakeups.task_requeued(&task);
            }
        }
        Ok(())
    }
}

/// Stages all bytes, or discards them on a failure. If the abort fails, the bytes are left to the sweep: a pending write may
/// still complete.
async fn stage(
    store: &Store,
    parts: Streaming<UploadArtifactRequest>,
    header: &Header,
    blob: &str,
) -> Result<(), Status> {
    let mut upload = store.artifacts().begin_upload(blob).await.map_err(status)?;
    let written = timeout(UPLOAD_TIMEOUT, write(parts, header, upload.as_mut())).await;
    let written =
        written.unwrap_or_else(|_| Err(Status::deadline_exceeded("the upload exceeded its time limit")));
    if written.is_ok() {
        return upload.finish().await.map_err(status);
    }
    if upload.abort().await.is_ok() {
        store.artifacts().discard_staged(blob).await.ok();
    }
    written
}

/// Writes the bytes as they arrive, and checks their size and digest against the header.
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
        return Err(mismatch("the SHA-256 differs from the header's".to_owned()));
    }
    Ok(())
}

async fn next(parts: &mut Streaming<UploadArtifactRequest>) -> Result<Option<Part>, Status> {
    let message = timeout(MESSAGE_TIMEOUT, parts.message()).await;
    let message = message.map_err(|_| Status::deadline_exceeded("the upload stalled"))??;
    match message {
        None => Ok(None),
        Some(UploadArtifactRequest { part: Some(part) }) => Ok(Some(part)),
        Some(UploadArtifactRequest { part: None }) => Err(invalid_field("part", "required")),
    }
}

fn data_of(part: Part) -> Result<Bytes, Status> {
    match part {
        Part::Data(data) if data.len() <= CHUNK => Ok(data),
        Part::Data(_) => Err(invalid_field("data", "must be at most 256 KiB")),
        Part::Header(_) => Err(invalid_field("header", "must be sent only once, as the first message")),
    }
}

fn mismatch(difference: String) -> Status {
    status(StoreError::UploadMismatch(difference))
}

/// Checks a header's warnings. Workers of earlier versions send texts only.
fn warnings(texts: Vec<String>, classified: Vec<PrintWarning>) -> Result<Vec<PrintWarning>, Status> {
    let is_too_long = |text: &String| text.chars().count() > MAX_WARNING_TEXT;
    if texts.len() > MAX_WARNINGS || texts.iter().any(is_too_long) {
        return Err(invalid_field(
            "header.warnings",
            "must be at most 1,000 texts of at most 500 characters",
        ));
    }
    if classified.is_empty() {
        let warning = |text: String| PrintWarning {
            code: UNCLASSIFIED_WARNING.to_owned(),
            text: printable(&text, MAX_WARNING_TEXT),
            ..Default::default()
        };
        return Ok(texts.into_iter().map(warning).collect());
    }
    if classified.len() > MAX_WARNINGS {
        return Err(invalid_field("header.print_warnings", "must be at most 1,000 warnings"));
    }
    for (index, warning) in classified.iter().enumerate() {
        let invalid = |field: &str, description: &str| {
            Err(invalid_field(&format!("header.print_warnings[{index}].{field}"), description))
        };
        let PrintWarning { code, part_id, text } = warning;
        if !is_code(code) {
            return invalid(
                "code",
                "must be upper snake case, such as MISSING_GLYPH, of at most 63 characters",
            );
        }
        if !part_id.is_empty() && part_id.parse::<PartId>().is_err() {
            return invalid("part_id", "must be empty or a part's id: [A-Za-z][A-Za-z0-9-]{0,62}");
        }
        if text.is_empty() || is_too_long(text) {
            return invalid("text", "must have 1 to 500 characters");
        }
    }
    let shown = |warning: PrintWarning| {
        let text = printable(&warning.text, MAX_WARNING_TEXT);
        PrintWarning { text, ..warning }
    };
    Ok(classified.into_iter().map(shown).collect())
}

fn is_code(code: &str) -> bool {
    is_upper_snake_case(code) && code.starts_with(|first: char| first.is_ascii_uppercase())
}

impl Header {
    fn decode(header: ArtifactHeader, token: &GeneratedId) -> Result<Self, Status> {
        if !(1..=MAX_PDF_BYTES).contains(&header.size_bytes) {
            return Err(invalid_field("header.size_bytes", "must be from 1 byte to 256 MiB"));
        }
        if !(1..=MAX_PAGES).contains(&header.pages) {
            return Err(invalid_field("header.pages", "must be from 1 to 100,000"));
        }
        let warnings = warnings(header.warnings, header.print_warnings)?;
        Ok(Self {
            lease: lease("header.lease", header.lease, token)?,
            digest: digest("header.sha256", &header.sha256)?,
            size_bytes: header.size_bytes,
            pages: header.pages,
            environment: environment("header.environment", header.environment)?,
            warnings,
        })
    }
}
