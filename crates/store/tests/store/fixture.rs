//! A migrated database with workspace `default`, and principals of it.

use std::borrow::Borrow;

use chancery_brief::Canonical;
use chancery_brief::marking::{Clearance, Policy, Scheme};
use chancery_brief::validate::canonicalize;
use chancery_postgres::{TestDatabase, TestServer};
use chancery_proto::brief::v1::{Brief, BriefContent, Citation, Source};
use chancery_proto::names::{BriefName, RevisionName};
use chancery_store::{FirstSecrets, ImportDocument, LeaseHolder, Principal, Role, Scope, Store};
use chancery_testkit::content::{body, brief, marked, paragraph, statement};
use chancery_testkit::database;
use prost::Message as _;

/// A dedicated database with its store.
pub(crate) struct Fixture {
    pub(crate) store: Store,
    pub(crate) secrets: FirstSecrets,
    /// A worker with a token of its own.
    pub(crate) worker: LeaseHolder,
    pub(crate) database: TestDatabase,
    _server: TestServer,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        let server = TestServer::connect().unwrap();
        let database = database::migrated(&server);
        let store = database::connect(&database).await;
        let secrets = database::bootstrap(&store).await;
        let worker = database::worker(&store, &secrets.worker, "worker").await;
        Self { store, secrets, worker, database, _server: server }
    }

    /// Rows of a statement, with columns separated by `|`.
    pub(crate) fn rows(&self, statement: &str) -> Vec<String> {
        self.database.psql().rows(statement).unwrap()
    }

    /// A principal's newest edition, decoded.
    pub(crate) async fn read(&self, principal: &Principal, brief: &str) -> Brief {
        let newest = self.store.briefs().newest_edition(principal, &brief_name(brief)).await.unwrap();
        let content = BriefContent::decode(newest.content_bytes().unwrap()).unwrap();
        let envelope = Brief::decode(newest.envelope.as_slice()).unwrap();
        assert_eq!(envelope.etag, newest.digest.to_string());
        Brief { content: Some(content), ..envelope }
    }

    /// Imports a revision with a fully authorized principal.
    pub(crate) async fn published(&self, brief: &str, content: BriefContent) {
        let document = document(1, content);
        self.store.briefs().import(&person("TLP:RED"), &brief_name(brief), &[document]).await.unwrap();
    }
}

/// An admin of workspace `default` with a clearance.
pub(crate) fn person(clearance: &str) -> Principal {
    with_role(Role::Admin, clearance)
}

/// A principal of workspace `default` with one role and a clearance.
pub(crate) fn with_role(role: Role, clearance: &str) -> Principal {
    in_workspace("default", role, clearance)
}

/// A principal of any workspace.
pub(crate) fn in_workspace(workspace: &str, role: Role, clearance: &str) -> Principal {
    Principal {
        subject: format!("workspaces/{workspace}/apiTokens/{}", "0".repeat(32)),
        display_name: "Desk".into(),
        scope: Scope::Workspace {
            id: workspace.parse().unwrap(),
            scheme: Scheme::Tlp,
            policy: Policy::Omit,
            clearance: Clearance(Scheme::Tlp.rank(clearance).unwrap()),
        },
        roles: [role].into_iter().collect(),
        certificate_key: None,
    }
}

pub(crate) fn brief_name(brief: &str) -> BriefName {
    format!("workspaces/default/briefs/{brief}").parse().unwrap()
}

pub(crate) fn revision_name(brief: &str, number: u32) -> RevisionName {
    format!("workspaces/default/briefs/{brief}/revisions/{number}").parse().unwrap()
}

/// Content with a statement at each of three markings and a source that only the highest cites.
pub(crate) fn content(title: &str) -> BriefContent {
    let mut secret = marked("secret", "This is for named persons.", "TLP:RED");
    secret.citations = vec![Citation { source_id: "informant".into(), ..Citation::default() }];
    let statements = vec![
        marked("open", "This may be known to all readers.", "TLP:CLEAR"),
        marked("held", "This stays in the community.", "TLP:AMBER"),
        secret,
    ];
    BriefContent {
        default_marking: "TLP:CLEAR".into(),
        sources: vec![Source { id: "informant".into(), title: "A talk".into(), ..Source::default() }],
        ..brief(title, vec![body("What is known", vec![paragraph(statements)])])
    }
}

/// Content with all parts at one marking.
pub(crate) fn content_at(title: &str, marking: &str) -> BriefContent {
    let mut content = content(title);
    content.default_marking = marking.into();
    content.sections[0].blocks.clear();
    content.sources.clear();
    content.bluf = vec![statement("line", "The line.")];
    content
}

pub(crate) fn canonical(content: &BriefContent) -> Canonical {
    canonicalize(content, Scheme::Tlp).unwrap()
}

pub(crate) fn document(number: u32, content: impl Borrow<BriefContent>) -> ImportDocument {
    ImportDocument {
        number,
        content: canonical(content.borrow()),
        published_at: None,
        creator: String::new(),
        digest: None,
        withdrawal: None,
    }
}

/// A principal with the SYSTEM role operator.
pub(crate) fn operator() -> Principal {
    Principal {
        subject: format!("workspaces/system/apiTokens/{}", "1".repeat(32)),
        display_name: "On call".into(),
        scope: Scope::System,
        roles: [Role::Operator].into_iter().collect(),
        certificate_key: None,
    }
}
