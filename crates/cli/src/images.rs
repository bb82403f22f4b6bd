//! Images that people name: read and looked at before anything is done with them.

use std::fs;
use std::path::Path;

use chancery_brief::digest::{Digest, body_digest};
use chancery_brief::image::{self, ImageHeader};

use crate::failure::Failure;

/// An image file.
#[derive(Debug, Clone)]
pub struct Image {
    /// What it says of itself.
    pub header: ImageHeader,
    /// The SHA-256 of its bytes.
    pub digest: Digest,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Image {
    /// Reads a file, and whether it can be shown.
    pub fn read(file: &Path) -> Result<Self, Failure> {
        let bytes = fs::read(file).map_err(Failure::io(format!("reading {}", file.display())))?;
        let header = image::read(&bytes).map_err(|error| {
            Failure::new("INVALID_ARGUMENT", "INVALID_IMAGE", format!("{}: {error}", file.display()))
        })?;
        Ok(Self { header, digest: body_digest(&bytes), bytes })
    }
}
