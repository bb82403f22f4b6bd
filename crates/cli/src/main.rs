//! The `chancery` command: people's way in, and everything on one machine.

#![allow(unreachable_pub, reason = "in a binary, `pub` says what other modules use")]

mod args;
mod commands;
mod connection;
mod documents;
mod failure;
mod images;
mod names;
mod output;
mod print_options;
mod print_warnings;
mod progress;
mod source_text;
mod stack;
mod state;
mod text;
mod theme;

use std::env;
use std::process::ExitCode;

use clap::Parser;

use crate::args::CommandLine;
use crate::failure::{Exit, Failure};

fn main() -> ExitCode {
    let line = match CommandLine::try_parse() {
        Ok(line) => line,
        Err(error) => return refuse_usage(&error),
    };
    let json = line.global.json;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let ran = runtime
        .map_err(Failure::io("starting"))
        .and_then(|runtime| runtime.block_on(commands::run(&line.global, line.command)));
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report(json);
            ExitCode::from(failure.exit as u8)
        }
    }
}

/// Help and version are no mistakes; the rest is, and programs get it in their form.
fn refuse_usage(error: &clap::Error) -> ExitCode {
    let wants_json = env::args_os().any(|argument| argument == "--json");
    if wants_json && error.use_stderr() {
        Failure::usage("USAGE", error.render().to_string().trim().to_owned()).report(true);
    } else {
        // Nobody is left to hear of a failure to print.
        let _ = error.print();
    }
    if error.use_stderr() { ExitCode::from(Exit::Usage as u8) } else { ExitCode::SUCCESS }
}
