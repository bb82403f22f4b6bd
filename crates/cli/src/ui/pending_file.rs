//! Files that are written completely or not at all.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::failure::Failure;

/// Links followed to the file that they name; systems follow 40.
const MAX_LINKS: usize = 40;

/// Permission bits that let anyone write.
const WRITE_BITS: u32 = 0o222;

/// A file that gets its name only when it is complete, and is removed if the command fails. A pipe, a device or a
/// descriptor receives the complete content instead of being replaced. Links are followed.
pub struct PendingFile {
    file: NamedTempFile,
    destination: Destination,
    /// The path as given, for messages.
    path: PathBuf,
}

/// How the complete file reaches its path.
enum Destination {
    /// By a rename.
    Rename(PathBuf),
    /// By a copy into a regular file whose owner a new file could not have.
    Overwrite(PathBuf),
    /// By a copy to a pipe, a device or a descriptor such as `/dev/stdout`.
    Stream(PathBuf),
}

impl PendingFile {
    /// Creates a temporary file for a path, in the same folder because renaming needs the same file system. The umask
    /// applies to `mode`. An existing file keeps its mode and owner, unless `mode` is private. Fails if the file is
    /// read-only.
    pub fn create(path: &Path, mode: u32) -> Result<Self, Failure> {
        refuse_standard(path)?;
        let writing = || Failure::io(format!("writing {}", path.display()));
        let target = target_of(path).map_err(writing())?;
        let Ok(existing) = fs::metadata(&target) else {
            return Self::in_folder_of(target, path, mode);
        };
        if existing.is_dir() {
            return Err(is_folder(path));
        }
        if !existing.is_file() || is_descriptor(&target) {
            let file = NamedTempFile::new().map_err(Failure::io("creating a temporary file"))?;
            return Ok(Self { file, destination: Destination::Stream(target), path: path.to_owned() });
        }
        refuse_read_only(path, &target, existing.mode())?;
        let mut pending = Self::in_folder_of(target.clone(), path, mode)?;
        // No permission of the group and of others.
        let is_private = mode.trailing_zeros() >= 6;
        if !is_private {
            let file = pending.file.as_file();
            let created = file.metadata().map_err(writing())?;
            let (owner, group) = (existing.uid(), existing.gid());
            let has_owner = (created.uid(), created.gid()) == (owner, group)
                || fchown(file, Some(owner), Some(group)).is_ok();
            if has_owner {
                // After the change of owner, which clears some bits.
                file.set_permissions(existing.permissions()).map_err(writing())?;
            } else {
                pending.destination = Destination::Overwrite(target);
            }
        }
        Ok(pending)
    }

    /// Creates a temporary file for a path that must not exist, not even as a link.
    pub fn create_new(path: &Path, mode: u32) -> Result<Self, Failure> {
        refuse_standard(path)?;
        if path.is_dir() {
            return Err(is_folder(path));
        }
        Self::in_folder_of(path.to_owned(), path, mode)
    }

    fn in_folder_of(target: PathBuf, path: &Path, mode: u32) -> Result<Self, Failure> {
        let folder = folder_of(&target);
        fs::create_dir_all(folder).map_err(Failure::io(format!("creating {}", folder.display())))?;
        let file = tempfile::Builder::new()
            .prefix(".chancery-")
            .permissions(Permissions::from_mode(mode))
            .tempfile_in(folder)
            .map_err(Failure::io(format!("creating a file in {}", folder.display())))?;
        Ok(Self { file, destination: Destination::Rename(target), path: path.to_owned() })
    }

    /// Opens the file for writing.
    pub fn open(&self) -> Result<File, Failure> {
        self.file.reopen().map_err(Failure::io(format!("writing {}", self.path.display())))
    }

    /// Writes bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.file.write_all(bytes).map_err(Failure::io(format!("writing {}", self.path.display())))
    }

    /// Gives the file its path, replacing an existing file.
    pub fn finish(self) -> Result<(), Failure> {
        self.sync()?;
        self.finish_unsynced()
    }

    /// Gives the file its path without waiting until the disk has it.
    pub fn finish_unsynced(self) -> Result<(), Failure> {
        let writing = Failure::io(format!("writing {}", self.path.display()));
        match self.destination {
            Destination::Rename(target) => {
                self.file.persist(target).map(drop).map_err(|refused| writing(refused.error))
            }
            Destination::Overwrite(target) => {
                copy(&self.file, OpenOptions::new().write(true).truncate(true), &target).map_err(writing)
            }
            // Appends, because a shell's `>>` must keep what the file contains.
            Destination::Stream(target) => {
                copy(&self.file, OpenOptions::new().append(true), &target).map_err(writing)
            }
        }
    }

    /// Gives the file its path if the existing file still has the earlier text. An edit between the comparison and the
    /// rename, some microseconds, is still lost: no file system compares and renames in one step.
    pub fn finish_if_still(self, earlier: &str) -> Result<(), Failure> {
        self.sync()?;
        if !has_text(&self.path, earlier).map_err(Failure::io(format!("reading {}", self.path.display())))? {
            let message =
                format!("{} was changed while the command ran, and is left as it is", self.path.display());
            return Err(Failure::new("ABORTED", "FILE_CHANGED", message).help("run the command again"));
        }
        self.finish_unsynced()
    }

    /// Gives the file its path; fails if that path exists.
    pub fn finish_new(self) -> Result<(), Failure> {
        self.sync()?;
        self.file.persist_noclobber(&self.path).map(drop).map_err(|refused| {
            if refused.error.kind() == io::ErrorKind::AlreadyExists {
                let message = format!("{} already exists", self.path.display());
                Failure::new("ALREADY_EXISTS", "FILE_EXISTS", message)
                    .help("name a file that does not exist yet")
            } else {
                Failure::io(format!("writing {}", self.path.display()))(refused.error)
            }
        })
    }

    fn sync(&self) -> Result<(), Failure> {
        self.file.as_file().sync_all().map_err(Failure::io(format!("writing {}", self.path.display())))
    }
}

/// Returns the folder of a path; `.` for a bare name.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Follows links to the file that they name, whether it exists or not, but not the links of `/proc`, which name open files.
fn target_of(path: &Path) -> io::Result<PathBuf> {
    let mut target = path.to_owned();
    for _ in 0..MAX_LINKS {
        let is_link = fs::symlink_metadata(&target).is_ok_and(|metadata| metadata.is_symlink());
        if !is_link || is_descriptor(&target) {
            return Ok(target);
        }
        target = folder_of(&target).join(fs::read_link(&target)?);
    }
    Err(io::Error::other("too many links"))
}

/// Returns whether a path names a descriptor, such as `/dev/fd/1` and, in a shell, `>(wc)`.
fn is_descriptor(path: &Path) -> bool {
    fs::canonicalize(folder_of(path)).is_ok_and(|folder| folder.starts_with("/proc"))
}

fn copy(file: &NamedTempFile, options: &OpenOptions, target: &Path) -> io::Result<()> {
    let mut source = file.reopen()?;
    source.rewind()?;
    io::copy(&mut source, &mut options.open(target)?).map(drop)
}

/// Compares a file with a text, reading no more than a byte beyond its length.
fn has_text(file: &Path, text: &str) -> io::Result<bool> {
    let mut bytes = Vec::with_capacity(text.len() + 1);
    File::open(file)?.take(text.len() as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes == text.as_bytes())
}

fn refuse_standard(path: &Path) -> Result<(), Failure> {
    if !is_standard(path) {
        return Ok(());
    }
    let message = "this output cannot be standard output: name a file, or ./- for a file with that name";
    Err(Failure::usage("USAGE", message))
}

/// Refuses a file that the caller may not write. The bits are checked too, because an administrator may write every file.
fn refuse_read_only(path: &Path, target: &Path, mode: u32) -> Result<(), Failure> {
    let opened = if mode & WRITE_BITS == 0 {
        Err(io::ErrorKind::PermissionDenied.into())
    } else {
        OpenOptions::new().write(true).open(target).map(drop)
    };
    opened.map_err(|error| {
        if error.kind() == io::ErrorKind::PermissionDenied {
            let message = format!("{} is read-only, and is left as it is", path.display());
            Failure::new("PERMISSION_DENIED", "READ_ONLY", message)
                .help("make the file writable, or name another file")
        } else {
            Failure::io(format!("writing {}", path.display()))(error)
        }
    })
}

fn is_folder(path: &Path) -> Failure {
    Failure::usage("IS_A_FOLDER", format!("{} is a folder; name a file", path.display()))
}

/// Returns whether a path is `-`, for standard input or output.
pub fn is_standard(path: &Path) -> bool {
    path == Path::new("-")
}
