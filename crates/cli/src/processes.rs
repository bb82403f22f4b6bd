//! The service and the workers as child processes: their flags, their ready file, their end.
//!
//! Each runs in a process group of its own, so that Ctrl-C reaches only the process that started it, which then stops
//! them in order.

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

/// How long a service may take until it serves.
const STARTS_WITHIN: Duration = Duration::from_mins(1);

/// How long a process may take to end by itself: a service drains for 20 s, a worker for 30 s.
const STOPS_WITHIN: Duration = Duration::from_secs(45);

/// How often the ready file is looked for.
const POLL: Duration = Duration::from_millis(20);

/// Lines of a log that an error quotes.
const TAIL: usize = 12;

/// Why a process does not run.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// The binary is not there.
    #[error("{binary} is missing: build it with `cargo build --bins -p chancery-service -p chancery-worker` (or ./dev, which does)", binary = .0.display())]
    Missing(PathBuf),
    /// The operating system refused.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// The system's answer.
        source: io::Error,
    },
    /// The process ended before it was ready.
    #[error("the {name} ended at once ({status}); the end of {log}:\n{tail}", log = log.display())]
    Ended {
        /// Which process.
        name: String,
        /// How it ended.
        status: String,
        /// Its log.
        log: PathBuf,
        /// The log's last lines.
        tail: String,
    },
    /// The process runs and is not ready.
    #[error("the {name} did not get ready within {} s; the end of {log}:\n{tail}", STARTS_WITHIN.as_secs(), log = log.display())]
    NotReady {
        /// Which process.
        name: String,
        /// Its log.
        log: PathBuf,
        /// The log's last lines.
        tail: String,
    },
}

/// A child process with its log.
#[derive(Debug)]
pub struct Process {
    /// Its name for people, such as "worker 1".
    pub name: String,
    /// The file with its standard output and error.
    pub log: PathBuf,
    child: Child,
}

/// How to start a service.
#[derive(Debug, Clone)]
pub struct ServiceSettings {
    /// The `chancery-service` binary.
    pub binary: PathBuf,
    /// The database.
    pub database_url: String,
    /// The file with the database's password, if it has one.
    pub database_password_file: Option<PathBuf>,
    /// Where callers reach it; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where workers reach it; port 0 takes a free one.
    pub worker_listen: SocketAddr,
    /// Variables that it has besides those of this process.
    pub environment: Vec<(String, String)>,
    /// The folder for its log and ready file.
    pub folder: PathBuf,
}

/// A service that serves.
#[derive(Debug)]
pub struct Service {
    /// The process.
    pub process: Process,
    /// Where callers reach it.
    pub listen: SocketAddr,
    /// Where workers reach it.
    pub worker_listen: SocketAddr,
}

/// How to start a worker.
#[derive(Debug, Clone)]
pub struct WorkerSettings {
    /// The `chancery-worker` binary.
    pub binary: PathBuf,
    /// The service's worker listener, as a URL.
    pub server: String,
    /// The file with the worker's token.
    pub token_file: PathBuf,
    /// The folder for its log.
    pub folder: PathBuf,
    /// Tells several workers apart, from 1.
    pub number: usize,
    /// Variables that it has besides those of this process.
    pub environment: Vec<(String, String)>,
}

/// What a service writes once it serves.
#[derive(Debug, Deserialize)]
struct Ready {
    listen: SocketAddr,
    worker_listen: SocketAddr,
}

impl Service {
    /// Starts a service and waits until it serves.
    pub async fn start(settings: &ServiceSettings) -> Result<Self, ProcessError> {
        let ready_file = settings.folder.join("service.ready.json");
        // A file that an earlier service left would name its addresses.
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
        let Ready { listen, worker_listen } = process.ready(&ready_file).await?;
        Ok(Self { process, listen, worker_listen })
    }

    /// The public listener's URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.listen)
    }

    /// The worker listener's URL.
    pub fn worker_url(&self) -> String {
        format!("http://{}", self.worker_listen)
    }
}

/// Starts a worker. It is ready when it takes tasks, which only its service sees.
pub fn start_worker(settings: &WorkerSettings) -> Result<Process, ProcessError> {
    let mut command = Command::new(&settings.binary);
    command
        .env("CHANCERY_WORKER_SERVER", &settings.server)
        .env("CHANCERY_WORKER_TOKEN_FILE", &settings.token_file)
        .env_remove("CHANCERY_WORKER_TOKEN")
        // Several on one host would go by one name.
        .env("CHANCERY_WORKER_NAME", format!("worker-{}", settings.number))
        // `up` has told the service of the built-in fonts.
        .env_remove("CHANCERY_FONTS")
        // Several workers on one machine cannot listen at the same place.
        .env_remove("CHANCERY_WORKER_HEALTH_LISTEN")
        // It has no business with the database, so it is not told of one.
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
        fs::create_dir_all(folder).map_err(io_error(format!("making {}", folder.display())))?;
        let log = folder.join(format!("{name}.log"));
        let opening = || io_error(format!("opening {}", log.display()));
        let output = File::create(&log).map_err(opening())?;
        let errors = output.try_clone().map_err(opening())?;
        command.stdin(Stdio::null()).stdout(output).stderr(errors).process_group(0).kill_on_drop(true);
        let child = command.spawn().map_err(io_error(format!("starting {}", binary.display())))?;
        Ok(Self { name: name.to_owned(), log, child })
    }

    /// Its process id; none once it has ended.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Waits for its end.
    pub async fn ended(&mut self) -> Result<ExitStatus, ProcessError> {
        let waiting = io_error(format!("waiting for the {}", self.name));
        self.child.wait().await.map_err(waiting)
    }

    /// Sends a signal; false when it has ended already.
    pub fn signal(&self, signal: Signal) -> bool {
        let id = self.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        id.is_some_and(|id| kill_process(id, signal).is_ok())
    }

    /// How it ended, if it has.
    pub fn has_ended(&mut self) -> Result<Option<ExitStatus>, ProcessError> {
        self.child.try_wait().map_err(io_error(format!("waiting for the {}", self.name)))
    }

    /// Asks it to end.
    pub fn ask_to_stop(&self) {
        self.signal(Signal::TERM);
    }

    /// Asks it to end and waits; kills it when it takes too long. Answers how it ended.
    pub async fn stop(&mut self) -> Result<ExitStatus, ProcessError> {
        self.ask_to_stop();
        match timeout(STOPS_WITHIN, self.ended()).await {
            Ok(ended) => ended,
            Err(_) => self.kill().await,
        }
    }

    /// Ends it at once, as a crash would.
    pub async fn kill(&mut self) -> Result<ExitStatus, ProcessError> {
        self.signal(Signal::KILL);
        self.ended().await
    }

    /// The end of its log.
    pub fn log_tail(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(TAIL)..].join("\n")
    }

    async fn ready(&mut self, file: &Path) -> Result<Ready, ProcessError> {
        let deadline = Instant::now() + STARTS_WITHIN;
        loop {
            // Half-written files do not parse; the next look finds a whole one.
            let ready = fs::read(file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
            if let Some(ready) = ready {
                return Ok(ready);
            }
            let ended = self.has_ended()?;
            let (name, log) = (self.name.clone(), self.log.clone());
            if let Some(status) = ended {
                return Err(ProcessError::Ended {
                    name,
                    status: status.to_string(),
                    log,
                    tail: self.log_tail(),
                });
            }
            if Instant::now() >= deadline {
                return Err(ProcessError::NotReady { name, log, tail: self.log_tail() });
            }
            sleep(POLL).await;
        }
    }
}

fn io_error(what: String) -> impl FnOnce(io::Error) -> ProcessError {
    move |source| ProcessError::Io { what, source }
}
