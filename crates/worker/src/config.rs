//! The worker's settings, from flags and environment.

use std::fmt;
use std::path::PathBuf;
use std::thread::available_parallelism;
use std::time::Duration;

use chancery_fonts::FolderError;
use chancery_print::Fonts;
use tonic::transport::Endpoint;

use crate::grpc::{GrpcQueue, TokenSource};
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

    /// How often leases are renewed, in milliseconds. For tests, whose leases are short.
    #[arg(long, env = "CHANCERY_TEST_RENEW_MILLIS", hide = true, default_value_t = 10_000)]
    renew_millis: u64,

    /// How the log is written. `RUST_LOG` says what is.
    #[arg(long, env = "CHANCERY_LOG", value_enum, default_value_t = LogFormat::Json)]
    log: LogFormat,
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
        Settings {
            name: self.name.clone().unwrap_or_else(host_name),
            slots: self.slots.unwrap_or_else(cores),
            renew_every: Duration::from_millis(self.renew_millis),
            drain: Duration::from_secs(self.drain_seconds),
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
    use clap::Parser;

    use super::Config;

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

    #[tokio::test]
    async fn without_a_token_there_is_no_connection() {
        let config = Config::try_parse_from(["chancery-worker", "--slots", "1"]).unwrap();
        if config.token.is_none() && config.token_file.is_none() {
            assert!(config.queue().is_err());
        }
    }
}
