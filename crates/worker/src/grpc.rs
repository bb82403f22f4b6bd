//! The service over gRPC.

use std::path::PathBuf;
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
use prost::bytes::Bytes;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};

use crate::input::Arriving;
use crate::printer::Progress;
use crate::queue::{PrintInput, Queue, QueueError, Renewal};

/// The largest piece of an upload.
const PIECE: usize = 256 * 1024;

/// A call that is not a long poll answers within this time or is tried again.
const CALL: Duration = Duration::from_secs(15);

/// Longer than a long poll may wait.
const LONG_CALL: Duration = Duration::from_secs(90);

/// Where the worker's token is found.
#[derive(Clone)]
pub(crate) enum TokenSource {
    /// Given outright.
    Given(String),
    /// In a file, read for each call: it may be exchanged while the worker runs.
    File(PathBuf),
}

/// The service over gRPC. Cheap to clone; connects when it is first needed, and again whenever it must.
#[derive(Clone)]
pub struct GrpcQueue {
    client: RenderWorkerServiceClient<Channel>,
    token: TokenSource,
}

impl GrpcQueue {
    pub(crate) fn new(endpoint: Endpoint, token: TokenSource) -> Self {
        let channel = endpoint
            .connect_timeout(Duration::from_secs(5))
            // Without these a service that vanished behind a wall would be waited for until the call's end.
            .http2_keep_alive_interval(Duration::from_secs(10))
            .keep_alive_timeout(Duration::from_secs(5))
            .keep_alive_while_idle(true)
            .tcp_nodelay(true)
            .connect_lazy();
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
            TokenSource::File(path) => std::fs::read_to_string(path).map_err(|error| {
                QueueError::Unavailable(format!("the token in {}: {error}", path.display()))
            })?,
        };
        let mut value: MetadataValue<Ascii> = format!("Bearer {}", token.trim())
            .parse()
            .map_err(|_| QueueError::Unavailable("the token cannot stand in a header".to_owned()))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl Queue for GrpcQueue {
    async fn acquire(&self, request: AcquireLeasesRequest) -> Result<Vec<AcquiredLease>, QueueError> {
        let request = self.request(request, LONG_CALL)?;
        let answer = self.client.clone().acquire_leases(request).await.map_err(understand)?;
        Ok(answer.into_inner().leases)
    }

    async fn input(&self, lease: &Lease) -> Result<PrintInput, QueueError> {
        let request = self.request(GetRenderInputRequest { lease: Some(lease.clone()) }, LONG_CALL)?;
        let mut parts = self.client.clone().get_render_input(request).await.map_err(understand)?.into_inner();
        let mut arriving = Arriving::default();
        while let Some(answer) = parts.message().await.map_err(understand)? {
            arriving.take(answer.part)?;
        }
        arriving.finish()
    }

    async fn renew(&self, leases: Vec<Lease>) -> Result<Renewal, QueueError> {
        let request = self.request(RenewLeasesRequest { leases }, CALL)?;
        let answer = self.client.clone().renew_leases(request).await.map_err(understand)?;
        Ok(Renewal { lost: answer.into_inner().lost.into_iter().map(|lease| lease.task).collect() })
    }

    async fn report(&self, lease: &Lease, progress: Progress) -> Result<(), QueueError> {
        let message = ReportProgressRequest {
            lease: Some(lease.clone()),
            phase: progress.phase.into(),
            pages: progress.pages,
        };
        let request = self.request(message, CALL)?;
        self.client.clone().report_progress(request).await.map(drop).map_err(understand)
    }

    async fn upload(&self, header: ArtifactHeader, bytes: Bytes) -> Result<(), QueueError> {
        let request = self.request(tokio_stream::iter(pieces(header, bytes)), LONG_CALL)?;
        self.client.clone().upload_artifact(request).await.map(drop).map_err(understand)
    }

    async fn fail(&self, request: FailRenderRequest) -> Result<(), QueueError> {
        let request = self.request(request, CALL)?;
        self.client.clone().fail_render(request).await.map(drop).map_err(understand)
    }

    async fn release(&self, leases: Vec<Lease>) -> Result<(), QueueError> {
        let request = self.request(ReleaseLeasesRequest { leases }, CALL)?;
        self.client.clone().release_leases(request).await.map(drop).map_err(understand)
    }
}

/// The header, then the bytes in pieces that share the print's memory.
fn pieces(header: ArtifactHeader, mut bytes: Bytes) -> impl Iterator<Item = UploadArtifactRequest> {
    let first = std::iter::once(UploadPart::Header(header));
    let rest = std::iter::from_fn(move || {
        (!bytes.is_empty()).then(|| UploadPart::Data(bytes.split_to(bytes.len().min(PIECE))))
    });
    first.chain(rest).map(|part| UploadArtifactRequest { part: Some(part) })
}

/// What a status means for the worker. Credentials may be mended while it runs, so they are waited for.
#[allow(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn understand(status: Status) -> QueueError {
    let message = format!("{:?}: {}", status.code(), status.message());
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

    use super::{PIECE, QueueError, pieces, understand};

    #[test]
    fn an_upload_is_the_header_and_then_all_bytes_in_small_pieces() {
        let bytes = Bytes::from(vec![7; PIECE * 2 + 1]);
        let mut parts = pieces(ArtifactHeader::default(), bytes).map(|request| request.part.unwrap());
        assert!(matches!(parts.next(), Some(Part::Header(_))));
        let sizes: Vec<usize> = parts
            .map(|part| if let Part::Data(data) = part { data.len() } else { panic!("a second header") })
            .collect();
        assert_eq!(sizes, [PIECE, PIECE, 1]);
    }

    #[test]
    fn a_status_tells_what_to_do() {
        let lost = refusal(Code::Aborted, Reason::LeaseLost, "lost", ErrorDetails::new());
        assert_eq!(understand(lost), QueueError::LeaseLost);
        let full = refusal(Code::ResourceExhausted, Reason::ArtifactStoreFull, "full", ErrorDetails::new());
        assert!(matches!(understand(full), QueueError::StoreFull(_)));
        assert!(matches!(understand(Status::invalid_argument("no")), QueueError::Refused(_)));
        for passing in [Status::unavailable("away"), Status::internal("id 1"), Status::unauthenticated("who")]
        {
            assert!(matches!(understand(passing), QueueError::Unavailable(_)));
        }
    }
}
