//! Everything on one machine: Postgres, schema, service, workers; started in this order and stopped in the other.

use std::env;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitStatus;

use chancery_cli::processes::{Process, Service, ServiceSettings, WorkerSettings, start_worker};
use chancery_postgres::{DataDir, Options, PrivatePostgres, Stopped};
use chancery_print::Fonts;
use chancery_store::{Bootstrapped, DatabaseSettings};

use crate::args::OwnDatabase;
use crate::commands::migrate::{TokenFolders, migrate};
use crate::failure::Failure;
use crate::state::{Running, StateFolder};

/// The private server's database.
const DATABASE: &str = "chancery";

/// What to start.
#[derive(Debug)]
pub struct StackSettings<'a> {
    pub state: &'a StateFolder,
    pub database: &'a OwnDatabase,
    /// Empties the private database first.
    pub fresh: bool,
    pub listen: SocketAddr,
    pub worker_listen: SocketAddr,
    pub workers: u8,
}

/// What runs.
#[derive(Debug)]
pub struct Stack {
    // Fields are dropped in order: a stack that is dropped stops as one that is stopped, only harder.
    workers: Vec<Process>,
    pub service: Service,
    database: Database,
    pub tokens: TokenFolders,
}

/// The database, and whose it is.
#[derive(Debug)]
struct Database {
    settings: DatabaseSettings,
    url: String,
    private: Option<PrivatePostgres>,
}

impl Stack {
    /// Starts everything; `on_step` is told of each thing done.
    pub async fn start(
        settings: &StackSettings<'_>,
        on_step: &mut impl FnMut(String),
    ) -> Result<Self, Failure> {
        let database = Database::start(settings)?;
        on_step(database.told());
        let tokens = database.token_folders(settings.state);
        let migrated = migrate(&database.settings, &Fonts::default(), Some(&tokens), false).await?;
        let bootstrapped = migrated.bootstrapped;
        check_tokens(&tokens, bootstrapped)?;
        on_step(match bootstrapped {
            Some(Bootstrapped::Now) => "schema made, workspace default made, tokens written".to_owned(),
            _ => "schema up to date".to_owned(),
        });
        let service = Service::start(&ServiceSettings {
            binary: sibling("chancery-service")?,
            database_url: database.url.clone(),
            database_password_file: settings.database.database_password_file.clone(),
            listen: settings.listen,
            worker_listen: settings.worker_listen,
            environment: Vec::new(),
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

    /// What other commands need to know.
    pub fn running(&self) -> Running {
        Running {
            pid: std::process::id(),
            server: self.service.url(),
            worker_server: self.service.worker_url(),
            token_file: self.tokens.admin(),
            operator_token_file: self.tokens.operator(),
        }
    }

    /// The database in a few words.
    pub fn database(&self) -> String {
        self.database.told()
    }

    /// A process that has ended although nobody stopped it, as a failure that quotes its log.
    pub fn died(&mut self) -> Result<Option<Failure>, Failure> {
        for process in self.workers.iter_mut().chain([&mut self.service.process]) {
            if let Some(status) = process.has_ended()? {
                return Ok(Some(died(process, status)));
            }
        }
        Ok(None)
    }

    /// Stops everything: the workers give their tasks back while the service still takes them.
    pub async fn stop(mut self) -> Result<(), Failure> {
        for worker in &self.workers {
            worker.ask_to_stop();
        }
        for worker in &mut self.workers {
            worker.stop().await?;
        }
        self.service.process.stop().await?;
        let stopped = self.database.private.take().map(PrivatePostgres::stop).transpose();
        match stopped.map_err(Failure::setup("stopping Postgres"))? {
            Some(Stopped::StillInUse) => eprintln!("Postgres runs on: another process uses it"),
            Some(Stopped::Ended) | None => {}
        }
        Ok(())
    }
}

impl Database {
    fn start(settings: &StackSettings<'_>) -> Result<Self, Failure> {
        let OwnDatabase { database_url, database_password_file } = settings.database;
        if let Some(url) = database_url {
            if settings.fresh {
                let message = "--fresh empties the private database only, and DATABASE_URL names another";
                return Err(Failure::usage("NOT_PRIVATE", message));
            }
            let settings = DatabaseSettings {
                database_password_file: database_password_file.clone(),
                ..DatabaseSettings::of_url(url)
            };
            return Ok(Self { settings, url: url.clone(), private: None });
        }
        let data = DataDir::Wanted(settings.state.postgres());
        let starting = PrivatePostgres::start(Options::durable(data).fresh(settings.fresh));
        let private = starting.map_err(Failure::setup("starting Postgres"))?;
        private.create_database(DATABASE).map_err(Failure::setup("making the database"))?;
        let url = private.url_of(DATABASE);
        Ok(Self { settings: DatabaseSettings::of_url(&url), url, private: Some(private) })
    }

    /// Beside the private data, so that both are there or neither is.
    fn token_folders(&self, state: &StateFolder) -> TokenFolders {
        let beside = self.private.as_ref().map(|private| private.folder().join("tokens"));
        TokenFolders::one(&beside.unwrap_or_else(|| state.tokens()))
    }

    fn told(&self) -> String {
        match &self.private {
            Some(private) => {
                format!("Postgres {} in {}", private.major_version(), private.folder().display())
            }
            None => "Postgres of DATABASE_URL".to_owned(),
        }
    }
}

/// A database that was set up elsewhere has its tokens elsewhere.
fn check_tokens(tokens: &TokenFolders, bootstrapped: Option<Bootstrapped>) -> Result<(), Failure> {
    let missing = [tokens.admin(), tokens.worker()].into_iter().find(|file| !file.is_file());
    match (bootstrapped, missing) {
        (Some(Bootstrapped::Before), Some(file)) => {
            let message = format!("the database was set up before, and {} is missing", file.display());
            Err(Failure::new("FAILED_PRECONDITION", "NO_TOKEN", message)
                .help("put the tokens that `chancery migrate --init` wrote then into that folder"))
        }
        _ => Ok(()),
    }
}

/// The other binaries lie where this one lies.
fn sibling(name: &str) -> Result<PathBuf, Failure> {
    let own = env::current_exe().map_err(Failure::io("finding this binary"))?;
    Ok(own.with_file_name(name))
}

fn died(process: &Process, status: ExitStatus) -> Failure {
    let message = format!(
        "the {} ended ({status}); the end of {}:\n{}",
        process.name,
        process.log.display(),
        process.log_tail()
    );
    Failure::new("UNAVAILABLE", "PROCESS_ENDED", message)
}
