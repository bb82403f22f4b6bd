//! Image files named on the command line: read and checked before they are used.

use std::fs;
use std::path::Path;

use chancery_brief::digest::{Digest, body_digest};
use chancery_images::{ImageReport, Limits, check};

use crate::failure::Failure;

/// An image file.
#[derive(Debug, Clone)]
pub struct Image {
    /// Facts about it.
    pub report: ImageReport,
    /// The SHA-256 of its bytes.
    pub digest: Digest,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Image {
    /// Reads a file to its end, as the printer does.
    pub fn read(file: &Path) -> Result<Self, Failure> {
        let bytes = fs::read(file).map_err(Failure::io(format!("reading {}", file.display())))?;
        let report = check(&bytes, &Limits::default()).map_err(|error| {
            let message = format!("{}: {}: {error}", file.display(), error.code());
            Failure::new("INVALID_ARGUMENT", "INVALID_IMAGE", message)
        })?;
        Ok(Self { report, digest: body_digest(&bytes), bytes })
    }
}
