//! Files of certificates and keys in PEM.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use rustls::RootCertStore;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::error::{CertificatePurpose, TlsError};
use crate::validity::Validity;

/// Maximum size of a file. The largest bundles of authorities have a quarter of it.
const MAX_BYTES: u64 = 1 << 20;

/// A file and its content when it was read.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct PemFile {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl PemFile {
    /// Reads a regular file. Others are refused: reading a pipe would wait for a writer.
    pub(crate) fn read(path: &Path) -> Result<Self, TlsError> {
        let failed = |source| TlsError::Read { file: path.to_owned(), source };
        if !std::fs::metadata(path).map_err(failed)?.is_file() {
            return Err(failed(io::Error::other("not a regular file")));
        }
        let mut bytes = Vec::new();
        File::open(path).map_err(failed)?.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err(failed(io::Error::other("larger than 1 MiB")));
        }
        Ok(Self { path: path.to_owned(), bytes })
    }

    /// Wraps content that a caller gave in place of a file. Messages show `name` as its path.
    pub(crate) fn given(name: &str, bytes: &[u8]) -> Self {
        Self { path: name.into(), bytes: bytes.to_owned() }
    }

    /// Returns where the content came from.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the certificates, at least one.
    pub(crate) fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, TlsError> {
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&self.bytes).collect();
        let certificates = certificates.map_err(|error| self.malformed(pem_problem(&error)))?;
        if certificates.is_empty() {
            return Err(TlsError::NoCertificate { file: self.path.clone() });
        }
        Ok(certificates)
    }

    /// Returns the first private key.
    pub(crate) fn private_key(&self) -> Result<PrivateKeyDer<'static>, TlsError> {
        PrivateKeyDer::from_pem_slice(&self.bytes).map_err(|error| match error {
            // A passphrase protects a key of PKCS #8 as a section of its own, and an older one by a header.
            _ if self.has("-----BEGIN ENCRYPTED PRIVATE KEY-----") || self.has("Proc-Type: 4,ENCRYPTED") => {
                TlsError::EncryptedKey { file: self.path.clone() }
            }
            pem::Error::NoItemsFound => TlsError::NoKey { file: self.path.clone() },
            error => self.malformed(pem_problem(&error)),
        })
    }

    /// Returns the certificates as authorities to trust.
    pub(crate) fn authorities(&self) -> Result<RootCertStore, TlsError> {
        let mut authorities = RootCertStore::empty();
        for certificate in self.certificates()? {
            authorities.add(certificate).map_err(|error| self.malformed(error.to_string()))?;
        }
        Ok(authorities)
    }

    /// Returns the validity of the first certificate for a purpose.
    pub(crate) fn validity(&self, purpose: CertificatePurpose) -> Result<Validity, TlsError> {
        let first = self.certificates()?.swap_remove(0);
        Validity::of(&first, purpose).map_err(|defect| self.malformed(defect))
    }

    /// Returns the error of content that cannot be used.
    pub(crate) fn malformed(&self, reason: String) -> TlsError {
        TlsError::Malformed { file: self.path.clone(), reason }
    }

    fn has(&self, line: &str) -> bool {
        String::from_utf8_lossy(&self.bytes).contains(line)
    }
}

fn pem_problem(error: &pem::Error) -> String {
    match error {
        pem::Error::MissingSectionEnd { .. } => "a PEM section has no -----END line".to_owned(),
        pem::Error::Base64Decode(_) => "a PEM section is not base64".to_owned(),
        other => format!("not valid PEM: {other}"),
    }
}
