//! `./dev chaos`: injects every fault during a load of renders, and checks the promises in docs/GUARANTEES.md.

use std::path::PathBuf;
use std::process::ExitCode;

use chancery_tests::chaos::check::Violation;
use chancery_tests::chaos::cluster::Setup;
use chancery_tests::chaos::plan::Plan;
use chancery_tests::chaos::run::{Verdict, run};
use chancery_tests::chaos::stop_cont::stop_and_continue;
use clap::Parser;

/// Rounds in which the unfenced service has a chance to accept a stale write.
const PROOFS: usize = 6;

/// Longer than any round: the stale worker must learn of its lost lease from the upload, not from a renewal.
const NEVER: u64 = 600_000;

#[derive(Parser)]
#[command(about = "Renders under injected faults and checks the guarantees; exits with 1 on a violation")]
struct Arguments {
    /// Number of renders to request.
    #[arg(long, default_value_t = 100)]
    renders: usize,
    /// Seed for the requests and the faults.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Demands that two workers print the same bytes before a PDF is delivered.
    #[arg(long)]
    agreement: bool,
    /// Runs this many stale-worker rounds instead: a worker is stopped past its lease, resumed once another has the
    /// task.
    #[arg(long, value_name = "ROUNDS")]
    stop_cont: Option<usize>,
    /// Runs the stale-worker rounds with this service, built without the fence; fails unless a stale write is seen.
    #[arg(long, value_name = "SERVICE")]
    unfenced: Option<PathBuf>,
    /// Parent folder of the run's folder, which holds the plan, the history, the logs and the PDFs.
    #[arg(long)]
    folder: PathBuf,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    if let Some(service) = arguments.unfenced {
        let setup = Setup { service, renew: NEVER, ..Setup::in_folder(&arguments.folder.join("unfenced")) };
        let outcome = stop_and_continue(PROOFS, arguments.seed, Some(true), setup).await?;
        let is_seen = outcome.shows_a_stale_write();
        verdict(&outcome.violations);
        println!("chaos.stale_write_seen {is_seen}");
        return Ok(if is_seen { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    if let Some(rounds) = arguments.stop_cont {
        let setup = Setup::in_folder(&arguments.folder.join("stop-cont"));
        let outcome = stop_and_continue(rounds, arguments.seed, None, setup).await?;
        println!("chaos.stale_refused {}", outcome.refused);
        println!("chaos.stopped_too_late {}", outcome.too_late);
        anyhow::ensure!(outcome.refused == rounds, "too many workers finished before they were stopped");
        return Ok(verdict(&outcome.violations));
    }
    let folder = arguments.folder.join(arguments.seed.to_string());
    let plan = Plan::new(arguments.seed, arguments.renders);
    let plan = if arguments.agreement { plan.with_agreement() } else { plan };
    let Verdict { faults, calls, ends, violations } = run(&plan, &folder).await?;
    for (kind, count) in &faults {
        println!("fault {kind:?} {count}");
    }
    println!("calls {}", calls.0);
    println!("calls.broken {}", calls.1);
    for (state, count) in &ends {
        println!("renders {state} {count}");
    }
    Ok(verdict(&violations))
}

fn verdict(violations: &[Violation]) -> ExitCode {
    for violation in violations {
        eprintln!("violation {violation}");
    }
    println!("chaos.violations {}", violations.len());
    if violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
