//! The service and the workers as child processes: flags, ready file, termination.
//!
//! Each child runs in its own process group, so that Ctrl-C reaches only the parent, which then stops the children in
//! order.

use std::fs::{self, File};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

/// Time limit for a service to write its ready file.
const START_TIMEOUT: Duration = Duration::from_mins(1);

/// Time limit for an orderly exit: a service drains for 20 s, a worker for 30 s.
const STOP_TIMEOUT: Duration = Duration::from_secs(45);

const READY_POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Number of log lines that an error quotes.
const LOG_TAIL_LINES: usize = 12;

/// Failure to start or stop a process.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// The binary does not exist; build it.
    #[error("{binary} does not exist: build it with `cargo build --bins -p chancery-service -p chancery-worker` (or ./dev, which does)", binary = .0.display())]
    Missing(PathBuf),
    /// A system call failed.
    #[error("{action}: {source}")]
    Io {
        /// The attempted action.
        action: String,
        /// The cause.
        source: io::Error,
    },
    /// The process exited before it was ready.
    #[error("the {name} exited before it was ready ({status}); last lines of {log}:\n{tail}", log = log.display())]
    Exited {
        /// Name of the process.
        name: String,
        /// Exit status.
        status: String,
        /// Log file.
        log: PathBuf,
        /// Last lines of the log.
        tail: String,
    },
    /// The process runs but did not become ready in time.
    #[error("the {name} was not ready within {} s; last lines of {log}:\n{tail}", START_TIMEOUT.as_secs(), log = log.display())]
    NotReady {
        /// Name of the process.
        name: String,
        /// Log file.
        log: PathBuf,
        /// Last lines of the log.
        tail: String,
    },
}

/// A child process and its log.
#[derive(Debug)]
pub struct Process {
    /// Display name, such as "worker-1".
    pub name: String,
    /// File with its standard output and standard error.
    pub log: PathBuf,
    child: Child,
}

/// Settings of a service process.
#[derive(Debug, Clone)]
pub struct ServiceSettings {
    /// The `chancery-service` binary.
    pub binary: PathBuf,
    /// URL of the database.
    pub database_url: String,
    /// File with the database password, if any.
    pub database_password_file: Option<PathBuf>,
    /// Address of the listener for callers; port 0 selects a free port.
    pub listen: SocketAddr,
    /// Address of the listener for workers; port 0 selects a free port.
    pub worker_listen: SocketAddr,
    /// Environment variables in addition to those of this process.
    pub environment: Vec<(String, String)>,
    /// Folder for the log and the ready file.
    pub folder: PathBuf,
}

/// A running service.
#[derive(Debug)]
pub struct Service {
    /// The process.
    pub process: Process,
    /// Address of the listener for callers.
    pub listen: SocketAddr,
    /// Address of the listener for workers.
    pub worker_listen: SocketAddr,
}

/// Settings of a worker process.
#[derive(Debug, Clone)]
pub struct WorkerSettings {
    /// The `chancery-worker` binary.
    pub binary: PathBuf,
    /// URL of the service's worker listener.
    pub server: String,
    /// File with the worker token.
    pub token_file: PathBuf,
    /// Folder for the log.
    pub folder: PathBuf,
    /// Number of the worker, from 1.
    pub number: usize,
    /// Environment variables in addition to those of this process.
    pub environment: Vec<(String, String)>,
}

/// The ready file, which a service writes once it listens.
#[derive(Debug, Deserialize)]
struct Ready {
    listen: SocketAddr,
    worker_listen: SocketAddr,
}

impl Service {
    /// Starts a service and waits until it is ready.
    pub async fn start(settings: &ServiceSettings) -> Result<Self, ProcessError> {
        let ready_file = settings.folder.join("service.ready.json");
        // A ready file left by an earlier service would name its addresses.
        match fs::remove_file(&ready_file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(io_error(format!("removing {}", ready_file.display()))(error));
            }
            _ => {}
        }
        let mut command = Command::new(&settings.binary);
        command
            .envs(settings.environment.iter().map(|(name, value)| (name, value)))
            .env("DATABASE_URL", &settings.database_url)
            .env_remove("DATABASE_URL_FILE")
            // PDFs are proven with the fonts that `up` activated: the built-in ones.
            .env_remove("CHANCERY_FONTS")
            .arg("--listen")
            .arg(settings.listen.to_string())
            .arg("--worker-listen")
            .arg(settings.worker_listen.to_string())
            .arg("--ready-file")
            .arg(&ready_file);
        match &settings.database_password_file {
            Some(file) => command.env("DATABASE_PASSWORD_FILE", file),
            None => command.env_remove("DATABASE_PASSWORD_FILE"),
        };
        let mut process = Process::spawn("service", command, &settings.folder)?;
        let Ready { listen, worker_listen } = process.wait_until_ready(&ready_file).await?;
        Ok(Self { process, listen, worker_listen })
    }

    /// Returns the public listener's URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.listen)
    }

    /// Returns the worker listener's URL.
    pub fn worker_url(&self) -> String {
        format!("http://{}", self.worker_listen)
    }
}

/// Starts a worker without waiting until it leases tasks, which only its service observes.
pub fn start_worker(settings: &WorkerSettings) -> Result<Process, ProcessError> {
    let mut command = Command::new(&settings.binary);
    command
        .env("CHANCERY_WORKER_SERVER", &settings.server)
        .env("CHANCERY_WORKER_TOKEN_FILE", &settings.token_file)
        .env_remove("CHANCERY_WORKER_TOKEN")
        // By default, all workers of a host share its name.
        .env("CHANCERY_WORKER_NAME", format!("worker-{}", settings.number))
        // `up` activated the print environment with the built-in fonts only.
        .env_remove("CHANCERY_FONTS")
        // Several workers cannot share one address.
        .env_remove("CHANCERY_WORKER_HEALTH_LISTEN")
        // Workers have no access to the database.
        .env_remove("DATABASE_URL")
        .env_remove("DATABASE_URL_FILE")
        .env_remove("DATABASE_PASSWORD_FILE")
        .envs(settings.environment.iter().cloned());
    Process::spawn(&format!("worker-{}", settings.number), command, &settings.folder)
}

impl Process {
    fn spawn(name: &str, mut command: Command, folder: &Path) -> Result<Self, ProcessError> {
        let binary = PathBuf::from(command.as_std().get_program());
        if !binary.is_file() {
            return Err(ProcessError::Missing(binary));
        }
        fs::create_dir_all(folder).map_err(io_error(format!("creating {}", folder.display())))?;
        let log = folder.join(format!("{name}.log"));
        let opening = || io_error(format!("opening {}", log.display()));
        let output = File::create(&log).map_err(opening())?;
        let errors = output.try_clone().map_err(opening())?;
        command.stdin(Stdio::null()).stdout(output).stderr(errors).process_group(0).kill_on_drop(true);
        let child = command.spawn().map_err(io_error(format!("starting {}", binary.display())))?;
        Ok(Self { name: name.to_owned(), log, child })
    }

    /// Returns the process id; none after the exit was observed.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Waits for the exit.
    pub async fn wait(&mut self) -> Result<ExitStatus, ProcessError> {
        let waiting = io_error(format!("waiting for the {}", self.name));
        self.child.wait().await.map_err(waiting)
    }

    /// Sends a signal; returns false if the process has exited.
    pub fn signal(&self, signal: Signal) -> bool {
        let id = self.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        id.is_some_and(|id| kill_process(id, signal).is_ok())
    }

    /// Returns the exit status, if the process has exited.
    pub fn try_wait(&mut self) -> Result<Option<ExitStatus>, ProcessError> {
        self.child.try_wait().map_err(io_error(format!("waiting for the {}", self.name)))
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Terminates the process and waits for its exit; kills it after a time limit.
    pub async fn stop(&mut self) -> Result<ExitStatus, ProcessError> {
        self.terminate();
        match timeout(STOP_TIMEOUT, self.wait()).await {
            Ok(status) => status,
            Err(_) => self.kill().await,
        }
    }

    /// Kills the process, as a crash would.
    pub async fn kill(&mut self) -> Result<ExitStatus, ProcessError> {
        self.signal(Signal::KILL);
        self.wait().await
    }

    /// Returns the last lines of the log.
    pub fn log_tail(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(LOG_TAIL_LINES)..].join("\n")
    }

    async fn wait_until_ready(&mut self, file: &Path) -> Result<Ready, ProcessError> {
        let deadline = Instant::now() + START_TIMEOUT;
        loop {
            // A half-written file does not parse; the next poll reads it again.
            let ready = fs::read(file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
            if let Some(ready) = ready {
                return Ok(ready);
            }
            let exited = self.try_wait()?;
            let (name, log) = (self.name.clone(), self.log.clone());
            if let Some(status) = exited {
                return Err(ProcessError::Exited {
                    name,
                    status: status.to_string(),
                    log,
                    tail: self.log_tail(),
                });
            }
            if Instant::now() >= deadline {
                return Err(ProcessError::NotReady { name, log, tail: self.log_tail() });
            }
            sleep(READY_POLL_INTERVAL).await;
        }
    }
}

fn io_error(action: String) -> impl FnOnce(io::Error) -> ProcessError {
    move |source| ProcessError::Io { action, source }
}
