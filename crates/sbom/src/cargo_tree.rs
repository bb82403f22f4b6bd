//! The crates that are linked into binaries, from `cargo tree`.
//!
//! `cargo metadata` would unify the features of the whole workspace, tests included, and list optional crates that no
//! binary has. `cargo tree` resolves features for the packages that it is given, as `cargo build` does for the same ones.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::toolchain::run;

#[cfg(test)]
mod tests;

/// The name and version of a crate. All crates are from this workspace or from crates.io, so this identifies one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CrateId {
    pub(crate) name: String,
    pub(crate) version: String,
}

/// A crate and what it depends on.
#[derive(Debug)]
pub(crate) struct LinkedCrate {
    /// SPDX expression, as the crate's manifest has it.
    pub(crate) license: String,
    /// The crate's folder, if it is one of this workspace.
    pub(crate) folder: Option<PathBuf>,
    pub(crate) dependencies: BTreeSet<CrateId>,
}

/// The graph of crates that are linked into a set of packages.
#[derive(Debug)]
pub(crate) struct LinkedCrates(BTreeMap<CrateId, LinkedCrate>);

impl LinkedCrates {
    /// Runs `cargo tree` for packages that are built together on a platform.
    pub(crate) fn read(workspace: &Path, packages: &[String], platform: &str) -> Result<Self> {
        let mut command = Command::new("cargo");
        command.current_dir(workspace).args(["tree", "--locked", "--edges", "normal,no-proc-macro"]);
        command.args(["--target", platform, "--prefix", "depth", "--format", "\t{p}\t{l}\t"]);
        command.args(packages.iter().flat_map(|package| ["--package", package]));
        Self::parse(&run(&mut command)?)
    }

    /// Parses lines of depth, crate and licence, separated by tabs. A crate's dependencies are listed once; later lines
    /// for the same crate end in `(*)`.
    fn parse(text: &str) -> Result<Self> {
        let mut crates: BTreeMap<CrateId, LinkedCrate> = BTreeMap::new();
        let mut path: Vec<CrateId> = Vec::new();
        for line in text.lines().filter(|line| !line.is_empty()) {
            let context = || format!("cargo tree writes an unexpected line: {line:?}");
            let mut columns = line.split('\t');
            let depth: usize = columns.next().and_then(|depth| depth.parse().ok()).with_context(context)?;
            let (id, folder) = parse_package(columns.next().with_context(context)?).with_context(context)?;
            let license = columns.next().with_context(context)?.to_owned();
            ensure!(!license.is_empty(), "{} {} names no licence in its manifest", id.name, id.version);
            ensure!(depth <= path.len(), context());

            path.truncate(depth);
            if let Some(parent) = path.last().and_then(|parent| crates.get_mut(parent)) {
                parent.dependencies.insert(id.clone());
            }
            let entry = LinkedCrate { license, folder, dependencies: BTreeSet::new() };
            crates.entry(id.clone()).or_insert(entry);
            path.push(id);
        }
        Ok(Self(crates))
    }

    /// Returns the crates that are linked into a package, itself included.
    pub(crate) fn of(&self, package: &str) -> Result<BTreeMap<&CrateId, &LinkedCrate>> {
        let Some(root) = self.0.keys().find(|id| id.name == package) else {
            bail!("cargo tree lists no package {package}");
        };
        let mut found = BTreeMap::new();
        let mut open = vec![root];
        while let Some(id) = open.pop() {
            let linked = &self.0[id];
            if found.insert(id, linked).is_none() {
                open.extend(&linked.dependencies);
            }
        }
        Ok(found)
    }
}

/// Parses `NAME vVERSION`, followed by `(FOLDER)` for a crate of this workspace.
fn parse_package(text: &str) -> Option<(CrateId, Option<PathBuf>)> {
    let (name, rest) = text.split_once(" v")?;
    let (version, folder) = match rest.split_once(" (") {
        None => (rest, None),
        Some((version, folder)) => (version, Some(PathBuf::from(folder.strip_suffix(')')?))),
    };
    Some((CrateId { name: name.to_owned(), version: version.to_owned() }, folder))
}
