//! Listeners that cannot be opened.

use std::io;
use std::net::SocketAddr;

use chancery_tls::TlsError;

/// A listener that cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum ListenerError {
    /// The address cannot be bound.
    #[error("could not listen on {address}: {source}")]
    Address {
        /// The address.
        address: SocketAddr,
        /// The failure.
        source: io::Error,
    },
    /// Other machines can reach the address, and nothing encrypts.
    #[error(
        "the {name} listener at {address} would be unencrypted and other machines can reach it; set {certificate} and \
         {key}, or --insecure on a network that you trust"
    )]
    Unencrypted {
        /// Which listener.
        name: &'static str,
        /// Its address.
        address: SocketAddr,
        /// The flag of its certificate.
        certificate: &'static str,
        /// The flag of its key.
        key: &'static str,
    },
    /// A certificate or key cannot be used.
    #[error("the {name} listener's certificate: {source}")]
    Certificate {
        /// Which listener.
        name: &'static str,
        /// The defect.
        source: TlsError,
    },
}
