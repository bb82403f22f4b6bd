//! `RenderService`: renders as their callers see them.

use std::pin::Pin;
use std::time::Duration;

use chancery_proto::names::RenderName;
use chancery_proto::render::v1::render_brief_response::Event;
use chancery_proto::render::v1::render_service_server::RenderService;
use chancery_proto::render::v1::{
    CreateRenderRequest, DownloadRenderRequest, DownloadRenderResponse, GetRenderRequest, Render,
    RenderBriefRequest, RenderBriefResponse, WaitRenderRequest, WatchRenderRequest,
};
use chancery_store::{self as store, CHUNK, Download, Principal, Store};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use crate::errors::{invalid_field, status, unavailable};
use crate::identity::principal;
use crate::render_messages::{RenderRequest, artifact_message, render_message, render_name, wait_time};
use crate::shutdown::Shutdown;
use crate::wakeups::{TaskWatch, Wakeups};

/// How long `WaitRender` waits unless told, and at most.
const WAIT: (Duration, Duration) = (Duration::from_secs(30), Duration::from_mins(1));

/// Answers of a stream that wait for the network: a slow reader holds no more memory than this many chunks.
const AHEAD: usize = 2;

type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// The service. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Renders {
    store: Store,
    wakeups: Wakeups,
    shutdown: Shutdown,
}

impl Renders {
    /// Over a store, with the queue's wake-ups.
    pub const fn new(store: Store, wakeups: Wakeups, shutdown: Shutdown) -> Self {
        Self { store, wakeups, shutdown }
    }

    async fn create(&self, principal: &Principal, request: RenderRequest) -> Result<store::Render, Status> {
        let requested = self.store.create_render(principal, &request.source, &request.options);
        let requested = requested.await.map_err(status)?;
        if requested.is_new_task {
            self.wakeups.task_queued(&requested.render.task);
        }
        Ok(requested.render)
    }

    async fn follow(&self, principal: Principal, name: RenderName) -> Result<Followed, Status> {
        let render = self.store.render(&principal, &name).await.map_err(status)?;
        Ok(self.follow_from(principal, render))
    }

    fn follow_from(&self, principal: Principal, render: store::Render) -> Followed {
        let watch = self.wakeups.watch_task(&render.task);
        Followed { store: self.store.clone(), principal, render, watch }
    }
}

/// A render whose changes are followed.
struct Followed {
    store: Store,
    principal: Principal,
    render: store::Render,
    watch: TaskWatch,
}

impl Followed {
    /// Returns when the render is not any more what it was. What the principal may see is asked anew each time.
    async fn next(&mut self) -> Result<(), Status> {
        loop {
            let now = self.store.render(&self.principal, &self.render.name).await.map_err(status)?;
            if now != self.render {
                self.render = now;
                return Ok(());
            }
            self.watch.changed().await;
        }
    }

    async fn until_ended(&mut self) -> Result<(), Status> {
        while !self.render.has_ended() {
            self.next().await?;
        }
        Ok(())
    }
}

#[tonic::async_trait]
impl RenderService for Renders {
    async fn create_render(&self, request: Request<CreateRenderRequest>) -> Result<Response<Render>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let decoded = RenderRequest::decode(&request.parent, &request.source, request.options)?;
        Ok(Response::new(render_message(&self.create(&principal, decoded).await?)))
    }

    async fn get_render(&self, request: Request<GetRenderRequest>) -> Result<Response<Render>, Status> {
        let principal = principal(&request)?;
        let name = render_name(&request.into_inner().name)?;
        let render = self.store.render(&principal, &name).await.map_err(status)?;
        Ok(Response::new(render_message(&render)))
    }

    async fn wait_render(&self, request: Request<WaitRenderRequest>) -> Result<Response<Render>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let wait = wait_time("timeout", request.timeout, WAIT.0, WAIT.1)?;
        let deadline = Instant::now() + wait;
        let mut followed = self.follow(principal, render_name(&request.name)?).await?;
        tokio::select! {
            // With the time over or the server stopping, the answer is the state of that moment.
            ended = timeout_at(deadline, followed.until_ended()) => ended.unwrap_or(Ok(()))?,
            () = self.shutdown.begun() => {}
        }
        Ok(Response::new(render_message(&followed.render)))
    }

    type WatchRenderStream = Answers<Render>;

    async fn watch_render(
        &self,
        request: Request<WatchRenderRequest>,
    ) -> Result<Response<Self::WatchRenderStream>, Status> {
        let principal = principal(&request)?;
        let name = render_name(&request.into_inner().name)?;
        let followed = self.follow(principal, name).await?;
        Ok(stream(|answers| watch(followed, answers, render_message), &self.shutdown))
    }

    type DownloadRenderStream = Answers<DownloadRenderResponse>;

    async fn download_render(
        &self,
        request: Request<DownloadRenderRequest>,
    ) -> Result<Response<Self::DownloadRenderStream>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let name = render_name(&request.name)?;
        let offset = u64::try_from(request.read_offset)
            .map_err(|_| invalid_field("read_offset", "an offset is not negative"))?;
        let download = self.store.open_download(&principal, &name, offset).await.map_err(status)?;
        let store = self.store.clone();
        let answers =
            |answers| async move { send(&store, &principal, &download, &answers, |chunk| chunk).await };
        Ok(stream(answers, &self.shutdown))
    }

    type RenderBriefStream = Answers<RenderBriefResponse>;

    async fn render_brief(
        &self,
        request: Request<RenderBriefRequest>,
    ) -> Result<Response<Self::RenderBriefStream>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let decoded = RenderRequest::decode(&request.parent, &request.source, request.options)?;
        let render = self.create(&principal, decoded).await?;
        let followed = self.follow_from(principal.clone(), render);
        let store = self.store.clone();
        Ok(stream(|answers| print(store, principal, followed, answers), &self.shutdown))
    }
}

/// The answers that a task gives into a channel. It ends when the caller goes away; when the server stops, the
/// caller is told to come again.
fn stream<T, F>(
    answer: impl FnOnce(mpsc::Sender<Result<T, Status>>) -> F,
    shutdown: &Shutdown,
) -> Response<Answers<T>>
where
    T: Send + 'static,
    F: Future<Output = Result<(), Status>> + Send + 'static,
{
    let (answers, stream) = mpsc::channel(AHEAD);
    let (answering, shutdown) = (answer(answers.clone()), shutdown.clone());
    tokio::spawn(async move {
        let done = tokio::select! {
            () = answers.closed() => return,
            () = shutdown.begun() => Err(unavailable("the server is stopping")),
            done = answering => done,
        };
        if let Err(status) = done {
            // Nobody is told when nobody listens any more.
            let _ = answers.send(Err(status)).await;
        }
    });
    Response::new(Box::pin(ReceiverStream::new(stream)))
}

/// Every state of a render until it has ended.
async fn watch<T>(
    mut followed: Followed,
    answers: mpsc::Sender<Result<T, Status>>,
    encode: impl Fn(&store::Render) -> T,
) -> Result<(), Status> {
    loop {
        if answers.send(Ok(encode(&followed.render))).await.is_err() || followed.render.has_ended() {
            return Ok(());
        }
        followed.next().await?;
    }
}

/// Every state of a render, then its PDF.
async fn print(
    store: Store,
    principal: Principal,
    followed: Followed,
    answers: mpsc::Sender<Result<RenderBriefResponse, Status>>,
) -> Result<(), Status> {
    let name = followed.render.name.clone();
    let event = |event| RenderBriefResponse { event: Some(event) };
    watch(followed, answers.clone(), |render| event(Event::Render(render_message(render)))).await?;
    let download = store.open_download(&principal, &name, 0).await.map_err(status)?;
    send(&store, &principal, &download, &answers, |chunk| event(Event::Chunk(chunk))).await
}

/// A PDF's bytes, a chunk at a time, each read from the database when there is room for it.
async fn send<T>(
    store: &Store,
    principal: &Principal,
    download: &Download,
    answers: &mpsc::Sender<Result<T, Status>>,
    encode: impl Fn(DownloadRenderResponse) -> T,
) -> Result<(), Status> {
    let (mut offset, end) = (download.offset, download.artifact.size_bytes);
    let mut artifact = Some(artifact_message(&download.artifact));
    while offset < end {
        let Ok(place) = answers.reserve().await else { return Ok(()) };
        let data = store.artifact_bytes(&download.artifact, offset).await.map_err(status)?;
        let next = offset + data.len() as u64;
        place.send(Ok(encode(DownloadRenderResponse { offset, data, artifact: artifact.take() })));
        offset = next;
    }
    store.complete_download(principal, download).await.map_err(status)
}

const _: () = assert!(CHUNK <= 256 * 1024, "render_service.proto promises pieces of at most 256 KiB");
