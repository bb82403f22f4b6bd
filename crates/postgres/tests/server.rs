//! Starting, sharing and killing servers, also in difficult folders.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::env;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::thread;
use std::time::{Duration, Instant};

use chancery_postgres::{DataDir, Error, Options, PrivatePostgres, Stopped};

/// A folder for a test, removed with the handle.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = env::temp_dir().join(format!("chancery-postgres-{}-{name}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        // The user of the server must be able to enter it.
        fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
        Self(folder)
    }

    fn data(&self) -> DataDir {
        DataDir::Exactly(self.0.join("postgres"))
    }

    fn options(&self) -> Options {
        Options { lingers: false, ..Options::disposable(self.data()) }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn server_pid(folder: &Path) -> Option<u32> {
    fs::read_to_string(folder.join("data/postmaster.pid")).ok()?.lines().next()?.parse().ok()
}

fn kill(pid: u32) {
    assert!(Command::new("kill").args(["-KILL", &pid.to_string()]).status().unwrap().success());
    wait_for("the killed process to end", || !Path::new(&format!("/proc/{pid}")).exists());
}

fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(30), "waited in vain for {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().unwrap().stdout == b"0\n"
}

/// Commits a row.
fn write_a_row(postgres: &PrivatePostgres) {
    postgres.psql().rows("create table committed (value int)").unwrap();
    postgres.psql().rows("insert into committed values (7)").unwrap();
}

fn has_the_row(postgres: &PrivatePostgres) -> bool {
    postgres.psql().rows("select value from committed").is_ok_and(|rows| rows == ["7"])
}

#[test]
fn a_server_starts_answers_and_stops() {
    let folder = Folder::new("starts");
    let postgres = PrivatePostgres::start(folder.options()).unwrap();
    assert!(!postgres.was_running());
    assert!(postgres.major_version() >= 15);
    assert_eq!(postgres.psql().rows("show listen_addresses").unwrap(), [""]);
    assert!(postgres.create_database("chancery").unwrap());
    assert!(!postgres.create_database("chancery").unwrap(), "made only once");
    let there = postgres.psql().on_database("chancery");
    assert_eq!(there.url(), postgres.url_of("chancery"));
    assert_eq!(there.rows("select current_database(), lower('Ü')").unwrap(), ["chancery|ü"]);

    let home = postgres.folder().to_owned();
    assert!(server_pid(&home).is_some());
    assert_eq!(postgres.stop().unwrap(), Stopped::Ended);
    assert_eq!(server_pid(&home), None);
}

#[test]
fn data_survives_a_restart() {
    let folder = Folder::new("restart");
    let durable = || Options::durable(folder.data());
    let first = PrivatePostgres::start(durable()).unwrap();
    assert_eq!(first.psql().rows("show fsync").unwrap(), ["on"]);
    write_a_row(&first);
    drop(first);
    let second = PrivatePostgres::start(durable()).unwrap();
    assert!(!second.was_running());
    assert!(has_the_row(&second));
}

#[test]
fn committed_data_survives_a_killed_server() {
    let folder = Folder::new("killed");
    let first = PrivatePostgres::start(Options::durable(folder.data())).unwrap();
    write_a_row(&first);
    kill(server_pid(first.folder()).unwrap());
    // As if this process had been killed too, without cleanup.
    assert!(server_pid(first.folder()).is_some());
    let second = PrivatePostgres::start(Options::durable(folder.data())).unwrap();
    assert!(!second.was_running());
    assert!(has_the_row(&second));
    drop(first);
    assert!(has_the_row(&second), "the share of the killed server ends nothing");
}

#[test]
fn a_pid_file_with_the_id_of_another_process_is_ignored() {
    let folder = Folder::new("recycled");
    let first = PrivatePostgres::start(folder.options()).unwrap();
    let pid_file = first.folder().join("data/postmaster.pid");
    let content = fs::read_to_string(&pid_file).unwrap();
    drop(first);
    let (_, rest) = content.split_once('\n').unwrap();
    fs::write(&pid_file, format!("{}\n{rest}", process::id())).unwrap();
    let second = PrivatePostgres::start(folder.options()).unwrap();
    assert!(!second.was_running());
}

#[test]
fn an_interrupted_initdb_is_repeated() {
    let folder = Folder::new("unfinished");
    drop(PrivatePostgres::start(folder.options()).unwrap());
    let home = folder.0.join("postgres");
    fs::rename(home.join("data"), home.join("data.unfinished")).unwrap();
    fs::remove_file(home.join("data.unfinished/PG_VERSION")).unwrap();
    let postgres = PrivatePostgres::start(folder.options()).unwrap();
    assert_eq!(postgres.psql().rows("select 1").unwrap(), ["1"]);
}

#[test]
fn a_path_may_be_long_and_contain_spaces() {
    let folder = Folder::new("long path with spaces and 'quotes'");
    let deep = folder.0.join("x".repeat(120)).join("postgres");
    let options = Options { data: DataDir::Exactly(deep.clone()), ..folder.options() };
    let postgres = PrivatePostgres::start(options).unwrap();
    assert_eq!(postgres.folder(), deep);
    assert_eq!(postgres.psql().rows("select 1").unwrap(), ["1"]);
}

#[test]
fn the_last_to_leave_stops_the_server() {
    let folder = Folder::new("shared");
    let first = PrivatePostgres::start(folder.options()).unwrap();
    let second = PrivatePostgres::start(folder.options()).unwrap();
    assert!(second.was_running());
    assert_eq!(first.url(), second.url());
    assert_eq!(first.stop().unwrap(), Stopped::StillInUse);
    assert_eq!(second.psql().rows("select 1").unwrap(), ["1"]);
    assert_eq!(second.stop().unwrap(), Stopped::Ended);
}

#[test]
fn fresh_deletes_data_unless_it_is_in_use() {
    let folder = Folder::new("fresh");
    let first = PrivatePostgres::start(folder.options()).unwrap();
    write_a_row(&first);
    let refused = PrivatePostgres::start(folder.options().fresh(true)).unwrap_err();
    assert!(matches!(refused, Error::InUse { .. }), "{refused}");
    assert!(has_the_row(&first));
    drop(first);
    let second = PrivatePostgres::start(folder.options().fresh(true)).unwrap();
    assert!(!has_the_row(&second));
}

#[test]
fn an_unused_server_is_stopped_by_the_watcher() {
    let folder = Folder::new("lingers");
    let options = Options { lingers: true, grace: Duration::from_secs(1), ..folder.options() };
    let postgres = PrivatePostgres::start(options).unwrap();
    let home = postgres.folder().to_owned();
    let socket_folder = PathBuf::from(postgres.psql().rows("show unix_socket_directories").unwrap().concat());
    thread::scope(|scope| {
        // Longer than the grace period: a server in use keeps running, even without activity.
        scope.spawn(|| postgres.psql().rows("select pg_sleep(2.5)").unwrap());
    });
    assert!(server_pid(&home).is_some());
    drop(postgres);
    assert!(server_pid(&home).is_some(), "leaving does not end it at once");
    wait_for("the server to end by itself", || server_pid(&home).is_none());
    wait_for("its socket's folder to go", || !socket_folder.exists());
}

#[test]
fn an_unreachable_folder_is_replaced_or_refused() {
    let folder = Folder::new("closed");
    fs::set_permissions(&folder.0, Permissions::from_mode(0o700)).unwrap();
    let wanted = folder.0.join("postgres");
    let start = |data| PrivatePostgres::start(Options { data, ..folder.options() });
    if !is_root() {
        // The server runs as the owner of the folder.
        assert_eq!(start(DataDir::Preferred(wanted.clone())).unwrap().folder(), wanted);
        return;
    }
    let refused = start(DataDir::Exactly(wanted.clone())).unwrap_err();
    assert!(matches!(refused, Error::Unreachable { .. }), "{refused}");
    assert!(!wanted.exists(), "nothing is left behind");

    let postgres = start(DataDir::Preferred(wanted.clone())).unwrap();
    let elsewhere = postgres.folder().to_owned();
    assert!(elsewhere.starts_with("/var/tmp"));
    assert_eq!(start(DataDir::Preferred(wanted)).unwrap().folder(), elsewhere, "the same place each time");
    drop(postgres);
    fs::remove_dir_all(elsewhere).unwrap();
}

#[test]
fn a_folder_with_other_files_is_refused() {
    let folder = Folder::new("foreign");
    let home = folder.0.join("postgres");
    fs::create_dir(&home).unwrap();
    fs::write(home.join("thesis.txt"), "years of work").unwrap();
    let refused = PrivatePostgres::start(folder.options().fresh(true)).unwrap_err();
    assert!(matches!(refused, Error::ForeignFolder { .. }), "{refused}");
    assert!(home.join("thesis.txt").exists());
}
