//! Watches under concurrent writers, at any size: `./dev watching`.

use std::process::ExitCode;

use chancery_tests::watching::{Settings, run};
use clap::Parser;

/// Watches under concurrent writers.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many publish at once.
    #[arg(long, default_value_t = 8)]
    writers: usize,
    /// How many revisions each of them publishes.
    #[arg(long, default_value_t = 10_000)]
    publishes: u32,
    /// How often a service is restarted meanwhile.
    #[arg(long, default_value_t = 10)]
    restarts: u32,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { writers, publishes, restarts } = Arguments::parse();
    let report = run(Settings { writers, publishes, restarts }).await;
    println!("watch.changes {}", report.logged);
    println!("watch.seconds {:.1}", report.seconds);
    for (name, heard, begun_anew) in &report.watchers {
        println!("watch.heard {heard} ({name}, begun anew {begun_anew} times)");
    }
    for violation in &report.violations {
        println!("{violation}");
    }
    println!("watch.violations {}", report.violations.len());
    if report.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
