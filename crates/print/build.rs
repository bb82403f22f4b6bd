//! Computes the print environment: digests of the sources and fonts that determine a PDF's bytes.
//!
//! A Docker build of the same tree must compute the same digests. Only contents and paths relative to the workspace
//! count, in sorted order, without hidden files, times or build folders.

use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Sources of the printer, relative to the workspace.
const SOURCES: [&str; 15] = [
    "Cargo.lock",
    "assets/color",
    "assets/fonts",
    "crates/brief/Cargo.toml",
    "crates/brief/build.rs",
    "crates/brief/src",
    "crates/images/Cargo.toml",
    "crates/images/src",
    "crates/print/Cargo.toml",
    "crates/print/build.rs",
    "crates/print/src",
    "crates/proto/Cargo.toml",
    "crates/proto/build.rs",
    "crates/proto/src",
    "proto",
];

/// Fonts, relative to the workspace.
const FONTS: [&str; 1] = ["assets/fonts"];

/// Extensions of files that determine bytes; licences of fonts and lint settings of protos do not.
const KINDS: [&str; 7] = ["icc", "lock", "otf", "proto", "rs", "toml", "ttf"];

fn main() -> Result<(), Box<dyn Error>> {
    let workspace = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("../..");
    for source in SOURCES {
        let path = workspace.join(source);
        // Cargo treats a missing path as always changed.
        if path.exists() {
            println!("cargo:rerun-if-changed={}", path.display());
        }
    }
    println!("cargo:rustc-env=CHANCERY_PRINTER_VERSION={}", digest(&workspace, &SOURCES)?);
    println!("cargo:rustc-env=CHANCERY_FONTS_DIGEST={}", digest(&workspace, &FONTS)?);
    Ok(())
}

/// Returns the SHA-256 over the files' paths and contents, each prefixed with its length, in the order of paths.
fn digest(workspace: &Path, roots: &[&str]) -> Result<String, Box<dyn Error>> {
    let mut files = Vec::new();
    for root in roots {
        collect(workspace, root, &mut files)?;
    }
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        let content = fs::read(workspace.join(&file))?;
        for part in [file.as_bytes(), &content] {
            hash.update(u64::try_from(part.len())?.to_le_bytes());
            hash.update(part);
        }
    }
    let mut text = String::with_capacity(64);
    for byte in hash.finalize() {
        write!(text, "{byte:02x}")?;
    }
    Ok(text)
}

/// Collects the files at and below a path, as paths relative to the workspace with `/` as separator.
fn collect(workspace: &Path, path: &str, files: &mut Vec<String>) -> Result<(), Box<dyn Error>> {
    let whole = workspace.join(path);
    if whole.is_dir() {
        for entry in fs::read_dir(whole)? {
            let name = entry?.file_name();
            let name = name.to_str().ok_or("a file's name is no UTF-8")?;
            if !name.starts_with('.') && name != "target" {
                collect(workspace, &format!("{path}/{name}"), files)?;
            }
        }
    } else if whole.is_file()
        && Path::new(path).extension().is_some_and(|kind| KINDS.iter().any(|k| kind == *k))
    {
        files.push(path.to_owned());
    }
    Ok(())
}
