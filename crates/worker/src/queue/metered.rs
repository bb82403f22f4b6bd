//! A queue that records metrics and whether the service answers.

use chancery_proto::worker::v1::{
    AcquireLeasesRequest, AcquiredLease, ArtifactHeader, FailRenderRequest, Lease,
};
use prost::bytes::Bytes;

use crate::health::HealthState;
use crate::printing::printer::Progress;
use crate::queue::print_input::PrintInput;
use crate::queue::{Queue, QueueError, Renewal};

/// Forwards calls to a queue and records their outcomes.
#[derive(Debug, Clone)]
pub(crate) struct MeteredQueue<Q> {
    queue: Q,
    health: HealthState,
}

impl<Q> MeteredQueue<Q> {
    pub(crate) const fn new(queue: Q, health: HealthState) -> Self {
        Self { queue, health }
    }

    /// Counts a rejection as an answer.
    fn record<T>(&self, result: Result<T, QueueError>) -> Result<T, QueueError> {
        match &result {
            Err(QueueError::Unavailable(cause)) => self.health.service_unavailable(cause),
            _ => self.health.service_answered(),
        }
        result
    }
}

impl<Q: Queue> Queue for MeteredQueue<Q> {
    async fn acquire(&self, request: AcquireLeasesRequest) -> Result<Vec<AcquiredLease>, QueueError> {
        let leases = self.record(self.queue.acquire(request).await)?;
        self.health.metrics.leases_acquired.inc_by(leases.len() as u64);
        Ok(leases)
    }

    async fn input(&self, lease: &Lease) -> Result<PrintInput, QueueError> {
        self.record(self.queue.input(lease).await)
    }

    async fn renew(&self, leases: Vec<Lease>) -> Result<Renewal, QueueError> {
        let renewal = self.record(self.queue.renew(leases).await)?;
        self.health.metrics.leases_lost_at_renewal.inc_by(renewal.lost.len() as u64);
        Ok(renewal)
    }

    async fn report(&self, lease: &Lease, progress: Progress) -> Result<(), QueueError> {
        self.record(self.queue.report(lease, progress).await)
    }

    async fn upload(&self, header: ArtifactHeader, bytes: Bytes) -> Result<(), QueueError> {
        let (pages, size) = (header.pages, header.size_bytes);
        self.record(self.queue.upload(header, bytes).await)?;
        self.health.metrics.pages.inc_by(pages.into());
        self.health.metrics.uploaded_bytes.inc_by(size);
        Ok(())
    }

    async fn fail(&self, request: FailRenderRequest) -> Result<(), QueueError> {
        self.record(self.queue.fail(request).await)
    }

    async fn release(&self, leases: Vec<Lease>) -> Result<(), QueueError> {
        self.record(self.queue.release(leases).await)
    }
}
