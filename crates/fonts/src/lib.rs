//! Reads the folder of fonts that an operator adds to the vendored ones. The worker, which prints with them, and
//! `chancery migrate`, which sets the print environment, must read it the same way.

use std::path::{Path, PathBuf};
use std::{fs, io};

use chancery_print::{FontError, Fonts};

/// Maximum size of a font file in bytes.
const MAX_FONT_BYTES: u64 = 128 << 20;
/// File name extensions of fonts. Other files, such as licences, are ignored.
const FONT_EXTENSIONS: [&str; 4] = ["ttf", "otf", "ttc", "otc"];

/// An error of reading the font folder.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The folder or one of its files cannot be read.
    #[error("{0}: {1}")]
    Unreadable(PathBuf, #[source] io::Error),
    /// A file is larger than allowed.
    #[error("{0}: larger than {MAX_FONT_BYTES} bytes")]
    TooLarge(PathBuf),
    /// A font cannot be used for printing.
    #[error("{0}: {1}")]
    Unfit(PathBuf, #[source] FontError),
}

/// Returns the vendored fonts and those of a folder, if one is given. Only files with a font's extension are read;
/// hidden files and subfolders are ignored.
///
/// # Errors
/// Returns a [`FolderError`] if the folder or a file cannot be read, or a font cannot be used.
pub fn read(folder: Option<&Path>) -> Result<Fonts, FolderError> {
    let Some(folder) = folder else { return Ok(Fonts::default()) };
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |error| FolderError::Unreadable(path, error)
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable(folder))? {
        let path = entry.map_err(unreadable(folder))?.path();
        let Some(name) = font_name(&path) else { continue };
        // Follows symbolic links, which mounted volumes and packages use.
        let described = fs::metadata(&path).map_err(unreadable(&path))?;
        if described.is_dir() {
            continue;
        }
        if !described.is_file() {
            // Reading a pipe or a device may not end.
            let error = io::Error::new(io::ErrorKind::InvalidInput, "not a regular file");
            return Err(FolderError::Unreadable(path, error));
        }
        if described.len() > MAX_FONT_BYTES {
            return Err(FolderError::TooLarge(path));
        }
        files.push((name, fs::read(&path).map_err(unreadable(&path))?));
    }
    Fonts::new(files).map_err(|error| FolderError::Unfit(folder.to_owned(), error))
}

/// Returns a file's name if it has a font's extension.
fn font_name(path: &Path) -> Option<String> {
    let kind = path.extension()?.to_str()?.to_ascii_lowercase();
    let name = path.file_name()?.to_string_lossy();
    (FONT_EXTENSIONS.contains(&kind.as_str()) && !name.starts_with('.')).then(|| name.into_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use chancery_print::Fonts;
    use chancery_print::fonts::FaceId;

    use super::{FolderError, read};

    #[test]
    fn fonts_of_a_folder_are_added_in_the_order_of_their_names() {
        let folder = tempfile::tempdir().unwrap();
        for (name, face) in [("b.ttf", FaceId::Sans), ("a.TTF", FaceId::Naskh)] {
            fs::write(folder.path().join(name), face.bytes()).unwrap();
        }
        for ignored in ["LICENCE.txt", ".hidden.ttf"] {
            fs::write(folder.path().join(ignored), "no font").unwrap();
        }
        fs::create_dir(folder.path().join("folder.ttf")).unwrap();
        let fonts = read(Some(folder.path())).unwrap();
        assert_eq!(fonts.added().collect::<Vec<_>>(), ["a.TTF", "b.ttf"]);
        assert_ne!(fonts.digest(), Fonts::default().digest());
    }

    #[test]
    fn without_a_folder_or_with_an_empty_one_only_the_vendored_fonts_are_used() {
        let folder = tempfile::tempdir().unwrap();
        for fonts in [read(None).unwrap(), read(Some(folder.path())).unwrap()] {
            assert_eq!(fonts.digest(), Fonts::default().digest());
        }
    }

    #[test]
    fn an_error_names_the_file() {
        assert!(matches!(read(Some(Path::new("/nowhere/at/all"))), Err(FolderError::Unreadable(..))));
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("broken.ttf"), "no font").unwrap();
        let error = read(Some(folder.path())).unwrap_err().to_string();
        assert!(error.contains("broken.ttf"), "{error}");
    }
}
