//! The worker's settings, from flags and environment.

use std::fmt;
use std::net::{AddrParseError, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::thread::available_parallelism;
use std::time::Duration;

use chancery_fonts::FolderError;
use chancery_print::{Fonts, Limits};
use tonic::transport::Endpoint;

use crate::grpc::{GrpcQueue, TokenSource};
use crate::health::Question;
use crate::memory::{MemoryLimit, available};
use crate::run::Settings;

/// The settings cannot be worked with.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Neither a token nor a file with one is given.
    #[error("no token: set CHANCERY_WORKER_TOKEN_FILE or CHANCERY_WORKER_TOKEN")]
    NoToken,
    /// The server's address is no URL of a gRPC server.
    #[error("CHANCERY_WORKER_SERVER: {0}")]
    Server(#[from] tonic::transport::Error),
}

/// Prints Chancery's briefs: leases render tasks from the service and uploads the PDFs.
#[derive(Clone, clap::Parser)]
#[command(name = "chancery-worker", version)]
pub struct Config {
    /// What to do instead of printing.
    #[command(subcommand)]
    command: Option<Command>,

    /// The service's listener for workers.
    #[arg(long, env = "CHANCERY_WORKER_SERVER", default_value = "http://127.0.0.1:50052")]
    server: String,

    /// The worker's API token; better given as a file.
    #[arg(long, env = "CHANCERY_WORKER_TOKEN", hide_env_values = true)]
    token: Option<String>,

    /// A file that holds the worker's API token.
    #[arg(long, env = "CHANCERY_WORKER_TOKEN_FILE", conflicts_with = "token")]
    token_file: Option<PathBuf>,

    /// A folder of TrueType fonts for scripts that the built-in ones lack. All workers of an installation have the same,
    /// and `chancery migrate` is told of it.
    #[arg(long, env = "CHANCERY_FONTS", value_name = "DIR")]
    fonts: Option<PathBuf>,

    /// How many briefs are printed at once, 1 to 64; the machine's cores unless given.
    #[arg(long, env = "CHANCERY_WORKER_SLOTS", value_parser = clap::value_parser!(u32).range(1..=64))]
    slots: Option<u32>,

    /// The worker's name, for people who look at the queue; the host's name unless given.
    #[arg(long, env = "CHANCERY_WORKER_NAME")]
    name: Option<String>,

    /// How many seconds running prints may go on after the worker was told to stop.
    #[arg(long, env = "CHANCERY_WORKER_DRAIN_SECONDS", default_value_t = 30)]
    drain_seconds: u64,

    /// Where the worker tells how it is, over HTTP: /livez, /readyz and /metrics. Empty, it does not.
    #[arg(
        long,
        env = "CHANCERY_WORKER_HEALTH_LISTEN",
        value_name = "ADDRESS",
        default_value = "",
        global = true
    )]
    health_listen: HealthListen,

    /// A print that tells nothing for so many seconds is given up, and its thread is replaced.
    #[arg(long, env = "CHANCERY_WORKER_STUCK_SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    stuck_seconds: u64,

    /// With so many threads hanging in given-up prints the worker ends, to be started anew; as many as slots unless
    /// given.
    #[arg(long, env = "CHANCERY_WORKER_MAX_STUCK_THREADS", value_parser = clap::value_parser!(u32).range(1..=1_000))]
    max_stuck_threads: Option<u32>,

    /// The most pages of a print. All workers of an installation have the same.
    #[arg(long, env = "CHANCERY_WORKER_MAX_PAGES", default_value_t = Limits::default().max_pages, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    max_pages: u32,

    /// The most memory of the whole process, in MiB, looked at between pages; 0 for no limit; three quarters of the
    /// container's or the machine's unless given.
    #[arg(long, env = "CHANCERY_WORKER_MAX_MEMORY_MB")]
    max_memory_mb: Option<u64>,

    /// How often leases are renewed, in milliseconds. For tests, whose leases are short.
    #[arg(long, env = "CHANCERY_TEST_RENEW_MILLIS", hide = true, default_value_t = 10_000)]
    renew_millis: u64,

    /// How the log is written. `RUST_LOG` says what is.
    #[arg(long, env = "CHANCERY_LOG", value_enum, default_value_t = LogFormat::Json)]
    log: LogFormat,
}

/// What the binary does besides printing.
#[derive(Debug, Clone, Copy, clap::Subcommand)]
pub enum Command {
    /// Asks the worker on this machine how it is: exits with 0 when it takes tasks.
    Probe {
        /// Asks only whether the process works as it should, also while it is stopping or its service is away.
        #[arg(long)]
        live: bool,
    },
}

impl Command {
    /// The question that a probe asks.
    pub const fn question(self) -> Question {
        match self {
            Self::Probe { live: true } => Question::Live,
            Self::Probe { live: false } => Question::Ready,
        }
    }
}

/// An address to listen on, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct HealthListen(Option<SocketAddr>);

impl FromStr for HealthListen {
    type Err = AddrParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(if text.is_empty() { None } else { Some(text.parse()?) }))
    }
}

/// Forms of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

impl Config {
    /// How the log is written.
    pub const fn log(&self) -> LogFormat {
        self.log
    }

    /// What to do instead of printing.
    pub const fn asked(&self) -> Option<Command> {
        self.command
    }

    /// Where the worker tells how it is.
    pub const fn health_listen(&self) -> Option<SocketAddr> {
        self.health_listen.0
    }

    /// How much work one print may take.
    pub fn limits(&self) -> Limits {
        Limits { max_pages: self.max_pages, ..Limits::default() }
    }

    /// The fonts to print with.
    pub fn fonts(&self) -> Result<Fonts, FolderError> {
        chancery_fonts::read(self.fonts.as_deref())
    }

    /// The connection to the service.
    pub fn queue(&self) -> Result<GrpcQueue, ConfigError> {
        let token = match (&self.token, &self.token_file) {
            (_, Some(file)) => TokenSource::File(file.clone()),
            (Some(token), None) => TokenSource::Given(token.clone()),
            (None, None) => return Err(ConfigError::NoToken),
        };
        Ok(GrpcQueue::new(Endpoint::from_shared(self.server.clone())?, token))
    }

    /// How the worker works.
    pub fn settings(&self) -> Settings {
        let slots = self.slots.unwrap_or_else(cores);
        Settings {
            name: self.name.clone().unwrap_or_else(host_name),
            slots,
            renew_every: Duration::from_millis(self.renew_millis),
            drain: Duration::from_secs(self.drain_seconds),
            stuck_after: Duration::from_secs(self.stuck_seconds),
            max_stuck_threads: self.max_stuck_threads.unwrap_or(slots),
            memory: self.max_memory().map(MemoryLimit::of_process),
        }
    }

    /// In bytes. A quarter is left for what a print takes between two looks, and for writing, which is not stopped.
    fn max_memory(&self) -> Option<u64> {
        match self.max_memory_mb {
            Some(0) => None,
            Some(mebibytes) => Some(mebibytes.saturating_mul(1 << 20)),
            None => available().map(|bytes| bytes / 4 * 3),
        }
    }
}

/// Redacted: it goes to the log.
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = self.settings();
        f.debug_struct("Config")
            .field("server", &self.server)
            .field("token", &self.token.as_ref().map(|_| "redacted"))
            .field("token_file", &self.token_file)
            .field("fonts", &self.fonts)
            .field("slots", &settings.slots)
            .field("name", &settings.name)
            .field("drain", &settings.drain)
            .field("health_listen", &self.health_listen.0)
            .field("stuck_after", &settings.stuck_after)
            .field("max_stuck_threads", &settings.max_stuck_threads)
            .field("max_pages", &self.max_pages)
            .field("max_memory", &settings.memory)
            .finish_non_exhaustive()
    }
}

fn cores() -> u32 {
    available_parallelism().map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(1)).clamp(1, 64)
}

/// Containers and most machines say it in one of these places; it is only for people.
fn host_name() -> String {
    let file = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = file.or_else(|| std::env::var("HOSTNAME").ok()).unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { "worker".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use chancery_print::Limits;
    use clap::Parser;

    use super::{Config, Question};

    #[test]
    fn the_token_is_not_shown() {
        let config =
            Config::try_parse_from(["chancery-worker", "--token", "chy_secret", "--slots", "2"]).unwrap();
        let shown = format!("{config:?}");
        assert!(shown.contains("slots: 2") && !shown.contains("chy_secret"), "{shown}");
    }

    #[test]
    fn a_worker_has_at_least_one_slot_and_at_most_as_many_as_one_renewal_takes() {
        for slots in ["0", "65"] {
            assert!(Config::try_parse_from(["chancery-worker", "--slots", slots]).is_err(), "{slots}");
        }
    }

    #[test]
    fn limits_are_settings_with_defaults() {
        let usual = Config::try_parse_from(["chancery-worker", "--slots", "3"]).unwrap();
        assert_eq!(usual.settings().max_stuck_threads, 3);
        assert_eq!((usual.health_listen(), usual.limits()), (None, Limits::default()));
        let flags = ["--max-memory-mb", "0", "--max-pages", "7", "--health-listen", "127.0.0.1:9464"];
        let other = Config::try_parse_from(["chancery-worker"].into_iter().chain(flags)).unwrap();
        assert!(other.settings().memory.is_none());
        assert_eq!((other.health_listen().unwrap().port(), other.limits().max_pages), (9464, 7));
        let limited = Config::try_parse_from(["chancery-worker", "--max-memory-mb", "64"]).unwrap();
        assert_eq!(limited.settings().memory.unwrap().bytes, 64 << 20);
    }

    #[test]
    fn a_probe_asks_where_the_worker_listens() {
        let flags = ["chancery-worker", "probe", "--live", "--health-listen", "0.0.0.0:9464"];
        let config = Config::try_parse_from(flags).unwrap();
        assert_eq!(config.asked().unwrap().question(), Question::Live);
        assert_eq!(config.health_listen().unwrap().port(), 9464);
    }

    #[tokio::test]
    async fn without_a_token_there_is_no_connection() {
        let config = Config::try_parse_from(["chancery-worker", "--slots", "1"]).unwrap();
        if config.token.is_none() && config.token_file.is_none() {
            assert!(config.queue().is_err());
        }
    }
}
