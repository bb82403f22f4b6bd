//! Serving: `GetBrief` from the cache and from the database, compared with minimal servers, and whether lists and
//! searches stay as fast with a hundred times the data.

mod encrypted;
mod growth;
mod load;
mod peer;

use std::path::PathBuf;

use chancery_bench::installation;
use clap::{Parser, Subcommand};

/// Measures serving on separate databases; ./dev bench serve runs it
#[derive(Parser)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measures everything.
    Run(Amounts),
    /// Serves fixed bytes.
    #[command(hide = true)]
    Peer(peer::Settings),
    /// Calls one method repeatedly.
    #[command(hide = true)]
    Load(load::Settings),
}

#[derive(Clone, clap::Args)]
struct Amounts {
    /// Folder of the databases and the logs.
    folder: PathBuf,
    /// Rounds of each kind, in which the two sides alternate.
    #[arg(long, default_value_t = 15)]
    rounds: usize,
    /// Seconds of one side's turn.
    #[arg(long, default_value_t = 2)]
    seconds: u64,
    /// Connections of the load.
    #[arg(long, default_value_t = 4)]
    connections: usize,
    /// Concurrent calls on each connection.
    #[arg(long, default_value_t = 8)]
    calls: usize,
    /// Statements of the large installation; the small one has a hundredth.
    #[arg(long, default_value_t = 100_000)]
    statements: usize,
    /// How often each query runs on each installation.
    #[arg(long, default_value_t = 40)]
    queries: usize,
    /// A short run that checks that the bench works.
    #[arg(long)]
    quick: bool,
    /// Measures one part only.
    #[arg(long, value_enum)]
    only: Option<Part>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    Warm,
    WarmTls,
    Cold,
    ColdUnbatched,
    Growth,
}

fn main() -> anyhow::Result<()> {
    // The same settings as the service's.
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
    if wants(Part::WarmTls) {
        load::warm_tls(&postgres, &amounts).await?;
    }
    if wants(Part::Cold) {
        load::cold(&postgres, &amounts).await?;
    }
    if wants(Part::ColdUnbatched) {
        load::cold_unbatched(&postgres, &amounts).await?;
    }
    if wants(Part::Growth) {
        growth::measure(&postgres, &amounts).await?;
    }
    Ok(())
}
