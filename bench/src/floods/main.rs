//! Floods: an honest reader's latency, and the service's memory, while a hostile process sends one kind of call as fast as
//! it can.

mod attack;
mod honest;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use chancery_bench::content;
use chancery_bench::installation::{Installation, Postgres};
use chancery_bench::process::{memory_kib, reset_peak_memory, start};
use chancery_bench::statistics::{median, percentile};
use chancery_proto::admin::v1::{ApiToken, CreateApiTokenRequest, Role};
use chancery_testkit::WORKSPACE;
use chancery_testkit::imports::import;
use clap::{Parser, Subcommand, ValueEnum as _};
use rustix::process::nice;

use attack::Flood;
use honest::{Latencies, Reader};

/// The size of the content of the brief that is read, in bytes.
const CONTENT: usize = 20_000;

/// Time from the start of a flood to the measurement.
const WARM_UP: Duration = Duration::from_secs(2);

/// How much lower the attacker's priority is (nice(2)).
const NICENESS: i32 = 10;

/// Measures floods on separate databases; ./dev bench floods runs it
#[derive(Parser)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measures the floods.
    Run(Amounts),
    /// Floods a service.
    #[command(hide = true)]
    Attack(attack::Settings),
}

#[derive(Clone, clap::Args)]
struct Amounts {
    /// Folder of the databases and the logs.
    folder: PathBuf,
    /// Seconds of each measurement, idle and under the flood.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Measures one flood only.
    #[arg(long, value_enum)]
    only: Option<Flood>,
}

fn main() -> anyhow::Result<()> {
    let command = CommandLine::parse().command;
    if let Command::Attack(_) = command {
        // Before there are other threads. A real attacker has a machine of its own.
        nice(NICENESS)?;
    }
    let runtime = tokio::runtime::Runtime::new()?;
    match command {
        Command::Run(amounts) => runtime.block_on(run(&amounts)),
        Command::Attack(settings) => runtime.block_on(attack::run(&settings)),
    }
}

/// Figures of one flood.
struct Figures {
    name: String,
    latencies: Latencies,
    memory: f64,
}

async fn run(amounts: &Amounts) -> anyhow::Result<()> {
    let postgres = Postgres::start(&amounts.folder)?;
    let floods = amounts.only.map_or_else(|| Flood::value_variants().to_vec(), |only| vec![only]);
    let (mut idle, mut figures) = (Vec::new(), Vec::new());
    for flood in floods {
        figures.push(measure(&postgres, flood, amounts, &mut idle).await?);
    }
    let idle = median(&mut idle);
    println!("floods.idle_p99_ms {idle:.2}");
    for Figures { name, mut latencies, memory } in figures {
        let p99 = percentile(&mut latencies.milliseconds, 99);
        println!("floods.p99_ratio.{name} {:.1}", p99 / idle);
        println!("floods.peak_mib.{name} {memory:.0}");
        println!("floods.failed_reads.{name} {}", latencies.failed);
        println!("# {name}: p50 {:.2} ms, p99 {p99:.2} ms", median(&mut latencies.milliseconds));
    }
    Ok(())
}

/// Measures the reader without and with a flood, on a service of its own, so that memory that one flood leaves is not the
/// next one's.
async fn measure(
    postgres: &Postgres,
    flood: Flood,
    amounts: &Amounts,
    idle: &mut Vec<f64>,
) -> anyhow::Result<Figures> {
    let name = flood.to_possible_value().context("a hidden flood")?.get_name().replace('-', "_");
    let installation = Installation::start(postgres, &name, &[]).await?;
    let brief = installation.import(content::of_size("bench-brief", CONTENT)).await?;
    let large = attack::revisions("large-brief", attack::LARGE_BRIEF);
    installation.client().await?.import_brief(import(large)).await?;
    let duration = Duration::from_secs(amounts.seconds);
    let reader = Reader { url: installation.url(), brief: brief.clone(), token: token(&installation).await? };
    let mut before = reader.read(duration).await?;
    ensure!(before.failed == 0, "reads fail without a flood");
    idle.push(percentile(&mut before.milliseconds, 99));
    let process = installation.service.process.id().context("the service has exited")?;
    let attack = attack::Settings {
        flood,
        url: installation.url(),
        worker_url: format!("http://{}", installation.service.worker_listen),
        token: token(&installation).await?,
        worker_token: std::fs::read_to_string(installation.worker_token_file())?.trim().to_owned(),
        brief,
        large_brief: format!("{WORKSPACE}/briefs/large-brief"),
    };
    let _attack = start(&attack.arguments()).await?;
    reset_peak_memory(process)?;
    tokio::time::sleep(WARM_UP).await;
    let latencies = reader.read(duration).await?;
    Ok(Figures { name, latencies, memory: f64::from(memory_kib(process, "VmHWM:")?) / 1024.0 })
}

/// Makes a token of its own, because limits go by token.
async fn token(installation: &Installation) -> anyhow::Result<String> {
    let token = ApiToken {
        display_name: "bench".into(),
        roles: [Role::Reader, Role::Author, Role::Publisher].map(Into::into).to_vec(),
        clearance: "TLP:RED".into(),
        ..ApiToken::default()
    };
    let request = CreateApiTokenRequest {
        parent: WORKSPACE.into(),
        api_token: Some(token),
        ..CreateApiTokenRequest::default()
    };
    Ok(installation.client().await?.create_api_token(request).await?.secret)
}
