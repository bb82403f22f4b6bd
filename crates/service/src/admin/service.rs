//! `chancery.admin.v1.AdminService`.

use chancery_brief::marking::{Policy, Scheme};
use chancery_proto::admin::v1::admin_service_server::AdminService;
use chancery_proto::admin::v1::{
    ApiToken, CreateApiTokenRequest, CreateApiTokenResponse, CreateWorkspaceRequest, DrainWorkerRequest,
    GetQueueStatsRequest, GetWorkspaceRequest, ListApiTokensRequest, ListApiTokensResponse,
    ListDeadTasksRequest, ListDeadTasksResponse, ListWorkersRequest, ListWorkersResponse, MarkingScheme,
    QueueStats, RenderTask, RequeueTaskRequest, RevokeApiTokenRequest, Role, UndrainWorkerRequest,
    WithholdingPolicy, Worker, Workspace,
};
use chancery_proto::names::{ApiTokenName, GeneratedId, ResourceId, TaskName, WorkerName, WorkspaceName};
use chancery_store::{NewToken, Roles, Store};
use tonic::{Request, Response, Status};

use crate::admin::messages::{
    ListedDeadTasks, stats_message, task_key, task_message, worker_key, worker_message, worker_place,
};
use crate::auth::identity::principal;
use crate::background::wakeups::Wakeups;
use crate::cache::Freshness;
use crate::rpc::errors::{invalid_field, invalid_page_token, status};
use crate::rpc::fields::{name, required, time, timestamp};
use crate::rpc::pagination::Page;

/// Answers from the store.
#[derive(Debug, Clone)]
pub struct Admin {
    store: Store,
    freshness: Freshness,
    wakeups: Wakeups,
}

impl Admin {
    /// Over a store and what is kept of it, with the queue's wake-ups.
    pub const fn new(store: Store, freshness: Freshness, wakeups: Wakeups) -> Self {
        Self { store, freshness, wakeups }
    }

    async fn drain<T>(&self, request: &Request<T>, given: &str, drained: bool) -> Result<Worker, Status> {
        let principal = principal(request)?;
        let worker: WorkerName = name("name", given)?;
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
        let request = request.into_inner();
        let id: ResourceId = name("workspace_id", &request.workspace_id)?;
        let given = required("workspace", request.workspace)?;
        let (scheme, policy) = (scheme(given.marking_scheme)?, policy(given.withholding_policy)?);
        let made =
            self.store.access().create_workspace(&principal, &id, &given.display_name, scheme, policy).await;
        Ok(Response::new(workspace_message(made.map_err(status)?)))
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

    async fn create_api_token(
        &self,
        request: Request<CreateApiTokenRequest>,
    ) -> Result<Response<CreateApiTokenResponse>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let WorkspaceName { workspace } = name("parent", &request.parent)?;
        let given = required("api_token", request.api_token)?;
        let expires_at =
            given.expire_time.as_ref().map(|end| time("api_token.expire_time", end)).transpose()?;
        let new = NewToken {
            display_name: &given.display_name,
            roles: roles(&given.roles)?,
            clearance: &given.clearance,
            expires_at,
        };
        let made = self.store.access().create_token(&principal, &workspace, &new).await;
        let (token, secret) = made.map_err(status)?;
        let (api_token, secret) = (Some(token_message(token)), secret.reveal().to_owned());
        Ok(Response::new(CreateApiTokenResponse { api_token, secret }))
    }

    async fn list_api_tokens(
        &self,
        request: Request<ListApiTokensRequest>,
    ) -> Result<Response<ListApiTokensResponse>, Status> {
        let principal = principal(&request)?;
        let request = request.into_inner();
        let WorkspaceName { workspace } = name("parent", &request.parent)?;
        let page = Page::read(format!("tokens of {workspace}"), request.page_size, &request.page_token)?;
        let after = page.after.as_deref().map(str::parse::<GeneratedId>).transpose();
        let after = after.map_err(|_| invalid_page_token())?;
        let listed =
            self.store.access().list_tokens(&principal, &workspace, after.as_ref(), page.limit()).await;
        let mut found = listed.map_err(status)?;
        let next_page_token = page.cut(&mut found, |token| token.name.token.to_string());
        let api_tokens = found.into_iter().map(token_message).collect();
        Ok(Response::new(ListApiTokensResponse { api_tokens, next_page_token }))
    }

    async fn revoke_api_token(
        &self,
        request: Request<RevokeApiTokenRequest>,
    ) -> Result<Response<ApiToken>, Status> {
        let principal = principal(&request)?;
        let token: ApiTokenName = name("name", &request.into_inner().name)?;
        let revoked = self.store.access().revoke_token(&principal, &token).await.map_err(status)?;
        self.freshness.token_changed(&token);
        Ok(Response::new(token_message(revoked)))
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
        let after = page.after.as_deref().map(|key| worker_place(key).ok_or_else(invalid_page_token));
        let after = after.transpose()?;
        let listed = self.store.workers().list(&principal, after.as_ref(), page.limit()).await;
        let mut found = listed.map_err(status)?;
        let next_page_token = page.cut(&mut found, worker_key);
        let workers = found.into_iter().map(worker_message).collect();
        Ok(Response::new(ListWorkersResponse { workers, next_page_token }))
    }

    async fn drain_worker(&self, request: Request<DrainWorkerRequest>) -> Result<Response<Worker>, Status> {
        Ok(Response::new(self.drain(&request, &request.get_ref().name, true).await?))
    }

    async fn undrain_worker(
        &self,
        request: Request<UndrainWorkerRequest>,
    ) -> Result<Response<Worker>, Status> {
        Ok(Response::new(self.drain(&request, &request.get_ref().name, false).await?))
    }

    async fn list_dead_tasks(
        &self,
        request: Request<ListDeadTasksRequest>,
    ) -> Result<Response<ListDeadTasksResponse>, Status> {
        let principal = principal(&request)?;
        let ListedDeadTasks { filter, page, after } = ListedDeadTasks::decode(request.get_ref())?;
        let listed =
            self.store.queue().list_dead_tasks(&principal, &filter, after.as_ref(), page.limit()).await;
        let mut found = listed.map_err(status)?;
        let next_page_token = page.cut(&mut found, task_key);
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
}

fn workspace_message(found: chancery_store::Workspace) -> Workspace {
    let scheme = match found.scheme {
        Scheme::Tlp => MarkingScheme::Tlp,
        Scheme::Us => MarkingScheme::Us,
        Scheme::Corporate => MarkingScheme::Corporate,
    };
    let policy = match found.policy {
        Policy::Omit => WithholdingPolicy::Omit,
        Policy::Mark => WithholdingPolicy::Mark,
    };
    Workspace {
        name: WorkspaceName { workspace: found.id }.to_string(),
        display_name: found.display_name,
        marking_scheme: scheme.into(),
        withholding_policy: policy.into(),
        create_time: Some(timestamp(found.created_at)),
    }
}

fn token_message(token: chancery_store::ApiToken) -> ApiToken {
    ApiToken {
        name: token.name.to_string(),
        display_name: token.display_name,
        roles: token.roles.iter().map(|role| role_message(role).into()).collect(),
        clearance: token.clearance,
        create_time: Some(timestamp(token.created_at)),
        expire_time: token.expires_at.map(timestamp),
        revoke_time: token.revoked_at.map(timestamp),
    }
}

fn scheme(number: i32) -> Result<Scheme, Status> {
    match MarkingScheme::try_from(number) {
        Ok(MarkingScheme::Unspecified | MarkingScheme::Tlp) => Ok(Scheme::Tlp),
        Ok(MarkingScheme::Us) => Ok(Scheme::Us),
        Ok(MarkingScheme::Corporate) => Ok(Scheme::Corporate),
        Err(_) => Err(invalid_field("workspace.marking_scheme", "no scheme of this server")),
    }
}

fn policy(number: i32) -> Result<Policy, Status> {
    match WithholdingPolicy::try_from(number) {
        Ok(WithholdingPolicy::Unspecified | WithholdingPolicy::Omit) => Ok(Policy::Omit),
        Ok(WithholdingPolicy::Mark) => Ok(Policy::Mark),
        Err(_) => Err(invalid_field("workspace.withholding_policy", "no policy of this server")),
    }
}

fn roles(numbers: &[i32]) -> Result<Roles, Status> {
    let roles = numbers.iter().enumerate().map(|(index, number)| {
        let role = Role::try_from(*number).ok().and_then(role);
        role.ok_or_else(|| invalid_field(&format!("api_token.roles[{index}]"), "no role"))
    });
    roles.collect()
}

fn role(message: Role) -> Option<chancery_store::Role> {
    match message {
        Role::Unspecified => None,
        Role::Reader => Some(chancery_store::Role::Reader),
        Role::Author => Some(chancery_store::Role::Author),
        Role::Publisher => Some(chancery_store::Role::Publisher),
        Role::Renderer => Some(chancery_store::Role::Renderer),
        Role::Admin => Some(chancery_store::Role::Admin),
        Role::Worker => Some(chancery_store::Role::Worker),
        Role::Operator => Some(chancery_store::Role::Operator),
    }
}

fn role_message(role: chancery_store::Role) -> Role {
    match role {
        chancery_store::Role::Reader => Role::Reader,
        chancery_store::Role::Author => Role::Author,
        chancery_store::Role::Publisher => Role::Publisher,
        chancery_store::Role::Renderer => Role::Renderer,
        chancery_store::Role::Admin => Role::Admin,
        chancery_store::Role::Worker => Role::Worker,
        chancery_store::Role::Operator => Role::Operator,
    }
}
