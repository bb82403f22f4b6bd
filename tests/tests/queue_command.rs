//! `chancery queue`: operators inspect and manage the render queue.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use chancery_testkit::{CommandOutput, Stack, files};

/// Starts a service with the brief imported and without a worker.
async fn stack() -> Stack {
    let stack = Stack::without_worker().await;
    let folder = files::example("russia-iran").display().to_string();
    stack.command(&["import", &folder]).run().await.exits(0);
    stack
}

async fn queue(stack: &Stack, arguments: &[&str]) -> CommandOutput {
    let operator = stack.token_file("operator").display().to_string();
    stack.command(&[&["queue"], arguments, &["--token-file", &operator]].concat()).run().await
}

async fn output_of(stack: &Stack, arguments: &[&str]) -> String {
    queue(stack, arguments).await.exits(0).stdout
}

/// Requests the PDF and does not wait.
async fn requested(stack: &Stack) {
    let request = chancery_proto::render::v1::CreateRenderRequest {
        parent: "workspaces/default".into(),
        source: "workspaces/default/briefs/russia-iran".into(),
        ..Default::default()
    };
    stack.admin().await.create_render(request).await.unwrap();
}

#[tokio::test]
async fn a_queue_without_workers_is_reported_until_a_worker_starts() {
    let mut stack = stack().await;
    requested(&stack).await;
    let stats = output_of(&stack, &["stats"]).await;
    assert!(stats.contains("waiting      1, the oldest for "), "{stats}");
    assert!(stats.contains("NO_WORKER_FOR_ENVIRONMENT"), "{stats}");
    assert_eq!(output_of(&stack, &["workers"]).await, "no workers\n");
    let renders = stack.command(&["renders"]).run().await.exits(0).stdout;
    assert!(
        renders.contains("waiting: no live worker has the print environment that the render is pinned to"),
        "{renders}"
    );

    stack.add_worker();
    let out = stack.folder().join("out.pdf").display().to_string();
    stack.command(&["render", "russia-iran", "-o", &out]).run().await.exits(0);
    let stats = queue(&stack, &["stats", "--json"]).await.exits(0).json();
    assert!(stats["waiting"].is_null() && stats["succeededLastHour"] == 1, "{stats}");
    assert_eq!(stats["environments"][0]["liveWorkers"], 1, "{stats}");
    assert!(output_of(&stack, &["workers"]).await.contains("worker-1"));
}

#[tokio::test]
async fn a_drained_worker_takes_tasks_again_after_undo() {
    let mut stack = stack().await;
    stack.add_worker();
    let out = stack.folder().join("out.pdf").display().to_string();
    stack.command(&["render", "russia-iran", "-o", &out]).run().await.exits(0);
    assert_eq!(output_of(&stack, &["drain", "worker-1"]).await, "worker-1: drained; it holds no leases\n");
    assert!(output_of(&stack, &["workers"]).await.contains("drained"));
    let unknown = queue(&stack, &["drain", "worker-9", "--json"]).await.exits(1);
    assert_eq!(unknown.error()["reason"], "NOT_FOUND");
    assert_eq!(output_of(&stack, &["drain", "worker-1", "--undo"]).await, "worker-1: leases tasks again\n");
    let options = ["render", "russia-iran", "--paper", "letter", "-o", &out];
    stack.command(&options).run().await.exits(0);
}

#[tokio::test]
async fn a_dead_task_is_listed_and_requeued() {
    let mut stack = stack().await;
    requested(&stack).await;
    // As if its workers had crashed on it.
    let rows = |statement: &str| stack.database().psql().rows(statement).unwrap();
    rows("delete from render_queue");
    rows(
        "update render_tasks set state = 'DEAD', quarantined = true, crashes = 3, failure_reason = 'WORKER_CRASHED',
        failure_message = 'printing it ended its worker 3 times', ended_at = clock_timestamp()",
    );
    let task = rows("select task_id from render_tasks").remove(0);
    let dead = output_of(&stack, &["dead"]).await;
    assert!(
        dead.contains(&task) && dead.contains("WORKER_CRASHED") && dead.contains("quarantined"),
        "{dead}"
    );
    let requeued = output_of(&stack, &["requeue", &task]).await;
    assert!(requeued.contains("(generation 2), queued"), "{requeued}");
    assert_eq!(output_of(&stack, &["dead"]).await, "no dead tasks\n");
    assert!(output_of(&stack, &["dead", "--all"]).await.contains("now "));
    stack.add_worker();
    let out = stack.folder().join("out.pdf").display().to_string();
    stack.command(&["render", "russia-iran", "-o", &out]).run().await.exits(0);
    let again = queue(&stack, &["requeue", &task, "--json"]).await.exits(0).json();
    assert_eq!(again["state"], "TASK_STATE_SUCCEEDED", "{again}");
    let usage = queue(&stack, &["requeue", "nonsense", "--json"]).await.exits(2);
    assert_eq!(usage.error()["reason"], "INVALID_NAME");
    let admin = stack.command(&["queue", "stats", "--json"]).run().await.exits(1);
    assert_eq!(admin.error()["reason"], "PERMISSION_DENIED");
}

#[tokio::test]
async fn a_workspace_that_demands_agreement_gets_its_pdf_from_two_workers() {
    let mut stack = stack().await;
    let workspace =
        async |arguments: &[&str]| stack.command(&[&["workspace"], arguments].concat()).run().await;
    let shown = workspace(&["agreement", "--from", "TLP:AMBER", "--percent", "100"]).await.exits(0).stdout;
    assert!(
        shown.contains("agreement of two workers: prints from TLP:AMBER, and 100 % of the others"),
        "{shown}"
    );
    let refused = workspace(&["agreement", "--from", "SECRET"]).await.exits(1).stderr;
    assert!(refused.contains("TLP:AMBER"), "the markings are named: {refused}");
    workspace(&["agreement"]).await.exits(2);
    stack.add_worker();
    requested(&stack).await;
    let waiting = loop {
        let renders = stack.command(&["renders"]).run().await.exits(0).stdout;
        if renders.contains("second worker") {
            break renders;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    };
    assert!(waiting.contains("printed; waiting for a second worker to print the same file"), "{waiting}");
    stack.add_worker();
    let pdf = stack.folder().join("out.pdf").display().to_string();
    stack.command(&["render", "russia-iran", "-o", &pdf]).run().await.exits(0);
    let off = stack.command(&["workspace", "agreement", "--none"]).run().await.exits(0).stdout;
    assert!(off.contains("agreement of two workers: not needed"), "{off}");
}
