//! The reference to a finished PDF.

use chancery_brief::digest::Digest;

use crate::convert::damaged;
use crate::error::Result;
use crate::renders::environments::digest as digest_of;

/// Size in bytes of every database chunk except a blob's last, and of the largest piece on the wire.
pub const CHUNK: usize = 256 * 1024;

/// A finished PDF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// The number of bytes.
    pub size_bytes: u64,
    /// The number of pages.
    pub pages: u32,
    /// The blob that holds its bytes.
    pub(crate) blob: String,
}

impl Artifact {
    pub(crate) fn of_row(digest: &[u8], size: i64, pages: i32, blob: String) -> Result<Self> {
        Ok(Self {
            digest: digest_of(digest)?,
            size_bytes: u64::try_from(size).map_err(damaged)?,
            pages: u32::try_from(pages).map_err(damaged)?,
            blob,
        })
    }
}
