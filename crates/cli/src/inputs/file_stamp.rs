//! Signs that a file has changed.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// The metadata of a file that a write or a rename changes. Two equal stamps, the earlier one taken before a file was read,
/// mean that what was read is current, as far as the clock of the file system can distinguish writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileStamp {
    device: u64,
    inode: u64,
    /// Size in bytes.
    pub size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl FileStamp {
    /// Returns the stamp of a file, following links; none if there is no file.
    pub fn of(file: &Path) -> Option<Self> {
        let metadata = fs::metadata(file).ok()?;
        Some(Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        })
    }

    /// Returns the device and inode, which stay the same while the file is not replaced.
    pub const fn identity(self) -> (u64, u64) {
        (self.device, self.inode)
    }
}
