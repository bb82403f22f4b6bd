//! The user that the server runs as: the caller, or an unprivileged one if the caller is root.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::Error;

/// Tried in this order when the caller is root.
const UNPRIVILEGED: [&str; 2] = ["postgres", "nobody"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    /// The caller is root, so programs must switch to this user.
    switches: bool,
}

impl Account {
    /// Returns the caller's account, or for root an account without privileges.
    pub(crate) fn of_server() -> Result<Self, Error> {
        let caller = id(&["-u"])?.ok_or(Error::NoAccount)?;
        if caller != 0 {
            let gid = id(&["-g"])?.ok_or(Error::NoAccount)?;
            return Ok(Self { name: format!("uid {caller}"), uid: caller, gid, switches: false });
        }
        for name in UNPRIVILEGED {
            if let (Some(uid), Some(gid)) = (id(&["-u", name])?, id(&["-g", name])?) {
                return Ok(Self { name: name.to_owned(), uid, gid, switches: true });
            }
        }
        Err(Error::NoAccount)
    }

    /// Returns the account for an existing folder: root runs the server as the folder's owner, unless that is root.
    pub(crate) fn or_owner(self, uid: u32, gid: u32) -> Self {
        if self.switches && uid != 0 && uid != self.uid {
            Self { name: format!("uid {uid}"), uid, gid, switches: true }
        } else {
            self
        }
    }

    /// Returns true if the caller can change the owner of files to this account.
    pub(crate) fn takes_files(&self) -> bool {
        self.switches
    }

    /// Builds a command that runs as this account, outside of a working folder that it may not be able to enter.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/").env("LC_ALL", "C");
        if self.switches {
            // With a uid set, the standard library also drops root's supplementary groups.
            command.uid(self.uid).gid(self.gid).env("HOME", "/").env_remove("XDG_RUNTIME_DIR");
        }
        command
    }

    /// Returns true if this account can enter the folder and write there.
    pub(crate) fn can_use(&self, folder: &Path) -> Result<bool, Error> {
        let answer = self
            .command("sh")
            .args(["-c", r#"cd "$1" && test -w ."#, "sh"])
            .arg(folder)
            .output()
            .map_err(Error::io("running sh"))?;
        Ok(answer.status.success())
    }
}

/// Returns the number that `id` prints; none for a user that does not exist.
fn id(arguments: &[&str]) -> Result<Option<u32>, Error> {
    let answer = Command::new("id").args(arguments).output().map_err(Error::io("running id"))?;
    Ok(String::from_utf8_lossy(&answer.stdout).trim().parse().ok())
}
