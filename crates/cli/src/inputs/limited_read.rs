//! Reads of bounded size: a device or a pipe may have no end.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;

use crate::ui::failure::Failure;
use crate::ui::output::is_standard;

/// Maximum size of a text, JSON or YAML file in bytes: the JSON form of the largest message takes less.
pub const MAX_TEXT_BYTES: usize = 64 << 20;

/// Maximum size of a PDF in bytes; no artifact is larger.
pub const MAX_PDF_BYTES: usize = 256 << 20;

/// Maximum size of a token or certificate file in bytes.
pub const MAX_CREDENTIAL_BYTES: usize = 1 << 20;

/// Reads a file of at most `limit` bytes; `-` is standard input.
pub fn read(file: &Path, limit: usize) -> Result<Vec<u8>, Failure> {
    let bytes = if is_standard(file) {
        read_at_most(io::stdin().lock(), limit)
    } else {
        File::open(file).and_then(|opened| read_at_most(opened, limit))
    };
    let bytes = bytes.map_err(Failure::io(format!("reading {}", file.display())))?;
    if bytes.len() > limit { Err(too_large(file, limit)) } else { Ok(bytes) }
}

/// Reads a regular file of at most `limit` bytes, for names that a text or a theme contains: a pipe would block, and a
/// device is not a file that its author can send along.
pub fn read_regular(file: &Path, limit: usize) -> Result<Vec<u8>, Failure> {
    let reading = || Failure::io(format!("reading {}", file.display()));
    // A pipe without a writer blocks when it is opened, unless this flag is set. It has no effect on regular files.
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    let opened = OpenOptions::new().read(true).custom_flags(flags).open(file).map_err(reading())?;
    if !opened.metadata().map_err(reading())?.is_file() {
        let message = format!("{} is not a regular file: name a file beside the text", file.display());
        return Err(Failure::new("INVALID_ARGUMENT", "NOT_A_FILE", message));
    }
    let bytes = read_at_most(opened, limit).map_err(reading())?;
    if bytes.len() > limit { Err(too_large(file, limit)) } else { Ok(bytes) }
}

/// Reads to the end, or one byte more than the limit.
fn read_at_most(source: impl Read, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn too_large(file: &Path, limit: usize) -> Failure {
    let message = format!("{} is larger than {} MiB, the maximum for this file", file.display(), limit >> 20);
    Failure::new("INVALID_ARGUMENT", "FILE_TOO_LARGE", message)
}
