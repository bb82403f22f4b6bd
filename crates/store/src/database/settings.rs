//! Connection settings.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use crate::Store;
use crate::database::Database;
use crate::error::{Result, StoreError};

/// Session settings. Server-side limits keep a statement, a lock or an abandoned transaction from blocking others. The
/// similarity threshold for words is below its default of 0.6, at which "Khameini" does not find "Ali Khamenei".
const SESSION: [(&str, &str); 5] = [
    ("statement_timeout", "30s"),
    ("lock_timeout", "10s"),
    ("idle_in_transaction_session_timeout", "60s"),
    // After the service disappears, its server process ends the running statement within this time.
    ("client_connection_check_interval", "1s"),
    ("pg_trgm.word_similarity_threshold", "0.45"),
];

/// Address and credentials of the database.
#[derive(Clone, Args)]
pub struct DatabaseSettings {
    /// URL of the database: `postgres://USER[:PASSWORD]@HOST/DATABASE`.
    #[arg(long, visible_alias = "database", env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// File with the URL of the database.
    #[arg(long, env = "DATABASE_URL_FILE", conflicts_with = "database_url")]
    pub database_url_file: Option<PathBuf>,
    /// File with the password of the database user.
    #[arg(long, env = "DATABASE_PASSWORD_FILE")]
    pub database_password_file: Option<PathBuf>,
    /// TLS mode; overrides the URL's `sslmode`. `verify-full` verifies the server's certificate and host name,
    /// `verify-ca` only the certificate, `require` neither; `prefer` and `allow` fall back to an unencrypted
    /// connection. Unix sockets do not use TLS.
    #[arg(long, env = "DATABASE_SSL_MODE", value_name = "MODE",
        value_parser = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"])]
    pub database_ssl_mode: Option<String>,
    /// PEM file of root certificates to trust in addition to the system's; overrides the URL's `sslrootcert`.
    #[arg(long, env = "DATABASE_SSL_ROOT_CERT", value_name = "FILE")]
    pub database_ssl_root_cert: Option<PathBuf>,
    /// PEM file of the client certificate; overrides the URL's `sslcert`.
    #[arg(long, env = "DATABASE_SSL_CERT", value_name = "FILE")]
    pub database_ssl_cert: Option<PathBuf>,
    /// PEM file of the private key for `--database-ssl-cert`; overrides the URL's `sslkey`.
    #[arg(long, env = "DATABASE_SSL_KEY", value_name = "FILE")]
    pub database_ssl_key: Option<PathBuf>,
    /// Maximum number of connections for calls. The change log, identity, health and cancellation use up to 7 more.
    #[arg(long, env = "DATABASE_POOL_SIZE", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub database_pool_size: u32,
}

impl DatabaseSettings {
    /// Creates settings for a URL, with defaults for the rest.
    pub fn of_url(url: &str) -> Self {
        Self {
            database_url: Some(url.to_owned()),
            database_url_file: None,
            database_password_file: None,
            database_ssl_mode: None,
            database_ssl_root_cert: None,
            database_ssl_cert: None,
            database_ssl_key: None,
            database_pool_size: 16,
        }
    }

    /// Opens a store and its first connection.
    ///
    /// # Errors
    /// [`StoreError::Settings`] for settings that do not fit together, [`StoreError::Connect`] when Postgres is
    /// unreachable or refuses the connection.
    pub async fn connect(&self, application: &str) -> Result<Store> {
        let options = self.options()?.application_name(application).options(SESSION);
        Ok(Store::new(Database::connect(options, self.database_pool_size).await?))
    }

    fn options(&self) -> Result<PgConnectOptions> {
        let url = match (&self.database_url, &self.database_url_file) {
            (Some(url), _) => url.clone(),
            (None, Some(file)) => secret_of(file)?,
            (None, None) => return Err(StoreError::Settings("set DATABASE_URL or DATABASE_URL_FILE".into())),
        };
        // The parser's message could reveal a part of the password.
        let options =
            PgConnectOptions::from_str(&url).map_err(|error| StoreError::Settings(not_a_url(&error)))?;
        let options = match &self.database_password_file {
            Some(file) => options.password(&secret_of(file)?),
            None => options,
        };
        self.with_tls(options, &url)
    }

    /// Adds the TLS settings, which override those of the URL, and checks their files, which the driver would read only
    /// after the server has agreed to TLS.
    fn with_tls(&self, mut options: PgConnectOptions, url: &str) -> Result<PgConnectOptions> {
        if let Some(mode) = &self.database_ssl_mode {
            let mode = PgSslMode::from_str(mode).map_err(|_| {
                StoreError::Settings(format!(
                    "unknown DATABASE_SSL_MODE {mode:?}; expected one of {SSL_MODES}"
                ))
            })?;
            options = options.ssl_mode(mode);
        }
        if let Some(file) = &self.database_ssl_root_cert {
            options = options.ssl_root_cert(file);
        }
        if let Some(file) = &self.database_ssl_cert {
            options = options.ssl_client_cert(file);
        }
        if let Some(file) = &self.database_ssl_key {
            options = options.ssl_client_key(file);
        }
        let file = |setting: &Option<PathBuf>, keys: &[&str], variable: &str| {
            setting
                .clone()
                .or_else(|| of_query(url, keys).or_else(|| std::env::var_os(variable)).map(PathBuf::from))
        };
        let root =
            file(&self.database_ssl_root_cert, &["sslrootcert", "ssl-root-cert", "ssl-ca"], "PGSSLROOTCERT");
        let cert = file(&self.database_ssl_cert, &["sslcert", "ssl-cert"], "PGSSLCERT");
        let key = file(&self.database_ssl_key, &["sslkey", "ssl-key"], "PGSSLKEY");
        if cert.is_some() != key.is_some() {
            let message = "sslcert and sslkey (--database-ssl-cert, --database-ssl-key) must be set together: set both or neither";
            return Err(StoreError::Settings(message.into()));
        }
        for (name, file) in [("sslrootcert", &root), ("sslcert", &cert), ("sslkey", &key)] {
            if let Some(file) = file {
                check_pem(name, file)?;
            }
        }
        // As in libpq: a root certificate implies that the server's certificate is verified.
        if root.is_some() && matches!(options.get_ssl_mode(), PgSslMode::Require) {
            options = options.ssl_mode(PgSslMode::VerifyCa);
        }
        Ok(options)
    }
}

/// Modes of TLS, as listed in messages.
const SSL_MODES: &str = "disable, allow, prefer, require, verify-ca, verify-full";

/// Explains why a URL is invalid. Only one of the parser's messages cannot reveal a part of the password.
fn not_a_url(error: &sqlx::Error) -> String {
    let message = error.to_string();
    if message.contains("ssl_mode") {
        return format!("DATABASE_URL has an unknown sslmode; expected one of {SSL_MODES}");
    }
    "DATABASE_URL is not a URL; expected postgres://USER[:PASSWORD]@HOST/DATABASE".into()
}

/// Rejects a file that is unreadable or contains no PEM block.
fn check_pem(name: &str, file: &Path) -> Result<()> {
    let text = std::fs::read(file).map_err(|error| {
        StoreError::Settings(format!("{name}: reading {}: {error}; name a readable PEM file", file.display()))
    })?;
    if text.windows(11).any(|window| window == b"-----BEGIN ") {
        return Ok(());
    }
    let message = format!(
        "{name}: {} contains no PEM block; convert it, for example with `openssl x509`",
        file.display()
    );
    Err(StoreError::Settings(message))
}

/// Returns the value of the last of these keys in a URL's query.
fn of_query(url: &str, keys: &[&str]) -> Option<std::ffi::OsString> {
    let url = url::Url::parse(url).ok()?;
    let pairs = url.query_pairs().filter(|(key, _)| keys.contains(&key.as_ref()));
    pairs.last().map(|(_, value)| value.into_owned().into())
}

/// Omits the password.
impl fmt::Debug for DatabaseSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseSettings")
            .field("database_url", &self.database_url.as_deref().map(without_password))
            .field("database_url_file", &self.database_url_file)
            .field("database_password_file", &self.database_password_file)
            .field("database_ssl_mode", &self.database_ssl_mode)
            .field("database_ssl_root_cert", &self.database_ssl_root_cert)
            .field("database_ssl_cert", &self.database_ssl_cert)
            .field("database_ssl_key", &self.database_ssl_key)
            .field("database_pool_size", &self.database_pool_size)
            .finish()
    }
}

/// Removes the password between user and host, and the query, which may hold a password too.
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
    fn debug_output_omits_the_password() {
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
