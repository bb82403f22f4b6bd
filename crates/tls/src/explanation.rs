//! Explains failed connections.

use std::error::Error;
use std::io;

use rustls::{AlertDescription, CertificateError, Error as Tls, InvalidMessage};

use crate::connector::UnencryptedConnection;

/// Describes the cause of a failed connection in one line: the innermost error, which is the most specific, and what to
/// do about it where that is known.
pub fn explain(error: &(dyn Error + 'static)) -> String {
    let cause = innermost(error);
    match advice(cause) {
        Some(advice) => format!("{cause}: {advice}"),
        None => cause.to_string(),
    }
}

/// Describes the cause of a failed connection without TLS, as [`explain`] does. A peer that expects TLS closes the connection,
/// or answers with what is no HTTP.
pub fn explain_unencrypted(error: &(dyn Error + 'static)) -> String {
    use io::ErrorKind::{BrokenPipe, ConnectionReset, InvalidData, UnexpectedEof};
    let cause = innermost(error);
    let is_closed = match cause.downcast_ref::<io::Error>() {
        Some(error) => matches!(error.kind(), BrokenPipe | ConnectionReset | InvalidData | UnexpectedEof),
        None => !cause.is::<UnencryptedConnection>() && !cause.is::<Tls>(),
    };
    let explained = explain(error);
    if is_closed { format!("{explained}: if the server encrypts, write https://") } else { explained }
}

fn innermost<'e>(error: &'e (dyn Error + 'static)) -> &'e (dyn Error + 'static) {
    std::iter::successors(Some(error), |error| source(*error)).last().unwrap_or(error)
}

/// Finds out whether a connection failed because it would have been unencrypted.
pub fn unencrypted(error: &(dyn Error + 'static)) -> Option<UnencryptedConnection> {
    std::iter::successors(Some(error), |error| source(*error)).find_map(|error| error.downcast_ref().copied())
}

/// Returns the source of an error. The source of an I/O error that wraps another is that error itself, not its source.
fn source<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

fn advice(cause: &(dyn Error + 'static)) -> Option<&'static str> {
    if cause.is::<UnencryptedConnection>() {
        return Some("use https://, or allow it for a network that you trust (--insecure)");
    }
    match cause.downcast_ref::<Tls>()? {
        Tls::InvalidCertificate(CertificateError::UnknownIssuer) => Some(
            "the authority that signed the server's certificate is not trusted here; name its certificate (--ca-file)",
        ),
        Tls::InvalidCertificate(CertificateError::Other(other))
            if format!("{other:?}").contains("CaUsedAsEndEntity") =>
        {
            Some(
                "the server's certificate is marked as an authority's (CA:TRUE), as `openssl req -x509` makes it; create one with \
                 CA:FALSE, or a private authority with `chancery certificates`",
            )
        }
        Tls::InvalidMessage(InvalidMessage::InvalidContentType) => {
            Some("no TLS on this port; check the port, or use http:// if the service has no certificate")
        }
        Tls::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            Some("the server's certificate has expired; if it has not, check this machine's clock")
        }
        Tls::AlertReceived(AlertDescription::CertificateExpired) => {
            Some("this client's certificate has expired, or is not valid yet")
        }
        Tls::AlertReceived(AlertDescription::CertificateRequired) => {
            Some("the server requires a certificate from its client")
        }
        Tls::AlertReceived(AlertDescription::UnknownCA | AlertDescription::BadCertificate) => {
            Some("the server does not trust the authority of this client's certificate")
        }
        _ => None,
    }
}
