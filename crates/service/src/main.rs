//! The binary `chancery-service`.

use std::process::ExitCode;

use anyhow::Context;
use chancery_environment::Parsed;
use chancery_service::config::{Command, CommandLine};
use chancery_service::observability::health::LIVENESS;
use chancery_service::observability::{health_probe, logging};
use chancery_service::server;
use chancery_service::shutdown::StopSignals;
use tokio::runtime::Runtime;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chancery-service: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<()> {
    let runtime = Runtime::new()?;
    // Before everything else, because a signal without a listener kills the process.
    let signals = {
        let _entered = runtime.enter();
        StopSignals::listen().context("could not listen for signals")?
    };
    let Parsed { values: line, effective } = chancery_environment::parse::<CommandLine>();
    match line.command {
        Some(Command::Probe { live }) => {
            let service = if live { LIVENESS } else { "" };
            let is_encrypted = line.config.connections.tls_certificate.is_some();
            return Ok(runtime.block_on(health_probe::probe(line.config.listen, is_encrypted, service))?);
        }
        Some(Command::Config) => {
            print!("{effective}");
            return Ok(());
        }
        None => {}
    }
    let _flush = logging::init(line.config.log).map_err(anyhow::Error::from_boxed)?;
    tracing::info!(config = ?line.config, "starting");
    Ok(runtime.block_on(server::run(line.config, signals))?)
}
