//! The binary.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::symlink;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// An address that does not answer.
const UNREACHABLE_SERVER: &str = "http://127.0.0.1:9";

fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chancery-worker"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CHANCERY_")) {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

fn worker(flags: &[&str]) -> Child {
    binary()
        .args(["--server", UNREACHABLE_SERVER, "--token", "t", "--slots", "1"])
        .args(flags)
        .spawn()
        .unwrap()
}

fn terminate(child: &Child) {
    let sent = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// Reads up to the line of the log that contains `words` and returns it.
fn read_until(log: &mut impl BufRead, words: &str) -> String {
    let mut line = String::new();
    while !line.contains(words) {
        line.clear();
        assert_ne!(log.read_line(&mut line).unwrap(), 0, "the worker exited");
    }
    line
}

/// Waits for the exit and returns the status and the rest of the log.
fn wait_for_exit(mut child: Child) -> (ExitStatus, String) {
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if started.elapsed() > Duration::from_secs(20) {
            child.kill().unwrap();
            panic!("the worker does not exit");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let mut log = String::new();
    child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    (status, log)
}

#[test]
fn a_worker_that_is_still_reading_fonts_exits_cleanly() {
    // Reading a thousand fonts takes much longer than a signal takes to arrive.
    let folder = tempfile::tempdir().unwrap();
    let font = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/fonts/SourceSans3_400Regular.ttf");
    for number in 0..1000 {
        symlink(font, folder.path().join(format!("{number}.ttf"))).unwrap();
    }
    let mut worker = worker(&["--fonts", folder.path().to_str().unwrap()]);
    let mut log = BufReader::new(worker.stderr.take().unwrap());
    read_until(&mut log, "starting");
    terminate(&worker);
    worker.stderr = Some(log.into_inner());
    let (status, log) = wait_for_exit(worker);
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(log.contains("stopped before the first lease"), "{log}");
}

#[test]
fn a_worker_refuses_a_font_that_may_not_end() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("endless.ttf");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let (status, log) = wait_for_exit(worker(&["--fonts", folder.path().to_str().unwrap()]));
    assert_eq!(status.code(), Some(1), "{log}");
    assert!(log.contains(&format!("{}: not a regular file", pipe.display())), "{log}");
}

#[test]
fn a_worker_serves_its_health_and_exits_cleanly() {
    let mut worker = worker(&["--health-listen", "127.0.0.1:0"]);
    let mut log = BufReader::new(worker.stderr.take().unwrap());
    let line = read_until(&mut log, "serving health and metrics");
    let address = line.split_once("\"address\":\"").unwrap().1.split_once('"').unwrap().0.to_owned();
    let probe = |flags: &[&str]| {
        let probe = binary().arg("probe").args(["--health-listen", &address]).args(flags).output().unwrap();
        (probe.status.success(), String::from_utf8_lossy(&probe.stderr).into_owned())
    };
    assert_eq!(probe(&["--live"]), (true, String::new()));
    let (is_ready, reason) = probe(&[]);
    assert!(!is_ready && reason.contains("the service does not answer"), "{reason}");
    terminate(&worker);
    worker.stderr = Some(log.into_inner());
    let (status, _) = wait_for_exit(worker);
    assert_eq!(status.code(), Some(0));
    assert!(!probe(&["--live"]).0);
}
