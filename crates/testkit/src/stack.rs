//! A stack for a test: a database, a service and workers.

use std::env;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use chancery_cli::processes::{Process, Service, ServiceSettings, WorkerSettings, start_worker};
use chancery_client::{Client, ClientConfig};
use chancery_postgres::{TestDatabase, TestServer};
use chancery_proto::admin::v1::{ApiToken, CreateApiTokenRequest, Role};
use chancery_proto::brief::v1::{ImportBriefResponse, RevisionDocument};
use tempfile::TempDir;

use crate::WORKSPACE;
use crate::command::Command;
use crate::imports::import;
use crate::programs::own_binary;

/// A running stack. Dropping it kills the processes and drops the database.
#[derive(Debug)]
pub struct Stack {
    // Dropped in this order, users before what they use.
    workers: Vec<Process>,
    service: Service,
    settings: ServiceSettings,
    replicas: AtomicU32,
    /// Folder with the certificates, if the listeners are encrypted.
    certificates: Option<PathBuf>,
    folder: TempDir,
    database: TestDatabase,
    _server: TestServer,
}

/// A caller with a token.
#[derive(Debug)]
pub struct Caller {
    /// Client with the token.
    pub client: Client,
    /// Resource name of the token.
    pub token_name: String,
    /// File with the secret.
    pub token_file: PathBuf,
}

impl Stack {
    /// Starts a service and one worker on a new database with workspace `default`.
    pub async fn start() -> Self {
        let mut stack = Self::without_worker().await;
        stack.add_worker();
        stack
    }

    /// Starts a stack without a worker, so that renders stay queued.
    pub async fn without_worker() -> Self {
        Self::with_service(own_binary("chancery-service"), Vec::new()).await
    }

    /// Starts a service and one worker that encrypt, with certificates of the command `certificates`. The service asks
    /// its workers for theirs.
    pub async fn encrypted() -> Self {
        let folder = tempfile::tempdir().expect("temporary files can be created");
        let certificates = folder.path().join("tls");
        let file = |name: &str| certificates.join(name).display().to_string();
        let arguments = [
            format!("--authority={}", file("authority")),
            format!("--service={}", certificates.display()),
            format!("--workers={}", certificates.display()),
            "--host=127.0.0.1".to_owned(),
        ];
        let command =
            Command::new(["certificates".to_owned()].into_iter().chain(arguments).map(PathBuf::from));
        command.run().await.exits(0);
        let environment = [
            ("CHANCERY_TLS_CERTIFICATE", "server.pem"),
            ("CHANCERY_TLS_KEY", "server.key"),
            ("CHANCERY_WORKER_TLS_CERTIFICATE", "server.pem"),
            ("CHANCERY_WORKER_TLS_KEY", "server.key"),
            ("CHANCERY_WORKER_CLIENT_CA", "authority.pem"),
        ];
        let environment = environment.map(|(variable, name)| (variable.to_owned(), file(name))).to_vec();
        let binary = own_binary("chancery-service");
        let mut stack = Self::start_in(folder, binary, environment, Some(certificates)).await;
        stack.add_worker();
        stack
    }

    /// Starts a stack with another service binary or more environment variables.
    pub async fn with_service(binary: PathBuf, environment: Vec<(String, String)>) -> Self {
        let folder = tempfile::tempdir().expect("temporary files can be created");
        Self::start_in(folder, binary, environment, None).await
    }

    async fn start_in(
        folder: TempDir,
        binary: PathBuf,
        environment: Vec<(String, String)>,
        certificates: Option<PathBuf>,
    ) -> Self {
        let server = TestServer::connect().unwrap_or_else(|error| panic!("{error}"));
        let database = server.empty_database().unwrap_or_else(|error| panic!("{error}"));
        let tokens = folder.path().join("tokens");
        let migrate = Command::new(["migrate", "--init"].map(PathBuf::from).into_iter().chain([tokens]));
        migrate.env("DATABASE_URL", database.url()).run().await.exits(0);
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let settings = ServiceSettings {
            binary,
            database_url: database.url().to_owned(),
            database_password_file: None,
            listen: any_port,
            worker_listen: any_port,
            environment,
            folder: folder.path().to_owned(),
        };
        let service = start_service(&settings).await;
        Self {
            workers: Vec::new(),
            service,
            settings,
            replicas: AtomicU32::new(0),
            certificates,
            folder,
            database,
            _server: server,
        }
    }

    /// Starts another worker.
    pub fn add_worker(&mut self) {
        let tls = [
            ("CHANCERY_WORKER_CA_FILE", "authority.pem"),
            ("CHANCERY_WORKER_CERTIFICATE", "worker.pem"),
            ("CHANCERY_WORKER_KEY", "worker.key"),
        ];
        let environment = |folder: &PathBuf| {
            tls.map(|(variable, name)| (variable.to_owned(), folder.join(name).display().to_string()))
                .to_vec()
        };
        let settings = WorkerSettings {
            binary: own_binary("chancery-worker"),
            server: self.url_of(self.service.worker_listen),
            token_file: self.token_file("worker"),
            folder: self.folder.path().to_owned(),
            number: self.workers.len() + 1,
            environment: self.certificates.as_ref().map(environment).unwrap_or_default(),
        };
        self.workers.push(start_worker(&settings).unwrap_or_else(|error| panic!("{error}")));
    }

    /// The worker processes.
    pub fn workers(&mut self) -> &mut [Process] {
        &mut self.workers
    }

    /// Starts another service on the same database, possibly through another URL.
    pub async fn replica(&self, database_url: &str, environment: &[(&str, &str)]) -> Service {
        let folder =
            self.folder.path().join(format!("replica-{}", self.replicas.fetch_add(1, Ordering::Relaxed)));
        std::fs::create_dir(&folder).expect("temporary files can be created");
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut settings = ServiceSettings {
            database_url: database_url.to_owned(),
            listen: any_port,
            worker_listen: any_port,
            folder,
            ..self.settings.clone()
        };
        settings
            .environment
            .extend(environment.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
        start_service(&settings).await
    }

    /// Stops or kills a service and starts another one at the same addresses.
    pub async fn restart(&self, service: Service, kills: bool) -> Service {
        let Service { mut process, listen, worker_listen } = service;
        let folder = process.log.parent().map(std::path::Path::to_owned).unwrap_or_default();
        let exited = if kills { process.kill().await } else { process.stop().await };
        exited.unwrap_or_else(|error| panic!("{error}"));
        let settings = ServiceSettings { listen, worker_listen, folder, ..self.settings.clone() };
        start_service(&settings).await
    }

    /// Connects to another service of this stack with the token in a file.
    pub async fn client_of(&self, url: String, token_file: &std::path::Path) -> Client {
        self.connect(url, token_file).await
    }

    /// Restarts the service at the same addresses.
    pub async fn restart_service(&mut self) {
        let (listen, worker_listen) = (self.service.listen, self.service.worker_listen);
        self.service.process.stop().await.unwrap_or_else(|error| panic!("{error}"));
        let settings = ServiceSettings { listen, worker_listen, ..self.settings.clone() };
        self.service = start_service(&settings).await;
    }

    /// URL of the public listener.
    pub fn url(&self) -> String {
        self.url_of(self.service.listen)
    }

    fn url_of(&self, listener: SocketAddr) -> String {
        let scheme = if self.certificates.is_some() { "https" } else { "http" };
        format!("{scheme}://{listener}")
    }

    /// The file with the authority of the certificates, if the listeners are encrypted.
    pub fn authority(&self) -> Option<PathBuf> {
        self.certificates.as_ref().map(|folder| folder.join("authority.pem"))
    }

    /// The database, for inspecting its rows.
    pub fn database(&self) -> &TestDatabase {
        &self.database
    }

    /// A folder for files of the test.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// The file with a first token: `operator`, `admin` or `worker`.
    pub fn token_file(&self, role: &str) -> PathBuf {
        self.folder.path().join("tokens").join(format!("{role}.token"))
    }

    /// Connects as the admin of workspace `default` with the highest clearance.
    pub async fn admin(&self) -> Client {
        self.client(&self.token_file("admin")).await
    }

    /// Connects as the operator.
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
        let request = CreateApiTokenRequest {
            parent: WORKSPACE.to_owned(),
            api_token: Some(token),
            ..Default::default()
        };
        let created = self.admin().await.create_api_token(request).await;
        let created = created.unwrap_or_else(|error| panic!("creating a token: {error}"));
        let token_file = self.folder.path().join(format!("{name}.token"));
        std::fs::write(&token_file, &created.secret).expect("temporary files can be created");
        Caller {
            client: self.client(&token_file).await,
            token_name: created.api_token.unwrap_or_default().name,
            token_file,
        }
    }

    /// Creates a `chancery` command that calls this service as its admin.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let command = Command::new(arguments)
            .env("CHANCERY_SERVER", self.url())
            .env("CHANCERY_TOKEN_FILE", self.token_file("admin"));
        match self.authority() {
            Some(file) => command.env("CHANCERY_CA_FILE", file),
            None => command,
        }
    }

    /// Imports revisions of a brief as the admin.
    pub async fn import(&self, documents: Vec<RevisionDocument>) -> ImportBriefResponse {
        let imported = self.admin().await.import_brief(import(documents)).await;
        imported.unwrap_or_else(|error| panic!("importing: {error:?}"))
    }

    /// Returns a digest of all tables except `request_ids`: equal results mean that no data has changed.
    pub fn content(&self) -> String {
        let tables = "select coalesce(string_agg(format('select ''%1$s'' as t, md5(coalesce(string_agg(j::text, e''\\n'' \
             order by j::text), '''')) as d from (select to_jsonb(r) - ''last_used_at'' as j from %1$I r) r', table_name), \
             ' union all ' order by table_name), '') \
             from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' \
             and table_name <> 'request_ids'";
        let psql = self.database.psql();
        let query = psql.rows(tables).unwrap_or_else(|error| panic!("{error}")).concat();
        psql.rows(&query).unwrap_or_else(|error| panic!("{error}")).join("\n")
    }

    async fn client(&self, token_file: &std::path::Path) -> Client {
        self.connect(self.url(), token_file).await
    }

    async fn connect(&self, url: String, token_file: &std::path::Path) -> Client {
        let token = std::fs::read_to_string(token_file);
        let token = token.unwrap_or_else(|error| panic!("{}: {error}", token_file.display()));
        let authority = self.authority().map(|file| std::fs::read(file).expect("the file was written"));
        let config = ClientConfig {
            certificate_authority: authority,
            ..ClientConfig::new(url).with_token(token.trim())
        };
        Client::connect(config).await.unwrap_or_else(|error| panic!("{error}"))
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        // The logs are deleted with the folder.
        for process in self.workers.iter().chain([&self.service.process]) {
            eprintln!("--- last lines of the log of the {} ---\n{}", process.name, process.log_tail());
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
