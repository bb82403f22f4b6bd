//! The private authority.

use std::collections::BTreeSet;
use std::fs;
use std::net::IpAddr;
use std::path::Path;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData as _, SanType,
};
use time::{Duration, OffsetDateTime};
use x509_parser::pem::parse_x509_pem;

use super::{AUTHORITY, Outcome};
use crate::ui::failure::Failure;
use crate::ui::output;

/// Lifetime of the authority.
const AUTHORITY_DAYS: i64 = 20 * 365;

/// Lifetime of a certificate: a stack that nobody touches must not stop after a year.
const CERTIFICATE_DAYS: i64 = 5 * 365;

/// A private authority.
#[derive(Debug)]
pub(super) struct Authority {
    /// Its certificate, in PEM.
    pub(super) certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

/// The purpose of a certificate.
#[derive(Debug)]
pub(super) enum Purpose<'a> {
    /// Listeners at these hosts.
    Server { hosts: &'a BTreeSet<String> },
    /// Connections of workers.
    Worker,
}

/// A certificate and its private key, in PEM.
pub(super) struct Issued {
    pub(super) certificate: String,
    pub(super) key: String,
}

impl Authority {
    /// Reads the authority in a folder, or creates one if the folder has none.
    pub(super) fn open_or_create(folder: &Path) -> Result<(Self, Outcome), Failure> {
        let (certificate, key) = (folder.join(AUTHORITY), folder.join("authority.key"));
        if !certificate.exists() && !key.exists() {
            return Ok((Self::create(folder)?, Outcome::Issued));
        }
        let read = |path: &Path| {
            fs::read_to_string(path).map_err(Failure::io(format!("reading {}", path.display())))
        };
        let (certificate, key) = (read(&certificate)?, read(&key)?);
        let what = format!("the authority in {}", folder.display());
        let key = KeyPair::from_pem(&key).map_err(Failure::setup(&what))?;
        if !has_key(&certificate, &key.subject_public_key_info()) {
            let message = format!(
                "{what} has the private key of another certificate: restore both files from one backup"
            );
            return Err(Failure::new("FAILED_PRECONDITION", "OTHER_KEY", message));
        }
        let issuer = Issuer::from_ca_cert_pem(&certificate, key);
        Ok((Self { certificate, issuer: issuer.map_err(Failure::setup(&what))? }, Outcome::Kept))
    }

    fn create(folder: &Path) -> Result<Self, Failure> {
        let key = new_key()?;
        // Unique, because a verifier selects the authority of a certificate by its name.
        let number: [u8; 8] = key.public_key_raw().last_chunk().copied().unwrap_or_default();
        let number = format!("{:016x}", u64::from_be_bytes(number));
        let mut params = params(AUTHORITY_DAYS, &format!("Chancery private authority {number}"));
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key).map_err(Failure::setup("creating the authority"))?.pem();
        output::create_private_folder(folder)?;
        output::write_file(&folder.join("authority.key"), 0o600, key.serialize_pem().as_bytes())?;
        output::write_file(&folder.join(AUTHORITY), 0o644, certificate.as_bytes())?;
        Ok(Self { certificate, issuer: Issuer::new(params, key) })
    }

    /// Issues a certificate with a new key.
    pub(super) fn issue(&self, purpose: &Purpose<'_>) -> Result<Issued, Failure> {
        let mut params = match purpose {
            Purpose::Server { hosts } => {
                let mut params = params(CERTIFICATE_DAYS, "Chancery service");
                let names: Result<_, _> = hosts.iter().map(|host| subject(host)).collect();
                params.subject_alt_names = names?;
                params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
                params
            }
            Purpose::Worker => {
                let mut params = params(CERTIFICATE_DAYS, "Chancery worker");
                params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
                params
            }
        };
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        let key = new_key()?;
        let certificate = params.signed_by(&key, &self.issuer);
        let certificate = certificate.map_err(Failure::setup("issuing a certificate"))?;
        Ok(Issued { certificate: certificate.pem(), key: key.serialize_pem() })
    }
}

fn params(days: i64, name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    let now = OffsetDateTime::now_utc();
    // A day back, for machines whose clocks are behind.
    params.not_before = now - Duration::days(1);
    params.not_after = now + Duration::days(days);
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn new_key() -> Result<KeyPair, Failure> {
    KeyPair::generate().map_err(Failure::setup("generating a private key"))
}

/// Returns whether a certificate in PEM has a public key, in its DER form.
fn has_key(certificate: &str, public_key: &[u8]) -> bool {
    let Ok((_, pem)) = parse_x509_pem(certificate.as_bytes()) else { return false };
    pem.parse_x509().is_ok_and(|certificate| certificate.public_key().raw == public_key)
}

/// A host name or an address as a certificate names it.
pub(super) fn subject(host: &str) -> Result<SanType, Failure> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(SanType::IpAddress(address));
    }
    let is_name = !host.is_empty()
        && host.len() <= 253
        && host.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        });
    let name = is_name.then(|| host.try_into().ok()).flatten();
    name.map(SanType::DnsName).ok_or_else(|| {
        let message =
            format!("{host:?} is no host: expected a name such as briefs.example.org, or an address");
        Failure::usage("INVALID_HOST", message)
    })
}
