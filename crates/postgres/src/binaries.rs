//! The installed server binaries.

use std::cmp::Reverse;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Error;

/// Oldest supported major version.
const MIN_MAJOR_VERSION: u32 = 15;

/// Folder of `<version>/bin` on Debian and its derivatives.
const DEBIAN_FOLDER: &str = "/usr/lib/postgresql";

/// Binaries that a folder must contain.
const REQUIRED_BINARIES: [&str; 3] = ["postgres", "initdb", "pg_ctl"];

#[derive(Debug, Clone)]
pub(crate) struct Binaries {
    folder: PathBuf,
    pub(crate) major: u32,
}

impl Binaries {
    /// Finds the first supported version on PATH, in the folders of Debian and in `pg_config --bindir`. If there is data,
    /// finds the version that wrote it.
    pub(crate) fn find(data: &Path) -> Result<Self, Error> {
        let installed: Vec<Self> = folders().into_iter().filter_map(Self::in_folder).collect();
        if let Some(version) = version_of(data) {
            let matching = installed.iter().find(|binaries| binaries.major == version);
            return match matching {
                Some(binaries) => Ok(binaries.clone()),
                None if installed.is_empty() => Err(Error::NoServer),
                None => Err(Error::OtherVersion { data: data.to_owned(), version }),
            };
        }
        if let Some(binaries) = installed.iter().find(|binaries| binaries.major >= MIN_MAJOR_VERSION) {
            return Ok(binaries.clone());
        }
        match installed.into_iter().max_by_key(|binaries| binaries.major) {
            Some(newest) => Err(Error::TooOld { found: newest.major, folder: newest.folder }),
            None => Err(Error::NoServer),
        }
    }

    pub(crate) fn initdb(&self) -> PathBuf {
        self.folder.join("initdb")
    }

    pub(crate) fn pg_ctl(&self) -> PathBuf {
        self.folder.join("pg_ctl")
    }

    /// Returns the path of psql: in the folder of the server, as on Debian, or else on PATH.
    pub(crate) fn psql(&self) -> PathBuf {
        let psql = self.folder.join("psql");
        if psql.exists() { psql } else { PathBuf::from("psql") }
    }

    fn in_folder(folder: PathBuf) -> Option<Self> {
        if !REQUIRED_BINARIES.iter().all(|program| folder.join(program).exists()) {
            return None;
        }
        let output = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
        let major = major_version(&String::from_utf8_lossy(&output.stdout))?;
        Some(Self { folder, major })
    }
}

fn folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    // PATH often contains only a link to the server; the other binaries are next to its target.
    for folder in env::split_paths(&env::var_os("PATH").unwrap_or_default()) {
        if let Ok(server) = folder.join("postgres").canonicalize() {
            folders.extend(server.parent().map(Path::to_owned));
        }
    }
    folders.extend(debian_folders());
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        folders.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    folders
}

/// Lists the server folders of Debian, newest version first.
fn debian_folders() -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(DEBIAN_FOLDER) else { return Vec::new() };
    let mut versions: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .collect();
    versions.sort_by_key(|(version, _)| Reverse(*version));
    versions.into_iter().map(|(_, folder)| folder).collect()
}

/// Reads the major version that wrote a data folder; none without data.
fn version_of(data: &Path) -> Option<u32> {
    fs::read_to_string(data.join("PG_VERSION")).ok()?.trim().parse().ok()
}

/// Parses `postgres (PostgreSQL) 17.2 (Debian 17.2-1)`, `… 18beta1`, `… 19devel`.
fn major_version(output: &str) -> Option<u32> {
    let version = output.split_whitespace().nth(2)?;
    let digits = version.find(|c: char| !c.is_ascii_digit()).unwrap_or(version.len());
    version[..digits].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major_version;

    #[test]
    fn major_versions_of_releases_and_previews_are_parsed() {
        assert_eq!(major_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(major_version("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(major_version("postgres (PostgreSQL) 19devel\n"), Some(19));
        assert_eq!(major_version("something else"), None);
    }
}
