//! `chancery demo` and `chancery up`: everything on one machine.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use chancery_testkit::{Command, CommandOutput, files, pdf};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;
use tokio::time::timeout;

/// How long `up` may take until it runs, and until it has stopped.
const LIMIT: Duration = Duration::from_mins(1);

fn demo(folder: &TempDir, arguments: &[&str]) -> Command {
    let (data, out) = (folder.path().join("data"), folder.path().join("out.pdf"));
    let example = files::example("russia-iran");
    let fixed = ["demo", "--data", path(&data), "-o", path(&out), "--example", path(&example)];
    Command::new(fixed.iter().chain(arguments).copied())
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn digest_of(folder: &TempDir) -> String {
    pdf::sha256(&std::fs::read(folder.path().join("out.pdf")).unwrap())
}

#[tokio::test]
async fn the_demo_prints_once_answers_the_second_time_and_prints_the_same_when_fresh() {
    let folder = TempDir::new().unwrap();
    let first = demo(&folder, &[]).run().await.exits(0);
    assert!(first.stdout.contains("imported revision 1, 2"), "{}", first.stdout);
    assert!(first.stdout.contains("printed by the worker"), "{}", first.stdout);
    assert!(first.stdout.contains(&digest_of(&folder)), "{}", first.stdout);
    let digest = digest_of(&folder);

    let second = demo(&folder, &[]).run().await.exits(0);
    assert!(second.stdout.contains("already exists, unchanged"), "{}", second.stdout);
    assert!(second.stdout.contains("answered from an existing PDF"), "{}", second.stdout);
    assert!(second.stdout.contains("same bytes as the replaced file"), "{}", second.stdout);

    let fresh = demo(&folder, &["--fresh", "--json"]).run().await.exits(0);
    let report = fresh.json();
    assert_eq!(
        (&report["printed"], &report["same_bytes_as_before"]),
        (&Value::Bool(true), &Value::Bool(true))
    );
    assert_eq!(report["sha256"], digest.as_str());
    assert_eq!(digest_of(&folder), digest);
}

/// A running `chancery up`.
struct Up {
    process: Child,
    report: Value,
}

impl Up {
    async fn start(data: &Path) -> Self {
        let command = Command::new(["up", "--json", "--listen", "127.0.0.1:0", "--data", path(data)]);
        let mut process = command.prepare().stderr(Stdio::inherit()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut text = String::new();
        let report = timeout(LIMIT, async {
            loop {
                text.push_str(&lines.next_line().await.unwrap().expect("it says where it runs"));
                if let Ok(report) = serde_json::from_str(&text) {
                    return report;
                }
            }
        });
        Self { report: report.await.expect("it starts in time"), process }
    }

    async fn stop(mut self, signal: &str) -> i32 {
        let id = self.process.id().unwrap().to_string();
        chancery_testkit::programs::run_tool("kill", "procps", ["-s", signal, &id]);
        timeout(LIMIT, self.process.wait()).await.expect("it stops in time").unwrap().code().unwrap_or(-1)
    }
}

#[tokio::test]
async fn other_commands_find_what_runs_and_a_signal_stops_it_all() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    for signal in ["INT", "TERM"] {
        let up = Up::start(&data).await;
        let list = Command::new(["list", "--data", path(&data)]);
        list.run().await.exits(0);
        // The operator's token is another one, and is found as well.
        Command::new(["queue", "stats", "--data", path(&data)]).run().await.exits(0);
        // No second one on the same folder.
        let second = Command::new(["up", "--data", path(&data), "--json"]).run().await.exits(1);
        assert_eq!(second.error()["reason"], "RUNNING");
        let server = up.report["server"].as_str().unwrap().to_owned();
        assert_eq!(up.stop(signal).await, 0);
        let gone = Command::new(["list", "--server", &server, "--data", path(&data)]).run().await.exits(1);
        assert!(gone.stderr.contains("could not connect to"), "{}", gone.stderr);
        assert!(!data.join("postgres/data/postmaster.pid").exists(), "Postgres runs on");
    }
}

#[tokio::test]
async fn the_death_of_a_process_is_told_and_ends_the_rest() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let command = Command::new(["up", "--listen", "127.0.0.1:0", "--data", path(&data)]);
    let mut process = command.prepare().spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let running = timeout(LIMIT, async {
        while let Some(line) = lines.next_line().await.unwrap() {
            if line.contains("Ctrl-C") {
                return;
            }
        }
        panic!("it ended");
    });
    running.await.expect("it starts in time");
    let worker = child_of(process.id().unwrap(), "chancery-worker");
    chancery_testkit::programs::run_tool("kill", "procps", ["-s", "KILL", &worker]);
    let ended = timeout(LIMIT, process.wait_with_output()).await.expect("it ends in time").unwrap();
    let said = CommandOutput {
        code: ended.status.code().unwrap_or(-1),
        stdout: String::new(),
        stderr: String::from_utf8_lossy(&ended.stderr).into_owned(),
        bytes: Vec::new(),
    };
    assert!(said.exits(1).stderr.contains("the worker-1 exited"));
}

/// The id of a child process by its program.
fn child_of(parent: u32, program: &str) -> String {
    let ran = chancery_testkit::programs::run_tool(
        "ps",
        "procps",
        ["-o", "pid=,args=", "--ppid", &parent.to_string()],
    );
    let table = String::from_utf8_lossy(&ran.stdout).into_owned();
    let line = table.lines().find(|line| line.contains(program));
    let line = line.unwrap_or_else(|| panic!("no {program} among\n{table}"));
    line.split_whitespace().next().unwrap().to_owned()
}
