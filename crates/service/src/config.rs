//! Settings: flags override environment variables, which override the file of settings, which overrides defaults.

use std::net::{AddrParseError, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use chancery_artifacts::ArtifactLocation;
use chancery_store::{DatabaseSettings, LeaseTimes, QUEUE_LIMIT};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::admission::CallSettings;
use crate::cache::DEFAULT_BRIEF_BYTES;
use crate::durations::{milliseconds, seconds};
use crate::listener::ConnectionSettings;
use crate::workers::proofs::ProofPolicy;

/// Serves briefs and renders over gRPC.
#[derive(Debug, Parser)]
#[command(name = "chancery-service", version)]
pub struct CommandLine {
    /// The subcommand; `None` serves.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The service's settings.
    #[command(flatten)]
    pub config: Config,
}

/// Subcommands.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum Command {
    /// Checks the health of the service on this machine. Exits with 0 if it is serving, with 1 if it is not running, is
    /// shutting down, or has lost Postgres.
    Probe {
        /// Checks liveness only: succeeds while the process responds, regardless of Postgres. For probes that restart
        /// the process.
        #[arg(long)]
        live: bool,
    },
    /// Prints the settings that are in effect, as a file of settings with the origin of each, without secrets.
    Config,
}

/// The service's settings.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// File with settings, in TOML: the names of the flags with `_` instead of `-`, without those before them. Flags and
    /// environment variables override it; unknown names are refused.
    #[arg(long = "config", env = "CHANCERY_CONFIG", value_name = "FILE")]
    pub settings_file: Option<PathBuf>,
    /// Address of the public listener.
    #[arg(long, env = "CHANCERY_LISTEN", default_value = "127.0.0.1:50051", global = true)]
    pub listen: SocketAddr,
    /// Address of the workers' listener.
    #[arg(long, env = "CHANCERY_WORKER_LISTEN", default_value = "127.0.0.1:50052")]
    pub worker_listen: SocketAddr,
    /// Address to serve /metrics on over HTTP, for Prometheus; none if empty. It takes no credentials: keep it inside.
    #[arg(long, env = "CHANCERY_METRICS_LISTEN", default_value = "", value_name = "ADDRESS")]
    pub metrics_listen: OptionalAddress,
    /// TLS and limits of connections.
    #[command(flatten)]
    pub connections: ConnectionSettings,
    /// Settings of the database connection.
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// Store for new PDFs: `postgres`, `file:///FOLDER`, `s3://BUCKET/PREFIX`, `gs://BUCKET/PREFIX`,
    /// `az://CONTAINER/PREFIX`, or `memory:///` for tests. Credentials and endpoints come from the environment variables
    /// of the provider's own tools. Existing PDFs are read from the store that they were written to.
    #[arg(long, env = "CHANCERY_ARTIFACTS", default_value = "postgres", value_name = "URL")]
    pub artifacts: ArtifactLocation,
    /// Maximum number of a workspace's renders that are queued or running; identical renders count once. Use the same
    /// value for all replicas.
    #[arg(long, env = "CHANCERY_MAX_QUEUED", default_value_t = QUEUE_LIMIT, value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub max_queued: u32,
    /// Days until a PDF expires after it was last printed or requested; 0 disables expiry. Use the same value for all
    /// replicas.
    #[arg(long, env = "CHANCERY_ARTIFACT_DAYS", default_value_t = 0, value_name = "DAYS",
        value_parser = clap::value_parser!(u32).range(..=36_500))]
    pub artifact_days: u32,
    /// Memory for cached briefs, in MiB.
    #[arg(long, env = "CHANCERY_BRIEF_CACHE_MIB", default_value_t = DEFAULT_BRIEF_BYTES / (1024 * 1024), value_name = "MIB",
        value_parser = clap::value_parser!(u64).range(1..=65_536))]
    pub brief_cache_mib: u64,
    /// Disables the cache of briefs. For benchmarks.
    #[arg(long, env = "CHANCERY_BENCH_NO_BRIEF_CACHE", hide = true)]
    pub bench_no_brief_cache: bool,
    /// When an uploaded PDF must be proven against its input before it is delivered.
    #[arg(long, env = "CHANCERY_PROOF", value_enum, default_value_t, value_name = "WHEN")]
    pub proof: ProofPolicy,
    /// Time that a print waits for a second worker where its workspace demands that two print the same bytes, in seconds.
    /// It ends as failed when no worker that may print it was seen by then.
    #[arg(long, env = "CHANCERY_SECOND_WORKER_WAIT", default_value = "300", value_parser = seconds, value_name = "SECONDS")]
    pub second_worker_wait: Duration,
    /// Folder of TrueType fonts that the installation adds: the same as for workers and `chancery migrate`.
    #[arg(long, env = "CHANCERY_FONTS", value_name = "DIR")]
    pub fonts: Option<PathBuf>,
    /// Limits of calls.
    #[command(flatten)]
    pub calls: CallSettings,
    /// Time for calls in flight to finish after SIGTERM, in seconds.
    #[arg(long, env = "CHANCERY_DRAIN_TIMEOUT", default_value = "20", value_parser = seconds)]
    pub drain_timeout: Duration,
    /// Duration of a lease, in milliseconds. For tests.
    #[arg(long, env = "CHANCERY_TEST_LEASE_MILLIS", hide = true, value_parser = milliseconds)]
    pub lease: Option<Duration>,
    /// Deadline of a task under one lease, in milliseconds. For tests.
    #[arg(long, env = "CHANCERY_TEST_DEADLINE_MILLIS", hide = true, value_parser = milliseconds)]
    pub deadline: Option<Duration>,
    /// Time until a watch is closed because its caller does not read, in milliseconds. For tests.
    #[arg(long, env = "CHANCERY_TEST_WATCH_TIMEOUT_MILLIS", hide = true, value_parser = milliseconds)]
    pub watch_timeout: Option<Duration>,
    /// Format of the log. `RUST_LOG` filters it.
    #[arg(long, env = "CHANCERY_LOG", value_enum, default_value_t = LogFormat::Json)]
    pub log: LogFormat,
    /// File to write when the service is ready: one line of JSON with the listeners' addresses.
    #[arg(long, value_name = "PATH")]
    pub ready_file: Option<PathBuf>,
}

/// An address that may be absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OptionalAddress(pub Option<SocketAddr>);

impl FromStr for OptionalAddress {
    type Err = AddrParseError;

    fn from_str(text: &str) -> Result<Self, AddrParseError> {
        if text.is_empty() { Ok(Self(None)) } else { text.parse().map(|address| Self(Some(address))) }
    }
}

/// Formats of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object per line.
    Json,
    /// Readable text.
    Text,
}

impl Config {
    /// Returns the durations of leases.
    pub fn lease_times(&self) -> LeaseTimes {
        let default = LeaseTimes::default();
        LeaseTimes {
            lease: self.lease.unwrap_or(default.lease),
            deadline: self.deadline.unwrap_or(default.deadline),
        }
    }

    /// Returns the memory for cached briefs in bytes, or `None` if they are not cached.
    pub fn brief_cache_bytes(&self) -> Option<u64> {
        (!self.bench_no_brief_cache).then_some(self.brief_cache_mib * 1024 * 1024)
    }

    /// Returns the age at which PDFs expire, or `None` if they do not.
    pub fn artifact_age(&self) -> Option<Duration> {
        (self.artifact_days > 0).then(|| Duration::from_hours(24 * u64::from(self.artifact_days)))
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::CommandLine;

    #[test]
    fn an_unknown_flag_is_rejected() {
        assert!(CommandLine::try_parse_from(["chancery-service", "--lisen", "127.0.0.1:1"]).is_err());
    }

    #[test]
    fn debug_output_of_the_settings_hides_the_password() {
        let url = "--database-url=postgres://chancery:hunter2@db/chancery";
        let line = CommandLine::try_parse_from(["chancery-service", url]).unwrap();
        let printed = format!("{:?}", line.config);
        assert!(printed.contains("db/chancery") && !printed.contains("hunter2"), "{printed}");
    }
}
