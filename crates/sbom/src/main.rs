//! Writes one bill of materials (SBOM) per binary of this workspace, as `CycloneDX` 1.5 JSON.
//!
//! A bill lists the crates that cargo links into the binary, the standard library, the files that those crates embed, and
//! the Debian packages of the image that carries the binary. Build scripts, procedural macros and dev-dependencies are
//! left out: they run while the binary is built, and are not in it.
//!
//! The same sources give the same bytes: a bill has no time, and its serial number is derived from its content.

mod bill;
mod cargo_tree;
mod debian;
mod embedded;
mod lockfile;
mod toolchain;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Parser;

use crate::bill::Bill;
use crate::cargo_tree::LinkedCrates;
use crate::debian::Image;
use crate::lockfile::Checksums;
use crate::toolchain::Toolchain;

#[derive(Parser)]
#[command(
    name = "chancery-sbom",
    version,
    about = "Writes a bill of materials, CycloneDX 1.5 JSON, for each package"
)]
struct Arguments {
    /// Packages of one cargo build: cargo unifies their features, so all of them must be named
    #[arg(required = true, value_name = "PACKAGE")]
    packages: Vec<String>,

    /// Folder for the files PACKAGE.cdx.json
    #[arg(long, value_name = "FOLDER")]
    output: PathBuf,

    /// The workspace
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    workspace: PathBuf,

    /// Root of a Debian file system, whose packages are listed as well
    #[arg(long, value_name = "FOLDER")]
    image: Option<PathBuf>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let toolchain = Toolchain::read(&arguments.workspace)?;
    let crates = LinkedCrates::read(&arguments.workspace, &arguments.packages, &toolchain.host)?;
    let checksums = Checksums::read(&arguments.workspace.join("Cargo.lock"))?;
    let image = arguments.image.as_deref().map(Image::read).transpose()?;

    let folder = &arguments.output;
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    for package in &arguments.packages {
        let bill = Bill::new(package, &crates, &checksums, &toolchain, image.as_ref())?;
        let path = folder.join(format!("{package}.cdx.json"));
        fs::write(&path, bill.to_json()?).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
