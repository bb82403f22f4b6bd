//! Runs the `chancery` command as users and programs do.

use std::ffi::{OsStr, OsString};
use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::time::timeout;

use crate::programs::own_binary;

/// The timeout of a command.
const LIMIT: Duration = Duration::from_mins(3);

/// Settings of the developer's environment that must not affect the tests.
const FOREIGN_SETTINGS: [&str; 9] = [
    "CHANCERY_SERVER",
    "CHANCERY_TOKEN",
    "CHANCERY_TOKEN_FILE",
    "CHANCERY_CA_FILE",
    "CHANCERY_WORKSPACE",
    "CHANCERY_DATA",
    "CHANCERY_DEMO_BUILD_SECONDS",
    "DATABASE_URL",
    "DATABASE_PASSWORD_FILE",
];

/// A `chancery` command line.
#[derive(Debug, Clone)]
pub struct Command {
    arguments: Vec<OsString>,
    environment: Vec<(String, OsString)>,
}

/// The result of a command.
#[derive(Debug)]
pub struct Ran {
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
    /// Builds a command with arguments.
    pub fn new<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Self {
        let arguments = arguments.into_iter().map(|argument| argument.as_ref().to_owned()).collect();
        Self { arguments, environment: Vec::new() }
    }

    /// Sets a variable of the environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.environment.push((name.to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Returns the process to start, for a test that controls it itself.
    pub fn prepare(&self) -> tokio::process::Command {
        let mut command = tokio::process::Command::new(own_binary("chancery"));
        for setting in FOREIGN_SETTINGS {
            command.env_remove(setting);
        }
        command.args(&self.arguments).envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }

    /// Runs it to its end.
    pub async fn run(&self) -> Ran {
        let ran = timeout(LIMIT, self.prepare().output()).await;
        let Output { status, stdout, stderr } = ran
            .unwrap_or_else(|_| panic!("{:?} timed out after {LIMIT:?}", self.arguments))
            .expect("the command can be started");
        Ran {
            code: status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&stdout).into_owned(),
            stderr: String::from_utf8_lossy(&stderr).into_owned(),
            bytes: stdout,
        }
    }
}

impl Ran {
    /// Returns itself after checking the exit code.
    #[track_caller]
    #[allow(clippy::return_self_not_must_use, reason = "the look itself is often all that is wanted")]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Parses standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        let parsed = serde_json::from_str(&self.stdout);
        parsed.unwrap_or_else(|error| panic!("{error}\nstdout:\n{}\nstderr:\n{}", self.stdout, self.stderr))
    }

    /// Parses standard error as JSON: `code`, `reason`, `message`, `violations`.
    #[track_caller]
    pub fn error(&self) -> Value {
        let parsed = serde_json::from_str(&self.stderr);
        parsed.unwrap_or_else(|error| panic!("{error}\nstdout:\n{}\nstderr:\n{}", self.stdout, self.stderr))
    }
}
