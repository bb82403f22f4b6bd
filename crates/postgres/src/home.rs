//! The folder of a server, with its data, log and locks, and the short folder of its socket.

use std::fs::{self, DirBuilder, File, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use crate::Error;
use crate::account::Account;

/// Marks every folder created by this crate, from the start.
const START_LOCK: &str = "start.lock";

/// The location of a server's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataDir {
    /// This folder if the server's user can reach it, otherwise `/var/tmp/chancery-<hash of this path>`: root's own
    /// folders are closed to the user that the server runs as.
    Wanted(PathBuf),
    /// This folder only.
    Exactly(PathBuf),
}

/// A folder that belongs to the server's user and is closed to others.
#[derive(Debug)]
pub(crate) struct Home {
    pub(crate) folder: PathBuf,
    pub(crate) account: Account,
}

impl Home {
    pub(crate) fn open(place: &DataDir) -> Result<Self, Error> {
        let account = Account::of_server()?;
        match place {
            DataDir::Exactly(folder) => Self::at(folder, account),
            DataDir::Wanted(folder) => match Self::at(folder, account.clone()) {
                Err(Error::Unreachable { .. }) => Self::at(&fallback(folder)?, account),
                answer => answer,
            },
        }
    }

    fn at(folder: &Path, account: Account) -> Result<Self, Error> {
        let is_new = !folder.exists();
        if is_new {
            let parent = folder.parent().unwrap_or(Path::new("/"));
            fs::create_dir_all(parent).map_err(Error::io(format!("making {}", parent.display())))?;
        }
        let account = match make_private(folder, &account) {
            Err(Error::OtherOwner { owner, .. }) if account.takes_files() => {
                let gid = metadata(folder)?.gid();
                account.or_owner(owner, gid)
            }
            answer => answer.map(|()| account)?,
        };
        let folder = folder.canonicalize().map_err(Error::io(format!("finding {}", folder.display())))?;
        if !account.can_use(&folder)? {
            if is_new {
                // Only an empty folder is removed; this one was created above.
                let _ = fs::remove_dir(&folder);
            }
            return Err(Error::Unreachable { folder, account: account.name });
        }
        Ok(Self { folder, account })
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The working folder of `initdb`; renamed to [`Self::data`] when it is complete.
    pub(crate) fn unfinished_data(&self) -> PathBuf {
        self.folder.join("data.unfinished")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    /// Locked while the server is started or stopped.
    pub(crate) fn start_lock(&self) -> Result<File, Error> {
        self.lock_file(START_LOCK)
    }

    /// Locked, shared, by every process that uses the server.
    pub(crate) fn users_lock(&self) -> Result<File, Error> {
        self.lock_file("users.lock")
    }

    fn lock_file(&self, name: &str) -> Result<File, Error> {
        let path = self.folder.join(name);
        let file = File::options().read(true).write(true).create(true).truncate(false).open(&path);
        let file = file.map_err(Error::io(format!("opening {}", path.display())))?;
        give(&path, &self.account)?;
        Ok(file)
    }

    /// The path of a socket is limited to 107 bytes, so its folder is separate and short.
    pub(crate) fn socket_folder(&self) -> Result<PathBuf, Error> {
        let folder = PathBuf::from(format!("/tmp/chancery-{:016x}", self.hash()));
        make_private(&folder, &self.account)?;
        Ok(folder)
    }

    /// Writes a file that the server's user can read.
    pub(crate) fn write(&self, path: &Path, content: &str) -> Result<(), Error> {
        fs::write(path, content).map_err(Error::io(format!("writing {}", path.display())))?;
        give(path, &self.account)
    }

    fn hash(&self) -> u64 {
        hash(&self.folder) ^ u64::from(self.account.uid)
    }
}

/// Folders under /var/tmp survive a restart of the machine, those under /tmp may not.
fn fallback(wanted: &Path) -> Result<PathBuf, Error> {
    let wanted = std::path::absolute(wanted).map_err(Error::io(format!("finding {}", wanted.display())))?;
    Ok(PathBuf::from(format!("/var/tmp/chancery-{:016x}", hash(&wanted))))
}

/// Creates a folder, or reuses one of this crate, that belongs to the account and is closed to others.
fn make_private(folder: &Path, account: &Account) -> Result<(), Error> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => give(folder, account),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => take_over(folder, account),
        Err(error) => Err(Error::io(format!("making {}", folder.display()))(error)),
    }
}

/// Anyone can create names under /tmp first, so an existing name there is not trusted.
fn take_over(folder: &Path, account: &Account) -> Result<(), Error> {
    let found = metadata(folder)?;
    if !found.is_dir() {
        return Err(Error::NotOurs { folder: folder.to_owned() });
    }
    let owner = found.uid();
    let other_owner = Error::OtherOwner { folder: folder.to_owned(), owner };
    if owner != account.uid && !account.takes_files() {
        return Err(other_owner);
    }
    if !is_ours_or_empty(folder)? {
        return Err(Error::NotOurs { folder: folder.to_owned() });
    }
    if owner == 0 {
        give(folder, account)?;
    } else if owner != account.uid {
        return Err(other_owner);
    }
    fs::set_permissions(folder, Permissions::from_mode(0o700))
        .map_err(Error::io(format!("closing {} to others", folder.display())))
}

fn is_ours_or_empty(folder: &Path) -> Result<bool, Error> {
    if folder.join(START_LOCK).exists() {
        return Ok(true);
    }
    // A socket's folder may hold only the socket and its lock file.
    let mut entries = fs::read_dir(folder).map_err(Error::io(format!("reading {}", folder.display())))?;
    Ok(entries
        .all(|entry| entry.is_ok_and(|entry| entry.file_name().as_encoded_bytes().starts_with(b".s.PGSQL."))))
}

fn give(path: &Path, account: &Account) -> Result<(), Error> {
    if !account.takes_files() {
        return Ok(());
    }
    chown(path, Some(account.uid), Some(account.gid)).map_err(Error::io(format!(
        "giving {} to {}",
        path.display(),
        account.name
    )))
}

/// Reads the folder itself, not the target of a link.
fn metadata(folder: &Path) -> Result<Metadata, Error> {
    fs::symlink_metadata(folder).map_err(Error::io(format!("looking at {}", folder.display())))
}

/// FNV-1a: the same in every release of the compiler, unlike the standard library's hasher.
fn hash(path: &Path) -> u64 {
    path.as_os_str().as_encoded_bytes().iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
