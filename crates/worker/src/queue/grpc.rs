//! Calls to the service over gRPC.

use std::error::Error as _;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chancery_proto::MESSAGE_LIMIT;
use chancery_proto::errors::v1::Reason;
use chancery_proto::status::reason_of;
use chancery_proto::worker::v1::render_worker_service_client::RenderWorkerServiceClient;
use chancery_proto::worker::v1::upload_artifact_request::Part as UploadPart;
use chancery_proto::worker::v1::{
    AcquireLeasesRequest, AcquiredLease, ArtifactHeader, FailRenderRequest, GetRenderInputRequest, Lease,
    ReleaseLeasesRequest, RenewLeasesRequest, ReportProgressRequest, UploadArtifactRequest,
};
use chancery_tls::{Connector, explain};
use prost::bytes::Bytes;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};

use crate::printing::printer::Progress;
use crate::queue::print_input::{InputAssembler, PrintInput};
use crate::queue::{Queue, QueueError, Renewal};

/// Maximum size of the data in one message of an upload.
const UPLOAD_CHUNK_BYTES: usize = 256 * 1024;

/// Deadline of calls other than long polls and transfers.
const CALL_TIMEOUT: Duration = Duration::from_secs(15);

/// Deadline of long polls and transfers; longer than a long poll may wait.
const LONG_CALL_TIMEOUT: Duration = Duration::from_secs(90);

/// The source of the worker's token.
#[derive(Clone)]
pub(crate) enum TokenSource {
    /// The token itself.
    Given(String),
    /// A file, read for each call, so that the token can be rotated while the worker runs.
    File(PathBuf),
}

/// Maximum size of a token file in bytes.
const MAX_TOKEN_BYTES: u64 = 64 << 10;

/// Reads a token file. Others than regular files are refused: a pipe without a writer would block the worker and even
/// its reaction to signals.
fn read_token(path: &Path) -> io::Result<String> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let mut token = String::new();
    File::open(path)?.take(MAX_TOKEN_BYTES).read_to_string(&mut token)?;
    if token.trim().is_empty() { Err(io::Error::other("the file is empty")) } else { Ok(token) }
}

/// A [`Queue`] over gRPC. Cheap to clone; connects and reconnects on demand.
#[derive(Clone)]
pub struct GrpcQueue {
    client: RenderWorkerServiceClient<Channel>,
    token: TokenSource,
}

impl GrpcQueue {
    pub(crate) fn new(endpoint: &Endpoint, connector: Connector, token: TokenSource) -> Self {
        let channel = endpoint
            .clone()
            // Detects a peer that vanished without closing the connection before the deadline of the call.
            .http2_keep_alive_interval(Duration::from_secs(10))
            .keep_alive_timeout(Duration::from_secs(5))
            .keep_alive_while_idle(true)
            .connect_with_connector_lazy(connector);
        let client = RenderWorkerServiceClient::new(channel).max_decoding_message_size(MESSAGE_LIMIT);
        Self { client, token }
    }

    fn request<T>(&self, message: T, timeout: Duration) -> Result<Request<T>, QueueError> {
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", self.authorization()?);
        request.set_timeout(timeout);
        Ok(request)
    }

    fn authorization(&self) -> Result<MetadataValue<Ascii>, QueueError> {
        let token = match &self.token {
            TokenSource::Given(token) => token.clone(),
            TokenSource::File(path) => read_token(path).map_err(|error| {
                QueueError::Unavailable(format!("reading the token file {}: {error}", path.display()))
            })?,
        };
        let mut value: MetadataValue<Ascii> = format!("Bearer {}", token.trim()).parse().map_err(|_| {
            QueueError::Unavailable(
                "the token contains characters that are not allowed in a header".to_owned(),
            )
        })?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl Queue for GrpcQueue {
    async fn acquire(&self, request: AcquireLeasesRequest) -> Result<Vec<AcquiredLease>, QueueError> {
        let request = self.request(request, LONG_CALL_TIMEOUT)?;
        let response = self.client.clone().acquire_leases(request).await.map_err(queue_error)?;
        Ok(response.into_inner().leases)
    }

    async fn input(&self, lease: &Lease) -> Result<PrintInput, QueueError> {
        let request =
            self.request(GetRenderInputRequest { lease: Some(lease.clone()) }, LONG_CALL_TIMEOUT)?;
        let mut parts =
            self.client.clone().get_render_input(request).await.map_err(queue_error)?.into_inner();
        let mut input = InputAssembler::default();
        while let Some(response) = parts.message().await.map_err(queue_error)? {
            input.add(response.part)?;
        }
        input.finish()
    }

    async fn renew(&self, leases: Vec<Lease>) -> Result<Renewal, QueueError> {
        let request = self.request(RenewLeasesRequest { leases }, CALL_TIMEOUT)?;
        let response = self.client.clone().renew_leases(request).await.map_err(queue_error)?;
        Ok(Renewal { lost: response.into_inner().lost.into_iter().map(|lease| lease.task).collect() })
    }

    async fn report(&self, lease: &Lease, progress: Progress) -> Result<(), QueueError> {
        let message = ReportProgressRequest {
            lease: Some(lease.clone()),
            phase: progress.phase.into(),
            pages: progress.pages,
        };
        let request = self.request(message, CALL_TIMEOUT)?;
        self.client.clone().report_progress(request).await.map(drop).map_err(queue_error)
    }

    async fn upload(&self, header: ArtifactHeader, bytes: Bytes) -> Result<(), QueueError> {
        let request = self.request(tokio_stream::iter(upload_messages(header, bytes)), LONG_CALL_TIMEOUT)?;
        self.client.clone().upload_artifact(request).await.map(drop).map_err(queue_error)
    }

    async fn fail(&self, request: FailRenderRequest) -> Result<(), QueueError> {
        let request = self.request(request, CALL_TIMEOUT)?;
        self.client.clone().fail_render(request).await.map(drop).map_err(queue_error)
    }

    async fn release(&self, leases: Vec<Lease>) -> Result<(), QueueError> {
        let request = self.request(ReleaseLeasesRequest { leases }, CALL_TIMEOUT)?;
        self.client.clone().release_leases(request).await.map(drop).map_err(queue_error)
    }
}

/// Returns the messages of an upload: the header, then the bytes in chunks that share the memory of the print.
fn upload_messages(header: ArtifactHeader, mut bytes: Bytes) -> impl Iterator<Item = UploadArtifactRequest> {
    let first = std::iter::once(UploadPart::Header(header));
    let rest = std::iter::from_fn(move || {
        (!bytes.is_empty()).then(|| UploadPart::Data(bytes.split_to(bytes.len().min(UPLOAD_CHUNK_BYTES))))
    });
    first.chain(rest).map(|part| UploadArtifactRequest { part: Some(part) })
}

/// Converts a status. Rejected credentials count as unavailable, because the token file can be fixed while the worker runs.
#[allow(clippy::needless_pass_by_value, reason = "for use in map_err")]
fn queue_error(status: Status) -> QueueError {
    // A failed connection says why in its source only.
    let cause = status.source().map_or_else(|| status.message().to_owned(), explain);
    let message = format!("{:?}: {cause}", status.code());
    match reason_of(&status) {
        Some(Reason::LeaseLost) => return QueueError::LeaseLost,
        Some(Reason::ArtifactStoreFull) => return QueueError::StoreFull(message),
        _ => {}
    }
    match status.code() {
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange | Code::Unimplemented => {
            QueueError::Refused(message)
        }
        _ => QueueError::Unavailable(message),
    }
}

#[cfg(test)]
mod tests {
    use chancery_proto::errors::v1::Reason;
    use chancery_proto::status::refusal;
    use chancery_proto::worker::v1::ArtifactHeader;
    use chancery_proto::worker::v1::upload_artifact_request::Part;
    use prost::bytes::Bytes;
    use tonic::{Code, Status};
    use tonic_types::ErrorDetails;

    use super::{QueueError, UPLOAD_CHUNK_BYTES, queue_error, read_token, upload_messages};

    #[test]
    fn a_token_is_read_from_a_regular_file_only() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("token"), folder.path().join("link"));
        std::os::unix::fs::symlink(&file, &link).unwrap();
        std::fs::write(&file, "chy_a\n").unwrap();
        assert_eq!(read_token(&link).unwrap(), "chy_a\n");
        std::fs::write(&file, "\n").unwrap();
        assert!(read_token(&file).unwrap_err().to_string().contains("empty"));
        for path in [folder.path(), std::path::Path::new("/dev/null")] {
            assert!(read_token(path).unwrap_err().to_string().contains("not a regular file"));
        }
    }

    #[test]
    fn an_upload_is_a_header_and_then_chunks() {
        let bytes = Bytes::from(vec![7; UPLOAD_CHUNK_BYTES * 2 + 1]);
        let mut parts =
            upload_messages(ArtifactHeader::default(), bytes).map(|request| request.part.unwrap());
        assert!(matches!(parts.next(), Some(Part::Header(_))));
        let sizes: Vec<usize> = parts
            .map(|part| if let Part::Data(data) = part { data.len() } else { panic!("a second header") })
            .collect();
        assert_eq!(sizes, [UPLOAD_CHUNK_BYTES, UPLOAD_CHUNK_BYTES, 1]);
    }

    #[test]
    fn statuses_map_to_errors_by_their_remedy() {
        let lost = refusal(Code::Aborted, Reason::LeaseLost, "lost", ErrorDetails::new());
        assert_eq!(queue_error(lost), QueueError::LeaseLost);
        let full = refusal(Code::ResourceExhausted, Reason::ArtifactStoreFull, "full", ErrorDetails::new());
        assert!(matches!(queue_error(full), QueueError::StoreFull(_)));
        assert!(matches!(queue_error(Status::invalid_argument("no")), QueueError::Refused(_)));
        for transient in
            [Status::unavailable("away"), Status::internal("id 1"), Status::unauthenticated("who")]
        {
            assert!(matches!(queue_error(transient), QueueError::Unavailable(_)));
        }
    }
}
