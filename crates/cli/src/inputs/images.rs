//! Image files named on the command line, checked when they are read.

use std::fs;
use std::path::Path;

use chancery_brief::digest::{Digest, body_digest};
use chancery_images::{ImageReport, Limits, check};

use crate::ui::failure::Failure;

/// A checked image file.
#[derive(Debug, Clone)]
pub struct Image {
    /// Media type, size and warnings.
    pub report: ImageReport,
    /// SHA-256 of the bytes.
    pub digest: Digest,
    /// Content of the file.
    pub bytes: Vec<u8>,
}

impl Image {
    /// Reads and checks a file by the rules of the printer.
    pub fn read(file: &Path) -> Result<Self, Failure> {
        let bytes = fs::read(file).map_err(Failure::io(format!("reading {}", file.display())))?;
        let report = check(&bytes, &Limits::default()).map_err(|error| {
            let message = format!("{}: {}: {error}", file.display(), error.code());
            Failure::new("INVALID_ARGUMENT", "INVALID_IMAGE", message)
        })?;
        Ok(Self { report, digest: body_digest(&bytes), bytes })
    }
}
