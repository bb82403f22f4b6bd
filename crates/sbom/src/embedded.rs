//! Files that crates of this workspace embed with `include_bytes!`, such as fonts. A crate's manifest declares them:
//!
//! ```toml
//! [[package.metadata.sbom.embedded]]
//! folder = "../../assets/fonts"
//! extension = "ttf"
//! license = "OFL-1.1"
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use sha2::{Digest, Sha256};

#[derive(Deserialize)]
struct Manifest {
    package: Package,
}

#[derive(Deserialize)]
struct Package {
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    sbom: Declarations,
}

#[derive(Default, Deserialize)]
struct Declarations {
    #[serde(default)]
    embedded: Vec<Declaration>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declaration {
    folder: PathBuf,
    extension: String,
    license: String,
}

/// A file that is part of a binary.
pub(crate) struct EmbeddedFile {
    pub(crate) name: String,
    /// SPDX expression.
    pub(crate) license: String,
    /// SHA-256 of the content, in hexadecimal digits.
    pub(crate) digest: String,
}

/// Returns the files that a crate's manifest declares, in the order of names.
pub(crate) fn embedded_files(folder: &Path) -> Result<Vec<EmbeddedFile>> {
    let path = folder.join("Cargo.toml");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let manifest: Manifest =
        toml::from_str(&text).with_context(|| format!("{} is malformed", path.display()))?;
    let mut files = Vec::new();
    for declaration in manifest.package.metadata.sbom.embedded {
        files.extend(files_of(&declaration, folder)?);
    }
    Ok(files)
}

fn files_of(declaration: &Declaration, crate_folder: &Path) -> Result<Vec<EmbeddedFile>> {
    let folder = crate_folder.join(&declaration.folder);
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| *extension != *declaration.extension) {
            continue;
        }
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let license = declaration.license.clone();
        files.push(EmbeddedFile { name, license, digest: hex::encode(Sha256::digest(&bytes)) });
    }
    ensure!(!files.is_empty(), "{} has no files *.{}", folder.display(), declaration.extension);
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(files)
}
