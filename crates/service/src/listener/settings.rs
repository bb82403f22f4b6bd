//! Settings of the listeners' connections.

use std::path::PathBuf;

use chancery_tls::Protocols;
use clap::Args;

use super::open_connections::ConnectionLimits;
use super::security::{Security, TlsFiles};

/// Maximum number of connections to the workers' listener. A worker needs one.
const MAX_WORKER_CONNECTIONS: usize = 1_000;

/// TLS and limits of connections.
#[derive(Debug, Clone, Args)]
pub struct ConnectionSettings {
    /// Certificate of the public listener, in PEM, with intermediate certificates after it. Read again when it changes.
    #[arg(long, env = "CHANCERY_TLS_CERTIFICATE", value_name = "FILE", requires = "tls_key", global = true)]
    pub tls_certificate: Option<PathBuf>,
    /// Private key of the public listener's certificate, in PEM, unencrypted.
    #[arg(long, env = "CHANCERY_TLS_KEY", value_name = "FILE", requires = "tls_certificate", global = true)]
    pub tls_key: Option<PathBuf>,
    /// Certificate of the workers' listener.
    #[arg(long, env = "CHANCERY_WORKER_TLS_CERTIFICATE", value_name = "FILE", requires = "worker_tls_key")]
    pub worker_tls_certificate: Option<PathBuf>,
    /// Private key of the workers' listener's certificate.
    #[arg(long, env = "CHANCERY_WORKER_TLS_KEY", value_name = "FILE", requires = "worker_tls_certificate")]
    pub worker_tls_key: Option<PathBuf>,
    /// Authorities of workers' certificates, in PEM. Workers without a certificate of one of them cannot connect.
    #[arg(long, env = "CHANCERY_WORKER_CLIENT_CA", value_name = "FILE", requires = "worker_tls_certificate")]
    pub worker_client_ca: Option<PathBuf>,
    /// Allows unencrypted listeners that other machines can reach. For networks that you trust, and behind a proxy on
    /// another machine that encrypts.
    #[arg(long, env = "CHANCERY_INSECURE")]
    pub insecure: bool,
    /// Maximum number of connections to the public listener; at most what the limit of open files allows.
    #[arg(long, env = "CHANCERY_MAX_CONNECTIONS", default_value_t = 10_000, value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub max_connections: u32,
    /// Maximum number of connections of one address (IPv6: of one network of 64 bits) to each listener. A proxy is one
    /// address.
    #[arg(long, env = "CHANCERY_MAX_CONNECTIONS_PER_ADDRESS", default_value_t = 500, value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub max_connections_per_address: u32,
}

impl ConnectionSettings {
    /// Returns the encryption of the public listener.
    pub(crate) fn public(&self) -> Security {
        Security {
            name: "public",
            flags: ("--tls-certificate", "--tls-key"),
            files: TlsFiles {
                certificate: self.tls_certificate.clone(),
                key: self.tls_key.clone(),
                client_authorities: None,
            },
            protocols: Protocols::Http2AndHttp1,
            allow_unencrypted: self.insecure,
        }
    }

    /// Returns the encryption of the workers' listener.
    pub(crate) fn workers(&self) -> Security {
        Security {
            name: "workers'",
            flags: ("--worker-tls-certificate", "--worker-tls-key"),
            files: TlsFiles {
                certificate: self.worker_tls_certificate.clone(),
                key: self.worker_tls_key.clone(),
                client_authorities: self.worker_client_ca.clone(),
            },
            protocols: Protocols::Http2,
            allow_unencrypted: self.insecure,
        }
    }

    /// Returns the limits of the public and the workers' listener, for `files` connections in all.
    pub(crate) fn limits(&self, files: usize) -> (ConnectionLimits, ConnectionLimits) {
        let per_address = self.max_connections_per_address as usize;
        let workers = MAX_WORKER_CONNECTIONS.min(files / 4).max(1);
        let public = (self.max_connections as usize).min(files.saturating_sub(workers)).max(1);
        (ConnectionLimits { total: public, per_address }, ConnectionLimits { total: workers, per_address })
    }
}
