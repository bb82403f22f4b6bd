//! Settings: flags first, then the environment, then the defaults.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use chancery_artifacts::ArtifactLocation;
use chancery_store::{DatabaseSettings, LeaseTimes, QUEUE_LIMIT};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::cache::ANSWER_BYTES;

/// Serves briefs and renders over gRPC.
#[derive(Debug, Parser)]
#[command(name = "chancery-service", version)]
pub struct CommandLine {
    /// What to do instead of serving.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The settings.
    #[command(flatten)]
    pub config: Config,
}

/// What the binary does besides serving.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum Command {
    /// Checks the service on this machine: exits with 0 when it serves, with 1 when it does not or cannot reach Postgres.
    Probe {
        /// Checks only that the process answers, whatever the state of Postgres: for a check that restarts it.
        #[arg(long)]
        live: bool,
    },
}

/// The service's settings.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// Where callers reach it.
    #[arg(long, env = "CHANCERY_LISTEN", default_value = "127.0.0.1:50051", global = true)]
    pub listen: SocketAddr,
    /// Where workers reach it.
    #[arg(long, env = "CHANCERY_WORKER_LISTEN", default_value = "127.0.0.1:50052")]
    pub worker_listen: SocketAddr,
    /// The database.
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// Where the bytes of new PDFs go: `postgres`, `file:///FOLDER`, `s3://BUCKET/PREFIX`, `gs://BUCKET/PREFIX`,
    /// `az://CONTAINER/PREFIX`, or `memory:///` for tests. Credentials and endpoints come from the environment, as the
    /// provider's own tools name them. Older PDFs are read from where they are.
    #[arg(long, env = "CHANCERY_ARTIFACTS", default_value = "postgres", value_name = "URL")]
    pub artifacts: ArtifactLocation,
    /// Renders of a workspace that may wait to be printed or be under way at once, equal ones counted once. All services
    /// should say the same.
    #[arg(long, env = "CHANCERY_MAX_QUEUED", default_value_t = QUEUE_LIMIT, value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub max_queued: u32,
    /// Days that a PDF is kept after it was last printed or requested; 0 keeps all for ever. All services should say the
    /// same.
    #[arg(long, env = "CHANCERY_ARTIFACT_DAYS", default_value_t = 0, value_name = "DAYS",
        value_parser = clap::value_parser!(u32).range(..=36_500))]
    pub artifact_days: u32,
    /// Memory for answers that are kept to be given again, in MiB.
    #[arg(long, env = "CHANCERY_BRIEF_CACHE_MIB", default_value_t = ANSWER_BYTES / (1024 * 1024), value_name = "MIB",
        value_parser = clap::value_parser!(u64).range(1..=65_536))]
    pub brief_cache_mib: u64,
    /// Reads every brief from the database. For benchmarks.
    #[arg(long, env = "CHANCERY_BENCH_NO_BRIEF_CACHE", hide = true)]
    pub bench_no_brief_cache: bool,
    /// Calls that may be under way at once, long polls and streams aside.
    #[arg(long, env = "CHANCERY_MAX_CALLS", default_value_t = 512)]
    pub max_calls: usize,
    /// How long a call may take, long polls and uploads aside, in seconds.
    #[arg(long, env = "CHANCERY_CALL_TIMEOUT", default_value = "30", value_parser = seconds)]
    pub call_timeout: Duration,
    /// How long calls under way may go on after SIGTERM, in seconds.
    #[arg(long, env = "CHANCERY_DRAIN_TIMEOUT", default_value = "20", value_parser = seconds)]
    pub drain_timeout: Duration,
    /// How long a lease holds, in milliseconds. For tests, which cannot wait for half a minute.
    #[arg(long, env = "CHANCERY_TEST_LEASE_MILLIS", hide = true, value_parser = milliseconds)]
    pub lease: Option<Duration>,
    /// How long a task may take under one lease, in milliseconds. For tests.
    #[arg(long, env = "CHANCERY_TEST_DEADLINE_MILLIS", hide = true, value_parser = milliseconds)]
    pub deadline: Option<Duration>,
    /// How long somebody who watches may leave what he is told unread, in milliseconds. For tests.
    #[arg(long, env = "CHANCERY_TEST_WATCH_PATIENCE_MILLIS", hide = true, value_parser = milliseconds)]
    pub watch_patience: Option<Duration>,
    /// How the log is written. `RUST_LOG` says what is.
    #[arg(long, env = "CHANCERY_LOG", value_enum, default_value_t = LogFormat::Json)]
    pub log: LogFormat,
    /// Where to write one line of JSON with the addresses once calls are served.
    #[arg(long, value_name = "PATH")]
    pub ready_file: Option<PathBuf>,
}

/// Forms of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

impl Config {
    /// How long workers may keep a task.
    pub fn lease_times(&self) -> LeaseTimes {
        let usual = LeaseTimes::default();
        LeaseTimes {
            lease: self.lease.unwrap_or(usual.lease),
            deadline: self.deadline.unwrap_or(usual.deadline),
        }
    }

    /// Memory for answers, in bytes; none for keeping no answers.
    pub fn brief_cache(&self) -> Option<u64> {
        (!self.bench_no_brief_cache).then_some(self.brief_cache_mib * 1024 * 1024)
    }

    /// How long PDFs are kept; none for ever.
    pub fn artifact_age(&self) -> Option<Duration> {
        (self.artifact_days > 0).then(|| Duration::from_hours(24 * u64::from(self.artifact_days)))
    }
}

fn milliseconds(text: &str) -> Result<Duration, std::num::ParseIntError> {
    text.parse().map(Duration::from_millis)
}

fn seconds(text: &str) -> Result<Duration, std::num::ParseIntError> {
    text.parse().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::CommandLine;

    #[test]
    fn an_unknown_flag_is_refused() {
        assert!(CommandLine::try_parse_from(["chancery-service", "--lisen", "127.0.0.1:1"]).is_err());
    }

    #[test]
    fn the_printed_settings_do_not_show_the_password() {
        let url = "--database-url=postgres://chancery:hunter2@db/chancery";
        let line = CommandLine::try_parse_from(["chancery-service", url]).unwrap();
        let printed = format!("{:?}", line.config);
        assert!(printed.contains("db/chancery") && !printed.contains("hunter2"), "{printed}");
    }
}
