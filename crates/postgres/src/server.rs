//! Starts, shares and stops a server.

use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::thread;
use std::time::{Duration, Instant};

use crate::account::Account;
use crate::binaries::Binaries;
use crate::home::{DataDir, Home};
use crate::psql::{Psql, identifier, output_of, url_of_database};
use crate::{Error, idle_watcher};

/// Superuser and owner of all databases. Has no password, because only the owner of the socket folder and root can
/// connect.
const SUPERUSER: &str = "chancery";

/// Time limit for recovery from a crash.
const RECOVERY_TIMEOUT: Duration = Duration::from_mins(2);

/// Time limit for the children of a crashed server to release its shared memory.
const SHARED_MEMORY_TIMEOUT: Duration = Duration::from_secs(20);

/// Interval between checks of a condition.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Options of a server.
#[derive(Debug, Clone)]
pub struct Options {
    /// Data folder.
    pub data: DataDir,
    /// Whether to delete existing data first; fails while another process uses it.
    pub fresh: bool,
    /// Whether data survives a crash of the machine, at the cost of speed.
    pub durable: bool,
    /// Whether the server keeps running after the handle is dropped, until it is unused for `grace`.
    pub lingers: bool,
    /// Time after which an unused server is stopped.
    pub grace: Duration,
}

impl Options {
    /// Creates options for data that must survive a crash of the machine.
    pub fn durable(data: DataDir) -> Self {
        Self { data, fresh: false, durable: true, lingers: false, grace: Duration::from_mins(1) }
    }

    /// Creates options for tests: fast, and left running for the next test.
    pub fn disposable(data: DataDir) -> Self {
        Self { durable: false, lingers: true, ..Self::durable(data) }
    }

    /// Sets `fresh`.
    #[must_use]
    pub fn fresh(self, fresh: bool) -> Self {
        Self { fresh, ..self }
    }
}

/// Result of stopping a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// The server has stopped.
    Ended,
    /// Another process uses the server; the last one to leave stops it.
    StillInUse,
}

/// How to stop a server that is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Halt {
    /// Orderly, closing all connections.
    Fast,
    /// Like a crash: the next start recovers committed data.
    Immediate,
}

/// A handle to a running server, possibly shared with other processes. Dropping it is like [`Self::stop`].
#[derive(Debug)]
pub struct PrivatePostgres {
    home: Home,
    binaries: Binaries,
    socket_folder: PathBuf,
    /// Shared lock held while this process uses the server; none after leaving.
    usage_lock: Option<File>,
    lingers: bool,
    durable: bool,
    grace: Duration,
    was_running: bool,
}

impl PrivatePostgres {
    /// Starts a server on the folder, or joins a running one, and waits until it answers.
    pub fn start(options: Options) -> Result<Self, Error> {
        let Options { data, fresh, durable, lingers, grace } = options;
        let home = Home::open(&data)?;
        let starting = home.start_lock()?;
        starting.lock().map_err(Error::io("waiting for another process to start or stop Postgres"))?;

        if fresh {
            delete_data(&home)?;
        }
        let binaries = Binaries::find(&home.data())?;
        let joined = running_socket_folder(&home, &binaries)?;
        let was_running = joined.is_some();
        let socket_folder = match joined {
            Some(folder) => folder,
            None => start_server(&home, &binaries, durable)?,
        };
        let usage_lock = register_use(&home)?;
        idle_watcher::start(&home, &binaries, &socket_folder, grace);
        let usage_lock = Some(usage_lock);
        Ok(Self { home, binaries, socket_folder, usage_lock, lingers, durable, grace, was_running })
    }

    /// Returns the URL of the maintenance database, for sqlx and libpq.
    pub fn url(&self) -> String {
        server_url(&self.socket_folder)
    }

    /// Returns the path of the socket.
    pub fn socket(&self) -> PathBuf {
        self.socket_folder.join(".s.PGSQL.5432")
    }

    /// Stops the server while processes use it. For tests of outages.
    pub fn halt(&self, how: Halt) -> Result<(), Error> {
        let starting = self.home.start_lock()?;
        starting.lock().map_err(Error::io("waiting for another process to start or stop Postgres"))?;
        stop_server(&self.home, &self.binaries, if how == Halt::Fast { "fast" } else { "immediate" })
    }

    /// Restarts the server after [`Self::halt`] and waits until it answers.
    pub fn resume(&self) -> Result<(), Error> {
        let starting = self.home.start_lock()?;
        starting.lock().map_err(Error::io("waiting for another process to start or stop Postgres"))?;
        start_server(&self.home, &self.binaries, self.durable)?;
        idle_watcher::start(&self.home, &self.binaries, &self.socket_folder, self.grace);
        Ok(())
    }

    /// Returns the URL of a database.
    pub fn url_of(&self, database: &str) -> String {
        url_of_database(&self.url(), database)
    }

    /// Creates a database unless it exists; returns whether it was created.
    pub fn create_database(&self, name: &str) -> Result<bool, Error> {
        let psql = self.psql();
        if psql.rows("select datname from pg_database")?.iter().any(|existing| existing == name) {
            return Ok(false);
        }
        psql.rows(&format!("create database {}", identifier(name)))?;
        Ok(true)
    }

    /// Returns a handle for statements on the maintenance database.
    pub fn psql(&self) -> Psql {
        Psql::with_program(self.binaries.psql(), self.url())
    }

    /// Returns whether another process had started the server.
    pub fn was_running(&self) -> bool {
        self.was_running
    }

    /// Returns the folder of the data, the log (`server.log`) and the locks.
    pub fn folder(&self) -> &Path {
        &self.home.folder
    }

    /// Returns the major version of the server.
    pub fn major_version(&self) -> u32 {
        self.binaries.major
    }

    /// Returns the user that the server runs as.
    pub fn runs_as(&self) -> &str {
        &self.home.account.name
    }

    /// Leaves the server and stops it if no other process uses it.
    pub fn stop(mut self) -> Result<Stopped, Error> {
        self.leave()
    }

    fn leave(&mut self) -> Result<Stopped, Error> {
        let Some(usage_lock) = self.usage_lock.take() else { return Ok(Stopped::Ended) };
        let starting = self.home.start_lock()?;
        starting.lock().map_err(Error::io("waiting for another process to start or stop Postgres"))?;
        drop(usage_lock);
        if is_in_use(&self.home)? {
            return Ok(Stopped::StillInUse);
        }
        if self.home.data().join("postmaster.pid").exists() {
            stop_server(&self.home, &self.binaries, "fast")?;
        }
        // Fails harmlessly if the folder is gone or not empty.
        let _ = fs::remove_dir(&self.socket_folder);
        Ok(Stopped::Ended)
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        if !self.lingers {
            // A failure cannot be reported; the watcher stops the server later.
            let _ = self.leave();
        }
    }
}

fn server_url(socket_folder: &Path) -> String {
    // The port determines the name of the socket; without it, PGPORT would.
    let folder = socket_folder.display().to_string().replace('/', "%2F");
    format!("postgres://{SUPERUSER}@localhost:5432/postgres?host={folder}")
}

fn delete_data(home: &Home) -> Result<(), Error> {
    if is_in_use(home)? {
        return Err(Error::InUse { folder: home.folder.clone() });
    }
    let data = home.data();
    if !data.exists() {
        return Ok(());
    }
    // The server may still be running without users.
    let binaries = Binaries::find(&data);
    if let Ok(binaries) = binaries
        && running_socket_folder(home, &binaries)?.is_some()
    {
        stop_server(home, &binaries, "fast")?;
    }
    fs::remove_dir_all(&data).map_err(Error::io(format!("deleting {}", data.display())))
}

fn register_use(home: &Home) -> Result<File, Error> {
    let mut users = home.users_lock()?;
    let refused = Error::io(format!("registering in {}", home.folder.display()));
    users.lock_shared().and_then(|()| write!(users, "{:<10}", process::id())).map_err(refused)?;
    Ok(users)
}

fn is_in_use(home: &Home) -> Result<bool, Error> {
    match home.users_lock()?.try_lock() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(Error::io("checking for other users of Postgres")(error)),
    }
}

/// Returns the socket folder of a server that runs on the data, once it answers; none for a pid file left by a crash.
fn running_socket_folder(home: &Home, binaries: &Binaries) -> Result<Option<PathBuf>, Error> {
    let pid_file = home.data().join("postmaster.pid");
    let Ok(content) = fs::read_to_string(&pid_file) else { return Ok(None) };
    let pid = content.lines().next().unwrap_or_default();
    match owner_of(pid, home)? {
        PidOwner::Server => {}
        // Postgres detects this case itself.
        PidOwner::NoProcess => return Ok(None),
        // Postgres would mistake another process of its user for a server and refuse to start.
        PidOwner::AnotherProcess => {
            fs::remove_file(&pid_file).map_err(Error::io(format!("removing {}", pid_file.display())))?;
            return Ok(None);
        }
    }
    let folder = home.socket_folder()?;
    let has_stopped = || owner_of(pid, home).is_ok_and(|owner| owner != PidOwner::Server);
    let is_settled = wait_until(RECOVERY_TIMEOUT, || is_answering(binaries, &folder) || has_stopped());
    if is_settled { Ok((!has_stopped()).then_some(folder)) } else { Err(no_answer(home)) }
}

/// The process with the id in a pid file.
#[derive(Debug, PartialEq, Eq)]
enum PidOwner {
    Server,
    AnotherProcess,
    NoProcess,
}

/// Identifies the process with a pid. The working folder of a server is its data folder, which distinguishes it from a
/// process that reuses the pid.
fn owner_of(pid: &str, home: &Home) -> Result<PidOwner, Error> {
    if pid.parse::<u32>().is_err() {
        return Ok(PidOwner::NoProcess);
    }
    let processes = Path::new("/proc");
    if !processes.join("self").exists() {
        // Without /proc, only the pid can be checked.
        let output = Command::new("kill").args(["-0", pid]).output().map_err(Error::io("running kill"))?;
        return Ok(if output.status.success() { PidOwner::Server } else { PidOwner::NoProcess });
    }
    let process = processes.join(pid);
    // A zombie, whose pid is still in use.
    if fs::read_to_string(process.join("stat")).is_ok_and(|stat| stat.contains(") Z ")) {
        return Ok(PidOwner::AnotherProcess);
    }
    // Runs as the user of the server, because root in a container may not inspect processes of other users.
    let mut readlink = home.account.command("readlink");
    readlink.arg(process.join("cwd"));
    Ok(match output_of(readlink) {
        Ok(folder) if Path::new(folder.trim_end_matches('\n')) == home.data() => PidOwner::Server,
        Ok(_) => PidOwner::AnotherProcess,
        // No such process, or one of another user, which Postgres ignores too.
        Err(_) => PidOwner::NoProcess,
    })
}

fn start_server(home: &Home, binaries: &Binaries, durable: bool) -> Result<PathBuf, Error> {
    if !home.data().exists() {
        initialise(home, binaries, durable)?;
    }
    let socket_folder = home.socket_folder()?;
    home.write(&home.data().join("chancery.conf"), &settings(&socket_folder, durable))?;
    let started =
        wait_until(SHARED_MEMORY_TIMEOUT, || start_once(home, binaries) || !shared_memory_is_in_use(home));
    if started && is_answering(binaries, &socket_folder) { Ok(socket_folder) } else { Err(no_answer(home)) }
}

/// Runs `initdb` in a temporary folder, so that an interruption leaves no incomplete data folder.
fn initialise(home: &Home, binaries: &Binaries, durable: bool) -> Result<(), Error> {
    let unfinished = home.unfinished_data();
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(Error::io(format!("deleting {}", unfinished.display())))?;
    }
    let mut initdb = home.account.command(binaries.initdb());
    initdb.args(["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"]);
    initdb.arg(format!("--username={SUPERUSER}")).arg("-D").arg(&unfinished);
    if !durable {
        initdb.arg("--no-sync");
    }
    output_of(initdb)?;
    let main_file = unfinished.join("postgresql.conf");
    let defaults =
        fs::read_to_string(&main_file).map_err(Error::io(format!("reading {}", main_file.display())))?;
    home.write(&main_file, &format!("{defaults}\ninclude 'chancery.conf'\n"))?;
    fs::rename(&unfinished, home.data()).map_err(Error::io(format!("renaming to {}", home.data().display())))
}

fn settings(socket_folder: &Path, durable: bool) -> String {
    let sync = if durable { "on" } else { "off" };
    format!(
        "# Written at every start.\n\
         listen_addresses = ''\n\
         port = 5432\n\
         unix_socket_directories = '{}'\n\
         max_connections = 200\n\
         fsync = {sync}\n\
         synchronous_commit = {sync}\n\
         full_page_writes = {sync}\n",
        socket_folder.display()
    )
}

fn start_once(home: &Home, binaries: &Binaries) -> bool {
    // Errors quote the log, which should contain only the last start.
    let _ = fs::remove_file(home.log());
    let mut command = pg_ctl(&home.account, binaries, &home.data());
    command
        .arg("start")
        .arg("-w")
        .arg("-t")
        .arg(RECOVERY_TIMEOUT.as_secs().to_string())
        .arg("-l")
        .arg(home.log());
    output_of(command).is_ok()
}

fn is_answering(binaries: &Binaries, socket_folder: &Path) -> bool {
    Psql::with_program(binaries.psql(), server_url(socket_folder)).rows("select 1").is_ok()
}

fn shared_memory_is_in_use(home: &Home) -> bool {
    fs::read_to_string(home.log()).is_ok_and(|log| log.contains("shared memory block"))
}

fn stop_server(home: &Home, binaries: &Binaries, mode: &str) -> Result<(), Error> {
    let mut command = pg_ctl(&home.account, binaries, &home.data());
    command.args(["stop", "-w", "-m", mode, "-t", "60"]);
    output_of(command).map(drop)
}

fn pg_ctl(account: &Account, binaries: &Binaries, data: &Path) -> Command {
    let mut command = account.command(binaries.pg_ctl());
    command.arg("-s").arg("-D").arg(data);
    for name in ["PGDATA", "PGPORT", "PGOPTIONS", "PGHOST"] {
        command.env_remove(name);
    }
    command
}

fn no_answer(home: &Home) -> Error {
    let log = fs::read_to_string(home.log()).unwrap_or_default();
    let lines: Vec<&str> = log.lines().collect();
    let tail = lines[lines.len().saturating_sub(8)..].join("\n");
    Error::NoAnswer { log: home.log(), tail }
}

fn wait_until(limit: Duration, mut is_so: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    loop {
        if is_so() {
            return true;
        }
        if start.elapsed() > limit {
            return false;
        }
        thread::sleep(POLL_INTERVAL);
    }
}
