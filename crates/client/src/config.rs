//! What a client needs to know, and the check of it.

use std::fmt;
use std::time::Duration;

use tonic::codegen::http::uri::{Scheme, Uri};

use crate::error::Error;

/// Where the server is, who calls, and how patient the caller is.
#[derive(Clone)]
pub struct ClientConfig {
    /// The server's URL: `http://host:port` or `https://host:port`.
    pub server: String,
    /// The API token, `chy_` and 43 characters. None calls without credentials.
    pub token: Option<String>,
    /// PEM certificates to trust instead of the system's, for https.
    pub certificate_authority: Option<Vec<u8>>,
    /// How long calls may take.
    pub deadlines: Deadlines,
    /// How often calls that change nothing twice are repeated.
    pub retries: Retries,
}

impl ClientConfig {
    /// With the usual deadlines and retries, without a token.
    pub fn new(server: impl Into<String>) -> Self {
        Self {
            server: server.into(),
            token: None,
            certificate_authority: None,
            deadlines: Deadlines::default(),
            retries: Retries::default(),
        }
    }

    /// The same with a token.
    #[must_use]
    pub fn with_token(self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self }
    }

    /// The server's address, checked.
    pub(crate) fn uri(&self) -> Result<Uri, Error> {
        let refuse =
            |reason: &str| Error::InvalidServer { given: self.server.clone(), reason: reason.to_owned() };
        let uri: Uri = self.server.parse().map_err(|_| refuse("it is no URL"))?;
        match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTP || *scheme == Scheme::HTTPS => {}
            Some(_) => return Err(refuse("the scheme must be http or https")),
            None => return Err(refuse("it has no scheme: write http://host:port or https://host:port")),
        }
        if uri.host().is_none_or(str::is_empty) {
            return Err(refuse("it names no host"));
        }
        if uri.path_and_query().is_some_and(|rest| rest.as_str() != "/") {
            return Err(refuse("it may not have a path"));
        }
        Ok(uri)
    }
}

impl fmt::Debug for ClientConfig {
    /// Without the token's secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientConfig")
            .field("server", &self.server)
            .field("token", &self.token.as_ref().map(|_| "(secret)"))
            .field("deadlines", &self.deadlines)
            .field("retries", &self.retries)
            .finish_non_exhaustive()
    }
}

/// How long things may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// Reaching the server.
    pub connect: Duration,
    /// A call that reads or writes a little, its retries included.
    pub call: Duration,
    /// A call that sends much: an import.
    pub import: Duration,
    /// The silence on a stream after which it is taken for broken and opened again.
    pub silence: Duration,
    /// A render, from the request to its end.
    pub render: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            call: Duration::from_secs(30),
            import: Duration::from_mins(2),
            silence: Duration::from_secs(45),
            render: Duration::from_mins(10),
        }
    }
}

/// How often and how fast calls are repeated when the server cannot be reached or says UNAVAILABLE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// Attempts in all, from 1.
    pub attempts: u32,
    /// The longest pause before the second attempt; it doubles from there.
    pub first_pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self { attempts: 5, first_pause: Duration::from_millis(100), longest_pause: Duration::from_secs(2) }
    }
}

#[cfg(test)]
mod tests {
    use super::ClientConfig;

    #[test]
    fn a_server_is_an_http_or_https_url_without_a_path() {
        for good in ["http://127.0.0.1:50051", "https://chancery.example", "http://[::1]:50051/"] {
            assert!(ClientConfig::new(good).uri().is_ok(), "{good}");
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
    fn the_token_is_not_in_the_debug_form() {
        let config = ClientConfig::new("http://host").with_token("chy_secret");
        assert!(!format!("{config:?}").contains("chy_secret"));
    }
}
