//! The Debian packages of an image, from the database of dpkg.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

#[cfg(test)]
mod tests;

/// An installed package.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct DebianPackage {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) architecture: String,
}

/// An image's operating system and packages, in the order of names.
#[derive(Debug)]
pub(crate) struct Image {
    /// `ID` of os-release, such as `debian`.
    pub(crate) system: String,
    /// `VERSION_ID` of os-release, such as `13`.
    pub(crate) version: String,
    pub(crate) packages: Vec<DebianPackage>,
}

impl Image {
    /// Reads the file system of an image.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let read = |path: &str| {
            let path = root.join(path);
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
        };
        Self::parse(&read("usr/lib/os-release")?, &read("var/lib/dpkg/status")?)
    }

    fn parse(release: &str, status: &str) -> Result<Self> {
        let field = |name: &str| {
            let values = release.lines().filter_map(|line| line.split_once('='));
            let value =
                values.filter(|(key, _)| *key == name).map(|(_, value)| value.trim_matches('"')).next();
            value.map(str::to_owned).with_context(|| format!("os-release has no {name}"))
        };
        let mut packages = Vec::new();
        for paragraph in status.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
            packages.extend(parse_package(paragraph)?);
        }
        ensure!(!packages.is_empty(), "the database of dpkg lists no installed package");
        packages.sort();
        Ok(Self { system: field("ID")?, version: field("VERSION_ID")?, packages })
    }
}

/// Parses one paragraph (deb-control(5)). Returns nothing for a package whose files are not installed.
fn parse_package(paragraph: &str) -> Result<Option<DebianPackage>> {
    let fields: BTreeMap<&str, &str> = paragraph
        .lines()
        .filter(|line| !line.starts_with([' ', '\t']))
        .filter_map(|line| line.split_once(": "))
        .collect();
    let field = |name: &str| {
        let value = fields.get(name).map(|value| value.trim().to_owned());
        value.with_context(|| format!("a package has no {name}: {paragraph:?}"))
    };
    if !field("Status")?.ends_with(" installed") {
        return Ok(None);
    }
    let package = DebianPackage {
        name: field("Package")?,
        version: field("Version")?,
        architecture: field("Architecture")?,
    };
    Ok(Some(package))
}
