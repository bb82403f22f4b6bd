//! `queue`: manages the render queue and its workers.

use std::fmt::Write as _;
use std::path::Path;

use chancery_brief::digest::{Digest, body_digest};
use chancery_client::Client;
use chancery_proto::admin::v1::{
    DrainWorkerRequest, EnvironmentQueueStats, GetQueueStatsRequest, InvalidateArtifactRequest,
    ListDeadTasksRequest, ListDeadTasksResponse, ListProofRefusalsRequest, ListWorkersResponse, ProofRefusal,
    QueueStats, RenderTask, RequeueTaskRequest, UndrainWorkerRequest, Worker, WorkspaceQueueStats,
};
use chancery_proto::descriptors::word_of_name;
use chancery_proto::worker::v1::PrintEnvironment;

use crate::args::Global;
use crate::args::operate::{DeadTasks, Queue};
use crate::connection::connect_as_operator;
use crate::inputs::limited_read::{self, MAX_PDF_BYTES};
use crate::names;
use crate::ui::failure::Failure;
use crate::ui::output;
use crate::ui::text;

pub async fn run(global: &Global, command: Queue) -> Result<(), Failure> {
    let client = connect_as_operator(global).await?;
    match command {
        Queue::Stats => stats(global, &client).await,
        Queue::Dead(arguments) => dead(global, &client, &arguments).await,
        Queue::Requeue { task } => requeue(global, &client, &task).await,
        Queue::Workers => workers(global, &client).await,
        Queue::Refusals { limit } => refusals(global, &client, limit).await,
        Queue::Invalidate { pdf, reason } => invalidate(global, &client, &pdf, reason).await,
        Queue::Drain { worker, undo } => drain(global, &client, &worker, undo).await,
    }
}

async fn stats(global: &Global, client: &Client) -> Result<(), Failure> {
    let stats = client.get_queue_stats(GetQueueStatsRequest {}).await?;
    output::response(global.json, &stats, || stats_text(&stats))
}

async fn dead(global: &Global, client: &Client, arguments: &DeadTasks) -> Result<(), Failure> {
    let workspace = arguments.in_workspace.as_ref().map(|id| format!("workspaces/{id}")).unwrap_or_default();
    let request = ListDeadTasksRequest {
        workspace,
        show_with_successor: arguments.all,
        show_failed: arguments.failed,
        ..Default::default()
    };
    let tasks = list_newest(client, request, arguments.limit).await?;
    let response = ListDeadTasksResponse { tasks, ..Default::default() };
    output::response(global.json, &response, || {
        let rows: Vec<_> = response.tasks.iter().map(task_row).collect();
        let headings = ["TASK", "ENDED", "REVISION", "ATTEMPTS", "CRASHES", "REASON", "STATUS"];
        output::table_or(headings, &rows, "no dead tasks")
    })
}

async fn requeue(global: &Global, client: &Client, given: &str) -> Result<(), Failure> {
    let name = names::task(given)?.to_string();
    let task = client.requeue_task(RequeueTaskRequest { name: name.clone() }).await?;
    output::response(global.json, &task, || {
        let state = word_of_name(task.state().as_str_name(), "TASK_STATE_");
        format!("{name}: its inputs are {} (generation {}), {state}\n", task.name, task.generation)
    })
}

async fn refusals(global: &Global, client: &Client, limit: u32) -> Result<(), Failure> {
    let page_size = i32::try_from(limit).unwrap_or(i32::MAX);
    let request = ListProofRefusalsRequest { page_size, ..Default::default() };
    let response = client.list_proof_refusals(request).await?;
    output::response(global.json, &response, || {
        let rows: Vec<_> = response.refusals.iter().map(refusal_row).collect();
        output::table_or(["TIME", "WORKER", "TOKEN", "TASK", "CODE", "PLACE"], &rows, "no refused files")
    })
}

fn refusal_row(refusal: &ProofRefusal) -> [String; 6] {
    let id = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
    [
        text::time(refusal.refuse_time.as_ref()),
        refusal.worker.clone(),
        id(&refusal.api_token),
        id(&refusal.render_task),
        refusal.code.clone(),
        refusal.message.clone(),
    ]
}

/// Deletes a PDF by its SHA-256, or by the file itself.
async fn invalidate(global: &Global, client: &Client, pdf: &str, reason: String) -> Result<(), Failure> {
    let sha256 = match pdf.parse::<Digest>() {
        Ok(digest) => digest,
        Err(_) => body_digest(&limited_read::read(Path::new(pdf), MAX_PDF_BYTES).map_err(|failure| {
            failure.help("give the PDF file, or its SHA-256: 64 lower-case hexadecimal digits")
        })?),
    };
    let request = InvalidateArtifactRequest { sha256: sha256.to_string(), reason };
    let response = client.invalidate_artifact(request).await?;
    output::response(global.json, &response, || {
        format!("{sha256}: deleted; {} task(s) had printed it\n", response.render_tasks.len())
    })
}

async fn workers(global: &Global, client: &Client) -> Result<(), Failure> {
    let response = ListWorkersResponse { workers: client.all_workers().await?, ..Default::default() };
    output::response(global.json, &response, || {
        let rows: Vec<_> = response.workers.iter().map(worker_row).collect();
        let headings =
            ["WORKER", "ID", "STATE", "LEASES", "FREE", "LAST SEEN", "FIRST SEEN", "PRINTER", "FONTS"];
        output::table_or(headings, &rows, "no workers")
    })
}

/// Drains a worker by display name or id. Draining one of several workers that share a name drains all of them.
async fn drain(global: &Global, client: &Client, given: &str, undo: bool) -> Result<(), Failure> {
    let workers = client.all_workers().await?;
    let matches = |worker: &&Worker| {
        worker.display_name == given || worker.name == given || worker.name == format!("workers/{given}")
    };
    let found = workers.iter().find(matches).ok_or_else(|| {
        Failure::new("NOT_FOUND", "NOT_FOUND", format!("no worker has the name or id {given:?}"))
            .help("`chancery queue workers` lists the workers seen in the last day")
    })?;
    let name = found.name.clone();
    let worker = if undo {
        client.undrain_worker(UndrainWorkerRequest { name }).await?
    } else {
        client.drain_worker(DrainWorkerRequest { name }).await?
    };
    output::response(global.json, &worker, || {
        let name = &worker.display_name;
        match (worker.drained, worker.leases) {
            (false, _) => format!("{name}: leases tasks again\n"),
            (true, 0) => format!("{name}: drained; it holds no leases\n"),
            (true, leases) => format!("{name}: draining; it finishes the {leases} tasks that it holds\n"),
        }
    })
}

/// Reads pages until `limit` tasks are read.
async fn list_newest(
    client: &Client,
    mut request: ListDeadTasksRequest,
    limit: u32,
) -> Result<Vec<RenderTask>, Failure> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut tasks = Vec::new();
    while tasks.len() < limit {
        request.page_size = i32::try_from(limit - tasks.len()).unwrap_or(i32::MAX);
        let page = client.list_dead_tasks(request.clone()).await?;
        tasks.extend(page.tasks);
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    Ok(tasks)
}

fn stats_text(stats: &QueueStats) -> String {
    let age = stats.oldest_waiting_age.map_or_else(String::new, |age| {
        format!(", the oldest for {}", text::duration(u64::try_from(age.seconds).unwrap_or_default()))
    });
    let mut text = format!(
        "waiting      {}{age}\nrunning      {}\npaused       {} until their next attempt\n\
         dead         {}, {} of them quarantined\n\
         last hour    {} printed, {} attempts failed, {} leases expired\n\
         table        {} bytes, {} dead rows\n",
        stats.waiting,
        stats.running,
        stats.retry_paused,
        stats.dead,
        stats.quarantined,
        stats.succeeded_last_hour,
        stats.failed_last_hour,
        stats.expired_last_hour,
        stats.table_bytes,
        stats.table_dead_rows,
    );
    if !stats.workspaces.is_empty() {
        let rows: Vec<_> = stats.workspaces.iter().map(workspace_row).collect();
        text.push('\n');
        text.push_str(&output::table(["WORKSPACE", "WAITING", "RUNNING", "PAUSED"], &rows));
    }
    if !stats.environments.is_empty() {
        let rows: Vec<_> = stats.environments.iter().map(environment_row).collect();
        let headings = ["PRINTER", "FONTS", "ACTIVE", "WORKERS", "WAITING", "RUNNING", "PAUSED"];
        text.push('\n');
        text.push_str(&output::table(headings, &rows));
    }
    for starved in stats.environments.iter().filter(|environment| environment.no_worker) {
        let [printer, fonts] = short_digests(starved.environment.as_ref());
        // Writing to a String does not fail.
        let _ = writeln!(
            text,
            "\nNO_WORKER_FOR_ENVIRONMENT: tasks wait for printer {printer} with fonts {fonts}, but no live worker has them"
        );
    }
    text
}

fn workspace_row(stats: &WorkspaceQueueStats) -> [String; 4] {
    [
        stats.workspace.trim_start_matches("workspaces/").to_owned(),
        stats.waiting.to_string(),
        stats.running.to_string(),
        stats.retry_paused.to_string(),
    ]
}

fn environment_row(stats: &EnvironmentQueueStats) -> [String; 7] {
    let [printer, fonts] = short_digests(stats.environment.as_ref());
    [
        printer,
        fonts,
        if stats.active { "yes" } else { "no" }.to_owned(),
        stats.live_workers.to_string(),
        stats.waiting.to_string(),
        stats.running.to_string(),
        stats.retry_paused.to_string(),
    ]
}

fn task_row(task: &RenderTask) -> [String; 7] {
    let reason = format!("{}: {}", task.reason, task.message);
    let status = match (task.successor.is_empty(), task.quarantined) {
        (false, _) => format!("now {}", task.successor.trim_start_matches("renderTasks/")),
        (true, true) => "quarantined".to_owned(),
        (true, false) => String::new(),
    };
    [
        task.name.trim_start_matches("renderTasks/").to_owned(),
        text::time(task.end_time.as_ref()),
        format!("{}/revisions/{}", task.brief.trim_start_matches("workspaces/"), task.revision),
        task.attempts.to_string(),
        task.crashes.to_string(),
        reason,
        status,
    ]
}

fn worker_row(worker: &Worker) -> [String; 9] {
    let [printer, fonts] = short_digests(worker.environment.as_ref());
    let state = match (worker.live, worker.drained) {
        (true, false) => "live",
        (true, true) => "drained",
        (false, false) => "not seen",
        (false, true) => "drained, not seen",
    };
    [
        worker.display_name.clone(),
        worker.name.trim_start_matches("workers/").to_owned(),
        state.to_owned(),
        worker.leases.to_string(),
        worker.free_slots.to_string(),
        text::time(worker.last_seen_time.as_ref()),
        text::time(worker.first_seen_time.as_ref()),
        printer,
        fonts,
    ]
}

/// Returns the first digits of the digests of an environment, as `migrate` prints them.
fn short_digests(environment: Option<&PrintEnvironment>) -> [String; 2] {
    let environment = environment.cloned().unwrap_or_default();
    [environment.printer_version, environment.fonts_digest].map(|digest| digest.chars().take(12).collect())
}

#[cfg(test)]
mod tests {
    use chancery_proto::admin::v1::{EnvironmentQueueStats, QueueStats, WorkspaceQueueStats};
    use chancery_proto::worker::v1::PrintEnvironment;

    use super::stats_text;

    #[test]
    fn stats_name_environments_without_workers() {
        let environment = PrintEnvironment { printer_version: "a".repeat(64), fonts_digest: "b".repeat(64) };
        let starved = EnvironmentQueueStats {
            environment: Some(environment),
            waiting: 3,
            no_worker: true,
            ..Default::default()
        };
        let of_default = WorkspaceQueueStats { workspace: "workspaces/default".into(), ..Default::default() };
        let oldest_waiting_age = Some(prost_types::Duration { seconds: 3725, nanos: 0 });
        let stats = QueueStats {
            waiting: 3,
            oldest_waiting_age,
            environments: vec![starved],
            workspaces: vec![of_default],
            ..Default::default()
        };
        let text = stats_text(&stats);
        assert!(text.contains("waiting      3, the oldest for 1 h 2 min\n"), "{text}");
        assert!(text.contains(
            "NO_WORKER_FOR_ENVIRONMENT: tasks wait for printer aaaaaaaaaaaa with fonts bbbbbbbbbbbb"
        ));
        assert!(text.contains("\ndefault  "), "{text}");
    }
}
