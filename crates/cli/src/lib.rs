//! The `chancery` command, and for the tests the service and the workers as child processes.

#![allow(
    unreachable_pub,
    reason = "the modules of a command are private; `pub` marks what other modules use"
)]

mod args;
mod certificates;
mod commands;
mod connection;
mod database;
mod inputs;
mod live;
mod local;
mod names;
mod ui;

use std::env;
use std::process::ExitCode;

use crate::args::CommandLine;
pub use crate::local::processes;
use crate::ui::failure::{Exit, Failure};

/// Runs the command that the process was started with.
#[must_use]
pub fn main() -> ExitCode {
    let line = match CommandLine::of_process() {
        Ok(line) => line,
        Err(error) => return usage_exit_code(&error),
    };
    let json = line.global.json;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let result = runtime.map_err(Failure::io("starting")).and_then(|runtime| {
        let result = runtime.block_on(commands::run(&line.global, line.command));
        // Dropping the runtime would wait for a read of standard input, which an editor may leave open.
        runtime.shutdown_background();
        result
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report(json);
            ExitCode::from(failure.exit as u8)
        }
    }
}

/// Prints help and version to standard output, and usage errors to standard error, as JSON with `--json`.
fn usage_exit_code(error: &clap::Error) -> ExitCode {
    let wants_json = env::args_os().any(|argument| argument == "--json");
    if wants_json && error.use_stderr() {
        Failure::usage("USAGE", error.render().to_string().trim().to_owned()).report(true);
    } else {
        // A failure to print cannot be reported.
        let _ = error.print();
    }
    if error.use_stderr() { ExitCode::from(Exit::Usage as u8) } else { ExitCode::SUCCESS }
}
