//! Calls to the service over gRPC.

use std::time::Duration;

use chancery_proto::MESSAGE_LIMIT;
use chancery_proto::worker::v1::render_worker_service_client::RenderWorkerServiceClient;
use chancery_proto::worker::v1::upload_artifact_request::Part as UploadPart;
use chancery_proto::worker::v1::{
    AcquireLeasesRequest, AcquiredLease, ArtifactHeader, FailRenderRequest, GetRenderInputRequest, Lease,
    ReleaseLeasesRequest, RenewLeasesRequest, ReportProgressRequest, UploadArtifactRequest,
};
use chancery_tls::Connector;
use prost::bytes::Bytes;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

use crate::printing::printer::Progress;
use crate::queue::credentials::Credentials;
use crate::queue::error::queue_error;
use crate::queue::print_input::{InputAssembler, PrintInput};
use crate::queue::{Queue, QueueError, Renewal};

/// Maximum size of the data in one message of an upload.
const UPLOAD_CHUNK_BYTES: usize = 256 * 1024;

/// Deadline of calls other than long polls and transfers.
const CALL_TIMEOUT: Duration = Duration::from_secs(15);

/// Deadline of long polls and transfers; longer than a long poll may wait.
const LONG_CALL_TIMEOUT: Duration = Duration::from_secs(90);

/// A [`Queue`] over gRPC. Cheap to clone; connects and reconnects on demand.
#[derive(Clone)]
pub struct GrpcQueue {
    client: RenderWorkerServiceClient<Channel>,
    credentials: Credentials,
}

impl GrpcQueue {
    pub(crate) fn new(endpoint: &Endpoint, connector: Connector, credentials: Credentials) -> Self {
        let channel = endpoint
            .clone()
            // Detects a peer that vanished without closing the connection before the deadline of the call.
            .http2_keep_alive_interval(Duration::from_secs(10))
            .keep_alive_timeout(Duration::from_secs(5))
            .keep_alive_while_idle(true)
            .connect_with_connector_lazy(connector);
        let client = RenderWorkerServiceClient::new(channel).max_decoding_message_size(MESSAGE_LIMIT);
        Self { client, credentials }
    }

    async fn request<T>(&self, message: T, timeout: Duration) -> Result<Request<T>, QueueError> {
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", self.credentials.authorization(&self.client).await?);
        request.set_timeout(timeout);
        Ok(request)
    }

    /// Converts the result of a call whose response says nothing.
    async fn ended<T>(&self, result: Result<tonic::Response<T>, Status>) -> Result<(), QueueError> {
        match result {
            Ok(_) => Ok(()),
            Err(status) => Err(self.failed(status).await),
        }
    }

    /// Converts the failure of a call.
    async fn failed(&self, status: Status) -> QueueError {
        self.credentials.note(&status).await;
        queue_error(status)
    }
}

impl Queue for GrpcQueue {
    async fn acquire(&self, request: AcquireLeasesRequest) -> Result<Vec<AcquiredLease>, QueueError> {
        let request = self.request(request, LONG_CALL_TIMEOUT).await?;
        match self.client.clone().acquire_leases(request).await {
            Ok(response) => Ok(response.into_inner().leases),
            Err(status) => Err(self.failed(status).await),
        }
    }

    async fn input(&self, lease: &Lease) -> Result<PrintInput, QueueError> {
        let message = GetRenderInputRequest { lease: Some(lease.clone()) };
        let request = self.request(message, LONG_CALL_TIMEOUT).await?;
        let mut parts = match self.client.clone().get_render_input(request).await {
            Ok(response) => response.into_inner(),
            Err(status) => return Err(self.failed(status).await),
        };
        let mut input = InputAssembler::default();
        while let Some(response) = parts.message().await.map_err(queue_error)? {
            input.add(response.part)?;
        }
        input.finish()
    }

    async fn renew(&self, leases: Vec<Lease>) -> Result<Renewal, QueueError> {
        let request = self.request(RenewLeasesRequest { leases }, CALL_TIMEOUT).await?;
        match self.client.clone().renew_leases(request).await {
            Ok(response) => {
                Ok(Renewal { lost: response.into_inner().lost.into_iter().map(|lease| lease.task).collect() })
            }
            Err(status) => Err(self.failed(status).await),
        }
    }

    async fn report(&self, lease: &Lease, progress: Progress) -> Result<(), QueueError> {
        let message = ReportProgressRequest {
            lease: Some(lease.clone()),
            phase: progress.phase.into(),
            pages: progress.pages,
        };
        let request = self.request(message, CALL_TIMEOUT).await?;
        self.ended(self.client.clone().report_progress(request).await).await
    }

    async fn upload(&self, header: ArtifactHeader, bytes: Bytes) -> Result<(), QueueError> {
        let messages = tokio_stream::iter(upload_messages(header, bytes));
        let request = self.request(messages, LONG_CALL_TIMEOUT).await?;
        self.ended(self.client.clone().upload_artifact(request).await).await
    }

    async fn fail(&self, request: FailRenderRequest) -> Result<(), QueueError> {
        let request = self.request(request, CALL_TIMEOUT).await?;
        self.ended(self.client.clone().fail_render(request).await).await
    }

    async fn release(&self, leases: Vec<Lease>) -> Result<(), QueueError> {
        let request = self.request(ReleaseLeasesRequest { leases }, CALL_TIMEOUT).await?;
        self.ended(self.client.clone().release_leases(request).await).await
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

#[cfg(test)]
mod tests {
    use chancery_proto::worker::v1::ArtifactHeader;
    use chancery_proto::worker::v1::upload_artifact_request::Part;
    use prost::bytes::Bytes;

    use super::{UPLOAD_CHUNK_BYTES, upload_messages};

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
}
