//! Handlers of `chancery.render.v1.RenderService`.

use std::mem;
use std::time::Duration;

use chancery_proto::render::v1::render_brief_response::Event;
use chancery_proto::render::v1::render_service_server::RenderService;
use chancery_proto::render::v1::{
    CancelRenderRequest, CreateRenderRequest, DeleteRenderRequest, DownloadRenderRequest,
    DownloadRenderResponse, GetRenderRequest, ListRendersRequest, ListRendersResponse, Render,
    RenderBriefRequest, RenderBriefResponse, WaitRenderRequest, WatchRenderRequest,
};
use chancery_store::{Principal, Render as StoredRender, RenderPageKey, RenderRequest, Store};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};
use tonic::{Request, Response, Status};

use crate::auth::identity::principal;
use crate::background::wakeups::Wakeups;
use crate::renders::downloads;
use crate::renders::list_renders::{RenderListQuery, position_key};
use crate::renders::messages::{create_request, new_render, render_message, render_name};
use crate::renders::render_watch::RenderWatch;
use crate::rpc::errors::{invalid_field, status};
use crate::rpc::fields::wait_time;
use crate::rpc::idempotency::write_id;
use crate::rpc::response_streams::{ResponseStream, stream};
use crate::shutdown::Shutdown;

/// Default and maximum time that `WaitRender` waits.
const DEFAULT_WAIT: Duration = Duration::from_secs(30);
const MAX_WAIT: Duration = Duration::from_mins(1);

/// Implements `RenderService` over the store. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Renders {
    store: Store,
    wakeups: Wakeups,
    shutdown: Shutdown,
}

impl Renders {
    /// Creates the service's implementation.
    pub const fn new(store: Store, wakeups: Wakeups, shutdown: Shutdown) -> Self {
        Self { store, wakeups, shutdown }
    }

    async fn create(&self, principal: &Principal, request: &RenderRequest) -> Result<StoredRender, Status> {
        let requested = self.store.renders().request(principal, request).await.map_err(status)?;
        if requested.is_new_task {
            self.wakeups.task_queued(&requested.render.task);
        }
        Ok(requested.render)
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
        let RenderListQuery { workspace, filter, page, after } =
            RenderListQuery::decode(&request.into_inner())?;
        let listed = self.store.renders().list(&principal, &workspace, &filter, after, page.limit()).await;
        let mut listed = listed.map_err(status)?;
        let key = |render: &StoredRender| position_key(&RenderPageKey::of(render));
        let mut next_page_token = page.cut(&mut listed.renders, key);
        // The store bounds the rows that one statement reads, so a page can end before its size is reached.
        if let (true, Some(last_read)) = (next_page_token.is_empty(), &listed.scanned_to) {
            next_page_token = page.token(&position_key(last_read));
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
        let wait = wait_time("timeout", request.timeout, DEFAULT_WAIT, MAX_WAIT)?;
        let deadline = Instant::now() + wait;
        let name = render_name(&request.name)?;
        let mut watch = RenderWatch::open(&self.store, &self.wakeups, principal, &name).await?;
        tokio::select! {
            // On a timeout or a shutdown, the response is the current state.
            ended = timeout_at(deadline, watch.ended()) => ended.unwrap_or(Ok(()))?,
            () = self.shutdown.begun() => {}
        }
        Ok(Response::new(render_message(&watch.render)))
    }

    type WatchRenderStream = ResponseStream<Render>;

    async fn watch_render(
        &self,
        request: Request<WatchRenderRequest>,
    ) -> Result<Response<Self::WatchRenderStream>, Status> {
        let principal = principal(&request)?;
        let name = render_name(&request.into_inner().name)?;
        let mut watch = RenderWatch::open(&self.store, &self.wakeups, principal, &name).await?;
        let states = |messages| async move { watch.send_states(&messages, render_message).await };
        Ok(stream(states, &self.shutdown))
    }

    type DownloadRenderStream = ResponseStream<DownloadRenderResponse>;

    async fn download_render(
        &self,
        request: Request<DownloadRenderRequest>,
    ) -> Result<Response<Self::DownloadRenderStream>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let name = render_name(&request.name)?;
        let offset = u64::try_from(request.read_offset)
            .map_err(|_| invalid_field("read_offset", "must not be negative"))?;
        let download = self.store.renders().open_download(&principal, &name, offset).await.map_err(status)?;
        let store = self.store.clone();
        let chunks = |messages| async move {
            downloads::send(&store, &principal, &download, &messages, |chunk| chunk).await
        };
        Ok(stream(chunks, &self.shutdown))
    }

    type RenderBriefStream = ResponseStream<RenderBriefResponse>;

    async fn render_brief(
        &self,
        request: Request<RenderBriefRequest>,
    ) -> Result<Response<Self::RenderBriefStream>, Status> {
        let principal = principal(&request)?;
        let request = new_render("RenderBrief", create_request(request.into_inner()))?;
        let render = self.create(&principal, &request).await?;
        let watch = RenderWatch::of(&self.store, &self.wakeups, principal.clone(), render);
        let store = self.store.clone();
        Ok(stream(|messages| send_states_and_pdf(store, principal, watch, messages), &self.shutdown))
    }
}

/// Sends each state of a render, then its PDF.
async fn send_states_and_pdf(
    store: Store,
    principal: Principal,
    mut watch: RenderWatch,
    messages: mpsc::Sender<Result<RenderBriefResponse, Status>>,
) -> Result<(), Status> {
    let event = |event| RenderBriefResponse { event: Some(event) };
    watch.send_states(&messages, |render| event(Event::Render(render_message(render)))).await?;
    let download = store.renders().begin_download(&principal, watch.render, 0).await.map_err(status)?;
    downloads::send(&store, &principal, &download, &messages, |chunk| event(Event::Chunk(chunk))).await
}
