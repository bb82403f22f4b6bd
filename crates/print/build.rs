//! Works out the print environment: digests of what decides a PDF's bytes, taken of this very tree.
//!
//! A Docker build of the same tree must come to the same digests: only contents and paths below the workspace
//! count, in sorted order; nothing hidden, no times, no build folder.

use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Where the printer's sources lie, below the workspace.
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

/// Where the fonts lie.
const FONTS: [&str; 1] = ["assets/fonts"];

/// The sorts of file that decide bytes: not the fonts' licences, not the protos' lint settings.
const KINDS: [&str; 7] = ["icc", "lock", "otf", "proto", "rs", "toml", "ttf"];

fn main() -> Result<(), Box<dyn Error>> {
    let workspace = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("../..");
    for source in SOURCES {
        let path = workspace.join(source);
        // Cargo takes a path that is not there for changed, always.
        if path.exists() {
            println!("cargo:rerun-if-changed={}", path.display());
        }
    }
    println!("cargo:rustc-env=CHANCERY_PRINTER_VERSION={}", digest(&workspace, &SOURCES)?);
    println!("cargo:rustc-env=CHANCERY_FONTS_DIGEST={}", digest(&workspace, &FONTS)?);
    Ok(())
}

/// Returns the SHA-256 over the files' paths and contents, each after its length, in the order of the paths.
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

/// The files at and below a path, as paths below the workspace with `/` between their parts.
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
