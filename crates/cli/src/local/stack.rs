//! Chancery on one machine: Postgres, schema, service, workers, started in this order and stopped in reverse.

use std::env;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitStatus;

use chancery_postgres::{DataDir, Options, PrivatePostgres, Stopped};
use chancery_print::Fonts;
use chancery_store::{Bootstrapped, DatabaseSettings};

use crate::args::local::LocalDatabase;
use crate::database::migrate::migrate;
use crate::database::token_files::TokenFolders;
use crate::local::processes::{
    Process, ProcessError, Service, ServiceSettings, WorkerSettings, start_worker,
};
use crate::local::state_folder::{RunningStack, StateFolder};
use crate::ui::failure::Failure;

/// Name of the database on the private server.
const DATABASE: &str = "chancery";

/// Settings of a stack.
#[derive(Debug)]
pub struct StackSettings<'a> {
    pub state: &'a StateFolder,
    pub database: &'a LocalDatabase,
    /// Empties the private database first.
    pub fresh: bool,
    pub listen: SocketAddr,
    pub worker_listen: SocketAddr,
    pub workers: u8,
    /// Allows unencrypted listeners that other machines can reach.
    pub insecure: bool,
}

/// A running stack.
#[derive(Debug)]
pub struct Stack {
    // Dropped in this order, which kills the processes in the order in which `stop` ends them.
    workers: Vec<Process>,
    pub service: Service,
    database: Database,
    pub tokens: TokenFolders,
}

/// A database, with its server if the stack started one.
#[derive(Debug)]
struct Database {
    settings: DatabaseSettings,
    url: String,
    private: Option<PrivatePostgres>,
}

impl Stack {
    /// Starts everything and calls `on_step` after each step.
    pub async fn start(
        settings: &StackSettings<'_>,
        on_step: &mut impl FnMut(String),
    ) -> Result<Self, Failure> {
        let database = Database::start(settings)?;
        on_step(database.summary());
        let tokens = database.token_folders(settings.state);
        let migrated = migrate(&database.settings, &Fonts::default(), Some(&tokens), false).await?;
        let bootstrapped = migrated.bootstrapped;
        check_tokens(&tokens, bootstrapped)?;
        on_step(match bootstrapped {
            Some(Bootstrapped::Now) => "created the schema and workspace default, wrote tokens".to_owned(),
            _ => "schema up to date".to_owned(),
        });
        let insecure = settings.insecure.then(|| ("CHANCERY_INSECURE".to_owned(), "true".to_owned()));
        let service = Service::start(&ServiceSettings {
            binary: sibling("chancery-service")?,
            database_url: database.url.clone(),
            database_password_file: settings.database.database_password_file.clone(),
            listen: settings.listen,
            worker_listen: settings.worker_listen,
            environment: insecure.into_iter().collect(),
            folder: settings.state.logs(),
        })
        .await?;
        on_step(format!("service at {}", service.url()));
        let mut workers = Vec::new();
        for number in 1..=usize::from(settings.workers) {
            workers.push(start_worker(&WorkerSettings {
                binary: sibling("chancery-worker")?,
                server: service.worker_url(),
                token_file: tokens.worker(),
                folder: settings.state.logs(),
                number,
                environment: Vec::new(),
            })?);
        }
        on_step(match workers.len() {
            1 => "1 worker".to_owned(),
            count => format!("{count} workers"),
        });
        Ok(Self { workers, service, database, tokens })
    }

    /// Returns the addresses and token files that other commands connect with.
    pub fn running(&self) -> RunningStack {
        RunningStack {
            pid: std::process::id(),
            server: self.service.url(),
            worker_server: self.service.worker_url(),
            token_file: self.tokens.admin(),
            operator_token_file: self.tokens.operator(),
        }
    }

    /// Returns a short description of the database.
    pub fn database(&self) -> String {
        self.database.summary()
    }

    /// Returns a failure that quotes the log of a process that exited by itself, if one has.
    pub fn exited_process(&mut self) -> Result<Option<Failure>, Failure> {
        for process in self.workers.iter_mut().chain([&mut self.service.process]) {
            if let Some(status) = process.try_wait()? {
                return Ok(Some(process_exited(process, status)));
            }
        }
        Ok(None)
    }

    /// Stops everything, workers first: they return their leases while the service still runs.
    pub async fn stop(mut self) -> Result<(), Failure> {
        for worker in &self.workers {
            worker.terminate();
        }
        for worker in &mut self.workers {
            worker.stop().await?;
        }
        self.service.process.stop().await?;
        let stopped = self.database.private.take().map(PrivatePostgres::stop).transpose();
        match stopped.map_err(Failure::setup("stopping Postgres"))? {
            Some(Stopped::StillInUse) => eprintln!("Postgres keeps running: another process uses it"),
            Some(Stopped::Ended) | None => {}
        }
        Ok(())
    }
}

impl Database {
    fn start(settings: &StackSettings<'_>) -> Result<Self, Failure> {
        let LocalDatabase { database_url, database_password_file } = settings.database;
        if let Some(url) = database_url {
            if settings.fresh {
                let message = "--fresh empties only the private database, but DATABASE_URL names another one";
                return Err(Failure::usage("NOT_PRIVATE", message));
            }
            let settings = DatabaseSettings {
                database_password_file: database_password_file.clone(),
                ..DatabaseSettings::of_url(url)
            };
            return Ok(Self { settings, url: url.clone(), private: None });
        }
        let data = DataDir::Preferred(settings.state.postgres());
        let starting = PrivatePostgres::start(Options::durable(data).fresh(settings.fresh));
        let private = starting.map_err(Failure::setup("starting Postgres"))?;
        private.create_database(DATABASE).map_err(Failure::setup("creating the database"))?;
        let url = private.url_of(DATABASE);
        Ok(Self { settings: DatabaseSettings::of_url(&url), url, private: Some(private) })
    }

    /// Returns the folders for tokens, next to the private database's data, so that deleting the data also deletes the
    /// tokens.
    fn token_folders(&self, state: &StateFolder) -> TokenFolders {
        let private = self.private.as_ref().map(|private| private.folder().join("tokens"));
        TokenFolders::single(&private.unwrap_or_else(|| state.tokens()))
    }

    fn summary(&self) -> String {
        match &self.private {
            Some(private) => {
                format!("Postgres {} in {}", private.major_version(), private.folder().display())
            }
            None => "Postgres of DATABASE_URL".to_owned(),
        }
    }
}

/// Fails if the database was initialised elsewhere, which wrote the tokens to another folder.
fn check_tokens(tokens: &TokenFolders, bootstrapped: Option<Bootstrapped>) -> Result<(), Failure> {
    let missing = [tokens.admin(), tokens.worker()].into_iter().find(|file| !file.is_file());
    match (bootstrapped, missing) {
        (Some(Bootstrapped::Before), Some(file)) => {
            let message = format!("the database is already initialised, but {} is missing", file.display());
            Err(Failure::new("FAILED_PRECONDITION", "NO_TOKEN", message)
                .help("copy the tokens that `chancery migrate --init` wrote to that folder"))
        }
        _ => Ok(()),
    }
}

impl From<ProcessError> for Failure {
    fn from(error: ProcessError) -> Self {
        Self::new("FAILED_PRECONDITION", "PROCESS", error.to_string())
    }
}

/// Returns the path of another binary in the folder of this one.
fn sibling(name: &str) -> Result<PathBuf, Failure> {
    let own = env::current_exe().map_err(Failure::io("locating this binary"))?;
    Ok(own.with_file_name(name))
}

fn process_exited(process: &Process, status: ExitStatus) -> Failure {
    let message = format!(
        "the {} exited ({status}); last lines of {}:\n{}",
        process.name,
        process.log.display(),
        process.log_tail()
    );
    Failure::new("UNAVAILABLE", "PROCESS_ENDED", message)
}
