//! The user that runs the server: the caller, or an unprivileged user if the caller is root.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::Error;

/// Users that root runs the server as, in order of preference.
const UNPRIVILEGED: [&str; 2] = ["postgres", "nobody"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    /// Whether the caller is root and programs must switch to this user.
    needs_switch: bool,
}

impl Account {
    /// Selects the caller, or for root an unprivileged user.
    pub(crate) fn for_server() -> Result<Self, Error> {
        let caller = id(&["-u"])?.ok_or(Error::NoAccount)?;
        if caller != 0 {
            let gid = id(&["-g"])?.ok_or(Error::NoAccount)?;
            return Ok(Self { name: format!("uid {caller}"), uid: caller, gid, needs_switch: false });
        }
        for name in UNPRIVILEGED {
            if let (Some(uid), Some(gid)) = (id(&["-u", name])?, id(&["-g", name])?) {
                return Ok(Self { name: name.to_owned(), uid, gid, needs_switch: true });
            }
        }
        Err(Error::NoAccount)
    }

    /// Switches to the owner of an existing folder instead if the caller is root, unless the owner is root.
    pub(crate) fn or_owner(self, uid: u32, gid: u32) -> Self {
        if self.needs_switch && uid != 0 && uid != self.uid {
            Self { name: format!("uid {uid}"), uid, gid, needs_switch: true }
        } else {
            self
        }
    }

    /// Returns whether the caller can change the owner of files to this account.
    pub(crate) fn can_receive_files(&self) -> bool {
        self.needs_switch
    }

    /// Creates a command that runs as this account, in `/` because the current folder may be inaccessible to it.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/").env("LC_ALL", "C");
        if self.needs_switch {
            // Setting a uid also makes the standard library drop the supplementary groups of root.
            command.uid(self.uid).gid(self.gid).env("HOME", "/").env_remove("XDG_RUNTIME_DIR");
        }
        command
    }

    /// Returns whether this account can enter and write a folder.
    pub(crate) fn can_use(&self, folder: &Path) -> Result<bool, Error> {
        let output = self
            .command("sh")
            .args(["-c", r#"cd "$1" && test -w ."#, "sh"])
            .arg(folder)
            .output()
            .map_err(Error::io("running sh"))?;
        Ok(output.status.success())
    }
}

/// Returns the number that `id` prints; none for an unknown user.
fn id(arguments: &[&str]) -> Result<Option<u32>, Error> {
    let output = Command::new("id").args(arguments).output().map_err(Error::io("running id"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().parse().ok())
}
