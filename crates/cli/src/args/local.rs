//! Arguments of the commands that run Chancery on this machine: `up` and `demo`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub struct Up {
    /// Address of the service's listener for callers; port 0 selects a free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:50051")]
    pub listen: SocketAddr,
    /// Address of the service's listener for workers; port 0 selects a free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub worker_listen: SocketAddr,
    /// Number of workers to start
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=64))]
    pub workers: u8,
    #[command(flatten)]
    pub database: LocalDatabase,
}

#[derive(Debug, Args)]
pub struct Demo {
    /// Empties the demo database first, so that everything is imported and printed again
    #[arg(long)]
    pub fresh: bool,
    /// Folder with the example's revisions
    #[arg(long, value_name = "DIR", default_value = "examples/russia-iran")]
    pub example: PathBuf,
    /// PDF file to write
    #[arg(short, long, value_name = "FILE", default_value = "out/russia-iran.pdf")]
    pub output: PathBuf,
    #[command(flatten)]
    pub database: LocalDatabase,
}

/// The database that `up` and `demo` use.
#[derive(Debug, Args)]
pub struct LocalDatabase {
    /// Database to use instead of a private Postgres
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// File with the password of that database
    #[arg(long, env = "DATABASE_PASSWORD_FILE", value_name = "FILE")]
    pub database_password_file: Option<PathBuf>,
}
