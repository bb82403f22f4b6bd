//! A running service with a separate database, and callers with tokens.

use chancery_postgres::{TestDatabase, TestServer};
use chancery_proto::MESSAGE_LIMIT;
use chancery_proto::admin::v1::admin_service_client::AdminServiceClient;
use chancery_proto::admin::v1::{ApiToken, CreateApiTokenRequest, Role};
use chancery_proto::brief::v1::brief_service_client::BriefServiceClient;
use chancery_proto::brief::v1::{BriefContent, block::Kind};
use chancery_service::config::{CommandLine, Config};
use chancery_service::server::{self, Running};
use chancery_store::{FirstSecrets, Store};
use chancery_testkit::content::{body, brief, marked, paragraph};
use chancery_testkit::database;
use chancery_testkit::imports::{document, import};
use clap::Parser;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

/// Adds a token to each call.
#[derive(Clone)]
pub(crate) struct Bearer(Option<MetadataValue<Ascii>>);

impl tonic::service::Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            request.metadata_mut().insert("authorization", token.clone());
        }
        Ok(request)
    }
}

pub(crate) type Briefs = BriefServiceClient<InterceptedService<Channel, Bearer>>;
pub(crate) type Admins = AdminServiceClient<InterceptedService<Channel, Bearer>>;

/// A running service.
pub(crate) struct Scene {
    pub(crate) running: Running,
    pub(crate) operator: String,
    pub(crate) admin: String,
    pub(crate) enroller: String,
    pub(crate) worker: String,
    pub(crate) server: TestServer,
    pub(crate) database: TestDatabase,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::on(TestServer::connect().unwrap()).await
    }

    /// Starts a scene whose database is on the test's own server.
    pub(crate) async fn on(server: TestServer) -> Self {
        let database = database::migrated(&server);
        Self::with(server, database).await
    }

    /// Starts a scene with a database of another locale, given as options of `create database`.
    pub(crate) async fn in_locale(locale: &str) -> Self {
        let server = TestServer::connect().unwrap();
        let database = server.empty_database_of_locale(locale).unwrap();
        database::migrate(database.url()).unwrap();
        Self::with(server, database).await
    }

    async fn with(server: TestServer, database: TestDatabase) -> Self {
        let secrets = first_secrets(&database).await;
        let store = database::connect(&database).await;
        let worker = database::enrolled(&store, &secrets.worker, "test").await.secret;
        let running = start(database.url(), &[]).await;
        let reveal = |secret: &chancery_store::Secret| secret.reveal().to_owned();
        Self {
            running,
            operator: reveal(&secrets.operator),
            admin: reveal(&secrets.admin),
            enroller: reveal(&secrets.worker),
            worker: reveal(&worker),
            server,
            database,
        }
    }

    /// Starts another service on the same database.
    pub(crate) async fn replica(&self, flags: &[&str]) -> Running {
        start(self.database.url(), flags).await
    }

    /// Dumps the database, restores it into a new one, and starts a service there.
    pub(crate) async fn restored_elsewhere(&self, flags: &[&str]) -> Restored {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("dump.sql");
        let mut dump = std::process::Command::new("pg_dump");
        let dumped = dump.arg("--no-owner").arg("-f").arg(&file).arg(self.database.url()).status().unwrap();
        assert!(dumped.success(), "pg_dump: {dumped}");
        let database = self.server.empty_database().unwrap();
        database.psql().file(&file).unwrap();
        Restored { running: start(database.url(), flags).await, _database: database }
    }

    /// Opens a store on the same database, for operations without an RPC.
    pub(crate) async fn store(&self) -> Store {
        database::connect(&self.database).await
    }

    /// Returns the rows of a statement, columns separated by `|`.
    pub(crate) fn rows(&self, statement: &str) -> Vec<String> {
        self.database.psql().rows(statement).unwrap()
    }

    /// Returns a client of another service.
    pub(crate) fn briefs_at(address: std::net::SocketAddr, token: &str) -> Briefs {
        BriefServiceClient::with_interceptor(channel(address), bearer(token))
            .max_decoding_message_size(MESSAGE_LIMIT)
    }

    /// As [`Scene::briefs_at`], over a connection with a small flow-control window.
    pub(crate) fn narrow_briefs_at(address: std::net::SocketAddr, token: &str) -> Briefs {
        let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
        let channel = endpoint.initial_stream_window_size(16_384).connect_lazy();
        BriefServiceClient::with_interceptor(channel, bearer(token))
    }

    pub(crate) fn channel(&self) -> Channel {
        channel(self.running.listen)
    }

    pub(crate) fn briefs(&self, token: &str) -> Briefs {
        BriefServiceClient::with_interceptor(self.channel(), bearer(token))
            .max_decoding_message_size(MESSAGE_LIMIT)
            .max_encoding_message_size(2 * MESSAGE_LIMIT)
    }

    pub(crate) fn admins(&self, token: &str) -> Admins {
        AdminServiceClient::with_interceptor(self.channel(), bearer(token))
    }

    /// Creates a token as the admin of workspace `default`, or as the operator who creates the first admin of another, and
    /// returns its secret.
    pub(crate) async fn token(&self, workspace: &str, roles: &[Role], clearance: &str) -> String {
        let by = if workspace == "default" { &self.admin } else { &self.operator };
        self.token_by(by, workspace, roles, clearance).await
    }

    /// Creates a token with another, and returns its secret.
    pub(crate) async fn token_by(
        &self,
        by: &str,
        workspace: &str,
        roles: &[Role],
        clearance: &str,
    ) -> String {
        make_token(self.admins(by), workspace, roles, clearance).await
    }

    /// Creates a reader of workspace `default`.
    pub(crate) async fn reader(&self, clearance: &str) -> Briefs {
        self.briefs(&self.token("default", &[Role::Reader], clearance).await)
    }

    /// Imports one revision.
    pub(crate) async fn published(&self, brief: &str, content: BriefContent) {
        let request = import(vec![document(brief, 1, content)]);
        self.briefs(&self.admin).import_brief(request).await.unwrap();
    }
}

/// Creates a token in workspace `default` as its admin, and returns its secret.
pub(crate) async fn token(
    service: std::net::SocketAddr,
    admin: &str,
    roles: &[Role],
    clearance: &str,
) -> String {
    let admins = AdminServiceClient::with_interceptor(channel(service), bearer(admin));
    make_token(admins, "default", roles, clearance).await
}

async fn make_token(mut admins: Admins, workspace: &str, roles: &[Role], clearance: &str) -> String {
    let api_token = ApiToken {
        display_name: "Another caller".into(),
        roles: roles.iter().map(|role| i32::from(*role)).collect(),
        clearance: clearance.into(),
        ..ApiToken::default()
    };
    let parent = format!("workspaces/{workspace}");
    let request = CreateApiTokenRequest { parent, api_token: Some(api_token), ..Default::default() };
    admins.create_api_token(request).await.unwrap().into_inner().secret
}

/// A service on a restored database.
pub(crate) struct Restored {
    pub(crate) running: Running,
    _database: TestDatabase,
}

async fn start(url: &str, flags: &[&str]) -> Running {
    let config = config(url, flags);
    let store = config.database.connect("test").await.unwrap();
    server::start(&config, store).await.unwrap()
}

/// Starts a service on a database.
pub(crate) async fn start_at(url: &str) -> Running {
    start(url, &[]).await
}

/// Creates a migrated database with workspace `default`, and returns the first secrets.
pub(crate) async fn new_installation(server: &TestServer) -> (TestDatabase, FirstSecrets) {
    let database = database::migrated(server);
    let secrets = first_secrets(&database).await;
    (database, secrets)
}

async fn first_secrets(database: &TestDatabase) -> FirstSecrets {
    let store = database::connect(database).await;
    let secrets = database::bootstrap(&store).await;
    store.close().await;
    secrets
}

fn config(url: &str, flags: &[&str]) -> Config {
    let usual = [
        "chancery-service",
        "--listen",
        "127.0.0.1:0",
        "--worker-listen",
        "127.0.0.1:0",
        "--database-url",
        url,
    ];
    CommandLine::try_parse_from(usual.iter().chain(flags)).unwrap().config
}

pub(crate) fn channel(address: std::net::SocketAddr) -> Channel {
    Endpoint::from_shared(format!("http://{address}")).unwrap().connect_lazy()
}

pub(crate) fn bearer(token: &str) -> Bearer {
    Bearer((!token.is_empty()).then(|| format!("Bearer {token}").parse().unwrap()))
}

/// Builds content with a sentence at the lowest marking and one at the highest.
pub(crate) fn content(title: &str) -> BriefContent {
    let statements = vec![
        marked("open", "This may be known to all readers.", "TLP:CLEAR"),
        marked("secret", "This is for named persons.", "TLP:RED"),
    ];
    brief(title, vec![body("What is known", vec![paragraph(statements)])])
}

/// Returns the ids of the statements in content.
pub(crate) fn shown(content: &BriefContent) -> Vec<&str> {
    let blocks = content.sections.iter().flat_map(|section| &section.blocks);
    let paragraphs = blocks.filter_map(|block| match &block.kind {
        Some(Kind::Paragraph(paragraph)) => Some(paragraph),
        _ => None,
    });
    paragraphs.flat_map(|paragraph| &paragraph.statements).map(|statement| statement.id.as_str()).collect()
}
