//! `chancery-worker`: leases render tasks, prints them, uploads the PDFs.

use anyhow::Context;
use chancery_worker::{ChanceryPrinter, Config, run};
use clap::Parser;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Config::parse();
    let filter = EnvFilter::try_new(config.log()).context("CHANCERY_LOG")?;
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).init();
    // Before the first lease: a signal must find somebody who listens.
    let (terminate, interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tracing::info!(?config, "starting");
    let queue = config.queue()?;
    run(queue, ChanceryPrinter, config.settings(), told_to_stop(terminate, interrupt))
        .await
        .context("starting the threads to print on")?;
    tracing::info!("stopped");
    Ok(())
}

async fn told_to_stop(mut terminate: Signal, mut interrupt: Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
