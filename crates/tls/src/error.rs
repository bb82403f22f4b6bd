//! Errors of certificates and keys.

use std::io;
use std::path::PathBuf;

/// A certificate or key that cannot be used. Each message names the file and what it must contain.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("could not read {}: {source}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// The failure.
        source: io::Error,
    },
    /// A file has no certificate.
    #[error("{} has no certificate: expected PEM, which begins with -----BEGIN CERTIFICATE-----", file.display())]
    NoCertificate {
        /// The file.
        file: PathBuf,
    },
    /// A file has no private key.
    #[error("{} has no private key: expected PEM, which begins with -----BEGIN PRIVATE KEY-----", file.display())]
    NoKey {
        /// The file.
        file: PathBuf,
    },
    /// A private key is protected by a passphrase.
    #[error(
        "the private key in {} is encrypted; decrypt it (openssl pkey -in FILE -out FILE) and protect the file by its \
         permissions",
        file.display()
    )]
    EncryptedKey {
        /// The file.
        file: PathBuf,
    },
    /// A file is not valid PEM, or a certificate or key in it is damaged or of a kind that is not supported.
    #[error("{}: {reason}", file.display())]
    Malformed {
        /// The file.
        file: PathBuf,
        /// The defect.
        reason: String,
    },
    /// The private key is not the certificate's.
    #[error("the private key in {} does not belong to the certificate in {}", key.display(), certificate.display())]
    OtherKey {
        /// The file of the key.
        key: PathBuf,
        /// The file of the certificate.
        certificate: PathBuf,
    },
    /// The certificate has expired. Only a replacement is refused for this and for the next two reasons.
    #[error("the certificate in {} has expired", file.display())]
    Expired {
        /// The file.
        file: PathBuf,
    },
    /// The certificate is not valid yet.
    #[error(
        "the certificate in {} is valid only in {seconds} seconds from now; check this machine's clock",
        file.display()
    )]
    NotYetValid {
        /// The file.
        file: PathBuf,
        /// Seconds until it is valid.
        seconds: i64,
    },
    /// The certificate is for another purpose.
    #[error(
        "the certificate in {} is not for {}: its extended key usage lacks it",
        file.display(),
        purpose.usage()
    )]
    OtherPurpose {
        /// The file.
        file: PathBuf,
        /// The purpose that it lacks.
        purpose: CertificatePurpose,
    },
    /// The operating system has no certificate authorities.
    #[error(
        "this machine has no certificate authorities (Debian: package ca-certificates); name a file with the authority \
         that signed the server's certificate"
    )]
    NoSystemAuthorities,
}

/// The use of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificatePurpose {
    /// A listener.
    Server,
    /// Connections to a listener.
    Client,
}

impl CertificatePurpose {
    /// Returns the name of the purpose in a certificate's extended key usage.
    pub(crate) const fn usage(self) -> &'static str {
        match self {
            Self::Server => "serverAuth",
            Self::Client => "clientAuth",
        }
    }
}
