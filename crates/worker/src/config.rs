//! The worker's configuration, from flags and environment variables.

use std::fmt;
use std::net::{AddrParseError, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use chancery_fonts::FolderError;
use chancery_print::{Fonts, Limits};
use chancery_tls::{ClientFiles, ClientTls, Connector, IdentityFiles, PlainText, TlsError};
use tonic::codegen::http::uri::Scheme;
use tonic::transport::Endpoint;

use crate::print_pool::memory::{MemoryLimit, available};
use crate::queue::credentials::{Credentials, TokenSource};
use crate::queue::grpc::GrpcQueue;
use crate::settings::Settings;

/// Timeout of connecting to the service.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Invalid configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// No token is configured.
    #[error("no token: set CHANCERY_WORKER_TOKEN_FILE or CHANCERY_WORKER_TOKEN")]
    NoToken,
    /// The server's URL is invalid.
    #[error("CHANCERY_WORKER_SERVER: {0}")]
    Server(#[from] tonic::transport::Error),
    /// A certificate or key cannot be used.
    #[error("TLS to the service: {0}")]
    Tls(#[from] TlsError),
}

/// Leases render tasks from the Chancery service, prints them and uploads the PDFs.
#[derive(Clone, clap::Parser)]
#[command(name = "chancery-worker", version)]
pub struct Config {
    /// Command to run instead of printing.
    #[command(subcommand)]
    command: Option<Command>,

    /// File with settings, in TOML: the names of the flags with `_` instead of `-`, without those before them. Flags and
    /// environment variables override it; unknown names are refused.
    #[arg(long = "config", env = "CHANCERY_WORKER_CONFIG", value_name = "FILE")]
    settings_file: Option<PathBuf>,

    /// URL of the service's listener for workers.
    #[arg(long, env = "CHANCERY_WORKER_SERVER", default_value = "http://127.0.0.1:50052")]
    server: String,

    /// Authorities that sign the service's certificate, in PEM, instead of the operating system's.
    #[arg(long, env = "CHANCERY_WORKER_CA_FILE", value_name = "FILE")]
    ca_file: Option<PathBuf>,

    /// Certificate of the worker, in PEM, for a service that requires one. Read again when it changes.
    #[arg(long, env = "CHANCERY_WORKER_CERTIFICATE", value_name = "FILE", requires = "key")]
    certificate: Option<PathBuf>,

    /// Private key of the worker's certificate, in PEM, unencrypted.
    #[arg(long, env = "CHANCERY_WORKER_KEY", value_name = "FILE", requires = "certificate")]
    key: Option<PathBuf>,

    /// Allows an http:// URL of another machine, where others can read the token and all content on the way.
    #[arg(long, env = "CHANCERY_INSECURE")]
    insecure: bool,

    /// Enrolment token, which the worker exchanges for a token of its own; prefer a file.
    #[arg(long, env = "CHANCERY_WORKER_TOKEN", hide_env_values = true)]
    token: Option<String>,

    /// File with the enrolment token. Read when the worker enrols: at its start, and when its own token is refused.
    #[arg(long, env = "CHANCERY_WORKER_TOKEN_FILE", conflicts_with = "token")]
    token_file: Option<PathBuf>,

    /// Folder of TrueType fonts for scripts that the built-in fonts lack. Must be the same for all workers of an
    /// installation and for `chancery migrate`.
    #[arg(long, env = "CHANCERY_FONTS", value_name = "DIR")]
    fonts: Option<PathBuf>,

    /// Maximum number of concurrent prints, 1 to 64; by default, the number of cores.
    #[arg(long, env = "CHANCERY_WORKER_SLOTS", value_parser = clap::value_parser!(u32).range(1..=64))]
    slots: Option<u32>,

    /// Display name of the worker; by default, the host name.
    #[arg(long, env = "CHANCERY_WORKER_NAME")]
    name: Option<String>,

    /// Seconds for running prints to finish after a stop signal.
    #[arg(long, env = "CHANCERY_WORKER_DRAIN_SECONDS", default_value_t = 30)]
    drain_seconds: u64,

    /// Address to serve /livez, /readyz and /metrics on over HTTP; none if empty.
    #[arg(
        long,
        env = "CHANCERY_WORKER_HEALTH_LISTEN",
        value_name = "ADDRESS",
        default_value = "",
        global = true
    )]
    health_listen: HealthListen,

    /// Seconds without progress after which a print is abandoned and its thread replaced.
    #[arg(long, env = "CHANCERY_WORKER_STUCK_SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    stuck_seconds: u64,

    /// Maximum number of threads stuck in abandoned prints; at this number, the worker exits with code 75 to be
    /// restarted. By default, the number of slots.
    #[arg(long, env = "CHANCERY_WORKER_MAX_STUCK_THREADS", value_parser = clap::value_parser!(u32).range(1..=1_000))]
    max_stuck_threads: Option<u32>,

    /// Maximum number of pages of a print. Must be the same for all workers of an installation.
    #[arg(long, env = "CHANCERY_WORKER_MAX_PAGES", default_value_t = Limits::default().max_pages, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    max_pages: u32,

    /// Memory limit of the process in MiB, checked between pages; 0 for no limit; by default, three quarters of the memory
    /// of the container or machine.
    #[arg(long, env = "CHANCERY_WORKER_MAX_MEMORY_MB")]
    max_memory_mb: Option<u64>,

    /// Milliseconds between lease renewals. For tests with short leases.
    #[arg(long, env = "CHANCERY_TEST_RENEW_MILLIS", hide = true, default_value_t = 10_000)]
    renew_millis: u64,

    /// Format of the log. `RUST_LOG` filters it.
    #[arg(long, env = "CHANCERY_LOG", value_enum, default_value_t = LogFormat::Json)]
    log: LogFormat,
}

/// Commands other than printing.
#[derive(Debug, Clone, Copy, clap::Subcommand)]
pub enum Command {
    /// Probes the worker on this machine: exits with 0 if it leases tasks.
    Probe {
        /// Checks liveness only: succeeds while the process runs, even if it drains or cannot reach the service.
        #[arg(long)]
        live: bool,
    },
    /// Prints the settings that are in effect, as a file of settings with the origin of each, without secrets.
    Config,
}

/// An optional address to listen on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct HealthListen(Option<SocketAddr>);

impl FromStr for HealthListen {
    type Err = AddrParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(if text.is_empty() { None } else { Some(text.parse()?) }))
    }
}

/// Log formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// One JSON object for each line.
    Json,
    /// Human-readable text.
    Text,
}

impl Config {
    /// Returns the format of the log.
    pub const fn log(&self) -> LogFormat {
        self.log
    }

    /// Returns the command to run instead of printing.
    pub const fn command(&self) -> Option<Command> {
        self.command
    }

    /// Address of the health listener.
    pub const fn health_listen(&self) -> Option<SocketAddr> {
        self.health_listen.0
    }

    /// Returns the limits of one print.
    pub fn limits(&self) -> Limits {
        Limits { max_pages: self.max_pages, ..Limits::default() }
    }

    /// Reads the fonts to print with.
    pub fn fonts(&self) -> Result<Fonts, FolderError> {
        chancery_fonts::read(self.fonts.as_deref())
    }

    /// Creates the connection to the service, and the task that follows the files of its TLS.
    pub fn queue(&self) -> Result<GrpcQueue, ConfigError> {
        let token = match (&self.token, &self.token_file) {
            (_, Some(file)) => TokenSource::File(file.clone()),
            (Some(token), None) => TokenSource::Given(token.clone()),
            (None, None) => return Err(ConfigError::NoToken),
        };
        let endpoint = Endpoint::from_shared(self.server.clone())?;
        let is_secure = endpoint.uri().scheme() == Some(&Scheme::HTTPS);
        let tls = if is_secure { Some(Arc::new(ClientTls::read(&self.tls_files())?)) } else { None };
        if let Some(tls) = tls.clone() {
            tokio::spawn(async move { tls.follow().await });
        }
        let plain_text = if self.insecure { PlainText::Anywhere } else { PlainText::ThisMachine };
        let credentials = Credentials::new(token, self.display_name());
        Ok(GrpcQueue::new(&endpoint, Connector::new(tls, plain_text, CONNECT_TIMEOUT), credentials))
    }

    fn display_name(&self) -> String {
        self.name.clone().unwrap_or_else(host_name)
    }

    fn tls_files(&self) -> ClientFiles {
        let identity = self.certificate.clone().zip(self.key.clone());
        let identity = identity.map(|(certificate, key)| IdentityFiles { certificate, key });
        ClientFiles { authorities: self.ca_file.clone(), identity }
    }

    /// Returns the settings of the worker loop.
    pub fn settings(&self) -> Settings {
        let slots = self.slots.unwrap_or_else(cores);
        Settings {
            name: self.display_name(),
            slots,
            renew_every: Duration::from_millis(self.renew_millis),
            drain: Duration::from_secs(self.drain_seconds),
            stuck_after: Duration::from_secs(self.stuck_seconds),
            max_stuck_threads: self.max_stuck_threads.unwrap_or(slots),
            memory: self.max_memory().map(MemoryLimit::of_process),
        }
    }

    /// Returns the memory limit in bytes. The default leaves a quarter for growth between two checks and for writing
    /// files, which cannot be interrupted.
    fn max_memory(&self) -> Option<u64> {
        match self.max_memory_mb {
            Some(0) => None,
            Some(mebibytes) => Some(mebibytes.saturating_mul(1 << 20)),
            None => available().map(|bytes| bytes / 4 * 3),
        }
    }
}

/// Redacts the token, because the configuration is logged.
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

/// Returns the host name, for display only.
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

    use super::{Command, Config};

    #[test]
    fn debug_output_redacts_the_token() {
        let config =
            Config::try_parse_from(["chancery-worker", "--token", "chy_secret", "--slots", "2"]).unwrap();
        let shown = format!("{config:?}");
        assert!(shown.contains("slots: 2") && !shown.contains("chy_secret"), "{shown}");
    }

    #[test]
    fn slots_are_limited_to_what_one_renewal_takes() {
        for slots in ["0", "65"] {
            assert!(Config::try_parse_from(["chancery-worker", "--slots", slots]).is_err(), "{slots}");
        }
    }

    #[test]
    fn limits_have_defaults() {
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
    fn a_probe_uses_the_address_of_the_health_listener() {
        let flags = ["chancery-worker", "probe", "--live", "--health-listen", "0.0.0.0:9464"];
        let config = Config::try_parse_from(flags).unwrap();
        assert!(matches!(config.command(), Some(Command::Probe { live: true })));
        assert_eq!(config.health_listen().unwrap().port(), 9464);
    }

    #[tokio::test]
    async fn a_token_is_required() {
        let config = Config::try_parse_from(["chancery-worker", "--slots", "1"]).unwrap();
        if config.token.is_none() && config.token_file.is_none() {
            assert!(config.queue().is_err());
        }
    }
}
