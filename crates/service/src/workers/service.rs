//! `RenderWorkerService`: what workers do with tasks.

use std::time::Duration;

use chancery_brief::digest::Digest;
use chancery_proto::render::v1::RenderPhase;
use chancery_proto::worker::v1 as wire;
use chancery_proto::worker::v1::get_render_input_response::Part;
use chancery_proto::worker::v1::render_worker_service_server::RenderWorkerService;
use chancery_store::{AttemptFailure, CHUNK, Lease, LeaseTimes, PrintEnvironment, RenderInput, Store};
use prost::bytes::Bytes;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};
use tonic::{Request, Response, Status, Streaming};

use crate::background::wakeups::Wakeups;
use crate::renders::messages::wait_time;
use crate::rpc::errors::{internal, invalid_field, status};
use crate::rpc::response_streams::{Answers, send_attachment, stream};
use crate::shutdown::Shutdown;
use crate::workers::artifact_upload::{PAGES_LIMIT, receive};
use crate::workers::heartbeats::WorkerNotes;

/// How long `AcquireLeases` waits unless told, and at most.
const WAIT: (Duration, Duration) = (Duration::from_secs(20), Duration::from_mins(1));

/// The most leases that one call may name.
const LEASES: usize = 64;

/// The longest name of a worker, and the longest message of a failure, in characters.
const NAME_LIMIT: usize = 200;
const MESSAGE_LIMIT: usize = 2_000;

/// The service. Cheap to clone.
#[derive(Debug, Clone)]
pub struct RenderWorkers {
    store: Store,
    wakeups: Wakeups,
    notes: WorkerNotes,
    shutdown: Shutdown,
}

impl RenderWorkers {
    /// Over a store, with the queue's wake-ups.
    pub fn new(store: Store, wakeups: Wakeups, shutdown: Shutdown) -> Self {
        let notes = WorkerNotes::new(store.clone());
        Self { store, wakeups, notes, shutdown }
    }

    /// Leases tasks for a caller who may go away meanwhile: then they are given back, uncharged.
    async fn lease(
        &self,
        environment: PrintEnvironment,
        worker: &str,
        limit: u32,
    ) -> Result<Vec<wire::AcquiredLease>, Status> {
        let (answer, answered) = oneshot::channel();
        let (this, worker) = (self.clone(), worker.to_owned());
        // A task of its own: were the claim dropped half way, nobody would know whether it was made.
        tokio::spawn(async move {
            let acquired = this.store.queue().acquire_leases(environment, &worker, limit).await;
            if let Err(Ok(unheard)) = answer.send(acquired) {
                let leases: Vec<Lease> = unheard.leases.into_iter().map(|acquired| acquired.lease).collect();
                this.give_back(&leases).await.ok();
            }
        });
        let acquired = answered.await.map_err(|error| internal(&error))?.map_err(status)?;
        let leased = acquired.leases.iter().map(|acquired| &acquired.lease.task);
        leased.chain(&acquired.quarantined).for_each(|task| self.wakeups.task_changed(task));
        if acquired.leases.len() + acquired.quarantined.len() == limit as usize {
            // As many as were asked for: there may be more.
            self.wakeups.pass_on();
        }
        let times = self.store.lease_times();
        Ok(acquired.leases.iter().map(|acquired| acquired_message(acquired, times)).collect())
    }

    async fn give_back(&self, leases: &[Lease]) -> Result<(), Status> {
        if leases.is_empty() {
            return Ok(());
        }
        for task in self.store.queue().release_leases(leases).await.map_err(status)? {
            self.wakeups.task_changed(&task);
            self.wakeups.task_queued(&task);
        }
        Ok(())
    }
}

#[tonic::async_trait]
impl RenderWorkerService for RenderWorkers {
    async fn acquire_leases(
        &self,
        request: Request<wire::AcquireLeasesRequest>,
    ) -> Result<Response<wire::AcquireLeasesResponse>, Status> {
        let request = request.into_inner();
        if !(1..=64).contains(&request.max_leases) {
            return Err(invalid_field("max_leases", "from 1 to 64"));
        }
        let is_control = |letter: char| letter.is_control();
        if !(1..=NAME_LIMIT).contains(&request.worker.chars().count()) || request.worker.contains(is_control)
        {
            return Err(invalid_field("worker", "1 to 200 characters, none of them a control character"));
        }
        let environment = environment("environment", request.environment)?;
        let deadline = Instant::now() + wait_time("wait", request.wait, WAIT.0, WAIT.1)?;
        loop {
            let is_drained = self.notes.asks(environment, &request.worker, request.max_leases).await;
            let mut next_task = std::pin::pin!(self.wakeups.next_task());
            // Before looking: a task that is queued after the look and before the wait must wake.
            // A hint is for one who may take the task.
            if !is_drained {
                next_task.as_mut().enable();
            }
            let leases = self.lease(environment, &request.worker, request.max_leases).await?;
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

    type GetRenderInputStream = Answers<wire::GetRenderInputResponse>;

    async fn get_render_input(
        &self,
        request: Request<wire::GetRenderInputRequest>,
    ) -> Result<Response<Self::GetRenderInputStream>, Status> {
        let lease = lease("lease", request.into_inner().lease)?;
        let input = self.store.queue().render_input(&lease).await.map_err(status)?;
        let store = self.store.clone();
        Ok(stream(|answers| send_input(store, input, answers), &self.shutdown))
    }

    async fn renew_leases(
        &self,
        request: Request<wire::RenewLeasesRequest>,
    ) -> Result<Response<wire::RenewLeasesResponse>, Status> {
        let asked = leases(request.into_inner().leases)?;
        let held = self.store.queue().renew_leases(&asked).await.map_err(status)?;
        self.notes.renew(&held).await;
        let (renewed, lost): (Vec<&Lease>, Vec<&Lease>) =
            asked.iter().partition(|lease| held.contains(lease));
        Ok(Response::new(wire::RenewLeasesResponse {
            renewed: renewed.into_iter().map(Lease::to_message).collect(),
            lost: lost.into_iter().map(Lease::to_message).collect(),
            time_to_live: Some(duration(self.store.lease_times().lease)),
        }))
    }

    async fn report_progress(
        &self,
        request: Request<wire::ReportProgressRequest>,
    ) -> Result<Response<wire::ReportProgressResponse>, Status> {
        let request = request.into_inner();
        let lease = lease("lease", request.lease)?;
        let phase = RenderPhase::try_from(request.phase)
            .map_err(|_| invalid_field("phase", "this server does not know the phase"))?;
        if request.pages > PAGES_LIMIT {
            return Err(invalid_field("pages", "at most 100,000"));
        }
        self.store.queue().report_progress(&lease, phase, request.pages).await.map_err(status)?;
        self.wakeups.task_changed(&lease.task);
        Ok(Response::new(wire::ReportProgressResponse {}))
    }

    async fn upload_artifact(
        &self,
        request: Request<Streaming<wire::UploadArtifactRequest>>,
    ) -> Result<Response<wire::UploadArtifactResponse>, Status> {
        let received = receive(&self.store, request.into_inner()).await?;
        self.wakeups.task_changed(&received.task);
        let already_finished = received.finished == chancery_store::Finished::Before;
        Ok(Response::new(wire::UploadArtifactResponse { already_finished }))
    }

    async fn fail_render(
        &self,
        request: Request<wire::FailRenderRequest>,
    ) -> Result<Response<wire::FailRenderResponse>, Status> {
        let request = request.into_inner();
        let lease = lease("lease", request.lease)?;
        let upper_snake =
            |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
        if !(1..=63).contains(&request.reason.len()) || !request.reason.chars().all(upper_snake) {
            return Err(invalid_field("reason", "1 to 63 letters in upper snake case"));
        }
        let failure = AttemptFailure {
            reason: request.reason,
            // Cut, not refused: a failure that cannot be told would be tried for ever.
            message: request.message.chars().take(MESSAGE_LIMIT).collect(),
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
        let leases = leases(request.into_inner().leases)?;
        self.give_back(&leases).await?;
        Ok(Response::new(wire::ReleaseLeasesResponse {}))
    }
}

fn acquired_message(acquired: &chancery_store::AcquiredLease, times: LeaseTimes) -> wire::AcquiredLease {
    wire::AcquiredLease {
        lease: Some(acquired.lease.to_message()),
        time_to_live: Some(duration(times.lease)),
        deadline: Some(duration(times.deadline)),
        attempt: acquired.attempt,
    }
}

/// A task's input: manifest, editions, then the images, each piece read from the database when there is room for it.
async fn send_input(
    store: Store,
    input: RenderInput,
    answers: mpsc::Sender<Result<wire::GetRenderInputResponse, Status>>,
) -> Result<(), Status> {
    let editions = pieces(input.edition).map(Part::Edition);
    let comparison = pieces(input.comparison.unwrap_or_default()).map(Part::Comparison);
    for part in std::iter::once(Part::Manifest(input.manifest)).chain(editions).chain(comparison) {
        if answers.send(Ok(wire::GetRenderInputResponse { part: Some(part) })).await.is_err() {
            return Ok(());
        }
    }
    for image in input.images {
        let sha256 = image.digest.to_string();
        let blob = |data| {
            let part = Part::Blob(wire::InputBlob { sha256: sha256.clone(), data });
            wire::GetRenderInputResponse { part: Some(part) }
        };
        send_attachment(&store, &image, &answers, blob).await?;
    }
    Ok(())
}

/// Pieces of at most a chunk's size that share the bytes.
fn pieces(mut bytes: Bytes) -> impl Iterator<Item = Bytes> + Send {
    std::iter::from_fn(move || (!bytes.is_empty()).then(|| bytes.split_to(bytes.len().min(CHUNK))))
}

pub(crate) fn lease(field: &str, lease: Option<wire::Lease>) -> Result<Lease, Status> {
    lease.map(Lease::from_message).ok_or_else(|| invalid_field(field, "required"))
}

fn leases(leases: Vec<wire::Lease>) -> Result<Vec<Lease>, Status> {
    if leases.len() > LEASES {
        return Err(invalid_field("leases", "at most 64"));
    }
    Ok(leases.into_iter().map(Lease::from_message).collect())
}

pub(crate) fn environment(
    field: &str,
    environment: Option<wire::PrintEnvironment>,
) -> Result<PrintEnvironment, Status> {
    let environment = environment.ok_or_else(|| invalid_field(field, "required"))?;
    Ok(PrintEnvironment {
        printer_version: digest(&format!("{field}.printer_version"), &environment.printer_version)?,
        fonts_digest: digest(&format!("{field}.fonts_digest"), &environment.fonts_digest)?,
    })
}

pub(crate) fn digest(field: &str, text: &str) -> Result<Digest, Status> {
    text.parse().map_err(|_| invalid_field(field, "a SHA-256 in lower-case hexadecimal"))
}

fn duration(duration: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        // Below a thousand million.
        nanos: i32::try_from(duration.subsec_nanos()).unwrap_or_default(),
    }
}
