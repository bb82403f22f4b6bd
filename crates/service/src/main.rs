//! The binary `chancery-service`.

use std::process::ExitCode;

use chancery_service::config::{Command, CommandLine};
use chancery_service::{probe, server, telemetry};
use clap::Parser;

fn main() -> ExitCode {
    let line = CommandLine::parse();
    match run(line) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chancery-service: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(line: CommandLine) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if let Some(Command::Probe) = line.command {
        return Ok(runtime.block_on(probe::probe(line.config.listen))?);
    }
    telemetry::begin_log(line.config.log).map_err(anyhow::Error::from_boxed)?;
    tracing::info!(config = ?line.config, "starting");
    Ok(runtime.block_on(server::run(line.config))?)
}
