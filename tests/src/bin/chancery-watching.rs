//! Tests watches under concurrent writers, at any size: `./dev watching`.

use std::process::ExitCode;

use chancery_tests::watching::{Settings, run};
use clap::Parser;

/// Tests watches under concurrent writers.
#[derive(Debug, Parser)]
struct Arguments {
    /// Number of concurrent writers.
    #[arg(long, default_value_t = 8)]
    writers: usize,
    /// Number of revisions that each writer publishes.
    #[arg(long, default_value_t = 10_000)]
    publishes: u32,
    /// Number of service restarts during the run.
    #[arg(long, default_value_t = 10)]
    restarts: u32,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { writers, publishes, restarts } = Arguments::parse();
    let report = run(Settings { writers, publishes, restarts }).await;
    println!("watch.changes {}", report.logged);
    println!("watch.seconds {:.1}", report.seconds);
    for (name, received, restarts) in &report.watchers {
        println!("watch.received {received} ({name}, restarted {restarts} times)");
    }
    for violation in &report.violations {
        println!("{violation}");
    }
    println!("watch.violations {}", report.violations.len());
    if report.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
