//! The worker's view of the service: what it asks for, and what can go wrong.

use std::collections::BTreeMap;
use std::future::Future;

use chancery_proto::worker::v1::{
    AcquireLeasesRequest, AcquiredLease, ArtifactHeader, FailRenderRequest, Lease, RenderInputManifest,
};
use prost::bytes::Bytes;

use crate::printer::Progress;

/// Why a call did not do what it was for. Each variant says what the worker can do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueueError {
    /// The lease is no longer the task's current one: drop the task.
    #[error("the lease is lost")]
    LeaseLost,
    /// The service understood and will not: the same call again would meet the same answer.
    #[error("refused: {0}")]
    Refused(String),
    /// There is no room for PDFs: it will take a while until there is.
    #[error("no room: {0}")]
    StoreFull(String),
    /// The service did not answer, or not now: try again later.
    #[error("unavailable: {0}")]
    Unavailable(String),
}

/// What a task prints: the manifest and exactly the bytes that it lists.
#[derive(Debug, Clone, PartialEq)]
pub struct PrintInput {
    /// What the print depends on.
    pub manifest: RenderInputManifest,
    /// The canonical bytes of the edition's `RevisionBody`.
    pub edition: Bytes,
    /// The same of the edition to compare with; none when the manifest names none.
    pub comparison: Option<Bytes>,
    /// The images that the manifest lists, by their SHA-256.
    pub images: BTreeMap<String, Vec<u8>>,
}

/// What became of leases that were to be renewed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Renewal {
    /// The tasks whose leases are lost.
    pub lost: Vec<String>,
}

/// The service as the worker needs it. One implementation speaks gRPC; tests have others.
pub trait Queue: Clone + Send + Sync + 'static {
    /// Waits for tasks and leases some; an empty answer means that the wait is over.
    fn acquire(
        &self,
        request: AcquireLeasesRequest,
    ) -> impl Future<Output = Result<Vec<AcquiredLease>, QueueError>> + Send;

    /// What a leased task prints.
    fn input(&self, lease: &Lease) -> impl Future<Output = Result<PrintInput, QueueError>> + Send;

    /// Prolongs leases, each by itself.
    fn renew(&self, leases: Vec<Lease>) -> impl Future<Output = Result<Renewal, QueueError>> + Send;

    /// Says how far a print is.
    fn report(
        &self,
        lease: &Lease,
        progress: Progress,
    ) -> impl Future<Output = Result<(), QueueError>> + Send;

    /// Sends the PDF and finishes the task.
    fn upload(
        &self,
        header: ArtifactHeader,
        bytes: Bytes,
    ) -> impl Future<Output = Result<(), QueueError>> + Send;

    /// Ends an attempt without a PDF.
    fn fail(&self, request: FailRenderRequest) -> impl Future<Output = Result<(), QueueError>> + Send;

    /// Gives leases back without charging an attempt.
    fn release(&self, leases: Vec<Lease>) -> impl Future<Output = Result<(), QueueError>> + Send;
}
