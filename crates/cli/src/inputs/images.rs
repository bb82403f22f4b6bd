//! Image files named on the command line or by a text, checked when they are read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use chancery_brief::digest::{Digest, body_digest};
use chancery_images::{ImageReport, Limits, MAX_FILE_BYTES, check};

use super::file_stamp::FileStamp;
use super::limited_read::read_regular;
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
        let bytes = read_regular(file, MAX_FILE_BYTES)?;
        let report = check(&bytes, &Limits::default()).map_err(|error| {
            let message = format!("{}: {}: {error}", file.display(), error.code());
            Failure::new("INVALID_ARGUMENT", "INVALID_IMAGE", message)
        })?;
        Ok(Self { report, digest: body_digest(&bytes), bytes })
    }
}

/// Images by their files, each read again only after it has changed.
#[derive(Debug, Default)]
pub struct ImageCache(Mutex<BTreeMap<PathBuf, (FileStamp, Image)>>);

impl ImageCache {
    /// Returns the image of a file.
    pub fn read(&self, file: &Path) -> Result<Image, Failure> {
        let stamp = FileStamp::of(file);
        let mut images = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match (images.get(file), stamp) {
            (Some((read, image)), Some(stamp)) if *read == stamp => return Ok(image.clone()),
            _ => images.remove(file),
        };
        let image = Image::read(file)?;
        if let Some(stamp) = stamp {
            images.insert(file.to_owned(), (stamp, image.clone()));
        }
        Ok(image)
    }
}
