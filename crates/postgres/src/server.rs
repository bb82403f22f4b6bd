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
use crate::psql::{Psql, answer_of, identifier, url_of_database};
use crate::{Error, watch};

/// The server's superuser and the owner of all its databases. Only the owner of the socket's folder (and root) can
/// connect, so there is no password.
const SUPERUSER: &str = "chancery";

/// How long a server may take to recover from a crash before it accepts connections.
const RECOVERY: Duration = Duration::from_mins(2);

/// After a crash, child processes of the old server hold its shared memory for a moment.
const OLD_CHILDREN: Duration = Duration::from_secs(20);

/// The interval between checks of a condition outside this process.
const POLL: Duration = Duration::from_millis(50);

/// The settings of a server.
#[derive(Debug, Clone)]
pub struct Options {
    /// The location of its data.
    pub data: DataDir,
    /// Deletes existing data first; refused while another process uses it.
    pub fresh: bool,
    /// Data survives a crash of the machine. Without this, everything is faster.
    pub durable: bool,
    /// Dropping the handle leaves the server running; it stops on its own after `grace`.
    pub lingers: bool,
    /// How long the server keeps running once no process uses it.
    pub grace: Duration,
}

impl Options {
    /// Settings for data to keep: safe against a crash of the machine.
    pub fn durable(data: DataDir) -> Self {
        Self { data, fresh: false, durable: true, lingers: false, grace: Duration::from_mins(1) }
    }

    /// Settings for tests: fast, and left running for the next one.
    pub fn disposable(data: DataDir) -> Self {
        Self { durable: false, lingers: true, ..Self::durable(data) }
    }

    /// The same settings with another value of `fresh`.
    #[must_use]
    pub fn fresh(self, fresh: bool) -> Self {
        Self { fresh, ..self }
    }
}

/// The result of stopping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// The server has stopped.
    Ended,
    /// Another process uses the server; the last one to leave stops it.
    StillInUse,
}

/// How a server is halted while in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Halt {
    /// A regular shutdown that ends all connections.
    Fast,
    /// Immediately, as after a crash: the next start recovers committed data.
    Immediate,
}

/// A running server, or this process's share in one. Dropping it is like [`Self::stop`], without the result.
#[derive(Debug)]
pub struct PrivatePostgres {
    home: Home,
    binaries: Binaries,
    socket_folder: PathBuf,
    /// Locked, shared, as long as this process uses the server; none once it left.
    use_of_server: Option<File>,
    lingers: bool,
    durable: bool,
    grace: Duration,
    was_running: bool,
}

impl PrivatePostgres {
    /// Starts a server on the folder, or joins one that is already running there, and waits until it accepts
    /// connections.
    pub fn start(options: Options) -> Result<Self, Error> {
        let Options { data, fresh, durable, lingers, grace } = options;
        let home = Home::open(&data)?;
        let starting = home.start_lock()?;
        starting.lock().map_err(Error::io("waiting for another process that starts or stops Postgres"))?;

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
        let use_of_server = register_use(&home)?;
        watch::start(&home, &binaries, &socket_folder, grace);
        let use_of_server = Some(use_of_server);
        Ok(Self { home, binaries, socket_folder, use_of_server, lingers, durable, grace, was_running })
    }

    /// Returns the URL of the maintenance database, as sqlx and libpq accept it.
    pub fn url(&self) -> String {
        server_url(&self.socket_folder)
    }

    /// Returns the path of the socket that it listens on.
    pub fn socket(&self) -> PathBuf {
        self.socket_folder.join(".s.PGSQL.5432")
    }

    /// Halts the server while in use, by this process too. For tests of how its users react.
    pub fn halt(&self, how: Halt) -> Result<(), Error> {
        let starting = self.home.start_lock()?;
        starting.lock().map_err(Error::io("waiting for another process that starts or stops Postgres"))?;
        stop_server(&self.home, &self.binaries, if how == Halt::Fast { "fast" } else { "immediate" })
    }

    /// Starts the server again after [`Self::halt`], and waits until it accepts connections.
    pub fn resume(&self) -> Result<(), Error> {
        let starting = self.home.start_lock()?;
        starting.lock().map_err(Error::io("waiting for another process that starts or stops Postgres"))?;
        start_server(&self.home, &self.binaries, self.durable)?;
        watch::start(&self.home, &self.binaries, &self.socket_folder, self.grace);
        Ok(())
    }

    /// Returns the URL of one of the server's databases.
    pub fn url_of(&self, database: &str) -> String {
        url_of_database(&self.url(), database)
    }

    /// Creates a database if none has this name; returns true if it was created.
    pub fn create_database(&self, name: &str) -> Result<bool, Error> {
        let psql = self.psql();
        if psql.rows("select datname from pg_database")?.iter().any(|existing| existing == name) {
            return Ok(false);
        }
        psql.rows(&format!("create database {}", identifier(name)))?;
        Ok(true)
    }

    /// Returns a `psql` on the maintenance database.
    pub fn psql(&self) -> Psql {
        Psql::with_program(self.binaries.psql(), self.url())
    }

    /// Returns true if another process had started the server before.
    pub fn was_running(&self) -> bool {
        self.was_running
    }

    /// Returns the folder that holds the data, the log (`server.log`) and the locks.
    pub fn folder(&self) -> &Path {
        &self.home.folder
    }

    /// Returns the server's major version.
    pub fn major_version(&self) -> u32 {
        self.binaries.major
    }

    /// Returns the user that the server runs as.
    pub fn runs_as(&self) -> &str {
        &self.home.account.name
    }

    /// Leaves the server, and stops it if no other process uses it.
    pub fn stop(mut self) -> Result<Stopped, Error> {
        self.leave()
    }

    fn leave(&mut self) -> Result<Stopped, Error> {
        let Some(use_of_server) = self.use_of_server.take() else { return Ok(Stopped::Ended) };
        let starting = self.home.start_lock()?;
        starting.lock().map_err(Error::io("waiting for another process that starts or stops Postgres"))?;
        drop(use_of_server);
        if is_in_use(&self.home)? {
            return Ok(Stopped::StillInUse);
        }
        if self.home.data().join("postmaster.pid").exists() {
            stop_server(&self.home, &self.binaries, "fast")?;
        }
        // Already removed, or not empty because another process opened a file in it: both are fine.
        let _ = fs::remove_dir(&self.socket_folder);
        Ok(Stopped::Ended)
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        if !self.lingers {
            // No caller is left to report a failure to; the watch retries.
            let _ = self.leave();
        }
    }
}

fn server_url(socket_folder: &Path) -> String {
    // The port is part of the socket's file name; if it were omitted, a PGPORT in the environment would be used.
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
    // Its users have ended but the watch has not stopped it yet.
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
        Err(TryLockError::Error(error)) => Err(Error::io("looking for other users of Postgres")(error)),
    }
}

/// Returns the socket's folder of a server that runs on the data, once it accepts connections. A stale pid file is
/// ignored.
fn running_socket_folder(home: &Home, binaries: &Binaries) -> Result<Option<PathBuf>, Error> {
    let pid_file = home.data().join("postmaster.pid");
    let Ok(content) = fs::read_to_string(&pid_file) else { return Ok(None) };
    let pid = content.lines().next().unwrap_or_default();
    match holder_of(pid, home)? {
        Holder::Server => {}
        // Postgres itself detects that the process is gone.
        Holder::Nobody => return Ok(None),
        // It cannot distinguish another process of its user from a server, and would refuse to start.
        Holder::AnotherProcess => {
            fs::remove_file(&pid_file).map_err(Error::io(format!("removing {}", pid_file.display())))?;
            return Ok(None);
        }
    }
    let folder = home.socket_folder()?;
    let has_ended = || holder_of(pid, home).is_ok_and(|holder| holder != Holder::Server);
    let is_settled = wait_until(RECOVERY, || is_answering(binaries, &folder) || has_ended());
    if is_settled { Ok((!has_ended()).then_some(folder)) } else { Err(no_answer(home)) }
}

/// The owner of the process id in a pid file.
#[derive(Debug, PartialEq, Eq)]
enum Holder {
    Server,
    AnotherProcess,
    Nobody,
}

/// Checks the working folder: a server's is its data folder, unlike that of a process that reuses the id of a dead
/// server.
fn holder_of(pid: &str, home: &Home) -> Result<Holder, Error> {
    if pid.parse::<u32>().is_err() {
        return Ok(Holder::Nobody);
    }
    let processes = Path::new("/proc");
    if !processes.join("self").exists() {
        // Without /proc, only the id can be checked.
        let answer = Command::new("kill").args(["-0", pid]).output().map_err(Error::io("running kill"))?;
        return Ok(if answer.status.success() { Holder::Server } else { Holder::Nobody });
    }
    let process = processes.join(pid);
    // A dead process whose parent has not reaped it yet: its id is still in use.
    if fs::read_to_string(process.join("stat")).is_ok_and(|stat| stat.contains(") Z ")) {
        return Ok(Holder::AnotherProcess);
    }
    // Runs as the server's user: root in a container may not inspect processes of others.
    let mut readlink = home.account.command("readlink");
    readlink.arg(process.join("cwd"));
    Ok(match answer_of(readlink) {
        Ok(works_in) if Path::new(works_in.trim_end_matches('\n')) == home.data() => Holder::Server,
        Ok(_) => Holder::AnotherProcess,
        // Gone, or owned by another user, which Postgres also treats as gone.
        Err(_) => Holder::Nobody,
    })
}

fn start_server(home: &Home, binaries: &Binaries, durable: bool) -> Result<PathBuf, Error> {
    if !home.data().exists() {
        initialise(home, binaries, durable)?;
    }
    let socket_folder = home.socket_folder()?;
    home.write(&home.data().join("chancery.conf"), &settings(&socket_folder, durable))?;
    let started = wait_until(OLD_CHILDREN, || start_once(home, binaries) || !shared_memory_is_in_use(home));
    if started && is_answering(binaries, &socket_folder) { Ok(socket_folder) } else { Err(no_answer(home)) }
}

/// `initdb` works in a separate folder, so that an interrupted one leaves no partial database behind.
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
    answer_of(initdb)?;
    let main_file = unfinished.join("postgresql.conf");
    let defaults =
        fs::read_to_string(&main_file).map_err(Error::io(format!("reading {}", main_file.display())))?;
    home.write(&main_file, &format!("{defaults}\ninclude 'chancery.conf'\n"))?;
    fs::rename(&unfinished, home.data()).map_err(Error::io(format!("naming {}", home.data().display())))
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
    // The log names the reason of a failure; it should be that of the latest start only.
    let _ = fs::remove_file(home.log());
    let mut command = pg_ctl(&home.account, binaries, &home.data());
    command.arg("start").arg("-w").arg("-t").arg(RECOVERY.as_secs().to_string()).arg("-l").arg(home.log());
    answer_of(command).is_ok()
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
    answer_of(command).map(drop)
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
        thread::sleep(POLL);
    }
}
