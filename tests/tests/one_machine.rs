//! `chancery demo` and `chancery up`: everything on one machine.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use chancery_testkit::{Command, Ran, files, pdf};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;
use tokio::time::timeout;

/// The timeout of starting and of stopping `up`.
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
async fn the_demo_prints_once_reuses_the_pdf_and_prints_the_same_bytes_when_fresh() {
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
    let output = fresh.json();
    assert_eq!(
        (&output["printed"], &output["same_bytes_as_before"]),
        (&Value::Bool(true), &Value::Bool(true))
    );
    assert_eq!(output["sha256"], digest.as_str());
    assert_eq!(digest_of(&folder), digest);
}

/// A running `chancery up`.
struct Up {
    process: Child,
    output: Value,
}

impl Up {
    async fn start(data: &Path) -> Self {
        let command = Command::new(["up", "--json", "--listen", "127.0.0.1:0", "--data", path(data)]);
        let mut process = command.prepare().stderr(Stdio::inherit()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut text = String::new();
        let output = timeout(LIMIT, async {
            loop {
                text.push_str(&lines.next_line().await.unwrap().expect("it prints its address"));
                if let Ok(output) = serde_json::from_str(&text) {
                    return output;
                }
            }
        });
        Self { output: output.await.expect("it starts before the timeout"), process }
    }

    async fn stop(mut self, signal: &str) -> i32 {
        let id = self.process.id().unwrap().to_string();
        chancery_testkit::programs::run_tool("kill", "procps", ["-s", signal, &id]);
        timeout(LIMIT, self.process.wait())
            .await
            .expect("it stops before the timeout")
            .unwrap()
            .code()
            .unwrap_or(-1)
    }
}

#[tokio::test]
async fn other_commands_find_a_running_up_and_a_signal_stops_all_of_it() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    for signal in ["INT", "TERM"] {
        let up = Up::start(&data).await;
        let list = Command::new(["list", "--data", path(&data)]);
        list.run().await.exits(0);
        // The operator's token is a separate one, and is found as well.
        Command::new(["queue", "stats", "--data", path(&data)]).run().await.exits(0);
        // A second `up` on the same folder is refused.
        let second = Command::new(["up", "--data", path(&data), "--json"]).run().await.exits(1);
        assert_eq!(second.error()["reason"], "RUNNING");
        let server = up.output["server"].as_str().unwrap().to_owned();
        assert_eq!(up.stop(signal).await, 0);
        let unreachable =
            Command::new(["list", "--server", &server, "--data", path(&data)]).run().await.exits(1);
        assert!(unreachable.stderr.contains("no server answers"), "{}", unreachable.stderr);
        assert!(!data.join("postgres/data/postmaster.pid").exists(), "Postgres is still running");
    }
}

#[tokio::test]
async fn the_exit_of_a_process_is_reported_and_stops_the_others() {
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
        panic!("it exited before the fault");
    });
    running.await.expect("it starts before the timeout");
    let worker = child_of(process.id().unwrap(), "chancery-worker");
    chancery_testkit::programs::run_tool("kill", "procps", ["-s", "KILL", &worker]);
    let ended =
        timeout(LIMIT, process.wait_with_output()).await.expect("it ends before the timeout").unwrap();
    let outcome = Ran {
        code: ended.status.code().unwrap_or(-1),
        stdout: String::new(),
        stderr: String::from_utf8_lossy(&ended.stderr).into_owned(),
        bytes: Vec::new(),
    };
    assert!(outcome.exits(1).stderr.contains("the worker-1 exited"));
}

/// Returns the id of a child process with this program name.
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
