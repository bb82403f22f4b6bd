//! Certificates with their private keys.

use std::path::PathBuf;

use rustls::sign::CertifiedKey;

use crate::cryptography::provider;
use crate::error::TlsError;
use crate::pem_file::PemFile;

/// A certificate and its private key, in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityFiles {
    /// The certificate, with intermediate ones after it.
    pub certificate: PathBuf,
    /// The private key, unencrypted.
    pub key: PathBuf,
}

/// Reads a certificate and its key, and checks that they belong together.
pub(crate) fn certified_key(certificate: &PemFile, key: &PemFile) -> Result<CertifiedKey, TlsError> {
    let chain = certificate.certificates()?;
    CertifiedKey::from_der(chain, key.private_key()?, &provider()).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => {
            TlsError::OtherKey { key: key.path().to_owned(), certificate: certificate.path().to_owned() }
        }
        rustls::Error::InvalidCertificate(problem) => certificate.malformed(problem.to_string()),
        error => key.malformed(error.to_string()),
    })
}
