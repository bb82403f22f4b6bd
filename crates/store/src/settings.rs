//! How to reach the database.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use clap::Args;
use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{Result, Store, StoreError};

/// How long a caller waits for a free connection before he is told to come again.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection that was used so lately is used again without asking whether it still lives: asking takes as long as a
/// small query. One that broke meanwhile fails its call as unavailable, as one that breaks during a call does.
const TRUSTED_IDLE: Duration = Duration::from_millis(500);

/// Limits that the server itself keeps, so that no statement, lock or forgotten transaction holds others up; and how
/// like a part of a name is to what is looked up: less than by default (0.6), at which "Khameini" does not find "Ali
/// Khamenei".
const SESSION: [(&str, &str); 4] = [
    ("statement_timeout", "30s"),
    ("lock_timeout", "10s"),
    ("idle_in_transaction_session_timeout", "60s"),
    ("pg_trgm.word_similarity_threshold", "0.45"),
];

/// Where the database is, with its password from wherever the deployment keeps it.
#[derive(Clone, Args)]
pub struct DatabaseSettings {
    /// `postgres://USER[:PASSWORD]@HOST/DATABASE`.
    #[arg(long, visible_alias = "database", env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// A file that holds the URL.
    #[arg(long, env = "DATABASE_URL_FILE", conflicts_with = "database_url")]
    pub database_url_file: Option<PathBuf>,
    /// A file that holds the password.
    #[arg(long, env = "DATABASE_PASSWORD_FILE")]
    pub database_password_file: Option<PathBuf>,
    /// Connections at most.
    #[arg(long, env = "DATABASE_POOL_SIZE", default_value_t = 16)]
    pub database_pool_size: u32,
}

impl DatabaseSettings {
    /// For a URL, with the defaults.
    pub fn of_url(url: &str) -> Self {
        Self {
            database_url: Some(url.to_owned()),
            database_url_file: None,
            database_password_file: None,
            database_pool_size: 16,
        }
    }

    /// A store over a pool of connections, one of which was made.
    ///
    /// # Errors
    /// [`StoreError::Settings`] for settings that name no database, [`StoreError::Database`] when it does not answer.
    pub async fn connect(&self, application: &str) -> Result<Store> {
        let options = self.options()?.application_name(application).options(SESSION);
        let pool = PgPoolOptions::new()
            .max_connections(self.database_pool_size)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .test_before_acquire(false)
            .before_acquire(|connection, use_so_far| {
                Box::pin(async move {
                    if use_so_far.idle_for >= TRUSTED_IDLE {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            });
        Ok(Store::new(pool.connect_with(options).await?))
    }

    fn options(&self) -> Result<PgConnectOptions> {
        let url = match (&self.database_url, &self.database_url_file) {
            (Some(url), _) => url.clone(),
            (None, Some(file)) => secret_of(file)?,
            (None, None) => return Err(StoreError::Settings("set DATABASE_URL or DATABASE_URL_FILE".into())),
        };
        // The parser's own message could show a part of the password.
        let options = PgConnectOptions::from_str(&url)
            .map_err(|_| StoreError::Settings("DATABASE_URL is no postgres:// URL".into()))?;
        match &self.database_password_file {
            Some(file) => Ok(options.password(&secret_of(file)?)),
            None => Ok(options),
        }
    }
}

/// Without the password.
impl fmt::Debug for DatabaseSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseSettings")
            .field("database_url", &self.database_url.as_deref().map(without_password))
            .field("database_url_file", &self.database_url_file)
            .field("database_password_file", &self.database_password_file)
            .field("database_pool_size", &self.database_pool_size)
            .finish()
    }
}

/// Cuts out what stands between the user and the host, and the query, which may hold a password too.
fn without_password(url: &str) -> String {
    let url = url.split('?').next().unwrap_or_default();
    let Some((scheme, rest)) = url.split_once("://") else { return "(no URL)".to_owned() };
    let Some((user, host)) = rest.rsplit_once('@') else { return format!("{scheme}://{rest}") };
    let user = user.split(':').next().unwrap_or_default();
    format!("{scheme}://{user}@{host}")
}

fn secret_of(file: &Path) -> Result<String> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| StoreError::Settings(format!("reading {}: {error}", file.display())))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::{DatabaseSettings, without_password};

    #[test]
    fn no_password_is_shown_wherever_it_stands() {
        assert_eq!(without_password("postgres://u:p@ss@h/d?password=x"), "postgres://u@h/d");
        assert_eq!(without_password("postgres://h/d"), "postgres://h/d");
        let shown = format!("{:?}", DatabaseSettings::of_url("postgres://u:secret@h/d"));
        assert!(!shown.contains("secret"), "{shown}");
    }

    #[test]
    fn a_password_file_is_read_without_its_line_break() {
        let folder = std::env::temp_dir().join(format!("chancery-settings-{}", std::process::id()));
        std::fs::write(&folder, "s3cret\n").unwrap();
        let settings = DatabaseSettings {
            database_password_file: Some(folder.clone()),
            ..DatabaseSettings::of_url("postgres://u@h/d")
        };
        settings.options().unwrap();
        assert_eq!(super::secret_of(&folder).unwrap(), "s3cret");
        std::fs::remove_file(folder).unwrap();
    }
}
