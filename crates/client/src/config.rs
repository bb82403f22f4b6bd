//! Configuration of a client.

use std::fmt;
use std::time::Duration;

use tonic::codegen::http::uri::{Scheme, Uri};

use crate::error::Error;

/// Server, credentials, deadlines and retries.
#[derive(Clone)]
pub struct ClientConfig {
    /// URL of the server: `http://host:port` or `https://host:port`.
    pub server: String,
    /// API token, `chy_` and 43 characters. None calls without credentials.
    pub token: Option<String>,
    /// PEM certificates to trust instead of the system's, for https.
    pub certificate_authority: Option<Vec<u8>>,
    /// Allows `http` to other machines, where others could read the token and all content on the way. `http` to this
    /// machine is always allowed.
    pub allow_unencrypted: bool,
    /// Deadlines of calls.
    pub deadlines: Deadlines,
    /// Retries of idempotent calls.
    pub retries: Retries,
}

impl ClientConfig {
    /// Creates a configuration with default deadlines and retries and without a token.
    pub fn new(server: impl Into<String>) -> Self {
        Self {
            server: server.into(),
            token: None,
            certificate_authority: None,
            allow_unencrypted: false,
            deadlines: Deadlines::default(),
            retries: Retries::default(),
        }
    }

    /// Adds a token.
    #[must_use]
    pub fn with_token(self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self }
    }

    /// Parses the URL of the server.
    pub(crate) fn uri(&self) -> Result<Uri, Error> {
        let invalid =
            |reason: &str| Error::InvalidServer { given: self.server.clone(), reason: reason.to_owned() };
        let uri: Uri = self.server.parse().map_err(|_| invalid("not a URL"))?;
        match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTP || *scheme == Scheme::HTTPS => {}
            Some(_) => return Err(invalid("the scheme must be http or https")),
            None => return Err(invalid("no scheme: expected http://host:port or https://host:port")),
        }
        if uri.host().is_none_or(str::is_empty) {
            return Err(invalid("no host"));
        }
        if let Some((_, host)) = uri.authority().and_then(|authority| authority.as_str().rsplit_once('@')) {
            let given = format!("{}://…@{host}", uri.scheme_str().unwrap_or_default());
            let reason = "credentials in a URL are not sent: use a token".to_owned();
            return Err(Error::InvalidServer { given, reason });
        }
        if uri.path_and_query().is_some_and(|rest| rest.as_str() != "/") {
            return Err(invalid("a path is not allowed"));
        }
        Ok(uri)
    }
}

impl fmt::Debug for ClientConfig {
    /// Redacts the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientConfig")
            .field("server", &self.server)
            .field("token", &self.token.as_ref().map(|_| "(secret)"))
            .field("deadlines", &self.deadlines)
            .field("retries", &self.retries)
            .finish_non_exhaustive()
    }
}

/// Deadlines of calls and timeouts of streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// Connecting to the server.
    pub connect: Duration,
    /// A small read or write, including its retries.
    pub call: Duration,
    /// A call with a large request or response, such as an import.
    pub import: Duration,
    /// Time without a message after which a stream is reopened.
    pub stream_idle: Duration,
    /// A render, from the request to its end.
    pub render: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            call: Duration::from_secs(30),
            import: Duration::from_mins(2),
            stream_idle: Duration::from_secs(45),
            render: Duration::from_mins(10),
        }
    }
}

/// Retries of idempotent calls when the server cannot be reached or is unavailable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// Maximum number of attempts, at least 1.
    pub attempts: u32,
    /// Maximum delay before the second attempt; doubles for each further attempt.
    pub initial_delay: Duration,
    /// Maximum delay.
    pub max_delay: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self { attempts: 5, initial_delay: Duration::from_millis(100), max_delay: Duration::from_secs(2) }
    }
}

#[cfg(test)]
mod tests {
    use super::ClientConfig;

    #[test]
    fn a_server_is_an_http_or_https_url_without_a_path() {
        for valid in ["http://127.0.0.1:50051", "https://chancery.example", "http://[::1]:50051/"] {
            assert!(ClientConfig::new(valid).uri().is_ok(), "{valid}");
        }
        for bad in [
            "",
            "127.0.0.1:50051",
            "localhost:50051",
            "ftp://host",
            "http://host/path",
            "http://",
            "http:// x",
        ] {
            assert!(ClientConfig::new(bad).uri().is_err(), "{bad}");
        }
    }

    #[test]
    fn debug_output_redacts_the_token() {
        let config = ClientConfig::new("http://host").with_token("chy_secret");
        assert!(!format!("{config:?}").contains("chy_secret"));
    }
}
