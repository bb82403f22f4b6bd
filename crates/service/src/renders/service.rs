//! `RenderService`: renders as their callers see them.

use std::mem;
use std::time::Duration;

use chancery_proto::names::RenderName;
use chancery_proto::render::v1::render_brief_response::Event;
use chancery_proto::render::v1::render_service_server::RenderService;
use chancery_proto::render::v1::{
    CancelRenderRequest, CreateRenderRequest, DeleteRenderRequest, DownloadRenderRequest,
    DownloadRenderResponse, GetRenderRequest, ListRendersRequest, ListRendersResponse, Render,
    RenderBriefRequest, RenderBriefResponse, WaitRenderRequest, WatchRenderRequest,
};
use chancery_store::{self as store, CHUNK, Download, Principal, RenderPageKey, RenderRequest, Store};
use prost::bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};
use tonic::{Request, Response, Status};

use crate::auth::identity::principal;
use crate::background::wakeups::{TaskWatch, Wakeups};
use crate::renders::lists::{ListedRenders, place_key};
use crate::renders::messages::{
    artifact_message, create_request, new_render, render_message, render_name, wait_time,
};
use crate::rpc::errors::{invalid_field, status};
use crate::rpc::idempotency::write_id;
use crate::rpc::response_streams::{Answers, stream};
use crate::shutdown::Shutdown;

/// How long `WaitRender` waits unless told, and at most.
const WAIT: (Duration, Duration) = (Duration::from_secs(30), Duration::from_mins(1));

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

    async fn create(&self, principal: &Principal, request: &RenderRequest) -> Result<store::Render, Status> {
        let requested = self.store.renders().request(principal, request).await.map_err(status)?;
        if requested.is_new_task {
            self.wakeups.task_queued(&requested.render.task);
        }
        Ok(requested.render)
    }

    async fn follow(&self, principal: Principal, name: RenderName) -> Result<Followed, Status> {
        let render = self.store.renders().get(&principal, &name).await.map_err(status)?;
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
            let now = self.store.renders().get(&self.principal, &self.render.name).await.map_err(status)?;
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
        let render = self.create(&principal, &new_render("CreateRender", request.into_inner())?).await?;
        Ok(Response::new(render_message(&render)))
    }

    async fn get_render(&self, request: Request<GetRenderRequest>) -> Result<Response<Render>, Status> {
        let principal = principal(&request)?;
        let name = render_name(&request.into_inner().name)?;
        let render = self.store.renders().get(&principal, &name).await.map_err(status)?;
        Ok(Response::new(render_message(&render)))
    }

    async fn list_renders(
        &self,
        request: Request<ListRendersRequest>,
    ) -> Result<Response<ListRendersResponse>, Status> {
        let principal = principal(&request)?;
        let ListedRenders { workspace, filter, page, after } = ListedRenders::decode(&request.into_inner())?;
        let listed = self.store.renders().list(&principal, &workspace, &filter, after, page.limit()).await;
        let mut listed = listed.map_err(status)?;
        let key = |render: &store::Render| place_key(&RenderPageKey::of(render));
        let mut next_page_token = page.cut(&mut listed.renders, key);
        if let (true, Some(place)) = (next_page_token.is_empty(), &listed.scanned_to) {
            next_page_token = page.token(&place_key(place));
        }
        let renders = listed.renders.iter().map(render_message).collect();
        Ok(Response::new(ListRendersResponse { renders, next_page_token }))
    }

    async fn cancel_render(&self, request: Request<CancelRenderRequest>) -> Result<Response<Render>, Status> {
        let principal = principal(&request)?;
        let mut request = request.into_inner();
        let write = write_id("CancelRender", mem::take(&mut request.request_id), &request)?;
        let name = render_name(&request.name)?;
        let render = self.store.renders().cancel(&principal, &name, write.as_ref()).await.map_err(status)?;
        self.wakeups.task_changed(&render.task);
        Ok(Response::new(render_message(&render)))
    }

    async fn delete_render(&self, request: Request<DeleteRenderRequest>) -> Result<Response<()>, Status> {
        let principal = principal(&request)?;
        let mut request = request.into_inner();
        let write = write_id("DeleteRender", mem::take(&mut request.request_id), &request)?;
        let name = render_name(&request.name)?;
        self.store.renders().delete(&principal, &name, write.as_ref()).await.map_err(status)?;
        Ok(Response::new(()))
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
        let mut followed = self.follow(principal, name).await?;
        Ok(stream(
            |answers| async move { watch(&mut followed, &answers, render_message).await },
            &self.shutdown,
        ))
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
        let download = self.store.renders().open_download(&principal, &name, offset).await.map_err(status)?;
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
        let request = new_render("RenderBrief", create_request(request.into_inner()))?;
        let render = self.create(&principal, &request).await?;
        let followed = self.follow_from(principal.clone(), render);
        let store = self.store.clone();
        Ok(stream(|answers| print(store, principal, followed, answers), &self.shutdown))
    }
}

/// Every state of a render until it has ended.
async fn watch<T>(
    followed: &mut Followed,
    answers: &mpsc::Sender<Result<T, Status>>,
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
    mut followed: Followed,
    answers: mpsc::Sender<Result<RenderBriefResponse, Status>>,
) -> Result<(), Status> {
    let event = |event| RenderBriefResponse { event: Some(event) };
    watch(&mut followed, &answers, |render| event(Event::Render(render_message(render)))).await?;
    let download = store.renders().begin_download(&principal, followed.render, 0).await.map_err(status)?;
    send(&store, &principal, &download, &answers, |chunk| event(Event::Chunk(chunk))).await
}

/// A PDF's bytes, a chunk at a time, read when there is room for them.
async fn send<T>(
    store: &Store,
    principal: &Principal,
    download: &Download,
    answers: &mpsc::Sender<Result<T, Status>>,
    encode: impl Fn(DownloadRenderResponse) -> T,
) -> Result<(), Status> {
    let (mut offset, end) = (download.offset, download.artifact.size_bytes);
    let mut artifact = Some(artifact_message(&download.artifact));
    let failed = async |error| status(store.renders().download_failed(principal, download, error).await);
    let (reading, mut read) = match store.artifacts().open(&download.artifact).await {
        Ok(reading) => (reading, Bytes::new()),
        Err(error) => return Err(failed(error).await),
    };
    while offset < end {
        let Ok(place) = answers.reserve().await else { return Ok(()) };
        if read.is_empty() {
            read = match reading.read(offset).await {
                Ok(read) => read,
                Err(error) => return Err(failed(error).await),
            };
        }
        let data = read.split_to(read.len().min(CHUNK));
        let next = offset + data.len() as u64;
        place.send(Ok(encode(DownloadRenderResponse { offset, data, artifact: artifact.take() })));
        offset = next;
    }
    store.renders().complete_download(principal, download).await.map_err(status)
}

const _: () = assert!(CHUNK <= 256 * 1024, "render_service.proto promises pieces of at most 256 KiB");
