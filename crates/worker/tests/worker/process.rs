//! The binary itself.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// An address where nobody answers.
const NOBODY: &str = "http://127.0.0.1:9";

fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chancery-worker"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CHANCERY_")) {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

fn worker(flags: &[&str]) -> Child {
    binary().args(["--server", NOBODY, "--token", "t", "--slots", "1"]).args(flags).spawn().unwrap()
}

fn terminate(child: &Child) {
    let sent = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// Its status and the rest of its log.
fn ended(mut child: Child) -> (ExitStatus, String) {
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if started.elapsed() > Duration::from_secs(20) {
            child.kill().unwrap();
            panic!("the worker does not end");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let mut log = String::new();
    child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    (status, log)
}

#[test]
fn a_worker_that_still_reads_its_fonts_ends_in_order() {
    let folder = std::env::temp_dir().join(format!("chancery-fonts-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    let endless = folder.join("endless.ttf");
    assert!(Command::new("mkfifo").arg(&endless).status().unwrap().success());
    let worker = worker(&["--fonts", folder.to_str().unwrap()]);
    // Opens once the worker has opened it for reading: it has not gone on to anything else, and will not.
    let pipe = OpenOptions::new().write(true).open(&endless).unwrap();
    terminate(&worker);
    let (status, log) = ended(worker);
    drop(pipe);
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(log.contains("stopped before the first lease"), "{log}");
}

#[test]
fn a_worker_tells_how_it_is_and_ends_in_order() {
    let mut worker = worker(&["--health-listen", "127.0.0.1:0"]);
    let mut log = BufReader::new(worker.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("telling how it is") {
        line.clear();
        assert_ne!(log.read_line(&mut line).unwrap(), 0, "the worker ended");
    }
    let address = line.split_once("\"address\":\"").unwrap().1.split_once('"').unwrap().0.to_owned();
    let probe = |flags: &[&str]| {
        let probe = binary().arg("probe").args(["--health-listen", &address]).args(flags).output().unwrap();
        (probe.status.success(), String::from_utf8_lossy(&probe.stderr).into_owned())
    };
    assert_eq!(probe(&["--live"]), (true, String::new()));
    let (is_ready, why) = probe(&[]);
    assert!(!is_ready && why.contains("the service does not answer"), "{why}");
    terminate(&worker);
    worker.stderr = Some(log.into_inner());
    let (status, _) = ended(worker);
    assert_eq!(status.code(), Some(0));
    assert!(!probe(&["--live"]).0);
}
