//! Handlers of `chancery.admin.v1.AdminService`.

use chancery_proto::admin::v1::admin_service_server::AdminService;
use chancery_proto::admin::v1::{
    ApiToken, CreateApiTokenRequest, CreateApiTokenResponse, CreateWorkspaceRequest, DrainWorkerRequest,
    GetQueueStatsRequest, GetWorkspaceRequest, InvalidateArtifactRequest, InvalidateArtifactResponse,
    ListApiTokensRequest, ListApiTokensResponse, ListDeadTasksRequest, ListDeadTasksResponse,
    ListProofRefusalsRequest, ListProofRefusalsResponse, ListWorkersRequest, ListWorkersResponse, QueueStats,
    RenderTask, RequeueTaskRequest, ResumeApiTokenRequest, RevokeApiTokenRequest, SuspendApiTokenRequest,
    UndrainWorkerRequest, UpdateWorkspaceRequest, Worker, Workspace,
};
use chancery_proto::names::{ResourceId, TaskName, WorkerName, WorkspaceName};
use chancery_store::Store;
use tonic::{Request, Response, Status};

use crate::admin::messages::{
    DeadTaskListQuery, parse_worker_position, policy, refusal_message, scheme, stats_message, task_message,
    task_position_key, worker_message, worker_position_key, workspace_message, workspace_update,
};
use crate::admin::tokens::{self, TokenEndings};
use crate::auth::identity::principal;
use crate::background::wakeups::Wakeups;
use crate::cache::Cache;
use crate::rpc::errors::{invalid_page_token, status};
use crate::rpc::fields::{MAX_OPERATOR_REASON, digest, name, reason, required};
use crate::rpc::idempotency::write_id;
use crate::rpc::pagination::Page;

/// Implements `AdminService` over the store.
#[derive(Debug, Clone)]
pub(crate) struct Admin {
    store: Store,
    cache: Cache,
    wakeups: Wakeups,
}

impl Admin {
    pub(crate) const fn new(store: Store, cache: Cache, wakeups: Wakeups) -> Self {
        Self { store, cache, wakeups }
    }

    const fn token_endings(&self) -> TokenEndings<'_> {
        TokenEndings { store: &self.store, cache: &self.cache, wakeups: &self.wakeups }
    }

    async fn set_drained<T>(
        &self,
        request: &Request<T>,
        worker: &str,
        drained: bool,
    ) -> Result<Worker, Status> {
        let principal = principal(request)?;
        let worker: WorkerName = name("name", worker)?;
        let worker = self.store.workers().drain(&principal, &worker, drained).await.map_err(status)?;
        Ok(worker_message(worker))
    }
}

#[tonic::async_trait]
impl AdminService for Admin {
    async fn create_workspace(
        &self,
        request: Request<CreateWorkspaceRequest>,
    ) -> Result<Response<Workspace>, Status> {
        let principal = principal(&request)?;
        let mut request = request.into_inner();
        let write = std::mem::take(&mut request.request_id);
        let write = write_id("CreateWorkspace", write, &request)?;
        let id: ResourceId = name("workspace_id", &request.workspace_id)?;
        let workspace = required("workspace", request.workspace)?;
        let scheme = scheme(workspace.marking_scheme)?;
        let policy = policy(workspace.withholding_policy)?;
        let created = self
            .store
            .access()
            .create_workspace(&principal, &id, &workspace.display_name, scheme, policy, write.as_ref())
            .await;
        Ok(Response::new(workspace_message(created.map_err(status)?)))
    }

    async fn get_workspace(
        &self,
        request: Request<GetWorkspaceRequest>,
    ) -> Result<Response<Workspace>, Status> {
        let principal = principal(&request)?;
        let WorkspaceName { workspace } = name("name", &request.into_inner().name)?;
        let found = self.store.access().workspace(&principal, &workspace).await.map_err(status)?;
        Ok(Response::new(workspace_message(found)))
    }

    async fn update_workspace(
        &self,
        request: Request<UpdateWorkspaceRequest>,
    ) -> Result<Response<Workspace>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let requested = required("workspace", request.workspace)?;
        let WorkspaceName { workspace } = name("workspace.name", &requested.name)?;
        let update = workspace_update(requested, request.update_mask)?;
        let updated = self.store.access().update_workspace(&principal, &workspace, &update).await;
        Ok(Response::new(workspace_message(updated.map_err(status)?)))
    }

    async fn create_api_token(
        &self,
        request: Request<CreateApiTokenRequest>,
    ) -> Result<Response<CreateApiTokenResponse>, Status> {
        let principal = principal(&request)?;
        let created = tokens::create(&self.store, &principal, request.into_inner()).await?;
        Ok(Response::new(created))
    }

    async fn list_api_tokens(
        &self,
        request: Request<ListApiTokensRequest>,
    ) -> Result<Response<ListApiTokensResponse>, Status> {
        let principal = principal(&request)?;
        let listed = tokens::list(&self.store, &principal, request.into_inner()).await?;
        Ok(Response::new(listed))
    }

    async fn revoke_api_token(
        &self,
        request: Request<RevokeApiTokenRequest>,
    ) -> Result<Response<ApiToken>, Status> {
        let principal = principal(&request)?;
        Ok(Response::new(self.token_endings().revoke(&principal, request.get_ref()).await?))
    }

    async fn suspend_api_token(
        &self,
        request: Request<SuspendApiTokenRequest>,
    ) -> Result<Response<ApiToken>, Status> {
        let principal = principal(&request)?;
        Ok(Response::new(self.token_endings().suspend(&principal, request.get_ref()).await?))
    }

    async fn resume_api_token(
        &self,
        request: Request<ResumeApiTokenRequest>,
    ) -> Result<Response<ApiToken>, Status> {
        let principal = principal(&request)?;
        Ok(Response::new(tokens::resume(&self.store, &principal, request.get_ref()).await?))
    }

    async fn get_queue_stats(
        &self,
        request: Request<GetQueueStatsRequest>,
    ) -> Result<Response<QueueStats>, Status> {
        let stats = self.store.queue().stats(&principal(&request)?).await.map_err(status)?;
        Ok(Response::new(stats_message(&stats)))
    }

    async fn list_workers(
        &self,
        request: Request<ListWorkersRequest>,
    ) -> Result<Response<ListWorkersResponse>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let page = Page::read("workers".to_owned(), request.page_size, &request.page_token)?;
        let after =
            page.after.as_deref().map(|key| parse_worker_position(key).ok_or_else(invalid_page_token));
        let after = after.transpose()?;
        let listed = self.store.workers().list(&principal, after.as_ref(), page.limit()).await;
        let mut found = listed.map_err(status)?;
        let next_page_token = page.cut(&mut found, worker_position_key);
        let workers = found.into_iter().map(worker_message).collect();
        Ok(Response::new(ListWorkersResponse { workers, next_page_token }))
    }

    async fn drain_worker(&self, request: Request<DrainWorkerRequest>) -> Result<Response<Worker>, Status> {
        Ok(Response::new(self.set_drained(&request, &request.get_ref().name, true).await?))
    }

    async fn undrain_worker(
        &self,
        request: Request<UndrainWorkerRequest>,
    ) -> Result<Response<Worker>, Status> {
        Ok(Response::new(self.set_drained(&request, &request.get_ref().name, false).await?))
    }

    async fn list_dead_tasks(
        &self,
        request: Request<ListDeadTasksRequest>,
    ) -> Result<Response<ListDeadTasksResponse>, Status> {
        let principal = principal(&request)?;
        let DeadTaskListQuery { filter, page, after } = DeadTaskListQuery::decode(request.get_ref())?;
        let listed =
            self.store.queue().list_dead_tasks(&principal, &filter, after.as_ref(), page.limit()).await;
        let mut found = listed.map_err(status)?;
        let next_page_token = page.cut(&mut found, task_position_key);
        let tasks = found.into_iter().map(task_message).collect();
        Ok(Response::new(ListDeadTasksResponse { tasks, next_page_token }))
    }

    async fn requeue_task(
        &self,
        request: Request<RequeueTaskRequest>,
    ) -> Result<Response<RenderTask>, Status> {
        let principal = principal(&request)?;
        let task: TaskName = name("name", &request.into_inner().name)?;
        let requeued = self.store.queue().requeue_task(&principal, &task).await.map_err(status)?;
        if requeued.is_new {
            self.wakeups.task_queued(requeued.task.name.task.as_str());
        }
        Ok(Response::new(task_message(requeued.task)))
    }

    async fn list_proof_refusals(
        &self,
        request: Request<ListProofRefusalsRequest>,
    ) -> Result<Response<ListProofRefusalsResponse>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let page = Page::read("proof refusals".to_owned(), request.page_size, &request.page_token)?;
        let before = page.after.as_deref().map(str::parse::<i64>).transpose();
        let before = before.map_err(|_| invalid_page_token())?;
        let listed = self.store.queue().list_proof_refusals(&principal, before, page.limit()).await;
        let mut found = listed.map_err(status)?;
        let next_page_token = page.cut(&mut found, |refusal| refusal.number.to_string());
        let refusals = found.into_iter().map(refusal_message).collect();
        Ok(Response::new(ListProofRefusalsResponse { refusals, next_page_token }))
    }

    async fn invalidate_artifact(
        &self,
        request: Request<InvalidateArtifactRequest>,
    ) -> Result<Response<InvalidateArtifactResponse>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let digest = digest("sha256", &request.sha256)?;
        let reason = reason("reason", &request.reason, MAX_OPERATOR_REASON)?;
        let invalidated = self.store.artifacts().invalidate(&principal, digest, reason).await;
        let tasks = invalidated.map_err(status)?;
        for task in &tasks {
            self.wakeups.task_changed(task.task.as_str());
        }
        let render_tasks = tasks.iter().map(ToString::to_string).collect();
        Ok(Response::new(InvalidateArtifactResponse { render_tasks }))
    }
}
