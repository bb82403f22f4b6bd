//! The folder where `up` and `demo` keep the database, tokens and logs, and through which other commands find a running
//! `up`.

use std::env;
use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rustix::process::{Pid, test_kill_process};
use serde::{Deserialize, Serialize};

use crate::ui::failure::Failure;

/// The state folder of a local stack.
#[derive(Debug, Clone)]
pub struct StateFolder(PathBuf);

/// The contents of `running.json`, which `up` writes while it runs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunningStack {
    /// Process id of `up`.
    pub pid: u32,
    /// URL of the service.
    pub server: String,
    /// URL of the listener for workers.
    pub worker_server: String,
    /// File with the admin token.
    pub token_file: PathBuf,
    /// File with the operator token.
    pub operator_token_file: PathBuf,
}

/// Locks the folder while `up` or `demo` runs.
#[derive(Debug)]
pub struct StateLock {
    folder: StateFolder,
    _file: File,
}

impl StateFolder {
    /// Returns the named folder, or else `chancery` in the build folder of this binary, or else in the user's state
    /// folder.
    pub fn find(named: Option<&Path>) -> Result<Self, Failure> {
        let folder =
            named.map(Path::to_owned).or_else(in_build_folder).or_else(in_home).ok_or_else(|| {
                Failure::usage("NO_DATA_FOLDER", "no home folder found: choose a data folder with --data")
            })?;
        std::path::absolute(&folder).map(Self).map_err(Failure::io(format!("resolving {}", folder.display())))
    }

    /// Returns the data folder of the private Postgres.
    pub fn postgres(&self) -> PathBuf {
        self.0.join("postgres")
    }

    pub fn tokens(&self) -> PathBuf {
        self.0.join("tokens")
    }

    pub fn logs(&self) -> PathBuf {
        self.0.join("logs")
    }

    /// Creates and locks the folder.
    pub fn lock(&self) -> Result<StateLock, Failure> {
        let created = fs::DirBuilder::new().recursive(true).mode(0o755).create(&self.0);
        created.map_err(Failure::io(format!("creating {}", self.0.display())))?;
        let path = self.0.join("up.lock");
        let file = File::options().write(true).create(true).truncate(false).open(&path);
        let file = file.map_err(Failure::io(format!("opening {}", path.display())))?;
        match file.try_lock() {
            Ok(()) => Ok(StateLock { folder: self.clone(), _file: file }),
            Err(TryLockError::WouldBlock) => Err(self.in_use()),
            Err(TryLockError::Error(error)) => Err(Failure::io(format!("locking {}", path.display()))(error)),
        }
    }

    /// Reads which `up` runs on the folder, if any.
    pub fn running(&self) -> Option<RunningStack> {
        let file = fs::read(self.running_file()).ok()?;
        let running: RunningStack = serde_json::from_slice(&file).ok()?;
        let pid = i32::try_from(running.pid).ok().and_then(Pid::from_raw)?;
        let is_alive = !matches!(test_kill_process(pid), Err(rustix::io::Errno::SRCH));
        is_alive.then_some(running)
    }

    fn in_use(&self) -> Failure {
        let owner = self.running().map_or_else(
            || "another `chancery up` or `chancery demo`".to_owned(),
            |running| format!("`chancery up` (process {}, {})", running.pid, running.server),
        );
        let message = format!("{owner} already runs on {}", self.0.display());
        Failure::new("ALREADY_EXISTS", "RUNNING", message).help("stop it, or name another folder with --data")
    }

    fn running_file(&self) -> PathBuf {
        self.0.join("running.json")
    }
}

impl StateLock {
    /// Records the running stack for other commands.
    pub fn announce(&self, running: &RunningStack) -> Result<(), Failure> {
        let file = self.folder.running_file();
        let text = serde_json::to_vec_pretty(running).map_err(io::Error::from);
        text.and_then(|text| fs::write(&file, text))
            .map_err(Failure::io(format!("writing {}", file.display())))
    }
}

impl Drop for StateLock {
    fn drop(&mut self) {
        // A stale file does no harm: readers check that its process is alive.
        let _ = fs::remove_file(self.folder.running_file());
    }
}

/// Returns `chancery` in Cargo's build folder, which is marked with CACHEDIR.TAG, if this binary is in one.
fn in_build_folder() -> Option<PathBuf> {
    let binary = env::current_exe().ok()?;
    let build_folder = binary.ancestors().find(|folder| folder.join("CACHEDIR.TAG").exists())?;
    Some(build_folder.join("chancery"))
}

/// Returns the state folder of the XDG Base Directory Specification, for data that survives restarts but needs no
/// backup.
fn in_home() -> Option<PathBuf> {
    let named = env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    named.or_else(|| Some(env::home_dir()?.join(".local/state"))).map(|state| state.join("chancery"))
}

#[cfg(test)]
mod tests {
    use std::process;

    use super::{RunningStack, StateFolder};

    fn running(pid: u32) -> RunningStack {
        RunningStack {
            pid,
            server: "http://x".into(),
            worker_server: "http://y".into(),
            token_file: "t".into(),
            operator_token_file: "o".into(),
        }
    }

    #[test]
    fn a_folder_is_locked_by_one_process_and_names_it() {
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
    fn the_record_of_a_dead_process_is_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateFolder::find(Some(folder.path())).unwrap();
        let lock = state.lock().unwrap();
        lock.announce(&running(u32::try_from(i32::MAX).unwrap())).unwrap();
        assert!(state.running().is_none());
    }
}
