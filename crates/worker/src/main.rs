//! `chancery-worker`: leases render tasks, prints them, uploads the PDFs.

use anyhow::Context;
use chancery_worker::{ChanceryPrinter, Config, LogFormat, run};
use clap::Parser;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Config::parse();
    begin_log(config.log())?;
    // Before the first lease: a signal must find somebody who listens.
    let (terminate, interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tracing::info!(?config, "starting");
    let fonts = config.fonts().context("CHANCERY_FONTS")?;
    let queue = config.queue()?;
    run(queue, ChanceryPrinter::new(fonts), config.settings(), told_to_stop(terminate, interrupt))
        .await
        .context("starting the threads to print on")?;
    tracing::info!("stopped");
    Ok(())
}

/// What `RUST_LOG` asks for, or everything from INFO on; on standard error.
fn begin_log(format: LogFormat) -> anyhow::Result<()> {
    let filter = match std::env::var("RUST_LOG") {
        Ok(wanted) => EnvFilter::try_new(wanted).context("RUST_LOG")?,
        Err(_) => EnvFilter::new("info"),
    };
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Json => log.json().init(),
        LogFormat::Text => log.init(),
    }
    Ok(())
}

async fn told_to_stop(mut terminate: Signal, mut interrupt: Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
