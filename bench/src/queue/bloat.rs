//! Measures whether the queue's table stays small while tasks pass through it, and how long the oldest task waits when
//! requests outnumber the printing capacity.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use chancery_postgres::Psql;
use tokio::task::block_in_place;

use super::end_to_end::Workers;
use super::installation::Installation;
use super::{bare, rate};

/// How often the table is inspected.
const LOOKS: usize = 20;

/// Connections that run tasks.
const LOOPS: usize = 8;

/// Prints the highest number of dead rows, and the final size of the table.
pub(crate) async fn measure(installation: &Installation, tasks: usize) -> anyhow::Result<()> {
    let dead = "select n_dead_tup from pg_stat_user_tables where relname = 'render_queue'";
    let mut most = 0.0_f64;
    let started = Instant::now();
    for _ in 0..LOOKS {
        bare::run(installation, LOOPS, tasks / LOOKS).await?;
        most = most.max(number(installation.psql(), dead)?);
    }
    println!("# {tasks} tasks at {:.0} a second", rate(tasks, started.elapsed()));
    println!("queue.dead_rows {most:.0}");
    let size = "select pg_total_relation_size('render_queue') / 1024";
    println!("queue.table_kb {:.0}", number(installation.psql(), size)?);
    Ok(())
}

/// Prints the longest time that the oldest leasable task has waited, with one worker for many tasks.
pub(crate) async fn overload(installation: &Installation, renders: usize) -> anyhow::Result<()> {
    let client = installation.client().await?;
    for _ in 0..renders {
        client.create_render(installation.request()).await?;
    }
    let started = Instant::now();
    let workers = Workers::start(installation, 1)?;
    let oldest = "select coalesce(extract(epoch from max(clock_timestamp() - visible_at)), 0) from render_queue \
         where leased_at is null";
    let mut most = 0.0_f64;
    while number(installation.psql(), "select count(*) from render_queue")? > 0.0 {
        most = most.max(number(installation.psql(), oldest)?);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    println!("# {renders} waiting tasks were done in {:.1} s by one worker", started.elapsed().as_secs_f64());
    println!("queue.oldest_ready_s {most:.1}");
    workers.stop().await
}

fn number(psql: &Psql, query: &str) -> anyhow::Result<f64> {
    let rows = block_in_place(|| psql.rows(query))?;
    rows.concat().parse().with_context(|| format!("{rows:?} is not a number"))
}
