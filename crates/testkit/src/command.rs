//! The `chancery` command as people and programs use it.

use std::ffi::{OsStr, OsString};
use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::time::timeout;

use crate::programs::own_binary;

/// How long a command may take.
const LIMIT: Duration = Duration::from_mins(3);

/// Settings of the person who runs the tests, which must not lead them elsewhere.
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

/// A `chancery` command to run.
#[derive(Debug, Clone)]
pub struct Command {
    arguments: Vec<OsString>,
    environment: Vec<(String, OsString)>,
}

/// What a command did.
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
    /// With arguments.
    pub fn new<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Self {
        let arguments = arguments.into_iter().map(|argument| argument.as_ref().to_owned()).collect();
        Self { arguments, environment: Vec::new() }
    }

    /// With a variable of the environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.environment.push((name.to_owned(), value.as_ref().to_owned()));
        self
    }

    /// The process to be, for a test that wants to hold it.
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
            .unwrap_or_else(|_| panic!("{:?} takes longer than {LIMIT:?}", self.arguments))
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
    /// The same, after a look at the exit code.
    #[track_caller]
    #[allow(clippy::return_self_not_must_use, reason = "the look itself is often all that is wanted")]
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
