//! Whether and how a listener encrypts.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use chancery_tls::{IdentityFiles, Protocols, ServerFiles, ServerTls};

use super::error::ListenerError;

/// The certificate files of a listener.
#[derive(Debug, Clone)]
pub(crate) struct TlsFiles {
    /// Certificate and key. Both or neither.
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
    /// Authorities of which every client must have a certificate.
    pub(crate) client_authorities: Option<PathBuf>,
}

/// The settings of a listener's encryption.
#[derive(Debug, Clone)]
pub(crate) struct Security {
    /// Which listener, for messages.
    pub(crate) name: &'static str,
    /// The flags of its certificate and key, for messages.
    pub(crate) flags: (&'static str, &'static str),
    pub(crate) files: TlsFiles,
    pub(crate) protocols: Protocols,
    /// Whether it may be unencrypted although other machines can reach it.
    pub(crate) allow_unencrypted: bool,
}

impl Security {
    /// Reads the certificates, or returns `None` for a listener that may be unencrypted.
    pub(crate) fn tls(&self, address: SocketAddr) -> Result<Option<Arc<ServerTls>>, ListenerError> {
        let TlsFiles { certificate: Some(certificate), key: Some(key), client_authorities } =
            self.files.clone()
        else {
            return self.check_unencrypted(address).map(|()| None);
        };
        let files = ServerFiles { identity: IdentityFiles { certificate, key }, client_authorities };
        let tls = ServerTls::read(&files, self.protocols)
            .map_err(|source| ListenerError::Certificate { name: self.name, source })?;
        Ok(Some(Arc::new(tls)))
    }

    fn check_unencrypted(&self, address: SocketAddr) -> Result<(), ListenerError> {
        if self.allow_unencrypted || address.ip().to_canonical().is_loopback() {
            return Ok(());
        }
        let (certificate, key) = self.flags;
        Err(ListenerError::Unencrypted { name: self.name, address, certificate, key })
    }
}
