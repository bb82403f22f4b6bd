use std::time::Duration;

use chancery_proto::admin::v1::admin_service_client::AdminServiceClient;
use chancery_proto::admin::v1::{
    DrainWorkerRequest, GetQueueStatsRequest, ListDeadTasksRequest, ListWorkersRequest, RequeueTaskRequest,
    TaskState, UndrainWorkerRequest,
};
use chancery_proto::errors::v1::Reason;
use chancery_proto::render::v1::{
    GetRenderRequest, ListRendersRequest, RenderState, RenderWaitingReason, WaitRenderRequest,
    WatchRenderRequest,
};
use chancery_proto::worker::v1::{
    AcquireLeasesRequest, PrintEnvironment, ReleaseLeasesRequest, RenewLeasesRequest,
};
use chancery_testkit::imports::{document, import};
use chancery_testkit::print_environment::ENVIRONMENT;
use chancery_testkit::status_refusals::{refused, refused_at};
use tonic::Code;

use crate::queue_scene::{QueueScene, acquire, create, header};
use crate::scene::{Admins, bearer, channel, content};

impl QueueScene {
    fn operators(&self) -> Admins {
        AdminServiceClient::with_interceptor(channel(self.running.listen), bearer(&self.operator))
    }

    /// Crashes the queued task's workers until it is quarantined.
    async fn crashed(&self) {
        for _ in 0..3 {
            self.leased().await;
            self.let_leases_run_out();
        }
        let none = self.workers.clone().acquire_leases(acquire(0)).await.unwrap().into_inner();
        assert_eq!(none.leases, []);
    }

    /// Backdates the heartbeats of all workers.
    fn nobody_was_seen(&self) {
        let statement = "update workers set last_seen = clock_timestamp() - interval '61 seconds'";
        self.database.psql().rows(statement).unwrap();
    }
}

fn of_another_environment() -> AcquireLeasesRequest {
    let printer_version = "8".repeat(64);
    let environment = Some(PrintEnvironment { printer_version, ..ENVIRONMENT.to_message() });
    AcquireLeasesRequest { environment, worker: "old".into(), ..acquire(0) }
}

#[tokio::test]
async fn a_render_reports_no_worker_for_its_environment_until_one_connects() {
    let scene = QueueScene::new().await;
    let old = scene.workers.clone().acquire_leases(of_another_environment()).await.unwrap();
    assert_eq!(old.into_inner().leases, []);
    let render = scene.requested().await;
    let no_worker = RenderWaitingReason::NoWorkerForEnvironment;
    assert_eq!((render.state(), render.waiting_reason()), (RenderState::Queued, no_worker));
    let mut renders = scene.renders.clone();
    let name = render.name.clone();
    let got = renders.get_render(GetRenderRequest { name: name.clone() }).await.unwrap().into_inner();
    assert_eq!(got.waiting_reason(), no_worker);
    let list = ListRendersRequest { parent: "workspaces/default".into(), ..Default::default() };
    let listed = renders.list_renders(list).await.unwrap().into_inner();
    assert_eq!(listed.renders[0].waiting_reason(), no_worker);
    let wait = WaitRenderRequest { name: name.clone(), timeout: Some(prost_types::Duration::default()) };
    assert_eq!(renders.wait_render(wait).await.unwrap().into_inner().waiting_reason(), no_worker);

    let stats = scene.operators().get_queue_stats(GetQueueStatsRequest {}).await.unwrap().into_inner();
    let environments: Vec<_> = stats
        .environments
        .iter()
        .map(|found| (found.active, found.waiting, found.live_workers, found.no_worker))
        .collect();
    assert_eq!(environments, [(true, 1, 0, true), (false, 0, 1, false)]);

    let mut watched = renders.watch_render(WatchRenderRequest { name }).await.unwrap().into_inner();
    assert_eq!(watched.message().await.unwrap().unwrap().waiting_reason(), no_worker);
    // A live worker without free slots.
    scene.store.workers().record(ENVIRONMENT, &scene.worker, 0).await.unwrap();
    let next = watched.message().await.unwrap().unwrap();
    assert_eq!(
        (next.state(), next.waiting_reason()),
        (RenderState::Queued, RenderWaitingReason::Unspecified)
    );
    scene.leased().await;
    assert_eq!(watched.message().await.unwrap().unwrap().state(), RenderState::Running);
}

#[tokio::test]
async fn workers_that_acquire_or_renew_leases_are_listed() {
    let scene = QueueScene::new().await;
    let (_, lease) = scene.begun().await;
    let worker = async || {
        let listed = scene.operators().list_workers(ListWorkersRequest::default()).await;
        let mut workers = listed.unwrap().into_inner().workers;
        assert_eq!(workers.len(), 1);
        workers.remove(0)
    };
    let seen = worker().await;
    assert_eq!((seen.display_name.as_str(), seen.live, seen.drained, seen.leases), ("test", true, false, 1));
    assert_eq!(seen.environment, Some(ENVIRONMENT.to_message()));
    scene.nobody_was_seen();
    assert!(!worker().await.live);
    scene.workers.clone().renew_leases(RenewLeasesRequest { leases: vec![lease] }).await.unwrap();
    assert!(worker().await.live);
}

#[tokio::test]
async fn a_drained_worker_gets_no_task_and_another_worker_gets_it() {
    let scene = QueueScene::new().await;
    let (_, lease) = scene.begun().await;
    let mut operators = scene.operators();
    let listed = operators.list_workers(ListWorkersRequest::default()).await.unwrap().into_inner();
    let name = listed.workers[0].name.clone();
    let drained =
        operators.drain_worker(DrainWorkerRequest { name: name.clone() }).await.unwrap().into_inner();
    assert!(drained.drained && drained.drain_time.is_some());

    let mut workers = scene.workers.clone();
    let vain = AcquireLeasesRequest { wait: Some(Duration::from_secs(2).try_into().unwrap()), ..acquire(0) };
    let waiting = tokio::spawn(async move { workers.acquire_leases(vain).await.unwrap().into_inner() });
    let another = import(vec![document("b2", 1, content("Two"))]);
    scene.briefs.clone().import_brief(another).await.unwrap();
    scene.renders.clone().create_render(create("b2")).await.unwrap();
    assert_eq!(waiting.await.unwrap().leases, []);
    // It finishes the task that it has.
    scene.uploaded(header(&lease, b"%PDF"), b"%PDF").await.unwrap();

    let other = AcquireLeasesRequest { worker: "other".into(), ..acquire(20) };
    let another = scene.another_worker().await;
    let got = another.clone().acquire_leases(other).await.unwrap().into_inner();
    let taken = got.leases[0].lease.clone().unwrap();
    let release = ReleaseLeasesRequest { leases: vec![taken] };
    another.clone().release_leases(release).await.unwrap();

    let undrained = operators.undrain_worker(UndrainWorkerRequest { name }).await.unwrap().into_inner();
    assert!(!undrained.drained && undrained.drain_time.is_none());
    scene.leased().await;
}

#[tokio::test]
async fn a_quarantined_task_is_listed_and_requeued() {
    let scene = QueueScene::new().await;
    let render = scene.requested().await;
    scene.crashed().await;
    let refusal = scene.renders.clone().create_render(create("b1")).await;
    refused(refusal, Code::FailedPrecondition, Reason::RenderQuarantined);

    let mut operators = scene.operators();
    let stats = operators.get_queue_stats(GetQueueStatsRequest {}).await.unwrap().into_inner();
    assert_eq!((stats.waiting, stats.dead, stats.quarantined, stats.expired_last_hour), (0, 1, 1, 3));
    let listed = operators.list_dead_tasks(ListDeadTasksRequest::default()).await.unwrap().into_inner();
    let dead = &listed.tasks[0];
    assert_eq!((dead.state(), dead.quarantined, dead.generation), (TaskState::Dead, true, 1));
    assert_eq!(dead.brief, "workspaces/default/briefs/b1");
    let shown = format!("{dead:?}");
    assert!(!shown.contains("This may be known"), "operators read no content: {shown}");

    let requeue = RequeueTaskRequest { name: dead.name.clone() };
    let next = operators.requeue_task(requeue.clone()).await.unwrap().into_inner();
    assert_eq!((next.state(), next.generation), (TaskState::Queued, 2));
    assert_eq!(operators.requeue_task(requeue).await.unwrap().into_inner(), next);
    let joined = scene.requested().await;
    assert_eq!(joined.state(), RenderState::Queued);
    scene.uploaded(header(&scene.leased().await, b"%PDF"), b"%PDF").await.unwrap();
    let wait = |name: &str| WaitRenderRequest { name: name.to_owned(), timeout: None };
    let printed = scene.renders.clone().wait_render(wait(&joined.name)).await.unwrap().into_inner();
    assert_eq!(printed.state(), RenderState::Succeeded);
    let ended = scene.renders.clone().wait_render(wait(&render.name)).await.unwrap().into_inner();
    assert_eq!(ended.state(), RenderState::Failed);

    let done = operators.requeue_task(RequeueTaskRequest { name: next.name }).await;
    refused(done, Code::FailedPrecondition, Reason::TaskNotDead);
}

#[tokio::test]
async fn invalid_operator_requests_are_rejected() {
    let scene = QueueScene::new().await;
    scene.requested().await;
    scene.crashed().await;
    scene.workers.clone().acquire_leases(of_another_environment()).await.unwrap();
    let mut operators = scene.operators();
    for name in ["", "workers/", "workers/test", "renderTasks/test", "workspaces/default"] {
        let drain = operators.drain_worker(DrainWorkerRequest { name: name.into() }).await;
        refused_at(drain, Reason::InvalidName, "name");
        let requeue = operators.requeue_task(RequeueTaskRequest { name: name.into() }).await;
        refused_at(requeue, Reason::InvalidName, "name");
    }
    let unknown = "0".repeat(32);
    let undrain = UndrainWorkerRequest { name: format!("workers/{unknown}") };
    refused(operators.undrain_worker(undrain).await, Code::NotFound, Reason::NotFound);
    let requeue = RequeueTaskRequest { name: format!("renderTasks/{unknown}") };
    refused(operators.requeue_task(requeue).await, Code::NotFound, Reason::NotFound);

    let of = |workspace: &str| ListDeadTasksRequest { workspace: workspace.into(), ..Default::default() };
    refused_at(operators.list_dead_tasks(of("default")).await, Reason::InvalidName, "workspace");
    let negative = ListDeadTasksRequest { page_size: -1, ..Default::default() };
    refused_at(operators.list_dead_tasks(negative).await, Reason::InvalidField, "page_size");
    let page = ListWorkersRequest { page_size: 1, ..Default::default() };
    let workers = operators.list_workers(page.clone()).await.unwrap().into_inner();
    assert_eq!(workers.workers.len(), 1);
    let page_token = workers.next_page_token;
    let rest = ListWorkersRequest { page_token: page_token.clone(), ..page };
    let rest = operators.list_workers(rest).await.unwrap().into_inner();
    assert_eq!((rest.workers.len(), rest.next_page_token.as_str()), (1, ""));
    assert_ne!(rest.workers, workers.workers);
    let foreign = ListDeadTasksRequest { page_token: page_token.clone(), ..Default::default() };
    refused_at(operators.list_dead_tasks(foreign).await, Reason::InvalidPageToken, "page_token");
    let spoiled = ListWorkersRequest { page_token: page_token[1..].to_owned(), ..Default::default() };
    refused_at(operators.list_workers(spoiled).await, Reason::InvalidPageToken, "page_token");
}

#[tokio::test]
async fn only_operators_manage_the_queue() {
    let scene = QueueScene::new().await;
    let mut admin = AdminServiceClient::with_interceptor(channel(scene.running.listen), bearer(&scene.admin));
    let name = format!("workers/{}", "0".repeat(32));
    for refusal in [
        admin.get_queue_stats(GetQueueStatsRequest {}).await.map(drop),
        admin.list_workers(ListWorkersRequest::default()).await.map(drop),
        admin.list_dead_tasks(ListDeadTasksRequest::default()).await.map(drop),
        admin.drain_worker(DrainWorkerRequest { name: name.clone() }).await.map(drop),
        admin.undrain_worker(UndrainWorkerRequest { name }).await.map(drop),
        admin.requeue_task(RequeueTaskRequest { name: "nonsense".into() }).await.map(drop),
    ] {
        refused(refusal, Code::PermissionDenied, Reason::PermissionDenied);
    }
}
