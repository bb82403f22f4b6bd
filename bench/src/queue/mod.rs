//! The render queue: how much of what Postgres can do is left end to end, how soon a PDF begins to arrive, and whether
//! the queue's table stays small.

mod bare;
mod bloat;
mod end_to_end;
mod installation;
mod latency;

use std::path::Path;
use std::time::Duration;

use installation::Installation;

/// Workers at once.
const WORKERS: [usize; 3] = [1, 4, 16];

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Amounts {
    /// Renders of one run.
    pub(crate) renders: usize,
    /// Runs of each kind, taking turns.
    pub(crate) runs: usize,
    /// Tasks that go through the queue's table while its dead rows are watched.
    pub(crate) tasks: usize,
}

/// Measures all of it on a database of its own and prints `figure value` lines.
pub(crate) fn run(folder: &Path, amounts: Amounts) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let installation = Installation::start(folder).await?;
        latency::measure(&installation).await?;
        for workers in WORKERS {
            throughput(&installation, workers, amounts).await?;
        }
        bloat::overload(&installation, amounts.renders).await?;
        bloat::measure(&installation, amounts.tasks).await?;
        Ok(())
    })
}

/// The two loops take turns, so that what else the machine does hits both.
async fn throughput(installation: &Installation, workers: usize, amounts: Amounts) -> anyhow::Result<()> {
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

/// The middle one; of an even number the upper of the two.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

pub(crate) fn milliseconds(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}
