//! The folder where `up` and `demo` keep what belongs to this machine, and what other commands find there.

use std::env;
use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rustix::process::{Pid, test_kill_process};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// The state of this machine's own Chancery.
#[derive(Debug, Clone)]
pub struct StateFolder(PathBuf);

/// What `up` says about itself while it runs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Running {
    /// Its process id.
    pub pid: u32,
    /// The service's URL.
    pub server: String,
    /// The URL that workers use.
    pub worker_server: String,
    /// The admin's token.
    pub token_file: PathBuf,
    /// The operator's token.
    pub operator_token_file: PathBuf,
}

/// Held while `up` or `demo` runs on the folder.
#[derive(Debug)]
pub struct StateLock {
    folder: StateFolder,
    _file: File,
}

impl StateFolder {
    /// The named folder, or else `chancery` in the build folder that this binary lies in, or else the user's.
    pub fn find(named: Option<&Path>) -> Result<Self, Failure> {
        let folder =
            named.map(Path::to_owned).or_else(in_build_folder).or_else(in_home).ok_or_else(|| {
                Failure::usage(
                    "NO_DATA_FOLDER",
                    "there is no home folder to keep data in: name one with --data",
                )
            })?;
        std::path::absolute(&folder).map(Self).map_err(Failure::io(format!("finding {}", folder.display())))
    }

    /// Where the private Postgres keeps its data.
    pub fn postgres(&self) -> PathBuf {
        self.0.join("postgres")
    }

    /// Where the tokens are.
    pub fn tokens(&self) -> PathBuf {
        self.0.join("tokens")
    }

    /// Where the processes write their logs.
    pub fn logs(&self) -> PathBuf {
        self.0.join("logs")
    }

    /// Makes the folder, and makes sure that nobody else runs on it.
    pub fn lock(&self) -> Result<StateLock, Failure> {
        let made = fs::DirBuilder::new().recursive(true).mode(0o755).create(&self.0);
        made.map_err(Failure::io(format!("making {}", self.0.display())))?;
        let path = self.0.join("up.lock");
        let file = File::options().write(true).create(true).truncate(false).open(&path);
        let file = file.map_err(Failure::io(format!("opening {}", path.display())))?;
        match file.try_lock() {
            Ok(()) => Ok(StateLock { folder: self.clone(), _file: file }),
            Err(TryLockError::WouldBlock) => Err(self.in_use()),
            Err(TryLockError::Error(error)) => Err(Failure::io(format!("locking {}", path.display()))(error)),
        }
    }

    /// The `up` that runs on the folder, if one does.
    pub fn running(&self) -> Option<Running> {
        let said = fs::read(self.running_file()).ok()?;
        let running: Running = serde_json::from_slice(&said).ok()?;
        let pid = i32::try_from(running.pid).ok().and_then(Pid::from_raw)?;
        let lives = !matches!(test_kill_process(pid), Err(rustix::io::Errno::SRCH));
        lives.then_some(running)
    }

    fn in_use(&self) -> Failure {
        let who = self.running().map_or_else(
            || "another `chancery up` or `chancery demo`".to_owned(),
            |running| format!("`chancery up` (process {}, {})", running.pid, running.server),
        );
        let message = format!("{who} runs on {} already", self.0.display());
        Failure::new("ALREADY_EXISTS", "RUNNING", message)
            .help("stop that one, or name another folder with --data")
    }

    fn running_file(&self) -> PathBuf {
        self.0.join("running.json")
    }
}

impl StateLock {
    /// Tells other commands where to find this one.
    pub fn announce(&self, running: &Running) -> Result<(), Failure> {
        let file = self.folder.running_file();
        let text = serde_json::to_vec_pretty(running).map_err(io::Error::from);
        text.and_then(|text| fs::write(&file, text))
            .map_err(Failure::io(format!("writing {}", file.display())))
    }
}

impl Drop for StateLock {
    fn drop(&mut self) {
        // Left behind, it would name a process that is no more, which readers see.
        let _ = fs::remove_file(self.folder.running_file());
    }
}

/// Cargo marks the folder that it builds into.
fn in_build_folder() -> Option<PathBuf> {
    let binary = env::current_exe().ok()?;
    let marked = binary.ancestors().find(|folder| folder.join("CACHEDIR.TAG").exists())?;
    Some(marked.join("chancery"))
}

/// XDG Base Directory Specification: state that outlives a restart and is worth no backup.
fn in_home() -> Option<PathBuf> {
    let named = env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    named.or_else(|| Some(env::home_dir()?.join(".local/state"))).map(|state| state.join("chancery"))
}

#[cfg(test)]
mod tests {
    use std::process;

    use super::{Running, StateFolder};

    fn running(pid: u32) -> Running {
        Running {
            pid,
            server: "http://x".into(),
            worker_server: "http://y".into(),
            token_file: "t".into(),
            operator_token_file: "o".into(),
        }
    }

    #[test]
    fn one_process_at_a_time_runs_on_a_folder_and_is_found_there() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateFolder::find(Some(folder.path())).unwrap();
        assert!(state.running().is_none());
        let lock = state.lock().unwrap();
        lock.announce(&running(process::id())).unwrap();
        assert_eq!(state.running().unwrap().server, "http://x");
        assert_eq!(state.lock().unwrap_err().reason, "RUNNING");
        drop(lock);
        assert!(state.running().is_none());
        assert!(state.lock().is_ok());
    }

    #[test]
    fn what_a_dead_process_left_is_not_running() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateFolder::find(Some(folder.path())).unwrap();
        let lock = state.lock().unwrap();
        lock.announce(&running(u32::try_from(i32::MAX).unwrap())).unwrap();
        assert!(state.running().is_none());
    }
}
