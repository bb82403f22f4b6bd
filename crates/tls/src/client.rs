//! TLS of connections to a server.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::sign::SingleCertAndKey;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};

use crate::any_server::AnyServer;
use crate::cryptography::provider;
use crate::error::{CertificatePurpose, TlsError};
use crate::followed::{Followed, ReloadCounts};
use crate::identity::{IdentityFiles, certified_key};
use crate::pem_file::PemFile;
use crate::validity::{ExpiryWarning, Validity};

/// The files of a client.
#[derive(Debug, Clone, Default)]
pub struct ClientFiles {
    /// Authorities to trust instead of the operating system's.
    pub authorities: Option<PathBuf>,
    /// The certificate to show to servers that require one.
    pub identity: Option<IdentityFiles>,
}

/// The TLS of a client.
pub struct ClientTls {
    source: Source,
}

/// Where the configuration comes from.
enum Source {
    Fixed(Arc<ClientConfig>),
    Files { followed: Followed<Settings>, certificate: Option<PathBuf>, warning: ExpiryWarning },
}

/// The settings made from one version of the files.
struct Settings {
    config: Arc<ClientConfig>,
    /// That of the client's certificate, if it has one.
    validity: Option<Validity>,
}

impl ClientTls {
    /// Reads the files.
    ///
    /// # Errors
    /// [`TlsError`] if a file cannot be read or used, or if there are no authorities at all. A certificate that servers refuse
    /// because of its time or purpose is used, with a warning.
    pub fn read(files: &ClientFiles) -> Result<Self, TlsError> {
        let names_authorities = files.authorities.is_some();
        let identity = files.identity.clone().map(|identity| [identity.certificate, identity.key]);
        let paths = files.authorities.clone().into_iter().chain(identity.into_iter().flatten()).collect();
        let followed = Followed::read(paths, move |files, current: Option<&Settings>| {
            let (authorities, identity) = files.split_at(usize::from(names_authorities));
            settings(authorities.first(), identity, current.and_then(|current| current.validity.as_ref()))
        })?;
        let certificate = files.identity.as_ref().map(|identity| identity.certificate.clone());
        Ok(Self { source: Source::Files { followed, certificate, warning: ExpiryWarning::default() } })
    }

    /// Trusts authorities in PEM, or the operating system's for `None`.
    ///
    /// # Errors
    /// [`TlsError`] if they cannot be used.
    pub fn trusting(authorities: Option<&[u8]>) -> Result<Self, TlsError> {
        let authorities = authorities.map(|bytes| PemFile::given("the authorities to trust", bytes));
        Ok(Self { source: Source::Fixed(settings(authorities.as_ref(), &[], None)?.config) })
    }

    /// Accepts every server's certificate. Only for calls that tell the server nothing and believe it nothing of weight,
    /// such as a probe of this machine's own service.
    pub fn trusting_anyone() -> Self {
        let verifier = Arc::new(AnyServer(provider()));
        let config = builder().dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
        Self { source: Source::Fixed(http2(config)) }
    }

    /// Uses the files again whenever they change, and warns before the certificate expires; does not return. New connections
    /// use the new ones.
    pub async fn follow(&self) {
        match &self.source {
            Source::Fixed(_) => std::future::pending().await,
            Source::Files { followed, certificate, warning } => {
                let observe = |settings: &Settings| {
                    if let (Some(validity), Some(file)) = (&settings.validity, certificate) {
                        warning.check(validity, file);
                    }
                };
                followed.follow(observe).await;
            }
        }
    }

    /// Returns how often the files have been replaced.
    pub fn reloads(&self) -> ReloadCounts {
        match &self.source {
            Source::Fixed(_) => ReloadCounts::default(),
            Source::Files { followed, .. } => followed.counts(),
        }
    }

    pub(crate) fn configuration(&self) -> Arc<ClientConfig> {
        match &self.source {
            Source::Fixed(configuration) => Arc::clone(configuration),
            Source::Files { followed, .. } => Arc::clone(&followed.current().config),
        }
    }
}

impl std::fmt::Debug for ClientTls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientTls").finish_non_exhaustive()
    }
}

/// Makes the settings of a client that trusts authorities, or the operating system's for `None`. `identity` is empty, or the
/// file of the certificate and that of the key. See [`Validity::check`].
fn settings(
    authorities: Option<&PemFile>,
    identity: &[PemFile],
    current: Option<&Validity>,
) -> Result<Settings, TlsError> {
    let mut validity = None;
    let roots = match authorities {
        Some(file) => file.authorities()?,
        None => system_authorities()?,
    };
    let builder = builder().with_root_certificates(roots);
    let config = match identity {
        [certificate, key] => {
            let own = certificate.validity(CertificatePurpose::Client)?;
            own.check(current, certificate.path())?;
            validity = Some(own);
            let resolver = SingleCertAndKey::from(certified_key(certificate, key)?);
            builder.with_client_cert_resolver(Arc::new(resolver))
        }
        _ => builder.with_no_client_auth(),
    };
    Ok(Settings { config: http2(config), validity })
}

fn builder() -> ConfigBuilder<ClientConfig, WantsVerifier> {
    ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .expect("ring has cipher suites for both versions")
}

/// Offers HTTP/2, the only protocol of gRPC channels.
fn http2(mut config: ClientConfig) -> Arc<ClientConfig> {
    config.alpn_protocols = vec![b"h2".to_vec()];
    Arc::new(config)
}

/// Returns the authorities that the operating system trusts, or those of `SSL_CERT_FILE`. Unreadable ones are left out.
fn system_authorities() -> Result<RootCertStore, TlsError> {
    let mut authorities = RootCertStore::empty();
    authorities.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if authorities.is_empty() { Err(TlsError::NoSystemAuthorities) } else { Ok(authorities) }
}
