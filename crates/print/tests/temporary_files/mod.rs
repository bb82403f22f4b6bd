//! Printed files for other programs to read.

use std::path::{Path, PathBuf};

/// Writes a file into the temporary folder of the tests.
pub(crate) fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("folders can be created");
    std::fs::write(&path, bytes).expect("files can be written");
    path
}
