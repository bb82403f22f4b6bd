//! The service as the worker sees it: the trait, its gRPC implementation, and the input of a task.

pub(crate) mod backoff;
pub(crate) mod credentials;
mod error;
pub(crate) mod grpc;
pub(crate) mod metered;
pub(crate) mod print_input;

use std::future::Future;

use chancery_proto::worker::v1::{
    AcquireLeasesRequest, AcquiredLease, ArtifactHeader, FailRenderRequest, Lease,
};
use prost::bytes::Bytes;

pub use self::error::QueueError;
use self::print_input::PrintInput;
use crate::printing::printer::Progress;

/// The result of renewing leases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Renewal {
    /// Names of the tasks whose leases are lost.
    pub lost: Vec<String>,
}

/// The calls that a worker makes to the service. [`GrpcQueue`](crate::GrpcQueue) implements it over gRPC; tests have an
/// implementation in memory.
pub trait Queue: Clone + Send + Sync + 'static {
    /// Waits for tasks and leases some; an empty response means that the wait timed out.
    fn acquire(
        &self,
        request: AcquireLeasesRequest,
    ) -> impl Future<Output = Result<Vec<AcquiredLease>, QueueError>> + Send;

    /// Fetches the input of a leased task.
    fn input(&self, lease: &Lease) -> impl Future<Output = Result<PrintInput, QueueError>> + Send;

    /// Renews leases, each independently of the others.
    fn renew(&self, leases: Vec<Lease>) -> impl Future<Output = Result<Renewal, QueueError>> + Send;

    /// Reports the progress of a print.
    fn report(
        &self,
        lease: &Lease,
        progress: Progress,
    ) -> impl Future<Output = Result<(), QueueError>> + Send;

    /// Uploads the PDF and finishes the task.
    fn upload(
        &self,
        header: ArtifactHeader,
        bytes: Bytes,
    ) -> impl Future<Output = Result<(), QueueError>> + Send;

    /// Fails an attempt.
    fn fail(&self, request: FailRenderRequest) -> impl Future<Output = Result<(), QueueError>> + Send;

    /// Releases leases without counting an attempt.
    fn release(&self, leases: Vec<Lease>) -> impl Future<Output = Result<(), QueueError>> + Send;
}
