//! The briefs that are printed, and what each caller may read of them.

use anyhow::{Context, Result};
use chancery_client::{Client, ClientConfig, Deadlines};
use chancery_proto::admin::v1::{
    ApiToken, CreateApiTokenRequest, PrintAgreement, Role, UpdateWorkspaceRequest, Workspace,
};
use chancery_proto::brief::v1::{BriefContent, GetBriefRequest, RevisionDocument};
use chancery_testkit::WORKSPACE;
use chancery_testkit::content::{self, body, marked, paragraph};
use chancery_testkit::imports::{document, import};
use serde::{Deserialize, Serialize};
use std::time::Duration;

use super::cluster::Cluster;
use super::plan::{BRIEFS, CALLERS};

/// Clearances of the even-numbered callers and of the others.
const CLEARANCES: [&str; 2] = ["TLP:RED", "TLP:CLEAR"];

/// The callers, and what each must receive of each brief.
#[derive(Debug)]
pub(crate) struct Scene {
    /// Each caller's connection, through their link.
    pub(crate) callers: Vec<Client>,
    /// The expected digests of the prints.
    pub(crate) editions: Editions,
}

/// The SHA-256 of each brief's edition, for each clearance.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Editions {
    /// By clearance, then by brief.
    pub digests: Vec<Vec<String>>,
}

impl Editions {
    /// The expected edition of a brief for a caller.
    pub fn of(&self, caller: usize, brief: usize) -> &str {
        &self.digests[caller % CLEARANCES.len()][brief]
    }
}

/// Returns whether a caller is cleared for everything.
pub(crate) fn is_cleared(caller: usize) -> bool {
    caller.is_multiple_of(CLEARANCES.len())
}

/// The name of a brief.
pub(crate) fn brief_name(brief: usize) -> String {
    format!("{WORKSPACE}/briefs/chaos-{brief}")
}

/// A word that appears in every edition of a brief, and in no other brief.
pub(crate) fn open_word(brief: usize) -> String {
    format!("Open{brief}x")
}

/// A word that appears only in the full edition of a brief.
pub(crate) fn secret_word(brief: usize) -> String {
    format!("Zibeth{brief}x")
}

/// The recipient of a copy.
pub(crate) fn recipient(number: usize) -> String {
    format!("Desk{number}x")
}

/// Imports the briefs and connects the callers.
pub(crate) async fn set(cluster: &Cluster, needs_agreement: bool) -> Result<Scene> {
    let config = ClientConfig::new(cluster.url().await).with_token(cluster.token("admin")?);
    let admin = Client::connect(config).await?;
    for brief in 0..BRIEFS {
        admin.import_brief(import(vec![revision(brief)])).await.context("importing a brief")?;
    }
    if needs_agreement {
        let print_agreement = Some(PrintAgreement { percent: 100, ..Default::default() });
        let workspace = Workspace { name: WORKSPACE.to_owned(), print_agreement, ..Default::default() };
        let request = UpdateWorkspaceRequest { workspace: Some(workspace), update_mask: None };
        admin.update_workspace(request).await.context("demanding agreement")?;
    }
    let mut tokens = Vec::new();
    let mut digests = Vec::new();
    for clearance in CLEARANCES {
        let secret = token(&admin, clearance).await?;
        let config = ClientConfig::new(cluster.url().await).with_token(secret.clone());
        let reader = Client::connect(config).await?;
        let mut of_briefs = Vec::new();
        for brief in 0..BRIEFS {
            let request = GetBriefRequest { name: brief_name(brief), ..Default::default() };
            of_briefs.push(reader.get_brief(request).await?.edition_digest);
        }
        tokens.push(secret);
        digests.push(of_briefs);
    }
    let mut callers = Vec::new();
    for number in 0..CALLERS {
        let server = format!("http://{}", cluster.links.callers[number].address);
        let mut config = ClientConfig::new(server).with_token(tokens[number % tokens.len()].clone());
        config.deadlines = Deadlines {
            call: Duration::from_secs(8),
            stream_idle: Duration::from_secs(8),
            render: Duration::from_mins(1),
            ..Deadlines::default()
        };
        callers.push(Client::connect(config).await?);
    }
    Ok(Scene { callers, editions: Editions { digests } })
}

async fn token(admin: &Client, clearance: &str) -> Result<String> {
    let api_token = ApiToken {
        display_name: format!("chaos {clearance}"),
        roles: vec![Role::Reader.into(), Role::Renderer.into()],
        clearance: clearance.to_owned(),
        ..Default::default()
    };
    let request = CreateApiTokenRequest {
        parent: WORKSPACE.to_owned(),
        api_token: Some(api_token),
        ..Default::default()
    };
    Ok(admin.create_api_token(request).await?.secret)
}

fn revision(brief: usize) -> RevisionDocument {
    let statements = vec![
        marked("open", format!("{} is for all.", open_word(brief)), "TLP:CLEAR"),
        marked("secret", format!("{} is for a few.", secret_word(brief)), "TLP:RED"),
    ];
    let content =
        content::brief(&format!("Brief {brief}"), vec![body("What is known", vec![paragraph(statements)])]);
    let content = BriefContent { default_marking: "TLP:CLEAR".to_owned(), ..content };
    document(&format!("chaos-{brief}"), 1, content)
}
