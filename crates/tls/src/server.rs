//! TLS of listeners.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use ring::digest::{SHA256, digest};
use rustls::ServerConfig;
use rustls::server::WebPkiClientVerifier;
use rustls::sign::SingleCertAndKey;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::cryptography::provider;
use crate::error::{CertificatePurpose, TlsError};
use crate::followed::{Followed, ReloadCounts};
use crate::identity::{IdentityFiles, certified_key};
use crate::pem_file::PemFile;
use crate::validity::{ExpiryWarning, Validity};

/// The files of a listener.
#[derive(Debug, Clone)]
pub struct ServerFiles {
    /// The certificate, with intermediate ones after it, and its key.
    pub identity: IdentityFiles,
    /// Authorities of which every client must have a certificate; `None` requires none.
    pub client_authorities: Option<PathBuf>,
}

/// The protocols that a listener offers in the handshake (ALPN).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocols {
    /// HTTP/2 only.
    Http2,
    /// HTTP/2, and HTTP/1.1 for gRPC-Web.
    Http2AndHttp1,
}

/// An accepted connection.
pub type AcceptedTls = tokio_rustls::server::TlsStream<TcpStream>;

/// Returns the SHA-256 of the public key of the client's certificate (its `SubjectPublicKeyInfo`, RFC 5280), if the client
/// presented one. A renewed certificate with the same key has the same digest.
pub fn client_key(connection: &AcceptedTls) -> Option<[u8; 32]> {
    let (_, session) = connection.get_ref();
    let (_, certificate) = X509Certificate::from_der(session.peer_certificates()?.first()?).ok()?;
    digest(&SHA256, certificate.tbs_certificate.subject_pki.raw).as_ref().try_into().ok()
}

/// The TLS of a listener.
pub struct ServerTls {
    followed: Followed<Settings>,
    certificate: PathBuf,
    warning: ExpiryWarning,
}

/// The settings made from one version of the files.
struct Settings {
    config: Arc<ServerConfig>,
    validity: Validity,
}

impl ServerTls {
    /// Reads the files.
    ///
    /// # Errors
    /// [`TlsError`] if a file cannot be read or used. A certificate that clients refuse because of its time or purpose is
    /// used, with a warning.
    pub fn read(files: &ServerFiles, protocols: Protocols) -> Result<Self, TlsError> {
        let IdentityFiles { certificate, key } = files.identity.clone();
        let file = certificate.clone();
        let paths = [certificate, key].into_iter().chain(files.client_authorities.clone()).collect();
        let followed = Followed::read(paths, move |files, current: Option<&Settings>| {
            settings(files, protocols, current.map(|settings| &settings.validity))
        })?;
        Ok(Self { followed, certificate: file, warning: ExpiryWarning::default() })
    }

    /// Does the handshake of a connection, with the newest certificate.
    ///
    /// # Errors
    /// The failure of the connection or of the handshake.
    pub async fn accept(&self, connection: TcpStream) -> io::Result<AcceptedTls> {
        let config = Arc::clone(&self.followed.current().config);
        TlsAcceptor::from(config).accept(connection).await
    }

    /// Uses the files again whenever they change, and warns before the certificate expires; does not return.
    pub async fn follow(&self) {
        self.followed.follow(|settings| self.warning.check(&settings.validity, &self.certificate)).await;
    }

    /// Returns how often the files have been replaced.
    pub fn reloads(&self) -> ReloadCounts {
        self.followed.counts()
    }

    /// Returns when the certificate in use expires, in seconds of Unix time.
    pub fn expiry(&self) -> i64 {
        self.followed.current().validity.not_after
    }
}

impl std::fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerTls").field("expiry", &self.expiry()).finish_non_exhaustive()
    }
}

/// Makes the settings from certificate, key and optional authorities of clients. See [`Validity::check`].
fn settings(
    files: &[PemFile],
    protocols: Protocols,
    current: Option<&Validity>,
) -> Result<Settings, TlsError> {
    let [certificate, key, authorities @ ..] = files else { unreachable!("certificate and key are read") };
    let validity = certificate.validity(CertificatePurpose::Server)?;
    validity.check(current, certificate.path())?;
    let builder = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|error| certificate.malformed(error.to_string()))?;
    let builder = match authorities.first() {
        None => builder.with_no_client_auth(),
        Some(file) => {
            let verifier =
                WebPkiClientVerifier::builder_with_provider(file.authorities()?.into(), provider());
            let verifier = verifier.build().map_err(|error| file.malformed(error.to_string()))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let certified = Arc::new(certified_key(certificate, key)?);
    let mut config = builder.with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
    config.alpn_protocols = match protocols {
        Protocols::Http2 => vec![b"h2".to_vec()],
        Protocols::Http2AndHttp1 => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
    };
    Ok(Settings { config: Arc::new(config), validity })
}
