//! `chancery-worker`: leases render tasks, prints them and uploads the PDFs.

use std::io::{self, IsTerminal as _};
use std::pin::pin;
use std::process::ExitCode;

use anyhow::Context;
use chancery_environment::Parsed;
use chancery_worker::health::Probe;
use chancery_worker::{
    ChanceryPrinter, Command, Config, HealthState, LogFormat, Printer, RunError, health, run,
};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Exit code that requests a restart (`sysexits.h`).
const EX_TEMPFAIL: u8 = 75;

fn main() -> anyhow::Result<ExitCode> {
    let runtime = Runtime::new()?;
    // Before everything else, because a signal may arrive at any time.
    let signals = {
        let _entered = runtime.enter();
        Signals::listen().context("signals")?
    };
    let Parsed { values: config, effective } = chancery_environment::parse::<Config>();
    match config.command() {
        Some(Command::Probe { live }) => {
            let probe = if live { Probe::Live } else { Probe::Ready };
            runtime.block_on(health::probe(config.health_listen(), probe))?;
            return Ok(ExitCode::SUCCESS);
        }
        Some(Command::Config) => {
            print!("{effective}");
            return Ok(ExitCode::SUCCESS);
        }
        None => {}
    }
    start_log(config.log())?;
    let result = runtime.block_on(work(&config, signals));
    // Does not wait for threads stuck in prints, or in reading a font file that does not end.
    runtime.shutdown_background();
    result
}

async fn work(config: &Config, signals: Signals) -> anyhow::Result<ExitCode> {
    let mut stop = pin!(signals.wait());
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
    let health = HealthState::new(&printer.environment());
    if let Some(address) = config.health_listen() {
        let listener = TcpListener::bind(address).await.with_context(|| format!("listening on {address}"))?;
        tracing::info!(address = %listener.local_addr()?, "serving health and metrics");
        tokio::spawn(health::serve(listener, health.clone()));
    }
    match run(config.queue()?, printer, config.settings(), health, stop).await {
        Ok(()) => {
            tracing::info!("stopped");
            Ok(ExitCode::SUCCESS)
        }
        Err(error @ RunError::RestartRequired(_)) => {
            tracing::error!(%error, "stopped");
            Ok(ExitCode::from(EX_TEMPFAIL))
        }
        Err(error) => Err(error.into()),
    }
}

/// Logs to standard error, filtered by `RUST_LOG`, or else from INFO.
fn start_log(format: LogFormat) -> anyhow::Result<()> {
    let filter = match std::env::var("RUST_LOG") {
        Ok(filter) => EnvFilter::try_new(filter).context("RUST_LOG")?,
        Err(_) => EnvFilter::new("info"),
    };
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Json => log.json().init(),
        LogFormat::Text if io::stderr().is_terminal() => log.init(),
        LogFormat::Text => log.with_ansi(false).init(),
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

    async fn wait(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
