//! A database with a real service and real workers.

use std::env;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use chancery_cli::processes::{Process, Service, ServiceSettings, WorkerSettings, start_worker};
use chancery_client::{Client, ClientConfig};
use chancery_postgres::{TestDatabase, TestServer};
use chancery_proto::admin::v1::{ApiToken, CreateApiTokenRequest, Role};
use chancery_proto::brief::v1::{ImportBriefRequest, ImportBriefResponse, RevisionDocument};
use tempfile::TempDir;

use crate::command::Command;
use crate::programs::own_binary;

/// The initial workspace of an installation.
const WORKSPACE: &str = "workspaces/default";

/// A running Chancery. Dropping it stops its processes and drops its database.
#[derive(Debug)]
pub struct Stack {
    // Fields are dropped in order: users of a resource precede it.
    workers: Vec<Process>,
    service: Service,
    settings: ServiceSettings,
    replicas: AtomicU32,
    folder: TempDir,
    database: TestDatabase,
    _server: TestServer,
}

/// A caller with a token.
#[derive(Debug)]
pub struct Caller {
    /// A client with the token.
    pub client: Client,
    /// The token's resource name.
    pub token_name: String,
    /// The path of a file with the secret.
    pub token_file: PathBuf,
}

impl Stack {
    /// Starts a service and one worker on a new database with workspace `default`.
    pub async fn start() -> Self {
        let mut stack = Self::without_worker().await;
        stack.add_worker();
        stack
    }

    /// Starts the service without a worker: requested renders stay queued.
    pub async fn without_worker() -> Self {
        Self::with_service(own_binary("chancery-service"), Vec::new()).await
    }

    /// Starts another program as the service, or sets more variables in its environment.
    pub async fn with_service(binary: PathBuf, environment: Vec<(String, String)>) -> Self {
        let server = TestServer::connect().unwrap_or_else(|error| panic!("{error}"));
        let database = server.empty_database().unwrap_or_else(|error| panic!("{error}"));
        let folder = tempfile::tempdir().expect("temporary files can be written");
        let tokens = folder.path().join("tokens");
        let migrate = Command::new(["migrate", "--init"].map(PathBuf::from).into_iter().chain([tokens]));
        migrate.env("DATABASE_URL", database.url()).run().await.exits(0);
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let settings = ServiceSettings {
            binary,
            database_url: database.url().to_owned(),
            database_password_file: None,
            listen: anywhere,
            worker_listen: anywhere,
            environment,
            folder: folder.path().to_owned(),
        };
        let service = start_service(&settings).await;
        Self {
            workers: Vec::new(),
            service,
            settings,
            replicas: AtomicU32::new(0),
            folder,
            database,
            _server: server,
        }
    }

    /// Starts another worker.
    pub fn add_worker(&mut self) {
        let settings = WorkerSettings {
            binary: own_binary("chancery-worker"),
            server: self.service.worker_url(),
            token_file: self.token_file("worker"),
            folder: self.folder.path().to_owned(),
            number: self.workers.len() + 1,
            environment: Vec::new(),
        };
        self.workers.push(start_worker(&settings).unwrap_or_else(|error| panic!("{error}")));
    }

    /// Returns the workers, to stop or to kill.
    pub fn workers(&mut self) -> &mut [Process] {
        &mut self.workers
    }

    /// Starts another service on the same database, or on another URL of it.
    pub async fn replica(&self, database_url: &str, environment: &[(&str, &str)]) -> Service {
        let folder =
            self.folder.path().join(format!("replica-{}", self.replicas.fetch_add(1, Ordering::Relaxed)));
        std::fs::create_dir(&folder).expect("temporary files can be written");
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut settings = ServiceSettings {
            database_url: database_url.to_owned(),
            listen: anywhere,
            worker_listen: anywhere,
            folder,
            ..self.settings.clone()
        };
        settings
            .environment
            .extend(environment.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
        start_service(&settings).await
    }

    /// Stops a service of this stack, at once if `kills`, and starts another one at the same addresses.
    pub async fn restart(&self, service: Service, kills: bool) -> Service {
        let Service { mut process, listen, worker_listen } = service;
        let folder = process.log.parent().map(std::path::Path::to_owned).unwrap_or_default();
        let ended = if kills { process.kill().await } else { process.stop().await };
        ended.unwrap_or_else(|error| panic!("{error}"));
        let settings = ServiceSettings { listen, worker_listen, folder, ..self.settings.clone() };
        start_service(&settings).await
    }

    /// Returns a client of another service of this stack, with the token in a file.
    pub async fn client_of(&self, url: String, token_file: &std::path::Path) -> Client {
        client(url, token_file).await
    }

    /// Stops the service and starts another one on the same database and the same addresses.
    pub async fn restart_service(&mut self) {
        let (listen, worker_listen) = (self.service.listen, self.service.worker_listen);
        self.service.process.stop().await.unwrap_or_else(|error| panic!("{error}"));
        let settings = ServiceSettings { listen, worker_listen, ..self.settings.clone() };
        self.service = start_service(&settings).await;
    }

    /// Returns the public listener's URL.
    pub fn url(&self) -> String {
        self.service.url()
    }

    /// Returns the database, for checks of what an operation wrote.
    pub fn database(&self) -> &TestDatabase {
        &self.database
    }

    /// Returns a folder for the test's own files.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Returns the file of an initial token: `operator`, `admin` or `worker`.
    pub fn token_file(&self, role: &str) -> PathBuf {
        self.folder.path().join("tokens").join(format!("{role}.token"))
    }

    /// Returns a client as the admin of workspace `default`, cleared for everything.
    pub async fn admin(&self) -> Client {
        self.client(&self.token_file("admin")).await
    }

    /// Returns a client as the SYSTEM operator.
    pub async fn operator(&self) -> Client {
        self.client(&self.token_file("operator")).await
    }

    /// Creates a caller in workspace `default`.
    pub async fn caller(&self, name: &str, roles: &[Role], clearance: &str) -> Caller {
        let token = ApiToken {
            display_name: name.to_owned(),
            roles: roles.iter().map(|role| i32::from(*role)).collect(),
            clearance: clearance.to_owned(),
            ..Default::default()
        };
        let request = CreateApiTokenRequest { parent: WORKSPACE.to_owned(), api_token: Some(token) };
        let made = self.admin().await.create_api_token(request).await;
        let made = made.unwrap_or_else(|error| panic!("creating a token: {error}"));
        let token_file = self.folder.path().join(format!("{name}.token"));
        std::fs::write(&token_file, &made.secret).expect("temporary files can be written");
        Caller {
            client: self.client(&token_file).await,
            token_name: made.api_token.unwrap_or_default().name,
            token_file,
        }
    }

    /// Builds a `chancery` command that calls this service as its admin.
    pub fn command(&self, arguments: &[&str]) -> Command {
        Command::new(arguments)
            .env("CHANCERY_SERVER", self.url())
            .env("CHANCERY_TOKEN_FILE", self.token_file("admin"))
    }

    /// Imports documents of one brief as the admin.
    pub async fn import(&self, documents: Vec<RevisionDocument>) -> ImportBriefResponse {
        let request =
            ImportBriefRequest { parent: WORKSPACE.to_owned(), documents, ..ImportBriefRequest::default() };
        self.admin().await.import_brief(request).await.unwrap_or_else(|error| panic!("importing: {error:?}"))
    }

    /// Returns all stored content as one text: equal texts mean that nothing has changed in between. Records of calls
    /// (a token's last use, a session) are excluded.
    pub fn content(&self) -> String {
        let tables = "select coalesce(string_agg(format('select ''%1$s'' as t, md5(coalesce(string_agg(r::text, e''\\n'' \
             order by r::text), '''')) as d from %1$I r', table_name), ' union all ' order by table_name), '') \
             from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' \
             and table_name <> 'request_ids'";
        let psql = self.database.psql();
        let query = psql.rows(tables).unwrap_or_else(|error| panic!("{error}")).concat();
        psql.rows(&query).unwrap_or_else(|error| panic!("{error}")).join("\n")
    }

    async fn client(&self, token_file: &std::path::Path) -> Client {
        client(self.url(), token_file).await
    }
}

async fn client(url: String, token_file: &std::path::Path) -> Client {
    let token = std::fs::read_to_string(token_file);
    let token = token.unwrap_or_else(|error| panic!("{}: {error}", token_file.display()));
    let config = ClientConfig::new(url).with_token(token.trim());
    Client::connect(config).await.unwrap_or_else(|error| panic!("{error}"))
}

impl Drop for Stack {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        // The logs are deleted with the folder; a failed test prints their end.
        for process in self.workers.iter().chain([&self.service.process]) {
            eprintln!("--- the end of the {}'s log ---\n{}", process.name, process.log_tail());
        }
        if env::var_os("CHANCERY_TEST_KEEP").is_some() {
            self.folder.disable_cleanup(true);
            eprintln!("--- test {} keeps {} ---", process::id(), self.folder.path().display());
        }
    }
}

async fn start_service(settings: &ServiceSettings) -> Service {
    Service::start(settings).await.unwrap_or_else(|error| panic!("{error}"))
}
