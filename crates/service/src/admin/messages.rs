//! Queue, workers and tasks between the store's words and the wire's.

use std::time::Duration;

use chancery_proto::admin::v1 as wire;
use chancery_proto::names::{ResourceId, WorkspaceName};
use chancery_store as store;
use chancery_store::{DeadTaskFilter, DeadTaskPageKey, WorkerPageKey};
use time::OffsetDateTime;
use tonic::Status;

use crate::rpc::errors::invalid_page_token;
use crate::rpc::fields::{name, timestamp};
use crate::rpc::pagination::Page;

/// A page of the dead tasks.
#[derive(Debug)]
pub(crate) struct ListedDeadTasks {
    pub(crate) filter: DeadTaskFilter,
    pub(crate) page: Page,
    pub(crate) after: Option<DeadTaskPageKey>,
}

impl ListedDeadTasks {
    /// A token must be of the same list.
    pub(crate) fn decode(request: &wire::ListDeadTasksRequest) -> Result<Self, Status> {
        let workspace: Option<ResourceId> = match request.workspace.as_str() {
            "" => None,
            given => Some(name::<WorkspaceName>("workspace", given)?.workspace),
        };
        let with_successor = request.show_with_successor;
        let query = format!("dead tasks of {}, {with_successor}", request.workspace);
        let page = Page::read(query, request.page_size, &request.page_token)?;
        let after = page.after.as_deref().map(|key| task_place(key).ok_or_else(invalid_page_token));
        let after = after.transpose()?;
        Ok(Self { filter: DeadTaskFilter { workspace, with_successor }, page, after })
    }
}

/// A place as a page token holds it: nanoseconds and the task's id.
pub(crate) fn task_key(task: &store::RenderTask) -> String {
    let nanoseconds = task.ended_at.map_or(0, OffsetDateTime::unix_timestamp_nanos);
    format!("{nanoseconds}/{}", task.name.task)
}

fn task_place(key: &str) -> Option<DeadTaskPageKey> {
    let (time, task) = key.split_once('/')?;
    let died_at = OffsetDateTime::from_unix_timestamp_nanos(time.parse().ok()?).ok()?;
    Some(DeadTaskPageKey { died_at, task: task.parse().ok()? })
}

/// A place as a page token holds it: the id, which has no slash, and the name, which may have some.
pub(crate) fn worker_key(worker: &store::Worker) -> String {
    format!("{}/{}", worker.name.worker, worker.display_name)
}

pub(crate) fn worker_place(key: &str) -> Option<WorkerPageKey> {
    let (id, display_name) = key.split_once('/')?;
    Some(WorkerPageKey { display_name: display_name.to_owned(), id: id.parse().ok()? })
}

pub(crate) fn stats_message(stats: &store::QueueStats) -> wire::QueueStats {
    let depth = stats.depth;
    wire::QueueStats {
        waiting: count(depth.waiting),
        running: count(depth.running),
        retry_paused: count(depth.retry_paused),
        dead: count(stats.dead),
        quarantined: count(stats.quarantined),
        oldest_waiting_age: stats.oldest_waiting.map(seconds),
        workspaces: stats.workspaces.iter().map(workspace_message).collect(),
        environments: stats.environments.iter().map(environment_message).collect(),
        succeeded_last_hour: count(stats.succeeded_last_hour),
        failed_last_hour: count(stats.failed_last_hour),
        expired_last_hour: count(stats.expired_last_hour),
        table_bytes: stats.table_bytes,
        table_dead_rows: stats.table_dead_rows,
    }
}

fn workspace_message(queue: &store::WorkspaceQueue) -> wire::WorkspaceQueueStats {
    wire::WorkspaceQueueStats {
        workspace: queue.workspace.to_string(),
        waiting: count(queue.depth.waiting),
        running: count(queue.depth.running),
        retry_paused: count(queue.depth.retry_paused),
    }
}

fn environment_message(queue: &store::EnvironmentQueue) -> wire::EnvironmentQueueStats {
    wire::EnvironmentQueueStats {
        environment: Some(queue.environment.to_message()),
        active: queue.is_active,
        waiting: count(queue.depth.waiting),
        running: count(queue.depth.running),
        retry_paused: count(queue.depth.retry_paused),
        live_workers: count(queue.live_workers),
        no_worker: queue.has_no_worker(),
    }
}

pub(crate) fn worker_message(worker: store::Worker) -> wire::Worker {
    wire::Worker {
        name: worker.name.to_string(),
        display_name: worker.display_name,
        environment: Some(worker.environment.to_message()),
        live: worker.is_live,
        drained: worker.drained_at.is_some(),
        free_slots: count(worker.free_slots),
        leases: count(worker.leases),
        first_seen_time: Some(timestamp(worker.first_seen)),
        last_seen_time: Some(timestamp(worker.last_seen)),
        drain_time: worker.drained_at.map(timestamp),
    }
}

pub(crate) fn task_message(task: store::RenderTask) -> wire::RenderTask {
    wire::RenderTask {
        name: task.name.to_string(),
        workspace: WorkspaceName { workspace: task.brief.workspace.clone() }.to_string(),
        brief: task.brief.to_string(),
        revision: count(task.revision),
        state: task_state(task.state).into(),
        reason: task.reason,
        message: task.message,
        attempts: count(task.attempts),
        crashes: count(task.crashes),
        quarantined: task.quarantined,
        generation: count(task.generation),
        environment: Some(task.environment),
        create_time: Some(timestamp(task.created_at)),
        end_time: task.ended_at.map(timestamp),
        successor: task.successor.map(|successor| successor.to_string()).unwrap_or_default(),
    }
}

const fn task_state(state: store::TaskState) -> wire::TaskState {
    match state {
        store::TaskState::Queued => wire::TaskState::Queued,
        store::TaskState::Running => wire::TaskState::Running,
        store::TaskState::Succeeded => wire::TaskState::Succeeded,
        store::TaskState::Failed => wire::TaskState::Failed,
        store::TaskState::Dead => wire::TaskState::Dead,
        store::TaskState::Cancelled => wire::TaskState::Cancelled,
    }
}

/// More than the wire's numbers hold is as good as the most.
fn count(number: impl TryInto<i32>) -> i32 {
    number.try_into().unwrap_or(i32::MAX)
}

fn seconds(duration: Duration) -> prost_types::Duration {
    prost_types::Duration { seconds: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX), nanos: 0 }
}

#[cfg(test)]
mod tests {
    use super::{task_place, worker_place};

    const ID: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn a_worker_may_have_a_slash_in_its_name() {
        let place = worker_place(&format!("{ID}/rack 1/host 2")).unwrap();
        assert_eq!((place.id.as_str(), place.display_name.as_str()), (ID, "rack 1/host 2"));
    }

    #[test]
    fn other_texts_are_no_places() {
        for key in ["", "/", "x/1", ID, &format!("x/{ID}"), "99999999999999999999999999/0"] {
            assert_eq!(task_place(key), None, "{key}");
            assert_eq!(worker_place(key), None, "{key}");
        }
    }
}
