//! `up`: everything on this machine, until Ctrl-C.

use std::time::Duration;

use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::interval;

use crate::args::{Global, Up};
use crate::failure::Failure;
use crate::output;
use crate::stack::{Stack, StackSettings};
use crate::state::StateFolder;

/// How often the processes are looked at.
const LOOK: Duration = Duration::from_millis(200);

pub async fn run(global: &Global, arguments: &Up) -> Result<(), Failure> {
    let mut stop = StopSignal::new()?;
    let state = StateFolder::find(global.data.as_deref())?;
    let lock = state.lock()?;
    let settings = StackSettings {
        state: &state,
        database: &arguments.database,
        fresh: false,
        listen: arguments.listen,
        worker_listen: arguments.worker_listen,
        workers: arguments.workers,
    };
    let mut say = |step: String| eprintln!("{step}");
    // Dropped in the middle, what has started is stopped.
    let mut stack = tokio::select! {
        started = Stack::start(&settings, &mut say) => started?,
        () = stop.wait() => return Ok(()),
    };
    lock.announce(&stack.running())?;
    output::print(&told(global.json, &stack, &state))?;
    let died = watch(&mut stack, &mut stop).await?;
    eprintln!("stopping");
    let stopped = tokio::select! {
        stopped = stack.stop() => stopped,
        () = stop.wait() => Err(Failure::new("CANCELLED", "INTERRUPTED", "stopped at once, not in order")),
    };
    died.map_or(stopped, Err)
}

/// Until a signal comes, or a process ends by itself.
async fn watch(stack: &mut Stack, stop: &mut StopSignal) -> Result<Option<Failure>, Failure> {
    let mut looks = interval(LOOK);
    loop {
        tokio::select! {
            () = stop.wait() => return Ok(None),
            _ = looks.tick() => if let Some(failure) = stack.died()? { return Ok(Some(failure)) },
        }
    }
}

fn told(as_json: bool, stack: &Stack, state: &StateFolder) -> String {
    let running = stack.running();
    let logs = state.logs();
    if as_json {
        let told = json!({
            "pid": running.pid,
            "server": running.server,
            "worker_server": running.worker_server,
            "token_file": running.token_file,
            "operator_token_file": stack.tokens.operator(),
            "worker_token_file": stack.tokens.worker(),
            "logs": logs,
        });
        return format!("{told:#}\n");
    }
    format!(
        "\nChancery runs:\n  service   {}\n  workers   take tasks from {}\n  database  {}\n  token     {}\n  logs      {}\n\
         Other `chancery` commands of this clone find it by themselves. Ctrl-C stops it.\n",
        running.server,
        running.worker_server,
        stack.database(),
        running.token_file.display(),
        logs.display()
    )
}

/// Ctrl-C or SIGTERM.
pub struct StopSignal {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

impl StopSignal {
    /// From here on the signals no longer end the process by themselves.
    pub fn new() -> Result<Self, Failure> {
        let listening = || Failure::io("listening for signals");
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).map_err(listening())?,
            terminate: signal(SignalKind::terminate()).map_err(listening())?,
        })
    }

    /// Waits for one.
    pub async fn wait(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
