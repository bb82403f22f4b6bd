//! Runs the `chancery` command.

use std::ffi::{OsStr, OsString};
use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use crate::programs::own_binary;

/// Time limit of a command.
const COMMAND_TIMEOUT: Duration = Duration::from_mins(3);

/// Variables of the developer's environment that would redirect the command.
const CLEARED_VARIABLES: [&str; 10] = [
    "CHANCERY_SERVER",
    "CHANCERY_TOKEN",
    "CHANCERY_TOKEN_FILE",
    "CHANCERY_CA_FILE",
    "CHANCERY_INSECURE",
    "CHANCERY_WORKSPACE",
    "CHANCERY_DATA",
    "CHANCERY_DEMO_BUILD_SECONDS",
    "DATABASE_URL",
    "DATABASE_PASSWORD_FILE",
];

/// A `chancery` command to run.
#[derive(Debug, Clone)]
pub struct Command {
    arguments: Vec<OsString>,
    environment: Vec<(String, OsString)>,
    input: Vec<u8>,
}

/// The exit code and output of a command.
#[derive(Debug)]
pub struct CommandOutput {
    /// The exit code; -1 after a signal.
    pub code: i32,
    /// Standard output, as bytes.
    pub bytes: Vec<u8>,
    /// Standard output, as text.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Command {
    /// Creates a command with arguments.
    pub fn new<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Self {
        let arguments = arguments.into_iter().map(|argument| argument.as_ref().to_owned()).collect();
        Self { arguments, environment: Vec::new(), input: Vec::new() }
    }

    /// Adds an environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.environment.push((name.to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Sets the standard input of [`Self::run`].
    #[must_use]
    pub fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    /// Prepares the process, for tests that control it.
    pub fn prepare(&self) -> tokio::process::Command {
        let mut command = tokio::process::Command::new(own_binary("chancery"));
        for variable in CLEARED_VARIABLES {
            command.env_remove(variable);
        }
        command.args(&self.arguments).envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }

    async fn output(&self) -> std::io::Result<Output> {
        let mut command = self.prepare();
        if self.input.is_empty() {
            return command.output().await;
        }
        let mut child = command.stdin(Stdio::piped()).spawn()?;
        let mut pipe = child.stdin.take().expect("standard input is piped");
        let write = async {
            // A command that fails early closes the pipe.
            let _ = pipe.write_all(&self.input).await;
            drop(pipe);
        };
        tokio::join!(child.wait_with_output(), write).0
    }

    /// Runs the command to completion.
    pub async fn run(&self) -> CommandOutput {
        let output = timeout(COMMAND_TIMEOUT, self.output()).await;
        let Output { status, stdout, stderr } = output
            .unwrap_or_else(|_| panic!("{:?} took longer than {COMMAND_TIMEOUT:?}", self.arguments))
            .expect("the command can be started");
        CommandOutput {
            code: status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&stdout).into_owned(),
            stderr: String::from_utf8_lossy(&stderr).into_owned(),
            bytes: stdout,
        }
    }
}

impl CommandOutput {
    /// Asserts the exit code.
    #[track_caller]
    #[allow(clippy::return_self_not_must_use, reason = "often called only for its assertion")]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        let parsed = serde_json::from_str(&self.stdout);
        parsed.unwrap_or_else(|error| panic!("{error}\nstdout:\n{}\nstderr:\n{}", self.stdout, self.stderr))
    }

    /// Standard error as JSON: `code`, `reason`, `message`, `violations`.
    #[track_caller]
    pub fn error(&self) -> Value {
        let parsed = serde_json::from_str(&self.stderr);
        parsed.unwrap_or_else(|error| panic!("{error}\nstdout:\n{}\nstderr:\n{}", self.stdout, self.stderr))
    }
}
