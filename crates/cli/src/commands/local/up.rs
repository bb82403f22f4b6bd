//! `up`: runs everything on this machine until Ctrl-C.

use std::time::Duration;

use serde_json::json;
use tokio::time::interval;

use crate::args::Global;
use crate::args::local::Up;
use crate::local::stack::{Stack, StackSettings};
use crate::local::state_folder::StateFolder;
use crate::local::stop_signal::StopSignal;
use crate::ui::failure::Failure;
use crate::ui::output;

const PROCESS_POLL_INTERVAL: Duration = Duration::from_millis(200);

pub async fn run(global: &Global, arguments: &Up) -> Result<(), Failure> {
    let mut stop = StopSignal::listen()?;
    let state = StateFolder::find(global.data.as_deref())?;
    let lock = state.lock()?;
    let settings = StackSettings {
        state: &state,
        database: &arguments.database,
        fresh: false,
        listen: arguments.listen,
        worker_listen: arguments.worker_listen,
        workers: arguments.workers,
        insecure: global.insecure,
    };
    let mut on_step = |step: String| eprintln!("{step}");
    // Cancelling the start drops the stack, which stops the processes started so far.
    let mut stack = tokio::select! {
        started = Stack::start(&settings, &mut on_step) => started?,
        () = stop.wait() => return Ok(()),
    };
    lock.announce(&stack.running())?;
    output::print(&summary(global.json, &stack, &state))?;
    let failure = wait_for_stop_or_exit(&mut stack, &mut stop).await?;
    eprintln!("stopping");
    let stopped = tokio::select! {
        stopped = stack.stop() => stopped,
        () = stop.wait() => Err(Failure::new("CANCELLED", "INTERRUPTED", "killed before an orderly stop")),
    };
    failure.map_or(stopped, Err)
}

/// Returns on a signal, or with a failure once a process has exited by itself.
async fn wait_for_stop_or_exit(stack: &mut Stack, stop: &mut StopSignal) -> Result<Option<Failure>, Failure> {
    let mut ticks = interval(PROCESS_POLL_INTERVAL);
    loop {
        tokio::select! {
            () = stop.wait() => return Ok(None),
            _ = ticks.tick() => if let Some(failure) = stack.exited_process()? { return Ok(Some(failure)) },
        }
    }
}

fn summary(as_json: bool, stack: &Stack, state: &StateFolder) -> String {
    let running = stack.running();
    let logs = state.logs();
    if as_json {
        let summary = json!({
            "pid": running.pid,
            "server": running.server,
            "worker_server": running.worker_server,
            "token_file": running.token_file,
            "operator_token_file": stack.tokens.operator(),
            "worker_token_file": stack.tokens.worker(),
            "logs": logs,
        });
        return format!("{summary:#}\n");
    }
    format!(
        "\nChancery is running:\n  service   {}\n  workers   lease tasks from {}\n  database  {}\n  token     {}\n  logs      {}\n\
         Other `chancery` commands of this clone connect to it by default. Ctrl-C stops it.\n",
        running.server,
        running.worker_server,
        stack.database(),
        running.token_file.display(),
        logs.display()
    )
}
