//! `reindex`: rebuilds everything derived from revisions, working on the database itself.

use chancery_store::ReindexScope;
use serde_json::json;

use crate::args::Global;
use crate::args::operate::Reindex;
use crate::commands::operate::findings;
use crate::database::reindex::reindex;
use crate::names;
use crate::ui::failure::Failure;
use crate::ui::output;

pub async fn run(global: &Global, arguments: &Reindex) -> Result<(), Failure> {
    let store = arguments.database.connect("chancery reindex").await?;
    let from = arguments.from.as_deref().map(|name| names::brief(&global.workspace, name)).transpose()?;
    let report = reindex(&store, &ReindexScope::All { from }, global.json).await?;
    if global.json {
        let json = json!({
            "revisions": report.revisions,
            "rewritten": report.rewritten,
            "findings": findings::json(&report.damage),
        });
        output::print(&format!("{json:#}\n"))?;
    } else {
        output::print(&report.text())?;
    }
    findings::fail_on_any(&report.damage)
}
