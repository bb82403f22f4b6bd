//! Certificate authorities and certificates of tests.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    SanType,
};
use time::{Duration, OffsetDateTime};

/// A certificate authority.
#[derive(Debug)]
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its private key, in PEM.
#[derive(Debug, Clone)]
pub struct Issued {
    /// The certificate.
    pub certificate: String,
    /// The private key.
    pub key: String,
}

impl Authority {
    /// Creates an authority.
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        Self(CertifiedIssuer::self_signed(params, key()).expect("the parameters are valid"))
    }

    /// Returns its certificate in PEM.
    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// Issues a certificate for host names and addresses.
    pub fn issue(&self, common_name: &str, hosts: &[&str]) -> Issued {
        self.issue_with(common_name, hosts, days_from_now(30), &[])
    }

    /// Issues a certificate that expired yesterday.
    pub fn issue_expired(&self, common_name: &str, hosts: &[&str]) -> Issued {
        self.issue_with(common_name, hosts, days_from_now(-1), &[])
    }

    /// Issues a certificate that is valid from tomorrow on.
    pub fn issue_early(&self, common_name: &str, hosts: &[&str]) -> Issued {
        self.issue_with(common_name, hosts, days_from_now(61), &[])
    }

    /// Issues a certificate for clients only.
    pub fn issue_for_clients(&self, common_name: &str, hosts: &[&str]) -> Issued {
        self.issue_with(common_name, hosts, days_from_now(30), &[ExtendedKeyUsagePurpose::ClientAuth])
    }

    /// Issues a certificate for servers only.
    pub fn issue_for_servers(&self, common_name: &str, hosts: &[&str]) -> Issued {
        self.issue_with(common_name, hosts, days_from_now(30), &[ExtendedKeyUsagePurpose::ServerAuth])
    }

    /// Issues a certificate that is valid for 60 days until `end`.
    fn issue_with(
        &self,
        common_name: &str,
        hosts: &[&str],
        end: OffsetDateTime,
        purposes: &[ExtendedKeyUsagePurpose],
    ) -> Issued {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, common_name);
        params.subject_alt_names = hosts.iter().map(|host| subject(host)).collect();
        params.not_before = end - Duration::days(60);
        params.not_after = end;
        params.extended_key_usages = purposes.to_vec();
        let key = key();
        let certificate = params.signed_by(&key, &self.0).expect("the parameters are valid");
        Issued { certificate: certificate.pem(), key: key.serialize_pem() }
    }
}

impl Issued {
    /// Writes `NAME.pem` and `NAME.key` to a folder, and returns the paths.
    pub fn write(&self, folder: &Path, name: &str) -> (PathBuf, PathBuf) {
        let (certificate, key) = (folder.join(format!("{name}.pem")), folder.join(format!("{name}.key")));
        std::fs::write(&certificate, &self.certificate).expect("the folder is writable");
        std::fs::write(&key, &self.key).expect("the folder is writable");
        (certificate, key)
    }
}

fn days_from_now(days: i64) -> OffsetDateTime {
    OffsetDateTime::now_utc() + Duration::days(days)
}

fn key() -> KeyPair {
    KeyPair::generate().expect("keys can be generated")
}

fn subject(host: &str) -> SanType {
    match host.parse::<IpAddr>() {
        Ok(address) => SanType::IpAddress(address),
        Err(_) => SanType::DnsName(host.try_into().expect("the host name is ASCII")),
    }
}
