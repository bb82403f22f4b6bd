//! Finds out whether an issued certificate can stay.

use std::collections::BTreeSet;
use std::fs;
use std::net::IpAddr;
use std::path::Path;

use time::{Duration, OffsetDateTime};
use x509_parser::extensions::GeneralName;
use x509_parser::pem::parse_x509_pem;
use x509_parser::prelude::X509Certificate;

use super::AUTHORITY;
use super::authority::{Authority, Purpose};

/// A certificate is replaced when it has less than this left.
const RENEWAL: Duration = Duration::days(365);

/// Returns whether a certificate comes from the authority, is good for another year, and names the hosts.
pub(super) fn is_good(file: &Path, authority: &Authority, purpose: &Purpose<'_>) -> bool {
    // The copy beside it shows which authority issued it.
    let issuer = file.parent().map(|folder| folder.join(AUTHORITY)).map(fs::read_to_string);
    if !matches!(issuer, Some(Ok(issuer)) if issuer == authority.certificate) {
        return false;
    }
    let Ok(bytes) = fs::read(file) else { return false };
    let Ok((_, pem)) = parse_x509_pem(&bytes) else { return false };
    let Ok(certificate) = pem.parse_x509() else { return false };
    let lasts_until = certificate.validity().not_after.to_datetime();
    lasts_until > OffsetDateTime::now_utc() + RENEWAL
        && match purpose {
            Purpose::Server { hosts } => hosts_of(&certificate) == **hosts,
            Purpose::Worker => true,
        }
}

fn hosts_of(certificate: &X509Certificate<'_>) -> BTreeSet<String> {
    let names = certificate.subject_alternative_name().ok().flatten();
    let names = names.map(|extension| extension.value.general_names.as_slice()).unwrap_or_default();
    names.iter().filter_map(host_of).collect()
}

fn host_of(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => {
            let four: Result<[u8; 4], _> = (*bytes).try_into();
            let sixteen: Result<[u8; 16], _> = (*bytes).try_into();
            let address = four.map(IpAddr::from).or_else(|_| sixteen.map(IpAddr::from)).ok()?;
            Some(address.to_string())
        }
        _ => None,
    }
}
