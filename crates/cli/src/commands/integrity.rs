//! `verify` and `reindex`: whether what is stored is what it should be, and what can be made anew. Both speak to the
//! database itself, as `migrate` does.

use std::sync::Arc;

use chancery_artifacts::ObjectStores;
use chancery_store::{Finding, ReindexEvent, ReindexScope, Store, VerifyEvent, VerifyOptions};
use serde_json::json;

use crate::args::{Global, Reindex, Verify};
use crate::commands::migrate::refused;
use crate::failure::Failure;
use crate::names;
use crate::output;
use crate::progress::Counted;

pub async fn verify(global: &Global, arguments: &Verify) -> Result<(), Failure> {
    let store = arguments.database.connect("chancery verify").await.map_err(refused)?;
    // PDFs lie where the services were told at the time; nothing is written here.
    let store = store.with_artifacts(None, Arc::new(ObjectStores::of_process())).await.map_err(refused)?;
    let mut progress = Counted::new(global.json);
    let mut findings = Vec::new();
    let tell = |told| match told {
        VerifyEvent::Part { what, total } => progress.begin(what, total),
        VerifyEvent::Read(more) => progress.add(more),
        VerifyEvent::Found(finding) => {
            if !global.json {
                progress.print(&finding.to_string());
            }
            findings.push(finding);
        }
    };
    let verified = store.integrity().verify(VerifyOptions { artifacts: !arguments.no_artifacts }, tell).await;
    progress.end();
    verified.map_err(refused)?;
    if global.json {
        output::print(&format!("{:#}\n", as_json(&findings)))?;
    } else if findings.is_empty() {
        output::print("everything is as it should be\n")?;
    }
    damaged(&findings)
}

pub async fn reindex(global: &Global, arguments: &Reindex) -> Result<(), Failure> {
    let store = arguments.database.connect("chancery reindex").await.map_err(refused)?;
    let from = arguments.from.as_deref().map(|name| names::brief(&global.workspace, name)).transpose()?;
    let done = run_reindex(&store, &ReindexScope::All { from }, global.json).await?;
    if global.json {
        let told = json!({
            "revisions": done.revisions,
            "rewritten": done.rewritten,
            "findings": as_json(&done.damage)["findings"],
        });
        output::print(&format!("{told:#}\n"))?;
    } else {
        output::print(&done.told())?;
    }
    damaged(&done.damage)
}

/// What a reindexing did.
#[derive(Debug, Default)]
pub struct Done {
    /// Revisions that were made anew.
    pub revisions: u64,
    /// Those of them whose editions were rewritten.
    pub rewritten: Vec<String>,
    /// What could not be made anew.
    pub damage: Vec<Finding>,
}

impl Done {
    /// For people.
    pub fn told(&self) -> String {
        let mut text = format!("{} revisions were made anew\n", self.revisions);
        for name in &self.rewritten {
            text.push_str("the editions of ");
            text.push_str(name);
            text.push_str(" were rewritten: older rules of redaction had made them\n");
        }
        text
    }
}

/// Reindexes with progress; damage is told at once.
pub async fn run_reindex(store: &Store, which: &ReindexScope, is_silent: bool) -> Result<Done, Failure> {
    let mut progress = Counted::new(is_silent);
    let mut done = Done::default();
    let tell = |told| match told {
        ReindexEvent::Total(total) if total > 0 => progress.begin("revisions", total),
        ReindexEvent::Total(_) => {}
        ReindexEvent::Revision { name, rewritten } => {
            done.revisions += 1;
            if rewritten {
                done.rewritten.push(name.to_string());
            }
            progress.add(1);
        }
        ReindexEvent::Damage(finding) => {
            if !is_silent {
                progress.print(&finding.to_string());
            }
            done.damage.push(finding);
        }
    };
    let ran = store.integrity().reindex(which, tell).await;
    progress.end();
    ran.map_err(refused)?;
    Ok(done)
}

fn as_json(findings: &[Finding]) -> serde_json::Value {
    let finding = |finding: &Finding| json!({ "code": finding.code.as_str(), "name": finding.name, "what": finding.what });
    json!({ "findings": findings.iter().map(finding).collect::<Vec<_>>() })
}

fn damaged(findings: &[Finding]) -> Result<(), Failure> {
    match findings.len() {
        0 => Ok(()),
        1 => Err(Failure::new("DATA_LOSS", "DAMAGED", "1 finding")),
        count => Err(Failure::new("DATA_LOSS", "DAMAGED", format!("{count} findings"))),
    }
}
