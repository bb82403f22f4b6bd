//! A running service with a separate database, and callers with tokens.

use std::convert::Infallible;
use std::thread;

use chancery_postgres::{TestDatabase, TestServer};
use chancery_proto::MESSAGE_LIMIT;
use chancery_proto::admin::v1::admin_service_client::AdminServiceClient;
use chancery_proto::admin::v1::{ApiToken, CreateApiTokenRequest, Role};
use chancery_proto::brief::v1::brief_service_client::BriefServiceClient;
use chancery_proto::brief::v1::{
    Block, BriefContent, BriefKind, ImportBriefRequest, Paragraph, RevisionDocument, Section, Statement,
    StatementType, block::Kind,
};
use chancery_proto::errors::v1::Reason;
use chancery_proto::status::reason_of;
use chancery_service::config::{CommandLine, Config};
use chancery_service::server::{self, Running};
use chancery_store::{DatabaseSettings, FirstSecrets, Store, StoreError};
use clap::Parser;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

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
        let database = server.database(&Store::schema_key(), migrate).unwrap();
        Self::with(server, database).await
    }

    /// Starts a scene with a database of another locale, given as options of `create database`.
    pub(crate) async fn in_locale(locale: &str) -> Self {
        let server = TestServer::connect().unwrap();
        let database = server.empty_database_of_locale(locale).unwrap();
        migrate(database.url()).unwrap();
        Self::with(server, database).await
    }

    async fn with(server: TestServer, database: TestDatabase) -> Self {
        let secrets = secrets(&database).await;
        let running = start(database.url(), &[]).await;
        let reveal = |secret: &chancery_store::Secret| secret.reveal().to_owned();
        Self {
            running,
            operator: reveal(&secrets.operator),
            admin: reveal(&secrets.admin),
            worker: reveal(&secrets.worker),
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
        DatabaseSettings::of_url(self.database.url()).connect("test").await.unwrap()
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

    /// Creates a token as the operator, and returns its secret.
    pub(crate) async fn token(&self, workspace: &str, roles: &[Role], clearance: &str) -> String {
        make_token(self.admins(&self.operator), workspace, roles, clearance).await
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

/// Creates a token in workspace `default` as an operator of a service, and returns its secret.
pub(crate) async fn token(
    service: std::net::SocketAddr,
    operator: &str,
    roles: &[Role],
    clearance: &str,
) -> String {
    let admins = AdminServiceClient::with_interceptor(channel(service), bearer(operator));
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
    let request = CreateApiTokenRequest { parent, api_token: Some(api_token) };
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
pub(crate) async fn database(server: &TestServer) -> (TestDatabase, FirstSecrets) {
    let database = server.database(&Store::schema_key(), migrate).unwrap();
    let secrets = secrets(&database).await;
    (database, secrets)
}

/// Creates workspace `default` in a migrated database.
async fn secrets(database: &TestDatabase) -> FirstSecrets {
    let store = DatabaseSettings::of_url(database.url()).connect("test").await.unwrap();
    let mut created = None;
    let receive = |secrets: &FirstSecrets| {
        let (operator, admin, worker) =
            (secrets.operator.clone(), secrets.admin.clone(), secrets.worker.clone());
        created = Some(FirstSecrets { operator, admin, worker });
        Ok::<_, Infallible>(())
    };
    store.access().bootstrap(receive).await.unwrap();
    store.close().await;
    created.unwrap()
}

/// Runs on a separate thread, because it blocks the test's runtime.
fn migrate(url: &str) -> Result<(), StoreError> {
    let url = url.to_owned();
    let migrated = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = DatabaseSettings::of_url(&url).connect("test").await?;
            store.migrate().await?;
            store.close().await;
            Ok(())
        })
    });
    migrated.join().unwrap()
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

pub(crate) fn import(documents: Vec<RevisionDocument>) -> ImportBriefRequest {
    ImportBriefRequest { parent: "workspaces/default".into(), documents, ..ImportBriefRequest::default() }
}

pub(crate) fn document(brief: &str, revision: u32, content: BriefContent) -> RevisionDocument {
    let content = Some(content);
    RevisionDocument { brief_id: brief.into(), revision, content, ..RevisionDocument::default() }
}

fn statement(id: &str, text: &str, marking: &str) -> Statement {
    let (id, text, marking) = (id.into(), text.into(), marking.into());
    Statement { id, text, marking, r#type: StatementType::Fact.into(), ..Statement::default() }
}

/// Builds content with a sentence at the lowest marking and one at the highest.
pub(crate) fn content(title: &str) -> BriefContent {
    let statements = vec![
        statement("open", "This may be known to all readers.", "TLP:CLEAR"),
        statement("secret", "This is for named persons.", "TLP:RED"),
    ];
    let kind = Some(Kind::Paragraph(Paragraph { statements }));
    let blocks = vec![Block { kind, ..Block::default() }];
    let section =
        Section { id: "body".into(), heading: "What is known".into(), blocks, ..Section::default() };
    BriefContent {
        kind: BriefKind::Thematic.into(),
        title: title.into(),
        language: "en".into(),
        sections: vec![section],
        ..BriefContent::default()
    }
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

/// Fails unless the result is an error with this code and reason.
pub(crate) fn refused<T: std::fmt::Debug>(answer: Result<T, Status>, code: Code, reason: Reason) -> Status {
    let status = answer.unwrap_err();
    assert_eq!((status.code(), reason_of(&status)), (code, Some(reason)), "{status:?}");
    status
}

/// Fails unless the result is an error whose `BadRequest` names exactly one field.
pub(crate) fn refused_at<T: std::fmt::Debug>(answer: Result<T, Status>, reason: Reason, field: &str) {
    let status = refused(answer, Code::InvalidArgument, reason);
    let violations = status.get_details_bad_request().unwrap().field_violations;
    assert_eq!(
        violations.iter().map(|found| found.field.as_str()).collect::<Vec<_>>(),
        [field],
        "{status:?}"
    );
}
