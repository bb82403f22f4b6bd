//! Conversions of workspaces, tokens, the queue, workers and tasks from and to wire messages.

use std::time::Duration;

use chancery_brief::marking::{Policy, Scheme};
use chancery_proto::admin::v1 as wire;
use chancery_proto::names::{ResourceId, WorkspaceName};
use chancery_store as store;
use chancery_store::{DeadTaskFilter, DeadTaskPageKey, WorkerPageKey};
use prost_types::FieldMask;
use time::OffsetDateTime;
use tonic::Status;

use crate::rpc::errors::{invalid_field, invalid_page_token, unknown_value};
use crate::rpc::fields::{name, timestamp};
use crate::rpc::pagination::Page;

/// The fields of a workspace that can be updated.
const UPDATABLE: [&str; 3] = ["display_name", "publication_rules", "print_agreement"];

/// A checked query for one page of dead tasks.
#[derive(Debug)]
pub(crate) struct DeadTaskListQuery {
    pub(crate) filter: DeadTaskFilter,
    pub(crate) page: Page,
    pub(crate) after: Option<DeadTaskPageKey>,
}

impl DeadTaskListQuery {
    /// Checks a request. A page token is valid for one workspace and setting of `show_with_successor`.
    pub(crate) fn decode(request: &wire::ListDeadTasksRequest) -> Result<Self, Status> {
        let workspace: Option<ResourceId> = match request.workspace.as_str() {
            "" => None,
            given => Some(name::<WorkspaceName>("workspace", given)?.workspace),
        };
        let with_successor = request.show_with_successor;
        let with_failed = request.show_failed;
        let query = format!("dead tasks of {}, {with_successor}, {with_failed}", request.workspace);
        let page = Page::read(query, request.page_size, &request.page_token)?;
        let after = page.after.as_deref().map(|key| parse_task_position(key).ok_or_else(invalid_page_token));
        let after = after.transpose()?;
        Ok(Self { filter: DeadTaskFilter { workspace, with_successor, with_failed }, page, after })
    }
}

/// Encodes a position for a page token: the end time in nanoseconds, and the task's id.
pub(crate) fn task_position_key(task: &store::RenderTask) -> String {
    let nanoseconds = task.ended_at.map_or(0, OffsetDateTime::unix_timestamp_nanos);
    format!("{nanoseconds}/{}", task.name.task)
}

fn parse_task_position(key: &str) -> Option<DeadTaskPageKey> {
    let (time, task) = key.split_once('/')?;
    let died_at = OffsetDateTime::from_unix_timestamp_nanos(time.parse().ok()?).ok()?;
    Some(DeadTaskPageKey { died_at, task: task.parse().ok()? })
}

/// Encodes a position for a page token: the id, which has no slash, and the name, which can have slashes.
pub(crate) fn worker_position_key(worker: &store::Worker) -> String {
    format!("{}/{}", worker.name.worker, worker.display_name)
}

pub(crate) fn parse_worker_position(key: &str) -> Option<WorkerPageKey> {
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
        workspaces: stats.workspaces.iter().map(workspace_queue_message).collect(),
        environments: stats.environments.iter().map(environment_queue_message).collect(),
        succeeded_last_hour: count(stats.succeeded_last_hour),
        failed_last_hour: count(stats.failed_last_hour),
        expired_last_hour: count(stats.expired_last_hour),
        table_bytes: stats.table_bytes,
        table_dead_rows: stats.table_dead_rows,
    }
}

fn workspace_queue_message(queue: &store::WorkspaceQueue) -> wire::WorkspaceQueueStats {
    wire::WorkspaceQueueStats {
        workspace: queue.workspace.to_string(),
        waiting: count(queue.depth.waiting),
        running: count(queue.depth.running),
        retry_paused: count(queue.depth.retry_paused),
    }
}

fn environment_queue_message(queue: &store::EnvironmentQueue) -> wire::EnvironmentQueueStats {
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

pub(crate) fn refusal_message(refusal: store::ProofRefusal) -> wire::ProofRefusal {
    wire::ProofRefusal {
        render_task: refusal.task.to_string(),
        api_token: refusal.token.to_string(),
        worker: refusal.worker,
        environment: Some(refusal.environment.to_message()),
        code: refusal.finding.code,
        message: refusal.finding.message,
        refuse_time: Some(timestamp(refusal.at)),
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

pub(crate) fn workspace_message(found: store::Workspace) -> wire::Workspace {
    let scheme = match found.scheme {
        Scheme::Tlp => wire::MarkingScheme::Tlp,
        Scheme::Us => wire::MarkingScheme::Us,
        Scheme::Corporate => wire::MarkingScheme::Corporate,
    };
    let policy = match found.policy {
        Policy::Omit => wire::WithholdingPolicy::Omit,
        Policy::Mark => wire::WithholdingPolicy::Mark,
    };
    wire::Workspace {
        name: WorkspaceName { workspace: found.id }.to_string(),
        display_name: found.display_name,
        marking_scheme: scheme.into(),
        withholding_policy: policy.into(),
        create_time: Some(timestamp(found.created_at)),
        publication_rules: Some(wire::PublicationRules {
            require_no_warnings: found.rules.require_no_warnings,
            refused_codes: found.rules.refused_codes,
            require_declared_changes: found.rules.require_declared_changes,
        }),
        print_agreement: Some(wire::PrintAgreement {
            from_marking: found.agreement.from_marking.unwrap_or_default(),
            percent: count(found.agreement.percent),
        }),
    }
}

/// Reads the fields that an update sets: those that the mask names, or without a mask those that are set.
pub(crate) fn workspace_update(
    workspace: wire::Workspace,
    mask: Option<FieldMask>,
) -> Result<store::WorkspaceUpdate, Status> {
    let paths = mask.map(|mask| mask.paths).unwrap_or_default();
    if let Some(path) = paths.iter().find(|path| !UPDATABLE.contains(&path.as_str())) {
        let description = format!("{path:?} cannot be updated; the fields are {}", UPDATABLE.join(", "));
        return Err(invalid_field("update_mask", description));
    }
    let is_named = |field: &str| paths.iter().any(|path| path == field);
    let sets = |field, is_set| is_named(field) || (paths.is_empty() && is_set);
    let sets_name = sets("display_name", !workspace.display_name.is_empty());
    let sets_rules = sets("publication_rules", workspace.publication_rules.is_some());
    let sets_agreement = sets("print_agreement", workspace.print_agreement.is_some());
    let rules = workspace.publication_rules.unwrap_or_default();
    let rules = store::PublicationRules {
        require_no_warnings: rules.require_no_warnings,
        refused_codes: rules.refused_codes,
        require_declared_changes: rules.require_declared_changes,
    };
    let agreement = workspace.print_agreement.unwrap_or_default();
    let agreement = store::PrintAgreement {
        from_marking: Some(agreement.from_marking).filter(|label| !label.is_empty()),
        // A negative share is refused like one above 100.
        percent: u32::try_from(agreement.percent).unwrap_or(u32::MAX),
    };
    Ok(store::WorkspaceUpdate {
        display_name: sets_name.then_some(workspace.display_name),
        rules: sets_rules.then_some(rules),
        agreement: sets_agreement.then_some(agreement),
    })
}

pub(crate) fn scheme(number: i32) -> Result<Scheme, Status> {
    match wire::MarkingScheme::try_from(number) {
        Ok(wire::MarkingScheme::Unspecified | wire::MarkingScheme::Tlp) => Ok(Scheme::Tlp),
        Ok(wire::MarkingScheme::Us) => Ok(Scheme::Us),
        Ok(wire::MarkingScheme::Corporate) => Ok(Scheme::Corporate),
        Err(_) => Err(unknown_value("workspace.marking_scheme", "MarkingScheme")),
    }
}

pub(crate) fn policy(number: i32) -> Result<Policy, Status> {
    match wire::WithholdingPolicy::try_from(number) {
        Ok(wire::WithholdingPolicy::Unspecified | wire::WithholdingPolicy::Omit) => Ok(Policy::Omit),
        Ok(wire::WithholdingPolicy::Mark) => Ok(Policy::Mark),
        Err(_) => Err(unknown_value("workspace.withholding_policy", "WithholdingPolicy")),
    }
}

/// Converts a count, saturating at the wire type's maximum.
fn count(number: impl TryInto<i32>) -> i32 {
    number.try_into().unwrap_or(i32::MAX)
}

fn seconds(duration: Duration) -> prost_types::Duration {
    prost_types::Duration { seconds: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX), nanos: 0 }
}

#[cfg(test)]
mod tests {
    use super::{parse_task_position, parse_worker_position};

    const ID: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn a_worker_name_may_contain_slashes() {
        let position = parse_worker_position(&format!("{ID}/rack 1/host 2")).unwrap();
        assert_eq!((position.id.as_str(), position.display_name.as_str()), (ID, "rack 1/host 2"));
    }

    #[test]
    fn malformed_keys_are_rejected() {
        for key in ["", "/", "x/1", ID, &format!("x/{ID}"), "99999999999999999999999999/0"] {
            assert_eq!(parse_task_position(key), None, "{key}");
            assert_eq!(parse_worker_position(key), None, "{key}");
        }
    }
}
