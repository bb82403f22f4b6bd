//! Serving: `GetBrief` from memory and from the database against servers that do nothing else, and whether lists and
//! searches stay as fast when there is a hundred times as much.

mod content;
mod growth;
mod installation;
mod load;
mod peer;
mod process;
mod wire;
mod words;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Measures serving on databases of its own; ./dev bench serve drives it
#[derive(Parser)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measures everything.
    Run(Amounts),
    /// Serves bytes and does nothing else.
    #[command(hide = true)]
    Peer(peer::Settings),
    /// Calls one method again and again.
    #[command(hide = true)]
    Load(load::Settings),
}

#[derive(clap::Args)]
struct Amounts {
    /// Where the databases and the logs go.
    folder: PathBuf,
    /// Rounds of each kind, the two sides taking turns.
    #[arg(long, default_value_t = 15)]
    rounds: usize,
    /// Seconds of one side's turn.
    #[arg(long, default_value_t = 2)]
    seconds: u64,
    /// Connections of the load.
    #[arg(long, default_value_t = 4)]
    connections: usize,
    /// Calls under way on each connection.
    #[arg(long, default_value_t = 8)]
    calls: usize,
    /// Statements of the large installation; the small one has a hundredth.
    #[arg(long, default_value_t = 100_000)]
    statements: usize,
    /// How often each query is asked of either.
    #[arg(long, default_value_t = 40)]
    queries: usize,
    /// A short run that shows whether everything works.
    #[arg(long)]
    quick: bool,
    /// One part alone.
    #[arg(long, value_enum)]
    only: Option<Part>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    Warm,
    Cold,
    Growth,
}

fn main() -> anyhow::Result<()> {
    // As the service has it.
    let runtime = tokio::runtime::Runtime::new()?;
    match CommandLine::parse().command {
        Command::Run(amounts) => runtime.block_on(run(amounts)),
        Command::Peer(settings) => runtime.block_on(peer::serve(&settings)),
        Command::Load(settings) => runtime.block_on(load::run(&settings)),
    }
}

async fn run(mut amounts: Amounts) -> anyhow::Result<()> {
    if amounts.quick {
        (amounts.rounds, amounts.seconds, amounts.statements, amounts.queries) = (2, 1, 5_000, 3);
    }
    let postgres = installation::Postgres::start(&amounts.folder)?;
    let wants = |part| amounts.only.is_none_or(|only| only == part);
    if wants(Part::Warm) {
        load::warm(&postgres, &amounts).await?;
    }
    if wants(Part::Cold) {
        load::cold(&postgres, &amounts).await?;
    }
    if wants(Part::Growth) {
        growth::measure(&postgres, &amounts).await?;
    }
    Ok(())
}

/// The middle one; of an even number the upper of the two.
fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
