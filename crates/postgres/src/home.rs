//! The folder of a server with its data, log and locks, and the short folder of its socket.

use std::fs::{self, DirBuilder, File, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use crate::Error;
use crate::account::Account;

/// Marks a folder as a server folder; created first.
const START_LOCK: &str = "start.lock";

/// The data folder of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataDir {
    /// This folder if the user of the server can reach it, otherwise `/var/tmp/chancery-<hash of this path>`: the user that
    /// root runs the server as cannot enter the folders of root.
    Preferred(PathBuf),
    /// Exactly this folder.
    Exactly(PathBuf),
}

/// A folder that belongs to the user of the server and is inaccessible to others.
#[derive(Debug)]
pub(crate) struct Home {
    pub(crate) folder: PathBuf,
    pub(crate) account: Account,
}

impl Home {
    pub(crate) fn open(data: &DataDir) -> Result<Self, Error> {
        let account = Account::for_server()?;
        match data {
            DataDir::Exactly(folder) => Self::open_folder(folder, account),
            DataDir::Preferred(folder) => match Self::open_folder(folder, account.clone()) {
                Err(Error::Unreachable { .. }) => Self::open_folder(&fallback(folder)?, account),
                result => result,
            },
        }
    }

    fn open_folder(folder: &Path, account: Account) -> Result<Self, Error> {
        let is_new = !folder.exists();
        if is_new {
            let parent = folder.parent().unwrap_or(Path::new("/"));
            fs::create_dir_all(parent).map_err(Error::io(format!("creating {}", parent.display())))?;
        }
        let account = match make_private(folder, &account) {
            Err(Error::OtherOwner { owner, .. }) if account.can_receive_files() => {
                let gid = metadata(folder)?.gid();
                account.or_owner(owner, gid)
            }
            result => result.map(|()| account)?,
        };
        let folder = folder.canonicalize().map_err(Error::io(format!("resolving {}", folder.display())))?;
        if !account.can_use(&folder)? {
            if is_new {
                // Removes only the empty folder created above.
                let _ = fs::remove_dir(&folder);
            }
            return Err(Error::Unreachable { folder, account: account.name });
        }
        Ok(Self { folder, account })
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Returns the folder in which `initdb` runs; renamed to [`Self::data`] when complete.
    pub(crate) fn unfinished_data(&self) -> PathBuf {
        self.folder.join("data.unfinished")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    /// Opens the lock that is held while the server starts or stops.
    pub(crate) fn start_lock(&self) -> Result<File, Error> {
        self.lock_file(START_LOCK)
    }

    /// Opens the lock that every process using the server holds as shared.
    pub(crate) fn users_lock(&self) -> Result<File, Error> {
        self.lock_file("users.lock")
    }

    fn lock_file(&self, name: &str) -> Result<File, Error> {
        let path = self.folder.join(name);
        let file = File::options().read(true).write(true).create(true).truncate(false).open(&path);
        let file = file.map_err(Error::io(format!("opening {}", path.display())))?;
        change_owner(&path, &self.account)?;
        Ok(file)
    }

    /// Creates the folder of the socket, which is short because the path of a socket is limited to 107 bytes.
    pub(crate) fn socket_folder(&self) -> Result<PathBuf, Error> {
        let folder = PathBuf::from(format!("/tmp/chancery-{:016x}", self.hash()));
        make_private(&folder, &self.account)?;
        Ok(folder)
    }

    /// Writes a file that the user of the server can read.
    pub(crate) fn write(&self, path: &Path, content: &str) -> Result<(), Error> {
        fs::write(path, content).map_err(Error::io(format!("writing {}", path.display())))?;
        change_owner(path, &self.account)
    }

    fn hash(&self) -> u64 {
        hash(&self.folder) ^ u64::from(self.account.uid)
    }
}

/// Returns a folder under /var/tmp, whose folders survive a restart of the machine, unlike those under /tmp.
fn fallback(preferred: &Path) -> Result<PathBuf, Error> {
    let preferred =
        std::path::absolute(preferred).map_err(Error::io(format!("resolving {}", preferred.display())))?;
    Ok(PathBuf::from(format!("/var/tmp/chancery-{:016x}", hash(&preferred))))
}

/// Creates a folder for the account that is inaccessible to others, or takes over an existing server folder.
fn make_private(folder: &Path, account: &Account) -> Result<(), Error> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => change_owner(folder, account),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => take_over(folder, account),
        Err(error) => Err(Error::io(format!("creating {}", folder.display()))(error)),
    }
}

/// Takes over an existing folder after checking its owner and contents: anyone can create a folder under /tmp first, so
/// the name alone is not trusted.
fn take_over(folder: &Path, account: &Account) -> Result<(), Error> {
    let metadata = metadata(folder)?;
    if !metadata.is_dir() {
        return Err(Error::ForeignFolder { folder: folder.to_owned() });
    }
    let owner = metadata.uid();
    let other_owner = Error::OtherOwner { folder: folder.to_owned(), owner };
    if owner != account.uid && !account.can_receive_files() {
        return Err(other_owner);
    }
    if !is_server_folder_or_empty(folder)? {
        return Err(Error::ForeignFolder { folder: folder.to_owned() });
    }
    if owner == 0 {
        change_owner(folder, account)?;
    } else if owner != account.uid {
        return Err(other_owner);
    }
    fs::set_permissions(folder, Permissions::from_mode(0o700))
        .map_err(Error::io(format!("restricting access to {}", folder.display())))
}

fn is_server_folder_or_empty(folder: &Path) -> Result<bool, Error> {
    if folder.join(START_LOCK).exists() {
        return Ok(true);
    }
    // A folder of a socket contains only the socket and its lock file.
    let mut entries = fs::read_dir(folder).map_err(Error::io(format!("reading {}", folder.display())))?;
    Ok(entries
        .all(|entry| entry.is_ok_and(|entry| entry.file_name().as_encoded_bytes().starts_with(b".s.PGSQL."))))
}

fn change_owner(path: &Path, account: &Account) -> Result<(), Error> {
    if !account.can_receive_files() {
        return Ok(());
    }
    chown(path, Some(account.uid), Some(account.gid)).map_err(Error::io(format!(
        "changing the owner of {} to {}",
        path.display(),
        account.name
    )))
}

/// Reads the metadata of a folder itself, not of the target of a link.
fn metadata(folder: &Path) -> Result<Metadata, Error> {
    fs::symlink_metadata(folder).map_err(Error::io(format!("reading the metadata of {}", folder.display())))
}

/// Hashes a path with FNV-1a, which is stable across compiler releases, unlike the hasher of the standard library.
fn hash(path: &Path) -> u64 {
    path.as_os_str().as_encoded_bytes().iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
