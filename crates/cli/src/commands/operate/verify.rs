//! `verify`: checks all stored data, working on the database itself.

use std::sync::Arc;

use chancery_artifacts::ObjectStores;
use chancery_store::{VerifyEvent, VerifyOptions};
use serde_json::json;

use crate::args::Global;
use crate::args::operate::Verify;
use crate::commands::operate::findings;
use crate::ui::failure::Failure;
use crate::ui::output;
use crate::ui::progress::CountProgress;

pub async fn run(global: &Global, arguments: &Verify) -> Result<(), Failure> {
    let store = arguments.database.connect("chancery verify").await?;
    // Each artifact records the store that its PDF was written to; verifying writes nothing.
    let store = store.with_artifacts(None, Arc::new(ObjectStores::of_process())).await?;
    let mut progress = CountProgress::new(global.json);
    let mut findings = Vec::new();
    let on_event = |event| match event {
        VerifyEvent::Part { what, total } => progress.begin(what, total),
        VerifyEvent::Read(more) => progress.add(more),
        VerifyEvent::Found(finding) => {
            if !global.json {
                progress.print(&finding.to_string());
            }
            findings.push(finding);
        }
    };
    let result =
        store.integrity().verify(VerifyOptions { artifacts: !arguments.no_artifacts }, on_event).await;
    progress.end();
    result?;
    if global.json {
        output::print(&format!("{:#}\n", json!({ "findings": findings::json(&findings) })))?;
    } else if findings.is_empty() {
        output::print("no findings\n")?;
    }
    findings::fail_on_any(&findings)
}
