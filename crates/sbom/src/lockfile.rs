//! Checksums of crates, from Cargo.lock.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::cargo_tree::CrateId;

#[derive(Deserialize)]
struct Lockfile {
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    checksum: Option<String>,
}

/// SHA-256 of the archive of each crate that comes from a registry.
pub(crate) struct Checksums(BTreeMap<CrateId, String>);

impl Checksums {
    /// Reads a Cargo.lock.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let lockfile: Lockfile =
            toml::from_str(&text).with_context(|| format!("{} is malformed", path.display()))?;
        let entries = lockfile.package.into_iter().filter_map(|package| {
            let id = CrateId { name: package.name, version: package.version };
            package.checksum.map(|checksum| (id, checksum))
        });
        Ok(Self(entries.collect()))
    }

    /// Returns the checksum of a crate, in hexadecimal digits.
    pub(crate) fn get(&self, id: &CrateId) -> Option<&str> {
        self.0.get(id).map(String::as_str)
    }
}
