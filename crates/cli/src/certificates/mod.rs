//! Certificates of an installation that has no authority of its own: a private authority, and the certificates of the
//! service and of its workers.

mod authority;
mod inspection;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::ui::failure::Failure;
use crate::ui::output;
use authority::{Authority, Purpose};

/// The authority's certificate, beside every certificate that it issued.
const AUTHORITY: &str = "authority.pem";

/// The certificates to create, and their folders.
#[derive(Debug)]
pub struct Request {
    /// Folder of the authority, with its private key.
    pub authority: PathBuf,
    /// Folder of the service's certificate, and the hosts that it names.
    pub server: Option<(PathBuf, BTreeSet<String>)>,
    /// Folder of the workers' certificate.
    pub worker: Option<PathBuf>,
    /// Folder of the authority's certificate alone, for callers.
    pub trust: Option<PathBuf>,
}

/// The result for one certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was created.
    Issued,
    /// It exists and is good for more than a year.
    Kept,
}

/// Creates what does not exist, expires within a year, names other hosts or comes from another authority. Returns each
/// certificate's file with what became of it.
pub fn ensure(request: &Request) -> Result<Vec<(PathBuf, Outcome)>, Failure> {
    let (authority, created) = Authority::open_or_create(&request.authority)?;
    let mut outcomes = vec![(request.authority.join(AUTHORITY), created)];
    if let Some((folder, hosts)) = &request.server {
        outcomes.push(issue(&authority, folder, "server", &Purpose::Server { hosts })?);
    }
    if let Some(folder) = &request.worker {
        outcomes.push(issue(&authority, folder, "worker", &Purpose::Worker)?);
    }
    if let Some(folder) = &request.trust {
        write_authority(&authority, folder)?;
    }
    Ok(outcomes)
}

/// Issues `NAME.pem` and `NAME.key` unless they are good.
fn issue(
    authority: &Authority,
    folder: &Path,
    name: &str,
    purpose: &Purpose<'_>,
) -> Result<(PathBuf, Outcome), Failure> {
    let (certificate, key) = (folder.join(format!("{name}.pem")), folder.join(format!("{name}.key")));
    if key.is_file() && inspection::is_good(&certificate, authority, purpose) {
        close_to_others(&key)?;
        return Ok((certificate, Outcome::Kept));
    }
    let issued = authority.issue(purpose)?;
    write_authority(authority, folder)?;
    output::write_file(&key, 0o600, issued.key.as_bytes())?;
    output::write_file(&certificate, 0o644, issued.certificate.as_bytes())?;
    Ok((certificate, Outcome::Issued))
}

/// Takes the rights of all users of the machine from a key that is kept; its owner and group keep theirs.
fn close_to_others(file: &Path) -> Result<(), Failure> {
    let changing = || Failure::io(format!("changing the mode of {}", file.display()));
    let mut permissions = fs::metadata(file).map_err(changing())?.permissions();
    let closed = permissions.mode() & !0o007;
    if closed == permissions.mode() {
        return Ok(());
    }
    permissions.set_mode(closed);
    fs::set_permissions(file, permissions).map_err(changing())
}

fn write_authority(authority: &Authority, folder: &Path) -> Result<(), Failure> {
    output::create_private_folder(folder)?;
    output::write_file(&folder.join(AUTHORITY), 0o644, authority.certificate.as_bytes())
}
