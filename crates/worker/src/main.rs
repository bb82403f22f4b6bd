//! `chancery-worker`: leases render tasks, prints them, uploads the PDFs.

use std::io;
use std::pin::pin;
use std::process::ExitCode;

use anyhow::Context;
use chancery_worker::{ChanceryPrinter, Config, LogFormat, Printer, RunError, Vitals, health, run};
use clap::Parser;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Worn out: whoever started it shall start it anew (`EX_TEMPFAIL` of `sysexits.h`).
const START_ANEW: u8 = 75;

fn main() -> anyhow::Result<ExitCode> {
    let runtime = Runtime::new()?;
    // Before everything else: a signal must find somebody who listens, however early it comes.
    let signals = {
        let _entered = runtime.enter();
        Signals::listen().context("signals")?
    };
    let config = Config::parse();
    if let Some(command) = config.asked() {
        runtime.block_on(health::probe(config.health_listen(), command.question()))?;
        return Ok(ExitCode::SUCCESS);
    }
    begin_log(config.log())?;
    let ended = runtime.block_on(work(&config, signals));
    // Neither threads that hang in prints nor a file of fonts that does not end are waited for.
    runtime.shutdown_background();
    ended
}

async fn work(config: &Config, signals: Signals) -> anyhow::Result<ExitCode> {
    let mut stop = pin!(signals.told_to_stop());
    tracing::info!(?config, "starting");
    let reading = config.clone();
    let fonts = tokio::select! {
        fonts = tokio::task::spawn_blocking(move || reading.fonts()) => fonts?.context("CHANCERY_FONTS")?,
        () = &mut stop => {
            tracing::info!("stopped before the first lease");
            return Ok(ExitCode::SUCCESS);
        }
    };
    let printer = ChanceryPrinter::new(fonts).with_limits(config.limits());
    let vitals = Vitals::new(&printer.environment());
    if let Some(address) = config.health_listen() {
        let listener = TcpListener::bind(address).await.with_context(|| format!("listening on {address}"))?;
        tracing::info!(address = %listener.local_addr()?, "telling how it is");
        tokio::spawn(health::serve(listener, vitals.clone()));
    }
    match run(config.queue()?, printer, config.settings(), vitals, stop).await {
        Ok(()) => {
            tracing::info!("stopped");
            Ok(ExitCode::SUCCESS)
        }
        Err(error @ RunError::WornOut(_)) => {
            tracing::error!(%error, "stopped");
            Ok(ExitCode::from(START_ANEW))
        }
        Err(error) => Err(error.into()),
    }
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

/// SIGTERM and SIGINT.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn told_to_stop(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
