//! The folder of fonts that an operator adds to the vendored ones, read the same way by everything that must agree on
//! it: the worker, which prints with them, and `chancery migrate`, which says what workers have to print with.

use std::path::{Path, PathBuf};
use std::{fs, io};

use chancery_print::{FontError, Fonts};

/// The most bytes of one file.
const MAX_FILE: u64 = 128 << 20;
/// Files that are fonts, by the ends of their names; others, such as licences, may stand beside them.
const KINDS: [&str; 4] = ["ttf", "otf", "ttc", "otc"];

/// Why a folder's fonts cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The folder or a file in it cannot be read.
    #[error("{0}: {1}")]
    Unreadable(PathBuf, #[source] io::Error),
    /// A file is too large for a font.
    #[error("{0}: it has more than {MAX_FILE} bytes")]
    TooLarge(PathBuf),
    /// A font is not fit for printing.
    #[error("{0}: {1}")]
    Unfit(PathBuf, #[source] FontError),
}

/// Returns the vendored fonts, and those of a folder if one is given: the files in it that are named as fonts are,
/// without hidden ones and without folders within.
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
        // Links are followed: that is how mounted volumes and packages lay out files.
        let described = fs::metadata(&path).map_err(unreadable(&path))?;
        if described.is_dir() {
            continue;
        }
        if described.len() > MAX_FILE {
            return Err(FolderError::TooLarge(path));
        }
        files.push((name, fs::read(&path).map_err(unreadable(&path))?));
    }
    Fonts::new(files).map_err(|error| FolderError::Unfit(folder.to_owned(), error))
}

/// Returns a file's name, if it is one of a font.
fn font_name(path: &Path) -> Option<String> {
    let kind = path.extension()?.to_str()?.to_ascii_lowercase();
    let name = path.file_name()?.to_string_lossy();
    (KINDS.contains(&kind.as_str()) && !name.starts_with('.')).then(|| name.into_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use chancery_print::Fonts;
    use chancery_print::fonts::FaceId;

    use super::{FolderError, read};

    #[test]
    fn the_fonts_of_a_folder_are_added_in_the_order_of_their_names() {
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
    fn no_folder_and_an_empty_one_leave_the_vendored_fonts() {
        let folder = tempfile::tempdir().unwrap();
        for fonts in [read(None).unwrap(), read(Some(folder.path())).unwrap()] {
            assert_eq!(fonts.digest(), Fonts::default().digest());
        }
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        assert!(matches!(read(Some(Path::new("/nowhere/at/all"))), Err(FolderError::Unreadable(..))));
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("broken.ttf"), "no font").unwrap();
        let error = read(Some(folder.path())).unwrap_err().to_string();
        assert!(error.contains("broken.ttf"), "{error}");
    }
}
