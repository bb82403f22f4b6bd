//! Handlers of `chancery.worker.v1.RenderWorkerService`.

use std::time::Duration;

use chancery_proto::render::v1::RenderPhase;
use chancery_proto::worker::v1 as wire;
use chancery_proto::worker::v1::render_worker_service_server::RenderWorkerService;
use chancery_store::{AttemptFailure, Finished, Lease, LeaseHolder, PrintEnvironment, Store};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until};
use tonic::{Request, Response, Status, Streaming};

use crate::auth::identity::principal;
use crate::background::wakeups::Wakeups;
use crate::listener::Peer;
use crate::rpc::errors::{internal, invalid_field, status, unknown_value};
use crate::rpc::fields::wait_time;
use crate::rpc::response_streams::{ResponseStream, stream};
use crate::shutdown::Shutdown;
use crate::workers::artifact_upload::ArtifactUploads;
use crate::workers::heartbeats::WorkerHeartbeats;
use crate::workers::messages::{
    MAX_LEASES, MAX_PAGES, acquired_message, duration_message, environment, is_upper_snake_case, lease,
    leases, token,
};
use crate::workers::proofs::Proofs;
use crate::workers::render_input;
use crate::workers::untrusted_text::{is_unprintable, printable};

/// Default and maximum time that `AcquireLeases` waits.
const DEFAULT_WAIT: Duration = Duration::from_secs(20);
const MAX_WAIT: Duration = Duration::from_mins(1);

/// Maximum length of a worker's name, in characters.
const MAX_NAME: usize = 200;

/// Maximum length of a failure's message, in characters.
const MAX_FAILURE_MESSAGE: usize = 2_000;

/// Reasons that the service itself gives: a worker must not claim that it did.
const RESERVED_REASONS: [&str; 6] = [
    "REVISION_PURGED",
    "EDITION_REWRITTEN",
    "WORKER_CRASHED",
    "RENDER_QUARANTINED",
    "NO_SECOND_WORKER",
    "PRINTS_DIFFER",
];

/// Implements `RenderWorkerService` over the store. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct RenderWorkers {
    store: Store,
    wakeups: Wakeups,
    heartbeats: WorkerHeartbeats,
    uploads: ArtifactUploads,
    shutdown: Shutdown,
}

impl RenderWorkers {
    pub(crate) fn new(store: Store, wakeups: Wakeups, proofs: Proofs, shutdown: Shutdown) -> Self {
        let heartbeats = WorkerHeartbeats::new(store.clone());
        let uploads = ArtifactUploads { store: store.clone(), proofs, wakeups: wakeups.clone() };
        Self { store, wakeups, heartbeats, uploads, shutdown }
    }

    /// Leases tasks. If the caller disconnects before it has them, they are released, and count as no attempt.
    async fn acquire(
        &self,
        environment: PrintEnvironment,
        holder: &LeaseHolder,
        limit: u32,
    ) -> Result<Vec<wire::AcquiredLease>, Status> {
        let (sender, receiver) = oneshot::channel();
        let (this, holder) = (self.clone(), holder.clone());
        // Spawned, because a statement that is dropped half way may or may not have leased tasks.
        tokio::spawn(async move {
            let acquired = this.store.queue().acquire_leases(environment, &holder, limit).await;
            if let Err(Ok(undelivered)) = sender.send(acquired) {
                let leases: Vec<Lease> =
                    undelivered.leases.into_iter().map(|acquired| acquired.lease).collect();
                this.release(&leases).await.ok();
            }
        });
        let acquired = receiver.await.map_err(|error| internal(&error))?.map_err(status)?;
        let leased = acquired.leases.iter().map(|acquired| &acquired.lease.task);
        leased.chain(&acquired.quarantined).for_each(|task| self.wakeups.task_changed(task));
        if acquired.leases.len() + acquired.quarantined.len() == limit as usize {
            // The limit was reached, so that more tasks may be queued.
            self.wakeups.wake_next_worker();
        }
        let times = self.store.lease_times();
        Ok(acquired.leases.iter().map(|acquired| acquired_message(acquired, times)).collect())
    }

    async fn release(&self, leases: &[Lease]) -> Result<(), Status> {
        if leases.is_empty() {
            return Ok(());
        }
        for task in self.store.queue().release_leases(leases).await.map_err(status)? {
            self.wakeups.task_requeued(&task);
        }
        Ok(())
    }
}

fn check_worker_name(name: &str) -> Result<(), Status> {
    if !(1..=MAX_NAME).contains(&name.chars().count()) || name.trim() != name || name.contains(is_unprintable)
    {
        let description =
            "must have 1 to 200 characters, without control or format characters and outer spaces";
        return Err(invalid_field("worker", description));
    }
    Ok(())
}

#[tonic::async_trait]
impl RenderWorkerService for RenderWorkers {
    async fn enroll_worker(
        &self,
        request: Request<wire::EnrollWorkerRequest>,
    ) -> Result<Response<wire::EnrollWorkerResponse>, Status> {
        let principal = principal(&request)?;
        let key = request.extensions().get::<Peer>().and_then(|peer| peer.certificate_key);
        let worker = request.into_inner().worker;
        check_worker_name(&worker)?;
        let enrolled = self.store.access().enroll_worker(&principal, &worker, key).await.map_err(status)?;
        Ok(Response::new(wire::EnrollWorkerResponse {
            api_token: enrolled.name.to_string(),
            secret: enrolled.secret.reveal().to_owned(),
            time_to_live: Some(duration_message(enrolled.time_to_live)),
        }))
    }

    async fn acquire_leases(
        &self,
        request: Request<wire::AcquireLeasesRequest>,
    ) -> Result<Response<wire::AcquireLeasesResponse>, Status> {
        let token = token(&request)?;
        let request = request.into_inner();
        if !(1..=MAX_LEASES).contains(&(request.max_leases as usize)) {
            return Err(invalid_field("max_leases", format!("must be from 1 to {MAX_LEASES}")));
        }
        check_worker_name(&request.worker)?;
        let environment = environment("environment", request.environment)?;
        let deadline = Instant::now() + wait_time("wait", request.wait, DEFAULT_WAIT, MAX_WAIT)?;
        let holder = LeaseHolder { token, worker: request.worker };
        loop {
            let is_drained = self.heartbeats.record(environment, &holder, request.max_leases).await;
            let mut next_task = std::pin::pin!(self.wakeups.next_task());
            // Enabled before the lease statement, so that a task queued between it and the wait wakes this call. A drained
            // worker must not consume the wake-up of one that may lease the task.
            if !is_drained {
                next_task.as_mut().enable();
            }
            let leases = self.acquire(environment, &holder, request.max_leases).await?;
            if !leases.is_empty() || Instant::now() >= deadline || self.shutdown.is_begun() {
                return Ok(Response::new(wire::AcquireLeasesResponse { leases }));
            }
            tokio::select! {
                () = next_task, if !is_drained => {}
                () = tokio::time::sleep(Wakeups::task_poll()) => {}
                () = sleep_until(deadline) => {}
                () = self.shutdown.begun() => {}
            }
        }
    }

    type GetRenderInputStream = ResponseStream<wire::GetRenderInputResponse>;

    async fn get_render_input(
        &self,
        request: Request<wire::GetRenderInputRequest>,
    ) -> Result<Response<Self::GetRenderInputStream>, Status> {
        let token = token(&request)?;
        let lease = lease("lease", request.into_inner().lease, &token)?;
        let input = self.store.queue().render_input(&lease).await.map_err(status)?;
        let store = self.store.clone();
        Ok(stream(|messages| render_input::send(store, input, messages), &self.shutdown))
    }

    async fn renew_leases(
        &self,
        request: Request<wire::RenewLeasesRequest>,
    ) -> Result<Response<wire::RenewLeasesResponse>, Status> {
        let token = token(&request)?;
        let requested = leases(request.into_inner().leases, &token)?;
        let current = self.store.queue().renew_leases(&requested).await.map_err(status)?;
        self.heartbeats.record_renewals(&current).await;
        let (renewed, lost): (Vec<&Lease>, Vec<&Lease>) =
            requested.iter().partition(|lease| current.contains(lease));
        Ok(Response::new(wire::RenewLeasesResponse {
            renewed: renewed.into_iter().map(Lease::to_message).collect(),
            lost: lost.into_iter().map(Lease::to_message).collect(),
            time_to_live: Some(duration_message(self.store.lease_times().lease)),
        }))
    }

    async fn report_progress(
        &self,
        request: Request<wire::ReportProgressRequest>,
    ) -> Result<Response<wire::ReportProgressResponse>, Status> {
        let token = token(&request)?;
        let request = request.into_inner();
        let lease = lease("lease", request.lease, &token)?;
        let phase =
            RenderPhase::try_from(request.phase).map_err(|_| unknown_value("phase", "RenderPhase"))?;
        if request.pages > MAX_PAGES {
            return Err(invalid_field("pages", "must be at most 100,000"));
        }
        self.store.queue().report_progress(&lease, phase, request.pages).await.map_err(status)?;
        self.wakeups.task_changed(&lease.task);
        Ok(Response::new(wire::ReportProgressResponse {}))
    }

    async fn upload_artifact(
        &self,
        request: Request<Streaming<wire::UploadArtifactRequest>>,
    ) -> Result<Response<wire::UploadArtifactResponse>, Status> {
        let token = token(&request)?;
        let received = self.uploads.receive(token, request.into_inner()).await?;
        let awaits_agreement = matches!(received.finished, Finished::AwaitsAgreement { .. });
        if awaits_agreement {
            self.wakeups.task_left_to_others(&received.task);
        } else {
            self.wakeups.task_changed(&received.task);
        }
        let already_finished = received.finished == Finished::Before;
        Ok(Response::new(wire::UploadArtifactResponse { already_finished, awaits_agreement }))
    }

    async fn fail_render(
        &self,
        request: Request<wire::FailRenderRequest>,
    ) -> Result<Response<wire::FailRenderResponse>, Status> {
        let token = token(&request)?;
        let request = request.into_inner();
        let lease = lease("lease", request.lease, &token)?;
        if !is_upper_snake_case(&request.reason) {
            return Err(invalid_field("reason", "must be upper snake case of 1 to 63 characters"));
        }
        if RESERVED_REASONS.contains(&request.reason.as_str()) {
            return Err(invalid_field("reason", "is a reason of the service itself: use one of your own"));
        }
        let failure = AttemptFailure {
            reason: request.reason,
            // Truncated rather than rejected: a task whose failure cannot be reported would be retried forever.
            message: printable(&request.message, MAX_FAILURE_MESSAGE),
            retryable: request.retryable,
        };
        self.store.queue().fail_attempt(&lease, &failure).await.map_err(status)?;
        self.wakeups.task_changed(&lease.task);
        Ok(Response::new(wire::FailRenderResponse {}))
    }

    async fn release_leases(
        &self,
        request: Request<wire::ReleaseLeasesRequest>,
    ) -> Result<Response<wire::ReleaseLeasesResponse>, Status> {
        let token = token(&request)?;
        let leases = leases(request.into_inner().leases, &token)?;
        self.release(&leases).await?;
        Ok(Response::new(wire::ReleaseLeasesResponse {}))
    }
}
