//! `./dev chaos`: breaks everything that can be broken while renders are asked for, and checks what was promised.

use std::path::PathBuf;
use std::process::ExitCode;

use chancery_tests::chaos::check::Violation;
use chancery_tests::chaos::cluster::Setup;
use chancery_tests::chaos::plan::Plan;
use chancery_tests::chaos::run::{Verdict, run};
use chancery_tests::chaos::stop_cont::stop_and_continue;
use clap::Parser;

/// Rounds in which the unfenced service has a chance to take a stale write.
const PROOFS: usize = 6;

/// Longer than any round: the stale worker must not learn from a renewal what it is to learn from its upload.
const NEVER: u64 = 600_000;

#[derive(Parser)]
#[command(
    about = "Renders under faults, and a check of what was promised; exits with 1 when something was not kept"
)]
struct Arguments {
    /// How many renders are asked for.
    #[arg(long, default_value_t = 100)]
    renders: usize,
    /// What decides the requests and the faults.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Instead: so many times, a worker is stopped past its lease and goes on when another has its task.
    #[arg(long, value_name = "ROUNDS")]
    stop_cont: Option<usize>,
    /// Instead: the same with this service, which was built without the fence; fails unless a stale write is seen.
    #[arg(long, value_name = "SERVICE")]
    unfenced: Option<PathBuf>,
    /// Where the plan, the history, the logs and the PDFs go, in a folder of the run's name.
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
        anyhow::ensure!(outcome.refused == rounds, "too many workers were done before they were stopped");
        return Ok(verdict(&outcome.violations));
    }
    let folder = arguments.folder.join(arguments.seed.to_string());
    let Verdict { faults, calls, ends, violations } =
        run(&Plan::new(arguments.seed, arguments.renders), &folder).await?;
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
