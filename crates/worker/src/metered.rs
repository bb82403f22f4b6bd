//! A queue whose calls are counted.

use chancery_proto::worker::v1::{
    AcquireLeasesRequest, AcquiredLease, ArtifactHeader, FailRenderRequest, Lease,
};
use prost::bytes::Bytes;

use crate::printer::Progress;
use crate::queue::{PrintInput, Queue, QueueError, Renewal};
use crate::vitals::Vitals;

/// Passes every call on, and notes whether the service answers and what it was for.
#[derive(Debug, Clone)]
pub(crate) struct Metered<Q> {
    queue: Q,
    vitals: Vitals,
}

impl<Q> Metered<Q> {
    pub(crate) const fn new(queue: Q, vitals: Vitals) -> Self {
        Self { queue, vitals }
    }

    /// A refusal is an answer too.
    fn noted<T>(&self, answer: Result<T, QueueError>) -> Result<T, QueueError> {
        match &answer {
            Err(QueueError::Unavailable(_)) => self.vitals.is_away(),
            _ => self.vitals.answered(),
        }
        answer
    }
}

impl<Q: Queue> Queue for Metered<Q> {
    async fn acquire(&self, request: AcquireLeasesRequest) -> Result<Vec<AcquiredLease>, QueueError> {
        let leases = self.noted(self.queue.acquire(request).await)?;
        self.vitals.metrics.leases_acquired.inc_by(leases.len() as u64);
        Ok(leases)
    }

    async fn input(&self, lease: &Lease) -> Result<PrintInput, QueueError> {
        self.noted(self.queue.input(lease).await)
    }

    async fn renew(&self, leases: Vec<Lease>) -> Result<Renewal, QueueError> {
        let renewal = self.noted(self.queue.renew(leases).await)?;
        self.vitals.metrics.leases_lost_at_renewal.inc_by(renewal.lost.len() as u64);
        Ok(renewal)
    }

    async fn report(&self, lease: &Lease, progress: Progress) -> Result<(), QueueError> {
        self.noted(self.queue.report(lease, progress).await)
    }

    async fn upload(&self, header: ArtifactHeader, bytes: Bytes) -> Result<(), QueueError> {
        let (pages, size) = (header.pages, header.size_bytes);
        self.noted(self.queue.upload(header, bytes).await)?;
        self.vitals.metrics.pages.inc_by(pages.into());
        self.vitals.metrics.uploaded_bytes.inc_by(size);
        Ok(())
    }

    async fn fail(&self, request: FailRenderRequest) -> Result<(), QueueError> {
        self.noted(self.queue.fail(request).await)
    }

    async fn release(&self, leases: Vec<Lease>) -> Result<(), QueueError> {
        self.noted(self.queue.release(leases).await)
    }
}
