//! Opens connections. The only code that knows the database's address, the TLS mode, and the meaning of connection
//! errors.

use std::fmt;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use super::availability::Availability;
use super::connection::PgConnection;

/// Opens connections to one database.
pub(crate) struct Connector {
    options: PgConnectOptions,
    /// The TLS modes to try, in order. A later mode is tried only when the server or the handshake rejects the earlier
    /// one.
    modes: &'static [PgSslMode],
    /// The mode of the last connection, for the listener, which opens its own connections.
    last_mode: Mutex<PgSslMode>,
    /// Whether the warning about an unencrypted connection has been logged.
    is_warned: AtomicBool,
}

impl Connector {
    /// Derives the TLS modes to try from the options.
    pub(super) fn new(options: PgConnectOptions) -> Self {
        let modes = modes(&options);
        let options = options.disable_statement_logging();
        Self { options, modes, last_mode: Mutex::new(modes[0]), is_warned: AtomicBool::new(false) }
    }

    /// Returns the options of the last successful connection.
    pub(super) fn last_options(&self) -> PgConnectOptions {
        let mode = *self.last_mode.lock().unwrap_or_else(PoisonError::into_inner);
        self.options.clone().ssl_mode(mode)
    }

    /// Describes the server and the database, for messages.
    pub(crate) fn target(&self) -> String {
        target(&self.options)
    }

    /// Opens a connection.
    ///
    /// # Errors
    /// The driver's error of the last mode tried.
    pub(super) async fn connect(&self, availability: &Availability) -> sqlx::Result<PgConnection> {
        let mut refused = None;
        for mode in self.modes {
            let options = self.options.clone().ssl_mode(*mode);
            match options.connect().await {
                Ok(raw) => {
                    *self.last_mode.lock().unwrap_or_else(PoisonError::into_inner) = *mode;
                    self.warn_of_plain_text(*mode);
                    return with_backend(raw, availability).await;
                }
                Err(error) if may_pass_in_another_mode(&error) => {
                    // The first refusal concerns the preferred mode, so it is the one to report.
                    refused = Some(refused.unwrap_or(error));
                }
                Err(error) => return Err(error),
            }
        }
        Err(refused.unwrap_or(sqlx::Error::PoolClosed))
    }

    /// Warns once. With `prefer` and `allow`, anyone on the network path can read the traffic or disable TLS.
    fn warn_of_plain_text(&self, mode: PgSslMode) {
        let is_chosen = matches!(self.options.get_ssl_mode(), PgSslMode::Disable);
        let is_plain = matches!(mode, PgSslMode::Disable) && self.options.get_socket().is_none();
        if is_plain && !is_chosen && !self.is_warned.swap(true, Ordering::Relaxed) {
            let sslmode = name(self.options.get_ssl_mode());
            tracing::warn!(
                server = self.target(),
                sslmode,
                "the connection to Postgres is not encrypted; set sslmode=verify-full, or sslmode=disable to accept this"
            );
        }
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").field("target", &self.target()).finish_non_exhaustive()
    }
}

/// Returns the modes to try for an `sslmode` (libpq, section 34.19.3). sqlx implements the fallbacks of neither
/// `prefer` nor `allow`. Unix sockets do not use TLS.
fn modes(options: &PgConnectOptions) -> &'static [PgSslMode] {
    if is_socket(options) {
        return &[PgSslMode::Disable];
    }
    match options.get_ssl_mode() {
        PgSslMode::Disable => &[PgSslMode::Disable],
        PgSslMode::Allow => &[PgSslMode::Disable, PgSslMode::Require],
        PgSslMode::Prefer => &[PgSslMode::Require, PgSslMode::Disable],
        PgSslMode::Require => &[PgSslMode::Require],
        PgSslMode::VerifyCa => &[PgSslMode::VerifyCa],
        PgSslMode::VerifyFull => &[PgSslMode::VerifyFull],
    }
}

/// Returns whether the connection uses a Unix socket: the host is a path, or no host is set and a socket exists.
fn is_socket(options: &PgConnectOptions) -> bool {
    options.get_socket().is_some() || options.get_host().starts_with('/')
}

/// Returns whether the next mode may succeed: the server requires or lacks TLS, or the handshake failed.
fn may_pass_in_another_mode(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Tls(_) => true,
        sqlx::Error::Io(error) => error.kind() == std::io::ErrorKind::InvalidData,
        sqlx::Error::Database(refused) => refused.code().as_deref() == Some("28000"),
        _ => false,
    }
}

async fn with_backend(
    mut raw: sqlx::PgConnection,
    availability: &Availability,
) -> sqlx::Result<PgConnection> {
    // Unprepared, because it runs once per connection.
    let sql = sqlx::raw_sql("-- database::connect::with_backend\nselect pg_backend_pid()::text");
    let row = sql.fetch_one(&mut raw).await?;
    let backend = sqlx::Row::try_get::<&str, _>(&row, 0)?.parse();
    let backend = backend.map_err(|_| sqlx::Error::Protocol("pg_backend_pid is not a number".into()))?;
    Ok(PgConnection::new(raw, backend, availability.clone()))
}

/// Returns the name of a mode in a URL.
pub(crate) fn name(mode: PgSslMode) -> &'static str {
    match mode {
        PgSslMode::Disable => "disable",
        PgSslMode::Allow => "allow",
        PgSslMode::Prefer => "prefer",
        PgSslMode::Require => "require",
        PgSslMode::VerifyCa => "verify-ca",
        PgSslMode::VerifyFull => "verify-full",
    }
}

fn target(options: &PgConnectOptions) -> String {
    let database = options.get_database().unwrap_or_else(|| options.get_username());
    match options.get_socket() {
        Some(socket) => format!("database \"{database}\" at {}", socket.display()),
        None => format!("database \"{database}\" at {}:{}", options.get_host(), options.get_port()),
    }
}

/// Explains a failed first connection and how to fix it, in one line.
pub(crate) fn explain(error: &sqlx::Error, options: &PgConnectOptions) -> String {
    let mode = name(options.get_ssl_mode());
    let (problem, remedy) = match error {
        sqlx::Error::Tls(error) if error.to_string().contains("server does not support TLS") => (
            format!("the server does not support TLS, but sslmode={mode} requires it"),
            "set `ssl = on` in postgresql.conf, or choose sslmode=prefer".to_owned(),
        ),
        sqlx::Error::Tls(error) => (format!("TLS: {error}"), tls_cure(&error.to_string(), options)),
        sqlx::Error::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            (format!("TLS: {error}"), tls_cure(&error.to_string(), options))
        }
        sqlx::Error::Io(error) if error.to_string().contains("lookup") => (
            format!("the host name {:?} does not resolve: {error}", options.get_host()),
            "check the host in DATABASE_URL".to_owned(),
        ),
        sqlx::Error::Io(error) => (error.to_string(), "check that Postgres runs there".to_owned()),
        sqlx::Error::Database(refused) => {
            let code = refused.code().unwrap_or_default().into_owned();
            let remedy = match code.as_str() {
                "28000" if refused.message().contains("no encryption") => {
                    format!("the server requires TLS: set sslmode=require or stricter instead of {mode}")
                }
                "28000" if refused.message().contains("client certificate") => {
                    "set sslcert and sslkey (--database-ssl-cert, --database-ssl-key)".to_owned()
                }
                "28000" => "allow the user and address in pg_hba.conf".to_owned(),
                "28P01" => "check the password in DATABASE_URL or DATABASE_PASSWORD_FILE".to_owned(),
                "3D000" => "create the database, or check the name in DATABASE_URL".to_owned(),
                "53300" => "raise max_connections, or lower DATABASE_POOL_SIZE of the services".to_owned(),
                "57P03" => "wait until the server has started".to_owned(),
                _ => "see the server's log".to_owned(),
            };
            (format!("{} (SQLSTATE {code})", refused.message()), remedy)
        }
        other => (other.to_string(), "check DATABASE_URL".to_owned()),
    };
    format!("cannot connect to {}: {problem}; {remedy}", target(options))
}

fn tls_cure(error: &str, options: &PgConnectOptions) -> String {
    if error.contains("UnknownIssuer") {
        "the server's certificate is not signed by a trusted CA: set sslrootcert (--database-ssl-root-cert) to the \
                  CA certificate"
            .to_owned()
    } else if error.contains("CaUsedAsEndEntity") {
        "the server's certificate is a CA certificate: use a server certificate signed by it, and set sslrootcert to the \
                  CA certificate"
            .to_owned()
    } else if error.contains("NotValidForName") || error.contains("not valid for name") {
        format!(
            "the server's certificate does not name {:?}: connect by a name in it, or choose sslmode=verify-ca",
            options.get_host()
        )
    } else if error.contains("xpired") {
        "renew the server's certificate".to_owned()
    } else if error.contains("CertificateRequired") || error.contains("HandshakeFailure") {
        "the server requires a client certificate: set sslcert and sslkey (--database-ssl-cert, --database-ssl-key)"
            .to_owned()
    } else {
        "check sslmode, sslrootcert, sslcert and sslkey".to_owned()
    }
}
