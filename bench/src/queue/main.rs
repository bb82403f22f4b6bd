//! The render queue: end-to-end throughput relative to Postgres alone, the time to the first byte of a PDF, and
//! whether the queue's table stays small.

mod bare;
mod bloat;
mod end_to_end;
mod installation;
mod latency;

use std::path::PathBuf;
use std::time::Duration;

use chancery_bench::statistics::median;
use clap::Parser;
use installation::Installation;

/// Numbers of concurrent workers.
const WORKERS: [usize; 3] = [1, 4, 16];

/// Measures the render queue on a separate database; ./dev bench queue runs it
#[derive(Parser)]
struct Amounts {
    /// Folder of the database and the logs.
    folder: PathBuf,
    /// Renders of one run.
    #[arg(long, default_value_t = 400)]
    renders: usize,
    /// Runs of each kind, alternating.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Tasks that pass through the queue's table while its dead rows are counted.
    #[arg(long, default_value_t = 100_000)]
    tasks: usize,
}

fn main() -> anyhow::Result<()> {
    let amounts = Amounts::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let installation = Installation::start(&amounts.folder).await?;
        latency::measure(&installation).await?;
        for workers in WORKERS {
            throughput(&installation, workers, &amounts).await?;
        }
        bloat::overload(&installation, amounts.renders).await?;
        bloat::measure(&installation, amounts.tasks).await?;
        Ok(())
    })
}

/// Measures the two loops in alternation, so that other load on the machine affects both.
async fn throughput(installation: &Installation, workers: usize, amounts: &Amounts) -> anyhow::Result<()> {
    let (mut whole, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..amounts.runs {
        whole.push(rate(amounts.renders, end_to_end::run(installation, workers, amounts.renders).await?));
        bare.push(rate(amounts.renders, bare::run(installation, workers, amounts.renders).await?));
    }
    let (whole, bare) = (median(&mut whole), median(&mut bare));
    println!("# {workers} workers: {whole:.0} renders/s end to end, {bare:.0} in the bare loop");
    let figure =
        if workers == 4 { "queue.noop_ratio".to_owned() } else { format!("queue.noop_ratio.{workers}") };
    println!("{figure} {:.2}", whole / bare);
    Ok(())
}

fn rate(renders: usize, took: Duration) -> f64 {
    f64::from(u32::try_from(renders).unwrap_or(u32::MAX)) / took.as_secs_f64()
}

pub(crate) fn milliseconds(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}
